package guarantees_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// TestCreateOnceThatCannotRead: only then is anything unknown, and it says of what.
func TestCreateOnceThatCannotRead(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		fault := struck(halopsatest.HTML504, true, 1)
		fault.After = 1
		h.Fault(fault)
		h.Fault(halopsatest.Fault{Method: http.MethodGet, Resource: "IntegrationError", After: 1, Times: -1, Status: 403, Body: `{"message":"no right"}`})
		records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b", "c", "d", "e"), byName, halopsa.WithBatchSize(2))
		require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
		require.ErrorIs(t, err, halopsa.ErrForbidden)
		require.ErrorIs(t, err, halopsa.ErrServer)
		var batch *halopsa.BatchError
		require.ErrorAs(t, err, &batch)
		assert.Equal(t, []int{0, 1}, batch.Written)
		assert.Equal(t, []int{2, 3}, batch.Unknown)
		assert.Equal(t, []int{4}, batch.NotSent)
		assert.Equal(t, []string{"a", "b", "", "", ""}, entityNames(records))
		require.ErrorContains(t, err, "it could not be read back: IntegrationError.Since: GET /IntegrationError: 403")
		require.ErrorContains(t, err, "no right")
	})
}

// TestCreateOnceNeedsToRead: without the newest id nothing is sent.
func TestCreateOnceNeedsToRead(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		h.Fault(halopsatest.Fault{Method: http.MethodGet, Resource: "IntegrationError", Times: -1, Status: 403})
		_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b"), byName)
		require.ErrorIs(t, err, halopsa.ErrForbidden)
		var batch *halopsa.BatchError
		require.ErrorAs(t, err, &batch)
		assert.Equal(t, []int{0, 1}, batch.NotSent)
		assert.Zero(t, h.Count(http.MethodPost, "IntegrationError"))
	})
}

// TestCreateOnceOfASlowServer: the gateway gives up, and the server stores the records some seconds later.
func TestCreateOnceOfASlowServer(t *testing.T) {
	t.Parallel()
	for _, late := range []time.Duration{0, time.Second, 9 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			h := halopsatest.NewHandler()
			next, posts := h.Transport(), 0
			var working sync.WaitGroup
			defer working.Wait()
			client := clientThrough(t, trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
				if req.Method != http.MethodPost || !strings.HasSuffix(req.URL.Path, "/IntegrationError") {
					return next.RoundTrip(req)
				}
				posts++
				body, err := io.ReadAll(req.Body)
				if err != nil {
					return nil, err
				}
				again := req.Clone(context.WithoutCancel(req.Context()))
				again.Body = io.NopCloser(bytes.NewReader(body))
				working.Go(func() {
					time.Sleep(late)
					resp, err := next.RoundTrip(again)
					if assert.NoError(t, err) {
						_ = resp.Body.Close()
					}
				})
				return trial.Respond(http.StatusGatewayTimeout, "text/html", "<html><title>504</title></html>"), nil
			}))
			records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b"), byName)
			require.NoError(t, err, late)
			assert.Equal(t, []string{"a", "b"}, entityNames(records))
			assert.Equal(t, []string{"a", "b"}, storedNames(h))
			assert.Equal(t, 1, posts)
		})
	}
}

// tenantOf is a plain tenant that gives the first POST a response of its own and stores the first inputs of it, and then works as a log does.
func tenantOf(t *testing.T, stored int, status int, response string) (*halopsa.Client, *halopsatest.Handler) {
	t.Helper()
	h := halopsatest.NewHandler()
	next := partly(h, stored)
	return clientThrough(t, trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err != nil { // what partly has lost
			return trial.Respond(status, "application/json", response), nil
		}
		return resp, nil
	})), h
}

// TestCreateOnceByWhatHaloPSASays: the responses of CASES that leave open what was written, and what becomes of three inputs.
func TestCreateOnceByWhatHaloPSASays(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status   int
		response string
		stored   int
		fails    bool // HaloPSA refuses what is missing
	}{
		"nothing, all stored":                {200, "", 3, false},
		"null, all stored":                   {200, "null", 3, false},
		"an object, all stored":              {200, `{"id":1}`, 3, false},
		"acknowledgements, all stored":       {200, `[{},{},{}]`, 3, false},
		"201, all stored":                    {201, "", 3, false},
		"an empty array, none stored":        {200, `[]`, 0, false},
		"an empty array, all stored":         {200, `[]`, 3, false},
		"two records":                        {200, `[{"id":1},{"id":2}]`, 2, false},
		"an element that is an error":        {200, `[{"id":1},{"id":2},{"error":"locked"}]`, 2, true},
		"an error":                           {200, `{"resultCode":1,"errorMessage":"locked"}`, 0, true},
		"an error, some stored":              {200, `{"errors":["locked"]}`, 1, true},
		"a refusal of one, some stored":      {409, `{"message":"locked"}`, 2, true},
		"a refusal, all stored":              {422, `{"message":"locked"}`, 3, false},
		"a proxy's timeout, all stored":      {408, ``, 3, false},
		"a proxy's timeout, none stored":     {408, ``, 0, false},
		"a status of nobody, some stored":    {207, `{}`, 2, false},
		"no JSON, all stored":                {200, `{"id":`, 3, false},
		"no JSON, some stored":               {200, `{"id":`, 1, false},
		"an internal error, after it stored": {500, ``, 3, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client, h := tenantOf(t, test.stored, test.status, test.response)
				records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b", "c"), byName)
				assert.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
				if !test.fails {
					require.NoError(t, err)
					assert.Equal(t, []string{"a", "b", "c"}, entityNames(records))
					assert.Equal(t, []string{"a", "b", "c"}, storedNames(h))
					return
				}
				var batch *halopsa.BatchError
				require.ErrorAs(t, err, &batch)
				require.ErrorContains(t, err, "locked")
				assert.Len(t, batch.Written, test.stored)
				assert.Len(t, batch.Refused, 3-test.stored)
				assert.Equal(t, test.stored, h.Len("IntegrationError"))
			})
		})
	}
}

// TestCreateOnceOfADefiniteRefusal: it ends as Create does, and nothing is read.
func TestCreateOnceOfADefiniteRefusal(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		h.Fault(halopsatest.Fault{Method: http.MethodPost, Resource: "IntegrationError", After: 1, Status: 400, Body: `{"[1].error":["too long"]}`})
		_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b", "c", "d", "e"), byName, halopsa.WithBatchSize(2))
		var batch *halopsa.BatchError
		require.ErrorAs(t, err, &batch)
		assert.Equal(t, []int{0, 1}, batch.Written)
		assert.Equal(t, []int{2, 3}, batch.Refused)
		assert.Equal(t, []int{4}, batch.NotSent)
		require.Len(t, batch.Members, 1)
		assert.Equal(t, 3, batch.Members[0].Input)
		assert.Equal(t, 1, h.Count(http.MethodGet, "IntegrationError"))
	})
}

// ticket is a record of the caller's own.
type ticket struct {
	ID      int64  `json:"id,omitempty"`
	Summary string `json:"summary"`
}

// TestPostOnceOf: a list that can be sorted, one that is newest last whatever is asked, and records without numbers.
func TestPostOnceOf(t *testing.T) {
	t.Parallel()
	bySummary := func(record *ticket, input ticket) bool { return record.Summary == input.Summary }
	for name, habits := range map[string]halopsatest.Habits{
		"sorted": {}, "not sorted": {IgnoreOrder: true}, "newest first": {IgnoreOrder: true, NewestFirst: true}, "bare array": {BareArray: true},
		"no paging": {IgnorePaging: true}, "no record count": {NoRecordCount: true}, "fixed pages": {FixedSize: 7}, "quiet writes": {QuietWrites: true},
		"not sorted, fixed pages": {IgnoreOrder: true, FixedSize: 7}, "not sorted, no record count": {IgnoreOrder: true, NoRecordCount: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
				for range 300 {
					h.Seed("Tickets", ticket{Summary: "old"})
				}
				h.SetHabits("Tickets", habits)
				h.Seed("Tickets", map[string]any{"summary": "a"})
				h.Fault(halopsatest.Fault{Method: http.MethodPost, Kind: halopsatest.Reset, Times: 3})
				inputs := []ticket{{Summary: "a"}, {Summary: "b"}}
				records, err := halopsa.PostOnceOf(t.Context(), client, "Tickets", inputs, bySummary)
				require.NoError(t, err)
				assert.EqualValues(t, 302, records[0].ID)
				assert.EqualValues(t, 303, records[1].ID)
				assert.Equal(t, 303, h.Len("Tickets"))
			})
		})
	}
	t.Run("texts as ids", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			type thing struct {
				ID   string `json:"id"`
				Name string `json:"name"`
			}
			var stored []string
			posts := 0
			client := clientThrough(t, trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
				switch {
				case strings.HasSuffix(req.URL.Path, "/token"):
					return trial.Respond(200, "application/json", `{"access_token":"x","expires_in":3600}`), nil
				case req.Method == http.MethodGet:
					return trial.Respond(200, "application/json", "["+strings.Join(stored, ",")+"]"), nil
				}
				if posts++; posts == 1 {
					return trial.Respond(502, "text/plain", ""), nil
				}
				stored = append(stored, fmt.Sprintf(`{"id":"t-%d","name":"new"}`, len(stored)))
				return trial.Respond(503, "text/plain", ""), nil
			}))
			stored = append(stored, `{"id":"t-0","name":"old"}`)
			records, err := halopsa.PostOnceOf(t.Context(), client, "Things", []thing{{Name: "new"}},
				func(record *thing, input thing) bool { return record.Name == input.Name })
			require.NoError(t, err)
			assert.Equal(t, &thing{ID: "t-1", Name: "new"}, records[0])
			assert.Equal(t, 2, posts)
		})
	})
}

// TestCreateOnceOfEveryResource: the first write is lost, the second is stored and its response is lost.
func TestCreateOnceOfEveryResource(t *testing.T) {
	t.Parallel()
	two := func(t *testing.T, ids func(int) int64, records int, err error) {
		t.Helper()
		require.NoError(t, err)
		require.Equal(t, 2, records)
		assert.NotEqual(t, ids(0), ids(1))
	}
	tests := map[string]func(*testing.T, *halopsa.Client){
		"IntegrationDelta": func(t *testing.T, c *halopsa.Client) {
			records, err := c.IntegrationDelta.CreateOnce(t.Context(), []halopsa.IntegrationDeltaInput{
				{Delta: halopsa.Set("a")}, {Delta: halopsa.Set("b")},
			}, func(record *halopsa.IntegrationDelta, input halopsa.IntegrationDeltaInput) bool {
				return input.Delta == halopsa.Set(record.Delta)
			})
			two(t, func(i int) int64 { return records[i].ID }, len(records), err)
		},
		"IntegrationError": func(t *testing.T, c *halopsa.Client) {
			records, err := c.IntegrationError.CreateOnce(t.Context(), errorsNamed("a", "b"), byName)
			two(t, func(i int) int64 { return records[i].ID }, len(records), err)
		},
		"IntegrationExport": func(t *testing.T, c *halopsa.Client) {
			records, err := c.IntegrationExport.CreateOnce(t.Context(), []halopsa.IntegrationExportInput{
				{ExportID: halopsa.Set("a")}, {ExportID: halopsa.Set("b")},
			}, func(record *halopsa.IntegrationExport, input halopsa.IntegrationExportInput) bool {
				return input.ExportID == halopsa.Set(record.ExportID)
			})
			two(t, func(i int) int64 { return records[i].ID }, len(records), err)
		},
		"IntegrationFieldData": func(t *testing.T, c *halopsa.Client) {
			records, err := c.IntegrationFieldData.CreateOnce(t.Context(), []halopsa.IntegrationFieldDataInput{
				{FieldID: halopsa.Set("a")}, {FieldID: halopsa.Set("b")},
			}, func(record *halopsa.IntegrationFieldData, input halopsa.IntegrationFieldDataInput) bool {
				return input.FieldID == halopsa.Set(record.FieldID)
			})
			two(t, func(i int) int64 { return records[i].ID }, len(records), err)
		},
		"IntegrationLookUp": func(t *testing.T, c *halopsa.Client) {
			input := func(value string) halopsa.IntegrationLookUpInput {
				return halopsa.IntegrationLookUpInput{ModuleID: halopsa.Set[int64](12), Value: halopsa.Set(value)}
			}
			records, err := c.IntegrationLookUp.CreateOnce(t.Context(), []halopsa.IntegrationLookUpInput{input("a"), input("b")},
				func(record *halopsa.IntegrationLookUp, input halopsa.IntegrationLookUpInput) bool {
					return input.Value == halopsa.Set(record.Value)
				})
			two(t, func(i int) int64 { return records[i].ID }, len(records), err)
		},
		"IntegrationRequest": func(t *testing.T, c *halopsa.Client) {
			records, err := c.IntegrationRequest.CreateOnce(t.Context(), []halopsa.IntegrationRequestInput{
				{URL: halopsa.Set("a")}, {URL: halopsa.Set("b")},
			}, func(record *halopsa.IntegrationRequest, input halopsa.IntegrationRequestInput) bool {
				return input.URL == halopsa.Set(record.URL)
			})
			two(t, func(i int) int64 { return records[i].ID }, len(records), err)
		},
	}
	for resource, create := range tests {
		t.Run(resource, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
				h.Fault(halopsatest.Fault{Method: http.MethodPost, Resource: resource, Kind: halopsatest.Reset})
				h.Fault(halopsatest.Fault{Method: http.MethodPost, Resource: resource, Kind: halopsatest.HTML504, Applied: true})
				create(t, client)
				assert.Equal(t, 2, h.Len(resource))
				assert.Equal(t, 2, h.Count(http.MethodPost, resource))
				assert.Empty(t, h.Unknown())
			})
		})
	}
}

// TestCreateOnceWithARowThatCannotBeRead: it may be the record of an input, so that nothing is sent again, whatever else is done with such rows.
func TestCreateOnceWithARowThatCannotBeRead(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
		h.SetHabits("IntegrationError", halopsatest.Habits{Respond: func(_ halopsatest.Request, resp halopsatest.Response) halopsatest.Response {
			resp.Body = bytes.ReplaceAll(resp.Body, []byte(`"module_id":12`), []byte(`"module_id":"twelve"`))
			return resp
		}})
		h.Fault(struck(halopsatest.HTML504, true, 1))
		_, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
		require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown)
		assert.Equal(t, 1, h.Len("IntegrationError"))
	}, halopsa.WithBadRow(func(halopsa.BadRow) error { return nil }))
}

// TestCreateOnceBesideAnother: two calls of one client log the same error. The record of one is not the other's, although the match takes it.
func TestCreateOnceBesideAnother(t *testing.T) {
	t.Parallel()
	for name, second := range map[string]func(*testing.T, *halopsa.Client) int64{
		"CreateOnce": func(t *testing.T, client *halopsa.Client) int64 {
			records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
			require.NoError(t, err)
			return records[0].ID
		},
		"Create": func(t *testing.T, client *halopsa.Client) int64 {
			records, err := client.IntegrationError.Create(t.Context(), errorsNamed("a"))
			require.NoError(t, err)
			return records[0].ID
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
				h.Fault(struck(halopsatest.HTML504, false, 1))
				var first int64
				var waiting sync.WaitGroup
				waiting.Go(func() {
					records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
					if assert.NoError(t, err) {
						first = records[0].ID
					}
				})
				time.Sleep(time.Second)
				other := second(t, client)
				waiting.Wait()
				assert.NotEqual(t, other, first)
				assert.Equal(t, 2, h.Len("IntegrationError"))
			})
		})
	}
	t.Run("both are lost", func(t *testing.T) {
		t.Parallel()
		inBubble(t, func(t *testing.T, client *halopsa.Client, h *halopsatest.Handler) {
			h.Fault(struck(halopsatest.HTML504, true, 8))
			ids := make([]int64, 8)
			var all sync.WaitGroup
			for i := range ids {
				all.Go(func() {
					records, err := client.IntegrationError.CreateOnce(t.Context(), errorsNamed("a"), byName)
					if assert.NoError(t, err) {
						ids[i] = records[0].ID
					}
				})
			}
			all.Wait()
			assert.ElementsMatch(t, []int64{1, 2, 3, 4, 5, 6, 7, 8}, ids)
			assert.Equal(t, 8, h.Len("IntegrationError"))
		})
	})
}
