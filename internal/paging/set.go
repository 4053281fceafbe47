package paging

import (
	"slices"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// Set holds the keys of the records that a walk has seen.
//
// Ids of a table are dense, so they are kept in chunks of 65,536: a sorted list while a chunk is sparse, a bitmap after
// that. A million ids in a row take about 140 kB, where a map would take 40 MB.
type Set struct {
	chunks map[int64]*chunk
	last   *chunk // most ids fall into the chunk of the id before
	lastHi int64
	texts  map[textKey]struct{}
	n      int
}

type textKey struct {
	hash uint64
	kind wire.KeyKind
}

const (
	chunkBits = 16
	chunkMask = 1<<chunkBits - 1
	// sparseMax is where a bitmap of 8 kB gets smaller than the list.
	sparseMax = 4096
)

type chunk struct {
	sparse []uint16
	bitmap []uint64
}

// Len returns how many keys the set holds.
func (s *Set) Len() int { return s.n }

// Add puts k into the set and reports whether it was new.
func (s *Set) Add(k wire.Key) bool {
	if k.Kind != wire.KeyID {
		if s.texts == nil {
			s.texts = make(map[textKey]struct{})
		}
		before := len(s.texts)
		s.texts[textKey{k.Hash, k.Kind}] = struct{}{}
		if len(s.texts) == before {
			return false
		}
		s.n++
		return true
	}
	if !s.chunk(k.ID>>chunkBits, true).add(uint16(k.ID & chunkMask)) {
		return false
	}
	s.n++
	return true
}

// HasID reports whether the record with this id was seen.
func (s *Set) HasID(id int64) bool {
	c := s.chunk(id>>chunkBits, false)
	return c != nil && c.has(uint16(id&chunkMask))
}

// Has reports whether the set holds k.
func (s *Set) Has(k wire.Key) bool {
	if k.Kind == wire.KeyID {
		return s.HasID(k.ID)
	}
	_, has := s.texts[textKey{k.Hash, k.Kind}]
	return has
}

func (s *Set) chunk(hi int64, create bool) *chunk {
	if s.last != nil && s.lastHi == hi {
		return s.last
	}
	c := s.chunks[hi]
	if c == nil {
		if !create {
			return nil
		}
		if s.chunks == nil {
			s.chunks = make(map[int64]*chunk)
		}
		c = &chunk{}
		s.chunks[hi] = c
	}
	s.last, s.lastHi = c, hi
	return c
}

func (c *chunk) has(low uint16) bool {
	if c.bitmap != nil {
		return c.bitmap[low/64]&(1<<(low%64)) != 0
	}
	_, found := slices.BinarySearch(c.sparse, low)
	return found
}

func (c *chunk) add(low uint16) bool {
	if c.bitmap == nil {
		at, found := slices.BinarySearch(c.sparse, low)
		if found {
			return false
		}
		if len(c.sparse) < sparseMax {
			c.sparse = slices.Insert(c.sparse, at, low)
			return true
		}
		c.bitmap = make([]uint64, (chunkMask+1)/64)
		for _, v := range c.sparse {
			c.bitmap[v/64] |= 1 << (v % 64)
		}
		c.sparse = nil
	}
	word, bit := &c.bitmap[low/64], uint64(1)<<(low%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	return true
}
