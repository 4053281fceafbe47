package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/doctor"
)

// doctorCommand says which integrations are failing.
type doctorCommand struct {
	Since  stretch `default:"7d" help:"How far back to look."`
	Quiet  stretch `default:"6h" help:"An integration that has not failed for this long has stopped failing."`
	Module count   `help:"Look at the module with this id only; 0 is all." placeholder:"ID"`
	Max    count   `default:"20000" help:"Most records to read of each list, 100 of which are a request; 0 is all."`
	HTML   file    `help:"Write a report with charts to this file." placeholder:"FILE"`
	JSON   bool    `help:"Print JSON in place of the table."`
	Check  lasting `help:"End with code 2 when an integration has been failing for an hour, or for another time as in -check=30m."`
}

// lasting is how long a failure may last, as a flag with an optional value; 0 is as long as it likes.
type lasting time.Duration

// IsBool says that the flag needs no value.
func (l *lasting) IsBool() bool { return true }

// Decode reads the flag's value, which is only given with "=".
func (l *lasting) Decode(c *kong.DecodeContext) error {
	*l = lasting(time.Hour)
	if c.Scan.Peek().Type != kong.FlagValueToken {
		return nil
	}
	text := fmt.Sprint(c.Scan.Pop().Value)
	switch text {
	case "true":
		return nil
	case "false":
		*l = 0
		return nil
	}
	d, err := span(text)
	if err != nil {
		return fmt.Errorf("%q is not a duration such as 30m", text)
	}
	*l = lasting(d)
	return nil
}

func (c *doctorCommand) validate() error {
	if time.Duration(c.Since) < time.Minute || time.Duration(c.Quiet) < time.Minute {
		return errors.New("-since and -quiet must be a minute or longer")
	}
	return c.HTML.placed("-html")
}

// Run examines the tenant and prints the report.
func (c *doctorCommand) Run(ctx context.Context, t *terminal) error {
	if err := c.validate(); err != nil {
		return err
	}
	tenant, err := t.tenant()
	if err != nil {
		return err
	}
	defer tenant.close()
	counting := io.Discard
	if t.lively() {
		counting = t.err
	}
	r, err := doctor.Examine(ctx, tenant.client, doctor.Question{
		Now: time.Now().UTC(), Since: time.Duration(c.Since), Quiet: time.Duration(c.Quiet), Module: int64(c.Module), Most: int(c.Max),
	}, counting)
	if err != nil {
		return err
	}
	r.Tenant, r.APIRequests = tenant.host, tenant.requests.n.Load()
	if c.HTML != "" {
		var page bytes.Buffer // a report that cannot be made leaves the old one
		if err := r.WriteHTML(&page); err != nil {
			return err
		}
		if err := os.WriteFile(string(c.HTML), page.Bytes(), 0o600); err != nil {
			return err
		}
		fmt.Fprintln(t.err, "wrote", c.HTML)
	}
	out := &noted{Writer: t.out}
	if c.JSON {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(r)
	} else {
		err = r.WriteTable(out, t.width())
	}
	if err = errors.Join(err, out.err); err != nil {
		return err
	}
	if long := r.FailingFor(time.Duration(c.Check)); c.Check > 0 && len(long) > 0 {
		fmt.Fprintf(t.err, "failing for %s and longer: %s\n", doctor.Span(time.Duration(c.Check)), strings.Join(long, ", "))
		return errFound
	}
	return nil
}
