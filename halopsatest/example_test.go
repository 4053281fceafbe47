package halopsatest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaprobe"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// Fixtures can hold any resource, and SetFilter teaches a parameter of it.
func ExampleHandler_SeedJSON() {
	h := halopsatest.NewHandler()
	err := h.SeedJSON(strings.NewReader(`{"Tickets":[{"summary":"printer","agent_id":5},{"summary":"mail","agent_id":6}]}`))
	h.SetFilter("Tickets", "agent", "agent_id")
	tickets, _ := halopsatest.StoredAs[struct{ Summary string }](h, "Tickets")
	fmt.Println(tickets, err)
	// Output: [{printer} {mail}] <nil>
}

// Habits combine: a list newest first, whose record_count counts three records that never come, and an error from page 2 on.
func ExampleHabits() {
	h := halopsatest.NewHandler()
	h.SetHabits("IntegratorLog", halopsatest.Habits{
		NewestFirst: true, RecordCount: halopsatest.CountPlus(3), ErrorMember: "load_error", ErrorFrom: 2,
	})
	fmt.Println(h.Len("IntegratorLog"))
	// Output: 0
}

// The file of a probe, such as one that a user has attached to an issue, makes the stand-in behave like that tenant. Here the tenant is a stand-in
// too, which names the list of errors otherwise.
func ExampleWithHabitsFrom() {
	ctx := context.Background()
	connect := func(server *halopsatest.Server) *halopsa.Client {
		client, err := halopsa.NewClient(server.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
		if err != nil {
			log.Fatal(err)
		}
		return client
	}
	tenant := halopsatest.NewServer(halopsatest.WithHabits(halopsatest.Habits{Array: "mistakes"}))
	defer tenant.Close()
	report, err := halopsaprobe.Run(ctx, connect(tenant), halopsaprobe.WithResources("IntegrationError"))
	if err != nil {
		log.Fatal(err)
	}
	var file bytes.Buffer
	if err := report.WriteJSON(&file); err != nil {
		log.Fatal(err)
	}
	name := filepath.Join(os.TempDir(), fmt.Sprintf("habits-%d.json", os.Getpid()))
	if err := os.WriteFile(name, file.Bytes(), 0o600); err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.Remove(name) }()

	server := halopsatest.NewServer(halopsatest.WithHabitsFrom(name))
	defer server.Close()
	response, err := halopsa.ResponseOf(ctx, connect(server), "IntegrationError", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var list map[string]any
	if err := json.NewDecoder(response.Body).Decode(&list); err != nil {
		log.Fatal(err)
	}
	fmt.Println(list["mistakes"])
	// Output: []
}

// A test whose fault has never struck has proved nothing.
func ExampleHandler_Unstruck() {
	h := halopsatest.NewHandler()
	h.Fault(halopsatest.Fault{Method: http.MethodDelete, Resource: "IntegrationExport", Kind: halopsatest.HTML504, Applied: true})
	for _, fault := range h.Unstruck() {
		fmt.Println(fault.Kind, fault.Method, fault.Resource)
	}
	// Output: HTML504 DELETE IntegrationExport
}
