package halopsatest

import "strings"

// resource is what the stand-in knows of an endpoint. Where the documentation is silent (what exclude_method_id does, say), the parameter is
// accepted and has no effect.
type resource struct {
	name                 string
	array                string // the list in the envelope [live]; "" is the name in lower case
	paged                bool   // has page_no, page_size and pageinate, and responds with an envelope
	sorted               bool   // has order … order5
	counted              bool   // honors count
	sized                bool   // honors page_size alone, as it does count
	gets, posts, deletes bool
	key                  string // the member that names a record in a path; "" is id
	filters              map[string]filter
	params               []string          // of the list, without an effect
	getParams            []string          // of Get
	members              map[string]member // nil: any
	required             []string          // of a create
	details              []string          // members that only Get with includedetails shows
	listed               []string          // the only members that a list shows; nil is all
	hidden               []string          // members that are never shown
	dated                string            // member that is filled with the time of the create
	created              int               // status of a create; 0 is 200
}

// filter keeps the rows of which a member has the value of a query parameter.
type filter struct {
	members []string
	flag    string // for parameters such as inbound_only: what the member must be when it is true
}

func by(member string) filter { return filter{members: []string{member}} }

var detailsParam = []string{"includedetails"}

// resources are those of the integration API. Names of arrays, bare arrays, what count does and which lists are paged are [live].
var resources = []resource{
	{
		name: "IntegrationDelta", array: "deltas", paged: true, gets: true, posts: true, deletes: true, dated: "date", members: deltaMembers,
	},
	{
		name: "IntegrationError", array: "errors", paged: true, sorted: true, counted: true, gets: true, posts: true, deletes: true, dated: "date",
		filters: map[string]filter{"detail_id": by("detail_id"), "module_id": by("module_id")},
		members: errorMembers, getParams: detailsParam,
	},
	{
		name: "IntegrationExport", posts: true, deletes: true, dated: "export_date", members: exportMembers,
		filters: map[string]filter{"moduleId": by("module_id"), "readyForImport": by("ready_for_import")},
	},
	{name: "IntegrationFieldData", gets: true, posts: true, deletes: true, members: fieldDataMembers},
	{
		name: "IntegrationFieldMapping", members: fieldMappingMembers,
		filters: map[string]filter{
			"msid": by("msid"), "product_id": by("product"), "subtypeid": by("subtypeid"),
			"syncfields": by("sync"), "typeid": by("typeid"), "xmvalue": by("xmvalue"),
		},
	},
	{name: "IntegrationLookUp", posts: true, members: lookUpMembers, required: []string{"module_id", "value"}}, // its list was not asked for: bare
	{
		name: "IntegrationRequest", array: "requests", paged: true, sorted: true, counted: true, gets: true, posts: true, deletes: true, dated: "datelogged",
		filters: map[string]filter{
			"detail_id": by("details_id"), "module_id": by("msid"), // [db]
			"inbound_only": {[]string{"isoutgoing"}, "false"}, "outbound_only": {[]string{"isoutgoing"}, "true"},
		},
		members: requestMembers, getParams: detailsParam,
		details: []string{"request_body", "request_headers", "response_headers", "trace"}, // response_body is in lists too [live]
	},
	{
		name: "IntegrationRunbookVariableGroup", gets: true, key: "value", listed: []string{"label", "value"}, // [live]
		params: []string{"exclude_method_id", "one_runbook_id"}, getParams: []string{"exclude_method_id", "method_ids"},
	},
	{
		name: "IntegrationSiteMapping", members: siteMappingMembers,
		filters: map[string]filter{
			"msid": by("module_id"), "third_party_client_id": by("third_party_client_id"),
			"get_active_only": {[]string{"inactive"}, "false"},
		},
	},
	{name: "IntegratorLog", array: "results", paged: true, counted: true, filters: map[string]filter{"module_id": by("module_id")}},
	{name: "IntegratorSchedule", array: "results", paged: true},
	{name: "IntegratorTrace", array: "results", paged: true, counted: true, sized: true, gets: true, listed: []string{"config_id", "id", "timestamp"}},
	{
		name: "ConnectedInstance", gets: true, posts: true, deletes: true, members: instanceMembers, hidden: []string{"new_clientsecret"},
		getParams: detailsParam,
	},
	{
		name: "IntegrationConfiguration", gets: true, posts: true, members: configurationMembers, getParams: detailsParam,
		hidden: []string{"new_client_secret", "new_access_token", "new_refresh_token", "new_alternate_client_secret", "new_webhook_password"},
	},
}

// otherArrays are the names of lists outside the integration API [live]; most others are bare arrays, which the stand-in does not imitate.
var otherArrays = map[string]string{
	"agent": "results", "asset": "assets", "client": "clients", "invoice": "invoices", "invoicechange": "changehistory",
	"invoicepayment": "payments", "invoicestatus": "data", "item": "items", "kbarticle": "articles", "quotation": "quotes",
	"appointment": "appointments",
}

// other is a resource outside the integration API, which a test has seeded.
func other(name string) resource {
	return resource{
		name: name, array: otherArrays[strings.ToLower(name)], paged: true, sorted: true, counted: true, gets: true, posts: true, deletes: true,
		getParams: detailsParam, created: 201, // [spec]
	}
}
