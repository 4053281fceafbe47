package halopsatest

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// demoModule is an integration of the demonstration data with the errors it is prone to.
type demoModule struct {
	id     int
	name   string
	entity string
	weight int
	errors []string
}

var demoModules = []demoModule{
	{12, "Datto RMM", "Asset", 9, []string{
		"404 Not Found: no such device", "The site is not mapped", "The serial number is already in use by another asset",
	}},
	{24, "QuickBooks Online", "Invoice", 6, []string{
		"Business Validation Error: the customer is inactive", "Duplicate document number", "401 Unauthorized: the refresh token has expired",
	}},
	{31, "Microsoft Intune", "Asset", 4, []string{"403 Forbidden: insufficient privileges to complete the operation", "The device has no primary user"}},
	{47, "Xero", "Invoice", 3, []string{"ValidationException: account code 200 is not valid", "429 Too Many Requests"}},
	{58, "Microsoft Entra ID", "User", 2, []string{"The e-mail address is in use by another user", "The group has no members"}},
	{63, "Meraki", "Asset", 1, []string{"502 Bad Gateway"}},
}

var demoCustomers = []string{"Acme", "Contoso", "Fabrikam", "Globex", "Initech", "Northwind"}

// SeedDemo fills a stand-in with errors integration errors, as many requests and a few exports, logs, schedules and mappings over
// several modules: always the same ones, the latest a few minutes old.
func SeedDemo(h *Handler, errors int) {
	r := rand.New(rand.NewPCG(7, 12)) //nolint:gosec // it makes a demonstration
	at := time.Now().UTC().Truncate(time.Second)
	stamp := func(t time.Time) string { return sqlDate(t.Add(time.Duration(r.IntN(1000)) * time.Millisecond)) }
	begin := at.Add(-time.Duration(errors) * 17 * time.Minute)
	weights := 0
	for _, m := range demoModules {
		weights += m.weight
	}
	for i := range errors {
		m := demoModules[pick(r, weights)]
		logged := begin.Add(time.Duration(i) * 17 * time.Minute)
		entity := 800 + r.IntN(200)
		name := fmt.Sprintf("%s %s %d", demoCustomers[r.IntN(len(demoCustomers))], m.entity, entity)
		path := fmt.Sprintf("/v2/%ss/%d", m.entity, entity)
		failure := m.errors[r.IntN(len(m.errors))]
		h.Seed("IntegrationError", map[string]any{
			"module_id": m.id, "module_name": m.name, "detail_id": m.id%5 + 1, "entity_type": m.entity, "entity_id": entity,
			"entity_name": name, "endpoint": path, "error": failure, "date": stamp(logged),
		})
		code := []int{200, 200, 200, 404, 429, 500}[r.IntN(6)]
		h.Seed("IntegrationRequest", map[string]any{
			"isoutgoing": i%4 != 0, "operation": []string{"GET", "POST", "PUT"}[r.IntN(3)], "type": m.entity, "msid": m.id,
			"module_name": m.name, "datelogged": stamp(logged), "resultcode": code, "url": "https://api.example.com" + path,
			"details_id": m.id%5 + 1, "duration": float64(r.IntN(9000)) / 1000, "hastrace": false,
			"request_body": `{"id":` + fmt.Sprint(entity) + `}`, "response_body": `{"result":"` + failure + `"}`,
			"request_headers": "Accept: application/json", "response_headers": "Content-Type: application/json",
		})
	}
	for i, m := range demoModules {
		last := at.Add(-time.Duration(i*20) * time.Minute)
		h.Seed("IntegrationExport", map[string]any{
			"module_id": m.id, "halo_name": m.entity + " " + fmt.Sprint(1200+i), "export_date": stamp(last),
			"ready_for_import": i%2 == 0, "export_progress": "",
		})
		h.Seed("IntegratorSchedule", map[string]any{
			"config_id": i + 1, "importnames": m.entity + "s", "module_list": m.name, "modules": []int{m.id}, "modules_json": fmt.Sprintf("[%d]", m.id),
			"frequency": 60, "expected_duration": 5, "is_running": i == 5,
			"last_run": stamp(last), "next_run": stamp(last.Add(time.Hour)),
		})
		h.Seed("IntegratorLog", map[string]any{"module_id": m.id, "date": stamp(last), "message": "Sync of " + m.name + " finished", "level": "info"})
		h.Seed("IntegrationSiteMapping", map[string]any{
			"module_id": m.id, "halo_id": 10 + i, "halo_name": demoCustomers[i] + " / Main", "third_party_id": fmt.Sprint(700 + i),
			"third_party_name": demoCustomers[i] + " HQ", "third_party_client_id": fmt.Sprint(70 + i), "seq": i + 1,
		})
		h.Seed("IntegrationFieldData", map[string]any{"msid": m.id, "name": "Serial number", "fieldid": "serialNumber", "type": 0})
		h.Seed("IntegrationFieldMapping", map[string]any{
			"msid": m.id, "name": "Serial number", "thirdpartyname": "serialNumber", "sync": true, "typeid": 1, "isassetfield": true,
		})
		h.Seed("IntegrationLookUp", map[string]any{"module_id": m.id, "type": 1, "third_party_id": "active", "value": "Active"})
		h.Seed("IntegrationDelta", map[string]any{
			"module_id": m.id, "entity_id": 900 + i, "third_party_id": fmt.Sprint(700 + i), "delta": `{"status":"Active"}`, "date": stamp(last),
		})
		h.Seed("IntegratorTrace", map[string]any{"config_id": i + 1, "timestamp": stamp(last)})
	}
	h.Seed("ConnectedInstance", map[string]any{
		"name": "Head office", "apiurl": "https://head.example.com/api", "authurl": "https://head.example.com/auth", "tenant": "head",
	})
	h.Seed("IntegrationConfiguration", map[string]any{"application_url": "https://app.example.com", "client_id": "head", "new_client_secret": "never shown"})
	h.Seed("IntegrationRunbookVariableGroup", map[string]any{
		"id": "faults", "label": "Ticket", "value": "faults",
		"variables": []map[string]any{{"value": "$SUMMARY", "group": "faults", "type": "string"}},
	})
}

// pick draws a module, those with more weight more often.
func pick(r *rand.Rand, weights int) int {
	n := r.IntN(weights)
	for i, m := range demoModules {
		if n -= m.weight; n < 0 {
			return i
		}
	}
	return 0
}
