package main

import (
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// newFollower follows the errors with a short interval.
func newFollower(client *halopsa.Client, s *store) *follower[halopsa.IntegrationError] {
	return &follower[halopsa.IntegrationError]{
		log: errorLog(client), store: s, standing: newStanding("errors", time.Now()), interval: 10 * time.Millisecond,
		logger: silent(), stored: func(int) {},
	}
}

func mirroredErrors(t *testing.T, s *store) []int64 {
	t.Helper()
	return ints(t, s.db, `SELECT id FROM integration_errors ORDER BY id`)
}

func upTo(n int64) []int64 {
	var ids []int64
	for id := range n {
		ids = append(ids, id+1)
	}
	return ids
}

func TestFollowerMirrorsWhatIsThereAndWhatComes(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		halo, client := newHalo(t)
		s := newStore(t, databaseURL)
		seedErrors(halo, 450)
		var counted atomic.Int64
		f := newFollower(client, s)
		f.stored = func(n int) { counted.Add(int64(n)) }
		stop := inBackground(t, f.run)
		stopLooking := inBackground(t, f.look)
		require.Eventually(t, func() bool { return f.standing.total() == 450 }, deadline, time.Millisecond)
		seedErrors(halo, 30)
		require.Eventually(t, func() bool { return f.standing.total() == 480 }, deadline, time.Millisecond)
		assert.EqualValues(t, 480, counted.Load())
		assert.Equal(t, upTo(480), mirroredErrors(t, s))
		require.Eventually(t, func() bool { _, all, reached := f.standing.progress(); return reached && all == 480 }, deadline, time.Millisecond)
		assert.Zero(t, f.standing.behind())
		stop()
		stopLooking()

		seedErrors(halo, 5)
		again := newFollower(client, s)
		inBackground(t, again.run)
		require.Eventually(t, func() bool { return again.standing.total() > 0 }, deadline, time.Millisecond)
		require.Eventually(t, func() bool { return slices.Equal(upTo(485), mirroredErrors(t, s)) }, deadline, 10*time.Millisecond)
		assert.Equal(t, 5, again.standing.total(), "after a restart it reads only what is new")
	})
}

func TestFollowerGoesOnAfterWhatIsNoPassingFailure(t *testing.T) {
	t.Parallel()
	halo, client := newHalo(t)
	halo.Fault(halopsatest.Fault{Resource: "IntegrationError", Kind: halopsatest.Status, Status: http.StatusForbidden})
	seedErrors(halo, 3)
	s := newStore(t, freshSQLite(t))
	f := newFollower(client, s)
	inBackground(t, f.run)
	require.Eventually(t, func() bool { return f.standing.total() == 3 }, deadline, time.Millisecond)
	assert.Equal(t, upTo(3), mirroredErrors(t, s))
}

func TestFollowerGoesOnWhenTheDatabaseIsBack(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		halo, client := newHalo(t)
		seedErrors(halo, 3)
		s := newStore(t, databaseURL)
		_, err := s.db.ExecContext(t.Context(), `ALTER TABLE integration_errors RENAME TO away`)
		require.NoError(t, err)
		f := newFollower(client, s)
		quiet := f.standing.problem(time.Now(), time.Minute)
		inBackground(t, f.run)
		require.Eventually(t, func() bool { return f.standing.problem(time.Now(), time.Minute) != quiet }, deadline, time.Millisecond)
		assert.Contains(t, f.standing.problem(time.Now(), time.Minute), "integration_errors", "the failure is noted")
		_, err = s.db.ExecContext(t.Context(), `ALTER TABLE away RENAME TO integration_errors`)
		require.NoError(t, err)
		require.Eventually(t, func() bool { return f.standing.total() == 3 }, deadline, time.Millisecond)
		assert.Equal(t, upTo(3), mirroredErrors(t, s), "what could not be stored is read again")
	})
}

func TestLookGoesOnAfterAFailure(t *testing.T) {
	t.Parallel()
	halo, client := newHalo(t)
	seedErrors(halo, 3)
	halo.Fault(halopsatest.Fault{Resource: "IntegrationError", Kind: halopsatest.HTML504, Times: 2})
	f := newFollower(client, newStore(t, freshSQLite(t)))
	inBackground(t, f.look)
	require.Eventually(t, func() bool { _, all, _ := f.standing.progress(); return all == 3 }, deadline, time.Millisecond)
	assert.EqualValues(t, 3, f.standing.behind())
}

func TestGatherTakesWhatIsThere(t *testing.T) {
	t.Parallel()
	more := make(chan int, 2*largestBatch)
	for i := range 2 * largestBatch {
		more <- i + 1
	}
	assert.Len(t, gather(0, more), largestBatch)
	assert.Len(t, gather(0, more), largestBatch)
	assert.Equal(t, []int{0, 399, 400}, gather(0, more), "it waits for nothing")
	close(more)
	assert.Equal(t, []int{0}, gather(0, more))
}
