package halopsaredis_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsaredis"
)

// TestRedisLosesItsCount takes grants away from Redis behind a limiter's back. By default nothing more is granted for a window; a limiter that
// fails open starts its count over. Both say so, once.
func TestRedisLosesItsCount(t *testing.T) {
	t.Parallel()
	restart := func(t *testing.T, server *redisServer, _ redis.UniversalClient) {
		server.kill(t)
		server.start(t)
	}
	remove := func(t *testing.T, _ *redisServer, client redis.UniversalClient) {
		require.NoError(t, client.Del(t.Context(), limitKey).Err())
	}
	tests := map[string]struct {
		persistence []string
		lose        func(t *testing.T, server *redisServer, client redis.UniversalClient)
		left        int // of 5, of which 2 are used, for a limiter that fails open
	}{
		"restarted without persistence": {nil, restart, 5},
		"restarted with persistence":    {withPersistence, restart, 3},
		"deleted or evicted":            {nil, remove, 5},
		"deleted, and begun again by a process that could not know": {
			lose: func(t *testing.T, server *redisServer, client redis.UniversalClient) {
				remove(t, server, client)
				knowsAll(t, client)
			},
			left: 5,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newRedis(t, test.persistence...)
			client := server.client(t)
			knowsAll(t, client)
			var shut, open logBook
			closed := newLimiter(t, client, 5, halopsaredis.WithLogger(shut.logger()))
			opened := newLimiter(t, client, 5, halopsaredis.WithLogger(open.logger()), halopsaredis.WithFailOpen(nil))
			grants(t, closed, 1)
			grants(t, opened, 1)
			test.lose(t, server, client)
			waits(t, closed, time.Hour)
			waits(t, closed, time.Hour)
			waits(t, newLimiter(t, client, 5), time.Hour)
			grants(t, opened, test.left)
			waits(t, opened, time.Hour)
			assert.Equal(t, 1, shut.count("Redis has lost what was sent within the window, or is new; calls wait"), "%s", &shut)
			assert.Equal(t, 1, open.count("Redis has lost what was sent within the window, or is new; the count starts over"), "%s", &open)
		})
	}
}

// TestRedisIsNew has a limiter come to a Redis that has been up for less than a window, and to one that has been up for longer.
func TestRedisIsNew(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	var log logBook
	waits(t, newLimiter(t, client, 5, halopsaredis.WithLogger(log.logger())), time.Hour)
	assert.Equal(t, 1, log.count("calls wait"))

	grown(t, client)
	require.NoError(t, client.Del(t.Context(), limitKey).Err())
	quiet := logBook{}
	grants(t, newLimiter(t, client, 5, briefly, halopsaredis.WithLogger(quiet.logger())), 5)
	assert.Empty(t, quiet.String())
}

// briefly is a window of less than the second after which Redis counts as grown.
var briefly = halopsaredis.WithRate(5, 900*time.Millisecond)

// grown waits until Redis says that it has been up for a second.
func grown(t *testing.T, client redis.UniversalClient) {
	t.Helper()
	require.Eventually(t, func() bool {
		info, err := client.InfoMap(t.Context(), "server").Result()
		return err == nil && info["Server"]["uptime_in_seconds"] != "0"
	}, 10*time.Second, 20*time.Millisecond)
}

// TestCountIsDeletedLater takes the count from a Redis that has been up for a window: only a process that knew it can tell.
func TestCountIsDeletedLater(t *testing.T) {
	t.Parallel()
	client := newRedis(t).client(t)
	grown(t, client)
	var log logBook
	l := newLimiter(t, client, 5, briefly, halopsaredis.WithLogger(log.logger()))
	grants(t, l, 1)
	assert.Empty(t, log.String())
	require.NoError(t, client.Del(t.Context(), limitKey).Err())
	grants(t, l, 1)
	assert.Equal(t, 1, log.count("Redis has lost what was sent within the window, or is new; calls wait"))
}
