package halopsa

import (
	"log/slog"
	"time"
)

// Budget is how much of a client's request limit is left, as [Client.Budget] returns it. It counts only the requests of this client, not those of
// other programs that share the tenant's limit.
type Budget struct {
	// Limit is how many requests the client sends in any Window; 0 means that it has no built-in limit, because of
	// [WithoutRateLimit] or [WithLimiter]. After a 429, Limit is what the server did accept, until that proves to be too low.
	Limit int `json:"limit"`
	// Window is the length of the rolling window. It marshals to JSON in nanoseconds.
	Window time.Duration `json:"window"`
	// Used is how many requests of the window are used, including those in flight.
	Used int `json:"used"`
	// Waiting is how many calls wait for the limit.
	Waiting int `json:"waiting"`
	// HeldUntil is the time until which every call is held back after a 429; it is zero or in the past if no call is held back.
	HeldUntil time.Time `json:"held_until,omitzero"`
}

// Left is how many requests the window still has, or -1 if the client has no built-in limit. Until HeldUntil none of them is sent.
func (l Budget) Left() int {
	if l.Limit <= 0 {
		return -1
	}
	return max(0, l.Limit-l.Used)
}

// LogValue returns the fields.
func (l Budget) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("limit", l.Limit), slog.Duration("window", l.Window), slog.Int("used", l.Used), slog.Int("waiting", l.Waiting),
		slog.Time("held_until", l.HeldUntil),
	)
}

// Budget returns how many requests the client's limit still has now, for metrics and for those who want a part of it. It is the zero value for a
// client that [NewClient] did not make, and safe for concurrent use.
func (c *Client) Budget() Budget {
	if c == nil || c.conf == nil {
		return Budget{}
	}
	var l Budget
	l.Limit, l.Used, l.Waiting, l.HeldUntil = c.conf.window.State()
	l.Window = c.conf.window.Length()
	return l
}
