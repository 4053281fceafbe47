package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/halopsa-go/halopsa"

	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/table"
)

// tailCommand prints what is logged.
type tailCommand struct {
	Resource string   `arg:"" help:"What to follow: ${logs}."`
	Filters  []string `arg:"" optional:"" help:"Filters of the API, such as module_id=12." placeholder:"NAME=VALUE"`
	N        count    `short:"n" default:"10" help:"How many of the records that are there to print first."`
	Cursor   file     `help:"A file that keeps the id of the last record printed: the next run begins behind it." placeholder:"FILE"`
	After    *count   `help:"Begin behind the record with this id; 0 is the first record." placeholder:"ID"`
	Every    stretch  `default:"30s" help:"How often to look."`
	For      stretch  `help:"End after this time; the default is never." placeholder:"DURATION"`
	output
}

// Run follows the log until ctx or the time is over.
func (c *tailCommand) Run(ctx context.Context, t *terminal) error {
	r := find(c.Resource)
	if r.follow == nil {
		return r.lacks("log to follow", func(r *resource) bool { return r.follow != nil })
	}
	if time.Duration(c.Every) < time.Second {
		return errors.New("-every must be a second or longer")
	}
	var asked listCommand
	asked.Filters = c.Filters
	s, err := asked.selection(r)
	if err != nil {
		return err
	}
	s.sort = nil
	tenant, err := t.tenant()
	if err != nil {
		return err
	}
	defer tenant.close()
	if c.For > 0 {
		var end context.CancelFunc
		ctx, end = context.WithTimeoutCause(ctx, time.Duration(c.For), errTimeUp)
		defer end()
	}
	kept := &cursor{file: string(c.Cursor), of: r.name + " " + tenant.host}
	after, err := c.begin(ctx, tenant.client, r, s, kept)
	if err == nil {
		err = kept.begin(after)
	}
	if err == nil {
		err = c.follow(ctx, t, tenant.client, r, s, kept)
	}
	if errors.Is(context.Cause(ctx), errTimeUp) && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

var errTimeUp = errors.New("the time of -for is over")

// begin returns the id to begin behind: that of -after, that of the cursor file, or the one before the newest -n records.
func (c *tailCommand) begin(ctx context.Context, client *halopsa.Client, r *resource, s selection, kept *cursor) (int64, error) {
	after, given, err := kept.read()
	if c.After != nil {
		after, given, err = int64(*c.After), true, nil
	}
	if given || err != nil {
		return after, err
	}
	return before(ctx, client, r, s, c.N)
}

// before returns the id of the record before the newest n, and 0 where there are not so many.
func before(ctx context.Context, client *halopsa.Client, r *resource, s selection, n count) (int64, error) {
	if r.sorts {
		s.sort = []halopsa.SortKey{halopsa.Desc("id")}
		s.size = min(max(int(n), enough)+1, 100)
	}
	records, err := r.list(ctx, client, s)
	if err != nil {
		return 0, err
	}
	for record, err := range (order{member: "id", asked: r.sorts}).first(int(n)+1, records) {
		if err != nil {
			return 0, err
		}
		if n--; n >= 0 {
			continue
		}
		row, err := rowOf(record)
		if err != nil {
			return 0, err
		}
		id, err := strconv.ParseInt(row.text("id"), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("a record of %s has no id to begin behind; give one with -after", r.name)
		}
		return id, nil
	}
	return 0, nil
}

// follow prints records as they come, each before its cursor is kept.
func (c *tailCommand) follow(ctx context.Context, t *terminal, client *halopsa.Client, r *resource, s selection, kept *cursor) error {
	records, err := r.follow(ctx, client, kept.last, time.Duration(c.Every), s)
	if err != nil {
		return err
	}
	print := c.lines(t, r)
	for f, err := range records {
		if err != nil {
			return err
		}
		if err := print(f.record); err != nil {
			return err
		}
		if err := kept.keep(f.cursor); err != nil {
			return err
		}
	}
	return nil
}

// lines returns what prints a record at once: a table cannot wait for the widths of records to come, so its lines are not aligned.
func (c *tailCommand) lines(t *terminal, r *resource) func(any) error {
	if c.format() != "table" {
		p := c.printer(t, r)
		return p.add
	}
	return func(record any) error {
		row, err := rowOf(record)
		if err != nil {
			return err
		}
		columns := c.Columns
		if columns == nil {
			columns = r.columns
		}
		if columns == nil {
			columns = row.names
		}
		line := ""
		for _, name := range columns {
			text := plain(row.text(name))
			if when := row.when(name); !when.IsZero() {
				text = when.UTC().Format(time.DateTime)
			}
			if text != "" && name != "id" {
				line += "  " + text
			}
		}
		line = row.text("id") + line
		if width := t.width(); width > 0 {
			line = table.Cut(line, width)
		}
		_, err = fmt.Fprintln(t.out, line)
		return err
	}
}
