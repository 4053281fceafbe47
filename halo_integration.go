package halopsa

import (
	"context"

	"github.com/halopsa-go/halopsa/internal/retry"
)

var haloIntegration = endpoint{name: "HaloIntegration"}

// HaloIntegrationService is what other systems call to create tickets and actions in HaloPSA.
//
// Its inputs and responses have custom types with json tags, since a ticket has hundreds of members. into is a pointer to the value that the
// response is decoded into, as for encoding/json; nil discards the response. The value is replaced as a whole, or unchanged if the call fails.
type HaloIntegrationService struct{ service }

// Get reads the endpoint; its response has no published schema.
//
// API: GET /HaloIntegration/Get
// https://halo.halopsa.com/api/swagger/index.html#/HaloIntegration
func (s *HaloIntegrationService) Get(ctx context.Context, into any, ro ...RequestOption) error {
	return passOf(ctx, clientOf(s), &passed{at: haloIntegration, verb: "Get", needed: true}, into, ro)
}

// CreateTicket creates one ticket, an object with the members of the API's Faults.
//
// ticket is any value that encodes as one JSON object, not a slice. Like every create it is not repeated when its outcome is unknown, but returned
// as an [ErrOutcomeUnknown]; [WithIdempotent] changes that.
//
// API: POST /HaloIntegration/CreateTicket
// https://halo.halopsa.com/api/swagger/index.html#/HaloIntegration
func (s *HaloIntegrationService) CreateTicket(ctx context.Context, ticket, into any, ro ...RequestOption) error {
	return s.create(ctx, "CreateTicket", "ticket", ticket, into, ro)
}

// CreateAction adds one action to a ticket, an object with the members of the API's Actions.
//
// Among them are ticket_id, note, note_html, outcome, datetime and who_agentid [doc]. See [HaloIntegrationService.CreateTicket] for the rest.
//
// API: POST /HaloIntegration/CreateAction
// https://halo.halopsa.com/api/swagger/index.html#/HaloIntegration
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
