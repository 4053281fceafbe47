package halopsa_test

import (
	"context"
	"go/ast"
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// payment and payments are a third party's records, in types of the caller's.
type payment struct {
	ID     string  `json:"id,omitempty"`
	Amount float64 `json:"amount"`
}

type payments struct {
	Payments []payment `json:"payments"`
	After    string    `json:"after"`
}

func TestIntegrationDataReads(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /IntegrationData/Get/{System}",
			sent: "/IntegrationData/Get/GoCardless/Payments?after=PM00&continuationToken=c&datatype=payments&endpoint=%2Fpayments&limit=50&method=list" +
				"&next_url=https%3A%2F%2Fapi.example%2F%3Fpage%3D2&nextlink=l&nexttoken=t&offset=100&page=2&resource=r",
			answer: "IntegrationData/get.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got payments
				err := c.IntegrationData.Get(ctx, halopsa.SystemGoCardless, &halopsa.IntegrationDataOptions{
					Part: "Payments", DataType: "payments", Resource: "r", Endpoint: "/payments", Method: "list", Page: 2, Offset: 100,
					NextLink: "l", NextURL: "https://api.example/?page=2", ContinuationToken: "c", After: "PM00", NextToken: "t",
				}, &got, halopsa.WithQuery("limit", "50"))
				return got, err
			},
			want:    payments{Payments: []payment{{"PM01", 12.5}, {"PM02", 7}}, After: "PM02"},
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "GET /IntegrationData/Search/{System}", sent: "/IntegrationData/Search/Stripe?datatype=payments&search=PM01",
			answer: "IntegrationData/search.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got []payment
				err := c.IntegrationData.Search(ctx, halopsa.SystemStripe, &halopsa.IntegrationDataOptions{DataType: "payments"}, &got, halopsa.WithQuery("search", "PM01"))
				return got, err
			},
			want:    []payment{{"PM01", 12.5}},
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "GET /IntegrationData/Validate/{System}", sent: "/IntegrationData/Validate/intY",
			answer: "IntegrationData/validate.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var valid bool
				err := c.IntegrationData.Validate(ctx, halopsa.SystemIntY, nil, &valid)
				return valid, err
			},
			want:    true,
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
	})
}

func TestIntegrationDataWrites(t *testing.T) {
	t.Parallel()
	body, answer := "IntegrationData/write.request.json", "IntegrationData/write.json"
	want := payments{Payments: []payment{{"PM01", 12.5}}}
	send := []payment{{ID: "PM01", Amount: 12.5}}
	runOperations(t, []operation{
		{
			api: "POST /IntegrationData/Post/{System}/{Action}", sent: "/IntegrationData/Post/Stripe/create-payment-intent?method=card",
			body: "IntegrationData/post.request.json", answer: "IntegrationData/post.json", status: http.StatusCreated,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got payment
				intent := map[string]any{"amount": 12.5, "currency": "EUR"}
				err := c.IntegrationData.Post(ctx, halopsa.SystemStripe, "create-payment-intent", &halopsa.IntegrationDataOptions{Method: "card"}, intent, &got)
				return got, err
			},
			want:    payment{"pi_1", 12.5},
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationData/Import/{System}", sent: "/IntegrationData/Import/IngramMicro/Subscriptions", body: body, answer: answer,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got payments
				err := c.IntegrationData.Import(ctx, halopsa.SystemIngramMicro, &halopsa.IntegrationDataOptions{Part: "Subscriptions"}, send, &got)
				return got, err
			},
			want: want, refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationData/Export/{System}", sent: "/IntegrationData/Export/Xero", body: body, answer: answer,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got payments
				err := c.IntegrationData.Export(ctx, halopsa.SystemXero, nil, send, &got)
				return got, err
			},
			want: want, refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationData/Send/{System}", sent: "/IntegrationData/Send/Slack", body: body, answer: answer,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got payments
				err := c.IntegrationData.Send(ctx, halopsa.SystemSlack, nil, send, &got)
				return got, err
			},
			want: want, refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationData/Link/{System}", sent: "/IntegrationData/Link/Sherweb", body: body, answer: answer,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got payments
				err := c.IntegrationData.Link(ctx, halopsa.SystemSherweb, nil, send, &got)
				return got, err
			},
			want: want, refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationData/Unlink/{System}", sent: "/IntegrationData/Unlink/Sherweb", body: body, answer: answer,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got payments
				err := c.IntegrationData.Unlink(ctx, halopsa.SystemSherweb, nil, send, &got)
				return got, err
			},
			want: want, refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationData/Move/{System}", sent: "/IntegrationData/Move/AzureAD", body: body, answer: answer,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got payments
				err := c.IntegrationData.Move(ctx, halopsa.SystemAzureAD, nil, send, &got)
				return got, err
			},
			want: want, refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /IntegrationData/AdjustQty/{System}", sent: "/IntegrationData/AdjustQty/Pax8", body: body, answer: answer,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got payments
				err := c.IntegrationData.AdjustQty(ctx, halopsa.SystemPax8, nil, send, &got)
				return got, err
			},
			want: want, refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
	})
}

// TestIntegrationDataPaths: system, action and part are segments of the path, whatever is in them.
func TestIntegrationDataPaths(t *testing.T) {
	t.Parallel()
	client, mock := mocked(t)
	mock.RegisterNoResponder(echoPath)
	part := func(part string) *halopsa.IntegrationDataOptions { return &halopsa.IntegrationDataOptions{Part: part} }
	for path, call := range map[string]func(context.Context) error{
		"/api/IntegrationData/Get/New%20Vendor": func(ctx context.Context) error {
			return client.IntegrationData.Get(ctx, "New Vendor", nil, nil)
		},
		"/api/IntegrationData/Get/AzureAD/Delta/50%25": func(ctx context.Context) error {
			return client.IntegrationData.Get(ctx, halopsa.SystemAzureAD, part("Delta/50%"), nil)
		},
		"/api/IntegrationData/Search/Xero/%252e%252e": func(ctx context.Context) error {
			return client.IntegrationData.Search(ctx, halopsa.SystemXero, part("%2e%2e"), nil)
		},
		"/api/IntegrationData/Import/IngramMicro/Subscriptions": func(ctx context.Context) error {
			return client.IntegrationData.Import(ctx, halopsa.SystemIngramMicro, part("Subscriptions"), nil, nil)
		},
		"/api/IntegrationData/Post/Stripe/a/b/c": func(ctx context.Context) error {
			return client.IntegrationData.Post(ctx, halopsa.SystemStripe, "a/b", part("c"), nil, nil)
		},
	} {
		err := call(t.Context())
		require.ErrorIs(t, err, halopsa.ErrNotFound)
		var refused *halopsa.APIError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, path, refused.Message)
		assert.Equal(t, path, "/api"+refused.Path)
	}
}

func TestIntegrationDataRefuses(t *testing.T) {
	t.Parallel()
	get := func(system halopsa.System, part string) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			return c.IntegrationData.Get(ctx, system, &halopsa.IntegrationDataOptions{Part: part}, nil)
		}
	}
	post := func(action string, body, into any) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			return c.IntegrationData.Post(ctx, halopsa.SystemStripe, action, nil, body, into)
		}
	}
	const (
		read, write = "IntegrationData.Get: ", "IntegrationData.Post: "
		odd         = "path: has a character that no path has; give parameters with WithQuery"
	)
	runRefusals(t, map[string]refusal{
		"no system":          {get("", ""), read + "system: empty"},
		"blank system":       {get(" \t", ""), read + "system: empty"},
		"system up":          {get("..", ""), read + `system: ".." would change the path`},
		"system here":        {get(".", "Payments"), read + `system: "." would change the path`},
		"system with slash":  {get("Xero/Payments", ""), read + `system: "Xero/Payments" has a slash in it; what follows the system is the Part of the options`},
		"slash alone":        {get("/", ""), read + `system: "/" has a slash in it; what follows the system is the Part of the options`},
		"system with query":  {get("Xero?datatype=a", ""), read + odd},
		"backslash":          {get(`..\Tickets`, ""), read + odd},
		"blank part":         {get("Xero", " "), read + "Part: empty"},
		"part begins so":     {get("Xero", "/Payments"), read + "Part: empty"},
		"part ends so":       {get("Xero", "Payments/"), read + "Part: empty"},
		"part with a hole":   {get("Xero", "a//b"), read + "Part: empty"},
		"part up":            {get("Xero", "../../../Tickets"), read + `Part: ".." would change the path`},
		"part with fragment": {get("Xero", "a#b"), read + odd},
		"no action":          {post("", nil, nil), write + "action: empty"},
		"action up":          {post("a/..", nil, nil), write + `action: ".." would change the path`},
		"null":               {post("a", []payment(nil), nil), write + "body: empty"},
		"nil pointer":        {post("a", (*payment)(nil), nil), write + "body: empty"},
		"bytes":              {post("a", []byte(`{}`), nil), write + "body: bytes would be sent as a text in base64; json.RawMessage is sent as it is"},
		"function":           {post("a", unwritable{}, nil), write + "body: cannot be encoded as JSON: json: unsupported type: func()"},
		"into no pointer":    {post("a", nil, payment{}), write + "into: not a pointer to a value; nil itself discards the response"},
		"no client": {func(ctx context.Context, _ *halopsa.Client) error {
			return new(halopsa.IntegrationDataService).Get(ctx, halopsa.SystemXero, nil, nil)
		}, read + "client: not made by NewClient"},
	})
}

// TestIntegrationDataBodies: any JSON is sent as it is, and nil is no body at all.
func TestIntegrationDataBodies(t *testing.T) {
	t.Parallel()
	for want, body := range map[string]any{
		"": nil, `{"id":"PM01","amount":2}`: payment{"PM01", 2}, `[{"id":"PM01","amount":2}]`: []payment{{"PM01", 2}},
		`[]`: []payment{}, `{}`: map[string]any{}, `"a"`: "a", `0`: 0, `false`: false, `{"raw":[1,2]}`: raw(`{"raw":[1,2]}`),
	} {
		client, mock := mocked(t)
		mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
			if want == "" {
				assert.Nil(t, req.Body)
			} else {
				assert.Equal(t, want, readAll(t, req.Body))
			}
			assert.Equal(t, "application/json", req.Header.Get("Content-Type"), "any other is a 415, without a body too")
			return respond(http.StatusOK, "application/json", `{"message":"done","rows":[1]}`), nil
		})
		require.NoError(t, client.IntegrationData.Import(t.Context(), halopsa.SystemPax8, nil, body, nil))
	}
}

// TestSystemsAreDistinct: each constant is named after the text on the wire, which is there once.
func TestSystemsAreDistinct(t *testing.T) {
	t.Parallel()
	seen := make(map[string]bool)
	for _, decl := range parseFiles(t, ".", false)["integration_data_systems.go"].Decls {
		group, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range group.Specs {
			constant, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			text, err := strconv.Unquote(constant.Values[0].(*ast.BasicLit).Value)
			require.NoError(t, err)
			name := constant.Names[0].Name
			assert.Regexp(t, "^(?i)System"+text+"$", name)
			assert.False(t, seen[text], text)
			seen[text] = true
		}
	}
	assert.Len(t, seen, 102)
}

// TestCasePagesIntoOneVariable: what the last page said of the next one is not left over, which would never end.
func TestCasePagesIntoOneVariable(t *testing.T) {
	t.Parallel()
	client := plainTenant(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("after") == "" {
			answersJSON(`{"payments":[{"id":"PM01","amount":1},{"id":"PM02","amount":2}],"after":"PM02"}`)(w, r)
			return
		}
		answersJSON(`{"payments":[{"id":"PM03"}]}`)(w, r)
	})
	var page payments
	var all []payment
	opts := &halopsa.IntegrationDataOptions{}
	for range 3 {
		require.NoError(t, client.IntegrationData.Get(t.Context(), halopsa.SystemGoCardless, opts, &page))
		all = append(all, page.Payments...)
		if opts.After = page.After; opts.After == "" {
			break
		}
	}
	assert.Equal(t, []payment{{"PM01", 1}, {"PM02", 2}, {"PM03", 0}}, all)
}
