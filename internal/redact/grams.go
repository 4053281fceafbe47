package redact

import "math/bits"

// grams are the sequences of 4 bytes in all readings of a text: what keeps the many secrets that are not in it out of the trie.
type grams struct {
	length int // of the text; nothing that it holds is longer
	all    bool
	shift  int
	set    []uint64
}

func newGrams(text []byte) *grams {
	size := max(bits.Len(uint(len(text))), 3) + 4 // of bits: 16 for each byte
	g := &grams{length: len(text), shift: 32 - size, set: make([]uint64, 1<<(size-6))}
	if size > 26 {
		g.all = true // a text that nobody shows
		return g
	}
	// The last 3 bytes of every reading, at each position. An escape is longer than what it means, so few of them differ.
	type context struct {
		last uint32
		next int32
	}
	contexts := []context{{}, {}}
	heads := make([]int32, len(text)+1)
	heads[0] = 1
	var units []unit
	for i := range text {
		units, _ = readings(units[:0], text, i)
		for from := heads[i]; from != 0; from = contexts[from].next {
			for _, u := range units {
				last := contexts[from].last
				for _, c := range u.bytes() {
					gram := last<<8 | uint32(c)
					g.add(gram)
					last = gram & 0xffffff
				}
				at, n := heads[u.end], 0
				for ; at != 0 && contexts[at].last != last; at = contexts[at].next {
					n++
				}
				if at != 0 {
					continue
				}
				if n >= 64 {
					g.all = true // made to be slow
					return g
				}
				contexts = append(contexts, context{last, heads[u.end]})
				heads[u.end] = int32(len(contexts) - 1)
			}
		}
	}
	return g
}

func (g *grams) place(gram uint32) (word int, bit uint64) {
	hash := gram * 0x9E3779B1 >> g.shift
	return int(hash >> 6), 1 << (hash & 63)
}

func (g *grams) add(gram uint32) {
	word, bit := g.place(gram)
	g.set[word] |= bit
}

// prefix returns how much of the beginning of secret the text may hold.
func (g *grams) prefix(secret string) int {
	n := min(len(secret), g.length)
	if n < shortest || g.all {
		return n
	}
	gram := uint32(secret[0])<<16 | uint32(secret[1])<<8 | uint32(secret[2])
	for i := 3; i < n; i++ {
		gram = gram<<8 | uint32(secret[i])
		if word, bit := g.place(gram); g.set[word]&bit == 0 {
			return i
		}
	}
	return n
}
