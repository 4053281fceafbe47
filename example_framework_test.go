package halopsa_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/halopsa-go/halopsa"
)

// scripted is a tenant of which an example needs only the responses, by method and path.
func scripted(responses map[string]string) (*httptest.Server, *halopsa.Client) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, found := responses[r.Method+" "+r.URL.RequestURI()]
		if !found {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, body)
	}))
	client, err := halopsa.NewClient(server.URL, halopsa.WithTokenSource(staticToken))
	if err != nil {
		log.Fatal(err)
	}
	return server, client
}

// Create a ticket and add an action to it, with custom types.
func ExampleHaloIntegrationService_CreateTicket() {
	server, client := scripted(map[string]string{
		"POST /api/HaloIntegration/CreateTicket": `{"id":2041,"summary":"Disk is full on SRV-01"}`,
		"POST /api/HaloIntegration/CreateAction": `{"id":1,"ticket_id":2041}`,
	})
	defer server.Close()
	ctx := context.Background()

	type Ticket struct {
		ID      int64  `json:"id,omitempty"`
		Summary string `json:"summary"`
	}
	var created Ticket
	err := client.HaloIntegration.CreateTicket(ctx, Ticket{Summary: "Disk is full on SRV-01"}, &created)
	if err != nil {
		log.Fatal(err)
	}
	note := map[string]any{"ticket_id": created.ID, "note": "The alert was cleared.", "outcome": "Note"}
	err = client.HaloIntegration.CreateAction(ctx, note, nil) // nil: the response is not needed
	fmt.Println(created.ID, err)
	// Output: 2041 <nil>
}

// Read change write: the input has what the record has, without the secrets, which stay as they are.
func ExampleIntegrationConfigurationService_Update() {
	server, client := scripted(map[string]string{
		"GET /api/IntegrationConfiguration/4": `{"id":4,"client_id":"old","tenant":"acme","_isauthorized":true}`,
		"POST /api/IntegrationConfiguration":  `[{"id":4,"client_id":"new","tenant":"acme","_isauthorized":false}]`,
	})
	defer server.Close()
	ctx := context.Background()

	configuration, err := client.IntegrationConfiguration.Get(ctx, 4, nil)
	if err != nil {
		log.Fatal(err)
	}
	input := configuration.Input()
	input.ClientID, input.NewClientSecret = halopsa.Set("new"), halopsa.Set(halopsa.Secret("s3cret"))
	changed, err := client.IntegrationConfiguration.Update(ctx, []halopsa.IntegrationConfigurationInput{input})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(changed[0].ClientID, changed[0].IsAuthorized, input.NewClientSecret)
	// Output: new false [redacted]
}

// Read a third-party system's data page by page, as that system pages it.
func ExampleIntegrationDataService_Get() {
	server, client := scripted(map[string]string{
		"GET /api/IntegrationData/Get/GoCardless/Payments?datatype=payments":            `{"payments":[{"id":"PM01"},{"id":"PM02"}],"after":"PM02"}`,
		"GET /api/IntegrationData/Get/GoCardless/Payments?after=PM02&datatype=payments": `{"payments":[{"id":"PM03"}]}`,
	})
	defer server.Close()

	var page struct {
		Payments []struct {
			ID string `json:"id"`
		} `json:"payments"`
		After string `json:"after"`
	}
	opts := &halopsa.IntegrationDataOptions{Part: "Payments", DataType: "payments"}
	for {
		if err := client.IntegrationData.Get(context.Background(), halopsa.SystemGoCardless, opts, &page); err != nil {
			log.Fatal(err)
		}
		for _, payment := range page.Payments {
			fmt.Println(payment.ID)
		}
		if opts.After = page.After; opts.After == "" {
			break
		}
	}
	// Output:
	// PM01
	// PM02
	// PM03
}
