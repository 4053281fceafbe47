package halopsa

import (
	"fmt"
	"log/slog"

	"github.com/halopsa-go/halopsa/internal/line"
)

// ArgumentError is returned when an argument is invalid; nothing was sent. It is an [ErrInvalid].
type ArgumentError struct {
	// Op is the operation, such as "IntegrationError.Get", or empty for an option.
	Op string
	// Argument is the name of the argument or field.
	Argument string
	// Reason says what is wrong with it.
	Reason string
}

// Error returns one line that names the argument.
func (e *ArgumentError) Error() string {
	if e.Op == "" {
		return line.Fold(fmt.Sprintf("halopsa: %s: %s", e.Argument, e.Reason))
	}
	return line.Fold(fmt.Sprintf("halopsa: %s: %s: %s", e.Op, e.Argument, e.Reason))
}

// Is reports whether target is [ErrInvalid].
func (e *ArgumentError) Is(target error) bool { return target == ErrInvalid } //nolint:errorlint // a sentinel

// LogValue returns the fields.
func (e *ArgumentError) LogValue() slog.Value {
	return slog.GroupValue(slog.String("op", e.Op), slog.String("argument", e.Argument), slog.String("reason", e.Reason))
}

func badArgument(argument, format string, args ...any) *ArgumentError {
	return &ArgumentError{Argument: argument, Reason: fmt.Sprintf(format, args...)}
}
