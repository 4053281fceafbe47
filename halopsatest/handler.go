package halopsatest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
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
	habits   map[string]Habits // by resource, before those of conf
	tables   map[string]*table
	tokens   map[string]time.Time // until when they are valid
	issued   int
	accepted []time.Time // the requests in the rolling window
	faults   []*scripted
	chooser  func(*http.Request) *Fault
	requests []Request
	served   int
}

// config is what the options set.
type config struct {
	habits     Habits
	limit      int
	window     time.Duration
	retryAfter bool
	latency    time.Duration
	tokenLife  time.Duration
	tenant     string
}

// Option sets up a stand-in; it is given to [NewServer] and [NewHandler].
type Option func(*config)

// WithHabits sets the habits of every resource; the default is an honest server. See also [Handler.SetHabits].
func WithHabits(habits Habits) Option { return func(c *config) { c.habits = habits } }

// WithRateLimit sets how many requests are accepted in any window of time; the default is 700 in 5 minutes, 0 is no limit.
//
// Requests for a token do not count, nor do those answered 429.
func WithRateLimit(n int, window time.Duration) Option {
	return func(c *config) { c.limit, c.window = n, window }
}

// WithoutRetryAfter leaves the Retry-After header out of a 429.
func WithoutRetryAfter() Option { return func(c *config) { c.retryAfter = false } }

// WithLatency delays every answer of the API.
func WithLatency(latency time.Duration) Option { return func(c *config) { c.latency = latency } }

// WithTokenLife sets how long a token is valid; the default is an hour.
func WithTokenLife(life time.Duration) Option { return func(c *config) { c.tokenLife = life } }

// WithTenant makes the token endpoint insist on ?tenant=NAME, as hosted instances do.
func WithTenant(tenant string) Option { return func(c *config) { c.tenant = tenant } }

// NewHandler returns a stand-in with an empty store.
func NewHandler(opts ...Option) *Handler {
	h := &Handler{
		conf:   config{limit: 700, window: 5 * time.Minute, retryAfter: true, tokenLife: time.Hour},
		habits: make(map[string]Habits),
		tables: make(map[string]*table),
		tokens: make(map[string]time.Time),
	}
	for _, opt := range opts {
		opt(&h.conf)
	}
	for _, r := range resources {
		h.tables[r.name] = newTable(r)
	}
	return h
}

// answer is what an operation responds with.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// longestBody is what a request may hold.
const longestBody = 64 << 20

// ServeHTTP serves /api/RESOURCE, /api/RESOURCE/ID and /auth/token.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, longestBody))
	if err != nil {
		return // the client went away: nothing was asked, nothing happens
	}
	rest, isAPI := strings.CutPrefix(r.URL.Path, "/api/")
	resource, id, hasID := strings.Cut(rest, "/")
	if !isAPI {
		resource = r.URL.Path
	}
	if r.URL.Path == "/auth/token" {
		resource = Token
	}
	nth := h.record(r, resource, body)
	fault := h.nextFault(r, resource)
	if fault != nil && !fault.applied() {
		h.failed(nth, fault)
		fault.serve(w, r, answer{})
		return
	}
	if isAPI && !sleep(r.Context(), h.conf.latency) {
		return
	}
	var a answer
	switch {
	case resource == Token:
		a = h.token(r, body)
	case isAPI:
		a = h.api(r, resource, id, hasID, body)
	default:
		a = answer{status: http.StatusNotFound, header: http.Header{"Content-Type": {"text/html"}}, body: []byte(notFoundPage)}
	}
	if fault != nil {
		h.failed(nth, fault)
		fault.serve(w, r, a)
		return
	}
	h.finish(nth, a.status)
	a.serve(w)
}

const notFoundPage = "<html><head><title>404 - File or directory not found.</title></head><body></body></html>"

func (a answer) serve(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may be gone
}

// api serves one operation: token, limit, then the store.
func (h *Handler) api(r *http.Request, resource, id string, hasID bool, body []byte) answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	if a, ok := h.authorise(r); !ok {
		return a
	}
	if a, ok := h.admit(); !ok {
		return a
	}
	t := h.tables[resource]
	if t == nil {
		return message(http.StatusNotFound, "No HTTP resource was found that matches the request URI.")
	}
	habits, own := h.habits[resource]
	if !own {
		habits = h.conf.habits
	}
	switch {
	case hasID && id == "":
		return message(http.StatusNotFound, "No id.")
	case r.Method == http.MethodGet && !hasID:
		return t.list(r.URL.Query(), habits)
	case r.Method == http.MethodGet && t.gets:
		return t.get(id, r.URL.Query())
	case r.Method == http.MethodPost && !hasID && t.posts:
		return t.post(body, habits)
	case r.Method == http.MethodDelete && hasID && t.deletes:
		return t.remove(id)
	}
	return message(http.StatusMethodNotAllowed, "The requested resource does not support http method '"+r.Method+"'.")
}

// jsonAnswer encodes value.
func jsonAnswer(status int, value any) answer {
	data, err := json.Marshal(value)
	if err != nil {
		return message(http.StatusInternalServerError, err.Error())
	}
	return answer{status: status, body: data}
}

// message is an error as the API words it.
func message(status int, text string) answer {
	return jsonAnswer(status, map[string]string{"ClassName": "System.Exception", "Message": text})
}

// decode reads JSON that the server keeps: numbers stay as they were written.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("something follows the JSON value")
	}
	return nil
}
