package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fetch asks with net/http's default transport of its own, which asks for gzip.
func fetch(t *testing.T, url string) (status int, body []byte) {
	t.Helper()
	transport := defaultTransport()
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	resp, err := (&http.Client{Transport: transport}).Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err = io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, body
}

func TestScenario(t *testing.T) {
	t.Parallel()
	for _, s := range []scenario{{}, {records: 20_000, delay: 20 * time.Millisecond}, {records: 1, gzip: true}} {
		parsed, err := parseScenario(s.path()[1:])
		require.NoError(t, err)
		assert.Equal(t, s, parsed)
	}
	for _, bad := range []string{"", "100", "x-0s", "100-fast"} {
		_, err := parseScenario(bad)
		assert.Error(t, err, bad)
	}
}

func TestTenantServesAnyPageOfAList(t *testing.T) {
	t.Parallel()
	server := newTenant(newPages(corpus(30))).start(false)
	t.Cleanup(server.Close)
	list := server.URL + scenario{records: 250}.path() + "/api/IntegrationRequest?pageinate=true&page_size=100&page_no="
	position := 0
	for page, rows := range []int{100, 100, 50, 0} {
		status, body := fetch(t, list+strconv.Itoa(page+1))
		require.Equal(t, http.StatusOK, status)
		var got envelope
		require.NoError(t, json.Unmarshal(body, &got))
		assert.Equal(t, 250, got.RecordCount)
		require.Len(t, got.Requests, rows)
		for _, r := range got.Requests {
			require.Equal(t, idAt(position), r.ID)
			position++
		}
	}
}

func TestTenantRefusesWhatATenantWouldNotPage(t *testing.T) {
	t.Parallel()
	server := newTenant(newPages(corpus(1))).start(false)
	t.Cleanup(server.Close)
	base := server.URL + scenario{records: 1}.path() + "/api/"
	for name, path := range map[string]string{
		"no pageinate": "IntegrationRequest?page_no=1&page_size=100", "no page_no": "IntegrationRequest?pageinate=true&page_size=100",
		"no page_size": "IntegrationRequest?pageinate=true&page_no=1", "another resource": "Tickets", "no id": "IntegrationRequest/x",
		"another id": recordPath(idAt(1)), "an id before the first": recordPath(firstID - 1),
	} {
		status, _ := fetch(t, base+path)
		assert.Equal(t, http.StatusNotFound, status, name)
	}
	status, _ := fetch(t, server.URL+"/api/IntegrationRequest")
	assert.Equal(t, http.StatusNotFound, status, "no scenario")
}

func TestTenantCounts(t *testing.T) {
	t.Parallel()
	tenant := newTenant(newPages(corpus(10)))
	server := tenant.start(false)
	t.Cleanup(server.Close)
	page := "/api/IntegrationRequest?pageinate=true&page_no=1&page_size=10"
	plainAnswer := int64(0)
	for range 2 { // on a connection each
		_, body := fetch(t, server.URL+scenario{records: 10}.path()+page)
		plainAnswer = int64(len(body))
	}
	_, _ = fetch(t, server.URL+scenario{records: 10}.path()+"/auth/token")
	assert.Equal(t, Counts{Requests: 2, Connections: 2, Bytes: 2 * plainAnswer}, tenant.counts.Load().read(), "a token is no request")

	_, body := fetch(t, server.URL+"/counts")
	var told Counts
	require.NoError(t, json.Unmarshal(body, &told))
	assert.Equal(t, tenant.counts.Load().read(), told)

	_, _ = fetch(t, server.URL+"/reset")
	_, body = fetch(t, server.URL+scenario{records: 10, gzip: true}.path()+page)
	assert.Len(t, body, int(plainAnswer), "the same after decompression")
	counts := tenant.counts.Load().read()
	assert.EqualValues(t, 1, counts.Gzipped)
	assert.EqualValues(t, 1, counts.Requests)
	assert.Less(t, counts.Bytes, plainAnswer/2)
}

// TestConnectionsAreCountedOnce: the same connection counts again only after a reset.
func TestConnectionsAreCountedOnce(t *testing.T) {
	t.Parallel()
	tenant := newTenant(newPages(corpus(usualPage)))
	server := tenant.start(false)
	t.Cleanup(server.Close)
	call, err := netHTTP().dial(server.URL+scenario{records: usualPage}.path(), nil)
	require.NoError(t, err)
	for range 2 {
		for range 3 {
			require.NoError(t, call.once(t.Context(), usualPage))
		}
		counts := tenant.counts.Load().read()
		assert.EqualValues(t, 3, counts.Requests)
		assert.EqualValues(t, 1, counts.Connections)
		_, _ = fetch(t, server.URL+"/reset")
	}
}

func TestServerProcess(t *testing.T) {
	t.Parallel()
	server, err := startServer(t.Context())
	require.NoError(t, err)
	transport, err := server.trusting()
	require.NoError(t, err)
	path := scenario{records: usualPage}.path()
	for _, p := range []peer{netHTTP(), ours()} {
		for base, hc := range map[string]*http.Client{server.Plain: nil, server.Fresh: nil, server.Secure: {Transport: transport}} {
			require.NoError(t, server.reset(t.Context()))
			call, err := p.dial(base+path, hc)
			require.NoError(t, err)
			require.NoError(t, call.once(t.Context(), usualPage))
			counts, err := server.counts(t.Context())
			require.NoError(t, err)
			assert.EqualValues(t, 1, counts.Requests)
			assert.Equal(t, base == server.Secure, counts.HTTP2 == 1, "HTTP/2 where it is asked for")
		}
	}

	call, err := netHTTP().dial(server.Fresh+path, nil)
	require.NoError(t, err)
	reused := false
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GotConn: func(got httptrace.GotConnInfo) { reused = got.Reused },
	})
	for range 2 {
		require.NoError(t, call.once(ctx, usualPage))
	}
	assert.True(t, reused)
	require.NoError(t, server.drop(t.Context()))
	require.NoError(t, call.once(ctx, usualPage))
	assert.False(t, reused, "its connection was closed")

	require.NoError(t, server.stop())
	require.Error(t, server.reset(t.Context()), "it ends with its input")
}
