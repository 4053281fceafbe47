package main

import (
	"encoding/json"
	"io"
	"net/http"
	"sync"
)

// inbox is a destination for the demonstration and the tests, which honors its side of the contract: a delivery whose Idempotency-Key it
// has already is acknowledged and dropped, and GET /KEY tells whether it has it.
type inbox struct {
	mux *http.ServeMux

	mu       sync.Mutex
	taken    []parcel
	byKey    map[string]bool
	repeated int
}

// parcel is a delivery that had an effect.
type parcel struct {
	Key      string
	ExportID int64
	Body     []byte
}

// largestParcel is as much as a delivery may hold.
const largestParcel = 64 << 20

func newInbox() *inbox {
	b := &inbox{mux: http.NewServeMux(), byKey: make(map[string]bool)}
	b.mux.HandleFunc("POST /deliveries", b.take)
	b.mux.HandleFunc("GET /deliveries/{key}", b.tell)
	return b
}

func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.mux.ServeHTTP(w, r) }

func (b *inbox) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestParcel))
	if err != nil {
		return // it did not arrive whole: it has no effect
	}
	var export struct {
		ID int64 `json:"id"`
	}
	key := r.Header.Get("Idempotency-Key")
	if err := json.Unmarshal(body, &export); err != nil || key == "" {
		http.Error(w, "a JSON object and an Idempotency-Key are needed", http.StatusBadRequest)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.byKey[key] {
		b.repeated++
		w.WriteHeader(http.StatusOK)
		return
	}
	b.byKey[key] = true
	b.taken = append(b.taken, parcel{key, export.ID, body})
	w.WriteHeader(http.StatusCreated)
}

func (b *inbox) tell(w http.ResponseWriter, r *http.Request) {
	if !b.has(r.PathValue("key")) {
		w.WriteHeader(http.StatusNotFound)
	}
}

func (b *inbox) has(key string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.byKey[key]
}
