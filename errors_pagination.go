package halopsa

import (
	"fmt"
	"log/slog"
)

// PaginationError is returned when a walk could not read every record, after the records that it could read. It is an [ErrIncomplete].
type PaginationError struct {
	Call
	// RecordCount is the number of records that the server reports, or -1 if it reports none.
	RecordCount int
	// Seen is how many distinct records were read.
	Seen int
	// Page is the page that was read last.
	Page int
	// AllPagesRead is true if every page was read but record_count is higher than the number of records on them, for example because the agent may
	// not see some. [WithHiddenRecords] accepts such a list. It is false if records may have been missed.
	AllPagesRead bool
	// Reason says why the other records could not be read.
	Reason string

	passing bool // another try may well succeed
}

// Error returns one line with how many records are missing, or that this is not known, and why.
func (e *PaginationError) Error() string {
	missing := "whether records are missing is not known"
	if e.RecordCount > e.Seen {
		missing = fmt.Sprintf("%d of %d records missing", e.RecordCount-e.Seen, e.RecordCount)
	}
	return fmt.Sprintf("halopsa: %s: %s after page %d: %s", e.Op, missing, e.Page, e.Reason)
}

// Is reports whether target is [ErrIncomplete].
func (e *PaginationError) Is(target error) bool { return target == ErrIncomplete } //nolint:errorlint // a sentinel

// LogValue returns the fields.
func (e *PaginationError) LogValue() slog.Value {
	return e.logValue(
		slog.Int("record_count", e.RecordCount),
		slog.Int("seen", e.Seen), slog.Int("page", e.Page), slog.Bool("all_pages_read", e.AllPagesRead),
		slog.String("reason", e.Reason),
	)
}
