package halopsa_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// recordTypes are the records of every service and those within them.
func recordTypes(t *testing.T) map[string]reflect.Type {
	t.Helper()
	all := make(map[string]reflect.Type)
	var add func(reflect.Type)
	add = func(of reflect.Type) {
		if all[of.Name()] != nil {
			return
		}
		all[of.Name()] = of
		for _, field := range jsonFields(of) {
			if nested := inner(field); nested != nil {
				add(nested)
			}
		}
	}
	client, _ := mocked(t)
	for resource, service := range services(client) {
		if list := service.MethodByName("List"); list.IsValid() {
			records, found := list.Type().Out(0).Elem().FieldByName("Records")
			require.True(t, found, resource)
			add(records.Type.Elem())
		}
	}
	return all
}

// fillRecord gives every field of a record a value that is not zero.
func fillRecord(t *testing.T, record reflect.Value) {
	t.Helper()
	for i := range record.NumField() {
		field := record.Field(i)
		switch value := field.Addr().Interface().(type) {
		case *halopsa.Time:
			*value = date
		case *json.RawMessage:
			*value = raw(`"canary-raw"`)
		case *[]byte:
			*value = []byte("canary-body")
		case *map[string]json.RawMessage:
			*value = map[string]json.RawMessage{"password": raw(`"canary-extra"`)}
		default:
			switch field.Kind() {
			case reflect.Int, reflect.Int64:
				field.SetInt(int64(i + 1))
			case reflect.Float64:
				field.SetFloat(1.5)
			case reflect.Bool:
				field.SetBool(true)
			case reflect.String:
				field.SetString("text")
			case reflect.Slice:
				field.Set(reflect.MakeSlice(field.Type(), 1, 1))
				if field.Type().Elem() != record.Type() { // a mapping holds mappings
					fillRecord(t, field.Index(0))
				}
			default:
				require.Fail(t, "no value for it is known", "%s.%s", record.Type(), record.Type().Field(i).Name)
			}
		}
	}
}

// TestEveryRecordKeepsWhatItDoesNotKnow, and no log line shows that.
func TestEveryRecordKeepsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	types := recordTypes(t)
	assert.GreaterOrEqual(t, len(types), 17)
	for name, of := range types {
		extra, found := of.FieldByName("Extra")
		if !assert.True(t, found, name) {
			continue
		}
		assert.Equal(t, reflect.TypeFor[map[string]json.RawMessage](), extra.Type, name)
		assert.Equal(t, "extra,omitempty", extra.Tag.Get("json"), name)

		record := reflect.New(of)
		fillRecord(t, record.Elem())
		var log bytes.Buffer
		for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
			slog.New(handler).Info("read", "pointer", record.Interface(), "value", record.Elem().Interface())
		}
		assert.Contains(t, log.String(), "value", name)
		assert.NotContains(t, log.String(), "canary", name)
		assert.NotContains(t, log.String(), "99 97 110 97 114 121", "%s: the same in numbers", name)
	}
}

// TestInputsOfRecordsHaveEveryField: a field that is added to a record and its input cannot be forgotten in between.
func TestInputsOfRecordsHaveEveryField(t *testing.T) {
	t.Parallel()
	inputs := 0
	for name, of := range recordTypes(t) {
		method, found := of.MethodByName("Input")
		client, _ := mocked(t)
		if service, ok := services(client)[name]; ok && service.MethodByName("Create").IsValid() {
			require.True(t, found, "%s has no Input", name)
		}
		if !found {
			continue
		}
		inputs++
		require.Equal(t, name+"Input", method.Type.Out(0).Name())
		empty, err := json.Marshal(method.Func.Call([]reflect.Value{reflect.Zero(of)})[0].Interface())
		require.NoError(t, err)
		assert.JSONEq(t, `{}`, string(empty), name)

		record := reflect.New(of).Elem()
		fillRecord(t, record)
		compareInput(t, record, method.Func.Call([]reflect.Value{record})[0], name)
	}
	assert.Equal(t, 10, inputs)
}

// compareInput checks that input has the fields of record that can be written, and no others.
func compareInput(t *testing.T, record, input reflect.Value, place string) {
	t.Helper()
	for i := range input.NumField() {
		field := input.Type().Field(i)
		got := input.Field(i).MethodByName("Get").Call(nil)
		from := record.FieldByName(field.Name)
		secret := from.Type() == reflect.TypeFor[halopsa.Secret]()
		switch {
		case strings.HasPrefix(field.Tag.Get("json"), "_"), secret, place == "IntegrationRequest.Trace" && field.Name == "ID":
			assert.False(t, got[1].Bool(), "%s.%s is about a call, a secret or another record", place, field.Name)
		case !got[1].Bool():
			assert.Fail(t, "not copied", "%s.%s", place, field.Name)
		case inner(from.Type()) != nil:
			require.Equal(t, 1, got[0].Len())
			compareInput(t, from.Index(0), got[0].Index(0), place+"."+field.Name)
		default:
			assert.Equal(t, from.Interface(), got[0].Interface(), "%s.%s", place, field.Name)
		}
	}
}

// TestEveryIDIsOfOneType, also where HaloPSA wants one as a text in the query.
func TestEveryIDIsOfOneType(t *testing.T) {
	t.Parallel()
	found := 0
	check := func(of reflect.Type) {
		for _, field := range reflect.VisibleFields(of) {
			if name := field.Name; strings.HasSuffix(name, "ID") || strings.HasSuffix(name, "IDs") {
				switch of, text := field.Type.String(), strings.HasPrefix(name, "ThirdParty"); {
				case text, name == "FieldID", name == "ExportID", name == "ClientID", name == "AlternateClientID", name == "ApplicationID", name == "OneRunbookID":
					assert.Contains(t, []string{"string", "halopsa.Opt[string]"}, of, name)
				case name == "ExcludeMethodID" && of == "halopsa.Opt[bool]": // a flag in spite of its name
				default:
					found++
					assert.Contains(t, []string{"int64", "[]int64", "halopsa.Opt[int64]"}, of, name)
				}
			}
		}
	}
	for _, of := range recordTypes(t) {
		check(of)
		if input, has := of.MethodByName("Input"); has {
			check(input.Type.Out(0))
		}
	}
	client, _ := mocked(t)
	for _, service := range services(client) {
		for i := range service.NumMethod() {
			for j := range service.Method(i).Type().NumIn() {
				if of := service.Method(i).Type().In(j); of.Kind() == reflect.Pointer && strings.HasSuffix(of.Elem().Name(), "Options") {
					check(of.Elem())
				}
			}
		}
	}
	assert.Greater(t, found, 50)
}

// TestReadChangeWriteBack sends what the record had and what was changed, and nothing else.
func TestReadChangeWriteBack(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	server.Seed("IntegrationExport", map[string]any{
		"module_id": 24, "export_progress": "50%", "exportdata": []map[string]any{{"id": 640, "exported": true}}, "added_later": "kept",
	})
	export, err := halopsa.Collect(client.IntegrationExport.All(t.Context(), nil))
	require.NoError(t, err)
	export[0].ExportProgress = "100%"
	_, err = client.IntegrationExport.Update(t.Context(), []halopsa.IntegrationExportInput{export[0].Input()})
	require.NoError(t, err)
	requests := server.Requests()
	assert.JSONEq(t, `[{"id":1,"module_id":24,"export_progress":"100%","exportdata":[{"id":640,"exported":true}]}]`, string(requests[len(requests)-1].Body))
}
