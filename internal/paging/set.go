package paging

import (
	"slices"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// Set holds the keys of the records that a walk has seen, and which of them the current pass has seen again.
//
// Ids of a table are mostly dense and come in runs, so a run is kept in a bitmap: a million ids in a row take about 300 kB. What comes otherwise,
// such as random ids, is kept in a hash table of at most 22 bytes for each. The set never shrinks.
type Set struct {
	chunks map[int64]*chunk
	last   *chunk // most ids fall into the chunk of the id before
	lastHi int64
	run    []int64 // ids that came one after the other in the chunk lastHi, which is too short a run to be one yet
	ids    table
	texts  table
	n      int
	pass   uint8
}

const (
	chunkBits = 12
	chunkMask = 1<<chunkBits - 1
	// runMin is how long a run must be for a bitmap of half a kB, or of twice that with a second pass, to be smaller than the table.
	runMin = 64
)

type chunk struct {
	seen   [1 << chunkBits / 64]uint64
	again  *[1 << chunkBits / 64]uint64 // in the pass
	inPass uint8                        // the pass that again is of
}

// Len returns how many keys the set holds.
func (s *Set) Len() int { return s.n }

// Begin begins another pass.
func (s *Set) Begin() {
	s.flush()
	s.pass++
}

// Add puts k into the set and reports whether it was new.
func (s *Set) Add(k wire.Key) bool {
	isNew, _ := s.See(k)
	return isNew
}

// See puts k into the set and reports whether it was new, and whether it was new to the pass.
func (s *Set) See(k wire.Key) (isNew, inPass bool) {
	if k.Kind != wire.KeyID {
		isNew, inPass = s.texts.see(textOf(k), s.pass)
	} else {
		isNew, inPass = s.seeID(k.ID)
	}
	if isNew {
		s.n++
	}
	return isNew, inPass
}

func (s *Set) seeID(id int64) (isNew, inPass bool) {
	c := s.chunk(id >> chunkBits)
	switch {
	case c != nil && (c.has(id) || !s.ids.has(uint64(id))): //nolint:gosec // positive
		return c.see(id, s.pass)
	case c != nil || s.pass > 0 || s.ids.has(uint64(id)): //nolint:gosec // positive
		return s.ids.see(uint64(id), s.pass) //nolint:gosec // positive
	case slices.Contains(s.run, id):
		return false, false
	}
	if s.run = append(s.run, id); len(s.run) == runMin {
		c = &chunk{}
		if s.chunks == nil {
			s.chunks = make(map[int64]*chunk)
		}
		s.chunks[s.lastHi], s.last = c, c
		for _, one := range s.run {
			c.see(one, s.pass)
		}
		s.run = s.run[:0]
	}
	return true, true
}

// flush moves a run that has ended into the table.
func (s *Set) flush() {
	for _, id := range s.run {
		s.ids.see(uint64(id), s.pass) //nolint:gosec // positive
	}
	s.run = s.run[:0]
}

// chunk returns the chunk of ids with these high bits, nil for none.
func (s *Set) chunk(hi int64) *chunk {
	if s.lastHi != hi {
		s.flush()
		s.last, s.lastHi = s.chunks[hi], hi
	}
	return s.last
}

// HasID reports whether the record with this id was seen.
func (s *Set) HasID(id int64) bool {
	if c := s.chunks[id>>chunkBits]; c != nil && c.has(id) {
		return true
	}
	return slices.Contains(s.run, id) || s.ids.has(uint64(id)) //nolint:gosec // positive
}

// Has reports whether the set holds k.
func (s *Set) Has(k wire.Key) bool {
	if k.Kind == wire.KeyID {
		return s.HasID(k.ID)
	}
	return s.texts.has(textOf(k))
}

func textOf(k wire.Key) uint64 { return k.Hash ^ uint64(k.Kind)<<62 }

func (c *chunk) has(id int64) bool {
	low := id & chunkMask
	return c.seen[low/64]&(1<<(low%64)) != 0
}

func (c *chunk) see(id int64, pass uint8) (isNew, inPass bool) {
	low := id & chunkMask
	word, bit := low/64, uint64(1)<<(low%64)
	isNew = c.seen[word]&bit == 0
	c.seen[word] |= bit
	if pass == 0 {
		return isNew, isNew
	}
	if c.again == nil || c.inPass != pass {
		c.again, c.inPass = new([1 << chunkBits / 64]uint64), pass
	}
	inPass = c.again[word]&bit == 0
	c.again[word] |= bit
	return isNew, inPass
}
