package main

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// TestWalkMakesNoRequestTooMany: requests are what a tenant limits. A list of N records takes ⌈N/size⌉ of them, none to find its end.
func TestWalkMakesNoRequestTooMany(t *testing.T) {
	t.Parallel()
	content := newPages(corpus(longestPage))
	for name, opts := range map[string][]halopsa.RequestOption{
		"one at a time": nil, "prefetch 4": {halopsa.WithPrefetch(4)}, "prefetch 64": {halopsa.WithPrefetch(64)},
	} {
		for _, list := range []struct{ records, size int }{
			{1, 100}, {99, 100}, {100, 100}, {101, 100}, {200, 100}, {1_234, 100}, {1_000, 1_000}, {2_001, 1_000}, {50, 7}, {10, 1},
		} {
			t.Run(fmt.Sprintf("%d by %d, %s", list.records, list.size, name), func(t *testing.T) {
				t.Parallel()
				tenant := newTenant(content)
				server := tenant.start(false)
				defer server.Close()
				client, err := newOurs(server.URL+scenario{records: list.records}.path(), nil)
				require.NoError(t, err)

				read, err := halopsa.Collect(client.IntegrationRequest.All(t.Context(), &halopsa.IntegrationRequestListOptions{
					ListOptions: halopsa.ListOptions{PageSize: list.size},
				}, opts...))
				require.NoError(t, err)
				require.Len(t, read, list.records)
				for i, r := range read {
					require.Equal(t, idAt(i), r.ID)
				}
				assert.EqualValues(t, list.records/list.size+1, tenant.counts.Load().read().Requests)
			})
		}
	}
}

// TestWalksReadEveryRecord holds the walks that are measured to what they say they do.
func TestWalksReadEveryRecord(t *testing.T) {
	t.Parallel()
	const records = 730
	tenant := newTenant(newPages(corpus(longestPage)))
	server := tenant.start(false)
	t.Cleanup(server.Close)
	base := server.URL + scenario{records: records}.path()
	walks := map[string]func(t *testing.T, records int, seen func(int)) error{}
	for _, p := range peers() {
		walks[p.name+", page by page"] = func(t *testing.T, records int, seen func(int)) error {
			t.Helper()
			call, err := p.dial(base, nil)
			require.NoError(t, err)
			return call.walk(t.Context(), records, seen)
		}
	}
	for _, walk := range ourWalks {
		walks[walk.name] = func(t *testing.T, records int, seen func(int)) error {
			t.Helper()
			client, err := newOurs(base, nil)
			require.NoError(t, err)
			return walkOurs(t.Context(), client, records, seen, walk.opts...)
		}
	}
	require.Len(t, walks, 9)
	for name, walk := range walks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			last := 0
			require.NoError(t, walk(t, records, func(total int) {
				assert.Greater(t, total, last)
				last = total
			}))
			assert.Equal(t, records, last)
			require.Error(t, walk(t, records+1, func(int) {}), "one record short is a failure")
		})
	}
}
