package halopsa_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// The generic functions reach every endpoint, with a custom record type.
func ExampleAllOf() {
	type Ticket struct {
		ID      int64  `json:"id"`
		Summary string `json:"summary"`
	}
	server, client := tenant()
	defer server.Close()
	server.Seed("Tickets", Ticket{Summary: "printer"}, Ticket{Summary: "mail"}, Ticket{Summary: "laptop"})

	for ticket, err := range halopsa.AllOf[Ticket](context.Background(), client, "Tickets",
		halopsa.WithPage(1, 2), halopsa.WithSort(halopsa.Desc("id")), halopsa.WithQuery("open_only", "true")) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(ticket.ID, ticket.Summary)
	}
	// Output:
	// 3 laptop
	// 2 mail
	// 1 printer
}

func ExampleGetOf() {
	server, client := tenant()
	defer server.Close()
	server.Seed("Users", map[string]any{"name": "Ada", "site_id": 7})
	user, err := halopsa.GetOf[map[string]any](context.Background(), client, "Users", 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println((*user)["name"], (*user)["site_id"])
	// Output: Ada 7
}

// A record of the SDK can be embedded, with a member that a newer version of HaloPSA has.
func ExampleListOf() {
	type newer struct {
		halopsa.IntegrationError
		Severity string `json:"severity"`
	}
	server, client := tenant()
	defer server.Close()
	server.Seed("IntegrationError", map[string]any{"error": "no such device", "severity": "high"})

	page, err := halopsa.ListOf[newer](context.Background(), client, "IntegrationError", halopsa.WithPage(5, 1))
	if err != nil {
		log.Fatal(err)
	}
	for _, record := range page.Records {
		fmt.Println(record.ID, record.Error, record.Severity)
	}
	fmt.Println("of", page.RecordCount)
	// Output:
	// 5 no such device high
	// of 5
}

func ExamplePostOf() {
	type Ticket struct {
		ID      int64  `json:"id,omitempty"`
		Summary string `json:"summary"`
	}
	server, client := tenant()
	defer server.Close()
	server.Seed("Tickets", Ticket{Summary: "mail"})

	ctx := context.Background()
	created, err := halopsa.PostOf[Ticket](ctx, client, "Tickets", Ticket{Summary: "printer"})
	if err != nil {
		log.Fatal(err)
	}
	// With an id it is a change, which may safely be sent twice.
	changed, err := halopsa.PostOf[Ticket](ctx, client, "Tickets", []Ticket{{ID: created[0].ID, Summary: "printer, 2nd floor"}}, halopsa.WithIdempotent())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(changed)
	if err := halopsa.DeleteOf(ctx, client, "Tickets", changed[0].ID); err != nil {
		log.Fatal(err)
	}
	// Output: [{2 printer, 2nd floor}]
}

// Where exactly as many records are added as deleted between two requests, record_count shows nothing, and a record can move to a page that
// has been read. A second pass finds it.
func ExampleWithSecondPass() {
	server, client := tenant()
	defer server.Close()
	small := &halopsa.IntegrationErrorListOptions{ListOptions: halopsa.ListOptions{PageSize: 2}}
	for i, opts := range [][]halopsa.RequestOption{nil, {halopsa.WithSecondPass()}} {
		added := 5 + i
		server.Seed("IntegrationError", map[string]any{"id": 1}, map[string]any{"id": 2}, map[string]any{"id": 3}, map[string]any{"id": 4})
		server.Remove("IntegrationError", 5)
		var ids []int64
		for e, err := range client.IntegrationError.All(context.Background(), small, opts...) {
			if err != nil {
				log.Fatal(err)
			}
			if e.ID == 2 {
				server.Remove("IntegrationError", 1)                         // somebody else deletes one
				server.Seed("IntegrationError", map[string]any{"id": added}) // and adds one: record_count is the same
			}
			ids = append(ids, e.ID)
		}
		fmt.Println(ids)
	}
	// Output:
	// [1 2 4 5]
	// [1 2 4 6 3]
}

// What to do when a tenant misbehaves can be tested against the stand-in.
func Example_testing() {
	server := halopsatest.NewServer(halopsatest.WithHabits(halopsatest.Habits{PageCap: 50}))
	defer server.Close()
	for i := range 120 {
		server.Seed("IntegrationError", map[string]any{"entity_id": i})
	}
	server.Fault(halopsatest.Fault{Resource: "IntegrationError", After: 1, Kind: halopsatest.HTML504})
	server.Fault(halopsatest.Fault{Resource: "IntegrationError", After: 2, Status: http.StatusUnauthorized})

	client, err := halopsa.NewClient(server.URL(), halopsa.WithBackoff(0, 0),
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	if err != nil {
		log.Fatal(err)
	}
	all, err := halopsa.Collect(client.IntegrationError.All(context.Background(), nil))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(all), "records by", server.Count(http.MethodGet, "IntegrationError"), "requests and", server.TokensIssued(), "tokens")
	// Output: 120 records by 5 requests and 2 tokens
}

// Tickets that were closed in September get a note, and one is read and changed. The paths, and the filters that HaloPSA documents, are constants.
func Example_tickets() {
	type Ticket struct {
		ID      int64  `json:"id,omitzero"`
		Summary string `json:"summary,omitzero"`
		Status  int    `json:"status_id,omitzero"`
	}
	type Action struct {
		ID       int64  `json:"id,omitzero"`
		TicketID int64  `json:"ticket_id"`
		Note     string `json:"note"`
	}
	server, client := tenant()
	defer server.Close()
	server.Seed(halopsa.PathTickets, Ticket{Summary: "Disk is full"}, Ticket{Summary: "Mail is slow"})
	server.Seed(halopsa.PathActions, Action{ID: 40})

	ctx := context.Background()
	var notes []Action
	for ticket, err := range halopsa.AllOf[Ticket](ctx, client, halopsa.PathTickets,
		halopsa.WithQuery(halopsa.FilterDateSearch, halopsa.DateCleared),
		halopsa.WithQuery(halopsa.FilterStartDate, "2026-09-01T00:00:00"),
		halopsa.WithQuery(halopsa.FilterEndDate, "2026-09-30T23:59:59")) {
		if err != nil {
			log.Fatal(err)
		}
		notes = append(notes, Action{TicketID: ticket.ID, Note: "Reported for September: " + ticket.Summary})
	}
	written, err := halopsa.PostOnceOf(ctx, client, halopsa.PathActions, notes,
		func(record *Action, input Action) bool {
			return record.TicketID == input.TicketID && record.Note == input.Note
		})
	if err != nil {
		log.Fatal(err)
	}
	for _, action := range written {
		fmt.Println(action.ID, action.Note)
	}

	ticket, err := halopsa.GetOf[Ticket](ctx, client, halopsa.PathTickets, 2)
	if err != nil {
		log.Fatal(err)
	}
	ticket.Status = 9
	changed, err := halopsa.PostOf[Ticket](ctx, client, halopsa.PathTickets, ticket, halopsa.WithIdempotent())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(changed[0])
	// Output:
	// 41 Reported for September: Disk is full
	// 42 Reported for September: Mail is slow
	// {2 Mail is slow 9}
}

// The secret is read from a file that is replaced when it is rotated: it is read again when the old one is refused.
func ExampleWithCredentialsFunc() {
	server, _ := tenant()
	defer server.Close()
	folder, err := os.MkdirTemp("", "secrets")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder) //nolint:errcheck // an example
	file := filepath.Join(folder, "client-secret")
	if err := os.WriteFile(file, []byte(halopsatest.ClientSecret+"\n"), 0o600); err != nil {
		log.Fatal(err)
	}

	client, err := halopsa.NewClient(server.URL(), halopsa.WithCredentialsFunc(func(context.Context) (id, secret string, err error) {
		text, err := os.ReadFile(file)
		return halopsatest.ClientID, string(text), err
	}))
	if err != nil {
		log.Fatal(err)
	}
	page, err := client.IntegrationError.List(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.RecordCount)
	// Output: 4
}
