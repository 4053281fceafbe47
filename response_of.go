package halopsa

import (
	"context"
	"net/http"
	"net/url"

	"github.com/halopsa-go/halopsa/internal/retry"
)

// ResponseOf reads path, such as "Agent/me", with exactly the parameters of query, and returns the unprocessed response, with its body in memory.
//
// It is for responses without records, or whose form the other generic functions cannot read. Authentication, retries, limits and errors are the
// same as theirs, but a redirect is not followed, and the body of a success is not inspected: it can hold an error, or be a page of a proxy. The
// body is decompressed and in UTF-8. The Request of the response is nil.
func ResponseOf(ctx context.Context, client *Client, path string, query url.Values, opts ...RequestOption) (*http.Response, error) {
	at := endpointAt(path)
	r, err := client.prepare(at.op("Response"), at.name, opts)
	if err != nil {
		return nil, err
	}
	r.method, r.query, r.kind = http.MethodGet, query, retry.Read
	var resp *http.Response
	conf := *r.conf
	if conf.into == nil {
		conf.into = &resp
	}
	r.conf = &conf
	if ctx != nil {
		ctx = context.WithValue(ctx, unredirected{}, true)
	}
	a, err := client.do(ctx, r)
	if err != nil {
		return nil, err
	}
	defer a.release()
	return *conf.into, nil
}
