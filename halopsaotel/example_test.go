package halopsaotel_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaotel"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// A program sets the global providers to those of its SDK, with the exporter that it sends to.
func Example() {
	server := halopsatest.NewServer()
	defer server.Close()
	server.Seed("IntegrationError", map[string]any{"id": 17, "error": "no such site"})
	baseURL, id, secret := server.URL(), halopsatest.ClientID, halopsatest.ClientSecret
	spans := tracetest.NewInMemoryExporter()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))

	telemetry, err := halopsaotel.Observe(halopsaotel.WithBaseURL(baseURL))
	if err != nil {
		log.Fatal(err)
	}
	client, err := halopsa.NewClient(baseURL, halopsa.WithClientCredentials(id, secret), telemetry)
	if err != nil {
		log.Fatal(err)
	}

	for _, id := range []int64{17, 18} {
		if _, err := client.IntegrationError.Get(context.Background(), id, nil); errors.Is(err, halopsa.ErrNotFound) {
			fmt.Println("no record", id)
		}
	}
	for _, span := range spans.GetSpans() {
		fmt.Println(span.Name, span.Status.Code)
		for _, attr := range span.Attributes {
			switch attr.Key {
			case "error.type", "http.response.status_code", "halopsa.op", "halopsa.path":
				fmt.Println(" ", attr.Key, attr.Value.String())
			}
		}
	}
	// Output:
	// no record 18
	// GET /IntegrationError/{id} Unset
	//   http.response.status_code 200
	//   halopsa.op IntegrationError.Get
	//   halopsa.path /IntegrationError/17
	// GET /IntegrationError/{id} Error
	//   error.type 404
	//   http.response.status_code 404
	//   halopsa.op IntegrationError.Get
	//   halopsa.path /IntegrationError/18
}
