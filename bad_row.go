package halopsa

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// BadRow is a row of a list that cannot be read as a record, as [WithBadRow] reports it. Printing or logging it does not show Raw.
type BadRow struct {
	// Op is the SDK's name of the operation, such as "IntegrationError.All".
	Op string
	// Page is the number of the requested page, from 1.
	Page int
	// Index is the row's index in the page, from 0. String counts from 1, as pages do.
	Index int
	// ID is the row's id as text, or empty if it cannot be read.
	ID string
	// Raw is a copy of the row as the server sent it. It can hold credentials.
	Raw json.RawMessage `json:"-"`
	// Reason says what cannot be read, such as "errors[3].date: not a date".
	Reason string
}

// String returns one line without the row itself.
func (b BadRow) String() string {
	return fmt.Sprintf("%s: %s: %s", b.Op, rowName(b.Page, b.Index, b.ID), b.Reason)
}

// GoString returns the same as String, so that %#v does not show the row.
func (b BadRow) GoString() string { return fmt.Sprintf("halopsa.BadRow{%q}", b.String()) }

// LogValue returns the fields without the row itself.
func (b BadRow) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", b.Op), slog.Int("page", b.Page), slog.Int("index", b.Index), slog.String("id", shownID(b.ID)), slog.String("reason", b.Reason),
	)
}

// WithBadRow calls handle with each row of a list that cannot be read as a record. If handle returns nil, the row is skipped and the list
// continues; if it returns an error, the list ends with that error, after the records before the row.
//
// It applies to List, Pages, All, Since and Follow. handle is called on the goroutine that ranges over them, once for each row, in the order of the
// records. List returns the error together with the page up to the row. Since and Follow continue after the row, and its ID becomes the cursor. If
// the ID cannot be read either, the row is reported between its neighbors, and may be reported again after a restart.
//
// Without this option such a row causes a [DecodeError] that names it. handle must not be nil; a panic in it reaches the caller.
func WithBadRow(handle func(BadRow) error) Option {
	return optionFunc(func(c *callConfig) error {
		if handle == nil {
			return badArgument("WithBadRow", "the function must not be nil")
		}
		c.badRow = handle
		return nil
	})
}

// name turns the errors of rows that cannot be read into those that the caller sees.
func (a *answer) name(bad []wire.Bad, req page.Request) {
	if len(bad) == 0 {
		return
	}
	secrets := a.secrets()
	for i := range bad {
		b := &bad[i]
		e := a.unread(b.Err)
		e.Page, e.Index = max(1, req.Page), b.Index
		e.Snippet = secrets.String(wire.Snippet(b.Raw, e.Offset-b.Begin))
		if id, ok := wire.ID(b.Raw); ok && namesRow(id) {
			e.ID = secrets.String(id)
		}
		b.Err = e
	}
}

// setAside gives a row that cannot be read to the caller's handler. It returns why the list ends with it, or nil.
func (c *callConfig) setAside(bad wire.Bad) error {
	var e *DecodeError
	if c.badRow == nil || !errors.As(bad.Err, &e) {
		return bad.Err
	}
	return c.badRow(BadRow{Op: e.Op, Page: e.Page, Index: e.Index, ID: e.ID, Raw: bad.Raw, Reason: e.Reason})
}

// readable returns the rows that were chosen by their indices, the first most of them unless that is 0, without those that were set aside, and the
// error of the first one that neither can be read nor was set aside. Then the rows are those before it.
func readable[T any](c *callConfig, rows wire.List[T], indices []int, most int) ([]T, error) {
	if len(rows.Bad) == 0 {
		if most > 0 && len(indices) > most {
			indices = indices[:most]
		}
		return choose(rows.Records, indices), nil
	}
	bad := rows.Bad
	chosen := make([]T, 0, len(indices))
	for _, at := range indices {
		if most > 0 && len(chosen) == most {
			break
		}
		for len(bad) > 0 && bad[0].At < at {
			bad = bad[1:]
		}
		if len(bad) == 0 || bad[0].At != at {
			chosen = append(chosen, rows.Records[at])
		} else if err := c.setAside(bad[0]); err != nil {
			return chosen, err
		}
	}
	return chosen, nil
}

// namesRow reports whether an id names a row: it is an id at all, no object or array, and not so long that it is rather something else.
func namesRow(id string) bool {
	const longest = 64
	return wire.RealID(id) && len(id) <= longest && !strings.ContainsAny(id, " \t\r\n") && (id[0] != '{' && id[0] != '[' || !json.Valid([]byte(id)))
}

// rowName names a row of a page, counted as the pages are, from 1.
func rowName(page, index int, id string) string {
	name := fmt.Sprintf("row %d of page %d", index+1, page)
	if id != "" {
		name += ", id " + shownID(id)
	}
	return name
}

// shownID is the id of a row as a text may show it.
func shownID(id string) string {
	if id == "" {
		return ""
	}
	return shortID(id)
}
