package halopsa

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"runtime"
	"strings"

	"github.com/halopsa-go/halopsa/internal/attempt"
	"github.com/halopsa-go/halopsa/internal/limit"
	"github.com/halopsa-go/halopsa/internal/paging"
)

// Version is the version of the SDK, as the User-Agent header names it.
const Version = "0.1.0"

// Client calls the API of one HaloPSA tenant. Create one with [NewClient]. It is safe for concurrent use.
type Client struct {
	HaloIntegration                 *HaloIntegrationService
	IntegrationConfiguration        *IntegrationConfigurationService
	IntegrationData                 *IntegrationDataService
	IntegrationDelta                *IntegrationDeltaService
	IntegrationError                *IntegrationErrorService
	IntegrationExport               *IntegrationExportService
	IntegrationFieldData            *IntegrationFieldDataService
	IntegrationFieldMapping         *IntegrationFieldMappingService
	IntegrationLookUp               *IntegrationLookUpService
	IntegrationRequest              *IntegrationRequestService
	IntegrationRunbookVariableGroup *IntegrationRunbookVariableGroupService
	IntegrationSiteMapping          *IntegrationSiteMappingService
	IntegratorLog                   *IntegratorLogService
	IntegratorSchedule              *IntegratorScheduleService
	IntegratorTrace                 *IntegratorTraceService
	ConnectedInstance               *ConnectedInstanceService

	conf   *settings
	base   string         // https://host, without /api
	host   string         // of base
	walks  paging.Deletes // tell the walks under way
	newest newestIDs      // tell what is newer than a write
}

// settings are what holds secrets, behind a second pointer: of a copy of a client, whose Format fmt cannot call, a verb such as %s prints what one pointer
// leads to.
type settings struct {
	*config
	attempts *attempt.Client
}

// NewClient returns a client of the instance at baseURL, such as "https://acme.halopsa.com".
//
// It does no I/O and reads no environment variables. A trailing slash, /api or /auth of the URL is dropped. Credentials are required, from
// [WithClientCredentials], [WithCredentialsFunc] or [WithTokenSource]. The error is an [ErrInvalid] that names the argument.
func NewClient(baseURL string, opts ...ClientOption) (*Client, error) {
	conf, base, err := configure(baseURL, opts)
	if err != nil {
		return nil, err
	}
	if conf.window == nil {
		conf.window = limit.NewWindow(defaultLimit, defaultWindow)
	}
	conf.window.SetLongestHold(conf.retry.MaxWait)
	if conf.logger == nil {
		conf.logger = slog.New(slog.DiscardHandler)
	}
	hc := httpClient(conf.httpClient)
	if conf.tokens, err = tokenSource(conf, base, *hc); err != nil {
		return nil, err
	}
	conf.longestAttempt = hc.Timeout // as a limit of the HTTP client it would run while an attempt waits for the limits
	c := &Client{conf: &settings{conf, attempt.New(attempts(conf, hc))}, base: base}
	c.host = hostIn(base)
	c.addServices()
	return c, nil
}

// attempts is what the attempts of all calls need.
func attempts(conf *config, hc *http.Client) attempt.Config {
	c := attempt.Config{
		HTTP: hc, Header: conf.header(),
		Window: conf.window, Limiter: conf.limiter, Tokens: conf.tokens, Policy: conf.retry, MaxResponse: conf.maxResponse,
	}
	if own, ok := conf.tokens.(*credentialSource); ok {
		c.FetchedAt = own.FetchedAt
	}
	return c
}

// header is what every request has.
func (c *config) header() http.Header {
	userAgent := strings.TrimSpace(fmt.Sprintf("%s halopsa-go/%s (%s)", c.userAgent, Version, runtime.Version()))
	return http.Header{"Accept": {"application/json"}, "User-Agent": {userAgent}}
}

// configure applies the options and checks the base URL.
func configure(baseURL string, opts []ClientOption) (conf *config, base string, err error) {
	conf = defaultConfig()
	for _, opt := range opts {
		if opt == nil {
			continue
		}
		if err := opt.applyClient(conf); err != nil {
			return nil, "", err
		}
	}
	base, err = serverURL("base URL", baseURL, conf.insecure)
	return conf, base, err
}

func (c *Client) addServices() {
	s := service{c}
	c.HaloIntegration = &HaloIntegrationService{s}
	c.IntegrationConfiguration = &IntegrationConfigurationService{s}
	c.IntegrationData = &IntegrationDataService{s}
	c.IntegrationDelta = &IntegrationDeltaService{s}
	c.IntegrationError = &IntegrationErrorService{s}
	c.IntegrationExport = &IntegrationExportService{s}
	c.IntegrationFieldData = &IntegrationFieldDataService{s}
	c.IntegrationFieldMapping = &IntegrationFieldMappingService{s}
	c.IntegrationLookUp = &IntegrationLookUpService{s}
	c.IntegrationRequest = &IntegrationRequestService{s}
	c.IntegrationRunbookVariableGroup = &IntegrationRunbookVariableGroupService{s}
	c.IntegrationSiteMapping = &IntegrationSiteMappingService{s}
	c.IntegratorLog = &IntegratorLogService{s}
	c.IntegratorSchedule = &IntegratorScheduleService{s}
	c.IntegratorTrace = &IntegratorTraceService{s}
	c.ConnectedInstance = &ConnectedInstanceService{s}
}

// NewClientFromEnv returns a client set up by the environment, after which opts apply.
//
// HALOPSA_URL, HALOPSA_CLIENT_ID and HALOPSA_CLIENT_SECRET are needed; HALOPSA_TENANT, HALOPSA_SCOPE and HALOPSA_AUTH_URL are as
// [WithTenant], [WithScope] and [WithAuthURL]. White space around a value is dropped, such as the line break of a mounted file, and a value
// of nothing else is missing. The error names every variable that is missing.
func NewClientFromEnv(opts ...ClientOption) (*Client, error) {
	var missing []string
	get := func(name string) string { return trim(os.Getenv(name)) }
	need := func(name string) string {
		value := get(name)
		if value == "" {
			missing = append(missing, name)
		}
		return value
	}
	baseURL, id, secret := need("HALOPSA_URL"), need("HALOPSA_CLIENT_ID"), need("HALOPSA_CLIENT_SECRET")
	if len(missing) > 0 {
		return nil, badArgument("environment", "%s not set", strings.Join(missing, ", "))
	}
	env := []ClientOption{WithClientCredentials(id, secret), WithTenant(get("HALOPSA_TENANT"))}
	if authURL := get("HALOPSA_AUTH_URL"); authURL != "" {
		env = append(env, WithAuthURL(authURL))
	}
	if scope := get("HALOPSA_SCOPE"); scope != "" {
		env = append(env, WithScope(scope))
	}
	return NewClient(baseURL, append(env, opts...)...)
}

// Format prints the host that the client calls, whatever the verb: package fmt would print what is behind its pointers for some, such as %s.
func (c *Client) Format(f fmt.State, _ rune) {
	host := ""
	if c != nil {
		host = c.host
	}
	_, _ = fmt.Fprintf(f, "halopsa.Client{%q}", host)
}
