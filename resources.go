package halopsa

// Paths of the resources that sync services use most, for [ListOf], [AllOf], [GetOf], [PostOf], [PostOnceOf] and [DeleteOf] [spec].
//
// Tickets are the API's Faults, clients its Area, assets its Device, and contracts its ContractHeader: only the documentation calls them so.
const (
	PathActions        = "Actions"
	PathAgent          = "Agent"
	PathAsset          = "Asset"
	PathAssetType      = "AssetType"
	PathAttachment     = "Attachment" // [Download] reads the file of one
	PathClient         = "Client"
	PathClientContract = "ClientContract"
	PathFieldInfo      = "FieldInfo"
	PathInvoice        = "Invoice"
	PathItem           = "Item"
	PathSite           = "Site"
	PathStatus         = "Status"
	PathTeam           = "Team"
	PathTickets        = "Tickets"
	PathTicketType     = "TicketType"
	PathUsers          = "Users"
)

// Names of the arrays in the lists of these resources. The SDK finds the array by itself; they are for fakes and for reading what was kept.
//
// AssetType, FieldInfo, Status, Team and TicketType have none: small tables are bare arrays [live: most of them].
const (
	ArrayActions        = "actions"     // [live]
	ArrayAgent          = "results"     // [live]
	ArrayAsset          = "assets"      // [live]
	ArrayAttachment     = "attachments" // [seen]
	ArrayClient         = "clients"     // [live]
	ArrayClientContract = "contracts"   // [seen]
	ArrayInvoice        = "invoices"    // [live]
	ArrayItem           = "items"       // [live]
	ArraySite           = "sites"       // [seen]
	ArrayTickets        = "tickets"     // [live]
	ArrayUsers          = "users"       // [seen]
)

// Parameters that filter lists of these resources by a date, for [WithQuery]. Dates are written as 2026-10-02T11:22:33 [seen].
//
// HaloPSA silently ignores a parameter that a list does not have [seen], and then returns everything. Agent, AssetType, Attachment,
// ClientContract, FieldInfo, Item, Status, Team and TicketType have none that is documented.
const (
	// FilterDateSearch names the date that [FilterStartDate] and [FilterEndDate] are about: [DateOccurred] or [DateCleared].
	//
	// Tickets, Actions [spec]. What else it takes is not known.
	FilterDateSearch = "datesearch"
	// FilterStartDate leaves out what is older. Tickets, with FilterDateSearch; Actions, by when they occurred [spec].
	FilterStartDate = "startdate"
	// FilterEndDate leaves out what is newer. Tickets, with FilterDateSearch; Actions, by when they occurred [spec].
	FilterEndDate = "enddate"
	// FilterLastUpdateFrom leaves out what was not changed since. Tickets [seen], Asset, Client, Site and Users [spec].
	//
	// The OpenAPI document declares it as a bool, and so for what it says of the response; sync services send a date for tickets [seen]. Whether
	// the other four filter by it is not known.
	FilterLastUpdateFrom = "lastupdatefromdate"
	// FilterLastUpdateTo leaves out what was changed later; see [FilterLastUpdateFrom].
	FilterLastUpdateTo = "lastupdatetodate"
	// FilterInvoiceDateStart leaves out older invoices. Invoice [spec], which declares it as a bool, as it does [FilterLastUpdateFrom].
	FilterInvoiceDateStart = "invoicedatestart"
	// FilterInvoiceDateEnd leaves out newer invoices; see [FilterInvoiceDateStart].
	FilterInvoiceDateEnd = "invoicedateend"
)

// Values of [FilterDateSearch] for tickets [spec].
const (
	// DateOccurred is when a ticket was opened. HaloPSA spells it so.
	DateOccurred = "dateoccured"
	// DateCleared is when a ticket was closed.
	DateCleared = "datecleared"
)
