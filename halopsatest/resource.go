package halopsatest

import "strings"

// resource is what the stand-in knows of an endpoint. Where the documentation is silent (what module_id means for a request, say), the
// nearest member is taken.
type resource struct {
	name                 string
	array                string // the list in the envelope
	paged                bool   // has page_no, page_size and pageinate
	gets, posts, deletes bool
	textID               bool
	filters              map[string]filter
	details              []string // members that only Get with includedetails shows
	hidden               []string // members that are never shown
	dated                string   // member that is filled with the time of the create
}

// filter keeps the rows whose member has the value of a query parameter.
type filter struct {
	member string
	flag   string // for parameters such as inbound_only: what the member must be when it is true
}

// resources are the 13 of the integration API.
var resources = []resource{
	{name: "IntegrationDelta", gets: true, posts: true, deletes: true, dated: "date"},
	{
		name: "IntegrationError", array: "errors", paged: true, gets: true, posts: true, deletes: true, dated: "date",
		filters: map[string]filter{"detail_id": {member: "detail_id"}, "module_id": {member: "module_id"}},
	},
	{
		name: "IntegrationExport", posts: true, deletes: true, dated: "export_date",
		filters: map[string]filter{"moduleId": {member: "module_id"}, "readyForImport": {member: "ready_for_import"}},
	},
	{name: "IntegrationFieldData", gets: true, posts: true, deletes: true},
	{
		name: "IntegrationFieldMapping",
		filters: map[string]filter{
			"msid": {member: "msid"}, "product_id": {member: "product"}, "subtypeid": {member: "subtypeid"},
			"syncfields": {member: "sync"}, "typeid": {member: "typeid"}, "xmvalue": {member: "xmvalue"},
		},
	},
	{name: "IntegrationLookUp", posts: true},
	{
		name: "IntegrationRequest", array: "requests", paged: true, gets: true, posts: true, deletes: true, dated: "datelogged",
		filters: map[string]filter{
			"detail_id": {member: "details_id"}, "module_id": {member: "msid"},
			"inbound_only": {member: "isoutgoing", flag: "false"}, "outbound_only": {member: "isoutgoing", flag: "true"},
		},
		details: []string{"request_body", "response_body", "request_headers", "response_headers", "trace"},
	},
	{name: "IntegrationRunbookVariableGroup", gets: true, textID: true},
	{
		name: "IntegrationSiteMapping",
		filters: map[string]filter{
			"msid": {member: "module_id"}, "third_party_client_id": {member: "third_party_client_id"},
			"get_active_only": {member: "inactive", flag: "false"},
		},
	},
	{
		name: "IntegratorLog", array: "logs", paged: true,
		filters: map[string]filter{"module_id": {member: "module_id"}},
	},
	{name: "IntegratorSchedule", array: "schedules", paged: true},
	{name: "IntegratorTrace", gets: true},
	{name: "ConnectedInstance", gets: true, posts: true, deletes: true, hidden: []string{"new_clientsecret"}},
}

// other is a resource outside the integration API, which a test has seeded.
func other(name string) resource {
	return resource{name: name, array: strings.ToLower(name), paged: true, gets: true, posts: true, deletes: true}
}
