package halopsa_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa"
)

func TestTemplateOfAnAttempt(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ op, path, want string }{
		"a list":                     {"IntegrationError.All", "/IntegrationError", "/IntegrationError"},
		"a record":                   {"IntegrationError.Get", "/IntegrationError/17", "/IntegrationError/{id}"},
		"a delete":                   {"IntegrationError.Delete", "/IntegrationError/17", "/IntegrationError/{id}"},
		"an id that is a word":       {"Group.Get", "/Group/backup", "/Group/{id}"},
		"an id that is escaped":      {"Group.Delete", "/Group/a%2Fb", "/Group/{id}"},
		"a download":                 {"Attachment.Download", "/Attachment/secret-plan", "/Attachment/{id}"},
		"an action":                  {"Tickets/processed.Post", "/Tickets/processed", "/Tickets/processed"},
		"an id in the middle":        {"Tickets/17/Actions.List", "/Tickets/17/Actions", "/Tickets/{id}/Actions"},
		"two ids":                    {"Tickets/17/Actions.Get", "/Tickets/17/Actions/4", "/Tickets/{id}/Actions/{id}"},
		"a list of an id":            {"Tickets/17.List", "/Tickets/17", "/Tickets/{id}"},
		"a UUID":                     {"Report.List", "/Report/5f2b0c1e-8a4d-4a66-9c3f-0d9f7c1f2a10", "/Report/{id}"},
		"a resource with a digit":    {"Office365.Get", "/Office365/12", "/Office365/{id}"},
		"a resource named like Get":  {"Widget.List", "/Widget", "/Widget"},
		"a long text":                {"Report.List", "/Report/" + strings.Repeat("a", 49), "/Report/{id}"},
		"a name in other characters": {"Sites/Zürich.List", "/Sites/Z%C3%BCrich", "/Sites/{id}"},
		"no path":                    {"", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, halopsa.Attempt{Op: test.op, Path: test.path}.Template())
		})
	}
}
