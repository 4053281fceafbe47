package main

import (
	"context"
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

// demo is what the service runs against without configuration. The stand-in forgets everything at the end, so the database is a new one too.
type demo struct {
	halo        *halopsatest.Server
	destination *http.Server
	folder      string
}

const (
	demoRecords  = 400
	demoInterval = time.Second
	// demoRate is more than a tenant allows, so that a short run need not wait.
	demoRate = 5000
)

// startDemo starts a stand-in and a destination and sets conf up for them.
func startDemo(conf *config) (*demo, error) {
	folder, err := os.MkdirTemp("", "syncservice-")
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	d := &demo{
		halo:        halopsatest.NewServer(halopsatest.WithRateLimit(demoRate, rateWindow), halopsatest.WithLatency(20*time.Millisecond)),
		destination: &http.Server{Handler: moody(newInbox()), ReadHeaderTimeout: 10 * time.Second},
		folder:      folder,
	}
	halopsatest.SeedDemo(d.halo.Handler, demoRecords)
	go func() { _ = d.destination.Serve(listener) }() // ends with close
	conf.database = halopsa.Secret("sqlite:" + filepath.Join(folder, "syncservice.db"))
	conf.destination = "http://" + listener.Addr().String() + "/deliveries"
	conf.source = "demo"
	conf.interval, conf.tell, conf.rate = demoInterval, demoInterval, demoRate
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
				w.WriteHeader(http.StatusServiceUnavailable)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (d *demo) connect(options ...halopsa.ClientOption) (*halopsa.Client, error) {
	return halopsa.NewClient(d.halo.URL(), append(options, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))...)
}

// grow goes on logging errors and requests and queueing exports, as a tenant does, until ctx ends.
func (d *demo) grow(ctx context.Context) {
	for i := 0; ctx.Err() == nil; i++ {
		rest(ctx, 200*time.Millisecond)
		at := time.Now().UTC().Format("2006-01-02T15:04:05.000")
		path := fmt.Sprintf("/v2/Assets/%d", 900+i)
		d.halo.Seed("IntegrationError", map[string]any{
			"module_id": 12, "module_name": "Datto RMM", "entity_type": "Asset", "entity_id": 900 + i, "endpoint": path,
			"error": "404 Not Found: no such device", "date": at,
		})
		d.halo.Seed("IntegrationRequest", map[string]any{
			"isoutgoing": true, "operation": "GET", "type": "Asset", "msid": 12, "module_name": "Datto RMM", "datelogged": at,
			"resultcode": 404, "url": "https://api.example.com" + path, "duration": 0.25,
		})
		if i%3 == 0 {
			d.halo.Seed("IntegrationExport", map[string]any{
				"module_id": 12, "halo_name": fmt.Sprintf("Asset %d", 900+i), "export_date": at, "ready_for_import": true, "export_progress": "",
				"export_body": []byte(fmt.Sprintf(`{"asset":%d}`, 900+i)),
			})
		}
	}
}

func (d *demo) close() {
	d.halo.Close()
	_ = d.destination.Close()
	_ = os.RemoveAll(d.folder)
}
