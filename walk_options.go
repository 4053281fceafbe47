package halopsa

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/verdict"
)

// WithLimit ends Pages and All after n records, without an error. n must be positive. List, Since and Follow refuse it: break ends those two.
//
// Pages are no larger than needed: if n is less than the page size, one page of n records is read. Rows that [WithBadRow] sets aside do not count.
func WithLimit(n int) RequestOption {
	return callOptionFunc(func(c *callConfig) error {
		if n < 1 {
			return badArgument("WithLimit", "%d is less than 1", n)
		}
		c.limit = n
		return nil
	})
}

// WithKey specifies the members that together identify a record of a list, for Pages, All and [AllOf]. The default is the id.
//
// It is for lists whose ids start again for each parent: WithKey("lookupid", "id"). Such a list is treated as not sorted by id. If no row of the
// first page has any of the members, the walk ends with a [DecodeError]; any other row that has none of them is identified by its content. Since and
// Follow, whose cursor is the id, refuse it.
func WithKey(members ...string) RequestOption {
	return callOptionFunc(func(c *callConfig) error {
		for i, member := range members {
			if strings.TrimSpace(member) == "" || slices.Contains(members[:i], member) {
				return badArgument("WithKey", "member %d is empty or named twice", i+1)
			}
		}
		if len(members) == 0 {
			return badArgument("WithKey", "no member is named")
		}
		c.key = slices.Clone(members)
		return nil
	})
}

// WithHiddenRecords accepts a list whose record_count is higher than the number of records on all of its pages, for example because the agent may
// not see some. Without it, Pages and All end with a [PaginationError] whose AllPagesRead is true. It does not affect other errors.
func WithHiddenRecords() Option {
	return optionFunc(func(c *callConfig) error {
		c.hidden = true
		return nil
	})
}

// PageSizeChange describes a page of a walk that was too large, and the size with which the walk continues. [WithPageSizeObserver] reports it.
type PageSizeChange struct {
	// Op and Path are as in [Attempt].
	Op, Path string
	// Page is the page's number.
	Page int
	// From is the page_size that was too large, To the one that is requested next.
	From, To int
	// Err is why it was too large: a 504, a timeout of the attempt, or a response over [WithMaxResponseSize].
	Err error
}

// LogValue returns the fields.
func (p PageSizeChange) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", p.Op), slog.String("path", p.Path), slog.Int("page", p.Page),
		slog.Int("from", p.From), slog.Int("to", p.To), slog.Any("error", p.Err),
	)
}

// WithPageSizeObserver calls observe each time Pages, All, Since or Follow continues with smaller pages. They return to larger pages by themselves.
// Several observers are called in order, one call at a time for each walk, on the goroutine that ranges over it.
func WithPageSizeObserver(observe func(ctx context.Context, change PageSizeChange)) ClientOption {
	return clientOptionFunc(func(c *config) error {
		if observe == nil {
			return badArgument("WithPageSizeObserver", "the observer must not be nil")
		}
		c.resized = append(c.resized, observe)
		return nil
	})
}

// resized tells the logger and the observers of a page that was too much.
func (w *walker) resized(ctx context.Context, req page.Request, size int, err error) {
	told := PageSizeChange{Op: w.op, Path: w.path, Page: req.Page, From: req.Size, To: size, Err: err}
	w.client.conf.logger.LogAttrs(ctx, slog.LevelWarn, "halopsa: smaller pages", slog.Any("change", told))
	for _, observe := range w.client.conf.resized {
		observe(ctx, told)
	}
}

// tooMuch reports whether an error says that a response was too much for the server, for what is in front of it, or for the limits of the client.
func tooMuch(ctx context.Context, err error) bool {
	var refusal *APIError
	switch {
	case err == nil, ctx == nil, ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return false
	case errors.Is(err, errTooLarge):
		return true
	case errors.As(err, &refusal):
		return retry.Result{Verdict: verdict.Verdict{Status: refusal.StatusCode}}.TooSlow()
	}
	return retry.Result{Err: err}.TooSlow()
}

// refusesPage reports whether an error is HaloPSA's own word that there is no such page.
func refusesPage(req page.Request, err error) bool {
	var refusal *APIError
	return req.Page > 1 && errors.As(err, &refusal) && !refusal.Edge &&
		(refusal.StatusCode == http.StatusNotFound || refusal.StatusCode == http.StatusBadRequest)
}
