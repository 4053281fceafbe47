package paging_test

import (
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

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

// TestSetStaysSmall looks into the set: what it costs is memory, and nothing else shows it.
func TestSetStaysSmall(t *testing.T) {
	t.Parallel()
	var set paging.Set
	for id := range int64(10_000) {
		set.Add(wire.Key{Kind: wire.KeyID, ID: id + 1})
	}
	assert.False(t, set.HasID(1<<40))
	chunks := reflect.ValueOf(&set).Elem().FieldByName("chunks")
	assert.Equal(t, 1, chunks.Len(), "to ask for an id does not make room for it")
	for _, hi := range chunks.MapKeys() {
		chunk := chunks.MapIndex(hi).Elem()
		assert.Zero(t, chunk.FieldByName("sparse").Len())
		assert.Equal(t, 1<<16/64, chunk.FieldByName("bitmap").Len())
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
