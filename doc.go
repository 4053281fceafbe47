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
// Since reads the errors, requests and log lines that are newer than an id, and Follow goes on with those to come; see [Followed].
//
// # Write
//
// Create, Update and Delete take inputs whose fields are absent unless they are [Set] or [Null]. HaloPSA has no idempotency keys, so a
// Create whose outcome is unknown is not repeated: it is an [ErrOutcomeUnknown]. [BatchError] says which of many inputs were written.
//
// # Errors
//
// [APIError] is an answer of HaloPSA; [errors.Is] compares it with [ErrNotFound], [ErrForbidden], [ErrRateLimited] and the others. The SDK
// puts no token, secret, query or request header into an error or a log line, and takes them out of what the server echoes.
//
// # The rest of the API
//
// [ListOf], [AllOf], [GetOf], [PostOf] and [DeleteOf] reach every other endpoint, with the same authentication, retries, limits and
// paging, and with a record type of the caller's own.
//
// # Tests
//
// Package halopsatest is a stand-in server with the habits and faults of the real one.
package halopsa
