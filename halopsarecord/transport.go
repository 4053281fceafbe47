package halopsarecord

import (
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// call is a note of an outbound call: what its recording must keep of it, since the caller may change the rest.
type call struct {
	began           time.Time
	method, host    string
	url             url.URL
	sent, came      http.Header
	status          int
	failure         string // why no response came
	request, answer *copied
	bytes           int64
}

func (c *call) size() int64 { return c.bytes }

// Transport returns a transport that sends requests through next and records them, those that fail too. A nil next is [http.DefaultTransport].
//
// A call is recorded when its response begins, or with [WithBodies] when the response's body has been read or is closed. What next returns is
// returned as it is, but for a body that is read through.
func (r *Recorder) Transport(next http.RoundTripper) http.RoundTripper {
	if next == nil {
		next = http.DefaultTransport
	}
	return &transport{r, next}
}

type transport struct {
	recorder *Recorder
	next     http.RoundTripper
}

// CloseIdleConnections passes on what [http.Client.CloseIdleConnections] wants.
func (t *transport) CloseIdleConnections() {
	if closer, ok := t.next.(interface{ CloseIdleConnections() }); ok {
		closer.CloseIdleConnections()
	}
}

// RoundTrip sends req and takes a note of it.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if own(req.Context()) || req.URL == nil {
		return t.next.RoundTrip(req)
	}
	c := &call{began: time.Now(), method: req.Method, host: req.Host, url: *req.URL, sent: req.Header.Clone()}
	most := t.recorder.conf.bodies
	out := req
	if most > 0 && req.Body != nil && req.Body != http.NoBody {
		c.request = newCopied(most, req.ContentLength)
		out = through(req, c.request)
	}
	resp, err := t.next.RoundTrip(out)
	switch {
	case err != nil:
		c.failure = failureOf(err)
	case resp != nil:
		c.status, c.came = resp.StatusCode, resp.Header.Clone()
		if most > 0 && resp.Body != nil && resp.Body != http.NoBody && resp.StatusCode != http.StatusSwitchingProtocols {
			c.answer = newCopied(most, resp.ContentLength)
			resp.Body = &reading{copying: copying{resp.Body, c.answer}, over: func() { t.recorder.note(c) }}
			return resp, nil
		}
	}
	t.recorder.note(c)
	return resp, err
}

// failureOf is the text of an error. One that panics is the caller's business elsewhere, but not here.
func failureOf(err error) (text string) {
	defer func() {
		if recover() != nil {
			text = "an error without a text"
		}
	}()
	return err.Error()
}

// note puts a call into the queue.
func (r *Recorder) note(c *call) {
	const fixed = 512 // the note itself, with the headers of strings and maps
	c.bytes = fixed + int64(len(c.method)+len(c.host)+len(c.url.Path)+len(c.url.RawQuery)+len(c.failure)+c.request.reserved()+c.answer.reserved())
	for _, header := range []http.Header{c.sent, c.came} {
		for name, values := range header {
			c.bytes += int64(len(name) + 32)
			for _, value := range values {
				c.bytes += int64(len(value) + 16)
			}
		}
	}
	take(r, &r.requests, c)
}

// copied is the beginning of a body that went by.
type copied struct {
	most int

	mu    sync.Mutex // a transport may still read a request's body after its response came
	data  []byte
	total int64
}

// newCopied makes room for a body whose length is known; -1 is one that is not.
func newCopied(most int, length int64) *copied {
	c := &copied{most: most}
	if length > 0 {
		c.data = make([]byte, 0, min(int64(most), length))
	}
	return c
}

// reserved is how much memory it takes.
func (c *copied) reserved() int {
	if c == nil {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return cap(c.data)
}

func (c *copied) add(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.total += int64(len(data))
	if room := c.most - len(c.data); room > 0 {
		c.data = append(c.data, data[:min(room, len(data))]...)
	}
}

// again begins again, for a body that is sent a second time.
func (c *copied) again() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.data, c.total = nil, 0
}

// kept returns what was copied and whether that is all of it.
func (c *copied) kept() (data []byte, whole bool) {
	if c == nil {
		return nil, true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.data, c.total == int64(len(c.data))
}

// copying is a body that is copied while it is read.
type copying struct {
	io.ReadCloser
	into *copied
}

func (c *copying) Read(into []byte) (int, error) {
	n, err := c.ReadCloser.Read(into)
	if n > 0 {
		c.into.add(into[:n])
	}
	return n, err
}

// through returns a request whose body is copied; req is not changed, as an http.RoundTripper must not.
func through(req *http.Request, into *copied) *http.Request {
	out := *req
	out.Body = &copying{req.Body, into}
	if req.GetBody != nil {
		out.GetBody = func() (io.ReadCloser, error) {
			body, err := req.GetBody()
			if err != nil || body == nil || body == http.NoBody {
				return body, err
			}
			into.again()
			return &copying{body, into}, nil
		}
	}
	return &out
}

// reading is the body of a response, which is over when it ends, fails or is closed.
type reading struct {
	copying
	once sync.Once
	over func()
}

func (r *reading) Read(into []byte) (int, error) {
	n, err := r.copying.Read(into)
	if err != nil {
		r.once.Do(r.over)
	}
	return n, err
}

func (r *reading) Close() error {
	err := r.copying.Close()
	r.once.Do(r.over)
	return err
}
