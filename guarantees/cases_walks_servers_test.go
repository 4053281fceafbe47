package guarantees_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// Without a record_count the end is an empty page, or what two ways agree on; where rows come twice the list is read again.
func TestCaseC5NoRecordCount(t *testing.T) {
	t.Parallel()
	type habits = halopsatest.Habits
	for name, habits := range map[string]habits{
		"plain":                          {},
		"pages of uneven length":         {Uneven: true},
		"capped":                         {PageCap: 50},
		"capped, offsets as asked":       {PageCap: 50, OffsetByAsked: true},
		"a fixed size":                   {FixedSize: 30},
		"404 behind the end":             {PastEnd: halopsatest.PastEnd404},
		"404, fixed size":                {PastEnd: halopsatest.PastEnd404, FixedSize: 30},
		"400 behind the end":             {PastEnd: halopsatest.PastEnd400, FixedSize: 30},
		"page 1 behind the end":          {PastEnd: halopsatest.PastEndFirst, FixedSize: 30},
		"the last page again":            {PastEnd: halopsatest.PastEndLast, FixedSize: 30},
		"newest first":                   {NewestFirst: true, IgnoreOrder: true},
		"newest first, fixed size":       {NewestFirst: true, IgnoreOrder: true, FixedSize: 30},
		"by another member":              {OrderBy: "date", IgnoreOrder: true},
		"ids are texts":                  {Rows: halopsatest.RowHabits{IDs: halopsatest.IDsText}},
		"no ids":                         {Rows: halopsatest.RowHabits{IDs: halopsatest.IDsNone}},
		"no ids, the last page again":    {PastEnd: halopsatest.PastEndLast, Rows: halopsatest.RowHabits{IDs: halopsatest.IDsNone}},
		"no ids, 404 behind the end":     {PastEnd: halopsatest.PastEnd404, Rows: halopsatest.RowHabits{IDs: halopsatest.IDsNone}},
		"unstable ties, in order of ids": {UnstableTies: true},
	} {
		for _, n := range []int{0, 1, 29, 30, 100, 300, 317} {
			t.Run(fmt.Sprint(name, ", ", n), func(t *testing.T) {
				t.Parallel()
				client, server := halopsatest.NewClient(t, halopsa.WithoutRetry(), halopsa.WithoutRateLimit())
				for i := range n {
					server.Seed("IntegrationError", map[string]any{"error": fmt.Sprint(i), "date": "2026-10-02T11:00:00"})
				}
				own := habits
				own.NoRecordCount = true
				server.SetHabits("IntegrationError", own)
				seen := map[string]bool{}
				for e, err := range client.IntegrationError.All(t.Context(), nil) {
					require.NoError(t, err)
					require.False(t, seen[e.Error], e.Error)
					seen[e.Error] = true
				}
				assert.Len(t, seen, n)
				assert.LessOrEqual(t, server.Count("GET", "IntegrationError"), 3*(n/30+3))
			})
		}
	}
	t.Run("no order at all", func(t *testing.T) { // nobody can know: an error, and what came
		t.Parallel()
		client, server := halopsatest.NewClient(t, halopsa.WithoutRateLimit())
		for range 317 {
			server.Seed("IntegrationError", errorRow(1))
		}
		server.SetHabits("IntegrationError", halopsatest.Habits{NoRecordCount: true, Shuffled: true, IgnoreOrder: true})
		got, err := halopsa.Collect(client.IntegrationError.All(t.Context(), nil))
		require.ErrorIs(t, err, halopsa.ErrIncomplete)
		assert.NotEmpty(t, got)
		assert.LessOrEqual(t, server.Count("GET", "IntegrationError"), 70)
	})
}

// Where the server pays no heed to page_no, a walk ends whatever the list does.
func TestCaseC9PagingIgnored(t *testing.T) {
	t.Parallel()
	t.Run("newest first, one comes with every request", func(t *testing.T) {
		t.Parallel()
		client, server := halopsatest.NewClient(t, halopsa.WithoutRateLimit())
		for range 717 {
			server.Seed("IntegratorLog", map[string]any{"name": "x"})
		}
		server.SetHabits("IntegratorLog", halopsatest.Habits{
			IgnorePaging: true, NewestFirst: true,
			Respond: func(_ halopsatest.Request, a halopsatest.Response) halopsatest.Response {
				server.Seed("IntegratorLog", map[string]any{"name": "new"})
				return a
			},
		})
		got, err := halopsa.Collect(client.IntegratorLog.All(t.Context(), nil))
		if err == nil {
			assert.GreaterOrEqual(t, len(got), 717)
		} else {
			require.ErrorIs(t, err, halopsa.ErrIncomplete)
		}
		assert.LessOrEqual(t, server.Count("GET", "IntegratorLog"), 60)
	})
	for name, count := range map[string]func(total, rows int) any{
		"no record_count":   func(int, int) any { return nil },
		"record_count":      nil,
		"one that is small": func(int, int) any { return 120 },
		"one of the page":   func(_, rows int) any { return rows },
	} {
		t.Run("rows without an id whose content changes, "+name, func(t *testing.T) {
			t.Parallel()
			w := upTo(717)
			w.ignores, w.count = true, count
			tick := 0
			w.row = func(id int64) string {
				tick++
				return fmt.Sprintf(`{"name":"%d","age":%d}`, id, tick)
			}
			client := trial.Tenant(t, w.ServeHTTP, halopsa.WithoutRateLimit())
			_, err := halopsa.Collect(halopsa.AllOf[map[string]any](t.Context(), client, "Tickets"))
			require.ErrorIs(t, err, halopsa.ErrIncomplete)
			assert.LessOrEqual(t, len(w.requests), 60)
		})
	}
}

// The order of a list that cannot be sorted is what its rows show.
func TestCaseC10UnsortableInTheOrderOfIDs(t *testing.T) {
	t.Parallel()
	for _, newest := range []bool{false, true} {
		client, server := halopsatest.NewClient(t, halopsa.WithoutRateLimit())
		for range 717 {
			server.Seed("IntegratorLog", map[string]any{"name": "x"})
		}
		server.SetHabits("IntegratorLog", halopsatest.Habits{NewestFirst: newest})
		var got []int64
		pages := 0
		for p, err := range client.IntegratorLog.Pages(t.Context(), nil) {
			require.NoError(t, err)
			for _, row := range p.Records {
				got = append(got, row.ID)
			}
			if pages++; pages%3 == 0 { // one that has not been read goes
				if newest {
					server.Remove("IntegratorLog", int64(pages))
				} else {
					server.Remove("IntegratorLog", int64(717-pages))
				}
			}
		}
		for id := range int64(717) {
			gone := (id+1)%3 == 0 && id < 20 || !newest && id > 690
			require.True(t, gone || slices.Contains(got, id+1), "%d", id+1)
		}
		assert.LessOrEqual(t, server.Count("GET", "IntegratorLog"), 3*8)
	}
}

// A page that is too much comes as smaller ones, from the same place, and the pages become larger again.
func TestCaseC11PagesThatAreTooMuch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status func(q listQuery) int
		most   int
	}{
		"page 7 of 300": {func(q listQuery) int { return gatewayTimeout(q.page == 7 && q.size == 100) }, 310 + 12},
		"one heavy row": {func(q listQuery) int {
			return gatewayTimeout((q.page-1)*q.size <= 12_345 && 12_345 < q.page*q.size && q.size > 3)
		}, 310 + 40},
		"every page":      {func(q listQuery) int { return gatewayTimeout(q.size > 50) }, 2*301 + 12},
		"a page of a row": {func(q listQuery) int { return gatewayTimeout(q.page == 1 && q.size > 1) }, 310 + 40},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := upTo(29_990)
			w.status = test.status
			var changes []halopsa.PageSizeChange
			client := trial.Tenant(t, w.ServeHTTP, halopsa.WithoutRateLimit(), halopsa.WithoutRetry(),
				halopsa.WithPageSizeObserver(func(_ context.Context, change halopsa.PageSizeChange) { changes = append(changes, change) }))
			var got []int64
			for row, err := range halopsa.AllOf[logged](t.Context(), client, "Tickets") {
				require.NoError(t, err)
				got = append(got, row.ID)
			}
			hasEach(t, got, w.ids...)
			assert.LessOrEqual(t, len(w.requests), test.most)
			require.NotEmpty(t, changes)
			assert.Equal(t, []int{100, 50}, []int{changes[0].From, changes[0].To})
			var refusal *halopsa.APIError
			require.ErrorAs(t, changes[0].Err, &refusal)
			assert.Equal(t, "Tickets.All", changes[0].Op)
			if strings.HasPrefix(name, "page 7") {
				assert.Equal(t, 100, w.requests[len(w.requests)-1].size)
			}
		})
	}
	t.Run("over the cap", func(t *testing.T) {
		t.Parallel()
		w := upTo(990)
		w.row = func(id int64) string {
			body := "x"
			if id > 300 && id < 400 {
				body = strings.Repeat("x", 1000)
			}
			return fmt.Sprintf(`{"id":%d,"body":%q}`, id, body)
		}
		client := trial.Tenant(t, w.ServeHTTP, halopsa.WithMaxResponseSize(30_000))
		got, err := halopsa.Collect(halopsa.AllOf[logged](t.Context(), client, "Tickets"))
		require.NoError(t, err)
		assert.Len(t, got, 990)
		assert.LessOrEqual(t, len(w.requests), 2*10+4)
	})
	t.Run("a page of one record", func(t *testing.T) { // there is no smaller one
		t.Parallel()
		w := upTo(10)
		w.status = func(q listQuery) int { return gatewayTimeout(q.page == 2) }
		_, err := w.walk(t, halopsa.WithPage(0, 1))
		require.ErrorIs(t, err, halopsa.ErrServer)

		w = upTo(10)
		w.status = func(listQuery) int { return gatewayTimeout(len(w.requests) >= 3 && len(w.requests) <= 5) }
		client := trial.Tenant(t, w.ServeHTTP)
		got, err := halopsa.Collect(halopsa.AllOf[logged](t.Context(), client, "Tickets", halopsa.WithPage(0, 1)))
		require.NoError(t, err, "the call's own retries stand")
		assert.Len(t, got, 10)
	})
}

// A page that can be read in smaller pages gets one retry, since a gateway takes a minute for each. Otherwise the retries of the call apply.
func TestCaseC11RetriesOfPagesThatAreTooMuch(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status      func(q listQuery, request int) int
		fixed, most int
	}{
		"every page":            {func(q listQuery, _ int) int { return gatewayTimeout(q.size > 50) }, 0, 2*7 + 2},
		"one blip":              {func(_ listQuery, n int) int { return gatewayTimeout(n == 2) }, 0, 5},
		"three, a fixed size":   {func(_ listQuery, n int) int { return gatewayTimeout(n >= 3 && n <= 5) }, 30, 26},
		"three, and other ones": {func(_ listQuery, n int) int { return []int{200, 502, 503, 500}[max(0, min(n-1, 4))%4] }, 0, 8},
	} {
		for _, kind := range []string{"All", "Since"} {
			t.Run(name+"/"+kind, func(t *testing.T) {
				t.Parallel()
				w := upTo(300)
				w.fixed = test.fixed
				w.status = func(q listQuery) int { return test.status(q, len(w.requests)) }
				client := trial.Tenant(t, w.ServeHTTP, halopsa.WithoutRateLimit())
				var ids []int64
				all := client.IntegrationError.All(t.Context(), nil)
				if kind == "Since" {
					all = client.IntegrationError.Since(t.Context(), 0, nil)
				}
				for row, err := range all {
					require.NoError(t, err)
					ids = append(ids, row.ID)
				}
				hasEach(t, ids, w.ids...)
				assert.LessOrEqual(t, len(w.requests), test.most)
			})
		}
	}
}

func gatewayTimeout(yes bool) int {
	if yes {
		return http.StatusGatewayTimeout
	}
	return http.StatusOK
}

// IntegrationDelta and IntegratorTrace answer in a paged envelope, so they are walked as paged lists.
func TestCaseC12EnvelopesOfLists(t *testing.T) {
	t.Parallel()
	for _, count := range []func(total, rows int) any{nil, func(_, rows int) any { return rows }} {
		w := upTo(120)
		w.count = count
		client := trial.Tenant(t, w.ServeHTTP)
		deltas, err := halopsa.Collect(client.IntegrationDelta.All(t.Context(), nil))
		require.NoError(t, err)
		assert.Len(t, deltas, 120)
		traces, err := halopsa.Collect(client.IntegratorTrace.All(t.Context(), nil))
		require.NoError(t, err)
		assert.Len(t, traces, 120)
	}
}

// An empty page 2 with record_count 0 does not end a list of which page 1 still says that it has 300 records.
func TestCaseC13AListThatSeemsToBeGone(t *testing.T) {
	t.Parallel()
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		w := upTo(300)
		all := w.ids
		w.before = func(request int) {
			if w.ids = all; request == 2 {
				w.ids = nil
			}
		}
		got, err := w.walk(t)
		require.NoError(t, err)
		hasEach(t, got, all...)
	})
	t.Run("each time", func(t *testing.T) {
		t.Parallel()
		w := upTo(300)
		all := w.ids
		w.before = func(int) {
			if w.ids = all; w.requests[len(w.requests)-1].page > 1 {
				w.ids = nil
			}
		}
		got, err := w.walk(t)
		require.ErrorIs(t, err, halopsa.ErrIncomplete)
		assert.Len(t, got, 100)
	})
	t.Run("it is gone", func(t *testing.T) {
		t.Parallel()
		w := upTo(300)
		var emptied atomic.Bool
		w.before = func(request int) {
			if request == 2 {
				w.ids = nil
				emptied.Store(true)
			}
		}
		got, err := w.walk(t)
		require.NoError(t, err)
		assert.Len(t, got, 100)
		assert.True(t, emptied.Load())
	})
}
