package trial

import (
	"reflect"
	"strings"

	"github.com/halopsa-go/halopsa"
)

// Services are the services of a client by the name of their field.
func Services(client *halopsa.Client) map[string]reflect.Value {
	all := make(map[string]reflect.Value)
	v := reflect.ValueOf(client).Elem()
	for i := range v.NumField() {
		if field := v.Type().Field(i); field.IsExported() {
			all[field.Name] = v.Field(i)
		}
	}
	return all
}

// PassedArgument is what a parameter of any type takes: the last one is where the response goes, the others are what is sent.
func PassedArgument(at int, method reflect.Type, body any) reflect.Value {
	if at == method.NumIn()-2 {
		return reflect.ValueOf(new(any))
	}
	return reflect.ValueOf(body)
}

// Finish returns the error of a call, after ranging over what it gave if that is a walk, up to the first record if it never ends.
func Finish(results []reflect.Value) error {
	if results[0].Kind() == reflect.Func {
		for record, err := range results[0].Seq2() {
			if failure, ok := err.Interface().(error); ok {
				return failure
			}
			if strings.HasPrefix(record.Type().Name(), "Followed[") {
				return nil
			}
		}
		return nil
	}
	err, _ := results[len(results)-1].Interface().(error)
	return err
}
