// Package halopsa is a typed client for HaloPSA's integration API, for sync services that must neither lose nor duplicate a record.
//
// It keeps one promise: every record of a list comes once, or an error says what is missing; every write is known to have happened,
// known not to have happened, or reported as unknown.
//
// HaloPSA documents the API at https://halopsa.com/apidoc/info, and each instance documents every operation of the version that it runs at its own URL
// followed by /api/swagger/index.html [seen]. The link below the "API:" line of a method leads to its resource there, on an instance of HaloPSA itself.
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
// Since reads the deltas, errors, requests, log lines and traces that are newer than an id, and Follow continues with those to come; see [Followed].
//
// Every record keeps members without a field in Extra. Values are accepted in every unambiguous form. A float field
// holds NaN or an infinity if the server sends one, which [encoding/json] cannot write.
//
// # Write
//
// Create, Update and Delete take inputs whose fields are absent unless they are [Set] or [Null]. HaloPSA has no idempotency keys, so a
// Create whose outcome is unknown is not repeated: it is an [ErrOutcomeUnknown]. CreateOnce reads back to find out; see [Match]. [BatchError] says
// which of many inputs were written.
//
// Input builds an input from a record, to change it and write it back. Values that HaloPSA's columns cannot hold are refused before anything is
// sent; [Truncate] shortens a text so that it fits.
//
// # Glossary of the integration API
//
//   - A module is one of HaloPSA's integrations with other systems, such as NinjaRMM or Xero.
//   - A connection is one configured use of a module: a tenant can have two for Xero. A [ConnectedInstance] is something else: another HaloPSA
//     instance that this one is connected to.
//   - The integrator is HaloPSA's own engine, which runs the modules: [IntegratorSchedule] says when, [IntegratorTrace] what it did in one run, and
//     [IntegratorLog] is a line that it logged.
//   - A delta, [IntegrationDelta], is a change that an integration has yet to pass on.
//   - An export, [IntegrationExport], is a record that HaloPSA has staged for another system to take, with its progress and its error.
//   - A look-up, [IntegrationLookUp], is HaloPSA's value for something that another system identifies by an id.
//   - A mapping, [IntegrationFieldMapping] or [IntegrationSiteMapping], maps a field or a site of HaloPSA to one of another system;
//     [IntegrationFieldData] is a field of another system that can be mapped.
//   - An error, [IntegrationError], is a failure that an integration has logged, not a Go error; a request, [IntegrationRequest], is a call that it
//     has made or received.
//
// # Which id is which
//
// Every id is an int64, except the ids of variable groups and of other systems, which are strings. The names are HaloPSA's, which has several for
// the same thing:
//
//   - msid, module_id and moduleId are one and the same id, of an integration module such as that for NinjaRMM or Xero. IntegrationError stores
//     its module_id in a column IEMSid, and IntegrationRequest its msid in IRMSID [db]. HaloPSA documents no list of them: a module's id is in
//     what it has logged and mapped, as in [IntegrationRequest] beside the module's name.
//   - detail_id and details_id are the id of one configured connection of a module: a tenant can have two for Xero [db, spec].
//   - config_id, of [IntegratorSchedule] and [IntegratorTrace], is the id of the integrator's own configuration [live]. Nothing more is known of it.
//   - halo_id and halo_client_id, of [IntegrationSiteMapping], are the ids of a site and a client in HaloPSA [spec].
//   - Members that begin with third_party_ are the other system's ids and names, as strings [spec].
//   - value, of [IntegrationRunbookVariableGroup], is the group's id, and what Get takes [live].
//
// Brackets say how a fact is known, here and elsewhere: [live] was measured on a tenant, [seen] was reported from one, [db] is in HaloPSA's table
// definitions, [doc] on its documentation pages and [spec] in its OpenAPI document: [spec24], [spec25] and [spec26] name the
// edition. [conv] is a convention of the rest of the API, not proven for this part.
//
// # Errors
//
// [APIError] is an error response; [errors.Is] compares it with [ErrNotFound], [ErrForbidden], [ErrRateLimited] and the others. The SDK
// puts no token, secret, query or request header into an error or a log line, and removes them from what the server echoes.
//
// # The rest of the API
//
// [ListOf], [AllOf], [GetOf], [PostOf], [PostOnceOf], [DeleteOf] and [Download] reach every other endpoint, with the same authentication, retries, limits and
// paging, and with a custom record type.
//
// # The systems behind HaloPSA
//
// [IntegrationDataService] passes calls on to the third-party systems that HaloPSA is connected to, and [HaloIntegrationService] creates tickets
// and actions; both decode the response into a custom type.
//
// # Tests
//
// Package halopsatest is a stand-in server with the habits and faults of the real one.
package halopsa
