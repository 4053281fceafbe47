package halopsatest

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// ClientID and ClientSecret are the credentials that the stand-in accepts.
const (
	ClientID     = "halopsatest"
	ClientSecret = "halopsatest-secret" //nolint:gosec // it opens nothing
)

// Handler is the stand-in without a network. It is safe for concurrent use; make it with [NewHandler].
type Handler struct {
	conf config

	mu       sync.Mutex
	habits   map[string]Habits    // by resource in lower case, before those of conf
	tables   map[string]*table    // by resource in lower case
	tokens   map[string]time.Time // until when they are valid
	issued   int
	accepted []time.Time // the requests in the rolling window
	faults   []*scripted
	chooser  func(*http.Request) *Fault
	requests []Request
	served   int
	unknown  map[string]bool
	data     map[string]func(Request) Response // by path below IntegrationData in lower case
}

// NewHandler returns a stand-in with an empty store.
func NewHandler(opts ...Option) *Handler {
	h := &Handler{
		conf:    config{limit: 700, window: 5 * time.Minute, retryAfter: true, tokenLife: time.Hour},
		habits:  make(map[string]Habits),
		tables:  make(map[string]*table),
		tokens:  make(map[string]time.Time),
		unknown: make(map[string]bool),
		data:    make(map[string]func(Request) Response),
	}
	for _, opt := range opts {
		opt(&h.conf)
	}
	for _, r := range resources {
		h.tables[strings.ToLower(r.name)] = newTable(r)
	}
	if h.conf.probed != nil {
		h.behaveLike(h.conf.probed)
	}
	return h
}

// table returns the table of a resource, whatever the case of its name, or nil. It requires that h.mu is held.
func (h *Handler) table(resource string) *table { return h.tables[strings.ToLower(resource)] }

// tableFor is table for a resource that comes to be. It requires that h.mu is held.
func (h *Handler) tableFor(resource string) *table {
	t := h.table(resource)
	if t == nil {
		t = newTable(other(resource))
		h.tables[strings.ToLower(resource)] = t
	}
	return t
}

// longestBody is what a request may hold.
const longestBody = 64 << 20

// ServeHTTP serves /api/RESOURCE, /api/RESOURCE/ID and /auth/token, and what else a tenant has for the integration framework. Paths are
// served in any case.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, longestBody))
	if err != nil {
		return // the client went away: nothing was asked, nothing happens
	}
	to := h.route(r.URL.Path)
	nth, request := h.record(r, to.resource, body)
	r.Body = io.NopCloser(bytes.NewReader(body)) // for Fault.Match and FaultFunc
	fault := h.nextFault(r, to.resource)
	if fault != nil && !fault.applied() {
		h.failed(nth, fault)
		fault.serve(w, r, Response{})
		return
	}
	if to.api && !sleep(r.Context(), h.conf.latency) {
		return
	}
	a := h.respond(r, request, to)
	if fault != nil {
		h.failed(nth, fault)
		fault.serve(w, r, a)
		return
	}
	h.finish(nth, a.status())
	a.serve(w)
}

// respond carries a request out and gives its response the last habits.
func (h *Handler) respond(r *http.Request, request Request, to route) Response {
	var a Response
	switch {
	case to.resource == Token:
		a = h.token(r, request.Body)
	case to.api:
		a = h.api(r, request, to)
	default:
		a = htmlPage(http.StatusNotFound, notFoundPage)
	}
	h.mu.Lock()
	habits := h.habitsOf(to.resource)
	h.mu.Unlock()
	if habits.Respond != nil {
		a = habits.Respond(request, a)
	}
	return encoded(a, habits)
}

const notFoundPage = "<html><head><title>404 - File or directory not found.</title></head><body></body></html>"

func htmlPage(status int, body string) Response {
	return Response{status, http.Header{"Content-Type": {"text/html"}}, []byte(body)}
}
