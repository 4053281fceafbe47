package guarantees_test

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// walked is a list at any path of a plain tenant, in the order of ids.
type walked struct {
	mu       sync.Mutex
	ids      []int64
	row      func(id int64) string     // nil is an object with the id
	count    func(total, rows int) any // nil is the truth
	status   func(q listQuery) int     // nil is 200
	before   func(request int)         // is called before each GET, with mu held
	ignores  bool                      // page_no, page_size and count; a page has 100 rows
	fixed    int                       // the size of every page, whatever is asked for; 0 leaves it to the request
	requests []listQuery
}

// listQuery is what a request for a page asks for.
type listQuery struct{ page, size, count int }

// upTo returns a list of the ids 1 to n.
func upTo(n int) *walked {
	w := &walked{}
	w.add(n)
	return w
}

// add requires that w.mu is held, or that nobody else knows w.
func (w *walked) add(n int) {
	last := int64(0)
	if len(w.ids) > 0 {
		last = slices.Max(w.ids)
	}
	for range n {
		last++
		w.ids = append(w.ids, last)
	}
}

// remove requires what add does.
func (w *walked) remove(ids ...int64) {
	w.ids = slices.DeleteFunc(w.ids, func(id int64) bool { return slices.Contains(ids, id) })
}

func (w *walked) ServeHTTP(response http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.Method == http.MethodDelete {
		id, _ := strconv.ParseInt(strings.TrimPrefix(r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:], "id-"), 10, 64)
		w.remove(id)
		return
	}
	asked := func(name string) int {
		n, _ := strconv.Atoi(r.URL.Query().Get(name))
		return n
	}
	q := listQuery{asked("page_no"), asked("page_size"), asked("count")}
	w.requests = append(w.requests, q)
	if w.before != nil {
		w.before(len(w.requests))
	}
	if w.status != nil {
		if status := w.status(q); status != http.StatusOK {
			trial.Answers(status, "text/html", "<html><title>Gateway Time-out</title></html>")(response, r)
			return
		}
	}
	begin, size := max(0, q.page-1)*q.size, q.size
	switch {
	case w.ignores:
		begin, size = 0, 100
	case q.count > 0:
		begin, size = 0, q.count
	case w.fixed > 0:
		begin, size = max(0, q.page-1)*w.fixed, w.fixed
	case q.page == 0:
		size = 50
	}
	ids := w.ids[min(begin, len(w.ids)):min(begin+size, len(w.ids))]
	var b strings.Builder
	b.WriteByte('{')
	if w.count == nil {
		fmt.Fprintf(&b, `"record_count":%d,`, len(w.ids))
	} else if count := w.count(len(w.ids), len(ids)); count != nil {
		fmt.Fprintf(&b, `"record_count":%v,`, count)
	}
	b.WriteString(`"results":[`)
	for i, id := range ids {
		if i > 0 {
			b.WriteByte(',')
		}
		if w.row == nil {
			fmt.Fprintf(&b, `{"id":%d}`, id)
		} else {
			b.WriteString(w.row(id))
		}
	}
	b.WriteString("]}")
	response.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(response, b.String())
}

// logged is a row of the lists of these tests.
type logged struct {
	ID int64 `json:"id"`
}

// walk reads the whole list as Tickets, and returns the ids in the order in which they came.
func (w *walked) walk(t *testing.T, opts ...halopsa.RequestOption) (got []int64, err error) {
	t.Helper()
	client := trial.Tenant(t, w.ServeHTTP, halopsa.WithoutRateLimit(), halopsa.WithoutRetry())
	for row, err := range halopsa.AllOf[logged](t.Context(), client, "Tickets", opts...) {
		if err != nil {
			return got, err
		}
		got = append(got, row.ID)
	}
	return got, nil
}

// hasEach holds that each of some ids came once.
func hasEach(t *testing.T, got []int64, want ...int64) {
	t.Helper()
	seen := make(map[int64]int, len(got))
	for _, id := range got {
		seen[id]++
		if seen[id] > 1 {
			require.Fail(t, "a record came again", "%d", id)
		}
	}
	for _, id := range want {
		if seen[id] == 0 {
			require.Fail(t, "a record is missing", "%d", id)
		}
	}
}

// A row ends a look back only if it was seen before the gap: a page that overlaps with rows behind the gap alone proves nothing of it.
func TestCaseC1LookBack(t *testing.T) {
	t.Parallel()
	w := upTo(12)
	w.before = func(request int) {
		switch request {
		case 4:
			w.remove(1, 2, 4)
			w.add(1)
		case 5:
			w.remove(3)
		}
	}
	got, err := w.walk(t, halopsa.WithPage(0, 3))
	require.NoError(t, err)
	hasEach(t, got, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
}

// In an order by another key an update moves a record, also where id is the last key.
func TestCaseC2AnotherKeyFirst(t *testing.T) {
	t.Parallel()
	w := upTo(1000)
	stays := slices.Clone(w.ids)
	w.before = func(request int) {
		if request == 5 || request == 8 { // another client updates a record that is not read yet, and it moves to the front; the consumer deletes one
			moved := w.ids[900]
			gone := w.ids[10]
			w.remove(moved, gone)
			w.ids = slices.Insert(w.ids, 0, moved)
			stays = slices.DeleteFunc(stays, func(id int64) bool { return id == gone })
		}
	}
	got, err := w.walk(t, halopsa.WithSort(halopsa.Desc("lastaction"), halopsa.Asc("id")))
	require.NoError(t, err)
	hasEach(t, got, stays...)
}

// record_count is a hint, never a proof.
func TestCaseC3RecordCount(t *testing.T) {
	t.Parallel()
	capped := func(most int) func(total, rows int) any {
		return func(total, _ int) any { return min(total, most) }
	}
	for name, test := range map[string]struct {
		n     int
		count func(total, rows int) any
	}{
		"120 of 300":               {300, capped(120)},
		"200 of 300":               {300, capped(200)},
		"100 too few":              {330, func(total, _ int) any { return total - 100 }},
		"10,000 of 25,000":         {25_000, capped(10_000)},
		"of the page":              {330, func(_, rows int) any { return rows }},
		"of the page, a multiple":  {300, func(_, rows int) any { return rows }},
		"1 on every page":          {330, func(int, int) any { return 1 }},
		"none on some of them":     {330, func(total, rows int) any { return map[bool]any{true: total, false: nil}[rows < 100] }},
		"a count of another table": {330, func(int, int) any { return 219 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := upTo(test.n)
			w.count = test.count
			got, err := w.walk(t)
			require.NoError(t, err)
			hasEach(t, got, w.ids...)
			assert.LessOrEqual(t, len(w.requests), 2*(test.n/100+2))
		})
	}
	t.Run("one response late, while another client deletes", func(t *testing.T) {
		t.Parallel()
		w := upTo(990)
		last := len(w.ids)
		w.count = func(total, _ int) any {
			late := last
			last = total
			return late
		}
		w.before = func(request int) {
			if request%3 == 0 {
				w.remove(w.ids[0])
			}
		}
		got, err := w.walk(t)
		require.NoError(t, err)
		hasEach(t, got, w.ids...)
	})
}

// A record_count that counts what the agent may not see is told from a loss.
func TestCaseC4HiddenRecords(t *testing.T) {
	t.Parallel()
	for _, sort := range []string{"id", "subject"} {
		for _, n := range []int{330, 300, 1} {
			w := upTo(n)
			w.count = func(total, _ int) any { return total + 37 }
			got, err := w.walk(t, halopsa.WithSort(halopsa.Asc(sort)))
			var short *halopsa.PaginationError
			require.ErrorAs(t, err, &short)
			assert.True(t, short.AllPagesRead, "%d by %s", n, sort)
			assert.Equal(t, []int{n, n + 37}, []int{short.Seen, short.RecordCount})
			hasEach(t, got, w.ids...)

			got, err = w.walk(t, halopsa.WithSort(halopsa.Asc(sort)), halopsa.WithHiddenRecords())
			require.NoError(t, err)
			hasEach(t, got, w.ids...)
		}
	}
	w := upTo(330)
	w.ignores = true // a page cannot be turned: records are missing, whoever may see them
	_, err := w.walk(t, halopsa.WithHiddenRecords())
	var short *halopsa.PaginationError
	require.ErrorAs(t, err, &short)
	assert.False(t, short.AllPagesRead)
}

// No DELETE of the client's own makes a walk lose a record or give up, however it is spelled and however long it takes.
func TestCaseC6OwnDeletes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		list, of, id string
		silent       bool
	}{
		"numbers":                        {"Tickets", "Tickets", "%d", false},
		"numbers, no record_count":       {"Tickets", "Tickets", "%d", true},
		"texts":                          {"Tickets", "Tickets", "id-%d", false},
		"texts, no record_count":         {"Tickets", "Tickets", "id-%d", true},
		"a slash, no record_count":       {"Tickets", "/Tickets/", "%d", true},
		"small letters, no count":        {"Tickets", "tickets", "%d", true},
		"small letters, texts, no count": {"tickets", "/TICKETS", "id-%d", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := upTo(1000)
			w.row = func(id int64) string { return fmt.Sprintf(`{"id":%q}`, fmt.Sprintf(test.id, id)) }
			if test.silent {
				w.count = func(int, int) any { return nil }
			}
			client := trial.Tenant(t, w.ServeHTTP, halopsa.WithoutRateLimit())
			seen := map[string]bool{}
			for row, err := range halopsa.AllOf[struct {
				ID string `json:"id"`
			}](t.Context(), client, test.list) {
				require.NoError(t, err)
				require.False(t, seen[row.ID])
				seen[row.ID] = true
				require.NoError(t, halopsa.DeleteOf(t.Context(), client, test.of, row.ID))
			}
			assert.Len(t, seen, 1000)
		})
	}
	t.Run("a slow DELETE", func(t *testing.T) {
		t.Parallel()
		w := upTo(1000)
		w.count = func(int, int) any { return nil }
		held := make(chan struct{})
		client := trial.Tenant(t, func(response http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodDelete {
				<-held
			}
			w.ServeHTTP(response, r)
		}, halopsa.WithoutRateLimit())
		var deletes sync.WaitGroup
		var got []int64
		for row, err := range halopsa.AllOf[logged](t.Context(), client, "Tickets") {
			require.NoError(t, err)
			if got = append(got, row.ID); row.ID == 5 {
				deletes.Go(func() { assert.NoError(t, halopsa.DeleteOf(t.Context(), client, "Tickets", "5")) })
			}
			if len(got) == 1000 {
				close(held)
			}
		}
		deletes.Wait()
		hasEach(t, got, upTo(1000).ids...)
		assert.LessOrEqual(t, len(w.requests), 25)
	})
}

// A page read again that reaches rows already seen proves everything up to there, so a walk gets on however often others delete.
func TestCaseC7DeletesAtEveryResponse(t *testing.T) {
	t.Parallel()
	for name, silent := range map[string]bool{"record_count": false, "no record_count": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := upTo(20_000)
			if silent {
				w.count = func(int, int) any { return nil }
			}
			w.before = func(request int) {
				if request > 1 {
					w.remove(w.ids[0])
				}
			}
			got, err := w.walk(t)
			require.NoError(t, err)
			hasEach(t, got, w.ids...)
			assert.LessOrEqual(t, len(w.requests), 3*201)
		})
	}
}

// A second pass is over when it finds nothing that was missed, whatever has come meanwhile.
func TestCaseC8SecondPassOfAListThatGrows(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(w *walked, request int){
		"one comes in every ten requests": func(w *walked, request int) {
			if request%10 == 0 {
				w.add(1)
			}
		},
		"one comes with every request": func(w *walked, _ int) { w.add(1) },
		"one comes and one goes": func(w *walked, _ int) {
			w.add(1)
			w.remove(w.ids[0])
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := upTo(1950)
			w.before = func(request int) { change(w, request) }
			stays := upTo(1950).ids
			got, err := w.walk(t, halopsa.WithSecondPass())
			require.NoError(t, err)
			for _, id := range stays {
				require.True(t, slices.Contains(got, id) || !slices.Contains(w.ids, id), "%d", id)
			}
			hasEach(t, got)
			assert.LessOrEqual(t, len(w.requests), 3*25)
		})
	}
}
