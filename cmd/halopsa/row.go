package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/halopsa-go/halopsa"
)

// row is a record as a table or CSV shows it: its members in the order of the record.
type row struct {
	names  []string
	values map[string]json.RawMessage
}

// rowOf reads the members of a record. Members that its type has no field for come last, each under its own name.
func rowOf(record any) (row, error) {
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(veiled(record)); err != nil {
		return row{}, err
	}
	r := row{values: map[string]json.RawMessage{}}
	if err := r.read(data.Bytes()); err != nil {
		return row{}, err
	}
	if _, typed := record.(*json.RawMessage); typed {
		return r, nil
	}
	if extra, ok := r.values["extra"]; ok {
		r.names = r.names[:len(r.names)-1]
		delete(r.values, "extra")
		return r, r.read(extra)
	}
	return r, nil
}

// read adds the members of an object.
func (r *row) read(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return fmt.Errorf("a record is not a JSON object: %s", plain(string(data[:min(len(data), 60)])))
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return err
		}
		if _, twice := r.values[name.(string)]; !twice {
			r.names = append(r.names, name.(string))
		}
		r.values[name.(string)] = value
	}
	return nil
}

// veiled returns the record without what its type knows to be a credential: JSON would show it.
func veiled(record any) any {
	v := reflect.ValueOf(record)
	if v.Kind() != reflect.Pointer || v.Elem().Kind() != reflect.Struct {
		return record
	}
	own := reflect.New(v.Elem().Type())
	own.Elem().Set(v.Elem())
	veil(own.Elem())
	return own.Interface()
}

// veil replaces the credentials among the fields of a struct.
func veil(v reflect.Value) {
	for i := range v.NumField() {
		switch secret := v.Field(i).Interface().(type) {
		case halopsa.Secret:
			v.Field(i).SetString(secret.String())
		case halopsa.Opt[halopsa.Secret]:
			if text, ok := secret.Get(); ok {
				v.Field(i).Set(reflect.ValueOf(halopsa.Set(halopsa.Secret(text.String()))))
			}
		}
	}
}

// text is a member as a cell shows it: a text without its quotes, null as nothing, anything else as JSON.
func (r row) text(name string) string {
	raw, ok := r.values[name]
	if !ok || string(raw) == "null" {
		return ""
	}
	var s string
	if raw[0] == '"' && json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// when returns the date in a member, or the zero time.
func (r row) when(name string) time.Time {
	var t halopsa.Time
	if raw, ok := r.values[name]; !ok || json.Unmarshal(raw, &t) != nil {
		return time.Time{}
	}
	return t.Time
}

// plain returns a text as one line without characters that a terminal obeys.
func plain(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, "\uFFFD"), func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || !unicode.IsPrint(r)
	}), " ")
}
