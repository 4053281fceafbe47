package halopsa

import (
	"context"

	"github.com/halopsa-go/halopsa/internal/retry"
)

var haloIntegration = endpoint{name: "HaloIntegration"}

// HaloIntegrationService is what other systems call to make tickets and actions in HaloPSA.
//
// Its inputs and responses are of the caller's own types, with json tags, since a ticket has hundreds of members. into is a pointer to what
// the response is read into, as encoding/json takes one; nil discards the response. It is set as a whole, or not at all when the call fails.
type HaloIntegrationService struct{ service }

// Get reads what the endpoint has to say; its response has no published schema.
//
// API: GET /HaloIntegration/Get
func (s *HaloIntegrationService) Get(ctx context.Context, into any, ro ...RequestOption) error {
	return passOf(ctx, clientOf(s), &passed{at: haloIntegration, verb: "Get", needed: true}, into, ro)
}

// CreateTicket creates one ticket, an object with the members of the API's Faults.
//
// ticket is any value that makes one JSON object, and no slice. Like every create it is not repeated when its outcome is unknown, but returned
// as an [ErrOutcomeUnknown]; [WithIdempotent] says otherwise.
//
// API: POST /HaloIntegration/CreateTicket
func (s *HaloIntegrationService) CreateTicket(ctx context.Context, ticket, into any, ro ...RequestOption) error {
	return s.create(ctx, "CreateTicket", "ticket", ticket, into, ro)
}

// CreateAction adds one action to a ticket, an object with the members of the API's Actions.
//
// Among them are ticket_id, note, note_html, outcome, datetime and who_agentid [doc]. See [HaloIntegrationService.CreateTicket] for the rest.
//
// API: POST /HaloIntegration/CreateAction
func (s *HaloIntegrationService) CreateAction(ctx context.Context, action, into any, ro ...RequestOption) error {
	return s.create(ctx, "CreateAction", "action", action, into, ro)
}

func (s *HaloIntegrationService) create(ctx context.Context, verb, argument string, object, into any, ro []RequestOption) error {
	body, err := encodeObject(haloIntegration.op(verb), argument, object)
	if err != nil {
		return err
	}
	return passOf(ctx, clientOf(s), &passed{at: haloIntegration, verb: verb, post: true, body: body, kind: retry.Create}, into, ro)
}
