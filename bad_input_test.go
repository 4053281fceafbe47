package halopsa_test

import (
	"context"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// refusal is a call that must fail before anything is sent.
type refusal struct {
	call func(context.Context, *halopsa.Client) error
	says string // with the argument's name
}

// runRefusals makes calls that are all refused, each with an error that names the operation and the argument.
func runRefusals(t *testing.T, refusals map[string]refusal) {
	t.Helper()
	for name, test := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := newStandin(t, nil)
			err := test.call(t.Context(), client)
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			var argument *halopsa.ArgumentError
			require.ErrorAs(t, err, &argument)
			assert.NotEmpty(t, argument.Op)
			assert.EqualError(t, err, "halopsa: "+test.says)
			require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			assert.Empty(t, server.Requests(), "nothing may be sent, not even for a token")
		})
	}
}

// TestIDsOfEveryMethod finds the methods with an id by reflection: "DELETE /IntegrationError/" must never be sent.
func TestIDsOfEveryMethod(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	found := 0
	for resource, service := range services(client) {
		for i := range service.NumMethod() {
			method, name := service.Method(i), service.Type().Method(i).Name
			if method.Type().NumIn() < 2 || isFollowing(name) { // these take an id to begin after, and any will do
				continue
			}
			var bad map[string]any
			switch method.Type().In(1).Kind() {
			case reflect.Int64:
				bad = map[string]any{
					"0: must be positive": int64(0), "-1: must be positive": int64(-1),
					"-9223372036854775808: must be positive": int64(math.MinInt64),
				}
			case reflect.String:
				if method.Type().In(1) != reflect.TypeFor[string]() {
					continue // a system
				}
				bad = map[string]any{
					"empty": "", "empty ": " ", "empty\t": "\t\n", `"." would change the path`: ".", `".." would change the path`: "..",
					`"a/b" has a slash in it`: "a/b", `"../Tickets" has a slash in it`: "../Tickets", `"/" has a slash in it`: "/",
				}
			default:
				continue
			}
			found++
			for says, id := range bad {
				args := []reflect.Value{reflect.ValueOf(t.Context()), reflect.ValueOf(id)}
				if method.Type().NumIn() > 3 {
					args = append(args, reflect.Zero(method.Type().In(2)))
				}
				err := finish(method.Call(args))
				require.ErrorIs(t, err, halopsa.ErrInvalid, "%s.%s(%v)", resource, name, id)
				assert.EqualError(t, err, "halopsa: "+resource+"."+name+": id: "+strings.TrimSpace(says))
			}
		}
	}
	assert.Equal(t, 14, found, "8 methods Get and 6 methods Delete")
	assert.Empty(t, server.Requests())
}

// TestOddIDs reach the server as one segment of the path, whatever is in them.
func TestOddIDs(t *testing.T) {
	t.Parallel()
	for id, escaped := range map[string]string{
		"customer":               "customer",
		"a b":                    "a%20b",
		"50%":                    "50%25",
		"a?b=c":                  "a%3Fb=c",
		"a#b":                    "a%23b",
		"a&b;c":                  "a&b%3Bc",
		`a\b`:                    "a%5Cb",
		"Größe":                  "Gr%C3%B6%C3%9Fe",
		"a\nb":                   "a%0Ab",
		"%2e%2e":                 "%252e%252e",
		"...":                    "...",
		"a%2Fb":                  "a%252Fb",
		`"quoted"`:               "%22quoted%22",
		"<script>":               "%3Cscript%3E",
		" padded ":               "%20padded%20",
		"\x00":                   "%00",
		"\xff":                   "%FF",
		"日本":                     "%E6%97%A5%E6%9C%AC",
		"a+b@c:d$e=f":            "a+b@c:d$e=f",
		"12":                     "12",
		"-1":                     "-1",
		"0":                      "0",
		strings.Repeat("x", 200): strings.Repeat("x", 200),
	} {
		client, mock := mocked(t)
		mock.RegisterNoResponder(echoPath)
		type named string
		calls := map[string]func() error{
			"/api/IntegrationRunbookVariableGroup/": func() error {
				_, err := client.IntegrationRunbookVariableGroup.Get(t.Context(), id, nil)
				return err
			},
			"/api/Tickets/": func() error { return halopsa.DeleteOf(t.Context(), client, "Tickets", id) },
			"/api/Users/":   func() error { return halopsa.DeleteOf(t.Context(), client, "Users", named(id)) },
		}
		for path, call := range calls {
			err := call()
			require.ErrorIs(t, err, halopsa.ErrNotFound)
			var refused *halopsa.APIError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, path+escaped, refused.Message, "%q", id)
			assert.Equal(t, path+escaped, "/api"+refused.Path)
		}
	}
}

func TestSortKeysRefused(t *testing.T) {
	t.Parallel()
	keys := map[string]struct {
		keys []halopsa.SortKey
		says string
	}{
		"six": {
			[]halopsa.SortKey{halopsa.Asc("a"), halopsa.Asc("b"), halopsa.Asc("c"), halopsa.Asc("d"), halopsa.Asc("e"), halopsa.Asc("f")},
			"Sort: 6 keys given, the API takes at most 5",
		},
		"empty":              {[]halopsa.SortKey{halopsa.Asc("id"), halopsa.Desc("")}, "Sort: key 2 has an empty field"},
		"blank":              {[]halopsa.SortKey{{Field: " \t"}}, "Sort: key 1 has an empty field"},
		"repeated":           {[]halopsa.SortKey{halopsa.Asc("id"), halopsa.Asc("date"), halopsa.Desc("id")}, `Sort: field "id" is named twice`},
		"repeated, but case": {[]halopsa.SortKey{halopsa.Asc("id"), halopsa.Asc(" ID")}, `Sort: field " ID" is named twice`},
	}
	refusals := make(map[string]refusal)
	for name, test := range keys {
		errorOptions := &halopsa.IntegrationErrorListOptions{Sort: test.keys}
		requestOptions := &halopsa.IntegrationRequestListOptions{Sort: test.keys}
		refusals[name+" IntegrationError.List"] = refusal{func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegrationError.List(ctx, errorOptions)
			return err
		}, "IntegrationError.List: " + test.says}
		refusals[name+" IntegrationError.All"] = refusal{func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegrationError.All(ctx, errorOptions))
			return err
		}, "IntegrationError.All: " + test.says}
		refusals[name+" IntegrationRequest.Pages"] = refusal{func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegrationRequest.Pages(ctx, requestOptions))
			return err
		}, "IntegrationRequest.Pages: " + test.says}
		refusals[name+" ListOf"] = refusal{func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.ListOf[map[string]any](ctx, c, "Tickets", halopsa.WithSort(test.keys...))
			return err
		}, "Tickets.List: " + test.says}
		refusals[name+" AllOf"] = refusal{func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(halopsa.AllOf[map[string]any](ctx, c, "Tickets", halopsa.WithSort(test.keys...)))
			return err
		}, "Tickets.All: " + test.says}
	}
	runRefusals(t, refusals)
}

func TestPagesRefused(t *testing.T) {
	t.Parallel()
	refusals := make(map[string]refusal)
	for says, page := range map[string]halopsa.ListOptions{
		"PageNo: -1 is less than 0": {PageNo: -1}, "PageSize: -5 is less than 0": {PageSize: -5, PageNo: 1},
	} {
		refusals["List "+says] = refusal{func(ctx context.Context, c *halopsa.Client) error {
			_, err := c.IntegratorLog.List(ctx, &halopsa.IntegratorLogListOptions{ListOptions: page})
			return err
		}, "IntegratorLog.List: " + says}
		refusals["All "+says] = refusal{func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegratorSchedule.All(ctx, &halopsa.IntegratorScheduleListOptions{ListOptions: page}))
			return err
		}, "IntegratorSchedule.All: " + says}
	}
	second := halopsa.ListOptions{PageNo: 2}
	refusals["page of a walk"] = refusal{func(ctx context.Context, c *halopsa.Client) error {
		_, err := halopsa.Collect(c.IntegrationError.All(ctx, &halopsa.IntegrationErrorListOptions{ListOptions: second}))
		return err
	}, "IntegrationError.All: PageNo: 2: a walk reads every page from the first; List reads one"}
	refusals["page of AllOf"] = refusal{func(ctx context.Context, c *halopsa.Client) error {
		_, err := halopsa.Collect(halopsa.AllOf[map[string]any](ctx, c, "Tickets", halopsa.WithPage(2, 10)))
		return err
	}, "Tickets.All: PageNo: 2: a walk reads every page from the first; List reads one"}
	refusals["count of a walk"] = refusal{func(ctx context.Context, c *halopsa.Client) error {
		_, err := halopsa.Collect(c.IntegrationRequest.Pages(ctx, &halopsa.IntegrationRequestListOptions{Count: 5}))
		return err
	}, "IntegrationRequest.Pages: Count: 5: a walk reads everything; List takes a count"}
	refusals["negative count"] = refusal{func(ctx context.Context, c *halopsa.Client) error {
		_, err := c.IntegrationError.List(ctx, &halopsa.IntegrationErrorListOptions{Count: -1})
		return err
	}, "IntegrationError.List: Count: -1 is less than 0"}
	refusals["sort of what has no order"] = refusal{func(ctx context.Context, c *halopsa.Client) error {
		_, err := c.IntegratorLog.List(ctx, nil, halopsa.WithSort(halopsa.Asc("date")))
		return err
	}, "IntegratorLog.List: WithSort: this list cannot be sorted"}
	for _, name := range []string{"page_no", "page_size", "pageinate", "count"} {
		refusals["query "+name] = refusal{func(ctx context.Context, c *halopsa.Client) error {
			_, err := halopsa.Collect(c.IntegratorLog.All(ctx, nil, halopsa.WithQuery(name, "2")))
			return err
		}, fmt.Sprintf("IntegratorLog.All: WithQuery: %s: a walk sets it by itself", name)}
	}
	runRefusals(t, refusals)
}
