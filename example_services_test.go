package halopsa_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// Replace the credentials of a connected instance. They are a Secret, which prints as a placeholder.
func ExampleConnectedInstanceService_Update() {
	server, client := tenant()
	defer server.Close()
	server.Seed("ConnectedInstance", map[string]any{"name": "Head office", "clientid": "old"})

	input := halopsa.ConnectedInstanceInput{
		ID: halopsa.Set[int64](1), ClientID: halopsa.Set("new"), NewClientSecret: halopsa.Set(halopsa.Secret("s3cret")),
	}
	fmt.Println(input.NewClientSecret)
	changed, err := client.ConnectedInstance.Update(context.Background(), []halopsa.ConnectedInstanceInput{input})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(changed[0].Name, changed[0].ClientID)
	// Output:
	// [redacted]
	// Head office new
}

// Log what changed in another system, and delete it once it is worked off.
func ExampleIntegrationDeltaService_Create() {
	server, client := tenant()
	defer server.Close()
	ctx := context.Background()
	deltas, err := client.IntegrationDelta.Create(ctx, []halopsa.IntegrationDeltaInput{{
		ModuleID: halopsa.Set[int64](12), EntityID: halopsa.Set[int64](902), Delta: halopsa.Set(`{"status":"Active"}`),
	}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(deltas[0].ID, deltas[0].Delta)

	err = client.IntegrationDelta.Delete(ctx, deltas[0].ID)
	fmt.Println(err, len(server.Stored("IntegrationDelta")))
	// Output:
	// 1 {"status":"Active"}
	// <nil> 0
}

// The fields of another system that can be mapped.
func ExampleIntegrationFieldDataService_All() {
	server, client := tenant()
	defer server.Close()
	server.Seed("IntegrationFieldData", map[string]any{"msid": 12, "name": "Serial number", "fieldid": "serialNumber"})
	for field, err := range client.IntegrationFieldData.All(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(field.Name, "is", field.FieldID)
	}
	// Output: Serial number is serialNumber
}

// Which fields are kept in step.
func ExampleIntegrationFieldMappingService_All() {
	server, client := tenant()
	defer server.Close()
	server.Seed("IntegrationFieldMapping",
		map[string]any{"name": "Serial number", "thirdpartyname": "serialNumber", "sync": true},
		map[string]any{"name": "Notes", "thirdpartyname": "comment", "sync": false})
	synced := &halopsa.IntegrationFieldMappingListOptions{SyncFields: halopsa.Set(true)}
	for mapping, err := range client.IntegrationFieldMapping.All(context.Background(), synced) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(mapping.ThirdPartyName, "→", mapping.Name)
	}
	// Output: serialNumber → Serial number
}

// Read a look-up, change it, write it back: Input makes an input of the record.
func ExampleIntegrationLookUpService_Update() {
	server, client := tenant()
	defer server.Close()
	ctx := context.Background()
	server.Seed("IntegrationLookUp", map[string]any{"module_id": 12, "type": 3, "third_party_id": "prio-2", "value": "High"})
	page, err := client.IntegrationLookUp.List(ctx)
	if err != nil {
		log.Fatal(err)
	}

	lookup := page.Records[0]
	lookup.Value = "Urgent"
	changed, err := client.IntegrationLookUp.Update(ctx, []halopsa.IntegrationLookUpInput{lookup.Input()})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(changed[0].ThirdPartyID, "is", changed[0].Value)
	// Output: prio-2 is Urgent
}

// The slow requests to another system, newest first.
func ExampleIntegrationRequestService_All() {
	server, client := tenant()
	defer server.Close()
	server.Seed("IntegrationRequest",
		map[string]any{"isoutgoing": true, "url": "https://api.example.com/devices", "resultcode": 200, "duration": 7.5},
		map[string]any{"isoutgoing": true, "url": "https://api.example.com/sites", "resultcode": 200, "duration": 0.2},
		map[string]any{"isoutgoing": false, "url": "/webhook", "resultcode": 500, "duration": 9})
	outgoing := &halopsa.IntegrationRequestListOptions{OutboundOnly: true, Sort: []halopsa.SortKey{halopsa.Desc("id")}}
	for request, err := range client.IntegrationRequest.All(context.Background(), outgoing) {
		if err != nil {
			log.Fatal(err)
		}
		if request.Duration > 5 {
			fmt.Println(request.URL, request.ResultCode, request.Duration)
		}
	}
	// Output: https://api.example.com/devices 200 7.5
}

// Groups have texts for ids: the Value of a row of the list.
func ExampleIntegrationRunbookVariableGroupService_Get() {
	server, client := tenant()
	defer server.Close()
	server.Seed("IntegrationRunbookVariableGroup", map[string]any{
		"id": "faults", "label": "Ticket", "value": "faults", "variables": []map[string]any{{"value": "$SUMMARY", "type": "string"}},
	})
	group, err := client.IntegrationRunbookVariableGroup.Get(context.Background(), "faults", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(group.Label, group.Variables[0].Value)
	// Output: Ticket $SUMMARY
}

// Which site of another system is which of HaloPSA's.
func ExampleIntegrationSiteMappingService_All() {
	server, client := tenant()
	defer server.Close()
	server.Seed("IntegrationSiteMapping", map[string]any{"halo_id": 10, "third_party_id": "700", "third_party_name": "Acme HQ"})
	sites := make(map[string]int64)
	for mapping, err := range client.IntegrationSiteMapping.All(context.Background(), nil) {
		if err != nil {
			log.Fatal(err)
		}
		sites[mapping.ThirdPartyID] = mapping.HaloID
	}
	fmt.Println(sites)
	// Output: map[700:10]
}

// Watch the integrator engine: each line of its log as it comes. HaloPSA does not document its members, which are in Extra.
func ExampleIntegratorLogService_Follow() {
	server, client := tenant()
	defer server.Close()
	server.Seed("IntegratorLog", map[string]any{"module_id": 12, "message": "Sync started"}, map[string]any{"module_id": 12, "message": "Sync finished"})
	for line, err := range client.IntegratorLog.Follow(context.Background(), 0, time.Minute, nil) {
		if err != nil {
			log.Fatal(err)
		}
		message := string(line.Record.Extra["message"])
		fmt.Println(line.Cursor, message)
		if message == `"Sync finished"` {
			break
		}
	}
	// Output:
	// 1 "Sync started"
	// 2 "Sync finished"
}

// When the integrator engine runs what. The type of a schedule's frequency is not known: it is the JSON that arrived.
func ExampleIntegratorScheduleService_List() {
	server, client := tenant()
	defer server.Close()
	server.Seed("IntegratorSchedule", map[string]any{"config_id": 7, "importnames": "Devices", "frequency": 60, "last_run": "2026-10-02T11:00:00"})
	page, err := client.IntegratorSchedule.List(context.Background(), nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, schedule := range page.Records {
		fmt.Println(schedule.ImportNames, schedule.LastRun.Format(time.TimeOnly), string(schedule.Frequency))
	}
	// Output: Devices 11:00:00 60
}

// A tenant of an older version does not have every endpoint.
func ExampleIntegratorTraceService_Get() {
	server, client := tenant()
	defer server.Close()
	server.Seed("IntegratorTrace", map[string]any{"config_id": 7})
	server.Fault(halopsatest.Fault{Resource: "IntegratorTrace", Status: 404})

	_, err := client.IntegratorTrace.Get(context.Background(), 1)
	fmt.Println(errors.Is(err, halopsa.ErrNotFound))
	trace, err := client.IntegratorTrace.Get(context.Background(), 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(trace.ID, trace.ConfigID)
	// Output:
	// true
	// 1 7
}
