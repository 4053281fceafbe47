package guarantees_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// followable is a log with its methods, of whose records only the ids are looked at.
type followable struct {
	resource string
	since    func(ctx context.Context, c *halopsa.Client, after int64, size int, ro ...halopsa.RequestOption) iter.Seq2[int64, error]
	follow   func(ctx context.Context, c *halopsa.Client, after int64, interval time.Duration, ro ...halopsa.RequestOption) iter.Seq2[int64, error]
}

// mapped passes on what value makes of the elements of seq.
func mapped[T any](seq iter.Seq2[T, error], value func(T, error) int64) iter.Seq2[int64, error] {
	return func(yield func(int64, error) bool) {
		for v, err := range seq {
			if !yield(value(v, err), err) {
				return
			}
		}
	}
}

// cursors gives the ids of records that were followed, which are their cursors too. With an error it gives the cursor that comes with that.
func cursors[T any](id func(*T) int64) func(halopsa.Followed[T], error) int64 {
	return func(f halopsa.Followed[T], err error) int64 {
		if (err == nil) != (f.Record != nil) || err == nil && id(f.Record) != f.Cursor {
			panic(fmt.Sprintf("%+v with %v", f, err))
		}
		return f.Cursor
	}
}

// orZero gives the ids of records, 0 with an error.
func orZero[T any](id func(*T) int64) func(*T, error) int64 {
	return func(record *T, _ error) int64 {
		if record == nil {
			return 0
		}
		return id(record)
	}
}

// isAsAnother reports whether a log on a server is the same to a follower as another one there: integration requests are what errors are.
func (f followable) isAsAnother(server string) bool {
	return f.resource == "IntegrationRequest" && server != "honest"
}

// logService is a service of T that can be followed.
type logService[T, O any] interface {
	Since(ctx context.Context, afterID int64, opts *O, ro ...halopsa.RequestOption) iter.Seq2[*T, error]
	Follow(ctx context.Context, afterID int64, interval time.Duration, opts *O, ro ...halopsa.RequestOption) iter.Seq2[halopsa.Followed[T], error]
}

// followableOf is a log whose options take a page size with sized.
func followableOf[T, O any](resource string, of func(*halopsa.Client) logService[T, O], sized func(halopsa.ListOptions) *O, id func(*T) int64) followable {
	return followable{
		resource,
		func(ctx context.Context, c *halopsa.Client, after int64, size int, ro ...halopsa.RequestOption) iter.Seq2[int64, error] {
			return mapped(of(c).Since(ctx, after, sized(halopsa.ListOptions{PageSize: size}), ro...), orZero(id))
		},
		func(ctx context.Context, c *halopsa.Client, after int64, interval time.Duration, ro ...halopsa.RequestOption) iter.Seq2[int64, error] {
			return mapped(of(c).Follow(ctx, after, interval, nil, ro...), cursors(id))
		},
	}
}

var followables = []followable{
	followableOf("IntegrationError", func(c *halopsa.Client) logService[halopsa.IntegrationError, halopsa.IntegrationErrorListOptions] {
		return c.IntegrationError
	},
		func(o halopsa.ListOptions) *halopsa.IntegrationErrorListOptions {
			return &halopsa.IntegrationErrorListOptions{ListOptions: o}
		},
		func(r *halopsa.IntegrationError) int64 { return r.ID }),
	followableOf("IntegrationRequest", func(c *halopsa.Client) logService[halopsa.IntegrationRequest, halopsa.IntegrationRequestListOptions] {
		return c.IntegrationRequest
	},
		func(o halopsa.ListOptions) *halopsa.IntegrationRequestListOptions {
			return &halopsa.IntegrationRequestListOptions{ListOptions: o}
		},
		func(r *halopsa.IntegrationRequest) int64 { return r.ID }),
	followableOf("IntegratorLog", func(c *halopsa.Client) logService[halopsa.IntegratorLog, halopsa.IntegratorLogListOptions] {
		return c.IntegratorLog
	},
		func(o halopsa.ListOptions) *halopsa.IntegratorLogListOptions {
			return &halopsa.IntegratorLogListOptions{ListOptions: o}
		},
		func(r *halopsa.IntegratorLog) int64 { return r.ID }),
	followableOf("IntegrationDelta", func(c *halopsa.Client) logService[halopsa.IntegrationDelta, halopsa.IntegrationDeltaListOptions] {
		return c.IntegrationDelta
	},
		func(o halopsa.ListOptions) *halopsa.IntegrationDeltaListOptions {
			return &halopsa.IntegrationDeltaListOptions{ListOptions: o}
		},
		func(r *halopsa.IntegrationDelta) int64 { return r.ID }),
	followableOf("IntegratorTrace", func(c *halopsa.Client) logService[halopsa.IntegratorTrace, halopsa.IntegratorTraceListOptions] {
		return c.IntegratorTrace
	},
		func(o halopsa.ListOptions) *halopsa.IntegratorTraceListOptions {
			return &halopsa.IntegratorTraceListOptions{ListOptions: o}
		},
		func(r *halopsa.IntegratorTrace) int64 { return r.ID }),
}

// logRow is a record of any of the logs.
var logRow = map[string]any{"module_id": 12, "isoutgoing": true, "error": "no such site", "message": "Sync finished"}

// seedLog adds n records.
func seedLog(h *halopsatest.Handler, resource string, n int) {
	h.Seed(resource, slices.Repeat([]any{logRow}, n)...)
}

// ownOrder is a tenant that sorts its lists as it likes, whatever is asked.
type ownOrder struct {
	next        http.RoundTripper
	newestFirst bool
}

// RoundTrip changes what is asked.
func (o ownOrder) RoundTrip(req *http.Request) (*http.Response, error) {
	own := req.Clone(req.Context())
	query := own.URL.Query()
	query.Del("orderdesc")
	query.Set("order", "id")
	if o.newestFirst {
		query.Set("orderdesc", "true")
	}
	own.URL.RawQuery = query.Encode()
	return o.next.RoundTrip(own)
}

// logOrders are the ways in which a tenant may sort a log.
var logOrders = map[string]func(next http.RoundTripper) http.RoundTripper{
	"as asked":     func(next http.RoundTripper) http.RoundTripper { return next },
	"oldest first": func(next http.RoundTripper) http.RoundTripper { return ownOrder{next, false} },
	"newest first": func(next http.RoundTripper) http.RoundTripper { return ownOrder{next, true} },
}

// inLogOrder makes a log that cannot be sorted come in one of these ways too.
func inLogOrder(order string, habits halopsatest.Habits) halopsatest.Habits {
	habits.NewestFirst = order == "newest first"
	return habits
}

// newLogStandin returns a client of a stand-in that sorts in one of these ways.
func newLogStandin(t testing.TB, order string, server []halopsatest.Option, opts ...halopsa.ClientOption) (*halopsa.Client, *halopsatest.Handler) {
	t.Helper()
	_, h := trial.NewStandin(t, append([]halopsatest.Option{halopsatest.WithRateLimit(0, 0)}, server...))
	c, err := halopsa.NewClient(trial.StandinURL, append([]halopsa.ClientOption{
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret), halopsa.WithoutRateLimit(),
		halopsa.WithHTTPClient(&http.Client{Transport: logOrders[order](h.Transport())}),
	}, opts...)...)
	require.NoError(t, err)
	return c, h
}

// TestSinceReadsWhatIsNew crosses servers, orders, logs, lengths and cursors.
func TestSinceReadsWhatIsNew(t *testing.T) {
	t.Parallel()
	for server, s := range matrixServers {
		for order := range logOrders {
			t.Run(server+"/"+order, func(t *testing.T) {
				t.Parallel()
				for _, log := range followables {
					if log.isAsAnother(server) {
						continue
					}
					for _, n := range []int{0, 1, 100, 220} {
						c, h := newLogStandin(t, order, []halopsatest.Option{halopsatest.WithHabits(inLogOrder(order, s))})
						seedLog(h, log.resource, n)
						for _, behind := range []int{0, 1, 60, 150, 220} {
							for _, size := range []int{0, 7, 1000} {
								if behind > n && behind != 220 || n < 220 && size > 0 {
									continue // the same as another one
								}
								stopAfter(h, 120)
								after := max(0, n-behind)
								got, err := halopsa.Collect(log.since(t.Context(), c, int64(after), size))
								name := fmt.Sprintf("%s, %d records, %d behind, size %d", log.resource, n, behind, size)
								oldest := sortsOldestFirst(order, log.resource)
								if errors.Is(err, halopsa.ErrIncomplete) && log.mayBeIncomplete(s, oldest, n, after) {
									continue
								}
								require.NoError(t, err, name)
								require.Equal(t, idsAfter(after, n), append([]int64{}, got...), name)
							}
						}
					}
				}
			})
		}
	}
}

// idsAfter are the ids after one, up to another.
func idsAfter(after, last int) []int64 {
	ids := make([]int64, 0, last-after)
	for id := after + 1; id <= last; id++ {
		ids = append(ids, int64(id))
	}
	return ids
}

// mayBeIncomplete tells the servers that show no more than their first page, where what is new goes beyond it.
func mayBeIncomplete(habits halopsatest.Habits, oldestFirst bool, n, after int) bool {
	hides := habits.IgnorePaging && (habits.IgnoreCount || habits.NoRecordCount && n%50 == 0)
	return hides && n >= 50 && (n > after || oldestFirst)
}

// sortsOldestFirst reports whether the newest records of a log cannot be asked for.
func sortsOldestFirst(order, resource string) bool {
	sorted := resource == "IntegrationError" || resource == "IntegrationRequest"
	return order == "oldest first" || order == "as asked" && !sorted
}

// mayBeIncomplete knows besides that deltas take no count.
func (f followable) mayBeIncomplete(habits halopsatest.Habits, oldestFirst bool, n, after int) bool {
	if f.resource == "IntegrationDelta" {
		habits.IgnoreCount = true
	}
	return mayBeIncomplete(habits, oldestFirst, n, after)
}

// TestFollowTakesOneRequestWhereNothingIsNew, and one for a few new records.
func TestFollowTakesOneRequestWhereNothingIsNew(t *testing.T) {
	t.Parallel()
	for server, s := range matrixServers {
		for order := range logOrders {
			t.Run(server+"/"+order, func(t *testing.T) {
				t.Parallel()
				for _, log := range followables {
					if log.mayBeIncomplete(s, sortsOldestFirst(order, log.resource), 240, 240) || log.isAsAnother(server) {
						continue
					}
					synctest.Test(t, func(t *testing.T) {
						c, h := newLogStandin(t, order, []halopsatest.Option{halopsatest.WithHabits(inLogOrder(order, s))})
						seedLog(h, log.resource, 240)
						ctx, cancel := context.WithCancelCause(t.Context())
						over := errors.New("the test is over")
						var polls []int
						go func() {
							time.Sleep(90 * time.Second) // the first looks may teach it the server's habits
							for range 5 {
								h.Forget()
								time.Sleep(time.Minute)
								polls = append(polls, h.Count("GET", ""))
							}
							seedLog(h, log.resource, 3)
							time.Sleep(10 * time.Minute)
							cancel(over)
						}()
						var got []int64
						for id, err := range log.follow(ctx, c, 223, time.Minute) {
							if err != nil {
								require.ErrorIs(t, err, context.Canceled)
								require.ErrorIs(t, err, over)
								assert.Equal(t, int64(243), id, "the cursor that comes with the error")
								break
							}
							got = append(got, id)
						}
						assert.Len(t, got, 20, "%v", got)
						assert.Equal(t, []int{1, 1, 1, 1, 1}, polls, log.resource)
					})
				}
			})
		}
	}
}

// Since makes no request before it is ranged over, reads its options then, and can be ranged over again.
func TestSinceIsRangedOver(t *testing.T) {
	t.Parallel()
	c, h := newLogStandin(t, "as asked", nil)
	for i := range 300 {
		h.Seed("IntegrationError", map[string]any{"module_id": 12 + i%2})
	}
	opts := &halopsa.IntegrationErrorListOptions{ModuleID: 12}
	seq := c.IntegrationError.Since(t.Context(), 100, opts)
	assert.Empty(t, h.Requests())
	opts.ModuleID = 13
	for range 2 {
		got, err := halopsa.Collect(seq)
		require.NoError(t, err)
		require.Len(t, got, 100)
		assert.Equal(t, int64(102), got[0].ID)
		for _, e := range got {
			assert.Equal(t, int64(13), e.ModuleID)
		}
	}
	h.Forget()
	for _, err := range seq {
		require.NoError(t, err)
		break
	}
	assert.Equal(t, 2, h.Count("", ""), "after break nothing is asked for")
}

func TestFollowRefusesAnotherOrderOrPage(t *testing.T) {
	t.Parallel()
	c, h := newLogStandin(t, "as asked", nil)
	sorted := &halopsa.IntegrationErrorListOptions{Sort: []halopsa.SortKey{halopsa.Asc("id")}}
	second := &halopsa.IntegrationErrorListOptions{ListOptions: halopsa.ListOptions{PageNo: 2}}
	counted := &halopsa.IntegrationErrorListOptions{Count: 5}
	tests := map[string]struct {
		opts     *halopsa.IntegrationErrorListOptions
		ro       []halopsa.RequestOption
		interval time.Duration
		says     string
	}{
		"sort":              {sorted, nil, time.Second, "Sort: a log is followed in the order of the ids"},
		"sort of the call":  {nil, []halopsa.RequestOption{halopsa.WithSort(halopsa.Desc("date"))}, time.Second, "WithSort: a log is followed in the order of the ids"},
		"sort by a query":   {nil, []halopsa.RequestOption{halopsa.WithQuery("orderdesc3", "true")}, time.Second, "WithQuery: orderdesc3: a log is followed in the order of the ids"},
		"page":              {second, nil, time.Second, "PageNo: 2: a walk reads every page from the first; List reads one"},
		"count":             {counted, nil, time.Second, "Count: 5: a walk reads everything; List takes a count"},
		"count by a query":  {nil, []halopsa.RequestOption{halopsa.WithQuery("count", "5")}, time.Second, "WithQuery: count: a walk sets it by itself"},
		"interval":          {nil, nil, 0, "interval: 0s: must be positive"},
		"negative interval": {nil, nil, -time.Second, "interval: -1s: must be positive"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refused := func(op string, err error) {
				require.ErrorIs(t, err, halopsa.ErrInvalid)
				require.EqualError(t, err, "halopsa: IntegrationError."+op+": "+test.says)
			}
			_, err := halopsa.Collect(c.IntegrationError.Follow(t.Context(), 7, test.interval, test.opts, test.ro...))
			refused("Follow", err)
			if test.interval > 0 {
				_, err = halopsa.Collect(c.IntegrationError.Since(t.Context(), 7, test.opts, test.ro...))
				refused("Since", err)
			}
			assert.Empty(t, h.Requests())
		})
	}
}
