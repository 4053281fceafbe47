package redact

// trie holds all secrets at once, as Aho and Corasick do.
type trie struct {
	nodes []trieNode // the first is the root
	root  [256]int32
}

type trieNode struct {
	child, sibling int32 // the first of those that follow, and the next of those that follow the same one
	fail           int32 // of the longest end of this text that is another's beginning
	depth          int32 // the length of this text
	out            int32 // the length of the longest secret that this text ends with
	label          byte
	secret         bool
}

func newTrie() *trie { return &trie{nodes: make([]trieNode, 1, 64)} }

func (t *trie) child(at int32, c byte) int32 {
	if at == 0 {
		return t.root[c]
	}
	for at = t.nodes[at].child; at != 0 && t.nodes[at].label != c; {
		at = t.nodes[at].sibling
	}
	return at
}

// add adds a text, of which whole says whether it is a secret or only the beginning of one.
func (t *trie) add(text string, whole bool) {
	at := int32(0)
	for i := range len(text) {
		next := t.child(at, text[i])
		if next == 0 {
			next = int32(len(t.nodes))
			t.nodes = append(t.nodes, trieNode{label: text[i], depth: t.nodes[at].depth + 1, sibling: t.nodes[at].child})
			t.nodes[at].child = next
			if at == 0 {
				t.root[text[i]] = next
			}
		}
		at = next
	}
	t.nodes[at].secret = t.nodes[at].secret || whole
}

// link sets where to continue when a text does not continue as a secret does. It reports whether left was enough work.
func (t *trie) link(left *int) bool {
	queue := make([]int32, 1, len(t.nodes))
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		node := &t.nodes[at]
		if node.secret {
			node.out = node.depth
		} else {
			node.out = t.nodes[node.fail].out
		}
		for next := node.child; next != 0; next = t.nodes[next].sibling {
			if at != 0 {
				t.nodes[next].fail = t.step(node.fail, t.nodes[next].label, left)
			}
			queue = append(queue, next)
		}
	}
	return *left > 0
}

// step returns the state after at and c.
func (t *trie) step(at int32, c byte, left *int) int32 {
	for *left > 0 {
		*left--
		if next := t.child(at, c); next != 0 || at == 0 {
			return next
		}
		at = t.nodes[at].fail
	}
	return 0
}

// place is a state in which a reading of a text can be at a position.
type place struct {
	state int32 // of the trie, never the root, in which a reading can be anywhere
	next  int32 // the next place at the same position
	cover int32 // how many bytes before it belong to a secret, in what they mean
}

// step is a way from one place to another.
type step struct{ from, to, begin, end, size int32 }

// hidden returns for each byte of text whether it belongs to a secret in any reading of it, or to the beginning of one at its end, and
// nil when none does. It reports whether it finished: not if the context ended, nor if the text is made to be slow.
//
// An escape can begin with a character that is itself part of a secret, so there is more than one place to continue from: as with any automaton
// that is not deterministic, all are followed at once.
func (t *trie) hidden(done <-chan struct{}, text []byte, left int) (hide []bool, ok bool) {
	var (
		places = make([]place, 1, 64)
		steps  []step
		heads  = make([]int32, len(text)+1)
		found  bool
	)
	hide = make([]bool, len(text))
	var units []unit
	for i := range text {
		if i%4096 == 0 && over(done) {
			return nil, false
		}
		var broken bool
		units, broken = readings(units[:0], text, i)
		for from := heads[i]; ; from = places[from].next {
			state := places[from].state // of place 0 the root
			if broken && t.nodes[state].depth >= shortest {
				places[from].cover, found = t.nodes[state].depth, true
				for j := i; j < len(text); j++ {
					hide[j] = true
				}
			}
			for _, u := range units {
				next, cover := state, int32(0)
				for _, c := range u.bytes() {
					next = t.step(next, c, &left)
					if cover > 0 {
						cover++ // what a secret ends within goes as a whole
					}
					cover = max(cover, t.nodes[next].out)
				}
				if next == 0 && cover == 0 {
					continue
				}
				to := int32(0)
				for at := heads[u.end]; at != 0; at = places[at].next {
					left--
					if places[at].state == next {
						to = at
						break
					}
				}
				if to == 0 {
					to = int32(len(places))
					places = append(places, place{state: next, next: heads[u.end]})
					heads[u.end] = to
				}
				places[to].cover = max(places[to].cover, cover)
				found = found || cover > 0
				steps = append(steps, step{from, to, int32(i), int32(u.end), int32(u.size)})
			}
			if left <= 0 {
				return nil, false
			}
			if from == 0 {
				break
			}
		}
	}
	for at := heads[len(text)]; at != 0; at = places[at].next {
		if depth := t.nodes[places[at].state].depth; depth >= shortest {
			places[at].cover, found = max(places[at].cover, depth), true
		}
	}
	if !found {
		return nil, true
	}
	for i := len(steps) - 1; i >= 0; i-- { // every step away from a place comes after all steps to it
		s := steps[i]
		if cover := places[s.to].cover; cover > 0 {
			for j := s.begin; j < s.end; j++ {
				hide[j] = true
			}
			places[s.from].cover = max(places[s.from].cover, cover-s.size)
		}
	}
	return hide, true
}
