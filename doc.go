// Package halopsa is a typed client of HaloPSA's integration API, for sync services that must not lose or double a record.
//
// It keeps one promise: every record of a list comes once, or an error says which are missing; every write is known to have happened,
// known not to have happened, or reported as unknown.
//
// # Begin
//
// [NewClient] takes the instance's URL and the credentials of an API application; [NewClientFromEnv] takes them from the environment.
// A [Client] has one field for each resource, named as HaloPSA names it, and is safe for concurrent use.
//
//	client, err := halopsa.NewClient("https://acme.halopsa.com",
//		halopsa.WithTenant("acme"), halopsa.WithClientCredentials(id, secret))
//
// # Read
//
// All walks a whole list, Pages does so page by page, List reads one page and Get one record:
//
//	for e, err := range client.IntegrationError.All(ctx, &halopsa.IntegrationErrorListOptions{ModuleID: 12}) {
//		if err != nil {
//			return err
//		}
//		fmt.Println(e.Date, e.Error)
//	}
//
// [Page] says what a walk promises and [PaginationError] what it returns when the server makes that impossible.
//
// Since reads the deltas, errors, requests, log lines and traces that are newer than an id, and Follow goes on with those to come; see [Followed].
//
// Every record keeps the members that it has no field for in Extra. Values are read in every form that can mean one thing only. A float field
// holds NaN or an infinity where the server says so, which [encoding/json] cannot write.
//
// # Write
//
// Create, Update and Delete take inputs whose fields are absent unless they are [Set] or [Null]. HaloPSA has no idempotency keys, so a
// Create whose outcome is unknown is not repeated: it is an [ErrOutcomeUnknown]. [BatchError] says which of many inputs were written.
//
// Input makes an input of a record, to change it and write it back. What HaloPSA's columns cannot hold is refused before anything is sent;
// [Truncate] cuts a text to what fits.
//
// # Which id is which
//
// Every id is an int64, except that of a variable group and those of other systems, which are texts. The names are HaloPSA's, which has several for
// one thing:
//
//   - msid, module_id and moduleId are one and the same id, of an integration module such as that for NinjaRMM or Xero. IntegrationError stores
//     its module_id in a column IEMSid, and IntegrationRequest its msid in IRMSID [db].
//   - detail_id and details_id are the id of one configured connection of a module: a tenant can have two for Xero [db, spec].
//   - config_id, of [IntegratorSchedule] and [IntegratorTrace], is the id of the integrator's own configuration [live]. Nothing more is known of it.
//   - halo_id and halo_client_id, of [IntegrationSiteMapping], are the ids of a site and a client in HaloPSA [spec].
//   - What begins with third_party_ are the other system's ids and names, as texts [spec].
//   - value, of [IntegrationRunbookVariableGroup], is the group's id, and what Get takes [live].
//
// How a fact is known is in brackets, here and elsewhere: [live] was measured on a tenant, [seen] reported from one, [db] is in HaloPSA's table
// definitions, [doc] on its documentation pages and [spec] in its OpenAPI document.
//
// # Errors
//
// [APIError] is an answer of HaloPSA; [errors.Is] compares it with [ErrNotFound], [ErrForbidden], [ErrRateLimited] and the others. The SDK
// puts no token, secret, query or request header into an error or a log line, and takes them out of what the server echoes.
//
// # The rest of the API
//
// [ListOf], [AllOf], [GetOf], [PostOf], [PostOnceOf], [DeleteOf] and [Download] reach every other endpoint, with the same authentication, retries, limits and
// paging, and with a record type of the caller's own.
//
// # The systems behind HaloPSA
//
// [IntegrationDataService] passes calls on to the third-party systems that HaloPSA is connected to, and [HaloIntegrationService] makes tickets
// and actions; both read the response into a type of the caller's own.
//
// # Tests
//
// Package halopsatest is a stand-in server with the habits and faults of the real one.
package halopsa
