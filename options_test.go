package halopsa_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// last returns the request that the stand-in received last.
func last(t testing.TB, server *halopsatest.Handler) halopsatest.Request {
	t.Helper()
	requests := server.Requests()
	require.NotEmpty(t, requests)
	return requests[len(requests)-1]
}

// TestOptionPrecedence: an option of a call wins over one of the client, which wins over the default; a call leaves no trace in the next one.
func TestOptionPrecedence(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil,
		halopsa.WithHeader("X-Run", "old"), halopsa.WithHeader("X-Run", "client"), halopsa.WithHeader("X-Job", "nightly"),
		halopsa.WithQuery("showall", "client"), halopsa.WithQuery("team", "7"))
	list := func(opts ...halopsa.RequestOption) halopsatest.Request {
		_, err := client.IntegrationError.List(t.Context(), &halopsa.IntegrationErrorListOptions{ModuleID: 12}, opts...)
		require.NoError(t, err)
		return last(t, server)
	}

	sent := list()
	assert.Equal(t, []string{"client"}, sent.Header.Values("X-Run"))
	assert.Equal(t, []string{"client"}, sent.Query["showall"])
	assert.Equal(t, []string{"12"}, sent.Query["module_id"])
	assert.Equal(t, []string{"application/json"}, sent.Header.Values("Accept"))

	sent = list(nil, halopsa.WithHeader("x-run", "first"), halopsa.WithHeader("x-run", "call"), halopsa.WithHeader("Accept", "text/json"),
		halopsa.WithQuery("showall", "call"), halopsa.WithQuery("module_id", "13"))
	assert.Equal(t, []string{"call"}, sent.Header.Values("X-Run"))
	assert.Equal(t, []string{"nightly"}, sent.Header.Values("X-Job"))
	assert.Equal(t, []string{"text/json"}, sent.Header.Values("Accept"))
	assert.Equal(t, []string{"call"}, sent.Query["showall"])
	assert.Equal(t, []string{"7"}, sent.Query["team"])
	assert.Equal(t, []string{"13"}, sent.Query["module_id"], "an extra parameter replaces one of the same name")
	assert.Equal(t, []string{"id"}, sent.Query["order"])

	sent = list()
	assert.Equal(t, []string{"client"}, sent.Header.Values("X-Run"))
	assert.Equal(t, []string{"client"}, sent.Query["showall"])
	assert.Equal(t, []string{"12"}, sent.Query["module_id"])
}

func TestRefusedCallOptions(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	tests := map[string]struct {
		option   halopsa.RequestOption
		argument string
	}{
		"authorization":       {halopsa.WithHeader("AUTHORIZATION", "Bearer mine"), "WithHeader: Authorization"},
		"header of two lines": {halopsa.WithHeader("X-Key", "a\r\nb"), "WithHeader"},
		"empty parameter":     {halopsa.WithQuery("", "x"), "WithQuery"},
		"no timeout":          {halopsa.WithTimeout(0), "WithTimeout"},
		"no batch":            {halopsa.WithBatchSize(-1), "WithBatchSize"},
		"nil response":        {halopsa.WithResponseInto(nil), "WithResponseInto"},
		"negative page":       {halopsa.WithPage(-1, 0), "PageNo"},
		"negative page size":  {halopsa.WithPage(0, -1), "PageSize"},
		"empty sort key":      {halopsa.WithSort(halopsa.Asc("id"), halopsa.Asc(" ")), "Sort"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := map[string]func() error{
				"IntegrationError.List": func() error {
					_, err := client.IntegrationError.List(t.Context(), nil, test.option)
					return err
				},
				"IntegrationError.All": func() error {
					_, err := halopsa.Collect(client.IntegrationError.All(t.Context(), nil, test.option))
					return err
				},
				"IntegrationError.Get": func() error {
					_, err := client.IntegrationError.Get(t.Context(), 1, nil, test.option)
					return err
				},
				"IntegrationExport.Update": func() error {
					_, err := client.IntegrationExport.Update(t.Context(), []halopsa.IntegrationExportInput{{ID: halopsa.Set[int64](1)}}, test.option)
					return err
				},
				"IntegrationError.Delete": func() error { return client.IntegrationError.Delete(t.Context(), 1, test.option) },
				"Tickets.Post": func() error {
					_, err := halopsa.PostOf[map[string]any](t.Context(), client, "Tickets", map[string]any{"summary": "x"}, test.option)
					return err
				},
			}
			for op, call := range calls {
				err := call()
				require.ErrorIs(t, err, halopsa.ErrInvalid)
				assert.ErrorContains(t, err, "halopsa: "+op+": "+test.argument)
			}
			assert.Empty(t, server.Requests())
		})
	}
}

// TestTimeoutIsOfOneAttempt: three attempts of three seconds each, and the call's own context is none the worse for it.
func TestTimeoutIsOfOneAttempt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		client []halopsa.ClientOption
		call   []halopsa.RequestOption
	}{
		"of the client": {[]halopsa.ClientOption{halopsa.WithTimeout(3 * time.Second)}, nil},
		"of the call":   {[]halopsa.ClientOption{halopsa.WithTimeout(time.Hour)}, []halopsa.RequestOption{halopsa.WithTimeout(3 * time.Second)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				opts := append(slices.Clone(test.client), halopsa.WithMaxRetries(2), halopsa.WithBackoff(0, 0))
				client, server := newStandin(t, []halopsatest.Option{halopsatest.WithLatency(10 * time.Second)}, opts...)
				begin := time.Now()
				_, err := client.IntegrationError.Get(t.Context(), 1, nil, test.call...)
				assert.EqualError(t, err,
					"halopsa: IntegrationError.Get: GET /IntegrationError/1: the attempt took longer than its timeout (3 attempts)")
				require.NotErrorIs(t, err, context.DeadlineExceeded, "no context is over")
				assert.Equal(t, 9*time.Second, time.Since(begin))
				assert.Equal(t, 3, server.Count(http.MethodGet, "IntegrationError"))
			})
		})
	}
}

// TestTimeoutCoversTheBody: the response begins at once but never ends in time.
func TestTimeoutCoversTheBody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newStandin(t, nil, halopsa.WithBackoff(0, 0))
		server.Seed("IntegrationError", map[string]any{"error": "no such site"})
		server.Fault(halopsatest.Fault{Method: http.MethodGet, Kind: halopsatest.Slow})
		begin := time.Now()
		got, err := client.IntegrationError.Get(t.Context(), 1, nil, halopsa.WithTimeout(5*time.Second))
		require.NoError(t, err)
		assert.Equal(t, "no such site", got.Error)
		assert.Equal(t, 5*time.Second, time.Since(begin))
		assert.Equal(t, 2, server.Count(http.MethodGet, "IntegrationError"))
	})
}

// TestDefaultTimeoutOutlastsTheGateway: the gateway answers 504 after 60 s, which says more than a timeout of ours.
func TestDefaultTimeoutOutlastsTheGateway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client, server := newStandin(t, []halopsatest.Option{halopsatest.WithLatency(61 * time.Second)})
		server.Seed("IntegrationError", map[string]any{"error": "x"})
		begin := time.Now()
		_, err := client.IntegrationError.Get(t.Context(), 1, nil)
		require.NoError(t, err)
		assert.Equal(t, 61*time.Second, time.Since(begin))
	})
}

func TestWithoutRetry(t *testing.T) {
	t.Parallel()
	faults := map[string]halopsatest.Fault{
		"503":            {Status: http.StatusServiceUnavailable},
		"gateway":        {Kind: halopsatest.HTML504},
		"429":            {Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"1"}}},
		"401":            {Status: http.StatusUnauthorized},
		"reset":          {Kind: halopsatest.Reset},
		"reset, applied": {Kind: halopsatest.Reset, Applied: true},
		"truncated":      {Kind: halopsatest.Truncated},
	}
	for name, fault := range faults {
		for where, opts := range map[string]struct {
			client []halopsa.ClientOption
			call   []halopsa.RequestOption
		}{
			"client": {client: []halopsa.ClientOption{halopsa.WithoutRetry()}},
			"call":   {call: []halopsa.RequestOption{halopsa.WithoutRetry()}},
		} {
			t.Run(name+" of the "+where, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					client, server := newStandin(t, nil, opts.client...)
					server.Seed("IntegrationError", map[string]any{"error": "x"})
					server.Fault(fault)
					begin := time.Now()
					_, err := client.IntegrationError.Get(t.Context(), 1, nil, opts.call...)
					require.Error(t, err)
					assert.Equal(t, 1, server.Count("", ""))
					assert.Zero(t, time.Since(begin))
				})
			})
		}
	}
}

// TestIdempotentCreateIsRetried: it is the caller who knows that a second record does no harm.
func TestIdempotentCreateIsRetried(t *testing.T) {
	t.Parallel()
	for idempotent, stored := range map[bool]int{true: 2, false: 1} {
		t.Run(strconv.FormatBool(idempotent), func(t *testing.T) {
			t.Parallel()
			client, server := newStandin(t, nil, halopsa.WithBackoff(0, 0))
			server.Fault(halopsatest.Fault{Method: http.MethodPost, Kind: halopsatest.Reset, Applied: true})
			var opts []halopsa.RequestOption
			if idempotent {
				opts = append(opts, halopsa.WithIdempotent())
			}
			created, err := client.IntegrationError.Create(t.Context(), []halopsa.IntegrationErrorInput{{Error: halopsa.Set("x")}}, opts...)
			if idempotent {
				require.NoError(t, err)
				assert.Equal(t, int64(2), created[0].ID)
			} else {
				require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			}
			assert.Equal(t, stored, server.Len("IntegrationError"))
			assert.Equal(t, stored, server.Count(http.MethodPost, ""))
		})
	}
}

func TestBatchSize(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		inputs int
		opts   []halopsa.RequestOption
		want   []int
	}{
		"default":       {250, nil, []int{100, 100, 50}},
		"smaller":       {5, []halopsa.RequestOption{halopsa.WithBatchSize(2)}, []int{2, 2, 1}},
		"one by one":    {3, []halopsa.RequestOption{halopsa.WithBatchSize(1)}, []int{1, 1, 1}},
		"exactly":       {4, []halopsa.RequestOption{halopsa.WithBatchSize(2)}, []int{2, 2}},
		"more than all": {3, []halopsa.RequestOption{halopsa.WithBatchSize(math.MaxInt)}, []int{3}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := newStandin(t, nil)
			inputs := make([]halopsa.IntegrationErrorInput, test.inputs)
			for i := range inputs {
				inputs[i].EntityID = halopsa.Set(int64(i))
			}
			created, err := client.IntegrationError.Create(t.Context(), inputs, test.opts...)
			require.NoError(t, err)
			var sizes []int
			for _, sent := range server.Requests() {
				if sent.Resource == "IntegrationError" {
					sizes = append(sizes, len(jsonArray(t, sent.Body)))
				}
			}
			assert.Equal(t, test.want, sizes)
			require.Len(t, created, test.inputs)
			for i, record := range created {
				require.Equal(t, int64(i), record.EntityID)
			}
		})
	}
}

// countedTokens is a token source of the caller's own.
type countedTokens struct {
	token *oauth2.Token
	err   error
	asked int
}

func (c *countedTokens) Token(context.Context) (*oauth2.Token, error) {
	c.asked++
	return c.token, c.err
}

func TestTokenSourceIsAskedBeforeEveryAttempt(t *testing.T) {
	t.Parallel()
	_, mock := mocked(t)
	source := &countedTokens{token: &oauth2.Token{AccessToken: "mine"}}
	client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithTokenSource(source), halopsa.WithBackoff(0, 0),
		anyCredentials, halopsa.WithHTTPClient(&http.Client{Transport: mock}))
	require.NoError(t, err)
	assert.Zero(t, source.asked)
	answers := []int{http.StatusServiceUnavailable, http.StatusBadGateway, http.StatusOK}
	mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
		assert.Equal(t, "Bearer mine", req.Header.Get("Authorization"))
		status := answers[source.asked-1]
		return respond(status, "application/json", `{"id":1}`), nil
	})
	require.NoError(t, getOne(t.Context(), client))
	assert.Equal(t, 3, source.asked)
}

func TestTokenSourceWithoutAToken(t *testing.T) {
	t.Parallel()
	broken := errors.New("vault is\nsealed")
	for name, test := range map[string]struct {
		source *countedTokens
		says   string
	}{
		"nil":   {&countedTokens{}, "the token source returned no token"},
		"empty": {&countedTokens{token: &oauth2.Token{}}, "the token source returned no token"},
		"error": {&countedTokens{err: broken}, "vault is sealed"},
		"its own AuthError": {
			&countedTokens{err: &halopsa.AuthError{StatusCode: http.StatusForbidden, Message: "not today"}}, "not today",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := newStandin(t, nil, halopsa.WithTokenSource(test.source))
			err := getOne(t.Context(), client)
			assert.EqualError(t, err, "halopsa: IntegrationError.Get: GET /IntegrationError/1: no access token: "+test.says)
			var refused *halopsa.AuthError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, test.source.err == broken, errors.Is(err, broken)) //nolint:errorlint,testifylint // which of the cases it is
			assert.Equal(t, 1, test.source.asked, "it is for the source to try again")
			assert.Empty(t, server.Requests())
		})
	}
}
