package main

import (
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// tenant is the server: a list of integration requests and nothing else. The first segment of a path says how it behaves, see scenario.
type tenant struct {
	pages  *pages
	counts atomic.Pointer[counters]
	bodies sync.Pool
	drop   func() // closes the connections of clients that are no longer used
}

// counters is what the server has seen since it was last reset. Tokens and pings are not counted: they are no calls of the API's lists.
type counters struct {
	Requests    atomic.Int64
	Connections atomic.Int64 // that carried one of the requests
	HTTP2       atomic.Int64 // requests by HTTP/2
	Gzipped     atomic.Int64 // responses
	Bytes       atomic.Int64 // of all bodies, as sent
}

// Counts is a reading of the counters.
type Counts struct{ Requests, Connections, HTTP2, Gzipped, Bytes int64 }

func (c *counters) read() Counts {
	return Counts{c.Requests.Load(), c.Connections.Load(), c.HTTP2.Load(), c.Gzipped.Load(), c.Bytes.Load()}
}

// connection remembers under which counters it was counted.
type connection struct{ counted atomic.Pointer[counters] }

type connectionKey struct{}

func newTenant(pages *pages) *tenant {
	t := &tenant{pages: pages, bodies: sync.Pool{New: func() any { return new([]byte) }}}
	t.counts.Store(&counters{})
	return t
}

// start serves on loopback, with HTTP/2 and TLS if secure.
func (t *tenant) start(secure bool) *httptest.Server {
	server := httptest.NewUnstartedServer(t)
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context {
		return context.WithValue(ctx, connectionKey{}, &connection{})
	}
	if secure {
		server.EnableHTTP2 = true
		server.StartTLS()
	} else {
		server.Start()
	}
	return server
}

// scenario is how long a list is, how long a response takes, and whether it is compressed where the client takes that.
type scenario struct {
	records int
	delay   time.Duration
	gzip    bool
}

// path is the first segment, such as /20000-20ms-gzip.
func (s scenario) path() string {
	path := fmt.Sprintf("/%d-%s", s.records, s.delay)
	if s.gzip {
		path += "-gzip"
	}
	return path
}

func parseScenario(segment string) (s scenario, err error) {
	parts := strings.Split(segment, "-")
	if len(parts) < 2 {
		return s, fmt.Errorf("no scenario: %q", segment)
	}
	if s.records, err = strconv.Atoi(parts[0]); err != nil {
		return s, err
	}
	s.gzip = len(parts) > 2
	s.delay, err = time.ParseDuration(parts[1])
	return s, err
}

func (t *tenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch {
	case first == "counts":
		_ = json.NewEncoder(w).Encode(t.counts.Load().read())
		return
	case first == "reset":
		t.counts.Store(&counters{})
		return
	case first == "drop" && t.drop != nil:
		t.drop()
		return
	case strings.HasSuffix(rest, "/token"):
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, tokenAnswer)
		return
	case strings.HasSuffix(rest, "/ping"): // go-tfe asks for its limits when it is made
		w.WriteHeader(http.StatusNoContent)
		return
	}
	s, err := parseScenario(first)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	counts := t.count(r)
	time.Sleep(s.delay)
	buffer := t.bodies.Get().(*[]byte) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	defer t.bodies.Put(buffer)
	body, err := t.answer((*buffer)[:0], s, rest, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	*buffer = body
	w.Header().Set("Content-Type", "application/json")
	if s.gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		counts.Gzipped.Add(1)
		counts.Bytes.Add(compress(w, body))
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	counts.Bytes.Add(int64(len(body)))
	_, _ = w.Write(body)
}

const tokenAnswer = `{"access_token":"benchmark","token_type":"Bearer","expires_in":86400}`

// count counts a request and, when it is its first one, its connection.
func (t *tenant) count(r *http.Request) *counters {
	counts := t.counts.Load()
	counts.Requests.Add(1)
	if r.ProtoMajor == 2 {
		counts.HTTP2.Add(1)
	}
	if c, ok := r.Context().Value(connectionKey{}).(*connection); ok && c.counted.Swap(counts) != counts {
		counts.Connections.Add(1)
	}
	return counts
}

// answer appends the page or the record that the rest of the path asks for. Only the resource matters, so that a client whose base path is
// fixed, as GitLab's /api/v4, is served too.
func (t *tenant) answer(to []byte, s scenario, rest string, r *http.Request) ([]byte, error) {
	_, id, found := strings.Cut(rest, "IntegrationRequest")
	switch {
	case !found:
		return to, fmt.Errorf("no such resource: %s", rest)
	case id != "":
		n, err := strconv.ParseInt(strings.TrimPrefix(id, "/"), 10, 64)
		position := int((n - firstID) / idStep)
		if err != nil || n < firstID || position >= s.records {
			return to, fmt.Errorf("no such record: %s", id)
		}
		return t.pages.appendRecord(to, position), nil
	}
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page_no"))
	size, _ := strconv.Atoi(q.Get("page_size"))
	if q.Get("pageinate") != "true" || page < 1 || size < 1 {
		return to, fmt.Errorf("not paged: %s", r.URL.RawQuery)
	}
	return t.pages.appendPage(to, page, size, s.records), nil
}

var compressors = sync.Pool{New: func() any { return gzip.NewWriter(io.Discard) }}

// compress sends body as a real server does that compresses each response, and returns how many bytes that took.
func compress(w http.ResponseWriter, body []byte) int64 {
	w.Header().Set("Content-Encoding", "gzip")
	out := &meter{to: w}
	z := compressors.Get().(*gzip.Writer) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	defer compressors.Put(z)
	z.Reset(out)
	_, _ = z.Write(body)
	_ = z.Close()
	return out.n
}

type meter struct {
	to io.Writer
	n  int64
}

func (m *meter) Write(p []byte) (int, error) {
	n, err := m.to.Write(p)
	m.n += int64(n)
	return n, err
}

// Addresses is what the server process tells the one that measures.
type Addresses struct {
	Plain, Secure string
	Fresh         string // as Plain, for clients that are made for one sample
	Certificate   string // DER in base64, which a client of Secure must trust
}

// serveFlag makes this program the server. It is a separate process so that neither its CPU time nor its memory counts for a client.
const serveFlag = "-serve"

// serve runs the server until its standard input ends, which it does even if the process that measures is killed.
func serve() error {
	t := newTenant(newPages(corpus(longestPage)))
	open, fresh, secure := t.start(false), t.start(false), t.start(true)
	t.drop = func() {
		fresh.CloseClientConnections()
		secure.CloseClientConnections()
	}
	for _, s := range []*httptest.Server{open, fresh, secure} {
		defer s.Close()
	}
	certificate := base64.StdEncoding.EncodeToString(secure.Certificate().Raw)
	err := json.NewEncoder(os.Stdout).Encode(Addresses{open.URL, secure.URL, fresh.URL, certificate})
	if err == nil {
		_, err = io.Copy(io.Discard, os.Stdin)
	}
	return err
}
