package guarantees_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// exportInputs are n exports to create, each with its own name, or to change from the first id on.
func exportInputs(n int, first int64) []halopsa.IntegrationExportInput {
	inputs := make([]halopsa.IntegrationExportInput, n)
	for i := range inputs {
		inputs[i].HaloName = halopsa.Set(fmt.Sprintf("site %05d", i))
		if first > 0 {
			inputs[i].ID = halopsa.Set(first + int64(i))
		}
	}
	return inputs
}

// batches are the numbers of inputs that each write of a stand-in brought.
func batches(t *testing.T, h *halopsatest.Handler) []int {
	t.Helper()
	var sizes []int
	for _, r := range h.Requests() {
		if r.Method == http.MethodPost && r.Resource == "IntegrationExport" {
			sizes = append(sizes, len(trial.JSONArray(t, r.Body)))
		}
	}
	return sizes
}

func TestBatches(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		inputs int
		client []halopsa.ClientOption
		call   []halopsa.RequestOption
		want   []int
	}{
		"one":                    {inputs: 1, want: []int{1}},
		"a full batch":           {inputs: 100, want: []int{100}},
		"one more":               {inputs: 101, want: []int{100, 1}},
		"thousands":              {inputs: 2_345, want: append(slices.Repeat([]int{100}, 23), 45)},
		"larger batches":         {inputs: 2_345, call: []halopsa.RequestOption{halopsa.WithBatchSize(1_000)}, want: []int{1_000, 1_000, 345}},
		"smaller for the client": {inputs: 25, client: []halopsa.ClientOption{halopsa.WithBatchSize(10)}, want: []int{10, 10, 5}},
		"the call wins": {
			inputs: 25, client: []halopsa.ClientOption{halopsa.WithBatchSize(10)}, call: []halopsa.RequestOption{halopsa.WithBatchSize(20)},
			want: []int{20, 5},
		},
		"one by one": {inputs: 3, call: []halopsa.RequestOption{halopsa.WithBatchSize(1)}, want: []int{1, 1, 1}},
		"all at once": {
			inputs: 2_345, call: []halopsa.RequestOption{halopsa.WithBatchSize(math.MaxInt)}, want: []int{2_345},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, h := trial.NewStandin(t, nil, test.client...)
			created, err := client.IntegrationExport.Create(t.Context(), exportInputs(test.inputs, 0), test.call...)
			require.NoError(t, err)
			assert.Equal(t, test.want, batches(t, h))
			require.Len(t, created, test.inputs)
			for i, record := range created {
				require.Equal(t, fmt.Sprintf("site %05d", i), record.HaloName, "the records are in the order of the inputs")
			}
			h.Forget()
			changes := exportInputs(test.inputs, created[0].ID)
			for i := range changes {
				changes[i].HaloName = halopsa.Set("changed " + created[i].HaloName)
			}
			changed, err := client.IntegrationExport.Update(t.Context(), changes, test.call...)
			require.NoError(t, err)
			assert.Equal(t, test.want, batches(t, h))
			require.Len(t, changed, test.inputs)
			for i, record := range h.Stored("IntegrationExport") {
				require.Equal(t, fmt.Sprintf("changed site %05d", i), record["halo_name"])
			}
		})
	}
}

func TestBatchError(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
	tests := map[string]struct {
		fault   halopsatest.Fault // of the third batch
		prepare func(*http.Request) error
		create  verdict // of the third batch
		update  verdict
		is      error
	}{
		"invalid":           {fault: halopsatest.Fault{Status: 400}, create: unknown, update: unknown, is: halopsa.ErrInvalid},
		"invalid member":    {fault: halopsatest.Fault{Status: 400, Body: `{"[0].halo_name":["too long"]}`}, create: notHappened, update: notHappened, is: halopsa.ErrInvalid},
		"conflict":          {fault: halopsatest.Fault{Status: 409}, create: unknown, update: unknown, is: halopsa.ErrConflict},
		"forbidden":         {fault: halopsatest.Fault{Status: 403}, create: notHappened, update: notHappened, is: halopsa.ErrForbidden},
		"written, 502":      {fault: halopsatest.Fault{Status: 502, Applied: true, Times: -1}, create: unknown, update: unknown, is: halopsa.ErrServer},
		"not written, 502":  {fault: halopsatest.Fault{Status: 502, Times: -1}, create: unknown, update: unknown, is: halopsa.ErrServer},
		"written, once 502": {fault: halopsatest.Fault{Status: 502, Applied: true}, create: unknown, update: happened, is: halopsa.ErrServer},
		"reset":             {fault: halopsatest.Fault{Kind: halopsatest.Reset, Times: -1}, create: unknown, update: unknown, is: halopsatest.ErrReset},
		"junk":              {fault: halopsatest.Fault{Status: 200, Body: "<html>", Applied: true}, create: unknown, update: unknown},
		"no connection":     {prepare: func(*http.Request) error { return refused }, create: notHappened, update: notHappened, is: syscall.ECONNREFUSED},
	}
	for name, test := range tests {
		for op, want := range map[string]verdict{"Create": test.create, "Update": test.update} {
			t.Run(op+" "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					h := halopsatest.NewHandler()
					posts := 0
					client, err := halopsa.NewClient(trial.StandinURL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
						halopsa.WithBatchSize(10), halopsa.WithHTTPClient(&http.Client{Transport: trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
							if req.URL.Path == "/api/IntegrationExport" {
								if posts++; posts > 2 && test.prepare != nil {
									return nil, test.prepare(req)
								}
							}
							return h.Transport().RoundTrip(req)
						})}))
					require.NoError(t, err)
					if test.prepare == nil {
						fault := test.fault
						fault.Resource, fault.After = "IntegrationExport", 2
						h.Fault(fault)
					}
					var written []*halopsa.IntegrationExport
					if op == "Create" {
						written, err = client.IntegrationExport.Create(t.Context(), exportInputs(45, 0))
					} else {
						for range 45 {
							h.Seed("IntegrationExport", map[string]any{"halo_name": "old"})
						}
						written, err = client.IntegrationExport.Update(t.Context(), exportInputs(45, 1))
					}
					if want == happened {
						require.NoError(t, err)
						assert.Len(t, written, 45)
						return
					}
					var batch *halopsa.BatchError
					require.ErrorAs(t, err, &batch)
					assert.Equal(t, "IntegrationExport."+op, batch.Op)
					assert.Equal(t, numbers(0, 20), batch.Written)
					assert.Equal(t, numbers(30, 45), batch.NotSent)
					undone := map[verdict][]int{notHappened: batch.Refused, unknown: batch.Unknown}
					assert.Equal(t, numbers(20, 30), undone[want])
					delete(undone, want)
					for _, others := range undone {
						assert.Empty(t, others)
					}
					assert.Equal(t, want == unknown, errors.Is(err, halopsa.ErrOutcomeUnknown))
					if test.is != nil {
						require.ErrorIs(t, err, test.is)
					}
					require.Len(t, written, 45, "as long as the inputs")
					for i, record := range written[:20] {
						assert.Equal(t, fmt.Sprintf("site %05d", i), record.HaloName)
					}
					assert.Equal(t, make([]*halopsa.IntegrationExport, 25), written[20:])
					assert.ErrorContains(t, err, fmt.Sprintf("halopsa: IntegrationExport.%s: 20 of 45 inputs written, %d refused, %d unknown, 15 not sent: ",
						op, len(batch.Refused), len(batch.Unknown)))
				})
			})
		}
	}
}

func numbers(begin, end int) []int {
	var all []int
	for i := begin; i < end; i++ {
		all = append(all, i)
	}
	return all
}

// TestBatchErrorOfACallerWhoLeaves: between two batches nothing is sent any more, and nothing is unknown.
func TestBatchErrorOfACallerWhoLeaves(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	h := halopsatest.NewHandler()
	client, err := halopsa.NewClient(trial.StandinURL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithBatchSize(10), halopsa.WithHTTPClient(&http.Client{Transport: trial.RoundTripper(func(req *http.Request) (*http.Response, error) {
			resp, err := h.Transport().RoundTrip(req)
			if err == nil && req.URL.Path == "/api/IntegrationExport" {
				data := trial.ReadAll(t, resp.Body)
				cancel()
				resp = trial.Respond(resp.StatusCode, "application/json", data)
			}
			return resp, err
		})}))
	require.NoError(t, err)
	written, err := client.IntegrationExport.Create(ctx, exportInputs(25, 0))
	var batch *halopsa.BatchError
	require.ErrorAs(t, err, &batch)
	require.ErrorIs(t, err, context.Canceled)
	require.NotErrorIs(t, err, halopsa.ErrOutcomeUnknown)
	assert.Len(t, written, 25)
	assert.Equal(t, numbers(0, 10), batch.Written)
	assert.Equal(t, numbers(10, 20), batch.Refused)
	assert.Equal(t, numbers(20, 25), batch.NotSent)
	assert.Equal(t, 10, h.Len("IntegrationExport"))
}

// TestInputThatCannotBeSent: all inputs are encoded before the first is sent.
func TestInputThatCannotBeSent(t *testing.T) {
	t.Parallel()
	client, h := trial.NewStandin(t, nil, halopsa.WithBatchSize(1))
	_, err := client.IntegrationRequest.Create(t.Context(), []halopsa.IntegrationRequestInput{
		{Type: halopsa.Set("good")}, {Type: halopsa.Set("bad"), Duration: halopsa.Set(math.Inf(1))},
	})
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	changes := exportInputs(300, 1)
	changes[299].ID = halopsa.Opt[int64]{}
	_, err = client.IntegrationExport.Update(t.Context(), changes)
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	require.ErrorContains(t, err, "inputs[299].ID")
	creates := exportInputs(300, 0)
	creates[298].ID = halopsa.Set[int64](7)
	_, err = client.IntegrationExport.Create(t.Context(), creates)
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	require.ErrorContains(t, err, "inputs[298].ID")
	assert.Zero(t, h.Count("", ""), "nothing was sent")
}

// TestServerThatSaysLittle: what was written is known by the status, even if the response holds fewer records than inputs, or none.
func TestServerThatSaysLittle(t *testing.T) {
	t.Parallel()
	t.Run("no record", func(t *testing.T) {
		t.Parallel()
		client, h := trial.NewStandin(t, []halopsatest.Option{halopsatest.WithHabits(halopsatest.Habits{QuietWrites: true})}, halopsa.WithBatchSize(10))
		written, err := client.IntegrationExport.Create(t.Context(), exportInputs(25, 0))
		require.NoError(t, err)
		assert.Equal(t, make([]*halopsa.IntegrationExport, 25), written)
		assert.Equal(t, 25, h.Len("IntegrationExport"))

		h.Fault(halopsatest.Fault{Method: http.MethodPost, Resource: "IntegrationExport", After: 1, Status: 400})
		written, err = client.IntegrationExport.Create(t.Context(), exportInputs(25, 0))
		var batch *halopsa.BatchError
		require.ErrorAs(t, err, &batch)
		assert.Equal(t, make([]*halopsa.IntegrationExport, 25), written)
		assert.Equal(t, numbers(0, 10), batch.Written, "they are written, whatever the server says of them")
		assert.Equal(t, 35, h.Len("IntegrationExport"))
	})
	t.Run("the last record", func(t *testing.T) {
		t.Parallel()
		client, mock := trial.Mocked(t, halopsa.WithBatchSize(2))
		var last atomic.Int64
		mock.RegisterNoResponder(func(req *http.Request) (*http.Response, error) {
			var inputs []json.RawMessage
			assert.NoError(t, json.NewDecoder(req.Body).Decode(&inputs))
			return trial.Respond(http.StatusCreated, "application/json", fmt.Sprintf(`{"id":%d}`, last.Add(int64(len(inputs))))), nil
		})
		var others []json.RawMessage
		written, err := client.IntegrationExport.Create(t.Context(), exportInputs(5, 0), halopsa.WithUnattributed(&others))
		require.NoError(t, err)
		require.Len(t, written, 5)
		assert.Equal(t, make([]*halopsa.IntegrationExport, 4), written[:4], "one record of two inputs is neither's")
		assert.Equal(t, int64(5), written[4].ID)
		assert.Equal(t, []json.RawMessage{json.RawMessage(`{"id":2}`), json.RawMessage(`{"id":4}`)}, others)
	})
}

// TestGoingOnAfterABatchError creates and changes thousands of records through every kind of fault, continuing each time from what the error
// says, and reading back only what it calls unknown. In the end each is stored exactly once, as it was written.
func TestGoingOnAfterABatchError(t *testing.T) {
	t.Parallel()
	for seed := range uint64(5) {
		for _, op := range []string{"Create", "Update"} {
			t.Run(fmt.Sprintf("%s, seed %d", op, seed), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) { goOnAfterBatchErrors(t, op, seed) })
			})
		}
	}
}

func goOnAfterBatchErrors(t *testing.T, op string, seed uint64) {
	t.Helper()
	const inputs = 1_000
	client, h := trial.NewStandin(t, nil, halopsa.WithoutRateLimit(), halopsa.WithBatchSize(50))
	write, left := client.IntegrationExport.Create, exportInputs(inputs, 0)
	if op == "Update" {
		for range inputs {
			h.Seed("IntegrationExport", map[string]any{"halo_name": "old"})
		}
		write, left = client.IntegrationExport.Update, exportInputs(inputs, 1)
	}
	random, kinds := rand.New(rand.NewPCG(seed, 1)), strikes()
	names := slices.Sorted(maps.Keys(kinds))
	h.FaultFunc(func(r *http.Request) *halopsatest.Fault {
		if r.Method != http.MethodPost || r.URL.Path == "/auth/token" || random.IntN(2) == 0 {
			return nil
		}
		return kinds[names[random.IntN(len(names))]].fault
	})
	calls, unknowns := 0, 0
	for len(left) > 0 {
		calls++
		_, err := write(t.Context(), left)
		if err == nil {
			break
		}
		var batch *halopsa.BatchError
		require.ErrorAs(t, err, &batch)
		require.Equal(t, len(left), len(batch.Written)+len(batch.Refused)+len(batch.Unknown)+len(batch.NotSent))
		there := storedSites(h)
		for _, i := range batch.Written {
			name, _ := left[i].HaloName.Get()
			require.Equal(t, 1, there[name], "%s is called written", name)
		}
		for _, i := range slices.Concat(batch.Refused, batch.NotSent) {
			name, _ := left[i].HaloName.Get()
			require.Zero(t, there[name], "%s is called not written", name)
		}
		stored := make(map[string]bool)
		if len(batch.Unknown) > 0 {
			unknowns++
			for record, err := range client.IntegrationExport.All(t.Context(), nil) {
				require.NoError(t, err)
				stored[record.HaloName] = true
			}
		}
		var next []halopsa.IntegrationExportInput
		for _, i := range slices.Concat(batch.Refused, batch.NotSent) { // without a look: they are not there
			next = append(next, left[i])
		}
		for _, i := range batch.Unknown {
			if name, _ := left[i].HaloName.Get(); !stored[name] {
				next = append(next, left[i])
			}
		}
		left = next
	}
	want := make(map[string]int)
	for _, input := range exportInputs(inputs, 0) {
		name, _ := input.HaloName.Get()
		want[name] = 1
	}
	assert.Equal(t, want, storedSites(h))
	assert.GreaterOrEqual(t, unknowns, 1)
	t.Logf("seed %d: %d calls, %d of them with an unknown outcome, %d requests", seed, calls, unknowns, h.Count(http.MethodPost, "IntegrationExport"))
}

// storedSites is how often each name is stored.
func storedSites(h *halopsatest.Handler) map[string]int {
	sites := make(map[string]int)
	for _, record := range h.Stored("IntegrationExport") {
		sites[fmt.Sprint(record["halo_name"])]++
	}
	return sites
}
