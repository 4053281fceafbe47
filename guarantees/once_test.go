package guarantees_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// errorsNamed returns errors to log, each with its own name unless names are equal.
func errorsNamed(names ...string) []halopsa.IntegrationErrorInput {
	inputs := make([]halopsa.IntegrationErrorInput, len(names))
	for i, name := range names {
		inputs[i] = halopsa.IntegrationErrorInput{ModuleID: halopsa.Set[int64](12), EntityName: halopsa.Set(name), Error: halopsa.Set("no such site")}
	}
	return inputs
}

// byName is a match that is right.
func byName(record *halopsa.IntegrationError, input halopsa.IntegrationErrorInput) bool {
	return input.EntityName == halopsa.Set(record.EntityName)
}

// entityNames are the names of records, in their order.
func entityNames(records []*halopsa.IntegrationError) []string {
	names := make([]string, len(records))
	for i, record := range records {
		if record != nil {
			names[i] = record.EntityName
		}
	}
	return names
}

// storedNames are the names of the errors that h holds.
func storedNames(h *halopsatest.Handler) []string {
	var names []string
	for _, record := range h.Stored("IntegrationError") {
		name, _ := record["entity_name"].(string)
		names = append(names, name)
	}
	return names
}

// inBubble runs f in a bubble with a new stand-in.
func inBubble(t *testing.T, f func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler), opts ...halopsa.ClientOption) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		client, h := trial.NewStandin(t, nil, opts...)
		f(t, client, h)
	})
}

// struck is a POST that fails.
func struck(kind halopsatest.Kind, applied bool, times int) halopsatest.Fault {
	return halopsatest.Fault{Method: http.MethodPost, Resource: "IntegrationError", Kind: kind, Applied: applied, Times: times}
}

func TestCreateOnceCostsNothingWhereNothingFails(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		requests := func(call func()) (posts, gets int) {
			h.Forget()
			call()
			return h.Count(http.MethodPost, "IntegrationError") + h.Count(http.MethodPost, "IntegrationExport"),
				h.Count(http.MethodGet, "IntegrationError") + h.Count(http.MethodGet, "IntegrationExport")
		}
		five := func() {
			records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b", "c", "d", "e"), byName, halopsa.WithBatchSize(2))
			require.NoError(t, err)
			assert.Equal(t, []string{"a", "b", "c", "d", "e"}, entityNames(records))
		}
		posts, gets := requests(five)
		assert.Equal(t, []int{3, 1}, []int{posts, gets}, "the first call asks for the newest id")
		posts, gets = requests(five)
		assert.Equal(t, []int{3, 0}, []int{posts, gets}, "the client has just created some")
		time.Sleep(50 * time.Second)
		_, err := client.IntegrationError.Create(t.Context(), errorsNamed("f"))
		require.NoError(t, err)
		time.Sleep(50 * time.Second)
		posts, gets = requests(five)
		assert.Equal(t, []int{3, 0}, []int{posts, gets}, "a plain Create counts too")
		time.Sleep(61 * time.Second)
		posts, gets = requests(five)
		assert.Equal(t, []int{3, 1}, []int{posts, gets}, "that was more than a minute ago")

		posts, gets = requests(func() {
			_, err := client.IntegrationExport.CreateOnce(t.Context(), []halopsa.IntegrationExportInput{{HaloName: halopsa.Set("a")}},
				func(*halopsa.IntegrationExport, halopsa.IntegrationExportInput) bool { return true })
			require.NoError(t, err)
		})
		assert.Equal(t, []int{1, 0}, []int{posts, gets}, "a list is read after an unknown outcome only")
	})
}

// TestCreateOnceReadsBack: what was stored is found, what was not is sent again, and the other batches follow.
func TestCreateOnceReadsBack(t *testing.T) {
	t.Parallel()
	for _, kind := range []halopsatest.Kind{halopsatest.HTML504, halopsatest.Reset, halopsatest.Truncated} {
		for _, applied := range []bool{false, true} {
			for first := range 3 {
				inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
					fault := struck(kind, applied, 2)
					fault.After = first
					h.Fault(fault)
					records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b", "c", "d", "e"), byName, halopsa.WithBatchSize(2))
					require.NoError(t, err)
					assert.Equal(t, []string{"a", "b", "c", "d", "e"}, entityNames(records))
					assert.Equal(t, []string{"a", "b", "c", "d", "e"}, storedNames(h))
				})
			}
		}
	}
}

// TestCreateOnceReadsOnlyWhatIsNewer: a log of 1,000 records is not read for one that is missing, and a record of before the call is none of ours.
func TestCreateOnceReadsOnlyWhatIsNewer(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		for range 1_000 {
			h.Seed("IntegrationError", map[string]any{"module_id": 12, "entity_name": "a", "error": "no such site"})
		}
		h.Fault(struck(halopsatest.HTML504, false, 1))
		records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
		require.NoError(t, err)
		require.Len(t, records, 1)
		assert.EqualValues(t, 1_001, records[0].ID)
		assert.Equal(t, 1_001, h.Len("IntegrationError"))
		assert.LessOrEqual(t, h.Count(http.MethodGet, "IntegrationError"), 4)
	})
}

// TestCreateOnceOfAState: a look-up that is there is there, whoever has made it.
func TestCreateOnceOfAState(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		h.Seed("IntegrationLookUp", map[string]any{"module_id": 12, "third_party_id": "x", "value": "1"})
		h.Fault(halopsatest.Fault{Method: http.MethodPost, Kind: halopsatest.Reset})
		lookUp := func(id string) halopsa.IntegrationLookUpInput {
			return halopsa.IntegrationLookUpInput{ModuleID: halopsa.Set[int64](12), ThirdPartyID: halopsa.Set(id), Value: halopsa.Set("1")}
		}
		records, err := client.IntegrationLookUp.CreateOnce(t.Context(), []halopsa.IntegrationLookUpInput{lookUp("x"), lookUp("y")},
			func(record *halopsa.IntegrationLookUp, input halopsa.IntegrationLookUpInput) bool {
				return input.ThirdPartyID == halopsa.Set(record.ThirdPartyID)
			})
		require.NoError(t, err)
		assert.EqualValues(t, 1, records[0].ID)
		assert.EqualValues(t, 2, records[1].ID)
		assert.Equal(t, 2, h.Len("IntegrationLookUp"))
	})
}

// partly is a transport that stores only the first n inputs of the first POST, and loses the response.
func partly(h *halopsatest.Handler, n int) http.RoundTripper {
	next, done := h.Transport(), false
	return trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
		if req.Method != http.MethodPost || strings.HasSuffix(req.URL.Path, "/token") || done {
			return next.RoundTrip(req)
		}
		done = true
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return nil, err
		}
		var inputs []json.RawMessage
		if err := json.Unmarshal(body, &inputs); err != nil {
			return nil, err
		}
		if body, err = json.Marshal(inputs[:n]); err != nil {
			return nil, err
		}
		part := req.Clone(req.Context())
		part.Body, part.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		resp, err := next.RoundTrip(part)
		if err != nil {
			return nil, err
		}
		_ = resp.Body.Close()
		return nil, errors.New("connection reset")
	})
}

func TestCreateOnceOfInputsThatAreEqual(t *testing.T) {
	t.Parallel()
	for stored := range 4 {
		synctest.Test(t, func(t *testing.T) {
			h := halopsatest.NewHandler()
			client := clientThrough(t, partly(h, stored))
			records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "a", "b"), byName)
			require.NoError(t, err)
			assert.Equal(t, []string{"a", "a", "b"}, entityNames(records))
			assert.ElementsMatch(t, []string{"a", "a", "b"}, storedNames(h))
			assert.NotEqual(t, records[0].ID, records[1].ID)
		})
	}
}

// clientThrough is a client whose requests pass transport.
func clientThrough(t *testing.T, transport http.RoundTripper, opts ...halopsa.ClientOption) *halopsa.Client {
	t.Helper()
	client, err := halopsa.NewClient(trial.StandinURL, append([]halopsa.ClientOption{
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithHTTPClient(&http.Client{Transport: transport}),
	}, opts...)...)
	require.NoError(t, err)
	return client
}

// TestCreateOnceWithALooseMatch: which input was stored cannot be told, so nothing is sent again.
func TestCreateOnceWithALooseMatch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		client := clientThrough(t, partly(h, 2))
		_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b", "c", "d"),
			func(*halopsa.IntegrationError, halopsa.IntegrationErrorInput) bool { return true }, halopsa.WithBatchSize(3))
		var batch *halopsa.BatchError
		require.ErrorAs(t, err, &batch)
		require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
		require.ErrorContains(t, err, "too loose: it takes one record, with the id 1, for two inputs that differ")
		assert.Equal(t, []int{0, 1, 2}, batch.Unknown)
		assert.Equal(t, []int{3}, batch.NotSent)
		assert.Equal(t, 2, h.Len("IntegrationError"))
	})
}

// TestCreateOnceWithAStrictMatch: the record that HaloPSA made of an input is not taken for it, so the reading was worth nothing.
func TestCreateOnceWithAStrictMatch(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		h.Fault(struck(halopsatest.HTML504, true, 1))
		_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b"),
			func(record *halopsa.IntegrationError, input halopsa.IntegrationErrorInput) bool {
				return byName(record, input) && record.EntityName != "b"
			})
		var batch *halopsa.BatchError
		require.ErrorAs(t, err, &batch)
		require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
		require.ErrorContains(t, err, "too strict")
		assert.Equal(t, []int{0}, batch.Written)
		assert.Equal(t, []int{1}, batch.Unknown)
		assert.Equal(t, []string{"a", "b", "b"}, storedNames(h))
	})
}

// TestCreateOnceWhileOthersCreate: the oldest of several new records counts.
func TestCreateOnceWhileOthersCreate(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
			if r.Method == http.MethodGet && h.Len("IntegrationError") == 1 {
				h.Seed("IntegrationError", map[string]any{"entity_name": "a"}, map[string]any{"entity_name": "other"})
			}
			return nil
		})
		h.Fault(struck(halopsatest.HTML504, true, 1))
		records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
		require.NoError(t, err)
		assert.EqualValues(t, 1, records[0].ID)
		assert.Equal(t, []string{"a", "a", "other"}, storedNames(h))
	})
}

func TestCreateOnceRefusesArguments(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		export := []halopsa.IntegrationExportInput{{ID: halopsa.Set[int64](5)}}
		tests := map[string]struct {
			argument string
			call     func() error
		}{
			"no match": {"match", func() error {
				_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), nil)
				return err
			}},
			"no inputs": {"inputs", func() error {
				_, err := client.IntegrationError.CreateOnce(t.Context(), nil, byName)
				return err
			}},
			"an id": {"inputs[0].ID", func() error {
				_, err := client.IntegrationExport.CreateOnce(t.Context(), export,
					func(*halopsa.IntegrationExport, halopsa.IntegrationExportInput) bool { return true })
				return err
			}},
			"an id at a path": {"inputs[1].ID", func() error {
				_, err := halopsa.PostOnceOf(t.Context(), client, "Tickets", []map[string]int{{}, {"id": 5}}, func(*ticket, map[string]int) bool { return true })
				return err
			}},
			"a column": {"inputs[0].EntityName", func() error {
				_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed(strings.Repeat("x", 101)), byName)
				return err
			}},
			"a query that no walk takes": {"WithQuery", func() error {
				_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName, halopsa.WithQuery("page_no", "2"))
				return err
			}},
			"a key": {"WithKey", func() error {
				_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName, halopsa.WithKey("date"))
				return err
			}},
			"no context": {"ctx", func() error {
				_, err := client.IntegrationError.CreateOnce(nil, errorsNamed("a"), byName) //nolint:staticcheck // that is the case
				return err
			}},
			"no client": {"client", func() error {
				_, err := (&halopsa.Client{}).IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
				return err
			}},
			"a time": {"WithSettleTime", func() error {
				_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName, halopsa.WithSettleTime(-1))
				return err
			}},
		}
		for name, test := range tests {
			var argument *halopsa.ArgumentError
			if err := test.call(); assert.ErrorAs(t, err, &argument, name) {
				assert.Equal(t, test.argument, argument.Argument, name)
				assert.NotEmpty(t, argument.Op, name)
			}
		}
		assert.Empty(t, h.Requests())
	})
}

// TestCreateOnceOfACallerWhoLeaves: what became of the write is found out all the same, and nothing more is sent.
func TestCreateOnceOfACallerWhoLeaves(t *testing.T) {
	t.Parallel()
	for _, applied := range []bool{false, true} {
		for name, leave := range map[string]func(context.Context) (context.Context, context.CancelFunc){
			"deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, 3*time.Second)
			},
			"cancel": func(ctx context.Context) (context.Context, context.CancelFunc) {
				own, cancel := context.WithCancel(ctx)
				time.AfterFunc(3*time.Second, cancel)
				return own, cancel
			},
		} {
			t.Run(name+", applied "+strconv.FormatBool(applied), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					h := halopsatest.NewHandler()
					next := h.Transport()
					client := clientThrough(t, trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
						if req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/IntegrationError") {
							if applied {
								resp, err := next.RoundTrip(req)
								if err != nil {
									return nil, err
								}
								_ = resp.Body.Close()
							}
							<-req.Context().Done()
							return nil, req.Context().Err()
						}
						return next.RoundTrip(req)
					}))
					ctx, cancel := leave(t.Context())
					defer cancel()
					begin := time.Now()
					records, err := client.IntegrationError.CreateOnce(ctx, errorsNamed("a", "b", "c"), byName, halopsa.WithBatchSize(2))
					var batch *halopsa.BatchError
					require.ErrorAs(t, err, &batch)
					require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
					require.ErrorIs(t, err, ctx.Err())
					assert.Equal(t, []int{2}, batch.NotSent)
					if applied {
						assert.Equal(t, []int{0, 1}, batch.Written)
						assert.Equal(t, []string{"a", "b", ""}, entityNames(records))
						assert.Equal(t, 3*time.Second, time.Since(begin))
					} else {
						assert.Equal(t, []int{0, 1}, batch.Refused)
						assert.Equal(t, 13*time.Second, time.Since(begin))
					}
				})
			})
		}
	}
}
