package halopsa_test

import (
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// TestInputsAreSentAsEncodingJSONWritesThem creates records of every kind from inputs whose fields are absent, null or set.
func TestInputsAreSentAsEncodingJSONWritesThem(t *testing.T) {
	t.Parallel()
	var sent []byte
	client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithTokenSource(staticToken), halopsa.WithoutRateLimit(), halopsa.WithHTTPClient(&http.Client{
		Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			sent, _ = io.ReadAll(req.Body)
			return nil, errors.New("enough")
		}),
	}))
	require.NoError(t, err)
	values := []string{
		`""`, `"a"`, `"<b>&\u2028é\ud800\"\\\u0001\n"`, "\"\xff\"", `0`, `12`, `false`, `true`, `1.5`, `1e30`, `"2026-01-02T03:04:05.678"`, `"2026-01-02T03:04:05Z"`, `[]`,
		`[{"id":1,"log":"<x>"},{"log":null}]`, `[1]`, `["<a>"]`, `{"a":"<"}`,
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // test data
	kinds, compared := 0, 0
	for resource, service := range services(client) {
		create := service.MethodByName("Create")
		if !create.IsValid() {
			continue
		}
		kinds++
		for range 200 {
			inputs := reflect.MakeSlice(create.Type().In(1), 1+random.IntN(3), 3)
			for i := range inputs.Len() {
				for j := range inputs.Index(i).NumField() {
					into := inputs.Index(i).Field(j).Addr().Interface().(json.Unmarshaler) //nolint:errcheck,forcetypeassert // an Opt
					switch random.IntN(6) {
					case 0:
						require.NoError(t, into.UnmarshalJSON([]byte("null")))
					case 1, 2:
						for _, k := range random.Perm(len(values)) {
							if into.UnmarshalJSON([]byte(values[k])) == nil {
								break
							}
						}
					}
				}
			}
			sent = nil
			returned := create.Call([]reflect.Value{reflect.ValueOf(t.Context()), inputs})
			if refused := new(halopsa.ArgumentError); errors.As(returned[1].Interface().(error), &refused) { //nolint:errcheck,forcetypeassert // it always fails
				continue // an id, or null for a column that takes none
			}
			compared++
			want, err := json.Marshal(inputs.Interface())
			require.NoError(t, err)
			require.Equal(t, string(want), string(sent), resource)
		}
	}
	assert.Equal(t, 8, kinds)
	assert.Greater(t, compared, 200)

	sent = nil
	_, err = client.IntegrationRequest.Create(t.Context(), []halopsa.IntegrationRequestInput{{Duration: halopsa.Set(math.NaN())}})
	require.ErrorContains(t, err, "cannot be encoded as JSON")
	assert.Nil(t, sent)
}
