package guarantees_test

import (
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// posted is a body with which HaloPSA responds to a POST of the errors; of the nth one, from 1, or unchanged.
func posted(h *halopsatest.Handler, change func(nth int64, a *halopsatest.Response)) {
	var posts atomic.Int64
	h.SetHabits("IntegrationError", halopsatest.Habits{Respond: func(r halopsatest.Request, a halopsatest.Response) halopsatest.Response {
		if r.Method == http.MethodPost {
			change(posts.Add(1), &a)
		}
		return a
	}})
}

// TestCreateOnceOfWhatIsAcknowledgedWithoutItsRecord: a record whose id the response lacks is the call's all the same, however long the rest of
// the call takes: it is not taken for the record of another call whose write was lost.
func TestCreateOnceOfWhatIsAcknowledgedWithoutItsRecord(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"nothing": "", "null": "null", "an object": `{"id":2}`, "records without ids": `[{},{}]`} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
				posted(h, func(nth int64, a *halopsatest.Response) {
					if nth == 2 {
						a.Body = []byte(body)
					}
				})
				lost := struck(halopsatest.HTML504, false, 2) // the second batch, and in the pause after it the other call
				lost.After = 2
				h.Fault(lost)
				_, err := client.IntegrationError.Create(t.Context(), errorsNamed("first"))
				require.NoError(t, err)
				var calls sync.WaitGroup
				calls.Go(func() {
					records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b", "z"), byName, halopsa.WithBatchSize(2))
					assert.NoError(t, err)
					assert.Equal(t, []string{"a", "b", "z"}, entityNames(records))
				})
				time.Sleep(time.Second)
				records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
				require.NoError(t, err)
				assert.Equal(t, []string{"a"}, entityNames(records))
				calls.Wait()
				assert.ElementsMatch(t, []string{"first", "a", "b", "z", "a"}, storedNames(h))
			})
		})
	}
}

// TestCreateOnceOfManyAtATime: of calls that write the same at the same time, some of them without a response that names records, each gets its own.
func TestCreateOnceOfManyAtATime(t *testing.T) {
	t.Parallel()
	for _, every := range []int64{1, 2, 3} {
		inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
			posted(h, func(nth int64, a *halopsatest.Response) {
				time.Sleep(time.Duration(nth%4) * time.Second)
				if nth%every == 0 {
					a.Body = nil
				}
			})
			var struckPosts atomic.Int64
			h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
				if r.Method != http.MethodPost || strings.HasSuffix(r.URL.Path, "/token") {
					return nil
				}
				switch struckPosts.Add(1) % 5 {
				case 0:
					return &halopsatest.Fault{Kind: halopsatest.HTML504, Applied: true}
				case 3:
					return &halopsatest.Fault{Kind: halopsatest.HTML504}
				}
				return nil
			})
			var mu sync.Mutex
			whose := make(map[int64]int)
			var calls sync.WaitGroup
			const callers = 12
			for range callers {
				calls.Go(func() {
					records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b", "a", "b"), byName, halopsa.WithBatchSize(2))
					if !assert.NoError(t, err) {
						return
					}
					assert.Equal(t, []string{"a", "b", "a", "b"}, entityNames(records))
					mu.Lock()
					defer mu.Unlock()
					for _, record := range records {
						whose[record.ID]++
					}
				})
			}
			calls.Wait()
			assert.Len(t, whose, 4*callers, "each record is that of one input")
			assert.Equal(t, 4*callers, h.Len("IntegrationError"))
		})
	}
}

// TestCreateOnceIsNotMisledAboutTheNewest: a record that the client made before the call began does not belong to the call.
func TestCreateOnceIsNotMisledAboutTheNewest(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]func(*testing.T, *halopsa.Client, *halopsatest.Handler){
		"by a create that was acknowledged without its record": func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
			posted(h, func(nth int64, a *halopsatest.Response) {
				if nth == 2 {
					a.Body = nil
				}
			})
			for _, name := range []string{"first", "a"} {
				_, err := client.IntegrationError.Create(t.Context(), errorsNamed(name))
				require.NoError(t, err)
			}
		},
		"by a create whose outcome is unknown": func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
			_, err := client.IntegrationError.Create(t.Context(), errorsNamed("first"))
			require.NoError(t, err)
			h.Fault(struck(halopsatest.HTML504, true, 1))
			_, err = client.IntegrationError.Create(t.Context(), errorsNamed("a"))
			require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
		},
		"by a filter of another call": func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
			h.Seed("IntegrationError", map[string]any{"module_id": 7, "entity_name": "old"})
			h.Seed("IntegrationError", map[string]any{"module_id": 12, "entity_name": "a"})
			h.Fault(halopsatest.Fault{Method: http.MethodPost, Status: http.StatusForbidden})
			_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("x"), byName, halopsa.WithQuery("module_id", "7"))
			require.ErrorIs(t, err, halopsa.ErrForbidden)
		},
		"by a reading that a create overtook": func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
			var gets atomic.Int64
			h.SetHabits("IntegrationError", halopsatest.Habits{Respond: func(r halopsatest.Request, a halopsatest.Response) halopsatest.Response {
				if r.Method == http.MethodGet && gets.Add(1) == 1 {
					time.Sleep(5 * time.Second) // the list was empty
				}
				return a
			}})
			var slow sync.WaitGroup
			slow.Go(func() {
				_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("x"), byName)
				assert.ErrorIs(t, err, halopsa.ErrForbidden)
			})
			time.Sleep(time.Second)
			_, err := client.IntegrationError.Create(t.Context(), errorsNamed("a"))
			require.NoError(t, err)
			h.Fault(halopsatest.Fault{Method: http.MethodPost, Status: http.StatusForbidden})
			slow.Wait()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
				before(t, client, h)
				old := h.Len("IntegrationError")
				h.Fault(struck(halopsatest.HTML504, false, 1))
				records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
				require.NoError(t, err)
				assert.EqualValues(t, old+1, records[0].ID)
				assert.Equal(t, old+1, h.Len("IntegrationError"))
			})
		})
	}
}

// TestPostOnceOfAListThatWasEmpty: whether its records have ids cannot be seen before the first write.
func TestPostOnceOfAListThatWasEmpty(t *testing.T) {
	t.Parallel()
	type group struct {
		Label string `json:"label"`
		Value string `json:"value"`
	}
	for _, ids := range []halopsatest.IDs{halopsatest.IDsNone, halopsatest.IDsZero, halopsatest.IDsTrue} {
		for _, applied := range []bool{false, true} {
			inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
				h.SetHabits("Things", halopsatest.Habits{Rows: halopsatest.RowHabits{IDs: ids}})
				h.Seed("Things", map[string]any{"id": 1})
				h.Remove("Things", 1)
				h.Fault(halopsatest.Fault{Method: http.MethodPost, Resource: "Things", Kind: halopsatest.HTML504, Applied: applied})
				records, err := halopsa.PostOnceOf(t.Context(), client, "Things", []group{{"a", "1"}, {"b", "2"}},
					func(record *group, input group) bool { return *record == input })
				require.NoError(t, err)
				assert.Equal(t, []*group{{"a", "1"}, {"b", "2"}}, records)
				assert.Equal(t, 2, h.Len("Things"))
			})
		}
	}
}
