package halopsa_test

import (
	"context"
	"fmt"
	"log"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// A client that lacks the name of its tenant, and whose agent may not read exports.
func ExampleClient_Check() {
	server := halopsatest.NewServer(halopsatest.WithTenant("acme"))
	defer server.Close()
	server.SetHabits("IntegrationExport", halopsatest.Habits{Denied: 403})
	client, err := halopsa.NewClient(server.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	if err != nil {
		log.Fatal(err)
	}
	report, err := client.Check(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("set up right:", report.OK(), "- problems:", len(report.Problems))
	for _, r := range report.Resources[3:6] {
		fmt.Println(r.Resource, r.Access, r.Status)
	}
	// report.WriteTable(os.Stdout) shows all of it, with what to do.

	// Output:
	// set up right: false - problems: 2
	// IntegrationError readable 200
	// IntegrationExport denied 403
	// IntegrationFieldData readable 200
}

// ResponseOf reads what holds no records, here the agent that the token acts as.
func ExampleResponseOf() {
	server, client := tenant()
	defer server.Close()
	resp, err := halopsa.ResponseOf(context.Background(), client, "Agent/me", nil)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	fmt.Println(resp.StatusCode, resp.Header.Get("Content-Type"))
	// Output: 200 application/json; charset=utf-8
}
