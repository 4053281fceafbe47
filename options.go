package halopsa

import (
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/internal/limit"
	"github.com/halopsa-go/halopsa/internal/retry"
)

// ClientOption sets up a [Client]; it is given to [NewClient].
//
// Later options override earlier ones, and options of a call override those of the client.
type ClientOption interface{ applyClient(*config) error }

// config is what the options of NewClient set.
type config struct {
	tenant, authURL        string
	scopes                 []string
	clientID, clientSecret string
	credentials            *rotating // instead of these two; nil if there are none
	tokens                 TokenSource
	tokensGiven            bool // by WithTokenSource
	httpClient             *http.Client
	limiter                Limiter
	window                 *limit.Window
	retry                  retry.Policy
	maxResponse            int64
	longestAttempt         time.Duration // of the HTTP client that was given; 0 if there is none
	logger                 *slog.Logger
	observers              []func(context.Context, Attempt)
	waits                  []func(context.Context, LimitWait)
	resized                []func(context.Context, PageSizeChange)
	userAgent              string
	insecure               bool
	call                   callConfig
}

const (
	// defaultLimit and defaultWindow are the tenant's rule: 700 requests per rolling 5 minutes.
	defaultLimit  = 700
	defaultWindow = 5 * time.Minute
	// defaultTimeout is a little more than the 60 s after which the gateway gives up.
	defaultTimeout     = 90 * time.Second
	defaultMaxResponse = 64 << 20
	defaultBatchSize   = 100
	// defaultPageSize is the largest page that a tenant was seen to serve.
	defaultPageSize = 100
)

func defaultConfig() *config {
	return &config{
		scopes: []string{"all"},
		retry: retry.Policy{
			MaxRetries: 4,
			MinBackoff: 500 * time.Millisecond,
			MaxBackoff: 30 * time.Second,
			MaxWait:    6 * time.Minute,
			MaxRefused: time.Hour,
		},
		maxResponse: defaultMaxResponse,
		call:        callConfig{timeout: defaultTimeout, batch: defaultBatchSize, settle: defaultSettle},
	}
}

// secrets are what an authorization server could echo.
func (c *config) secrets() []string { return append(c.credentials.secrets(), c.clientSecret) }

type clientOptionFunc func(*config) error

func (f clientOptionFunc) applyClient(c *config) error { return f(c) }

// WithTenant names the tenant, which hosted instances need for a token.
//
// API: POST /auth/token?tenant=NAME. On-premise instances have none.
func WithTenant(tenant string) ClientOption {
	return clientOptionFunc(func(c *config) error {
		c.tenant = trim(tenant)
		return nil
	})
}

// WithClientCredentials sets the id and the secret of an API application that uses OAuth2 client credentials.
//
// Both must be non-empty. White space around them is dropped; HaloPSA generates both without any. Either this option, [WithCredentialsFunc]
// or [WithTokenSource] is needed.
func WithClientCredentials(id, secret string) ClientOption {
	return clientOptionFunc(func(c *config) error {
		id, secret := trim(id), trim(secret)
		if id == "" || secret == "" {
			return badArgument("WithClientCredentials", "the client id and the client secret must not be empty")
		}
		c.clientID, c.clientSecret, c.credentials = id, secret, nil
		return nil
	})
}

// WithScope sets the OAuth2 scopes to ask for; the default is "all".
//
// A scope that the API application does not have leads to [ErrForbidden].
func WithScope(scopes ...string) ClientOption {
	return clientOptionFunc(func(c *config) error {
		c.scopes = strings.Fields(strings.Join(scopes, " "))
		if len(c.scopes) == 0 {
			return badArgument("WithScope", "no scope is named")
		}
		return nil
	})
}

// WithAuthURL sets the URL of the authorization server; the default is /auth of the base URL.
//
// The token endpoint is /token below it, as with https://auth.example.com/auth; for a host alone it is /auth/token. The whole endpoint is
// accepted too, such as https://auth.example.com/token, which trial tenants use. The rules are those of the base URL: a host, an optional port
// and path, and nothing else. An empty URL means the default.
func WithAuthURL(authURL string) ClientOption {
	return clientOptionFunc(func(c *config) error {
		c.authURL = trim(authURL)
		return nil
	})
}

// WithTokenSource takes access tokens from source instead of fetching them with client credentials.
//
// The source is called before every attempt and must cache tokens itself; see [TokenSource].
func WithTokenSource(source TokenSource) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if source == nil {
			return badArgument("WithTokenSource", "the token source must not be nil")
		}
		c.tokens, c.tokensGiven = source, true
		return nil
	})
}

// WithHTTPClient sends requests through a copy of client, for a proxy, a custom transport or a test.
//
// Its Transport and Jar are kept; its Timeout bounds each attempt, as [WithTimeout] does. Redirects are always handled by the SDK: only a
// GET follows one, and only within the same host. A Transport must not repeat requests by itself: a create could then happen twice.
func WithHTTPClient(client *http.Client) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if client == nil {
			return badArgument("WithHTTPClient", "the HTTP client must not be nil")
		}
		c.httpClient = client
		return nil
	})
}

// WithRateLimit sets how many requests the client sends in any window of time; the default is 700 in 5 minutes.
//
// It follows the server's own rule, a rolling window over the last n requests. Replicas that share a tenant must share its limit:
// give each its share, or see [WithLimiter].
func WithRateLimit(n int, window time.Duration) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if n < 1 || window <= 0 {
			return badArgument("WithRateLimit", "%d requests per %s: both must be positive; WithoutRateLimit turns the limit off", n, window)
		}
		c.limiter, c.window = nil, limit.NewWindow(n, window)
		return nil
	})
}

// WithoutRateLimit turns off the client's built-in limit. A 429 of the server still holds back every call.
func WithoutRateLimit() ClientOption {
	return clientOptionFunc(func(c *config) error {
		c.limiter, c.window = nil, limit.NewWindow(0, defaultWindow)
		return nil
	})
}

// WithLimiter replaces the client's built-in limit with limiter, which every attempt waits for.
//
// A 429 of the server still holds back every call of this client.
func WithLimiter(limiter Limiter) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if limiter == nil {
			return badArgument("WithLimiter", "the limiter must not be nil; WithoutRateLimit turns the limit off")
		}
		c.limiter, c.window = limiter, limit.NewWindow(0, defaultWindow)
		return nil
	})
}

// Limiter holds back requests. Wait returns when one may be sent, or with an error when none may.
//
// *rate.Limiter of golang.org/x/time/rate implements it.
type Limiter interface {
	Wait(ctx context.Context) error
}

// WithMaxRetries sets how often a failed request is retried if the retry table allows it; the default is 4.
//
// Waiting out a 429 and replaying after a 401 do not count. 0 turns the other retries off; see also [WithoutRetry].
func WithMaxRetries(n int) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if n < 0 {
			return badArgument("WithMaxRetries", "%d is less than 0", n)
		}
		c.retry.MaxRetries = n
		return nil
	})
}

// WithBackoff sets the first and the longest pause before a retry; the defaults are 500 ms and 30 s.
//
// Each pause is random; its upper bound begins at first, grows twofold with each retry and never exceeds longest.
func WithBackoff(first, longest time.Duration) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if first < 0 || longest < first {
			return badArgument("WithBackoff", "%s to %s is not a range of pauses", first, longest)
		}
		c.retry.MinBackoff, c.retry.MaxBackoff = first, longest
		return nil
	})
}

// WithMaxWait sets the longest Retry-After that a call waits for; the default is 6 minutes.
//
// If the server asks for more, the call fails at once, with the wait in [APIError.RetryAfter].
func WithMaxWait(longest time.Duration) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if longest < 0 {
			return badArgument("WithMaxWait", "%s is less than 0", longest)
		}
		c.retry.MaxWait = longest
		return nil
	})
}

// WithMaxResponseSize sets how many bytes of a response are read, after decompression; the default is 64 MiB.
func WithMaxResponseSize(bytes int64) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if bytes < 1 {
			return badArgument("WithMaxResponseSize", "%d is less than 1", bytes)
		}
		c.maxResponse = bytes
		return nil
	})
}

// WithLogger logs each attempt to logger at debug level; by default nothing is logged.
//
// At warn level it logs failures after which a Follow continues, long waits for the limit, HaloPSA's warnings, pages that become smaller, and writes that
// are read back.
//
// A log line has the operation, method, path, status, attempt, duration, size and request id, but never a query, header or body.
func WithLogger(logger *slog.Logger) ClientOption {
	return clientOptionFunc(func(c *config) error {
		c.logger = logger
		return nil
	})
}

// WithUserAgent puts product, such as "acme-sync/1.4", before the SDK's own name in the User-Agent header.
func WithUserAgent(product string) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if !headerValue(product) {
			return badArgument("WithUserAgent", "a product must be one line of printable characters")
		}
		c.userAgent = strings.TrimSpace(product)
		return nil
	})
}

// WithInsecureHTTP allows http:// URLs to hosts other than this one. Credentials then cross the network in the clear.
func WithInsecureHTTP() ClientOption {
	return clientOptionFunc(func(c *config) error {
		c.insecure = true
		return nil
	})
}
