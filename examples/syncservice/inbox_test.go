package main

import (
	"cmp"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/halopsa-go/halopsa"
)

// parcels returns what had an effect, by export.
func (b *inbox) parcels() []parcel {
	b.mu.Lock()
	defer b.mu.Unlock()
	parcels := slices.Clone(b.taken)
	slices.SortStableFunc(parcels, func(a, b parcel) int { return cmp.Compare(a.ExportID, b.ExportID) })
	return parcels
}

// exports returns the ids of what had an effect, an id twice where it had two.
func (b *inbox) exports() []int64 {
	ids := []int64{}
	for _, p := range b.parcels() {
		ids = append(ids, p.ExportID)
	}
	return ids
}

func (b *inbox) repeats() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.repeated
}

// receiver is an inbox behind what can go wrong on the way to it.
type receiver struct {
	*inbox
	to *destination // a client of it

	mu       sync.Mutex
	fault    func(r *http.Request) mishap
	requests []string // method and key
}

// mishap is what happens to a request.
type mishap int

const (
	none    mishap = iota
	busy           // it is refused with 503
	wrong          // it is refused with 422
	cutOff         // it has its effect, and the connection breaks before the answer
	mute           // the connection breaks before it has an effect
	unasked        // it is answered with 405, as by a destination that cannot be asked
)

func newReceiver(t *testing.T, fault func(r *http.Request) mishap) *receiver {
	t.Helper()
	rc := &receiver{inbox: newInbox(), fault: fault}
	server := httptest.NewServer(rc)
	t.Cleanup(server.Close)
	rc.to = newDestination(server.URL+"/deliveries", "hush-token")
	return rc
}

func (rc *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rc.mu.Lock()
	rc.requests = append(rc.requests, r.Method+" "+r.Header.Get("Idempotency-Key"))
	what := none
	if rc.fault != nil {
		what = rc.fault(r)
	}
	rc.mu.Unlock()
	switch what {
	case busy:
		w.Header().Set("Retry-After", "90")
		w.WriteHeader(http.StatusServiceUnavailable)
	case wrong:
		w.WriteHeader(http.StatusUnprocessableEntity)
	case unasked:
		w.WriteHeader(http.StatusMethodNotAllowed)
	case mute:
		panic(http.ErrAbortHandler)
	case cutOff:
		rc.inbox.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	default:
		rc.inbox.ServeHTTP(w, r)
	}
}

func (rc *receiver) setFault(fault func(r *http.Request) mishap) {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	rc.fault = fault
}

// asked returns the requests so far.
func (rc *receiver) asked() []string {
	rc.mu.Lock()
	defer rc.mu.Unlock()
	return slices.Clone(rc.requests)
}

// posts strikes deliveries and lets questions through.
func posts(what mishap) func(*http.Request) mishap {
	return func(r *http.Request) mishap {
		if r.Method == http.MethodPost {
			return what
		}
		return none
	}
}

// exportOf is one that a test delivers without a queue.
func exportOf(id int64) *halopsa.IntegrationExport {
	return &halopsa.IntegrationExport{ID: id, ModuleID: 12, HaloName: "Asset", ReadyForImport: true, ExportBody: []byte(`{"a":1}`)}
}
