package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"sync"
)

// device is one of the RMM.
type device struct {
	Serial string `json:"serial"`
	Name   string `json:"name"`
	Site   string `json:"site"`
	Kind   string `json:"kind"`
}

// errRefused is returned when the RMM would refuse the same call later too.
var errRefused = errors.New("the RMM refused it")

// fakeRMM is the other system: a list of devices that can be renamed.
type fakeRMM struct {
	mu      sync.Mutex
	devices []device
}

// ServeHTTP serves GET /devices and PATCH /devices/{serial}.
func (f *fakeRMM) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /devices", f.list)
	mux.HandleFunc("PATCH /devices/{serial}", f.rename)
	mux.ServeHTTP(w, r)
}

func (f *fakeRMM) list(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(f.devices)
}

func (f *fakeRMM) rename(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.devices, func(d device) bool { return d.Serial == r.PathValue("serial") })
	if i < 0 {
		http.Error(w, "no such device", http.StatusNotFound)
		return
	}
	var change struct{ Name string }
	if err := json.NewDecoder(r.Body).Decode(&change); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.devices[i].Name = change.Name
	w.WriteHeader(http.StatusNoContent)
}
