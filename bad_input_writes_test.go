package halopsa_test

import (
	"context"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// TestInputsOfEveryWrite finds the writes by reflection: none of them sends nothing, none creates where it should change, or the reverse.
func TestInputsOfEveryWrite(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	creates, updates := 0, 0
	for resource, service := range services(client) {
		for i := range service.NumMethod() {
			method, name := service.Method(i), service.Type().Method(i).Name
			if name != "Create" && name != "Update" {
				continue
			}
			inputs := method.Type().In(1)
			bad := map[string]string{"[]": "inputs: empty", "null": "inputs: empty"}
			_, hasID := inputs.Elem().FieldByName("ID")
			if name == "Update" {
				updates++
				require.True(t, hasID, resource)
				const without = "must be positive; without an id HaloPSA would create a record"
				bad[`[{}]`] = "inputs[0].ID: " + without
				bad[`[{"id":1},{"id":null}]`] = "inputs[1].ID: " + without
				bad[`[{"id":1},{"id":2},{"id":0}]`] = "inputs[2].ID: " + without
				bad[`[{"id":-7}]`] = "inputs[0].ID: " + without
			} else {
				creates++
				if hasID {
					const set = "must be absent: use Update to change an existing record"
					bad[`[{"id":7}]`] = "inputs[0].ID: " + set
					bad[`[{},{"id":0}]`] = "inputs[1].ID: " + set
					bad[`[{"id":null}]`] = "inputs[0].ID: " + set
				}
			}
			for input, says := range bad {
				arg := reflect.New(inputs)
				require.NoError(t, json.Unmarshal([]byte(input), arg.Interface()))
				err := finish(method.Call([]reflect.Value{reflect.ValueOf(t.Context()), arg.Elem()}))
				require.ErrorIs(t, err, halopsa.ErrInvalid, "%s.%s %s", resource, name, input)
				require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
				assert.EqualError(t, err, "halopsa: "+resource+"."+name+": "+says, input)
			}
		}
	}
	assert.Equal(t, 8, creates)
	assert.Equal(t, 5, updates)
	assert.Empty(t, server.Requests())
}

// unwritable has no JSON.
type unwritable struct{ Broken func() }

func TestInputsWithoutJSON(t *testing.T) {
	t.Parallel()
	runRefusals(t, map[string]refusal{
		"number that JSON has not": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationRequest.Create(ctx, []halopsa.IntegrationRequestInput{
				{}, {}, {Duration: halopsa.Set(math.NaN())},
			}, halopsa.WithBatchSize(1))
			return err
		}, "IntegrationRequest.Create: inputs: cannot be encoded as JSON: json: unsupported value: NaN"},
		"function": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.PostOf[map[string]any](ctx, c, "Tickets", unwritable{})
			return err
		}, "Tickets.Post: inputs: cannot be encoded as JSON: json: unsupported type: func()"},
	})
}

func TestGenericFunctionsRefuse(t *testing.T) {
	t.Parallel()
	type record = map[string]any
	get := func(path string) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.GetOf[record](ctx, c, path, 1)
			return err
		}
	}
	post := func(inputs any) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.PostOf[record](ctx, c, "Tickets", inputs)
			return err
		}
	}
	type ticketID int64
	runRefusals(t, map[string]refusal{
		"no path":       {get(""), `GetOf: path: empty; it is a resource such as "Tickets"`},
		"slashes alone": {get("//"), `GetOf: path: empty; it is a resource such as "Tickets"`},
		"empty segment": {get("Tickets//Actions"), "Tickets//Actions.Get: path: empty"},
		"blank segment": {get("Tickets/ /Actions"), "Tickets/ /Actions.Get: path: empty"},
		"way up":        {get("Tickets/../Users"), `Tickets/../Users.Get: path: ".." would change the path`},
		"dot":           {get("./Tickets"), `./Tickets.Get: path: "." would change the path`},
		"query":         {get("Tickets?key=canary"), "Tickets.Get: path: has a character that no path has; give parameters with WithQuery"},
		"fragment":      {get("Tickets#canary"), "Tickets.Get: path: has a character that no path has; give parameters with WithQuery"},
		"backslash":     {get(`Tickets\..`), `Tickets\...Get: path: has a character that no path has; give parameters with WithQuery`},
		"line":          {get("Tickets\r\nHost: x"), "Tickets.Get: path: has a character that no path has; give parameters with WithQuery"},
		"URL":           {get("https://evil.example.com/Tickets"), "https://evil.example.com/Tickets.Get: path: empty"},
		"nil":           {post(nil), "Tickets.Post: inputs: empty"},
		"empty slice":   {post([]record{}), "Tickets.Post: inputs: empty"},
		"nil slice":     {post([]record(nil)), "Tickets.Post: inputs: empty"},
		"nil pointer":   {post((*record)(nil)), "Tickets.Post: inputs: empty"},
		"no object":     {post("text"), "Tickets.Post: inputs: must be an object or a slice of objects"},
		"number":        {post(7), "Tickets.Post: inputs: must be an object or a slice of objects"},
		"id of 0":       {func(ctx context.Context, c *halopsa.Client) error { return halopsa.DeleteOf(ctx, c, "Tickets", 0) }, "Tickets.Delete: id: 0: must be positive"},
		"own id below 0": {func(ctx context.Context, c *halopsa.Client) error {
			return halopsa.DeleteOf(ctx, c, "Tickets", ticketID(-3))
		}, "Tickets.Delete: id: -3: must be positive"},
		"empty id": {func(ctx context.Context, c *halopsa.Client) error { return halopsa.DeleteOf(ctx, c, "Tickets", "") }, "Tickets.Delete: id: empty"},
		"list": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.ListOf[record](ctx, c, "")
			return err
		}, `ListOf: path: empty; it is a resource such as "Tickets"`},
		"all": {func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(halopsa.AllOf[record](ctx, c, "a/../b"))
			return err
		}, `a/../b.All: path: ".." would change the path`},
	})
}

func TestNilContext(t *testing.T) {
	t.Parallel()
	var none context.Context
	client, server := newStandin(t, nil)
	calls := map[string]func(context.Context, *halopsa.Client) error{
		"IntegrationError.Get": getOne, "IntegrationError.Create": createOne, "IntegrationExport.Update": updateOne, "IntegrationError.Delete": deleteOne,
		"IntegratorLog.All": func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegratorLog.All(ctx, nil))
			return err
		},
		"Tickets.List": func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.ListOf[map[string]any](ctx, c, "Tickets")
			return err
		},
	}
	for op, call := range calls {
		err := call(none, client)
		require.ErrorIs(t, err, halopsa.ErrInvalid, op)
		require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
		assert.ErrorContains(t, err, "halopsa: "+op+": ctx: nil")
	}
	assert.Empty(t, server.Requests())
}

// TestNilOptionsAreFine calls every method with nothing where options go.
func TestNilOptionsAreFine(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	for resource, service := range services(client) {
		if !hasRecords(service) { // their tests are in halo_integration_test.go and integration_data_test.go
			continue
		}
		record := map[string]any{"id": 7}
		if strings.Contains(resource, "Runbook") {
			record["id"] = "7"
		}
		for i := range service.NumMethod() {
			method, name := service.Method(i), service.Type().Method(i).Name
			values := trial.Values{Inputs: func(resource string) string { return leastInput(resource, name) }}
			if isFollowing(name) { // up to the record, which ends Follow
				values.ID = 6
			}
			args := trial.Arguments(t.Context(), t, method.Type(), values)
			server.Seed(resource, record)
			require.NoError(t, finish(method.Call(args)), "%s.%s", resource, name)
		}
	}
	assert.Equal(t, 1, server.TokensIssued())
}
