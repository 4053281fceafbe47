package halopsa_test

import (
	"net/http"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

func TestServicesHaveTheDocumentedMethods(t *testing.T) {
	t.Parallel()
	wanted, got := make(map[string][]string), make(map[string][]string)
	for _, d := range documentedOperations {
		wanted[d.resource()] = append(wanted[d.resource()], strings.Fields(d.methods)...)
	}
	for _, methods := range wanted {
		slices.Sort(methods)
	}
	client, _ := mocked(t)
	for name, service := range services(client) {
		require.False(t, service.IsNil(), name)
		assert.Equal(t, "*halopsa."+name+"Service", service.Type().String())
		for i := range service.NumMethod() {
			got[name] = append(got[name], service.Type().Method(i).Name)
		}
	}
	assert.Equal(t, wanted, got)
}

// TestEveryServiceHasAnExample: a reader of the reference finds one beside each service.
func TestEveryServiceHasAnExample(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("example*_test.go")
	require.NoError(t, err)
	var examples strings.Builder
	for _, file := range files {
		examples.WriteString(readDocument(t, file))
	}
	client, _ := mocked(t)
	for name := range services(client) {
		assert.Contains(t, examples.String(), "\nfunc Example"+name+"Service_")
	}
}

// TestMethodsSendTheDocumentedRequest calls every method with every option set: method, path and the names of the query are then exactly
// those of the documentation.
func TestMethodsSendTheDocumentedRequest(t *testing.T) {
	t.Parallel()
	for _, d := range documentedOperations {
		for _, name := range strings.Fields(d.methods) {
			t.Run(d.resource()+"."+name, func(t *testing.T) {
				t.Parallel()
				client, mock := mocked(t)
				var sent []*http.Request
				mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
					if name == "CreateOnce" && req.Method == http.MethodGet { // of a log it reads the newest id first
						return respond(http.StatusOK, "application/json", `[]`), nil
					}
					sent = append(sent, req)
					switch {
					case name == "Get":
						return respond(http.StatusOK, "application/json", `{"id":"7"}`), nil
					case isFollowing(name):
						return respond(http.StatusOK, "application/json", `[{"id":8},{"id":7}]`), nil
					}
					if strings.HasPrefix(name, "Create") || name == "Update" {
						return respond(http.StatusOK, "application/json", `[{"id":7}]`), nil
					}
					return respond(http.StatusOK, "application/json", `[]`), nil
				})
				method := services(client)[d.resource()].MethodByName(name)
				require.NoError(t, finish(method.Call(arguments(t, name, method.Type()))))

				require.NotEmpty(t, sent)
				if !isWalk(name) { // which reads a list that is sorted by another key until two readings agree
					require.Len(t, sent, 1)
				}
				path := strings.TrimPrefix(sent[0].URL.Path, "/api")
				assert.Equal(t, placeholder.ReplaceAllString(d.operation, "7"), sent[0].Method+" "+path)
				params := d.parameters()
				params = slices.DeleteFunc(params, func(param string) bool {
					switch {
					case isFollowing(name) && strings.HasPrefix(param, "order"): // it sorts by id alone
						return param != "order" && param != "orderdesc"
					case isWalk(name), isFollowing(name): // which read everything and refuse a count
						return param == "count"
					}
					return false
				})
				got := []string{}
				for param, values := range sent[0].URL.Query() {
					assert.Len(t, values, 1, param)
					got = append(got, param)
				}
				assert.ElementsMatch(t, params, got)
			})
		}
	}
}

// placeholder is what a documented path has for an id, a system or an action.
var placeholder = regexp.MustCompile(`\{\w+\}`)

func isWalk(method string) bool { return method == "Pages" || method == "All" }

func isFollowing(method string) bool { return method == "Since" || method == "Follow" }

// arguments are those of a call of a service's method, with a value in every option.
func arguments(t *testing.T, name string, method reflect.Type) []reflect.Value {
	t.Helper()
	return trial.Arguments(t.Context(), t, method, trial.Values{
		Options: func(options reflect.Value) { fillOptions(t, options, name) },
		Inputs:  func(resource string) string { return leastInput(resource, name) },
		Body:    map[string]any{"id": 7},
	})
}

// leastInput is one input of a write with no more than HaloPSA requires.
func leastInput(resource, method string) string {
	switch {
	case method == "Update":
		return `[{"id":7}]`
	case resource == "IntegrationLookUp":
		return `[{"module_id":12,"value":"High"}]`
	}
	return `[{}]`
}

// sortMembers are five members to sort by, of the lists that can be sorted.
var sortMembers = map[string][]string{
	"IntegrationErrorListOptions":   {"date", "module_id", "entity_type", "error", "id"},
	"IntegrationRequestListOptions": {"datelogged", "msid", "resultcode", "url", "id"},
}

// fillOptions gives every field of an options struct a value that is sent.
func fillOptions(t *testing.T, options reflect.Value, method string) {
	t.Helper()
	for i := range options.NumField() {
		field, name := options.Field(i), options.Type().Field(i).Name
		if field.Kind() == reflect.String && options.Type().Field(i).Tag.Get("url") == "-" { // a part of the path
			continue
		}
		switch value := field.Addr().Interface().(type) {
		case *halopsa.ListOptions:
			value.PageNo, value.PageSize = 1, 10
		case *[]halopsa.SortKey:
			if !isFollowing(method) {
				*value = nil
				for _, member := range sortMembers[options.Type().Name()] {
					*value = append(*value, halopsa.Desc(member))
				}
			}
		case *halopsa.Opt[bool]:
			*value = halopsa.Set(false)
		case *bool:
			*value = true
		case *int:
			if name != "Count" || !isWalk(method) && !isFollowing(method) {
				*value = 3
			}
		case *int64:
			*value = 3
		case *string:
			*value = "x"
		case *[]int64:
			*value = []int64{3, 4}
		default:
			require.Fail(t, "no value for it is known", "%s %s", name, field.Type())
		}
	}
}
