package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/halopsa-go/halopsa"
)

// destination is where exports are delivered to, over HTTP. Its contract:
//
//   - POST with the header Idempotency-Key takes a delivery; any 2xx says that the destination has it. A second one with the same key must
//     have no effect.
//   - GET of /KEY below says whether it has it: 200, or 404. With anything else the delivery is sent again, and the key must do.
type destination struct {
	url    string
	token  halopsa.Secret
	client *http.Client
}

// deliveryTimeout bounds one request to the destination.
const deliveryTimeout = 30 * time.Second

func newDestination(to string, token halopsa.Secret) *destination {
	return &destination{url: to, token: token, client: &http.Client{
		Timeout:       deliveryTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // a redirected POST turns into a GET
	}}
}

// reply is what the destination answered; one that is no success is an error.
type reply struct {
	status     int
	retryAfter time.Duration
}

func (r *reply) Error() string {
	return fmt.Sprintf("the destination answered %d %s", r.status, http.StatusText(r.status))
}

// send delivers an export, as HaloPSA has it, under key.
func (d *destination) send(ctx context.Context, key string, export *halopsa.IntegrationExport) error {
	body, err := json.Marshal(export)
	if err != nil {
		return err
	}
	status, err := d.exchange(ctx, http.MethodPost, d.url, body, http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {key}})
	if err == nil && status.status/100 != 2 {
		return status
	}
	return err
}

// has reports whether the destination says that it has what was delivered under key. False with a nil error can also mean that it does
// not say.
func (d *destination) has(ctx context.Context, key string) (bool, error) {
	status, err := d.exchange(ctx, http.MethodGet, d.url+"/"+url.PathEscape(key), nil, http.Header{})
	switch {
	case err != nil:
		return false, err
	case status.status == http.StatusTooManyRequests || status.status >= http.StatusInternalServerError && status.status != http.StatusNotImplemented:
		return false, status
	}
	return status.status == http.StatusOK, nil
}

func (d *destination) exchange(ctx context.Context, method, to string, body []byte, header http.Header) (*reply, error) {
	req, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
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
		return nil, fmt.Errorf("the destination does not answer: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // so that the connection can be used again; the status has come
	answer := &reply{status: resp.StatusCode}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		answer.retryAfter = min(time.Duration(seconds)*time.Second, time.Hour)
	}
	return answer, nil
}
