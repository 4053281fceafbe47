package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsatest"
)

// world is what outlives the replicas that are killed: tenants that grow, with faults, and a destination with mishaps.
type world struct {
	tenants []*haloTenant
	inbox   *fragile
}

// haloTenant is a stand-in of one tenant, and what it was asked.
type haloTenant struct {
	name   string
	halo   *halopsatest.Handler
	server *httptest.Server
	inbox  *fragile
	sick   bool // it fails at everything

	mu       sync.Mutex
	arrivals []time.Time // of requests that count against its limit
	logged   int         // records of each log
	ready    []int64     // the exports that are to be delivered
	early    []int64     // those that were deleted before they had arrived
}

// newWorld makes n tenants: the first answers 504, the second 403, the third refuses the credentials, and the others are well.
func newWorld(t *testing.T, n int) *world {
	t.Helper()
	w := &world{inbox: newFragile(t)}
	for i := range n {
		w.tenants = append(w.tenants, newHaloTenant(t, i, w.inbox))
	}
	w.tenants[0].refuse(http.StatusGatewayTimeout)
	w.tenants[1].refuse(http.StatusForbidden)
	w.tenants[2].sick = true
	return w
}

func newHaloTenant(t *testing.T, i int, inbox *fragile) *haloTenant {
	t.Helper()
	h := &haloTenant{name: fmt.Sprintf("tenant-%02d", i), inbox: inbox, halo: halopsatest.NewHandler(halopsatest.WithRateLimit(0, 0))}
	h.server = httptest.NewServer(h)
	h.server.Config.ErrorLog = nil
	t.Cleanup(h.server.Close)
	h.halo.FaultFunc(fault)
	return h
}

// refuse has every request but those for tokens fail.
func (h *haloTenant) refuse(status int) {
	h.sick = true
	h.halo.FaultFunc(func(r *http.Request) *halopsatest.Fault {
		if !strings.HasPrefix(r.URL.Path, "/api/") {
			return nil
		}
		if status == http.StatusGatewayTimeout {
			return &halopsatest.Fault{Kind: halopsatest.HTML504}
		}
		return &halopsatest.Fault{Kind: halopsatest.Status, Status: status}
	})
}

// fault strikes three of a hundred requests.
func fault(*http.Request) *halopsatest.Fault {
	applied := rand.IntN(2) == 0
	switch rand.IntN(130) {
	case 0:
		return &halopsatest.Fault{Kind: halopsatest.HTML504, Applied: applied}
	case 1:
		return &halopsatest.Fault{Kind: halopsatest.Reset, Applied: applied}
	case 2:
		return &halopsatest.Fault{Kind: halopsatest.Truncated}
	case 3:
		return &halopsatest.Fault{Kind: halopsatest.Status, Status: http.StatusInternalServerError}
	}
	return nil
}

// ServeHTTP notes when a request came, and a delete that comes too early.
func (h *haloTenant) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		h.mu.Lock()
		h.arrivals = append(h.arrivals, time.Now())
		h.mu.Unlock()
	}
	if text, isDelete := strings.CutPrefix(r.URL.Path, "/api/IntegrationExport/"); isDelete && r.Method == http.MethodDelete {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || !h.inbox.has(h.key(id)) {
			h.mu.Lock()
			h.early = append(h.early, id)
			h.mu.Unlock()
		}
	}
	h.halo.ServeHTTP(w, r)
}

func (h *haloTenant) key(id int64) string { return deliveryKey(h.settings().source(), id) }

func (h *haloTenant) settings() settings {
	secret := "env:GOOD_SECRET"
	if h.name == "tenant-02" {
		secret = "env:BAD_SECRET"
	}
	return settings{Name: h.name, URL: h.server.URL, ClientID: halopsatest.ClientID, Secret: secret}
}

// seed logs n errors and as many requests, and queues exports, of which one in three is not ready.
func (h *haloTenant) seed(n, exports int) {
	for range n {
		h.halo.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site", "date": "2026-10-02T11:22:33.457"})
		h.halo.Seed("IntegrationRequest", map[string]any{"msid": 12, "url": "https://api.example.com/v2", "resultcode": 404, "isoutgoing": true})
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.logged += n
	for range exports {
		id := int64(len(h.ready)*3/2 + 1) // 1 and 2, 4 and 5, …
		if len(h.ready)%2 == 0 {
			h.halo.Seed("IntegrationExport", map[string]any{"id": id + 2, "module_id": 12, "ready_for_import": false})
		}
		h.halo.Seed("IntegrationExport", map[string]any{"id": id, "module_id": 12, "ready_for_import": true, "export_progress": ""})
		h.ready = append(h.ready, id)
	}
}

// left is what HaloPSA still offers of the exports that were ready.
func (h *haloTenant) left() int {
	n := 0
	for _, export := range h.halo.Stored("IntegrationExport") {
		if export["ready_for_import"] == true {
			n++
		}
	}
	return n
}

// busiest is the largest number of requests that came within one window.
func (h *haloTenant) busiest(window time.Duration) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	slices.SortFunc(h.arrivals, time.Time.Compare)
	most, from := 0, 0
	for i, at := range h.arrivals {
		for at.Sub(h.arrivals[from]) >= window {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

// file writes the tenants' settings.
func (w *world) file(t *testing.T) string {
	t.Helper()
	all := make([]settings, len(w.tenants))
	for i, h := range w.tenants {
		all[i] = h.settings()
	}
	data, err := json.Marshal(map[string]any{"tenants": all})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "tenants.json")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// well are the tenants that do not fail at everything.
func (w *world) well() []*haloTenant {
	return slices.DeleteFunc(slices.Clone(w.tenants), func(h *haloTenant) bool { return h.sick })
}

// fragile is a destination that loses responses, is slow, and breaks connections. It says of each delivery whether it is under way.
type fragile struct {
	server *httptest.Server

	mu       sync.Mutex
	effects  map[string]int
	underWay map[string]int
	overlaps []string // keys that were posted while a post of theirs was under way
	posts    int
	repeats  []string // keys that were posted although they had had their effect
	keyless  int
}

func newFragile(t *testing.T) *fragile {
	t.Helper()
	f := &fragile{effects: map[string]int{}, underWay: map[string]int{}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /deliveries", f.take)
	mux.HandleFunc("GET /deliveries/{key}", f.tell)
	f.server = httptest.NewServer(mux)
	f.server.Config.ErrorLog = nil
	t.Cleanup(f.server.Close)
	return f
}

func (f *fragile) has(key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.effects[key] > 0
}

func (f *fragile) tell(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch key := r.PathValue("key"); {
	case f.underWay[key] > 0:
		w.WriteHeader(http.StatusTooEarly)
	case f.effects[key] == 0:
		w.WriteHeader(http.StatusNotFound)
	}
}

// begin notes a post, and reports whether it is to have an effect.
func (f *fragile) begin(key string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.posts++
	if key == "" {
		f.keyless++
	}
	if f.underWay[key]++; f.underWay[key] > 1 {
		f.overlaps = append(f.overlaps, key)
	}
	if f.effects[key] > 0 {
		f.repeats = append(f.repeats, key)
		return false
	}
	return true
}

func (f *fragile) take(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("Idempotency-Key")
	fresh := f.begin(key)
	effect := func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if fresh {
			f.effects[key]++
		}
	}
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.underWay[key]--
	}()
	switch draw := rand.IntN(100); {
	case draw < 12: // the response is lost
		time.Sleep(rand.N(50 * time.Millisecond))
		effect()
		panic(http.ErrAbortHandler)
	case draw < 18: // it has no effect, and nobody is told
		panic(http.ErrAbortHandler)
	case draw < 24:
		w.WriteHeader(http.StatusServiceUnavailable)
	case draw < 26: // it has its effect after the service has given up
		time.Sleep(deliveryTimeout + rand.N(attemptGrace*3/4))
		effect()
	case draw < 30: // slow enough to be killed meanwhile
		time.Sleep(deliveryTimeout / 2)
		effect()
	default:
		time.Sleep(rand.N(100 * time.Millisecond))
		effect()
		w.WriteHeader(http.StatusCreated)
	}
}
