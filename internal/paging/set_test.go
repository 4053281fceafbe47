package paging_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

func TestSetAgreesWithAMap(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // a test
	var set paging.Set
	model := map[int64]bool{}
	for range 100_000 {
		id := r.Int64N(200_000) + 1
		assert.Equal(t, model[id], set.HasID(id))
		assert.Equal(t, !model[id], set.Add(wire.Key{Kind: wire.KeyID, ID: id}))
		model[id] = true
	}
	assert.Equal(t, len(model), set.Len())
	assert.False(t, set.HasID(1<<40))
	assert.True(t, set.Add(wire.Key{Kind: wire.KeyID, ID: 1 << 40}))
}

func TestSetTellsTextsFromContent(t *testing.T) {
	t.Parallel()
	var set paging.Set
	assert.True(t, set.Add(wire.Key{Kind: wire.KeyText, Hash: 9}))
	assert.False(t, set.Add(wire.Key{Kind: wire.KeyText, Hash: 9}))
	assert.True(t, set.Add(wire.Key{Kind: wire.KeyContent, Hash: 9}))
	assert.Equal(t, 2, set.Len())
}

// TestSetStaysSmall: a walk over a million ids in any order holds at most 24 bytes an id, also in its second pass.
func TestSetStaysSmall(t *testing.T) { //nolint:paralleltest // it measures the memory of the process
	const million = 1_000_000
	r := rand.New(rand.NewPCG(1, 3)) //nolint:gosec // a test
	shuffled := r.Perm(million)
	for name, id := range map[string]func(i int) int64{
		"in a row":        func(i int) int64 { return int64(i + 1) },
		"in no order":     func(i int) int64 { return int64(shuffled[i] + 1) },
		"every 50th":      func(i int) int64 { return int64(50 * (i + 1)) },
		"every 70th":      func(i int) int64 { return int64(70 * (i + 1)) },
		"random":          func(int) int64 { return r.Int64N(1<<62) + 1 },
		"down, with gaps": func(i int) int64 { return int64(3 * (million - i)) },
	} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var set paging.Set
		for i := range million {
			set.Add(wire.Key{ID: id(i)})
		}
		set.Begin()
		for i := range million {
			if name != "random" {
				isNew, inPass := set.See(wire.Key{ID: id(i)})
				assert.False(t, isNew)
				require.True(t, inPass)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		each := float64(int64(after.HeapAlloc)-int64(before.HeapAlloc)) / million //nolint:gosec // small
		t.Logf("%s: %.1f bytes an id", name, each)
		assert.LessOrEqual(t, each, 24.0, name)
		assert.LessOrEqual(t, set.Len(), million)
		runtime.KeepAlive(&set)
	}
}

// TestSetTellsPassesApart: what a pass sees again is new to it once.
func TestSetTellsPassesApart(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 4)) //nolint:gosec // a test
	var set paging.Set
	model := map[int64]bool{}
	for range 5 {
		inPass := map[int64]bool{}
		for range 20_000 {
			id := r.Int64N(30_000) + 1
			if r.IntN(2) == 0 {
				id = r.Int64N(1000) * 1_000_003
			}
			if id < 1 {
				continue
			}
			isNew, fresh := set.See(wire.Key{ID: id})
			require.Equal(t, !model[id], isNew)
			require.Equal(t, !inPass[id], fresh)
			model[id], inPass[id] = true, true
		}
		set.Begin()
	}
}

func BenchmarkSetOfAMillion(b *testing.B) {
	for b.Loop() {
		var set paging.Set
		for id := range int64(1_000_000) {
			set.Add(wire.Key{Kind: wire.KeyID, ID: id + 1})
		}
	}
}
