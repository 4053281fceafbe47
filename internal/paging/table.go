package paging

// table is a set of numbers, each with the pass in which it was seen last. It is split into shards that grow one by one, so that it never needs
// much more room than it has.
type table struct {
	shards *[64]shard // nil while it is empty
}

// shard is a hash table with open addressing, filled between two fifths and four fifths.
type shard struct {
	slots  []uint64 // 0 is empty
	passes []uint8
	n      int
}

// see puts a number into the table and reports whether it was new, and whether it was new to the pass.
func (t *table) see(number uint64, pass uint8) (isNew, inPass bool) {
	if t.shards == nil {
		t.shards = new([64]shard)
	}
	number = max(1, number)
	hash := spread(number)
	s := &t.shards[hash>>58]
	if s.n*5 >= len(s.slots)*4 {
		s.grow()
	}
	at := s.find(number, hash)
	if isNew = s.slots[at] == 0; isNew {
		s.slots[at] = number
		s.n++
	}
	inPass = isNew || s.passes[at] != pass
	s.passes[at] = pass
	return isNew, inPass
}

func (t *table) has(number uint64) bool {
	if t.shards == nil {
		return false
	}
	number = max(1, number)
	hash := spread(number)
	s := &t.shards[hash>>58]
	return len(s.slots) > 0 && s.slots[s.find(number, hash)] != 0
}

// find returns the slot of a number, or the empty one that it would take.
func (s *shard) find(number, hash uint64) int {
	mask := len(s.slots) - 1
	at := int(hash) & mask //nolint:gosec // only the low bits are of use
	for s.slots[at] != 0 && s.slots[at] != number {
		at = (at + 1) & mask
	}
	return at
}

// grow doubles the shard.
func (s *shard) grow() {
	const least = 8
	old := *s
	s.slots, s.passes = make([]uint64, max(least, 2*len(old.slots))), make([]uint8, max(least, 2*len(old.slots)))
	for i, number := range old.slots {
		if number != 0 {
			at := s.find(number, spread(number))
			s.slots[at], s.passes[at] = number, old.passes[i]
		}
	}
}

// spread makes a hash of a number.
func spread(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
