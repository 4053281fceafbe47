package halopsa

import (
	"context"
	"time"
)

// Match reports whether record, as it appears in the list, was created from input. The CreateOnce methods and [PostOnceOf] take a Match, create
// records and report a known outcome.
//
// They send the inputs as Create does, a batch at a time. A batch whose outcome is unknown is read back: inputs whose records are there are
// done, the others are sent again, and the call continues with the rest. It returns a record for each input, at the input's index, even if
// the response has none. Like Create, it returns a [BatchError] when it fails. Unknown lists the inputs whose outcome could not be determined,
// because the reading failed too or the match was unusable: only then is the error an [ErrOutcomeUnknown]. An input in Refused or NotSent was not written.
//
// HaloPSA has no idempotency key, so everything depends on the match. Compare members that HaloPSA stores as they were sent: rows of a list may
// lack some, and dates come back in steps of 3.33 ms [db]. Best of all is a text that no other record has, as in
//
//	func(record *halopsa.IntegrationError, input halopsa.IntegrationErrorInput) bool {
//		return input.EntityName == halopsa.Set(record.EntityName)
//	}
//
// The page docs/writing.md of the repository has a table of the members that are safe to compare, for each kind of record.
//
// The match is called on the caller's goroutine, with pairs in any order.
//
//   - Each record belongs to one input. If one of two equal inputs was stored, the other one is sent again.
//   - A match that accepts one record for two different inputs is too loose: the call ends with these inputs in Unknown.
//   - A match that rejects the record that HaloPSA created from an input is too strict. This is noticed after the input was sent again: the
//     call ends with it in Unknown, since it may be there twice.
//   - If it accepts several new records for one input, the oldest one counts; the others were created by somebody else. A record that
//     somebody else creates during the call is taken for the input's if that is missing, unless another call of the same client created it:
//     one of CreateOnce in any case, another one if its response names the record.
//   - A panic of the match is passed on. A nil match is refused.
//
// In a log (errors, requests, deltas, and any list that PostOnceOf reads) only records newer than the call are read. If the client has not
// created a record there within the last minute, or has not heard of its id, that costs one request before the first write, which asks for the
// newest id; records that another program wrote in that minute therefore count as written during the call. The lists of exports, field data and
// look-ups, which are not logs, are read as a whole, but only after an unknown outcome: an older record that the match accepts counts as the
// input's. The application needs the right to read the list. Options apply to the reading too, so that a filter given with [WithQuery] makes it
// cheaper; [WithSort], [WithPage], [WithLimit] and [WithBadRow] are not used, since they can leave out the record of an input, and [WithKey] is
// refused, since records are identified by their ids.
//
// A server can continue working on a write after its gateway has given up [seen]. Missing records are therefore looked for again after a pause
// (see [WithSettleTime]) before their inputs are sent again. A write that takes even longer can happen twice.
//
// When ctx ends during a write or the reading, the call still reads, under a separate context that ends 10 s after that pause, and sends
// nothing more. An input is sent again as often as [WithMaxRetries] says, counted from the last progress, and never with [WithoutRetry].
type Match[T, I any] func(record *T, input I) bool

// WithSettleTime sets how long the CreateOnce methods wait, after a write that the server may still be working on, before they trust a list
// without its records; the default is 10 s. See [Match].
func WithSettleTime(d time.Duration) Option {
	return optionFunc(func(c *callConfig) error {
		if d < 0 {
			return badArgument("WithSettleTime", "%s: must not be negative", d)
		}
		c.settle = d
		return nil
	})
}

// PostOnceOf creates records at path, such as "Tickets", as CreateOnce does; see [Match] for what it promises.
//
// T is as in [ListOf]. The list at path is read back in the order of its ids. A list whose records have no numeric ids is read as a whole, so that
// older records count too. An input with an id is refused: it would be an update.
func PostOnceOf[T, I any](
	ctx context.Context, client *Client, path string, inputs []I, match Match[T, I], opts ...RequestOption,
) ([]*T, error) {
	return onceOf(ctx, client, endpointAt(path), "PostOnce", inputs, match, opts)
}

// CreateOnce logs integration errors, each exactly once; see [Match] for what it promises.
//
// API: POST /IntegrationError
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationError
func (s *IntegrationErrorService) CreateOnce(
	ctx context.Context, inputs []IntegrationErrorInput, match Match[IntegrationError, IntegrationErrorInput], ro ...RequestOption,
) ([]*IntegrationError, error) {
	return onceOf(ctx, clientOf(s), integrationError, "CreateOnce", inputs, match, ro)
}

// CreateOnce logs integration requests, each exactly once; see [Match] for what it promises.
//
// API: POST /IntegrationRequest
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationRequest
func (s *IntegrationRequestService) CreateOnce(
	ctx context.Context, inputs []IntegrationRequestInput, match Match[IntegrationRequest, IntegrationRequestInput], ro ...RequestOption,
) ([]*IntegrationRequest, error) {
	return onceOf(ctx, clientOf(s), integrationRequest, "CreateOnce", inputs, match, ro)
}

// CreateOnce creates integration deltas, each exactly once; see [Match] for what it promises.
//
// API: POST /IntegrationDelta
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationDelta
func (s *IntegrationDeltaService) CreateOnce(
	ctx context.Context, inputs []IntegrationDeltaInput, match Match[IntegrationDelta, IntegrationDeltaInput], ro ...RequestOption,
) ([]*IntegrationDelta, error) {
	return onceOf(ctx, clientOf(s), integrationDelta, "CreateOnce", inputs, match, ro)
}

// CreateOnce stages exports, each exactly once; see [Match] for what it promises.
//
// API: POST /IntegrationExport
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationExport
func (s *IntegrationExportService) CreateOnce(
	ctx context.Context, inputs []IntegrationExportInput, match Match[IntegrationExport, IntegrationExportInput], ro ...RequestOption,
) ([]*IntegrationExport, error) {
	return onceOf(ctx, clientOf(s), integrationExport, "CreateOnce", inputs, match, ro)
}

// CreateOnce creates field data, each exactly once; see [Match] for what it promises.
//
// API: POST /IntegrationFieldData
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationFieldData
func (s *IntegrationFieldDataService) CreateOnce(
	ctx context.Context, inputs []IntegrationFieldDataInput, match Match[IntegrationFieldData, IntegrationFieldDataInput], ro ...RequestOption,
) ([]*IntegrationFieldData, error) {
	return onceOf(ctx, clientOf(s), integrationFieldData, "CreateOnce", inputs, match, ro)
}

// CreateOnce creates look-ups, each exactly once; see [Match] for what it promises.
//
// API: POST /IntegrationLookUp
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationLookUp
func (s *IntegrationLookUpService) CreateOnce(
	ctx context.Context, inputs []IntegrationLookUpInput, match Match[IntegrationLookUp, IntegrationLookUpInput], ro ...RequestOption,
) ([]*IntegrationLookUp, error) {
	return onceOf(ctx, clientOf(s), integrationLookUp, "CreateOnce", inputs, match, ro)
}
