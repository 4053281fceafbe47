package guarantees_test

import (
	"bytes"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestCreateOnceWaitsForWhatIsUnderWay: a record whose response has not come yet is another call's all the same.
func TestCreateOnceWaitsForWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	for name, create := range map[string]func(*testing.T, *halopsa.Client) ([]*halopsa.IntegrationError, error){
		"CreateOnce": func(t *testing.T, client *halopsa.Client) ([]*halopsa.IntegrationError, error) {
			return client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
		},
		"Create": func(t *testing.T, client *halopsa.Client) ([]*halopsa.IntegrationError, error) {
			return client.IntegrationError.Create(t.Context(), errorsNamed("a"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
				var posts atomic.Int64
				h.SetHabits("IntegrationError", halopsatest.Habits{Respond: func(r halopsatest.Request, a halopsatest.Response) halopsatest.Response {
					if r.Method == http.MethodPost && posts.Add(1) == 2 {
						time.Sleep(5 * time.Second) // it is stored already
					}
					return a
				}})
				_, err := client.IntegrationError.Create(t.Context(), errorsNamed("first")) // so that the client knows the newest id
				require.NoError(t, err)
				var slow []*halopsa.IntegrationError
				var waiting sync.WaitGroup
				waiting.Go(func() {
					var err error
					slow, err = create(t, client)
					assert.NoError(t, err)
				})
				time.Sleep(time.Second)
				h.Fault(struck(halopsatest.HTML504, false, 1))
				lost, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
				require.NoError(t, err)
				waiting.Wait()
				assert.EqualValues(t, 2, slow[0].ID)
				assert.EqualValues(t, 3, lost[0].ID)
				assert.Equal(t, 3, h.Len("IntegrationError"))
			})
		})
	}
}

// TestCreateOnceOfAThinList: the response has the member that is compared and the list has not, so that the match is too strict for reading.
func TestCreateOnceOfAThinList(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		h.SetHabits("IntegrationError", halopsatest.Habits{Respond: func(r halopsatest.Request, a halopsatest.Response) halopsatest.Response {
			if r.Method == http.MethodGet {
				a.Body = bytes.ReplaceAll(a.Body, []byte(`"entity_name":"a",`), nil)
			}
			return a
		}})
		h.Fault(struck(halopsatest.HTML504, true, 1))
		_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
		require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
		require.ErrorContains(t, err, "too strict")
		assert.Equal(t, []string{"a", "a"}, storedNames(h))
	})
}

// TestCreateOnceWithAWrongRecordCount: a record of before the call is none of the call's, whatever the list says of its length and order.
func TestCreateOnceWithAWrongRecordCount(t *testing.T) {
	t.Parallel()
	for name, habits := range map[string]halopsatest.Habits{
		"of the page only":         {IgnoreOrder: true, RecordCount: halopsatest.CountOfRows()},
		"of short pages only":      {IgnoreOrder: true, FixedSize: 5, RecordCount: halopsatest.CountOfRows()},
		"capped":                   {IgnoreOrder: true, RecordCount: halopsatest.CountCapped(10)},
		"of more than there are":   {IgnoreOrder: true, RecordCount: halopsatest.CountPlus(300)},
		"none":                     {IgnoreOrder: true, NoRecordCount: true},
		"none, newest first by 1":  {IgnoreOrder: true, NewestFirst: true, PageCap: 1, NoRecordCount: true},
		"in no order":              {IgnoreOrder: true, Shuffled: true},
		"of a list without paging": {IgnoreOrder: true, IgnorePaging: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
				for range 40 {
					h.Seed("IntegrationError", map[string]any{"module_id": 12, "entity_name": "a", "error": "no such site"})
				}
				h.SetHabits("IntegrationError", habits)
				h.Fault(struck(halopsatest.HTML504, false, 1))
				records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
				require.NoError(t, err)
				assert.EqualValues(t, 41, records[0].ID)
				assert.Equal(t, 41, h.Len("IntegrationError"))
			})
		})
	}
}

// TestPostOnceOfEqualInputsWithoutIDs: one row is that of one input, also where no id says which row it is.
func TestPostOnceOfEqualInputsWithoutIDs(t *testing.T) {
	t.Parallel()
	type group struct {
		Label string `json:"label"`
		Value string `json:"value"`
	}
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		h.SetHabits("Things", halopsatest.Habits{Rows: halopsatest.RowHabits{IDs: halopsatest.IDsNone}})
		h.Seed("Things", map[string]any{"label": "other", "value": "x"})
		h.Fault(halopsatest.Fault{Method: http.MethodPost, Resource: "Things", Kind: halopsatest.HTML504, Applied: true})
		h.Fault(halopsatest.Fault{Method: http.MethodPost, Resource: "Things", Kind: halopsatest.HTML504})
		records, err := halopsa.PostOnceOf(t.Context(), client, "Things", []group{{"a", "1"}, {"a", "1"}},
			func(record *group, input group) bool { return *record == input }, halopsa.WithBatchSize(1))
		require.NoError(t, err)
		assert.Len(t, records, 2)
		assert.Equal(t, 3, h.Len("Things"))
	})
}
