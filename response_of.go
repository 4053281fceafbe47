package halopsa

import (
	"context"
	"net/http"
	"net/url"

	"github.com/halopsa-go/halopsa/internal/retry"
)

// ResponseOf reads path, such as "Agent/me", with exactly the parameters of query, and returns the response as it came, with its body in memory.
//
// It is for what holds no records, or not in a form that the other generic functions read. Authentication, retries, limits and errors are theirs,
// but a redirect is not followed, and a success is not looked into: its body can hold an error, or be a page of somebody else. The body is
// decompressed and in UTF-8. The Request of the response is nil.
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
