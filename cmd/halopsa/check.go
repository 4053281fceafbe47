package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/halopsa-go/halopsa/halopsaprobe"
)

// checkCommand says whether everything is set up right.
type checkCommand struct {
	JSON bool `help:"Print JSON in place of the table."`
}

// Run checks, and ends with code 2 where something is not set up right.
func (c *checkCommand) Run(ctx context.Context, t *terminal) error {
	tenant, err := t.tenant()
	if err != nil {
		return err
	}
	defer tenant.close()
	report, err := tenant.client.Check(ctx)
	if err != nil {
		return err
	}
	out := &noted{Writer: t.out}
	if c.JSON {
		err = indented(out, report)
	} else {
		var text strings.Builder
		err = errors.Join(report.WriteTable(&text), t.fit(out, text.String()))
	}
	if err = errors.Join(err, out.err); err != nil {
		return err
	}
	if !report.OK() {
		return errFound
	}
	return nil
}

func indented(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// probeCommand finds out the tenant's habits.
type probeCommand struct {
	Resources []string `arg:"" optional:"" help:"The lists to probe, such as errors or Tickets; the default is all of the integration API."`
	JSON      bool     `help:"Print JSON in place of the table."`
	Out       file     `short:"o" help:"Write the report to this file, which holds no value of any record: attach it to an issue, or give it to halopsa standin -habits." placeholder:"FILE"`
}

// Run probes, and shows how far it is.
func (c *probeCommand) Run(ctx context.Context, t *terminal) error {
	if err := c.Out.placed("-out"); err != nil {
		return err
	}
	tenant, err := t.tenant()
	if err != nil {
		return err
	}
	defer tenant.close()
	show := &progress{t: t}
	options := []halopsaprobe.Option{halopsaprobe.WithProgress(func(p halopsaprobe.Progress) {
		show.say(fmt.Sprintf("%d of at most %d requests: %s, %s", p.Sent, p.Most, p.Resource, p.Question))
	})}
	if len(c.Resources) > 0 {
		var api []string
		for _, name := range c.Resources {
			api = append(api, find(name).name)
		}
		options = append(options, halopsaprobe.WithResources(api...))
	}
	report, err := halopsaprobe.Run(ctx, tenant.client, options...)
	show.clear()
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := writeReport(c.Out, report); err != nil {
			return err
		}
		fmt.Fprintln(t.err, "wrote", c.Out)
	}
	out := &noted{Writer: t.out}
	if c.JSON {
		err = report.WriteJSON(out)
	} else {
		var text strings.Builder
		err = errors.Join(report.WriteTable(&text), t.fit(out, text.String()))
	}
	return errors.Join(err, out.err)
}

func writeReport(name file, report *halopsaprobe.Report) error {
	f, err := os.Create(string(name))
	if err != nil {
		return err
	}
	return errors.Join(report.WriteJSON(f), f.Close())
}
