package halopsa_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// tenant starts a stand-in for a tenant that has four integration errors, and returns it with a client. A program uses
// [halopsa.NewClientFromEnv], or [halopsa.NewClient] with the URL of its instance.
func tenant(opts ...halopsa.ClientOption) (*halopsatest.Server, *halopsa.Client) {
	server := halopsatest.NewServer()
	for i, text := range []string{"no such site", "404 Not Found", "no such site", "disabled"} {
		server.Seed("IntegrationError", map[string]any{
			"module_id": 12 + i%2, "error": text, "date": fmt.Sprintf("2026-10-0%dT11:22:33.457", 1+i),
		})
	}
	client, err := halopsa.NewClient(server.URL(), append([]halopsa.ClientOption{
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithBackoff(0, 0), // an example does not wait
	}, opts...)...)
	if err != nil {
		log.Fatal(err)
	}
	return server, client
}

func Example() {
	server := halopsatest.NewServer() // in a program this is https://acme.halopsa.com
	defer server.Close()
	server.Seed("IntegrationError", map[string]any{"module_id": 12, "error": "no such site", "date": "2026-10-02T11:22:33.457"})

	client, err := halopsa.NewClient(server.URL(),
		halopsa.WithTenant("acme"),
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	if err != nil {
		log.Fatal(err)
	}
	for e, err := range client.IntegrationError.All(context.Background(), &halopsa.IntegrationErrorListOptions{ModuleID: 12}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.ID, e.Date.Format("2006-01-02"), e.Error)
	}
	// Output: 1 2026-10-02 no such site
}

func ExampleNewClient() {
	_, err := halopsa.NewClient("http://acme.halopsa.com", halopsa.WithClientCredentials("id", "secret"))
	fmt.Println(err)
	fmt.Println(errors.Is(err, halopsa.ErrInvalid))
	// Output:
	// halopsa: base URL: http:// to acme.halopsa.com would send credentials in the clear; use https://, or WithInsecureHTTP if that is meant
	// true
}

// Pages is for progress and for work that goes better in batches. RecordCount is -1 when the server does not say.
func ExampleIntegrationErrorService_Pages() {
	server, client := tenant()
	defer server.Close()
	done := 0
	for page, err := range client.IntegrationError.Pages(context.Background(), &halopsa.IntegrationErrorListOptions{
		ListOptions: halopsa.ListOptions{PageSize: 3},
	}) {
		if err != nil {
			log.Fatal(err)
		}
		done += len(page.Records)
		fmt.Printf("page %d: %d of %d\n", page.Number, done, page.RecordCount)
	}
	// Output:
	// page 1: 3 of 4
	// page 2: 4 of 4
}

// A walk that cannot be complete says so after the records that it could read.
func ExampleIntegrationErrorService_All() {
	server, client := tenant()
	defer server.Close()
	server.SetHabits("IntegrationError", halopsatest.Habits{IgnorePaging: true, IgnoreCount: true, DefaultSize: 3})

	for e, err := range client.IntegrationError.All(context.Background(), nil) {
		var short *halopsa.PaginationError
		switch {
		case errors.As(err, &short):
			fmt.Printf("%d of %d records\n", short.Seen, short.RecordCount)
		case err != nil:
			log.Fatal(err)
		default:
			fmt.Println(e.ID)
		}
	}
	// Output:
	// 1
	// 2
	// 3
	// 3 of 4 records
}

func ExampleIntegrationErrorService_Get() {
	server, client := tenant()
	defer server.Close()
	e, err := client.IntegrationError.Get(context.Background(), 2, &halopsa.IntegrationErrorGetOptions{IncludeDetails: true})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(e.ID, e.ModuleID, e.Error)

	_, err = client.IntegrationError.Get(context.Background(), 99, nil)
	if errors.Is(err, halopsa.ErrNotFound) {
		fmt.Println("there is no such record")
	}
	// Output:
	// 2 13 404 Not Found
	// there is no such record
}

// A create whose response is lost is not repeated: HaloPSA would create a second record. Read back to find out.
func ExampleIntegrationErrorService_Create() {
	server, client := tenant()
	defer server.Close()
	server.Fault(halopsatest.Fault{Method: http.MethodPost, Kind: halopsatest.Reset, Applied: true})

	ctx := context.Background()
	_, err := client.IntegrationError.Create(ctx, []halopsa.IntegrationErrorInput{{
		ModuleID: halopsa.Set[int64](12), EntityID: halopsa.Set[int64](902), Error: halopsa.Set("no such device"),
	}})
	switch {
	case err == nil:
		fmt.Println("written")
	case errors.Is(err, halopsa.ErrOutcomeUnknown):
		newest := &halopsa.IntegrationErrorListOptions{ModuleID: 12, Sort: []halopsa.SortKey{halopsa.Desc("id")}}
		for e, err := range client.IntegrationError.All(ctx, newest) {
			if err != nil {
				log.Fatal(err)
			}
			if e.EntityID == 902 {
				fmt.Println("written after all, as record", e.ID)
				break
			}
		}
	default:
		fmt.Println("not written:", err)
	}
	// Output: written after all, as record 5
}

// A worker takes what is ready and reports how far it is. Members without a value stay as they are.
func ExampleIntegrationExportService_Update() {
	server, client := tenant()
	defer server.Close()
	server.Seed("IntegrationExport", map[string]any{"module_id": 24, "halo_name": "Invoice 1200", "ready_for_import": true})

	ctx := context.Background()
	ready := &halopsa.IntegrationExportListOptions{ModuleID: 24, ReadyForImport: halopsa.Set(true)}
	for export, err := range client.IntegrationExport.All(ctx, ready) {
		if err != nil {
			log.Fatal(err)
		}
		changed, err := client.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{{
			ID:             halopsa.Set(export.ID),
			ExportProgress: halopsa.Set("exported"),
			ReadyForImport: halopsa.Set(false),
			ProgressError:  halopsa.Null[string](),
		}})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(changed[0].HaloName, changed[0].ExportProgress, changed[0].ReadyForImport)
	}
	// Output: Invoice 1200 exported false
}

// Many inputs go in several requests. If one of them fails, the error says what became of each input.
func ExampleBatchError() {
	server, client := tenant(halopsa.WithBatchSize(2))
	defer server.Close()
	server.Fault(halopsatest.Fault{Method: http.MethodPost, After: 1, Status: http.StatusBadRequest, Body: `{"[1].error":["The text is too long."]}`})

	written, err := client.IntegrationError.Create(context.Background(), make([]halopsa.IntegrationErrorInput, 5))
	var batch *halopsa.BatchError
	if errors.As(err, &batch) {
		fmt.Println("written:", batch.Written, "as", written[0].ID, "and", written[1].ID)
		fmt.Println("refused:", batch.Refused)
		fmt.Println("unknown:", batch.Unknown)
		fmt.Println("not sent:", batch.NotSent)
		fmt.Println(batch.Members[0].Input, batch.Members[0].Member, batch.Members[0].Messages)
	}
	fmt.Println(errors.Is(err, halopsa.ErrInvalid), errors.Is(err, halopsa.ErrOutcomeUnknown))
	// Output:
	// written: [0 1] as 5 and 6
	// refused: [2 3]
	// unknown: []
	// not sent: [4]
	// 3 error [The text is too long.]
	// true false
}

func ExampleAPIError() {
	server, client := tenant()
	defer server.Close()
	server.Fault(halopsatest.Fault{
		Status: http.StatusForbidden, Header: http.Header{"X-Request-Id": {"r-42"}}, Body: `{"Message":"Authorization has been denied for this request."}`,
	})

	_, err := client.IntegrationRequest.List(context.Background(), nil)
	var refused *halopsa.APIError
	switch {
	case errors.Is(err, halopsa.ErrRateLimited), errors.Is(err, halopsa.ErrServer):
		fmt.Println("later, perhaps")
	case errors.As(err, &refused):
		fmt.Println(refused.Op, refused.StatusCode, refused.RequestID)
		fmt.Println(refused.Message)
	}
	fmt.Println(err)
	// Output:
	// IntegrationRequest.List 403 r-42
	// Authorization has been denied for this request.
	// halopsa: IntegrationRequest.List: GET /IntegrationRequest: 403 Forbidden: Authorization has been denied for this request: the API application lacks the scope, or the agent it logs in as lacks the role; Client.Check tells what can be read; the scope of a token never widens when it is refreshed (request id r-42)
}

// End a sort with the id, so that records which are equal otherwise keep their places between pages.
func ExampleSortKey() {
	server, client := tenant()
	defer server.Close()
	sorted := &halopsa.IntegrationErrorListOptions{Sort: []halopsa.SortKey{halopsa.Asc("error"), halopsa.Desc("id")}}
	for e, err := range client.IntegrationError.All(context.Background(), sorted) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(e.Error, e.ID)
	}
	// Output:
	// 404 Not Found 2
	// disabled 4
	// no such site 3
	// no such site 1
}
