package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa"

	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/table"
)

// output is how records are printed.
type output struct {
	JSON    bool     `help:"Print a JSON object a line, with every member." xor:"form"`
	CSV     bool     `help:"Print comma-separated values, with every member." xor:"form"`
	Columns []string `help:"The members to show, by HaloPSA's names, such as id,error." placeholder:"NAME,…"`
}

func (o output) format() format {
	switch {
	case o.JSON:
		return "json"
	case o.CSV:
		return "csv"
	}
	return "table"
}

// printer returns what prints the records of r.
func (o output) printer(t *terminal, r *resource) printer {
	columns := o.Columns
	if columns == nil && o.format() == "table" {
		columns = r.columns
	}
	return o.format().printer(t.plainly(), columns, t.width())
}

// listCommand prints a list.
type listCommand struct {
	Resource string   `arg:"" help:"What to list: ${resources}, or any resource of the API by its name, such as Tickets."`
	Filters  []string `arg:"" optional:"" help:"Filters of the API, such as module_id=12." placeholder:"NAME=VALUE"`
	N        *count   `short:"n" help:"How many records to show, newest first; 0 is all. The default is 50 in a table and all in JSON and CSV."`
	Sort     []string `help:"The members to sort by, such as module_id,date:desc. The default is newest first." placeholder:"NAME[:desc],…"`
	Since    moment   `help:"Only records from then on: a duration back from now such as 90m, 24h, 7d or 2w, or a date." placeholder:"WHEN"`
	Before   moment   `help:"Only records before then, as for -since." placeholder:"WHEN"`
	Date     string   `help:"The member that says when a record was made, for -since and -before." placeholder:"NAME"`
	output
}

// most is how many records to show; 0 is all.
func (c *listCommand) most() int {
	switch {
	case c.N != nil:
		return int(*c.N)
	case c.format() == "table":
		return 50
	}
	return 0
}

// Run reads the list and prints it.
func (c *listCommand) Run(ctx context.Context, t *terminal) error {
	r := find(c.Resource)
	if r.list == nil {
		return r.lacks("list", func(r *resource) bool { return r.list != nil })
	}
	s, err := c.selection(r)
	if err != nil {
		return err
	}
	tenant, err := t.tenant()
	if err != nil {
		return err
	}
	defer tenant.close()
	records, err := r.list(ctx, tenant.client, s)
	if err != nil {
		return err
	}
	show := &progress{t: t, name: r.name}
	time := &period{c.Since.Time, c.Before.Time, c.Date, 0}
	records = c.chosen(t, r, show.over(records), time)
	p := c.printer(t, r)
	shown, more, missing := 0, false, slices.Clone(c.Columns)
	for record, err := range records {
		if err != nil {
			if errors.Is(err, halopsa.ErrNotFound) && len(r.short) == 0 {
				err = fmt.Errorf("%w; 'halopsa help resources' lists short names", err)
			}
			return errors.Join(p.end(), err) // what came before the error is true
		}
		if most := c.most(); most > 0 && shown == most {
			more = true
			break
		}
		show.clear()
		missing = without(missing, record)
		if err := p.add(record); err != nil {
			return err
		}
		shown++
	}
	show.clear()
	if err := p.end(); err != nil {
		return err
	}
	if shown > 0 && len(missing) > 0 {
		fmt.Fprintf(t.err, "No record has %s; -json shows the members.\n", strings.Join(missing, ", "))
	}
	if time.undated > 0 {
		fmt.Fprintf(t.err, "%d without a date in %s left out.\n", time.undated, c.Date)
	}
	switch {
	case more:
		fmt.Fprintf(t.err, "The first %d; -n 0 shows all.\n", shown)
	case shown == 0:
		fmt.Fprintf(t.err, "No records.\n")
	}
	return nil
}

// selection checks the flags and says what to ask the API for.
func (c *listCommand) selection(r *resource) (s selection, err error) {
	for _, filter := range c.Filters {
		name, value, ok := strings.Cut(filter, "=")
		if !ok || name == "" {
			return s, fmt.Errorf("%q is not a filter: write NAME=VALUE, such as module_id=12", filter)
		}
		if slices.ContainsFunc(s.filters, func(f setting) bool { return strings.EqualFold(f.name, name) }) {
			return s, fmt.Errorf("the filter %s is given twice", name)
		}
		s.filters = append(s.filters, setting{name, value})
	}
	c.Date = cmp.Or(c.Date, r.dated)
	if (c.Since.set() || c.Before.set()) && c.Date == "" {
		return s, fmt.Errorf("no member of %s is known to say when; name one with -date", r.name)
	}
	for _, key := range c.Sort {
		name, way, given := strings.Cut(key, ":")
		switch {
		case !given || way == "asc":
			s.sort = append(s.sort, halopsa.Asc(name))
		case way == "desc":
			s.sort = append(s.sort, halopsa.Desc(name))
		default:
			return s, fmt.Errorf("-sort %s: write NAME, NAME:asc or NAME:desc", key)
		}
	}
	if len(s.sort) == 0 && r.sorts {
		s.sort = []halopsa.SortKey{halopsa.Desc("id")}
		if c.Since.set() {
			s.sort = []halopsa.SortKey{halopsa.Desc(c.Date), halopsa.Asc("id")}
		}
	}
	if most := c.most(); most > 0 && !c.Since.set() && !c.Before.set() {
		s.size = min(max(most, enough)+1, 100) // with one more, which says that there are more
	}
	return s, nil
}

// chosen narrows a walk to the time that is asked for, and sees to it that the newest come first unless another order is asked for.
func (c *listCommand) chosen(t *terminal, r *resource, records iter.Seq2[any, error], time *period) iter.Seq2[any, error] {
	newest := order{member: "id", asked: r.sorts}
	if c.Since.set() && r.sorts {
		newest.member = time.member
	}
	if c.Since.set() || c.Before.set() {
		records = time.within(records, len(c.Sort) == 0 && r.sorts && c.Since.set())
	}
	switch {
	case len(c.Sort) > 0:
		name, way, _ := strings.Cut(c.Sort[0], ":")
		return order{member: name, rises: way != "desc"}.watched(records, func() {
			fmt.Fprintf(t.err, "Not sorted by %s: %s does not come in the order that was asked for.\n", name, r.name)
		})
	case c.most() > 0:
		return newest.first(c.most(), records)
	case !r.sorts: // as it is sent, which nobody has asked to be otherwise
		return records
	}
	return newest.watched(records, func() {
		fmt.Fprintf(t.err, "Not newest first: %s is not in the requested order.\n", r.name)
	})
}

// without returns the names that a record has no member of.
func without(names []string, record any) (missing []string) {
	if len(names) == 0 {
		return nil
	}
	row, err := rowOf(record)
	for _, name := range names {
		if _, has := row.values[name]; err == nil && !has {
			missing = append(missing, name)
		}
	}
	return missing
}

// getCommand prints one record.
type getCommand struct {
	Resource string `arg:"" help:"What to read: ${gettable}, or any resource of the API by its name."`
	ID       string `arg:"" help:"The record's id."`
	output
}

// Run reads the record and prints it, a member a line.
func (c *getCommand) Run(ctx context.Context, t *terminal) error {
	r := find(c.Resource)
	if r.get == nil {
		return r.lacks("get", func(r *resource) bool { return r.get != nil })
	}
	tenant, err := t.tenant()
	if err != nil {
		return err
	}
	defer tenant.close()
	record, err := r.get(ctx, tenant.client, c.ID)
	if err != nil {
		return err
	}
	if c.format() != "table" {
		p := c.printer(t, r)
		return errors.Join(p.add(record), p.end())
	}
	row, err := rowOf(record)
	if err != nil {
		return err
	}
	names := c.Columns
	if names == nil {
		names = row.names
	}
	members := table.Table{Head: []string{"member", "value"}, Width: t.width()}
	if missing := without(c.Columns, record); len(missing) > 0 {
		return fmt.Errorf("the record has no %s; its members are %s", strings.Join(missing, ", "), strings.Join(row.names, ", "))
	}
	for _, name := range names {
		members.Rows = append(members.Rows, []string{name, plain(row.text(name))})
	}
	return members.Write(t.out)
}
