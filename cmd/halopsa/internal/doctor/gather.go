package doctor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/halopsa-go/halopsa"
)

// Question is what an operator wants to know.
type Question struct {
	// Now is the time of the report, and Since how far back it looks.
	Now   time.Time
	Since time.Duration
	// Quiet is how long without a failure ends one.
	Quiet time.Duration
	// Module is the id of the only integration module to look at; 0 is all of them.
	Module int64
	// Most is how many records to read of each list; 0 is all of them.
	Most int
}

// atOnce is how many pages of a list are read at once. A week of a busy tenant is some hundred pages, most of their time spent waiting;
// when the walk ends early, up to one fewer than that many were read needlessly.
const atOnce = 3

// enough is how many records in order show that a server sorts; fewer can be so by chance.
const enough = 10

// gatherer reads a tenant. It reads only.
type gatherer struct {
	Question
	client   *halopsa.Client
	tally    *tally
	progress *progress
}

// Examine reads what the report is built from. Integration errors must be readable; of the other lists the report says so when they are not.
//
// What it reads counts up on terminal, where that is one.
func Examine(ctx context.Context, client *halopsa.Client, q Question, terminal io.Writer) (*Report, error) {
	g := &gatherer{Question: q, client: client, tally: newTally(q), progress: &progress{terminal}}
	p := g.progress
	defer p.end()
	for _, read := range []func(context.Context) error{g.errors, g.requests, g.schedules, g.log} {
		if err := read(ctx); err != nil {
			return nil, err
		}
	}
	return g.tally.report(), nil
}

func (g *gatherer) errors(ctx context.Context) error {
	options := &halopsa.IntegrationErrorListOptions{ModuleID: g.Module, Sort: []halopsa.SortKey{halopsa.Desc("date"), halopsa.Asc("id")}}
	return walk(g, source[halopsa.IntegrationError]{
		name: "integration errors", needed: true,
		pages: g.client.IntegrationError.Pages(ctx, options, halopsa.WithPrefetch(atOnce)),
		date:  func(e *halopsa.IntegrationError) time.Time { return e.Date.Time },
		add:   g.tally.addError,
	})
}

func (g *gatherer) requests(ctx context.Context) error {
	options := &halopsa.IntegrationRequestListOptions{
		ModuleID: g.Module, Sort: []halopsa.SortKey{halopsa.Desc("datelogged"), halopsa.Asc("id")},
	}
	return walk(g, source[halopsa.IntegrationRequest]{
		name:  "integration requests",
		pages: g.client.IntegrationRequest.Pages(ctx, options, halopsa.WithPrefetch(atOnce)),
		date:  func(r *halopsa.IntegrationRequest) time.Time { return r.DateLogged.Time },
		add:   g.tally.addRequest,
	})
}

// log reads the engine's log, which cannot be sorted: it may have to be read whole.
func (g *gatherer) log(ctx context.Context) error {
	options := &halopsa.IntegratorLogListOptions{ModuleID: g.Module}
	return walk(g, source[halopsa.IntegratorLog]{
		name:  "integrator log lines",
		pages: g.client.IntegratorLog.Pages(ctx, options, halopsa.WithPrefetch(atOnce)),
		date:  func(l *halopsa.IntegratorLog) time.Time { return readLine(l).date },
		add:   g.tally.addLog,
	})
}

func (g *gatherer) schedules(ctx context.Context) error {
	return walk(g, source[halopsa.IntegratorSchedule]{
		name:  "integrator schedules",
		pages: g.client.IntegratorSchedule.Pages(ctx, nil),
		add:   g.tally.addSchedule,
	})
}

// source is a list to read.
type source[T any] struct {
	name   string
	needed bool // without it there is no report
	pages  iter.Seq2[*halopsa.Page[T], error]
	date   func(*T) time.Time // nil for records that belong to no time
	add    func(*T)
}

// walk reads a list back to the beginning of the time that is looked at.
//
// It stops early only while every record came in the order asked for: a server that does not sort is read to the end.
func walk[T any](g *gatherer, s source[T]) error {
	var read, undated, all int
	sorted := s.date != nil
	var earliest, previous time.Time
	for page, err := range s.pages {
		if err != nil {
			if err := g.unread(s.name, s.needed, err); err != nil {
				return err
			}
			break
		}
		all = page.RecordCount
		for i := range page.Records {
			record := &page.Records[i]
			read++
			if s.date == nil {
				s.add(record)
				continue
			}
			at := s.date(record)
			if at.IsZero() {
				undated++
				continue
			}
			if !previous.IsZero() && at.After(previous) {
				sorted = false
			}
			previous = at
			if earliest.IsZero() || at.Before(earliest) {
				earliest = at
			}
			if !at.Before(g.tally.from) {
				s.add(record)
			}
		}
		g.progress.show(s.name, read, earliest)
		if sorted && read >= enough && !earliest.IsZero() && earliest.Before(g.tally.from) {
			break
		}
		if g.Most > 0 && read >= g.Most && read != all {
			g.limited(s.name, read, sorted, earliest)
			break
		}
	}
	if undated > 0 {
		g.tally.note("%d %s have no date and are left out.", undated, s.name)
	}
	return nil
}

// limited notes that a list was not read to its end.
func (g *gatherer) limited(name string, read int, sorted bool, reached time.Time) {
	if !sorted {
		g.tally.note("Only %d %s were read, and not newest first: the report lacks the others. -max 0 reads them all.", read, name)
		return
	}
	g.tally.note("Only the newest %d %s were read, back to %s. -max 0 reads them all.", read, name, date(reached))
	if reached.After(g.tally.reached) {
		g.tally.reached = reached
	}
}

// unread decides whether a report can do without the rest of a list.
func (g *gatherer) unread(name string, needed bool, err error) error {
	switch {
	case errors.Is(err, halopsa.ErrIncomplete):
		g.tally.note("Some %s are missing: %s", name, Clean(err.Error()))
	case !needed && (errors.Is(err, halopsa.ErrForbidden) || errors.Is(err, halopsa.ErrNotFound)):
		g.tally.note("The %s could not be read: %s", name, Clean(err.Error()))
	default:
		return fmt.Errorf("reading %s: %w", name, err)
	}
	return nil
}
