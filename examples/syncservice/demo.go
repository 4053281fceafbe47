package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// demo is what the service runs against without configuration. The stand-ins forget everything at the end, so the database is a new one too.
type demo struct {
	halos       []*halopsatest.Server
	destination *http.Server
	folder      string
}

// demoTenants are the three of the demonstration.
var demoTenants = []string{"acme", "globex", "initech"}

const (
	demoRecords  = 400
	demoInterval = time.Second
	// demoRate is more than a tenant allows, so that a short run need not wait.
	demoRate = 5000
)

// startDemo starts the stand-ins and a destination, and sets conf up for them.
func startDemo(conf *config) (*demo, error) {
	folder, err := os.MkdirTemp("", "syncservice-")
	if err != nil {
		return nil, err
	}
	d := &demo{destination: &http.Server{Handler: moody(newInbox()), ReadHeaderTimeout: 10 * time.Second}, folder: folder}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		d.close()
		return nil, err
	}
	go func() { _ = d.destination.Serve(listener) }() // ends with close
	secret := filepath.Join(folder, "secret")
	tenants := make([]settings, len(demoTenants))
	for i, name := range demoTenants {
		halo := halopsatest.NewServer(halopsatest.WithRateLimit(demoRate, defaultWindow), halopsatest.WithLatency(20*time.Millisecond))
		d.halos = append(d.halos, halo)
		halopsatest.SeedDemo(halo.Handler, demoRecords)
		tenants[i] = settings{Name: name, URL: halo.URL(), ClientID: halopsatest.ClientID, Secret: "file:" + secret}
	}
	conf.tenantsFile = filepath.Join(folder, "tenants.json")
	file, err := json.Marshal(map[string]any{"tenants": tenants})
	if err := errors.Join(err, os.WriteFile(secret, []byte(halopsatest.ClientSecret), 0o600), os.WriteFile(conf.tenantsFile, file, 0o600)); err != nil {
		d.close()
		return nil, err
	}
	conf.database = halopsa.Secret("sqlite:" + filepath.Join(folder, "syncservice.db"))
	conf.destination = "http://" + listener.Addr().String() + "/deliveries"
	conf.interval, conf.quietInterval, conf.rate = demoInterval, 4*demoInterval, demoRate
	return d, nil
}

// moody refuses the first try of every third delivery, to show what becomes of it.
func moody(next http.Handler) http.Handler {
	var mu sync.Mutex
	seen := make(map[string]bool)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if key := r.Header.Get("Idempotency-Key"); key != "" {
			mu.Lock()
			first := !seen[key]
			seen[key] = true
			refused := first && len(seen)%3 == 0
			mu.Unlock()
			if refused {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// grow keeps logging errors and requests and queueing exports, as tenants do, until ctx ends.
func (d *demo) grow(ctx context.Context) {
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		halo := d.halos[i%len(d.halos)]
		at := time.Now().UTC().Format("2006-01-02T15:04:05.000")
		path := fmt.Sprintf("/v2/Assets/%d", 900+i)
		halo.Seed("IntegrationError", map[string]any{
			"module_id": 12, "module_name": "Datto RMM", "entity_type": "Asset", "entity_id": 900 + i, "endpoint": path,
			"error": "404 Not Found: no such device", "date": at,
		})
		halo.Seed("IntegrationRequest", map[string]any{
			"isoutgoing": true, "operation": "GET", "type": "Asset", "msid": 12, "module_name": "Datto RMM", "datelogged": at,
			"resultcode": 404, "url": "https://api.example.com" + path, "duration": 0.25,
		})
		halo.Seed("IntegrationExport", map[string]any{
			"module_id": 12, "halo_name": fmt.Sprintf("Asset %d", 900+i), "export_date": at, "ready_for_import": true, "export_progress": "",
			"export_body": fmt.Appendf(nil, `{"asset":%d}`, 900+i),
		})
	}
}

func (d *demo) close() {
	for _, halo := range d.halos {
		halo.Close()
	}
	_ = d.destination.Close()
	_ = os.RemoveAll(d.folder)
}
