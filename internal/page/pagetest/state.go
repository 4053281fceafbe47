package pagetest

import "math/bits"

// Sum is a number of 128 bits by which two states are told to be the same.
type Sum [2]uint64

// State makes a [Sum] of everything that is added to it. The zero value is ready for use, again after Sum.
type State struct {
	a, b   uint64
	blocks []block // that have been read

	entries map[*part]*entries
}

// Sum returns the number of what has been added since the one before.
func (s *State) Sum() Sum {
	sum := Sum{s.a, s.b}
	s.a, s.b, s.blocks = 0, 0, s.blocks[:0]
	return sum
}

// word adds a number.
func (s *State) word(x uint64) {
	const p, q, r, t = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93, 0xa0761d6478bd642f, 0xe7037ed1a0b428db
	hi, lo := bits.Mul64(s.a^x^r, p)
	s.a = hi ^ lo
	hi, lo = bits.Mul64(s.b^x^t, q)
	s.b = hi ^ lo
}

// Ints adds numbers, of which it is known how many they are.
func (s *State) Ints(all ...int) {
	for _, x := range all {
		s.word(uint64(x)) //nolint:gosec // the bits alone count
	}
}

// IDs adds a list of ids.
func (s *State) IDs(ids []int64) {
	s.word(uint64(len(ids)))
	for _, id := range ids {
		s.word(uint64(id)) //nolint:gosec // the bits alone count
	}
}

// Flags adds flags, of which it is known how many they are, at most 63.
func (s *State) Flags(all ...bool) {
	x := uint64(1)
	for _, is := range all {
		if x <<= 1; is {
			x++
		}
	}
	s.word(x)
}
