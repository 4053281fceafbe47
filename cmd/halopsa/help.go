package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/table"
)

// pages are the topics of help, besides the subcommands.
var pages = map[string]string{
	"environment": `HALOPSA_URL            the instance, such as https://acme.halopsa.com
HALOPSA_CLIENT_ID      of an API application with the permission "all", or of those that are needed
HALOPSA_CLIENT_SECRET  its secret
HALOPSA_TENANT         for hosted instances that need one
HALOPSA_SCOPE          default "all"
HALOPSA_AUTH_URL       default HALOPSA_URL/auth
COLUMNS                how wide tables may be; the default is the terminal's width, and no limit in a pipe
NO_COLOR, TERM=dumb    no colors; with TERM=dumb no progress either

Without any HALOPSA_ variable the reading subcommands read a stand-in server in their own process, and say so.
`,
	"codes": `0    good
1    failed; one line on the error output says why and what to do
2    found what it was asked to look for: doctor -check an integration that fails, check something that is not set up right
130  stopped by Ctrl-C or SIGTERM
`,
	"filters": "list and tail take filters as NAME=VALUE, by HaloPSA's names: halopsa list errors module_id=12. HaloPSA silently ignores a filter " +
		"that it does not know and sends everything, so a name that the resource does not have is refused here. For a resource that the SDK has " +
		"no type for, such as Tickets, every name is passed on.\n\n" +
		"-since and -before choose by the date in the records, which the API cannot filter by: list reads newest first and stops where the " +
		"time begins. A date without a zone is in UTC, as all dates in tables are.\n",
}

// topics lists the pages.
func topics() string {
	return strings.Join(slices.Sorted(maps.Keys(pages)), ", ") + ", resources"
}

// helpCommand explains.
type helpCommand struct {
	Topic string `arg:"" optional:"" help:"A subcommand, or one of ${topics}."`
}

// Run prints a page.
func (c *helpCommand) Run(_ context.Context, t *terminal) error {
	if page, ok := pages[c.Topic]; ok {
		return t.fit(t.out, page)
	}
	if c.Topic == "resources" {
		return resourcePage(t)
	}
	args := []string{"--help"}
	if c.Topic != "" {
		args = []string{c.Topic, "--help"}
	}
	_, err := parse(args, t)
	if errors.Is(err, errMistake) {
		return fmt.Errorf("there is no help on %q; the topics are the subcommands, %s", c.Topic, topics())
	}
	return err
}

// resourcePage lists the resources, what a person may call them and what can be done with each.
func resourcePage(t *terminal) error {
	page := table.Table{Head: []string{"name", "api", "does", "about", "filters"}, Whole: []string{"name", "api", "does", "filters"}, Width: t.width()}
	for i := range resources {
		r := &resources[i]
		var does []string
		for _, verb := range []struct {
			name string
			has  bool
		}{{"list", r.list != nil}, {"get", r.get != nil}, {"tail", r.follow != nil}, {"create", r.create != nil}, {"update", r.update != nil}, {"delete", r.delete != nil}} {
			if verb.has {
				does = append(does, verb.name)
			}
		}
		page.Rows = append(page.Rows, []string{r.short[0], r.name, strings.Join(does, " "), r.about, strings.Join(r.filters, " ")})
	}
	return page.Write(t.out)
}
