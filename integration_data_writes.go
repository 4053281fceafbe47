package halopsa

import (
	"context"

	"github.com/halopsa-go/halopsa/internal/retry"
)

// What the verbs below do is for the system and its integration to say: the documentation has no more than their paths [doc].

// Import has HaloPSA import data of the system.
//
// API: POST /IntegrationData/Import/{System}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) Import(ctx context.Context, system System, opts *IntegrationDataOptions, body, into any, ro ...RequestOption) error {
	return s.write(ctx, "Import", system, "", opts, body, into, ro)
}

// Export has HaloPSA export data to the system.
//
// API: POST /IntegrationData/Export/{System}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) Export(ctx context.Context, system System, opts *IntegrationDataOptions, body, into any, ro ...RequestOption) error {
	return s.write(ctx, "Export", system, "", opts, body, into, ro)
}

// Send sends data to the system.
//
// API: POST /IntegrationData/Send/{System}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) Send(ctx context.Context, system System, opts *IntegrationDataOptions, body, into any, ro ...RequestOption) error {
	return s.write(ctx, "Send", system, "", opts, body, into, ro)
}

// Post carries out an action of the system, such as "create-payment-intent" of Stripe; several segments are separated by slashes.
//
// API: POST /IntegrationData/Post/{System}/{Action}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) Post(ctx context.Context, system System, action string, opts *IntegrationDataOptions, body, into any, ro ...RequestOption) error {
	return s.write(ctx, "Post", system, action, opts, body, into, ro)
}

// Link links a record of HaloPSA with one of the system.
//
// API: POST /IntegrationData/Link/{System}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) Link(ctx context.Context, system System, opts *IntegrationDataOptions, body, into any, ro ...RequestOption) error {
	return s.write(ctx, "Link", system, "", opts, body, into, ro)
}

// Unlink undoes a link between a record of HaloPSA and one of the system.
//
// API: POST /IntegrationData/Unlink/{System}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) Unlink(ctx context.Context, system System, opts *IntegrationDataOptions, body, into any, ro ...RequestOption) error {
	return s.write(ctx, "Unlink", system, "", opts, body, into, ro)
}

// Move moves a record of the system.
//
// API: POST /IntegrationData/Move/{System}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) Move(ctx context.Context, system System, opts *IntegrationDataOptions, body, into any, ro ...RequestOption) error {
	return s.write(ctx, "Move", system, "", opts, body, into, ro)
}

// AdjustQty changes the quantity of a subscription or license of the system.
//
// API: POST /IntegrationData/AdjustQty/{System}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) AdjustQty(ctx context.Context, system System, opts *IntegrationDataOptions, body, into any, ro ...RequestOption) error {
	return s.write(ctx, "AdjustQty", system, "", opts, body, into, ro)
}

// write makes a call that changes something, in HaloPSA or in the other system.
func (s *IntegrationDataService) write(ctx context.Context, verb string, system System, action string, opts *IntegrationDataOptions, body, into any, ro []RequestOption) error {
	p := &passed{verb: verb, post: true, kind: retry.Create}
	if body != nil {
		var err error
		if p.body, err = encodeBody(integrationData.op(verb), "body", body); err != nil {
			return err
		}
	}
	return s.pass(ctx, p, system, action, opts, into, ro)
}
