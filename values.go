package halopsa

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// Time is a point in time as HaloPSA writes it.
//
// A date without a zone is taken as UTC. The sentinel dates 0001-01-01, 1899-12-30 and 1900-01-01, null and "" all
// become the zero Time, for which IsZero is true. A Time is sent as RFC 3339 in UTC; the zero Time is sent as null.
type Time struct{ time.Time }

func init() { loose.UseDate[Time]() } // a list has thousands of dates: they are read without a detour

// NewTime returns t as a [Time], in UTC.
func NewTime(t time.Time) Time { return Time{t.UTC()} }

// UnmarshalJSON accepts every date format that HaloPSA is known to send.
func (t *Time) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		t.Time = time.Time{}
		return nil
	}
	if len(data) < 2 || data[0] != '"' || data[len(data)-1] != '"' {
		return fmt.Errorf("a date must be a JSON string")
	}
	text := string(data[1 : len(data)-1])
	if strings.Contains(text, `\`) { // some serializers escape the plus sign of an offset
		var plain string
		if err := json.Unmarshal(data, &plain); err != nil {
			return fmt.Errorf("a date must be a JSON string")
		}
		text = plain
	}
	parsed, ok := loose.ParseTime(text)
	if !ok {
		return fmt.Errorf("not a date that HaloPSA writes")
	}
	t.Time = parsed
	return nil
}

// MarshalJSON writes RFC 3339 in UTC, and null for the zero Time.
func (t Time) MarshalJSON() ([]byte, error) {
	if t.IsZero() {
		return []byte("null"), nil
	}
	return t.UTC().AppendFormat(nil, `"`+time.RFC3339Nano+`"`), nil
}

// Secret is a credential that no log line, error or fmt verb shows.
//
// Only [Secret.Reveal] and JSON encoding, which requests to HaloPSA need, reveal its text. A slog handler that writes JSON therefore shows it
// inside values without a LogValue method, such as a slice of records: log records one by one.
type Secret string

const redacted = "[redacted]"

// Reveal returns the credential itself.
func (s Secret) Reveal() string { return string(s) }

// String returns a placeholder, or "" for an empty Secret.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return redacted
}

// GoString returns the same as String, quoted.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// Format writes the placeholder for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue returns the placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Opt is a value that is absent, null or set, so that false, 0 and "" can be sent and no value is sent by accident.
//
// The zero Opt is absent. [Set] and [Null] return the others.
type Opt[T any] struct {
	value T
	state optState
}

type optState uint8

const (
	optAbsent optState = iota
	optNull
	optSet
)

// Set returns an Opt that holds v and is sent, whatever v is.
func Set[T any](v T) Opt[T] { return Opt[T]{value: v, state: optSet} }

// Null returns an Opt that is sent as null.
func Null[T any]() Opt[T] { return Opt[T]{state: optNull} }

// nonZero returns an Opt that holds v, or an absent one where v is the zero value.
func nonZero[T comparable](v T) Opt[T] {
	var zero T
	if date, ok := any(v).(Time); v == zero || ok && date.IsZero() {
		return Opt[T]{}
	}
	return Set(v)
}

// nonEmpty is nonZero for a slice.
func nonEmpty[S ~[]E, E any](s S) Opt[S] {
	if len(s) == 0 {
		return Opt[S]{}
	}
	return Set(s)
}

// inputsOf makes an input of each record.
func inputsOf[R, I any](records []R, input func(R) I) []I {
	inputs := make([]I, len(records))
	for i, record := range records {
		inputs[i] = input(record)
	}
	return inputs
}

// Get returns the value and whether there is one: false for an absent Opt and for null.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == optSet }

// held is Get for a T that the caller does not know: nil for an absent Opt and for null.
func (o Opt[T]) held() any {
	if o.state != optSet {
		return nil
	}
	return o.value
}

// IsNull reports whether o is sent as null.
func (o Opt[T]) IsNull() bool { return o.state == optNull }

// IsZero reports whether o is absent. It has a pointer receiver so that encoding/json calls it on the field rather than on a copy.
func (o *Opt[T]) IsZero() bool { return o.state == optAbsent }

// MarshalJSON writes the value, or null if o has no value.
//
// A field of type Opt needs the tag option omitzero, so that it is left out when it is absent.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != optSet {
		return []byte("null"), nil
	}
	return json.Marshal(o.value)
}

// UnmarshalJSON sets o to null or to the value of data.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*o = Null[T]()
		return nil
	}
	var v T
	if err := json.Unmarshal(data, &v); err != nil {
		return err
	}
	*o = Set(v)
	return nil
}

// EncodeValues adds the value to a query under key; an absent Opt and null add nothing. A [Time] is written as in JSON.
func (o Opt[T]) EncodeValues(key string, q *url.Values) error {
	if o.state != optSet {
		return nil
	}
	text := fmt.Sprint(o.value)
	switch value := any(o.value).(type) {
	case Time:
		text = value.UTC().Format(time.RFC3339Nano)
	case Secret:
		text = value.Reveal()
	}
	q.Set(key, text)
	return nil
}

// Format writes the value as fmt prints it, "<absent>" or "<null>".
func (o Opt[T]) Format(f fmt.State, verb rune) {
	switch o.state {
	case optSet:
		_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), o.value)
	case optNull:
		_, _ = f.Write([]byte("<null>"))
	default:
		_, _ = f.Write([]byte("<absent>"))
	}
}

// LogValue returns the value, or a placeholder if o has no value.
func (o Opt[T]) LogValue() slog.Value {
	if o.state != optSet {
		return slog.StringValue(fmt.Sprint(o))
	}
	if value, ok := any(o.value).(Time); ok {
		return slog.TimeValue(value.Time)
	}
	value := slog.AnyValue(o.value)
	if value.Kind() == slog.KindAny { // a handler that writes JSON would write the secrets in it too
		return slog.StringValue(fmt.Sprintf("%+v", o.value))
	}
	return value
}
