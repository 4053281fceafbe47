package halopsaredis_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsaredis"
)

// TestCallsWaitForRedis has callers wait until Redis is back and a window has passed, or until their contexts end.
func TestCallsWaitForRedis(t *testing.T) {
	t.Parallel()
	server := newRedis(t)
	client := server.impatient(t)
	knowsAll(t, client)
	var log logBook
	const window = 300 * time.Millisecond
	l := newLimiter(t, client, 5, halopsaredis.WithRate(5, window), halopsaredis.WithLogger(log.logger()))
	grants(t, l, 1)
	assert.Empty(t, log.String())

	server.kill(t)
	done := make(chan error)
	for range 3 {
		go func() { done <- l.Wait(t.Context()) }()
	}
	require.Eventually(t, func() bool { return log.count("Redis fails, calls wait until it is back") == 1 }, 10*time.Second, 10*time.Millisecond)
	brief, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err := l.Wait(brief)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.ErrorContains(t, err, "halopsaredis: Redis fails, and the call waited for it: dial tcp")
	assert.Empty(t, done, "the others wait on")

	restarted := time.Now()
	server.start(t)
	for range 3 {
		require.NoError(t, <-done)
	}
	assert.GreaterOrEqual(t, time.Since(restarted), window)
	assert.Equal(t, 1, log.count("Redis responds again"))
	assert.Equal(t, 1, log.count("Redis has lost what was sent within the window, or is new; calls wait"))
	assert.Equal(t, 1, log.count("Redis fails"), "%s", &log)
}

// countingLimiter is what calls wait for when Redis fails.
type countingLimiter struct {
	calls atomic.Int64
	err   error
}

func (l *countingLimiter) Wait(context.Context) error {
	l.calls.Add(1)
	return l.err
}

// TestCallsGoOnWithoutRedis lets calls through while Redis is gone. They count once it is back, as far as they are within the window.
func TestCallsGoOnWithoutRedis(t *testing.T) {
	t.Parallel()
	server := newRedis(t, withPersistence...)
	client := server.impatient(t)
	knowsAll(t, client)
	var log logBook
	fallback := &countingLimiter{}
	l := newLimiter(t, client, 6, halopsaredis.WithFailOpen(fallback), halopsaredis.WithLogger(log.logger()))
	grants(t, l, 1)
	assert.Zero(t, fallback.calls.Load(), "Redis answers")

	server.kill(t)
	grants(t, l, 3)
	assert.EqualValues(t, 3, fallback.calls.Load())
	fallback.err = errors.New("this process has had its part")
	require.ErrorIs(t, l.Wait(t.Context()), fallback.err)
	assert.Equal(t, 1, log.count("Redis fails, calls continue without the common limit"), "%s", &log)
	fallback.err = nil

	server.start(t)
	require.Eventually(t, func() bool { // one goes to Redis as soon as the pause between two tries is over
		before := fallback.calls.Load()
		grants(t, l, 1)
		return fallback.calls.Load() == before
	}, 20*time.Second, 10*time.Millisecond, "%s", &log)
	assert.Equal(t, 1, log.count("Redis responds again"))
	counted, err := client.ZCard(t.Context(), limitKey).Result()
	require.NoError(t, err)
	assert.Equal(t, min(6, fallback.calls.Load()-1)+2, counted-1, "those before, those that went on, and the first one after")
}

// TestRedisHangs stops Redis's answers for longer than anybody waits.
func TestRedisHangs(t *testing.T) {
	t.Parallel()
	server := newRedis(t)
	admin := server.client(t)
	client := redis.NewClient(&redis.Options{Addr: server.addr, ReadTimeout: -1}) // it would wait forever
	t.Cleanup(func() { assert.NoError(t, client.Close()) })
	knowsAll(t, client)
	var log logBook
	l := newLimiter(t, client, 5, halopsaredis.WithFailOpen(nil), halopsaredis.WithLogger(log.logger()))
	grants(t, l, 1)
	require.NoError(t, admin.Do(t.Context(), "CLIENT", "PAUSE", "60000", "ALL").Err())
	grants(t, l, 100) // in 20 s: not each of them asks and waits for nothing
	assert.Equal(t, 1, log.count(`error="no response within 2s"`), "%s", &log)
}

// TestRedisIsSlow delays a grant by more than half the margin: it is not used, and asked for again without taking a second place.
func TestRedisIsSlow(t *testing.T) {
	t.Parallel()
	server := newRedis(t)
	client, admin := server.client(t), server.client(t)
	knowsAll(t, client)
	var log logBook
	l := newLimiter(t, client, 5, halopsaredis.WithMargin(time.Second), halopsaredis.WithLogger(log.logger()))
	grants(t, l, 1)
	require.NoError(t, admin.Do(t.Context(), "CLIENT", "PAUSE", "1500", "ALL").Err())
	grants(t, l, 1)
	assert.NotZero(t, log.count(`error="the response took longer than half the margin"`), "%s", &log)
	assert.NotZero(t, log.count("Redis responds again"), "%s", &log)
	entries, err := client.ZRangeWithScores(t.Context(), limitKey, 0, -1).Result()
	require.NoError(t, err)
	assert.Len(t, entries, 3, "two requests and the marker")
}

// TestRedisRefuses meets an error of Redis itself, which is one of no connection.
func TestRedisRefuses(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	require.NoError(t, client.Set(t.Context(), limitKey, "somebody else's", 0).Err())
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	err := newLimiter(t, client, 5).Wait(ctx)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.ErrorContains(t, err, "WRONGTYPE")
	var refused redis.Error
	assert.ErrorAs(t, err, &refused)
}
