package redact

import (
	"errors"
	"fmt"

	"github.com/halopsa-go/halopsa/internal/line"
)

// hidingError is an error of somebody else's code, a transport or a token source, that says what must not be shown.
type hidingError struct {
	text string
	err  error
}

// Hide returns an error that says text where err would say too much: errors.Is and errors.As find err, but nothing prints it.
func Hide(err error, text string) error { return &hidingError{text, err} }

// Error returns err as it can be shown: hidden if its text holds one of the secrets or the query of a URL. It is nil for nil.
func (r *Redactor) Error(err error) error {
	if err == nil {
		return nil
	}
	text := err.Error()
	if shown := r.String(text); shown != text {
		return Hide(err, line.Fold(shown))
	}
	return err
}

func (e *hidingError) Error() string        { return e.text }
func (e *hidingError) Is(target error) bool { return errors.Is(e.err, target) }
func (e *hidingError) As(target any) bool   { return errors.As(e.err, target) }
func (e *hidingError) GoString() string     { return fmt.Sprintf("&redact.hidingError{%q}", e.text) }
