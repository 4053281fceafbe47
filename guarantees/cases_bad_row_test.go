package guarantees_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// listing is a way to read the ids of a list of integration errors: List, Pages, All, Since or Follow, up to an error or, of Follow, the id 40.
type listing func(ctx context.Context, c *halopsa.Client, opts ...halopsa.RequestOption) ([]int64, error)

// listings are all of them. Follow stops at the last record.
func listings() map[string]listing {
	each := func(records []*halopsa.IntegrationError, err error) ([]int64, error) {
		var ids []int64
		for _, record := range records {
			ids = append(ids, record.ID)
		}
		return ids, err
	}
	inPage := func(page *halopsa.Page[halopsa.IntegrationError]) (ids []int64) {
		if page != nil {
			for i := range page.Records {
				ids = append(ids, page.Records[i].ID)
			}
		}
		return ids
	}
	return map[string]listing{
		"List": func(ctx context.Context, c *halopsa.Client, opts ...halopsa.RequestOption) ([]int64, error) {
			page, err := c.IntegrationError.List(ctx, nil, opts...)
			return inPage(page), err
		},
		"Pages": func(ctx context.Context, c *halopsa.Client, opts ...halopsa.RequestOption) ([]int64, error) {
			pages, err := halopsa.Collect(c.IntegrationError.Pages(ctx, nil, opts...))
			var ids []int64
			for _, page := range pages {
				ids = append(ids, inPage(page)...)
			}
			return ids, err
		},
		"All": func(ctx context.Context, c *halopsa.Client, opts ...halopsa.RequestOption) ([]int64, error) {
			return each(halopsa.Collect(c.IntegrationError.All(ctx, nil, opts...)))
		},
		"All, prefetch": func(ctx context.Context, c *halopsa.Client, opts ...halopsa.RequestOption) ([]int64, error) {
			return each(halopsa.Collect(c.IntegrationError.All(ctx, nil, append(opts, halopsa.WithPrefetch(2))...)))
		},
		"Since": func(ctx context.Context, c *halopsa.Client, opts ...halopsa.RequestOption) ([]int64, error) {
			return each(halopsa.Collect(c.IntegrationError.Since(ctx, 0, nil, opts...)))
		},
		"Follow": func(ctx context.Context, c *halopsa.Client, opts ...halopsa.RequestOption) (ids []int64, err error) {
			for f, err := range c.IntegrationError.Follow(ctx, 0, time.Hour, nil, opts...) {
				if err != nil {
					return ids, err
				}
				if ids = append(ids, f.Cursor); f.Cursor == 40 {
					break
				}
			}
			return ids, nil
		},
	}
}

// unreadable are rows in the place of one of 40 records, and what is wrong with each.
var unreadable = map[string]struct{ row, id, path string }{
	"a wrong date":     {`{"id":%d,"date":"canary"}`, "%d", "date: not a date"},
	"a wrong number":   {`{"module_id":"canary","id":"%d"}`, "%d", "module_id: not an integer that fits"},
	"no object":        {`"canary, not %d"`, "", "a row that is not an object"},
	"no id":            {`{"error":"canary, not %d","date":[]}`, "", "date: not a date"},
	"an id too large":  {`{"id":%d00000000000000000000}`, "%d00000000000000000000", "id: not an integer that fits"},
	"an id of objects": {`{"id":[{"a":"canary, not %d"}]}`, "", "id: not an integer that fits"},
}

// D4: a row that cannot be decoded, 20 good ones before it. The records before it come, then an error that names the record.
func TestCaseD4TheRecordsBeforeARowThatCannotBeReadComeAndThenItsName(t *testing.T) {
	t.Parallel()
	for kind, row := range unreadable {
		for _, at := range []int64{21, 1, 40} {
			for name, read := range listings() {
				t.Run(fmt.Sprintf("%s/%d/%s", kind, at, name), func(t *testing.T) {
					t.Parallel()
					server := &logServer{rows: map[int64]string{at: fmt.Sprintf(row.row, at)}}
					server.list.Add(40)
					got, err := read(t.Context(), trial.Tenant(t, server.ServeHTTP))
					assert.Len(t, got, int(at)-1)
					var unread *halopsa.DecodeError
					require.ErrorAs(t, err, &unread)
					assert.Equal(t, 1, unread.Page)
					switch row.id {
					case "%d":
						assert.Equal(t, fmt.Sprint(at), unread.ID)
						require.ErrorContains(t, err, fmt.Sprintf("of page 1, id %d of the response", at))
					case "":
						assert.Empty(t, unread.ID)
					}
					assert.Contains(t, unread.Reason, row.path)
					assert.NotContains(t, fmt.Sprintf("%s %+v %v", err, unread, unread.LogValue()), "canary")
					assert.LessOrEqual(t, server.requests(), 2)
				})
			}
		}
	}
}

// D4: with a handler the row is set aside, told of once, and the rest comes.
func TestCaseD4ARowThatCannotBeReadIsSetAside(t *testing.T) {
	t.Parallel()
	for kind, row := range unreadable {
		for _, at := range []int64{21, 1, 39} {
			for name, read := range listings() {
				t.Run(fmt.Sprintf("%s/%d/%s", kind, at, name), func(t *testing.T) {
					t.Parallel()
					server := &logServer{rows: map[int64]string{at: fmt.Sprintf(row.row, at)}}
					server.list.Add(40)
					var bad []halopsa.BadRow
					got, err := read(t.Context(), trial.Tenant(t, server.ServeHTTP), halopsa.WithBadRow(func(b halopsa.BadRow) error {
						bad = append(bad, b)
						return nil
					}))
					require.NoError(t, err)
					var want []int64
					for id := int64(1); id <= 40; id++ {
						if id != at {
							want = append(want, id)
						}
					}
					assert.Equal(t, want, got)
					require.Len(t, bad, 1)
					method, _, _ := strings.Cut(name, ",")
					assert.Equal(t, "IntegrationError."+method, bad[0].Op)
					assert.Equal(t, 1, bad[0].Page)
					assert.Equal(t, server.rows[at], string(bad[0].Raw))
					assert.Contains(t, bad[0].Reason, row.path)
					if strings.Contains(row.id, "%") {
						assert.Equal(t, fmt.Sprintf(row.id, at), bad[0].ID)
					}
					var log strings.Builder
					slog.New(slog.NewTextHandler(&log, nil)).Info("", "row", bad[0])
					assert.NotContains(t, fmt.Sprintf("%v %+v %#v %s", bad[0], bad[0], bad[0], log.String()), "canary")
				})
			}
		}
	}
}

// An error of the handler ends the list with it, after the records before the row; a panic of it reaches the caller.
func TestCaseD4TheHandlerOfARowEndsTheList(t *testing.T) {
	t.Parallel()
	refused := errors.New("two bad rows are too many")
	for name, read := range listings() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := &logServer{rows: map[int64]string{5: `{"id":5,"date":[]}`, 7: `{"id":7,"date":[]}`, 8: `{"id":8,"date":[]}`}}
			server.list.Add(40)
			client := trial.Tenant(t, server.ServeHTTP)
			told := 0
			got, err := read(t.Context(), client, halopsa.WithBadRow(func(halopsa.BadRow) error {
				if told++; told == 2 {
					return fmt.Errorf("row: %w", refused)
				}
				return nil
			}))
			require.ErrorIs(t, err, refused)
			assert.Equal(t, []int64{1, 2, 3, 4, 6}, got)
			assert.Equal(t, 2, told)
			assert.PanicsWithValue(t, "of the handler", func() {
				_, _ = read(t.Context(), client, halopsa.WithBadRow(func(halopsa.BadRow) error { panic("of the handler") }))
			})
		})
	}
	_, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithTokenSource(trial.StaticToken), halopsa.WithBadRow(nil))
	require.ErrorIs(t, err, halopsa.ErrInvalid)
}

// Rows on several pages, of which none can be read on one, in every order; the cursor passes them, and a restart does not meet them again.
func TestCaseD4RowsThatCannotBeReadOnManyPages(t *testing.T) {
	t.Parallel()
	for order := pagetest.AsAsked; order <= pagetest.NewestFirst; order++ {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			t.Parallel()
			server := &logServer{rows: map[int64]string{}, list: pagetest.Server{Order: order}}
			server.list.Add(330)
			for id := int64(95); id < 215; id++ {
				server.rows[id] = fmt.Sprintf(`{"id":%d,"timestamp":{}}`, id)
			}
			c := trial.Tenant(t, server.ServeHTTP)
			told := map[string]int{}
			setAside := halopsa.WithBadRow(func(b halopsa.BadRow) error {
				told[b.ID]++
				return nil
			})
			all, err := halopsa.Collect(c.IntegratorTrace.All(t.Context(), nil, setAside))
			require.NoError(t, err)
			assert.Len(t, all, 210)
			assert.Len(t, told, 120)

			told, cursor, n := map[string]int{}, int64(0), 0
			for cursor < 330 { // a restart after every record
				for f, err := range c.IntegratorTrace.Follow(t.Context(), cursor, time.Hour, nil, setAside) {
					require.NoError(t, err)
					require.Greater(t, f.Cursor, cursor)
					cursor, n = f.Cursor, n+1
					break
				}
			}
			assert.Equal(t, 210, n)
			assert.Len(t, told, 120)
			for id, times := range told {
				assert.Equal(t, 1, times, id)
			}
		})
	}
}

// A response that is no JSON is no row.
func TestCaseD4AResponseThatIsCutIsNoBadRow(t *testing.T) {
	t.Parallel()
	c := trial.Tenant(t, func(w http.ResponseWriter, r *http.Request) {
		trial.AnswersJSON(`{"errors":[{"id":1},{"id":2,"date":[`)(w, r)
	})
	_, err := halopsa.Collect(c.IntegrationError.All(t.Context(), nil, halopsa.WithBadRow(func(halopsa.BadRow) error { return nil })))
	var unread *halopsa.DecodeError
	require.ErrorAs(t, err, &unread)
	assert.Zero(t, unread.Page)
}
