package halopsa

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"
)

// optional is what each field of an input is, by its address: an [Opt].
type optional interface {
	held() any
	IsZero() bool
}

// marshalInputs is json.Marshal for inputs. That reads again, byte by byte, whatever a MarshalJSON has written, and takes longer for it than for all the rest
// of an input with long texts: it is given what the fields hold instead.
func marshalInputs[I any](inputs []I) ([]byte, error) {
	of := plainInput(reflect.TypeFor[I]())
	if of == nil {
		return json.Marshal(inputs)
	}
	plain := reflect.MakeSlice(reflect.SliceOf(of), len(inputs), len(inputs))
	for i := range inputs {
		input, into := reflect.ValueOf(&inputs[i]).Elem(), plain.Index(i)
		for j := range of.NumField() {
			field := input.Field(j).Addr().Interface().(optional) //nolint:errcheck,forcetypeassert // see plainInput
			if value := field.held(); value != nil {
				into.Field(j).Set(reflect.ValueOf(value))
			} else if !field.IsZero() {
				into.Field(j).Set(reflect.ValueOf(jsonNull))
			}
		}
	}
	return json.Marshal(plain.Interface())
}

var jsonNull = json.RawMessage("null")

var plainInputs sync.Map // reflect.Type → reflect.Type, of a struct, or nil

// plainInput returns a type with a field of any in the place of each field of an input, which is left out where it is nil, and nil for a type that is not made
// of fields like that.
func plainInput(input reflect.Type) reflect.Type {
	if known, ok := plainInputs.Load(input); ok {
		of, _ := known.(reflect.Type)
		return of
	}
	of := reflect.Type(nil)
	defer func() { plainInputs.Store(input, of) }()
	if input.Kind() != reflect.Struct || reflect.PointerTo(input).Implements(reflect.TypeFor[json.Marshaler]()) {
		return of
	}
	fields := make([]reflect.StructField, input.NumField())
	for i := range fields {
		field := input.Field(i)
		name, rest, _ := strings.Cut(field.Tag.Get("json"), ",")
		if !field.IsExported() || name == "" || rest != "omitzero" || !reflect.PointerTo(field.Type).Implements(reflect.TypeFor[optional]()) {
			return of
		}
		fields[i] = reflect.StructField{Name: field.Name, Type: reflect.TypeFor[any](), Tag: reflect.StructTag(`json:"` + name + `,omitempty"`)}
	}
	of = reflect.StructOf(fields)
	return of
}
