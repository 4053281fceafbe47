package halopsa_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// members are the JSON members of each struct type that a fixture holds.
type members map[reflect.Type]map[string]bool

// jsonFields are the fields of a struct by the names of their members, without Extra.
func jsonFields(t reflect.Type) map[string]reflect.Type {
	fields := make(map[string]reflect.Type)
	for i := range t.NumField() {
		field := t.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Name != "Extra" && name != "-" {
			fields[name] = field.Type
		}
	}
	return fields
}

// hasExtra reports whether a struct keeps the members that it has no field for.
func hasExtra(t reflect.Type) bool {
	_, found := t.FieldByName("Extra")
	return found
}

// inner is the struct of this package that a field holds, one or a slice of them, as it is or in an Opt; nil for any other type.
func inner(t reflect.Type) reflect.Type {
	if strings.HasPrefix(t.Name(), "Opt[") {
		get, _ := t.MethodByName("Get")
		t = get.Type.Out(0)
	}
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() == reflect.Struct && strings.HasSuffix(t.PkgPath(), "/halopsa") && t.Name() != "Time" {
		return t
	}
	return nil
}

// add notes the members of value, an object or an array of them as t reads or writes it.
func (m members) add(t *testing.T, of reflect.Type, value any, place string) {
	t.Helper()
	switch value := value.(type) {
	case []any:
		for _, element := range value {
			m.add(t, of, element, place)
		}
	case map[string]any:
		if m[of] == nil {
			m[of] = make(map[string]bool)
		}
		fields := jsonFields(of)
		for name, member := range value {
			field, known := fields[name]
			assert.True(t, known || hasExtra(of), "%s: %s has no field for %q", place, of.Name(), name)
			m[of][name] = true
			if known {
				if nested := inner(field); nested != nil {
					m.add(t, nested, member, place+"."+name)
				}
			}
		}
	default:
		require.Fail(t, "neither an object nor an array", "%s: %v", place, value)
	}
}

// check fails for a field whose member is in no fixture, and for a type with Extra whose fixtures have nothing for it.
func (m members) check(t *testing.T) {
	t.Helper()
	for of, seen := range m {
		fields := jsonFields(of)
		for name := range fields {
			assert.True(t, seen[name], "no fixture of %s has the member %q", of.Name(), name)
		}
		if hasExtra(of) {
			assert.Greater(t, len(seen), len(fields), "no fixture of %s has a member for Extra", of.Name())
		}
	}
}

// readFixture returns the JSON of a fixture, or false when there is none. Of an envelope it returns the rows.
func readFixture(t *testing.T, resource, name string) (any, bool) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", resource, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	require.NoError(t, err)
	var value any
	require.NoError(t, json.Unmarshal(data, &value), "%s/%s", resource, name)
	if envelope, ok := value.(map[string]any); ok && envelope["record_count"] != nil {
		for name, member := range envelope {
			if rows, ok := member.([]any); ok && name != "columns" {
				return rows, true
			}
		}
	}
	return value, true
}

// hasRecords reports whether a service has its own records; the others pass on what is the caller's.
func hasRecords(service reflect.Value) bool { return service.MethodByName("List").IsValid() }

// TestFixturesHaveEveryMemberOfTheRecords holds the records and what the server sends in the tests against each other: a field without a
// fixture is a field whose name nothing has proven.
func TestFixturesHaveEveryMemberOfTheRecords(t *testing.T) {
	t.Parallel()
	client, _ := mocked(t)
	for resource, service := range services(client) {
		if !hasRecords(service) {
			continue
		}
		t.Run(resource, func(t *testing.T) {
			t.Parallel()
			list := service.MethodByName("List").Type()
			records, found := list.Out(0).Elem().FieldByName("Records")
			require.True(t, found)
			record := records.Type.Elem()
			for _, name := range []string{"list.json", "get.json", "create.json", "update.json"} {
				seen := make(members)
				value, found := readFixture(t, resource, name)
				if !found {
					continue
				}
				seen.add(t, record, value, resource+"/"+name)
				if name == "list.json" || name == "get.json" {
					seen.check(t)
				}
			}
		})
	}
}

// TestFixturesHaveEveryMemberOfTheInputs does the same for what is written.
func TestFixturesHaveEveryMemberOfTheInputs(t *testing.T) {
	t.Parallel()
	client, _ := mocked(t)
	for resource, service := range services(client) {
		create := service.MethodByName("Create")
		if !create.IsValid() {
			continue
		}
		t.Run(resource, func(t *testing.T) {
			t.Parallel()
			input := create.Type().In(1).Elem()
			seen := make(members)
			for _, name := range []string{"create.request.json", "update.request.json"} {
				if value, found := readFixture(t, resource, name); found {
					seen.add(t, input, value, resource+"/"+name)
				}
			}
			seen.check(t)
			records, _ := service.MethodByName("List").Type().Out(0).Elem().FieldByName("Records")
			for name := range jsonFields(input) {
				assert.Contains(t, jsonFields(records.Type.Elem()), name, "the record has no such member")
			}
		})
	}
}

// TestEveryFixtureIsUsed fails for a file of testdata that no operation of the tests names.
func TestEveryFixtureIsUsed(t *testing.T) {
	t.Parallel()
	var sources strings.Builder
	names, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	for _, name := range names {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		sources.Write(data)
	}
	files, err := filepath.Glob("testdata/*/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	client, _ := mocked(t)
	for _, file := range files {
		name := strings.TrimPrefix(filepath.ToSlash(file), "testdata/")
		assert.Contains(t, sources.String(), `"`+name+`"`)
		folder, _, _ := strings.Cut(name, "/")
		assert.Contains(t, services(client), folder)
	}
}
