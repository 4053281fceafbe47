package guarantees_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestWithLimitEndsAWalk after so many records, whatever the server makes of pages, and without a request more than they take.
func TestWithLimitEndsAWalk(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		habits halopsatest.Habits
		size   int // of the pages that come, where less than is asked for
	}{
		"honest": {}, "no record_count": {habits: halopsatest.Habits{NoRecordCount: true}},
		"capped":          {halopsatest.Habits{PageCap: 7}, 7},
		"a fixed size":    {halopsatest.Habits{FixedSize: 30}, 30},
		"paging ignored":  {habits: halopsatest.Habits{IgnorePaging: true}},
		"newest first":    {habits: halopsatest.Habits{NewestFirst: true, IgnoreOrder: true}},
		"without ids":     {habits: halopsatest.Habits{Rows: halopsatest.RowHabits{IDs: halopsatest.IDsNone}}},
		"more is claimed": {habits: halopsatest.Habits{RecordCount: halopsatest.CountPlus(20)}},
	} {
		for _, limit := range []int{1, 6, 7, 8, 100, 101, 249} {
			t.Run(fmt.Sprint(name, "/", limit), func(t *testing.T) {
				t.Parallel()
				client, server := halopsatest.NewClient(t, halopsa.WithoutRateLimit())
				for i := range 250 {
					server.Seed("IntegrationError", map[string]any{"error": fmt.Sprint(i), "date": "2026-10-02T11:00:00"})
				}
				server.SetHabits("IntegrationError", test.habits)
				seen := map[string]bool{}
				for e, err := range client.IntegrationError.All(t.Context(), nil, halopsa.WithLimit(limit)) {
					require.NoError(t, err)
					require.False(t, seen[e.Error], e.Error)
					seen[e.Error] = true
				}
				assert.Len(t, seen, limit)
				size := min(limit, 100)
				if test.size > 0 {
					size = min(size, test.size)
				}
				assert.LessOrEqual(t, server.Count("GET", "IntegrationError"), 2*(limit+size-1)/size+2)
				if limit <= 100 && test.size == 0 && !test.habits.IgnorePaging {
					assert.Equal(t, 1, server.Count("GET", "IntegrationError"))
				}
				got, err := halopsa.Collect(client.IntegrationError.All(t.Context(), nil, halopsa.WithLimit(limit), halopsa.WithPrefetch(4)))
				require.NoError(t, err)
				assert.Len(t, got, limit)
				records := 0
				for page, err := range client.IntegrationError.Pages(t.Context(), nil, halopsa.WithLimit(limit)) {
					require.NoError(t, err)
					records += len(page.Records)
				}
				assert.Equal(t, limit, records)
			})
		}
	}
}

// TestWithLimitAndRowsThatCannotBeRead: those that are set aside do not count, and nothing is told of a row behind the last record.
func TestWithLimitAndRowsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	client, server := halopsatest.NewClient(t, halopsa.WithoutRateLimit())
	for i := range 12 {
		row := map[string]any{"error": fmt.Sprint(i)}
		if i%3 == 1 {
			row["date"] = "10/02/2026"
		}
		server.Seed("IntegrationError", row)
	}
	for _, fixed := range []int{0, 12} {
		server.SetHabits("IntegrationError", halopsatest.Habits{FixedSize: fixed})
		var bad []string
		records, err := halopsa.Collect(client.IntegrationError.All(t.Context(), nil, halopsa.WithLimit(5), halopsa.WithBadRow(func(b halopsa.BadRow) error {
			bad = append(bad, b.ID)
			return nil
		})))
		require.NoError(t, err)
		require.Len(t, records, 5)
		assert.Equal(t, int64(7), records[4].ID)
		assert.Equal(t, []string{"2", "5"}, bad)

		stop := errors.New("not that one")
		records, err = halopsa.Collect(client.IntegrationError.All(t.Context(), nil, halopsa.WithLimit(1), halopsa.WithBadRow(func(halopsa.BadRow) error { return stop })))
		require.NoError(t, err, "the row is behind the limit")
		assert.Len(t, records, 1)
		records, err = halopsa.Collect(client.IntegrationError.All(t.Context(), nil, halopsa.WithLimit(2)))
		var unread *halopsa.DecodeError
		require.ErrorAs(t, err, &unread)
		assert.Len(t, records, 1)
	}
}

// TestWithLimitIsRefused where nothing ends after so many records.
func TestWithLimitIsRefused(t *testing.T) {
	t.Parallel()
	client, server := halopsatest.NewClient(t)
	_, err := client.IntegrationError.List(t.Context(), nil, halopsa.WithLimit(5))
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	require.ErrorContains(t, err, "IntegrationError.List: WithLimit")
	_, err = halopsa.ListOf[map[string]any](t.Context(), client, "Tickets", halopsa.WithLimit(5))
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	_, err = halopsa.Collect(client.IntegrationError.Since(t.Context(), 0, nil, halopsa.WithLimit(5)))
	require.ErrorContains(t, err, "IntegrationError.Since: WithLimit")
	for _, err := range client.IntegrationError.Follow(t.Context(), 0, time.Hour, nil, halopsa.WithLimit(5)) {
		require.ErrorContains(t, err, "IntegrationError.Follow: WithLimit")
	}
	for _, limit := range []int{0, -1} {
		_, err = halopsa.Collect(client.IntegrationError.All(t.Context(), nil, halopsa.WithLimit(limit)))
		require.ErrorIs(t, err, halopsa.ErrInvalid)
		require.ErrorContains(t, err, "WithLimit")
	}
	assert.Zero(t, server.Count("GET", "IntegrationError"))
}
