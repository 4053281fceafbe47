package halopsaprobe_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaprobe"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// A tenant whose pages hold 20 records at most, which its documentation does not say.
func Example() {
	server := halopsatest.NewServer(halopsatest.WithHabits(halopsatest.Habits{PageCap: 20}))
	defer server.Close()
	for i := range 75 {
		server.Seed("IntegrationError", map[string]any{"error": fmt.Sprint("no such site ", i)})
	}
	client, err := halopsa.NewClient(server.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	if err != nil {
		log.Fatal(err)
	}
	report, err := halopsaprobe.Run(context.Background(), client, halopsaprobe.WithResources("IntegrationError"))
	if err != nil {
		log.Fatal(err)
	}
	l := report.List("IntegrationError")
	fmt.Println(l.Array, "- paging:", l.Paging, "- cap:", l.Cap, "- record_count:", l.RecordCount.Paged)
	for _, m := range l.Members {
		fmt.Println(m.Name, m.Types)
	}
	// Output:
	// errors - paging: yes - cap: 20 - record_count: total
	// error [text]
	// id [integer]
}

// The file of a probe makes the stand-in behave like that tenant, and can be attached to an issue.
func ExampleReport_WriteJSON() {
	tenant := halopsatest.NewServer(halopsatest.WithHabits(halopsatest.Habits{Array: "mistakes"}))
	defer tenant.Close()
	ask := func(server *halopsatest.Server) *halopsaprobe.Report {
		client, err := halopsa.NewClient(server.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
		if err != nil {
			log.Fatal(err)
		}
		report, err := halopsaprobe.Run(context.Background(), client, halopsaprobe.WithResources("IntegrationError"))
		if err != nil {
			log.Fatal(err)
		}
		return report
	}
	name := filepath.Join(os.TempDir(), fmt.Sprintf("tenant-%d.json", os.Getpid()))
	defer func() { _ = os.Remove(name) }()
	file, err := os.Create(name)
	if err != nil {
		log.Fatal(err)
	}
	if err := ask(tenant).WriteJSON(file); err != nil {
		log.Fatal(err)
	}
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
	standin := halopsatest.NewServer(halopsatest.WithHabitsFrom(name))
	defer standin.Close()
	fmt.Println(ask(standin).List("IntegrationError").Array)
	// Output: mistakes
}
