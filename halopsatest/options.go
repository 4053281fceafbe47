package halopsatest

import (
	"time"

	"github.com/halopsa-go/halopsa/halopsaprobe"
)

// config is what the options set.
type config struct {
	habits     Habits
	limit      int
	window     time.Duration
	retryAfter bool
	latency    time.Duration
	tokenLife  time.Duration
	tenant     string
	strict     bool
	probed     *halopsaprobe.Report // nil without WithHabitsFrom
}

// Option specifies how a stand-in is set up; it is given to [NewServer] and [NewHandler].
type Option func(*config)

// WithHabits sets the habits of every resource; the default is an honest server. See also [Handler.SetHabits].
func WithHabits(habits Habits) Option { return func(c *config) { c.habits = habits } }

// WithRateLimit sets how many requests are accepted in any window of time; the default is 700 in 5 minutes, 0 is no limit.
//
// Requests for a token do not count, nor do those that got a 429. The option of the same name in package halopsa is another one: it is how many requests
// a client sends.
func WithRateLimit(n int, window time.Duration) Option {
	return func(c *config) { c.limit, c.window = n, window }
}

// WithoutRetryAfter leaves the Retry-After header out of a 429.
func WithoutRetryAfter() Option { return func(c *config) { c.retryAfter = false } }

// WithLatency delays every response of the API.
func WithLatency(latency time.Duration) Option { return func(c *config) { c.latency = latency } }

// WithTokenLife sets how long a token is valid; the default is an hour.
func WithTokenLife(life time.Duration) Option { return func(c *config) { c.tokenLife = life } }

// WithTenant makes the token endpoint insist on ?tenant=NAME, as hosted instances do, and names it in GET /api/authinfo.
func WithTenant(tenant string) Option { return func(c *config) { c.tenant = tenant } }

// Strict refuses a read with a query parameter or a sort field that nobody knows: 400 with its name. By default the stand-in ignores
// them silently, as HaloPSA does, and [Handler.Unknown] lists them.
func Strict() Option { return func(c *config) { c.strict = true } }
