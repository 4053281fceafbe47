package halopsaprom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaprom"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func Example() {
	server := halopsatest.NewServer() // in a program this is https://acme.halopsa.com
	defer server.Close()
	baseURL, id, secret := server.URL(), halopsatest.ClientID, halopsatest.ClientSecret

	metrics := halopsaprom.New()
	registry := prometheus.NewRegistry()
	registry.MustRegister(metrics)
	client, err := halopsa.NewClient(baseURL, halopsa.WithClientCredentials(id, secret), halopsa.WithObserver(metrics.Observe))
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.IntegratorTrace.List(context.Background(), nil); err != nil {
		log.Fatal(err)
	}

	families, err := registry.Gather()
	if err != nil {
		log.Fatal(err)
	}
	for _, family := range families {
		fmt.Println(family.GetName(), family.GetMetric()[0].GetHistogram().GetSampleCount())
	}
	// Output:
	// halopsa_client_wait_duration_seconds 1
	// http_client_request_duration_seconds 1
}
