package attempt

import (
	"hash/maphash"
	"sync"
	"time"
)

const (
	// freshFor is how old a token may be for a 401 to mean a missing right. A tenant was seen to respond with 401 with an empty body on some paths for
	// good, while the same token read 350 others. [live]
	freshFor = time.Minute
	// deniedFor is how long an operation that refused a fresh token is believed to refuse every other one too.
	deniedFor = 10 * time.Minute
)

// rights is what the responses have told of the token in use: whether a 401 can be cured by another one, or is a right that is missing.
type rights struct {
	mu       sync.Mutex
	token    uint64          // its hash, since %+v of a client shows what is here; 0 where there is none
	since    time.Time       // when the token was first used
	dropped  uint64          // the hash of the last token that was dropped
	renewed  bool            // the token in use came in its place
	accepted map[string]bool // the operations that accepted it
	denied   map[string]bool // the operations that refused a fresh token, whichever it was, and have accepted none since
}

var tokenSeed = maphash.MakeSeed()

func tokenHash(token string) uint64 { return maphash.String(tokenSeed, token) | 1 }

// accept takes note of an operation that accepted the token.
func (r *rights) accept(token, op string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	hash := tokenHash(token)
	if hash == r.dropped { // the response to an attempt from before
		return
	}
	r.use(hash)
	if !r.accepted[op] {
		r.accepted[op] = true
		delete(r.denied, op)
	}
}

// refuse reports whether a token that got a 401 is to be dropped: it is kept where another one would fare no better. fetched is when
// it was obtained, the zero time where that is not known.
//
// blamed is true where the response says that it is the token that is wrong.
func (r *rights) refuse(token, op string, fetched time.Time, blamed bool) (drop bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	hash := tokenHash(token)
	if hash == r.dropped || r.token != 0 && hash != r.token && fetched.Before(r.since) {
		return true // of an attempt that was under way when its token was replaced
	}
	r.use(hash)
	if fetched.IsZero() && r.renewed {
		fetched = r.since
	}
	age := time.Since(fetched) // for ages where it is not known
	switch {
	case r.accepted[op]: // it was good for this
	case r.denied[op] && (len(r.accepted) > 0 || age < deniedFor):
		return false
	case age < freshFor && (!blamed || r.renewed && len(r.accepted) == 0):
		r.denied[op] = true
		return false
	}
	r.token, r.dropped = 0, hash
	return true
}

// use begins again where the token is another one. It requires that r.mu is held.
func (r *rights) use(token uint64) {
	if r.denied == nil {
		r.denied = make(map[string]bool)
	}
	if r.token != token || r.accepted == nil {
		r.renewed = r.token == 0 && r.dropped != 0
		r.token, r.since, r.accepted = token, time.Now(), make(map[string]bool)
	}
}
