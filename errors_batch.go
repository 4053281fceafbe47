package halopsa

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
)

// BatchError is returned when a Create or Update fails: it reports the outcome of each input.
//
// Inputs are identified by their index in the slice passed to the method. Each index is in exactly one of the four lists. The record of a written
// input, if the tenant sent it, is at the same index in the slice that the method returned.
//
// Unknown has inputs of a Create; of an Update that adds parts to a record, which cannot be repeated either (see [IntegrationExportService.Update]); and of
// any other Update whose retries are used up.
type BatchError struct {
	// Call is the request that failed.
	Call
	// Written are the inputs that were written.
	Written []int
	// Refused are the inputs of the failed request, if it is known that none of them was written.
	Refused []int
	// Unknown are the inputs of the failed request that may have been written: read back before sending them again. Inputs whose record is in the
	// response are in Written instead.
	Unknown []int
	// NotSent are the inputs after those of the failed request.
	NotSent []int
	// Members are HaloPSA's messages about members of the inputs, with the index of each input; nil if HaloPSA named no member.
	Members []MemberError
	// Err is why the request failed.
	Err error `json:"-"`
}

// Error returns one line with the counts and the reason.
func (e *BatchError) Error() string {
	if len(e.Written) == 0 && len(e.NotSent) == 0 {
		return e.Err.Error()
	}
	all := len(e.Written) + len(e.Refused) + len(e.Unknown) + len(e.NotSent)
	return fmt.Sprintf("halopsa: %s: %d of %d inputs written, %d refused, %d unknown, %d not sent: %s",
		e.Op, len(e.Written), all, len(e.Refused), len(e.Unknown), len(e.NotSent), strings.TrimPrefix(e.Err.Error(), "halopsa: "))
}

// Unwrap returns why the request failed.
func (e *BatchError) Unwrap() error { return e.Err }

// GoString returns the error's text.
func (e *BatchError) GoString() string { return goString("BatchError", e) }

// LogValue returns the counts and the reason.
func (e *BatchError) LogValue() slog.Value {
	return e.logValue(
		slog.Int("written", len(e.Written)), slog.Int("refused", len(e.Refused)),
		slog.Int("unknown", len(e.Unknown)), slog.Int("not_sent", len(e.NotSent)), slog.Any("cause", e.Err),
	)
}

// batchError makes the error of a batch, the inputs from begin up to end, of which unknown may have been written.
func batchError(op string, begin, end, all int, unknown []int, err error) error {
	e := &BatchError{Call: callOf(err), NotSent: indices(end, all), Err: err}
	e.Op = op
	if !errors.Is(err, ErrOutcomeUnknown) {
		e.Written, e.Refused = indices(0, begin), indices(begin, end)
	} else {
		e.Written = indices(0, begin)
		for i := begin; i < end; i++ {
			if slices.Contains(unknown, i-begin) {
				e.Unknown = append(e.Unknown, i)
			} else {
				e.Written = append(e.Written, i)
			}
		}
	}
	var refused *APIError
	if errors.As(err, &refused) {
		for _, m := range refused.Members {
			switch {
			case m.Input >= 0:
				m.Input += begin
			case end-begin == 1:
				m.Input = begin
			}
			e.Members = append(e.Members, m)
		}
	}
	return e
}
