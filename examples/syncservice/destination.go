package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// destination is where exports are delivered to, over HTTP. Its contract:
//
//   - POST with the header Idempotency-Key takes a delivery; any 2xx says that the destination has it. A second one with the same key must
//     have no effect, and 409 or 425 says that the first is under way.
//   - GET of /KEY below says whether it has it: 200; 409 or 425 while it is under way; or 404. With anything else the delivery is sent again, and the
//     key must do.
type destination struct {
	url    string
	token  halopsa.Secret
	client *http.Client
}

// deliveryTimeout bounds one request to the destination.
const deliveryTimeout = 10 * time.Second

func newDestination(to string, token halopsa.Secret) *destination {
	return &destination{url: to, token: token, client: &http.Client{
		Timeout:       deliveryTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a redirected POST turns into a GET
	}}
}

// reply is what the destination responded; one that is no success is an error.
type reply struct {
	status     int
	retryAfter time.Duration
}

func (r *reply) Error() string {
	return fmt.Sprintf("the destination responded %d %s", r.status, http.StatusText(r.status))
}

// final reports whether the destination has refused an attempt for good, so that it is over: a gateway's response says nothing of what is behind it, and
// some give 503 for a connection that broke when the request had arrived.
func (r *reply) final() bool {
	switch r.status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly:
		return false
	}
	return r.status/100 == 3 || r.status/100 == 4 || r.status == http.StatusNotImplemented
}

// send delivers an export, as JSON, under key.
func (d *destination) send(ctx context.Context, key string, body []byte) error {
	answer, err := d.exchange(ctx, http.MethodPost, d.url, body, http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {key}})
	if err == nil && answer.status/100 != 2 {
		return answer
	}
	return err
}

// presence is what the destination says of a delivery.
type presence int

const (
	absent   presence = iota // it does not have it, or does not say
	underWay                 // an attempt is not over
	present
)

// ask asks for what was delivered under key.
func (d *destination) ask(ctx context.Context, key string) (presence, error) {
	answer, err := d.exchange(ctx, http.MethodGet, d.url+"/"+url.PathEscape(key), nil, http.Header{})
	if err != nil {
		return absent, err
	}
	switch answer.status {
	case http.StatusOK:
		return present, nil
	case http.StatusConflict, http.StatusTooEarly:
		return underWay, nil
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return absent, nil
	}
	return absent, answer
}

func (d *destination) exchange(ctx context.Context, method, to string, body []byte, header http.Header) (*reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.GetBody = nil // else net/http itself sends a request with an Idempotency-Key again when a connection breaks
	req.Header = header
	req.Header.Set("User-Agent", product)
	if d.token != "" {
		req.Header.Set("Authorization", "Bearer "+d.token.Reveal())
	}
	resp, err := d.client.Do(req)
	if err != nil {
		var withURL *url.Error
		if errors.As(err, &withURL) { // the reason alone: it becomes the export's error in HaloPSA
			err = withURL.Err
		}
		return nil, fmt.Errorf("the destination does not respond: %s", d.redacted(err.Error()))
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be used again; the status has come
	answer := &reply{status: resp.StatusCode}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		answer.retryAfter = min(time.Duration(seconds)*time.Second, time.Hour)
	}
	return answer, nil
}

// redacted is a text without the token: net/http quotes what it cannot read, which can be an echo.
func (d *destination) redacted(text string) string {
	if d.token == "" {
		return text
	}
	quoted := strconv.Quote(d.token.Reveal())
	return strings.NewReplacer(d.token.Reveal(), "[redacted]", quoted[1:len(quoted)-1], "[redacted]").Replace(text)
}
