// Package redact takes known secrets out of what a server sent, before it gets into an error or a log line.
package redact

import (
	"context"
	"slices"
	"sync"

	"github.com/halopsa-go/halopsa/internal/pattern"
)

// Placeholder stands where a secret was.
const Placeholder = "[redacted]"

// shortest is the length below which a text is no secret that could be told from ordinary words.
const shortest = 4

// Redactor takes the secrets of a call out of texts. It is cheap to make: it looks at the secrets when the first text is shown.
//
// It can be used by several goroutines. A nil *Redactor knows no secret.
type Redactor struct {
	secrets []string
	body    []byte

	once   sync.Once
	plain  []string // the secrets and their base64
	values []string // of the secret members of the body

	mu    sync.Mutex
	again bool     // a text was shown already
	parts []string // of the values, each once, made for the second text; guarded by mu, but not changed once made
}

// New returns a Redactor of secrets and of what body, the JSON that a request sends, holds in members for secrets.
func New(body []byte, secrets ...string) *Redactor { return &Redactor{secrets: secrets, body: body} }

// longestText is how much of a text String returns.
const longestText = 64 << 10

// String returns text as Text does, up to 64 KiB of it.
func (r *Redactor) String(text string) string {
	return string(r.text(nil, []byte(text), longestText))
}

// Text returns at most longest bytes of b without the secrets, plain or escaped as URLs, JSON, Go, C or HTML do, and without the queries
// of URLs.
//
// b is cut first, and the beginning of a secret at its end goes too: 4 bytes or more, since a server cuts texts as well. Secrets of fewer
// than 4 bytes are left. Where some overlap, all that they cover goes. The time is linear in longest and in the secrets. Of a text that is
// made to be slow, or if ctx ends first, nothing is shown but the placeholder. b is never changed; it is itself what is returned when
// there is nothing to hide.
func (r *Redactor) Text(ctx context.Context, b []byte, longest int) []byte {
	return r.text(ctx.Done(), b, longest)
}

// over reports whether the context whose Done channel this is has ended; nil is that of none.
func over(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

func (r *Redactor) text(done <-chan struct{}, b []byte, longest int) []byte {
	b = b[:min(len(b), longest)]
	shown, ok := r.hide(done, b)
	if !ok {
		return []byte(Placeholder)
	}
	shown = Queries(shown)
	return shown[:min(len(shown), longest)]
}

// query is that of a URL wherever one stands in a text, also where JSON has escaped its ampersands.
var query = pattern.Lazy(`\?[A-Za-z_$][\w.$%\[\]-]*(?:=|%3[Dd]|\\+u003[Dd]|&#61;)[^\s"'<>]*`)

// Queries returns b without the queries of the URLs in it: a server that finds no route repeats the whole URL.
func Queries(b []byte) []byte {
	if !query().Match(b) {
		return b
	}
	return query().ReplaceAllLiteral(b, []byte("?"+Placeholder))
}

// hide returns b without the secrets. It reports whether it finished.
func (r *Redactor) hide(done <-chan struct{}, b []byte) ([]byte, bool) {
	if r == nil || len(b) < shortest {
		return b, !over(done)
	}
	r.once.Do(r.prepare)
	left := 1<<20 + 256*len(b)
	t, ok := r.trie(done, b, &left)
	if !ok {
		return nil, false
	}
	if len(t.nodes) == 1 {
		return b, true
	}
	hidden, ok := t.hidden(done, b, left)
	if !ok || hidden == nil {
		return b, ok
	}
	shown := make([]byte, 0, len(b))
	for i, hide := range hidden {
		switch {
		case !hide:
			shown = append(shown, b[i])
		case i == 0 || !hidden[i-1]:
			shown = append(shown, Placeholder...)
		}
	}
	return shown, true
}

func (r *Redactor) prepare() {
	for _, secret := range r.secrets {
		r.plain = append(append(r.plain, secret), encoded(secret)...)
	}
	slices.Sort(r.plain)
	r.plain = slices.Compact(r.plain)
	r.values = members(r.body)
}

// trie returns the secrets that text may hold, and of the others as much as it may end with. It reports whether it finished.
func (r *Redactor) trie(done <-chan struct{}, text []byte, left *int) (*trie, bool) {
	t, grams, ok := newTrie(), newGrams(text), true
	seen := 0
	add := func(secret string) bool {
		if seen++; seen%4096 == 0 && over(done) || *left <= 0 {
			ok = false
			return false
		}
		if n := grams.prefix(secret); n >= shortest {
			*left -= n
			t.add(secret[:n], n == len(secret))
		}
		return true
	}
	for _, secret := range r.plain {
		if !add(secret) {
			return t, false
		}
	}
	if !r.eachPart(done, add) {
		return t, false
	}
	return t, ok && !over(done) && t.link(left)
}

// eachPart yields the parts of the values. A single text is shown of most calls, for which they are not collected; of a call with many, such as a
// warning for each record, the body is read twice. It reports whether yield took them all.
func (r *Redactor) eachPart(done <-chan struct{}, yield func(string) bool) bool {
	r.mu.Lock()
	all, again := r.parts, r.again
	r.again = true
	r.mu.Unlock()
	if again && all == nil && len(r.values) > 0 {
		var ok bool
		if all, ok = r.collect(done); !ok {
			return false
		}
	}
	if all != nil {
		for _, part := range all {
			if !yield(part) {
				return false
			}
		}
		return true
	}
	for _, value := range r.values {
		if !parts(value, yield) {
			return false
		}
	}
	return true
}

// collect keeps the parts of the values that are long enough. It reports whether it finished.
func (r *Redactor) collect(done <-chan struct{}) (all []string, ok bool) {
	seen := make(map[string]bool)
	all = []string{}
	read := 0
	for _, value := range r.values {
		if !parts(value, func(part string) bool {
			if len(part) >= shortest && !seen[part] {
				seen[part] = true
				all = append(all, part)
			}
			read++
			return read%4096 != 0 || !over(done)
		}) {
			return nil, false
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.parts = all
	return all, true
}
