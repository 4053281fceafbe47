package main

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 10, 2, 12, 0, 0, 0, time.UTC)

func TestLedgerHasOneEntryForAnExport(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		s := newStore(t, databaseURL)
		d, fresh, err := s.claim(t.Context(), 7, "acme-export-7", noon)
		require.NoError(t, err)
		assert.True(t, fresh)
		assert.Equal(t, delivery{ExportID: 7, Key: "acme-export-7", State: sending}, d)

		d, fresh, err = s.claim(t.Context(), 7, "another-key", noon.Add(time.Hour))
		require.NoError(t, err)
		assert.False(t, fresh, "what was begun once may have been sent")
		assert.Equal(t, "acme-export-7", d.Key, "the key stays for good")

		_, _, err = s.claim(t.Context(), 8, "acme-export-7", noon)
		require.Error(t, err, "two exports never share a key")
	})
}

func TestClaimsAtTheSameTime(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		s := newStore(t, databaseURL)
		var fresh atomic.Int32
		var claims sync.WaitGroup
		for range 8 {
			claims.Go(func() {
				_, first, err := s.claim(t.Context(), 7, "key", noon)
				assert.NoError(t, err)
				if first {
					fresh.Add(1)
				}
			})
		}
		claims.Wait()
		assert.EqualValues(t, 1, fresh.Load(), "two of them would send it without asking")
	})
}

func TestLedgerFollowsADelivery(t *testing.T) {
	t.Parallel()
	onEachDatabase(t, func(t *testing.T, databaseURL string) {
		s := newStore(t, databaseURL)
		for id := range int64(4) {
			_, _, err := s.claim(t.Context(), id+1, deliveryKey("acme", id+1), noon)
			require.NoError(t, err)
		}
		require.NoError(t, s.deliveryFailed(t.Context(), 1, "no \x00 route", noon.Add(time.Minute)))
		require.NoError(t, s.deliveryFailed(t.Context(), 1, "no route", noon.Add(2*time.Minute)))
		require.NoError(t, s.delivered(t.Context(), 2, noon))
		require.NoError(t, s.delivered(t.Context(), 3, noon))
		require.NoError(t, s.removed(t.Context(), 3, noon))
		require.NoError(t, s.withdrawn(t.Context(), 4))

		open, err := s.openDeliveries(t.Context())
		require.NoError(t, err)
		require.Len(t, open, 2, "what is removed or withdrawn is done with")
		assert.Equal(t, int64(1), open[0].ExportID)
		assert.Equal(t, 2, open[0].Failures)
		assert.WithinDuration(t, noon.Add(2*time.Minute), open[0].NextTry, 0)
		assert.Equal(t, delivery{ExportID: 2, Key: "acme-export-2", State: delivered}, open[1])

		// Nothing leads back from delivered.
		require.NoError(t, s.deliveryFailed(t.Context(), 2, "late", noon.Add(time.Hour)))
		require.NoError(t, s.withdrawn(t.Context(), 2))
		require.NoError(t, s.removed(t.Context(), 1, noon), "what was not delivered is not removed")
		again, err := s.openDeliveries(t.Context())
		require.NoError(t, err)
		assert.Equal(t, open, again)

		back, fresh, err := s.claim(t.Context(), 4, "acme-export-4", noon)
		require.NoError(t, err)
		assert.False(t, fresh, "a request of before may still arrive: the destination is asked first")
		assert.Equal(t, sending, back.State)
	})
}
