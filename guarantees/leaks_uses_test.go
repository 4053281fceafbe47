package guarantees_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// useOfTheNetwork are calls that end in every way, over a server that has everything.
var useOfTheNetwork = map[string]func(context.Context, *halopsa.Client, *halopsatest.Handler) error{
	"a record": func(ctx context.Context, c *halopsa.Client, _ *halopsatest.Handler) error {
		return trial.GetOne(ctx, c)
	},
	"a whole list": func(ctx context.Context, c *halopsa.Client, _ *halopsatest.Handler) error {
		return walkErrors(ctx, c, 1_000)
	},
	"half a list": func(ctx context.Context, c *halopsa.Client, _ *halopsatest.Handler) error {
		return walkErrors(ctx, c, 45)
	},
	"a list, read ahead": func(ctx context.Context, c *halopsa.Client, _ *halopsatest.Handler) error {
		return walkErrors(ctx, c, 1_000, halopsa.WithPrefetch(4))
	},
	"half a list, read ahead": func(ctx context.Context, c *halopsa.Client, _ *halopsatest.Handler) error {
		return walkErrors(ctx, c, 45, halopsa.WithPrefetch(4))
	},
	"a list that fails, read ahead": failingAhead,
	"a list that gets stuck ahead":  stuckAhead,
	"a log that is followed":        following(nil),
	"a log that is followed, ahead": following([]halopsa.RequestOption{halopsa.WithPrefetch(4)}),
	"a write once":                  writingOnce(nil),
	"a write once, read back":       writingOnce(&halopsatest.Fault{Method: http.MethodPost, Resource: "IntegrationError", Kind: halopsatest.Reset, Applied: true}),
	"a token that expires": func(ctx context.Context, c *halopsa.Client, h *halopsatest.Handler) error {
		if err := trial.GetOne(ctx, c); err != nil {
			return err
		}
		h.RevokeTokens()
		return trial.GetOne(ctx, c)
	},
	"a write": func(ctx context.Context, c *halopsa.Client, _ *halopsatest.Handler) error {
		return trial.CreateOne(ctx, c)
	},
	"HTML 504":      struckBy(halopsatest.Fault{Kind: halopsatest.HTML504, Times: -1}),
	"invalid":       struckBy(halopsatest.Fault{Status: 400}),
	"junk":          struckBy(halopsatest.Fault{Status: 200, Body: "<html>"}),
	"unauthorised":  struckBy(halopsatest.Fault{Status: 401, Times: -1}),
	"a redirect":    struckBy(halopsatest.Fault{Status: 302, Header: http.Header{"Location": {"https://evil.example.com/"}}}),
	"reset":         struckBy(halopsatest.Fault{Kind: halopsatest.Reset, Times: -1}),
	"truncated":     struckBy(halopsatest.Fault{Kind: halopsatest.Truncated, Times: -1}),
	"too large":     struckBy(halopsatest.Fault{Status: 200, Body: strings.Repeat(" ", 1<<20)}),
	"no token":      struckBy(halopsatest.Fault{Resource: halopsatest.Token, Status: 500, Times: -1}),
	"a slow answer": leaving(halopsatest.Fault{Kind: halopsatest.Slow, Pause: time.Hour, Times: -1}),
	"a slow token":  leaving(halopsatest.Fault{Resource: halopsatest.Token, Kind: halopsatest.Slow, Pause: time.Hour, Times: -1}),
	"held back":     leaving(halopsatest.Fault{Status: 429, Header: http.Header{"Retry-After": {"60"}}, Times: -1}),
}

func walkErrors(ctx context.Context, c *halopsa.Client, n int, ro ...halopsa.RequestOption) error {
	for _, err := range c.IntegrationError.All(ctx, &halopsa.IntegrationErrorListOptions{ListOptions: halopsa.ListOptions{PageSize: 10}}, ro...) {
		if n--; err != nil || n == 0 {
			return err
		}
	}
	return nil
}

// failingAhead reads a list in which one page fails while others are read ahead.
func failingAhead(ctx context.Context, c *halopsa.Client, h *halopsatest.Handler) error {
	h.Fault(halopsatest.Fault{Method: http.MethodGet, Resource: "IntegrationError", Status: 403, After: 4, Times: -1})
	if err := walkErrors(ctx, c, 1_000, halopsa.WithPrefetch(4)); !errors.Is(err, halopsa.ErrForbidden) {
		return fmt.Errorf("the fault did not end the walk: %w", err)
	}
	return nil
}

// stuckAhead leaves a list while pages are on their way that will not come.
func stuckAhead(ctx context.Context, c *halopsa.Client, h *halopsatest.Handler) error {
	asked := make(chan struct{}, 10)
	h.Fault(halopsatest.Fault{Kind: halopsatest.Slow, Pause: time.Hour, Times: -1, Match: func(r *http.Request) bool {
		stuck := r.URL.Query().Get("page_no") > "3"
		if stuck {
			asked <- struct{}{}
		}
		return stuck
	}})
	n := 0
	for _, err := range c.IntegrationError.All(ctx, &halopsa.IntegrationErrorListOptions{ListOptions: halopsa.ListOptions{PageSize: 10}}, halopsa.WithPrefetch(4)) {
		if err != nil {
			return err
		}
		if n++; n == 25 {
			<-asked
			break
		}
	}
	return allStruck(h)
}

// following leaves a log that it has read to its end.
func following(ro []halopsa.RequestOption) func(context.Context, *halopsa.Client, *halopsatest.Handler) error {
	return func(ctx context.Context, c *halopsa.Client, h *halopsatest.Handler) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		opts, n := &halopsa.IntegrationErrorListOptions{ListOptions: halopsa.ListOptions{PageSize: 10}}, 0
		for _, err := range c.IntegrationError.Follow(ctx, 0, time.Hour, opts, append(ro, halopsa.WithSettleTime(0))...) {
			if errors.Is(err, context.Canceled) {
				break
			}
			if err != nil {
				return err
			}
			if n++; n == 100 {
				time.AfterFunc(10*time.Millisecond, cancel) // it waits for more by then
			}
		}
		if n != 100 {
			return fmt.Errorf("%d records came", n)
		}
		return nil
	}
}

// writingOnce writes one record once, and reads back if the fault makes it.
func writingOnce(fault *halopsatest.Fault) func(context.Context, *halopsa.Client, *halopsatest.Handler) error {
	return func(ctx context.Context, c *halopsa.Client, h *halopsatest.Handler) error {
		if fault != nil {
			h.Fault(*fault)
		}
		_, err := c.IntegrationError.CreateOnce(ctx, []halopsa.IntegrationErrorInput{{EntityName: halopsa.Set("once")}}, byName, halopsa.WithSettleTime(0))
		return errors.Join(err, allStruck(h))
	}
}

// allStruck reports faults that struck nothing: the test would show nothing of them.
func allStruck(h *halopsatest.Handler) error {
	if left := h.Unstruck(); len(left) > 0 {
		return fmt.Errorf("%v struck nothing", left)
	}
	return nil
}

// struckBy makes a call that a fault strikes.
func struckBy(fault halopsatest.Fault) func(context.Context, *halopsa.Client, *halopsatest.Handler) error {
	return func(ctx context.Context, c *halopsa.Client, h *halopsatest.Handler) error {
		h.Fault(fault)
		if err := trial.GetOne(ctx, c); err == nil {
			return errors.New("the call succeeded")
		}
		return allStruck(h)
	}
}

// leaving makes a call whose caller leaves once the server has got it.
func leaving(fault halopsatest.Fault) func(context.Context, *halopsa.Client, *halopsatest.Handler) error {
	return func(ctx context.Context, c *halopsa.Client, h *halopsatest.Handler) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		fault.Match = func(*http.Request) bool {
			time.AfterFunc(10*time.Millisecond, cancel)
			return true
		}
		return struckBy(fault)(ctx, c, h)
	}
}
