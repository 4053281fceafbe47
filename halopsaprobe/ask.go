package halopsaprobe

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// response is what came of one request.
type response struct {
	query   url.Values
	status  int
	failure string // why no response came, or none that can be read, in a word
	took    time.Duration
	charset string
	size    int
	body
}

// usable reports whether the response is a success that could be read.
func (r *response) usable() bool {
	return r != nil && r.status >= 200 && r.status < 300 && r.failure == "" && r.shape != Page && r.shape != Other
}

// tooLarge reports whether the server, or what is in front of it, could not give as many rows.
func (r *response) tooLarge() bool {
	return r != nil && (r.status == http.StatusGatewayTimeout || r.status == http.StatusBadGateway || r.failure == "too large" || r.failure == "timeout")
}

// left is how many requests may still be sent.
func (p *probe) left() int { return Most - reserve - p.report.Requests - p.refused }

// ask sends one request, and again where it failed for a passing reason. It returns nil where no requests are left, and an error where none
// can be sent.
func (p *probe) ask(ctx context.Context, path, question string, query url.Values) (*response, error) {
	for again := true; ; again = false {
		if p.left() <= 0 {
			p.spent = true
			return nil, nil //nolint:nilnil // no request and no error
		}
		if p.progress != nil {
			resource, _, _ := strings.Cut(path, "/")
			p.progress(Progress{Resource: resource, Question: question, Sent: p.report.Requests, Most: Most})
		}
		r, err := p.send(ctx, path, query)
		if err != nil || !again || !r.passing() {
			return r, err
		}
	}
}

// passing reports whether the same request may well fare better.
func (r *response) passing() bool {
	return r.status == http.StatusTooManyRequests || r.status == http.StatusServiceUnavailable || r.failure == "network"
}

// send sends one request.
func (p *probe) send(ctx context.Context, path string, query url.Values) (*response, error) {
	p.report.Requests++
	r := &response{query: query}
	var into *http.Response
	began := time.Now()
	_, err := halopsa.ResponseOf(ctx, p.client, path, query, halopsa.WithoutRetry(), halopsa.WithResponseInto(&into)) //nolint:bodyclose // in memory
	r.took = time.Since(began)
	if err != nil && ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if into == nil {
		return r, r.failed(err)
	}
	defer func() { _ = into.Body.Close() }()
	if r.status = into.StatusCode; r.status == http.StatusUnauthorized {
		p.refused++
	}
	data, err := io.ReadAll(into.Body)
	if err != nil {
		r.failure = "unreadable"
		return r, nil //nolint:nilerr // that is what is reported
	}
	r.size = len(data)
	media, params, err := mime.ParseMediaType(into.Header.Get("Content-Type"))
	if charset := strings.ToLower(params["charset"]); err == nil && charset != "utf-8" && knownCharsets[charset] {
		r.charset = charset
	}
	r.body = bodyOf(data, path, strings.Contains(media, "html"))
	return r, nil
}

// knownCharsets are those whose names may be shown: a header can hold anything.
var knownCharsets = map[string]bool{"iso-8859-1": true, "windows-1252": true, "utf-16": true, "utf-16le": true, "utf-16be": true, "us-ascii": true}

// failed says in a word why no response came, or returns the error of a client that no request can be sent with.
func (r *response) failed(err error) error {
	var credentials *halopsa.AuthError
	var argument *halopsa.ArgumentError
	var wait *halopsa.WaitError
	var slow interface{ Timeout() bool }
	switch {
	case errors.As(err, &credentials), errors.As(err, &argument), errors.As(err, &wait):
		return err
	case errors.As(err, &slow) && slow.Timeout():
		r.failure = "timeout"
	case err != nil && strings.Contains(err.Error(), "WithMaxResponseSize"):
		r.failure = "too large"
	default:
		r.failure = "network"
	}
	return nil
}

// noted is the request as the report has it.
func (r *response) noted() Request {
	return Request{
		Query: r.query.Encode(), Status: r.status, Failure: r.failure, Rows: len(r.rows), RecordCount: r.recordCount, PageNo: r.pageNo,
		PageSize: r.pageSize, Bytes: r.size, Milliseconds: r.took.Milliseconds(),
	}
}
