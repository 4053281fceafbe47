package trial

import (
	"cmp"
	"context"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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

// Values are what [Arguments] gives to the parameters of a service's method.
type Values struct {
	ID      int64                        // also as a text; 0 is 7
	Options func(options reflect.Value)  // fills a struct of options; nil leaves them nil
	Inputs  func(resource string) string // the JSON of an array of inputs of a resource
	Body    any                          // what a parameter of any type sends
}

// Arguments are those of a call of a service's method, without request options.
func Arguments(ctx context.Context, t testing.TB, method reflect.Type, v Values) []reflect.Value {
	t.Helper()
	args := []reflect.Value{reflect.ValueOf(ctx)}
	require.Equal(t, reflect.TypeFor[context.Context](), method.In(0))
	require.True(t, method.IsVariadic(), "takes no request options")
	for i := 1; i < method.NumIn()-1; i++ {
		arg := reflect.New(method.In(i)).Elem()
		switch arg.Kind() {
		case reflect.Int64:
			arg.SetInt(cmp.Or(v.ID, 7))
		case reflect.String:
			arg.SetString(strconv.FormatInt(cmp.Or(v.ID, 7), 10))
		case reflect.Pointer:
			if v.Options != nil {
				arg.Set(reflect.New(arg.Type().Elem()))
				v.Options(arg.Elem())
			}
		case reflect.Slice:
			resource := strings.TrimSuffix(arg.Type().Elem().Name(), "Input")
			require.NoError(t, json.Unmarshal([]byte(v.Inputs(resource)), arg.Addr().Interface()))
		case reflect.Func: // a match that takes every record
			arg.Set(reflect.MakeFunc(arg.Type(), func([]reflect.Value) []reflect.Value { return []reflect.Value{reflect.ValueOf(true)} }))
		case reflect.Interface: // of any type: the last one is where the response goes, the others are what is sent
			arg.Set(reflect.ValueOf(v.Body))
			if i == method.NumIn()-2 {
				arg.Set(reflect.ValueOf(new(any)))
			}
		default:
			require.Fail(t, "no such argument is known", "%s", arg.Type())
		}
		args = append(args, arg)
	}
	return args
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
