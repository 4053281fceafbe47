package guarantees_test

import (
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

func pagesOfSize(n int) *halopsa.IntegrationErrorListOptions {
	return &halopsa.IntegrationErrorListOptions{ListOptions: halopsa.ListOptions{PageSize: n}}
}

// The pages move at some time while a DELETE is under way, and only the client's own knowledge tells of it where there is no record_count.
func TestWalkWhileDeletesAreUnderWay(t *testing.T) {
	t.Parallel()
	for name, applied := range map[string]bool{"the server has not got it yet": false, "the server has carried it out": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler(halopsatest.WithHabits(halopsatest.Habits{NoRecordCount: true}))
			for i := range 9 {
				h.Seed("IntegrationError", errorRow(i))
			}
			begun, held := make(chan struct{}, 2), make(chan struct{})
			var deletes sync.WaitGroup
			release := sync.OnceFunc(func() {
				close(held)
				deletes.Wait()
			})
			gets := 0
			c, err := halopsa.NewClient(trial.StandinURL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
				halopsa.WithHTTPClient(&http.Client{Transport: trial.RoundTripper(func(r *http.Request) (*http.Response, error) {
					switch {
					case r.Method == http.MethodDelete && applied:
						defer func() { begun <- struct{}{}; <-held }()
					case r.Method == http.MethodDelete:
						begun <- struct{}{}
						<-held
					case r.Method == http.MethodGet:
						if gets++; gets == 5 || !applied && r.URL.Query().Get("page_no") == "3" {
							release()
						}
					}
					return h.Transport().RoundTrip(r)
				})}))
			require.NoError(t, err)
			seen := map[int64]bool{}
			for e, err := range c.IntegrationError.All(t.Context(), pagesOfSize(3)) {
				require.NoError(t, err)
				assert.False(t, seen[e.ID])
				seen[e.ID] = true
				if e.ID == 3 {
					for id := range int64(2) {
						deletes.Go(func() { assert.NoError(t, c.IntegrationError.Delete(t.Context(), id+1)) })
						<-begun
					}
				}
			}
			release()
			assert.Len(t, seen, 9, "%v", seen)
		})
	}
}

// What was not seen does not move what was, and other lists do not matter.
func TestDeletesThatMoveNothing(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*testing.T, *halopsa.Client) error{
		"a record ahead": func(t *testing.T, c *halopsa.Client) error { return c.IntegrationError.Delete(t.Context(), 9) },
		"a record of another resource": func(t *testing.T, c *halopsa.Client) error {
			return c.IntegrationRequest.Delete(t.Context(), 1)
		},
		"no number": func(t *testing.T, c *halopsa.Client) error {
			var refusal *halopsa.APIError
			if err := halopsa.DeleteOf(t.Context(), c, "IntegrationError", "x"); !errors.As(err, &refusal) {
				return errors.Join(errors.New("the tenant did not refuse"), err)
			}
			return nil
		},
	}
	for name, remove := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, h := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithHabits(halopsatest.Habits{NoRecordCount: true})})
			for i := range 10 {
				h.Seed("IntegrationError", errorRow(i))
			}
			h.Seed("IntegrationRequest", map[string]any{})
			for e, err := range c.IntegrationError.All(t.Context(), pagesOfSize(3)) {
				require.NoError(t, err)
				if e.ID == 3 {
					require.NoError(t, remove(t, c))
				}
			}
			assert.Equal(t, 6, h.Count(http.MethodGet, "IntegrationError"), "four pages, the empty one, and the short one again, which says that it was the last")
		})
	}
}

// walksUnderWay looks into the client: what it keeps of a walk is memory, and nothing else shows it.
func walksUnderWay(c *halopsa.Client) int {
	return reflect.ValueOf(c).Elem().FieldByName("walks").FieldByName("active").Len()
}

// A client lives for long, and a walk may have millions of ids.
func TestClientForgetsItsWalks(t *testing.T) {
	t.Parallel()
	c, h := trial.NewStandin(t, nil, halopsa.WithMaxRetries(0))
	for i := range 10 {
		h.Seed("IntegrationError", errorRow(i))
	}
	all := c.IntegrationError.All(t.Context(), pagesOfSize(3))
	n := 0
	for _, err := range all {
		require.NoError(t, err)
		n++
		assert.Equal(t, 1, walksUnderWay(c))
	}
	assert.Equal(t, 10, n)
	assert.Zero(t, walksUnderWay(c), "after the end")
	for _, err := range all {
		require.NoError(t, err)
		break
	}
	assert.Zero(t, walksUnderWay(c), "after break")
	h.Fault(halopsatest.Fault{Status: http.StatusForbidden})
	_, err := halopsa.Collect(all)
	require.ErrorIs(t, err, halopsa.ErrForbidden)
	assert.Zero(t, walksUnderWay(c), "after an error")
	for _, err := range all {
		require.NoError(t, err)
		for _, err := range all {
			require.NoError(t, err)
			assert.Equal(t, 1, walksUnderWay(c), "two walks over one resource")
		}
		assert.Equal(t, 1, walksUnderWay(c), "the outer one goes on")
	}
}

// An order is safe only if id is its first key: where records have been deleted, only a second pass tells whether others have slipped by.
func TestWhichOrdersAreReadAgain(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		sort  []halopsa.SortKey
		opts  []halopsa.RequestOption
		again bool
	}{
		"none":                       {},
		"id":                         {sort: []halopsa.SortKey{halopsa.Asc("id")}},
		"id, down":                   {sort: []halopsa.SortKey{halopsa.Desc("id")}},
		"date":                       {sort: []halopsa.SortKey{halopsa.Desc("date")}, again: true},
		"date, id":                   {sort: []halopsa.SortKey{halopsa.Desc("date"), halopsa.Asc("id")}, again: true},
		"WithSort of date":           {opts: []halopsa.RequestOption{halopsa.WithSort(halopsa.Asc("date"))}, again: true},
		"WithQuery of id":            {opts: []halopsa.RequestOption{halopsa.WithQuery("order", "id")}},
		"WithQuery of date":          {opts: []halopsa.RequestOption{halopsa.WithQuery("order", "date")}, again: true},
		"WithQuery of date, then id": {opts: []halopsa.RequestOption{halopsa.WithQuery("order", "date"), halopsa.WithQuery("order2", "id")}, again: true},
		"WithQuery of date in place of id": {
			sort: []halopsa.SortKey{halopsa.Asc("id")}, opts: []halopsa.RequestOption{halopsa.WithQuery("order", "date")}, again: true,
		},
		"a direction is no key": {
			sort: []halopsa.SortKey{halopsa.Asc("date")}, opts: []halopsa.RequestOption{halopsa.WithQuery("orderdesc2", "id")}, again: true,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, h := trial.NewStandin(t, nil)
			for i := range 10 {
				h.Seed("IntegrationError", errorRow(i))
			}
			options := pagesOfSize(5)
			options.Sort = test.sort
			var seen []int64
			for e, err := range c.IntegrationError.All(t.Context(), options, test.opts...) {
				require.NoError(t, err)
				if seen = append(seen, e.ID); len(seen) == 5 {
					stored := inOrder(h, strings.Contains(name, "date"))
					for _, id := range stored {
						if !slices.Contains(seen, id) { // one of those ahead
							h.Remove("IntegrationError", id)
							break
						}
					}
				}
			}
			assert.Len(t, seen, 9)
			requests := h.Count(http.MethodGet, "IntegrationError")
			if test.again {
				assert.Equal(t, 6, requests)
			} else {
				assert.LessOrEqual(t, requests, 5, "both pages, and what shows that nothing was passed over, since record_count fell")
			}
		})
	}
}
