package halopsa

import (
	"context"
	"errors"
	"strings"

	"github.com/halopsa-go/halopsa/internal/retry"
)

// IntegrationDataOptions specifies what an integration passes on to its third-party system; the zero value sends no parameter.
//
// HaloPSA documents these parameters for most of its roughly 150 paths [doc]; other parameters of a path are given with [WithQuery]. HaloPSA
// silently ignores a parameter that the path does not know.
type IntegrationDataOptions struct {
	// Part is what follows the system in the path, such as "Payments" in Get/GoCardless/Payments; several segments are separated by slashes.
	Part string `url:"-"`
	// DataType names the kind of data, as the integration spells it. Most paths refuse a call without the right one, with "Invalid Data Type"
	// [live]. The documentation spells the parameter both datatype and dataType; HaloPSA reads names in any case [conv].
	DataType string `url:"datatype,omitempty"`
	// Resource, Endpoint and Method are the third-party API's own: what is read or changed there, and how.
	Resource string `url:"resource,omitempty"`
	Endpoint string `url:"endpoint,omitempty"`
	Method   string `url:"method,omitempty"`
	// Page and Offset are the third party's own paging, and so are the fields below: each system reads one of them, and says in its response
	// where the next page begins. 0 is not sent; WithQuery("page", "0") sends it.
	Page   int `url:"page,omitempty"`
	Offset int `url:"offset,omitempty"`
	// NextLink, NextURL, ContinuationToken, After and NextToken are sent as the last response gave them.
	NextLink          string `url:"nextlink,omitempty"`
	NextURL           string `url:"next_url,omitempty"`
	ContinuationToken string `url:"continuationToken,omitempty"`
	After             string `url:"after,omitempty"`
	NextToken         string `url:"nexttoken,omitempty"`
}

var integrationData = endpoint{name: "IntegrationData"}

// IntegrationDataService passes calls on to the third-party systems that HaloPSA is connected to.
//
// The tenant calls the other system with the credentials of the integration, and the response is the other system's data, as that
// integration passes it on. There is no schema for it: into is a pointer to a value that encoding/json can decode into, and nil discards the
// response. The value is replaced as a whole, or unchanged if the call fails, so that one variable can be used for page after page.
//
// A body is sent as the JSON encoding of its value, an object or an array; nil sends no body. Get, Search and Validate are retried like every
// read. The other methods are not retried once they may have reached the server: such a call returns an [ErrOutcomeUnknown], unless
// [WithIdempotent] declares that it may be sent twice.
//
// A few paths do not follow the pattern, such as GET /IntegrationData/BigPanda/GetDeviceList, POST /IntegrationData/FormatJsonArray and those below
// /IntegrationData/SAML: [ListOf], [GetOf] and [PostOf] reach them, as GetOf[T](ctx, client, "IntegrationData/BigPanda", "GetDeviceList") does.
type IntegrationDataService struct{ service }

// Get reads data of the system; a response without any is a [DecodeError].
//
// API: GET /IntegrationData/Get/{System}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) Get(ctx context.Context, system System, opts *IntegrationDataOptions, into any, ro ...RequestOption) error {
	return s.pass(ctx, &passed{verb: "Get", kind: retry.Read, needed: true}, system, "", opts, into, ro)
}

// Search looks for data of the system; into becomes its zero value where the response holds nothing.
//
// API: GET /IntegrationData/Search/{System}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) Search(ctx context.Context, system System, opts *IntegrationDataOptions, into any, ro ...RequestOption) error {
	return s.pass(ctx, &passed{verb: "Search", kind: retry.Read}, system, "", opts, into, ro)
}

// Validate checks the connection to the system, or what is in the query; into becomes its zero value where the response holds nothing.
//
// API: GET /IntegrationData/Validate/{System}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationData
func (s *IntegrationDataService) Validate(ctx context.Context, system System, opts *IntegrationDataOptions, into any, ro ...RequestOption) error {
	return s.pass(ctx, &passed{verb: "Validate", kind: retry.Read}, system, "", opts, into, ro)
}

// pass makes the call that p begins.
func (s *IntegrationDataService) pass(ctx context.Context, p *passed, system System, action string, opts *IntegrationDataOptions, into any, ro []RequestOption) error {
	rest, err := dataPath(p.verb, system, action, opts)
	if err != nil {
		return named(integrationData.op(p.verb), err)
	}
	p.at, p.rest, p.options = integrationData, rest, opts
	return dataAdvice(passOf(ctx, clientOf(s), p, into, ro))
}

// dataPath joins the system and what follows it.
func dataPath(verb string, system System, action string, opts *IntegrationDataOptions) (string, error) {
	if strings.Contains(string(system), "/") {
		return "", badArgument("system", "%q has a slash in it; what follows the system is the Part of the options", string(system))
	}
	if err := checkSegments("system", string(system)); err != nil {
		return "", err
	}
	path := string(system)
	if verb == "Post" {
		if err := checkSegments("action", action); err != nil {
			return "", err
		}
		path += "/" + action
	}
	if opts != nil && opts.Part != "" {
		if err := checkSegments("Part", opts.Part); err != nil {
			return "", err
		}
		path += "/" + opts.Part
	}
	return path, nil
}

// dataAdvice names the option that a refusal is about: both texts come with a 400 [live].
func dataAdvice(err error) error {
	var refused *APIError
	if !errors.As(err, &refused) || refused.hint != "" {
		return err
	}
	switch message := strings.ToLower(refused.Message); {
	case strings.Contains(message, "invalid data type"):
		refused.hint = "set the DataType of IntegrationDataOptions to one that this system knows"
	case strings.Contains(message, "invalid resource"):
		refused.hint = "set the Resource of IntegrationDataOptions to one that this system knows"
	}
	return err
}
