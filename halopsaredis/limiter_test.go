package halopsaredis_test

import (
	"context"
	"errors"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsaredis"
)

const limitKey = "halopsa:acme:limit"

// newLimiter returns a limiter of n requests an hour, without a margin unless opts set one. It waits no hour in any test: what it would wait is in
// the error of a context that ends before.
func newLimiter(t testing.TB, client redis.UniversalClient, n int, opts ...halopsaredis.LimiterOption) *halopsaredis.Limiter {
	t.Helper()
	opts = append([]halopsaredis.LimiterOption{
		halopsaredis.WithRate(n, time.Hour), halopsaredis.WithMargin(0), halopsaredis.WithLogger(nil),
	}, opts...)
	l, err := halopsaredis.NewLimiter(client, limitKey, opts...)
	require.NoError(t, err)
	return l
}

// knowsAll tells Redis that its count is complete, which it cannot know itself before it has been up for a window.
func knowsAll(t testing.TB, client redis.UniversalClient) {
	t.Helper()
	info, err := client.Info(t.Context(), "server").Result()
	require.NoError(t, err)
	run := regexp.MustCompile(`run_id:([0-9a-f]+)`).FindStringSubmatch(info)
	require.NotNil(t, run)
	require.NoError(t, client.ZAdd(t.Context(), limitKey, redis.Z{Score: -1, Member: run[1] + ":whole:" + strconv.FormatInt(time.Now().UnixMicro(), 10)}).Err())
}

// grants has l let n requests through at once.
func grants(t testing.TB, l *halopsaredis.Limiter, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for i := range n {
		require.NoError(t, l.Wait(ctx), "request %d of %d", i+1, n)
	}
}

// waits asserts that l would hold the next request back for about that long.
func waits(t testing.TB, l *halopsaredis.Limiter, about time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var refused *halopsa.WaitError
	require.ErrorAs(t, l.Wait(ctx), &refused)
	require.NoError(t, ctx.Err(), "it is said at once")
	assert.InDelta(t, about.Seconds(), refused.Wait.Seconds(), 60)
}

func TestLimitersShareOneCount(t *testing.T) {
	t.Parallel()
	server := newRedis(t)
	first, second := server.client(t), server.client(t)
	knowsAll(t, first)
	grants(t, newLimiter(t, first, 5), 3)
	l := newLimiter(t, second, 5, halopsaredis.WithMargin(10*time.Minute))
	grants(t, l, 2)
	waits(t, l, 70*time.Minute)
	waits(t, newLimiter(t, first, 5), time.Hour)
	grants(t, newLimiter(t, first, 6), 1)
	waits(t, newLimiter(t, first, 2), time.Hour)

	other, err := halopsaredis.NewLimiter(first, "halopsa:other:limit", halopsaredis.WithRate(1, time.Millisecond), halopsaredis.WithMargin(0))
	require.NoError(t, err)
	grants(t, other, 3)
}

// TestWindowRolls lets 3 requests through in each 300 ms: the (n+1)-th of any run comes a window after the first.
func TestWindowRolls(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	knowsAll(t, client)
	const window = 300 * time.Millisecond
	var limiters [2]*halopsaredis.Limiter
	for i := range limiters {
		limiters[i] = newLimiter(t, client, 3, halopsaredis.WithRate(3, window))
	}
	var asked, let []time.Time
	for i := range 12 {
		asked = append(asked, time.Now())
		grants(t, limiters[i%2], 1)
		let = append(let, time.Now())
		if i >= 3 {
			assert.GreaterOrEqual(t, let[i].Sub(asked[i-3]), window)
		}
	}
	entries, err := client.ZCard(t.Context(), limitKey).Result()
	require.NoError(t, err)
	assert.LessOrEqual(t, entries, int64(4), "what has left the window is deleted, and the marker stays")
	left, err := client.TTL(t.Context(), limitKey).Result()
	require.NoError(t, err)
	assert.Equal(t, time.Duration(-1), left, "the key does not expire")
}

// TestWaitOfTheLastInLine has two callers wait without a deadline; a third one waits for another window.
func TestWaitOfTheLastInLine(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	knowsAll(t, client)
	l := newLimiter(t, client, 2)
	grants(t, l, 2)
	ctx, cancel := context.WithCancelCause(t.Context())
	gone := errors.New("the user has gone")
	done := make(chan error)
	for range 2 {
		go func() { done <- l.Wait(ctx) }()
	}
	require.Eventually(t, func() bool {
		brief, cancel := context.WithTimeout(t.Context(), 100*time.Minute)
		defer cancel()
		var refused *halopsa.WaitError
		waiting := make(chan error, 1)
		go func() { waiting <- l.Wait(brief) }()
		select {
		case err := <-waiting:
			return assert.ErrorAs(t, err, &refused) && assert.InDelta(t, 2*time.Hour.Minutes(), refused.Wait.Minutes(), 1)
		case <-time.After(200 * time.Millisecond): // the two are not in line yet, and this one took the place of one of them
			cancel()
			assert.Error(t, <-waiting, "its context is over")
			return false
		}
	}, 10*time.Second, 10*time.Millisecond)
	cancel(gone)
	for range 2 {
		require.ErrorIs(t, <-done, gone)
	}
	require.ErrorIs(t, l.Wait(ctx), gone)
	waits(t, l, time.Hour)
}

// TestRequestHasOnePlace asks twice for one request, as after a response that was lost.
func TestRequestHasOnePlace(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	knowsAll(t, client)
	l := newLimiter(t, client, 2)
	for range 3 {
		granted, err := l.Grant(t.Context(), "one")
		require.NoError(t, err)
		assert.True(t, granted)
	}
	grants(t, l, 1)
	granted, err := l.Grant(t.Context(), "one")
	require.NoError(t, err)
	assert.True(t, granted, "it keeps its place")
	waits(t, l, time.Hour)
}

// TestClockIsSetBack finds grants of the time ahead: they happened, so they count, and no longer than a window from now.
func TestClockIsSetBack(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	knowsAll(t, client)
	for i := range 3 {
		ahead := float64(time.Now().Add(time.Duration(i+1) * 24 * time.Hour).UnixMicro())
		require.NoError(t, client.ZAdd(t.Context(), limitKey, redis.Z{Score: ahead, Member: i}).Err())
	}
	waits(t, newLimiter(t, client, 3), time.Hour)
	grants(t, newLimiter(t, client, 4), 1)
}

// TestWaitWithOthersAhead asks how long a request would wait that others come before.
func TestWaitWithOthersAhead(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	knowsAll(t, client)
	for i, ago := range []time.Duration{50 * time.Minute, 10 * time.Minute} {
		require.NoError(t, client.ZAdd(t.Context(), limitKey, redis.Z{Score: float64(time.Now().Add(-ago).UnixMicro()), Member: i}).Err())
	}
	l := newLimiter(t, client, 2)
	for ahead, want := range []time.Duration{10 * time.Minute, 50 * time.Minute, 70 * time.Minute, 110 * time.Minute, 130 * time.Minute} {
		wait, err := l.Foretell(t.Context(), int64(ahead))
		require.NoError(t, err)
		assert.InDelta(t, want.Seconds(), wait.Seconds(), 30, "%d ahead", ahead)
	}
}

// TestHoldAfterALoss finds a loss of a while ago, and one of the time ahead: the clock was set back since.
func TestHoldAfterALoss(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ lost, want time.Duration }{
		"a while ago":             {-40 * time.Minute, 20 * time.Minute},
		"longer than a window":    {-61 * time.Minute, 0},
		"before the clock's jump": {24 * time.Hour, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := newRedis(t).client(t)
			knowsAll(t, client)
			marker := client.ZRange(t.Context(), limitKey, 0, 0).Val()[0]
			run, _, _ := strings.Cut(marker, ":")
			require.NoError(t, client.ZRem(t.Context(), limitKey, marker).Err())
			require.NoError(t, client.ZAdd(t.Context(), limitKey, redis.Z{
				Score: -1, Member: run + ":lost:" + strconv.FormatInt(time.Now().Add(c.lost).UnixMicro(), 10),
			}).Err())
			l := newLimiter(t, client, 2)
			if c.want == 0 {
				grants(t, l, 2)
				return
			}
			waits(t, l, c.want)
		})
	}
}

func TestHoldOfANewRedisCountsFromItsStart(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	grown(t, client)
	wait, err := newLimiter(t, client, 5, halopsaredis.WithRate(5, 30*time.Second)).Foretell(t.Context(), 0)
	require.NoError(t, err)
	assert.Less(t, wait, 29500*time.Millisecond)
	assert.Greater(t, wait, 15*time.Second)
}

func TestDefaultMarginIsASixtiethOfTheWindow(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	knowsAll(t, client)
	l, err := halopsaredis.NewLimiter(client, limitKey, halopsaredis.WithRate(1, time.Hour), halopsaredis.WithLogger(nil))
	require.NoError(t, err)
	grants(t, l, 1)
	wait, err := l.Foretell(t.Context(), 0)
	require.NoError(t, err)
	assert.InDelta(t, (61 * time.Minute).Seconds(), wait.Seconds(), 5)
}

func TestLimiterArguments(t *testing.T) {
	t.Parallel()
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:1"})
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	tests := map[string]struct {
		client redis.UniversalClient
		key    string
		opt    halopsaredis.LimiterOption
		want   string
	}{
		"no client":       {nil, "key", nil, "NewLimiter: the Redis client must not be nil"},
		"no key":          {client, "", nil, "NewLimiter: the key must not be empty"},
		"no requests":     {client, "key", halopsaredis.WithRate(0, time.Minute), "WithRate: 0 requests per 1m0s: both must be positive"},
		"no window":       {client, "key", halopsaredis.WithRate(1, 0), "WithRate: 1 requests per 0s: both must be positive"},
		"negative margin": {client, "key", halopsaredis.WithMargin(-1), "WithMargin: -1ns: must not be negative"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := halopsaredis.NewLimiter(test.client, test.key, test.opt)
			require.ErrorIs(t, err, halopsa.ErrInvalid)
			assert.Nil(t, l)
			assert.EqualError(t, err, "halopsa: halopsaredis."+test.want)
		})
	}
}
