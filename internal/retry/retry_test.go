package retry_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/verdict"
)

var policy = retry.Policy{
	MaxRetries: 4, MinBackoff: 500 * time.Millisecond, MaxBackoff: 30 * time.Second, MaxWait: 6 * time.Minute, MaxRefused: time.Hour,
}

var errNetwork = errors.New("connection reset by peer")

func answer(status int) retry.Result { return saying(status, "") }

// saying is a response with a body, after a 401 of which another token is at hand.
func saying(status int, body string) retry.Result {
	return retry.Result{Verdict: verdict.Of(status, nil, []byte(body)), Sent: true, Renewed: status == http.StatusUnauthorized}
}

func asking(status int, wait time.Duration) retry.Result {
	result := answer(status)
	result.RetryAfter, result.Asked = wait, true
	return result
}

// refused is a 429 after which the client holds back.
func refused(held time.Duration) retry.Result {
	result := answer(http.StatusTooManyRequests)
	result.Held = held
	return result
}

var (
	notSent = retry.Result{Err: errNetwork}
	sent    = retry.Result{Err: errNetwork, Sent: true}
)

// TestRetryTable is the table of the design: what each kind of request does after each result, and what is then known of it.
func TestRetryTable(t *testing.T) {
	t.Parallel()
	const (
		stop    = iota
		again   // and it is known that nothing happened
		unknown // no retry, and it may have happened
		perhaps // a retry, and it may have happened
	)
	kinds := []retry.Kind{retry.Read, retry.Delete, retry.Update, retry.Create}
	table := map[string]struct {
		result retry.Result
		want   [4]int // in the order of kinds
	}{
		"429":                        {answer(429), [4]int{again, again, again, again}},
		"429 with Retry-After":       {asking(429, time.Minute), [4]int{again, again, again, again}},
		"503 with Retry-After":       {asking(503, time.Minute), [4]int{again, perhaps, perhaps, unknown}},
		"500":                        {answer(500), [4]int{again, perhaps, perhaps, unknown}},
		"502":                        {answer(502), [4]int{again, perhaps, perhaps, unknown}},
		"503":                        {answer(503), [4]int{again, perhaps, perhaps, unknown}},
		"504":                        {answer(504), [4]int{again, perhaps, perhaps, unknown}},
		"failed before it was sent":  {notSent, [4]int{again, again, again, again}},
		"failed after it was sent":   {sent, [4]int{again, perhaps, perhaps, unknown}},
		"fails always, before":       {retry.Result{Err: errNetwork, Fatal: true}, [4]int{stop, stop, stop, stop}},
		"fails always, after":        {retry.Result{Err: errNetwork, Fatal: true, Sent: true}, [4]int{stop, unknown, unknown, unknown}},
		"401":                        {answer(401), [4]int{again, again, again, again}},
		"another server error":       {answer(501), [4]int{stop, unknown, unknown, unknown}},
		"a content network's 5xx":    {answer(520), [4]int{again, perhaps, perhaps, unknown}},
		"530":                        {answer(530), [4]int{again, perhaps, perhaps, unknown}},
		"525, a broken certificate":  {answer(525), [4]int{stop, unknown, unknown, unknown}},
		"408":                        {answer(408), [4]int{again, perhaps, perhaps, unknown}},
		"425":                        {answer(425), [4]int{again, perhaps, perhaps, unknown}},
		"499 of a proxy":             {answer(499), [4]int{stop, unknown, unknown, unknown}},
		"101":                        {answer(101), [4]int{stop, unknown, unknown, unknown}},
		"303, done and seen there":   {answer(303), [4]int{stop, unknown, unknown, unknown}},
		"302":                        {answer(302), [4]int{stop, unknown, unknown, unknown}},
		"202, not done yet":          {answer(202), [4]int{stop, unknown, unknown, unknown}},
		"207, done in part":          {answer(207), [4]int{stop, unknown, unknown, unknown}},
		"403 of a firewall":          {saying(403, "<html>"), [4]int{stop, unknown, unknown, unknown}},
		"404 of a web server":        {saying(404, "<html>"), [4]int{stop, unknown, unknown, unknown}},
		"413 of a web server":        {saying(413, "<html>"), [4]int{stop, stop, stop, stop}},
		"401 without another token":  {retry.Result{Verdict: verdict.Verdict{Status: 401}, Sent: true}, [4]int{stop, stop, stop, stop}},
		"success":                    {answer(200), [4]int{stop, stop, stop, stop}},
		"no content":                 {answer(204), [4]int{stop, stop, stop, stop}},
		"400":                        {answer(400), [4]int{stop, stop, stop, stop}},
		"403":                        {answer(403), [4]int{stop, stop, stop, stop}},
		"404":                        {answer(404), [4]int{stop, stop, stop, stop}},
		"409":                        {answer(409), [4]int{stop, stop, stop, stop}},
		"400 that asks for patience": {asking(400, time.Second), [4]int{stop, stop, stop, stop}},
	}
	for name, row := range table {
		for i, kind := range kinds {
			t.Run(fmt.Sprintf("%s, kind %d", name, kind), func(t *testing.T) {
				t.Parallel()
				state := retry.State{Kind: kind}
				retried := state.Next(t.Context(), policy, row.result)
				want := row.want[i]
				assert.Equal(t, want == again || want == perhaps, retried, "retried")
				assert.Equal(t, want == unknown || want == perhaps, state.Ambiguous, "ambiguous")
				assert.Equal(t, 1, state.Attempts)
				assert.Zero(t, state.TooLong)

				once := retry.State{Kind: kind, Once: true}
				assert.False(t, once.Next(t.Context(), policy, row.result), "a call that is made once is not retried")
				assert.Equal(t, state.Ambiguous, once.Ambiguous, "and as much is known of it")

				over, cancel := context.WithCancel(t.Context())
				cancel()
				late := retry.State{Kind: kind}
				if !row.result.Renewed { // a replay has no wait, and meets the context by itself
					assert.False(t, late.Next(over, policy, row.result), "nothing is retried for a caller who has gone")
				}
				assert.Equal(t, !row.result.Renewed && state.Ambiguous, late.Ambiguous)
			})
		}
	}
}

// TestHistory is about calls of several attempts: what the last of them may say about the call.
func TestHistory(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		kind      retry.Kind
		results   []retry.Result // all but the last are retried
		again     bool           // after the last one
		ambiguous bool
	}{
		"a Create that was not sent is tried again":           {retry.Create, []retry.Result{notSent, notSent, answer(201)}, false, false},
		"a Create that was not sent and then was":             {retry.Create, []retry.Result{notSent, sent}, false, true},
		"a Create that was refused and then was sent":         {retry.Create, []retry.Result{answer(429), answer(429), answer(504)}, false, true},
		"a Create that was refused and then is invalid":       {retry.Create, []retry.Result{answer(429), notSent, answer(400)}, false, false},
		"a Create with an old token":                          {retry.Create, []retry.Result{answer(401), answer(201)}, false, false},
		"an Update that a later 400 does not make undone":     {retry.Update, []retry.Result{answer(504), answer(400)}, false, true},
		"an Update that a later 404 does not make undone":     {retry.Update, []retry.Result{sent, answer(404)}, false, true},
		"an Update that a later 401 does not make undone":     {retry.Update, []retry.Result{sent, answer(401), answer(401)}, false, true},
		"an Update that a later refusal does not make undone": {retry.Update, []retry.Result{sent, asking(429, time.Hour)}, false, true},
		"an Update that cannot be sent a second time":         {retry.Update, []retry.Result{sent, notSent, notSent, notSent, notSent}, false, true},
		"an Update that is never sent":                        {retry.Update, []retry.Result{notSent, notSent, notSent, notSent, notSent}, false, false},
		"a Delete whose second attempt finds nothing":         {retry.Delete, []retry.Result{answer(502), answer(404)}, false, true},
		"a Delete that finds nothing":                         {retry.Delete, []retry.Result{answer(429), answer(404)}, false, false},
		"a Delete that is forbidden the second time":          {retry.Delete, []retry.Result{answer(500), answer(403)}, false, true},
		"a Read is never ambiguous":                           {retry.Read, []retry.Result{sent, answer(500), answer(503), answer(404)}, false, false},
		"one replay after a 401":                              {retry.Read, []retry.Result{answer(401), answer(401)}, false, false},
		"one replay in the whole call":                        {retry.Read, []retry.Result{answer(401), answer(503), answer(429), answer(401)}, false, false},
		"four retries":                                        {retry.Read, []retry.Result{answer(500), answer(502), sent, notSent, answer(504)}, false, false},
		"a replay and refusals do not count": {retry.Read, []retry.Result{
			answer(429), answer(500), answer(401), answer(502), answer(429), answer(503), answer(429), answer(504)}, true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := retry.State{Kind: test.kind}
			for i, result := range test.results[:len(test.results)-1] {
				assert.True(t, state.Next(t.Context(), policy, result), "after attempt %d", i+1)
			}
			assert.Equal(t, test.again, state.Next(t.Context(), policy, test.results[len(test.results)-1]))
			assert.Equal(t, test.ambiguous, state.Ambiguous)
			assert.Equal(t, len(test.results), state.Attempts)
		})
	}
}

func TestMaxRetries(t *testing.T) {
	t.Parallel()
	for retries := range 4 {
		own := policy
		own.MaxRetries = retries
		state := retry.State{}
		for state.Next(t.Context(), own, answer(503)) {
			assert.Less(t, state.Attempts, 10)
		}
		assert.Equal(t, retries+1, state.Attempts)
		assert.Zero(t, state.TooLong)
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		result  retry.Result
		policy  retry.Policy
		left    time.Duration // of the context, 0 for one without a deadline
		again   bool
		wait    time.Duration // where it is exact; -1 for a backoff
		tooLong time.Duration
	}{
		"as asked":                           {result: asking(503, 40*time.Second), again: true, wait: 40 * time.Second},
		"at once, but for the backoff":       {result: asking(503, 0), again: true, wait: -1},
		"as long as the policy allows":       {result: asking(503, 6*time.Minute), again: true, wait: 6 * time.Minute},
		"longer than the policy allows":      {result: asking(503, 6*time.Minute+1), wait: -1, tooLong: 6*time.Minute + 1},
		"as long as the context has left":    {result: asking(503, time.Minute), left: time.Minute, again: true, wait: time.Minute},
		"longer than the context has left":   {result: asking(503, time.Minute), left: time.Minute - 1, wait: -1, tooLong: time.Minute},
		"a backoff":                          {result: answer(503), again: true, wait: -1},
		"a replay waits for nothing":         {result: asking(401, time.Hour), left: time.Second, again: true},
		"a refusal is waited for elsewhere":  {result: retry.Result{Verdict: verdict.Verdict{Status: 429}, RetryAfter: time.Minute, Asked: true, Held: time.Minute}, again: true},
		"a refusal within the context":       {result: refused(time.Minute), left: time.Minute, again: true},
		"a refusal past the context":         {result: refused(time.Minute), left: time.Minute - 1, wait: -1, tooLong: time.Minute},
		"a refusal past the policy":          {result: retry.Result{Verdict: verdict.Verdict{Status: 429}, Held: time.Second, RetryAfter: time.Hour}, wait: -1, tooLong: time.Hour},
		"a refusal without a wait":           {result: asking(429, 0), again: true, wait: -1},
		"a refusal with a very short wait":   {result: refused(20 * time.Millisecond), again: true, wait: -1},
		"a policy that waits for nothing":    {policy: retry.Policy{MaxRetries: 1, MaxRefused: time.Hour}, result: asking(503, 1), wait: -1, tooLong: 1},
		"a policy of no pause, server error": {policy: retry.Policy{MaxRetries: 1, MaxWait: 1}, result: answer(503), again: true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if test.left > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, test.left)
					defer cancel()
				}
				own := policy
				if test.policy != (retry.Policy{}) {
					own = test.policy
				}
				state := retry.State{}
				begin := time.Now()
				assert.Equal(t, test.again, state.Next(ctx, own, test.result))
				assert.Zero(t, time.Since(begin), "the decision itself waits for nothing")
				assert.Equal(t, test.tooLong, state.TooLong)
				if test.again && test.wait >= 0 {
					assert.Equal(t, test.wait, state.Wait)
				}
				if test.again && test.wait < 0 {
					assert.Positive(t, state.Wait)
					assert.LessOrEqual(t, state.Wait, own.MinBackoff)
				}
			})
		})
	}
}

// TestRefusedForHours checks that refusals end a call some time, also where neither the server nor the policy names a wait.
func TestRefusedForHours(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		result   retry.Result
		policy   retry.Policy
		attempts int
	}{
		"held a window each time":   {refused(5 * time.Minute), policy, 13},
		"no wait and no backoff":    {asking(429, 0), retry.Policy{MaxWait: time.Minute, MaxRefused: time.Hour}, 3601},
		"a policy without patience": {refused(time.Second), retry.Policy{MaxWait: time.Minute}, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			state := retry.State{Kind: retry.Create}
			for state.Attempts < 5000 && state.Next(t.Context(), test.policy, test.result) {
				assert.Zero(t, state.TooLong)
			}
			assert.Equal(t, test.attempts, state.Attempts)
			assert.Equal(t, max(test.result.Held, time.Second), state.TooLong, "the wait that it would have been, not the sum")
			assert.False(t, state.Ambiguous)
		})
	}
}

// TestRepeatedRefusals: where nothing is held back and the server asks for no time, a call's own waits grow with each 429 in a row, up to the longest
// backoff. What fails otherwise in between changes nothing in that.
func TestRepeatedRefusals(t *testing.T) {
	t.Parallel()
	state := retry.State{Kind: retry.Create}
	for n := range 10 {
		assert.True(t, state.Next(t.Context(), policy, asking(http.StatusTooManyRequests, 0)))
		pause := min(policy.MinBackoff<<n, policy.MaxBackoff)
		assert.GreaterOrEqual(t, state.Wait, pause/2, "refusal %d", n)
		assert.LessOrEqual(t, state.Wait, pause, "refusal %d", n)
		if n%3 == 0 {
			assert.True(t, state.Next(t.Context(), policy, notSent))
		}
	}
}

// TestReplayWaitsForNothing: the wait before it was another attempt's.
func TestReplayWaitsForNothing(t *testing.T) {
	t.Parallel()
	state := retry.State{}
	assert.True(t, state.Next(t.Context(), policy, asking(http.StatusServiceUnavailable, time.Minute)))
	assert.Equal(t, time.Minute, state.Wait)
	assert.True(t, state.Next(t.Context(), policy, answer(http.StatusUnauthorized)))
	assert.Zero(t, state.Wait)
	assert.True(t, state.Next(t.Context(), policy, asking(http.StatusServiceUnavailable, time.Minute)))
	assert.True(t, state.Next(t.Context(), policy, refused(2*time.Minute)))
	assert.Zero(t, state.Wait, "the client holds back by itself")
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		lowest, highest time.Duration
		n               int
		ceiling         time.Duration
	}{
		"the first":               {500 * time.Millisecond, 30 * time.Second, 0, 500 * time.Millisecond},
		"doubled":                 {500 * time.Millisecond, 30 * time.Second, 1, time.Second},
		"doubled often":           {500 * time.Millisecond, 30 * time.Second, 5, 16 * time.Second},
		"capped":                  {500 * time.Millisecond, 30 * time.Second, 6, 30 * time.Second},
		"long ago":                {500 * time.Millisecond, 30 * time.Second, 1000, 30 * time.Second},
		"would overflow to small": {time.Hour, 2 * time.Hour, 31, 2 * time.Hour},
		"would overflow to less":  {3 << 40, 1 << 50, 24, 1 << 50},
		"shifted to nothing":      {1, math.MaxInt64, 63, math.MaxInt64},
		"the cap is lower":        {time.Minute, time.Second, 0, time.Second},
		"none":                    {0, 0, 3, 0},
		"none, whatever the cap":  {0, time.Second, 3, 0},
		"a nanosecond":            {1, 1, 0, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var longest time.Duration
			for range 200 {
				wait := retry.Backoff(test.lowest, test.highest, test.n)
				assert.LessOrEqual(t, wait, test.ceiling)
				if test.ceiling > 0 {
					assert.Positive(t, wait)
				} else {
					assert.Zero(t, wait)
				}
				longest = max(longest, wait)
			}
			assert.GreaterOrEqual(t, longest, test.ceiling/2, "it is spread over the whole range")
		})
	}
}
