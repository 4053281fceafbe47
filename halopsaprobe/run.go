package halopsaprobe

import (
	"context"
	"net/url"
	"time"

	"github.com/halopsa-go/halopsa"
)

// Most is how many requests [Run] sends at most, those for a token included.
const Most = 120

// reserve is what Most leaves for tokens: one, and another that is fetched early. Each that the tenant refuses can cost one more.
const reserve = 2

// Option specifies how a tenant is probed; it is given to [Run].
type Option func(*probe)

// WithProgress calls report before each request. It is called by the goroutine of [Run].
func WithProgress(report func(Progress)) Option {
	return func(p *probe) { p.progress = report }
}

// WithResources probes these lists only, such as "Tickets"; the default is those of the integration API.
func WithResources(resources ...string) Option {
	return func(p *probe) { p.resources = resources }
}

// Progress is how far a probe is.
type Progress struct {
	// Resource is what is asked.
	Resource string
	// Question is what the request is to find out, in a few words.
	Question string
	// Sent is how many requests were sent so far, Most how many there can be.
	Sent, Most int
}

// integration are the lists of the integration API: those of which least is known come first.
var integration = []string{
	"IntegrationError", "IntegrationRequest", "IntegrationDelta", "IntegratorLog", "IntegratorSchedule", "IntegratorTrace", "IntegrationLookUp",
	"IntegrationExport", "IntegrationFieldData", "IntegrationFieldMapping", "IntegrationRunbookVariableGroup", "IntegrationSiteMapping",
	"ConnectedInstance", "IntegrationConfiguration",
}

// probe is one run.
type probe struct {
	client    *halopsa.Client
	resources []string
	progress  func(Progress)
	report    *Report
	spent     bool // a question had to be left out
	refused   int  // responses of 401
	names     names
}

// Run probes the tenant of client.
//
// It sends at most [Most] requests, one after the other and only GET, and keeps to the client's limit. A request that fails for a passing reason
// is sent a second time; others are not repeated. The records that come are looked at and forgotten: see [Report] for what is kept.
//
// A list that cannot be read is in the report with its status, and ends nothing. The error is that of ctx, with the report of what was found until
// then, or that of a client which no request can be sent with, such as a *[halopsa.AuthError].
func Run(ctx context.Context, client *halopsa.Client, opts ...Option) (*Report, error) {
	p := &probe{
		client: client, resources: integration,
		report: &Report{Format: Format, At: time.Now().UTC().Truncate(time.Second), SDK: halopsa.Version, Lists: []List{}, Records: []Record{}, Facts: []Fact{}},
	}
	for _, opt := range opts {
		if opt != nil {
			opt(p)
		}
	}
	err := p.run(ctx)
	p.report.Complete = err == nil && !p.spent
	p.report.Facts = facts(p.report)
	return p.report, err
}

func (p *probe) run(ctx context.Context) error {
	info, err := p.ask(ctx, "authinfo", "its members", url.Values{})
	if err != nil {
		return err
	}
	p.report.AuthInfo = p.record("authinfo", info, "")
	lists := make([]*listProbe, 0, len(p.resources))
	for _, resource := range p.resources {
		l := newListProbe(p, resource)
		err := l.basics(ctx)
		p.report.Lists = append(p.report.Lists, l.finished())
		if err != nil {
			return err
		}
		lists = append(lists, l)
	}
	// What matters least comes last, while there are requests left.
	for _, question := range []func(*listProbe, context.Context) error{
		(*listProbe).sorted, (*listProbe).single, (*listProbe).behind, (*listProbe).offset, (*listProbe).ties,
	} {
		for i, l := range lists {
			err := question(l, ctx)
			p.report.Lists[i] = l.finished()
			if err != nil {
				return err
			}
		}
	}
	return nil
}
