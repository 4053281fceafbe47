package attempt

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// body is the text of a response, in memory that is shared in turn by all calls.
//
// The exchange that took it from the pool owns it, from its first response to its Release: attempts write over each other's texts. Whoever
// holds the exchange may read it until then, and copies what is to outlive the call.
type body struct {
	bytes.Buffer
	limited io.LimitedReader // what it is read from
}

var bodies = sync.Pool{New: func() any { return new(body) }}

const (
	// largestPooled keeps one enormous response from staying in memory for good.
	largestPooled = 4 << 20
	// longestRefusal is how much of a refusal is read: its status says more than its size does, and only its beginning is of use.
	longestRefusal = 128 << 10
)

// Text returns the body of the last response, in UTF-8 and without compression unless Unreadable says why not. It is valid until Release, and
// is not to be changed.
func (x *Exchange) Text() []byte {
	if x.body == nil {
		return nil
	}
	return x.body.Bytes()
}

// Release gives the memory of Text back. It may be called twice.
func (x *Exchange) Release() {
	if x.body != nil && x.body.Cap() <= largestPooled {
		x.body.Reset()
		bodies.Put(x.body)
	}
	x.body = nil
}

// read reads the body of resp, up to the cap.
func (x *Exchange) read(resp *http.Response, longest int64) error {
	if x.body == nil {
		x.body = bodies.Get().(*body) //nolint:errcheck,forcetypeassert // the pool holds nothing else
	}
	x.body.Reset()
	failed := resp.StatusCode >= http.StatusMultipleChoices
	if failed {
		longest = longestRefusal
	}
	if resp.ContentLength > longest && !failed {
		return &SizeError{longest}
	}
	if resp.ContentLength > 0 {
		// bytes.MinRead more, or ReadFrom grows the buffer again to find the end.
		x.body.Grow(int(min(resp.ContentLength, largestPooled)) + bytes.MinRead)
	}
	x.body.limited = io.LimitedReader{R: resp.Body, N: longest + 1}
	n, err := x.body.ReadFrom(&x.body.limited)
	x.body.limited.R = nil
	if err != nil {
		return fmt.Errorf("the response broke off after %d bytes: %w", n, err)
	}
	if n > longest {
		return &SizeError{longest}
	}
	return nil
}

// decode makes UTF-8 without compression of what was read, of what net/http has left to be decoded.
func (x *Exchange) decode(resp *http.Response, longest int64) {
	text := x.Text()
	var plain []byte
	var err error
	if encoding := wire.Value(resp.Header, "Content-Encoding"); x.Binary && resp.StatusCode < http.StatusMultipleChoices {
		plain, err = wire.Decompressed(encoding, text, longest)
	} else {
		plain, err = wire.Plain(wire.Value(resp.Header, "Content-Type"), encoding, text, longest)
	}
	x.Unreadable = err
	if err != nil || len(plain) == len(text) && (len(text) == 0 || &plain[0] == &text[0]) {
		return
	}
	plain = bytes.Clone(plain) // it can be a part of what is overwritten
	x.body.Reset()
	x.body.Write(plain)
	resp.Header = wire.Without(resp.Header, "Content-Encoding")
}
