package auth

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
)

// largestAnswer is more than any token's.
const largestAnswer = 1 << 20

// tokenTransport reads the whole answer, so that one that breaks off is a failure of the network and not an odd token, and keeps its status,
// which oauth2 does not tell of an answer that it cannot read.
type tokenTransport struct {
	next   http.RoundTripper
	status int
}

func (t *tokenTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	t.status = resp.StatusCode
	body, err := io.ReadAll(io.LimitReader(resp.Body, largestAnswer))
	_ = resp.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("the answer broke off after %d bytes: %w", len(body), err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}
