package halopsarecord_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsarecord"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// A sync whose calls of another system can be read in HaloPSA's integration log.
func Example() {
	tenant := halopsatest.NewServer() // in a program this is https://acme.halopsa.com
	defer tenant.Close()
	rmm := httptest.NewServer(http.NotFoundHandler())
	defer rmm.Close()
	client, err := halopsa.NewClient(tenant.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	if err != nil {
		log.Fatal(err)
	}

	rec := halopsarecord.New(client, 12)
	hc := &http.Client{Transport: rec.Transport(nil)}
	logger := slog.New(rec.Handler(nil)) // in a program: rec.Handler(slog.Default().Handler())

	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, rmm.URL+"/devices?site=7&api_key=s3cr3t-k3y", http.NoBody)
	if err != nil {
		log.Fatal(err)
	}
	resp, err := hc.Do(req)
	if err != nil {
		log.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	logger.Error("no such site", "entity_type", "site", "entity_id", 7, "endpoint", "GET /devices")

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := rec.Close(ctx); err != nil { // sends what is left
		log.Fatal(err)
	}
	for r, err := range client.IntegrationRequest.All(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.Operation, r.ResultCode, r.URL[len(rmm.URL):])
	}
	for e, err := range client.IntegrationError.All(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.EntityType, e.EntityID, e.Error)
	}
	// Output:
	// GET 404 /devices?site=7&api_key=[redacted]
	// site 7 no such site
}
