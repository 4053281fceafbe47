package halopsa

import (
	"log/slog"
	"time"
)

// Budget is how much of a client's request limit is left, as [Client.Budget] returns it. It counts only the requests of this client, not those of
// other programs that share the tenant's limit.
type Budget struct {
	// Limit is how many requests the client sends in any Window; 0 means that it has no built-in limit, because of
	// [WithoutRateLimit] or [WithLimiter]. After a 429, Limit is what the server did accept, and the client tries a few more at a time: each
	// that is accepted raises Limit. Two windows after the last 429, Limit is what [WithRateLimit] says again.
	Limit int `json:"limit"`
	// Window is the length of the rolling window. It marshals to JSON in nanoseconds.
	Window time.Duration `json:"window"`
	// Used is how many requests of the window are used, including those in flight.
	Used int `json:"used"`
	// Left is how many requests would be sent at once, without a wait, or -1 for any number. It is Limit less Used until the first 429. While the
	// client is held back it is 0; afterwards it counts the requests that are tried beyond Limit, and is at most what may be in flight: one at
	// first, and one more for each that is accepted.
	Left int `json:"left"`
	// Waiting is how many calls wait for the limit.
	Waiting int `json:"waiting"`
	// HeldUntil is the time until which every call is held back after a 429; it is zero or in the past if no call is held back.
	HeldUntil time.Time `json:"held_until,omitzero"`
}

// LogValue returns the fields.
func (l Budget) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("limit", l.Limit), slog.Duration("window", l.Window), slog.Int("used", l.Used), slog.Int("left", l.Left), slog.Int("waiting", l.Waiting),
		slog.Time("held_until", l.HeldUntil),
	)
}

// Budget returns how many requests the client's limit still has now, for metrics and for those who want a part of it. It is the zero value for a
// client that [NewClient] did not make, and safe for concurrent use.
func (c *Client) Budget() Budget {
	if c == nil || c.conf == nil {
		return Budget{}
	}
	w := c.conf.window.State()
	return Budget{Limit: w.Limit, Window: c.conf.window.Length(), Used: w.Used, Left: w.Left, Waiting: w.Waiting, HeldUntil: w.HeldUntil}
}
