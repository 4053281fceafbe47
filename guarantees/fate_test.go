package guarantees_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// verdict is what the caller of a write is told.
type verdict string

const (
	happened    verdict = "happened"
	notHappened verdict = "did not happen"
	unknown     verdict = "unknown"
)

func verdictOf(err error) verdict {
	switch {
	case err == nil:
		return happened
	case errors.Is(err, halopsa.ErrOutcomeUnknown):
		return unknown
	}
	return notHappened
}

// write is one write to a stand-in that holds the exports 1 and 2.
type write struct {
	create  bool
	delete  bool
	call    func(context.Context, *halopsa.Client, ...halopsa.RequestOption) error
	effects func(stored map[string]map[string]any) int // how often it has happened, as far as the store can tell
}

var writes = map[string]write{
	"Create": {
		create: true,
		call: func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			_, err := c.IntegrationExport.Create(ctx, []halopsa.IntegrationExportInput{{HaloName: halopsa.Set("new")}}, ro...)
			return err
		},
		effects: func(stored map[string]map[string]any) int { return len(stored) - 2 },
	},
	"Update": {
		call: func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			_, err := c.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{{
				ID: halopsa.Set[int64](1), HaloName: halopsa.Set("changed"),
			}}, ro...)
			return err
		},
		effects: func(stored map[string]map[string]any) int { return count(stored["1"]["halo_name"] == "changed") },
	},
	"Delete": {
		delete: true,
		call: func(ctx context.Context, c *halopsa.Client, ro ...halopsa.RequestOption) error {
			return c.IntegrationExport.Delete(ctx, 1, ro...)
		},
		effects: func(stored map[string]map[string]any) int { return count(stored["1"] == nil) },
	},
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// seedExports stores the two records that the writes are about.
func seedExports(h *halopsatest.Handler) {
	h.Seed("IntegrationExport", map[string]any{"halo_name": "old"}, map[string]any{"halo_name": "bystander"})
}

// effects is how often a write has happened to the store of h, whose other record must be as it was.
func effects(t *testing.T, h *halopsatest.Handler, w write) int {
	t.Helper()
	stored := make(map[string]map[string]any)
	for _, record := range h.Stored("IntegrationExport") {
		id, ok := record["id"].(interface{ String() string })
		require.True(t, ok)
		stored[id.String()] = record
	}
	assert.Equal(t, "bystander", stored["2"]["halo_name"])
	return w.effects(stored)
}

// class is what the retry table makes of a failure.
type class int

const (
	before       class = iota // the request was not written
	after                     // it was, and may have been carried out
	refused                   // the rate limit: it was not carried out, and may be repeated
	unauthorised              // it was not carried out, and may be repeated once
	definite                  // it was not carried out, and never will be
	foreign                   // it may have been carried out, and another attempt would fare no better
)

// strike is one way to fail.
type strike struct {
	class class
	fault *halopsatest.Fault // nil is a connection that cannot be made
}

// applied reports whether the stand-in carries the write out.
func (s strike) applied() bool {
	return s.fault != nil && (s.fault.Applied || s.fault.Kind == halopsatest.Truncated || s.fault.Kind == halopsatest.Slow)
}

// strikes returns every way to fail. A 429 that was carried out is not among them: it would be no 429.
func strikes() map[string]strike {
	all := map[string]strike{
		"no connection":         {before, nil},
		"reset":                 {after, &halopsatest.Fault{Kind: halopsatest.Reset}},
		"applied, then reset":   {after, &halopsatest.Fault{Kind: halopsatest.Reset, Applied: true}},
		"truncated":             {after, &halopsatest.Fault{Kind: halopsatest.Truncated}},
		"slower than a timeout": {after, &halopsatest.Fault{Kind: halopsatest.Slow, Pause: time.Hour}},
		"HTML 504":              {after, &halopsatest.Fault{Kind: halopsatest.HTML504}},
		"applied, HTML 504":     {after, &halopsatest.Fault{Kind: halopsatest.HTML504, Applied: true}},
	}
	patience := http.Header{"Retry-After": {"300"}}
	for _, status := range []int{500, 502, 503, 504} {
		name := strconv.Itoa(status)
		all[name] = strike{after, &halopsatest.Fault{Status: status}}
		all["applied, "+name] = strike{after, &halopsatest.Fault{Status: status, Applied: true}}
		all[name+" with Retry-After"] = strike{after, &halopsatest.Fault{Status: status, Header: patience}}
		all["applied, "+name+" with Retry-After"] = strike{after, &halopsatest.Fault{Status: status, Header: patience, Applied: true}}
	}
	all["429"] = strike{refused, &halopsatest.Fault{Status: 429}}
	all["429 with Retry-After"] = strike{refused, &halopsatest.Fault{Status: 429, Header: patience}}
	all["401"] = strike{unauthorised, &halopsatest.Fault{Status: 401, Header: http.Header{"Www-Authenticate": {`Bearer error="invalid_token"`}}}}
	for _, status := range []int{400, 403, 404, 409, 413} {
		all[strconv.Itoa(status)] = strike{definite, &halopsatest.Fault{Status: status}}
	}
	for _, status := range []int{302, 307, 499} {
		all[strconv.Itoa(status)] = strike{foreign, &halopsatest.Fault{Status: status, Header: http.Header{"Location": {"/elsewhere"}}}}
	}
	for _, status := range []int{408, 520} {
		all[strconv.Itoa(status)] = strike{after, &halopsatest.Fault{Status: status}}
		all["applied, "+strconv.Itoa(status)] = strike{after, &halopsatest.Fault{Status: status, Applied: true}}
	}
	return all
}

// fate is one case: a write whose attempts are struck one after the other, and all further ones too if it is forever.
type fate struct {
	write
	strikes []strike
	forever bool
	once    bool // WithoutRetry
	safe    bool // WithIdempotent
}

func (f fate) strike(attempt int) (s strike, struck bool) {
	switch {
	case attempt < len(f.strikes):
		return f.strikes[attempt], true
	case f.forever:
		return f.strikes[len(f.strikes)-1], true
	}
	return strike{}, false
}

// maxRetries is the default of WithMaxRetries.
const maxRetries = 4

// want is what the table says that the caller must be told, and after how many attempts; 0 where only time ends them.
func (f fate) want() (v verdict, attempts int) {
	ambiguous, replayed, gone, retries := false, false, false, 0
	for {
		s, struck := f.strike(attempts)
		attempts++
		if !struck {
			return happened, attempts
		}
		stop := f.once
		switch s.class {
		case definite:
			stop = true
		case foreign:
			stop, ambiguous = true, true
		case unauthorised:
			stop = stop || replayed
			replayed = true
		case refused:
			if f.forever && attempts > len(f.strikes) {
				stop, attempts = true, 0
			}
		case after:
			if gone && s.applied() && !s.fault.Applied {
				return unknown, attempts // of the 404 the text is missing that would tell it from that of a missing endpoint
			}
			ambiguous, gone = true, f.delete && (gone || s.applied())
			stop = stop || f.create && !f.safe
			fallthrough
		case before:
			stop = stop || retries == maxRetries
			retries++
		}
		if stop && ambiguous {
			return unknown, attempts
		}
		if stop {
			return notHappened, attempts
		}
	}
}

// fateTransport brings each attempt of a write to the stand-in together with its strike.
type fateTransport struct {
	fate
	next     http.RoundTripper
	attempts atomic.Int64
	current  atomic.Pointer[strike]
}

func (t *fateTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.current.Store(nil)
	if strings.HasPrefix(req.URL.Path, "/api/") {
		if s, struck := t.strike(int(t.attempts.Add(1)) - 1); struck {
			t.current.Store(&s)
		}
	}
	return t.next.RoundTrip(req)
}

// fault is the strike as the stand-in sees it.
func (t *fateTransport) fault(*http.Request) *halopsatest.Fault {
	if s := t.current.Load(); s != nil {
		return s.fault
	}
	return nil
}

// refusesConnection reports whether the current attempt gets no connection.
func (t *fateTransport) refusesConnection() bool {
	s := t.current.Load()
	return s != nil && s.fault == nil
}

// refusing is a transport as net/http is when nobody listens.
func (t *fateTransport) refusing(next http.RoundTripper) http.RoundTripper {
	return trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
		if t.refusesConnection() {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
		}
		return next.RoundTrip(req)
	})
}

// check makes the write and compares what the caller is told with the table, and with the store.
func (f fate) check(t *testing.T, name string, transport *fateTransport, client *halopsa.Client, h *halopsatest.Handler) {
	t.Helper()
	seedExports(h)
	h.FaultFunc(transport.fault)
	var ro []halopsa.RequestOption
	if f.once {
		ro = append(ro, halopsa.WithoutRetry())
	}
	if f.safe {
		ro = append(ro, halopsa.WithIdempotent())
	}
	err := f.call(t.Context(), client, ro...)
	told, done := verdictOf(err), effects(t, h, f.write)
	want, attempts := f.want()
	assert.Equal(t, want, told, "%s: told the caller: %v", name, err)
	switch told {
	case happened:
		assert.Positive(t, done, "%s: the caller was told that it happened", name)
	case notHappened:
		assert.Zero(t, done, "%s: the caller was told that it did not happen: %v", name, err)
	}
	if !f.safe {
		assert.LessOrEqual(t, done, 1, "%s: it happened more than once", name)
	}
	if attempts > 0 {
		assert.EqualValues(t, attempts, transport.attempts.Load(), "%s: attempts", name)
	}
	if err == nil {
		return
	}
	var answered *halopsa.APIError
	var unanswered *halopsa.CallError
	switch {
	case errors.As(err, &answered):
		assert.EqualValues(t, transport.attempts.Load(), answered.Attempts, name)
	case assert.ErrorAs(t, err, &unanswered, name):
		assert.EqualValues(t, transport.attempts.Load(), unanswered.Attempts, name)
	}
	var batch *halopsa.BatchError
	if errors.As(err, &batch) {
		assert.Empty(t, batch.Written, name)
		assert.Empty(t, batch.NotSent, name)
		assert.Len(t, batch.Unknown, count(told == unknown), name)
		assert.Len(t, batch.Refused, count(told == notHappened), name)
	}
}

// inMemory checks one case in its own bubble.
func (f fate) inMemory(t *testing.T, name string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		transport := &fateTransport{fate: f}
		transport.next = transport.refusing(h.Transport())
		client, err := halopsa.NewClient(trial.StandinURL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
			halopsa.WithHTTPClient(&http.Client{Transport: transport}))
		require.NoError(t, err)
		f.check(t, name, transport, client, h)
	})
}

// TestFate strikes each write in every way, once, twice, forever, and with every two of them in a row; with retries, without, and for a
// Create that may be repeated. The caller must never be told the wrong thing, nor that something is unknown which the table knows.
func TestFate(t *testing.T) {
	t.Parallel()
	var cases, told atomic.Int64
	t.Cleanup(func() { t.Logf("%d cases, of which %d unknown", cases.Load(), told.Load()) })
	for op, w := range writes {
		for first, s := range strikes() {
			t.Run(op+", "+first, func(t *testing.T) {
				t.Parallel()
				try := func(name string, f fate) {
					if op == "Delete" && f.lies() {
						return
					}
					cases.Add(1)
					if v, _ := f.want(); v == unknown {
						told.Add(1)
					}
					f.inMemory(t, op+": "+name)
				}
				for _, safe := range []bool{false, true} {
					if safe && !w.create {
						continue
					}
					note := ""
					if safe {
						note = ", and it may be repeated"
					}
					try(first+note, fate{write: w, strikes: []strike{s}, safe: safe})
					try(first+" forever"+note, fate{write: w, strikes: []strike{s}, forever: true, safe: safe})
					try(first+" without retry"+note, fate{write: w, strikes: []strike{s}, once: true, safe: safe})
					for second, s2 := range strikes() {
						try(first+", then "+second+note, fate{write: w, strikes: []strike{s, s2}, safe: safe})
						try(first+", then "+second+" forever"+note, fate{write: w, strikes: []strike{s, s2}, forever: true, safe: safe})
					}
				}
			})
		}
	}
}

// lies reports whether a scripted 404 may follow a Delete that was not carried out. The real server's 404 means that the record is gone;
// TestDeleteThenNotFound is about it.
func (f fate) lies() bool {
	for _, s := range f.strikes[1:] {
		if s.fault != nil && s.fault.Status == http.StatusNotFound {
			return true
		}
	}
	return false
}
