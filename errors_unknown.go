package halopsa

import (
	"errors"
	"log/slog"
	"strings"
)

// adviceUnknown is what to do about a write that may have happened.
const adviceUnknown = "read back before sending it again"

// outcomeUnknown marks err as that of a write that may have happened.
type outcomeUnknown struct{ err error }

func (e *outcomeUnknown) Error() string {
	return "halopsa: outcome unknown, the write may have happened; " + adviceUnknown + ": " +
		strings.TrimPrefix(e.err.Error(), "halopsa: ")
}

func (e *outcomeUnknown) Unwrap() []error { return []error{ErrOutcomeUnknown, e.err} }

func (e *outcomeUnknown) GoString() string { return goString("outcomeUnknown", e) }

func (e *outcomeUnknown) LogValue() slog.Value {
	return slog.GroupValue(slog.Bool("outcome_unknown", true), slog.String("advice", adviceUnknown), slog.Any("cause", e.err))
}

// markUnknown makes err an ErrOutcomeUnknown, once.
func markUnknown(err error) error {
	if errors.Is(err, ErrOutcomeUnknown) {
		return err
	}
	return &outcomeUnknown{err}
}
