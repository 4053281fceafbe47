package halopsa_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// faults and action are what an integration writes, in types of its own.
type faults struct {
	ID           int64        `json:"id,omitempty"`
	Summary      string       `json:"summary,omitempty"`
	Details      string       `json:"details,omitempty"`
	TicketTypeID int64        `json:"tickettype_id,omitempty"`
	ClientID     int64        `json:"client_id,omitempty"`
	DateOccurred halopsa.Time `json:"dateoccurred,omitzero"`
}

type action struct {
	ID        int64        `json:"id,omitempty"`
	TicketID  int64        `json:"ticket_id"`
	Note      string       `json:"note,omitempty"`
	NoteHTML  string       `json:"note_html,omitempty"`
	Outcome   string       `json:"outcome,omitempty"`
	DateTime  halopsa.Time `json:"datetime,omitzero"`
	WhoAgent  int64        `json:"who_agentid,omitempty"`
	TimeTaken float64      `json:"timetaken,omitempty"`
}

func TestHaloIntegration(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /HaloIntegration/Get", sent: "/HaloIntegration/Get?module=12",
			answer: "HaloIntegration/get.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var got map[string]json.RawMessage
				err := c.HaloIntegration.Get(ctx, &got, halopsa.WithQuery("module", "12"))
				return got, err
			},
			want:    map[string]json.RawMessage{"version": raw(`"2.250"`), "modules": raw(`[{"id": 12, "name": "NinjaRMM"}]`)},
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "POST /HaloIntegration/CreateTicket", sent: "/HaloIntegration/CreateTicket",
			body: "HaloIntegration/ticket.request.json", answer: "HaloIntegration/ticket.json", status: http.StatusCreated,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var created faults
				err := c.HaloIntegration.CreateTicket(ctx, faults{
					Summary: "Disk is full on SRV-01", Details: "C: has 1 % left <SRV-01 & SRV-02>", TicketTypeID: 1, ClientID: 18,
				}, &created)
				return created, err
			},
			want:    faults{ID: 2041, Summary: "Disk is full on SRV-01", ClientID: 18, DateOccurred: date},
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /HaloIntegration/CreateAction", sent: "/HaloIntegration/CreateAction",
			body: "HaloIntegration/action.request.json", answer: "HaloIntegration/action.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				var added *action
				err := c.HaloIntegration.CreateAction(ctx, &action{
					TicketID: 2041, Note: "The alert was cleared.", NoteHTML: "<p>The alert was cleared.</p>", Outcome: "Note",
					DateTime: date, WhoAgent: 7,
				}, &added)
				if added == nil {
					return nil, err
				}
				return *added, err
			},
			want:    action{ID: 3, TicketID: 2041, Outcome: "Note", DateTime: date, WhoAgent: 7},
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
	})
}

// TestHaloIntegrationResponses: what the response to a create has is the caller's to want, and what says no is never a success.
func TestHaloIntegrationResponses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status   int
		body     string
		want     faults
		unknown  bool
		says     string
		discards bool // also fails where the response is not wanted
	}{
		"ticket":              {200, `{"id":5}`, faults{ID: 5}, false, "", false},
		"nothing":             {200, ``, faults{}, false, "", false},
		"null":                {201, `null`, faults{}, false, "", false},
		"no content":          {204, ``, faults{}, false, "", false},
		"an error":            {200, `{"error":"no such client"}`, faults{ID: 9}, true, "no such client", true},
		"a message":           {200, `{"message":"no such client"}`, faults{ID: 9}, true, "no such client", true},
		"an exception":        {200, `{"ClassName":"System.Exception","Message":"no such client"}`, faults{ID: 9}, true, "no such client", true},
		"a page":              {200, `<html><title>Sign in</title></html>`, faults{ID: 9}, true, "", true},
		"two values":          {200, `{"id":5}{"id":6}`, faults{ID: 9}, true, "something follows the JSON value", true},
		"another type":        {200, `{"id":{}}`, faults{ID: 9}, true, "id: not an integer that fits", false},
		"a list":              {200, `[{"id":5}]`, faults{ID: 9}, true, "not an object", false},
		"a refusal":           {400, `{"message":"no such client"}`, faults{ID: 9}, false, "no such client", true},
		"an error and a list": {200, `{"error":"no such client","tickets":[]}`, faults{ID: 9}, true, "no such client", true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, mock := mocked(t)
			mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
				return respond(test.status, "application/json", test.body), nil
			})
			got := faults{ID: 9}
			err := client.HaloIntegration.CreateTicket(t.Context(), faults{Summary: "a"}, &got)
			discarded := client.HaloIntegration.CreateTicket(t.Context(), map[string]any{"summary": "a"}, nil)
			assert.Equal(t, test.want, got, "set as a whole, or not at all")
			assert.Equal(t, 2, mock.GetTotalCallCount())
			if test.says == "" && !test.unknown {
				require.NoError(t, err)
				require.NoError(t, discarded)
				return
			}
			require.ErrorContains(t, err, test.says)
			if test.discards {
				require.ErrorContains(t, discarded, test.says)
			} else {
				require.NoError(t, discarded)
			}
			if test.unknown {
				require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			} else {
				require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
			}
		})
	}
}

func TestHaloIntegrationRefuses(t *testing.T) {
	t.Parallel()
	create := func(object, into any) func(context.Context, *halopsa.Client) error {
		return func(ctx context.Context, c *halopsa.Client) error {
			return c.HaloIntegration.CreateTicket(ctx, object, into)
		}
	}
	one := faults{Summary: "a"}
	const op = "HaloIntegration.CreateTicket: "
	runRefusals(t, map[string]refusal{
		"nil":               {create(nil, nil), op + "ticket: empty"},
		"nil pointer":       {create((*faults)(nil), nil), op + "ticket: empty"},
		"nil map":           {create(map[string]any(nil), nil), op + "ticket: empty"},
		"empty":             {create(faults{}, nil), op + "ticket: empty"},
		"slice":             {create([]faults{one}, nil), op + "ticket: not one JSON object, such as a struct or a map makes"},
		"text":              {create("a ticket", nil), op + "ticket: not one JSON object, such as a struct or a map makes"},
		"bytes":             {create([]byte(`{"summary":"a"}`), nil), op + "ticket: bytes would be sent as a text in base64; json.RawMessage is sent as it is"},
		"function":          {create(unwritable{}, nil), op + "ticket: cannot be encoded as JSON: json: unsupported type: func()"},
		"into no pointer":   {create(one, faults{}), op + "into: not a pointer to a value; nil itself discards the response"},
		"into nil pointer":  {create(one, (*faults)(nil)), op + "into: not a pointer to a value; nil itself discards the response"},
		"into a map itself": {create(one, map[string]any{}), op + "into: not a pointer to a value; nil itself discards the response"},
		"action": {func(ctx context.Context, c *halopsa.Client) error {
			return c.HaloIntegration.CreateAction(ctx, []action{{TicketID: 7}}, nil)
		}, "HaloIntegration.CreateAction: action: not one JSON object, such as a struct or a map makes"},
		"get": {func(ctx context.Context, c *halopsa.Client) error {
			return c.HaloIntegration.Get(ctx, map[string]any{})
		}, "HaloIntegration.Get: into: not a pointer to a value; nil itself discards the response"},
	})
}

// TestHaloIntegrationGetOfNothing: a read that found nothing is an error, unless nobody wants what it reads.
func TestHaloIntegrationGetOfNothing(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "null", `""`} {
		client, mock := mocked(t)
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
			return respond(http.StatusOK, "application/json", body), nil
		})
		got := map[string]any{"left": "over"}
		err := client.HaloIntegration.Get(t.Context(), &got)
		var unreadable *halopsa.DecodeError
		require.ErrorAs(t, err, &unreadable, body)
		assert.ErrorContains(t, err, "no record in the response")
		require.NoError(t, client.HaloIntegration.Get(t.Context(), nil))
	}
}
