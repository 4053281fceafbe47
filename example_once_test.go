package halopsa_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// Log errors so that each is there once, also when a response is lost. The function says which record is which input.
func ExampleIntegrationErrorService_CreateOnce() {
	server, client := tenant()
	defer server.Close()
	server.Fault(halopsatest.Fault{Method: http.MethodPost, Kind: halopsatest.Reset, Applied: true})

	inputs := []halopsa.IntegrationErrorInput{
		{ModuleID: halopsa.Set[int64](12), EntityName: halopsa.Set("SRV-01"), Error: halopsa.Set("no such site")},
		{ModuleID: halopsa.Set[int64](12), EntityName: halopsa.Set("SRV-02"), Error: halopsa.Set("no such site")},
	}
	logged, err := client.IntegrationError.CreateOnce(context.Background(), inputs,
		func(record *halopsa.IntegrationError, input halopsa.IntegrationErrorInput) bool {
			return input.EntityName == halopsa.Set(record.EntityName) && input.Error == halopsa.Set(record.Error)
		})
	if err != nil {
		log.Fatal(err)
	}
	for _, record := range logged {
		fmt.Println(record.ID, record.EntityName)
	}
	fmt.Println("requests that write:", server.Count(http.MethodPost, "IntegrationError"))
	// Output:
	// 5 SRV-01
	// 6 SRV-02
	// requests that write: 1
}

// Create tickets, each once. A number of the caller's own tells one from another.
func ExamplePostOnceOf() {
	type Ticket struct {
		ID        int64  `json:"id,omitzero"`
		Summary   string `json:"summary"`
		Reference string `json:"thirdpartynotes"`
	}
	server, client := tenant()
	defer server.Close()
	server.Seed("Tickets", Ticket{ID: 2040, Summary: "Printer"})
	server.Fault(halopsatest.Fault{Method: http.MethodPost, Kind: halopsatest.HTML504, Applied: true})

	tickets := []Ticket{{Summary: "Disk is full", Reference: "alert-77"}}
	created, err := halopsa.PostOnceOf(context.Background(), client, "Tickets", tickets,
		func(record *Ticket, input Ticket) bool { return record.Reference == input.Reference })
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(created[0].ID, created[0].Reference, len(server.Stored("Tickets")))
	// Output: 2041 alert-77 2
}

// Save the file of an attachment under the name that it has in HaloPSA.
func ExampleDownload() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { // in a program this is HaloPSA
		w.Header().Set("Content-Type", "text/csv")
		w.Header().Set("Content-Disposition", `attachment; filename="devices.csv"`)
		_, _ = io.WriteString(w, "serial;site\nS-001;rome\n")
	}))
	defer server.Close()
	client, err := halopsa.NewClient(server.URL, halopsa.WithTokenSource(staticToken))
	if err != nil {
		log.Fatal(err)
	}

	file, err := halopsa.Download(context.Background(), client, halopsa.PathAttachment+"/12")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(file.Name, file.ContentType, len(file.Data))
	// Output: devices.csv text/csv 23
}
