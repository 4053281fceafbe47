package halopsatest

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Request is one that the stand-in received.
type Request struct {
	// Method, Path, Query, Header and Body are as sent.
	Method, Path string
	Query        url.Values
	Header       http.Header
	Body         []byte
	// Resource is the first part of the path below /api as the API spells it, or [Token].
	Resource string
	// Status is the status of the response; 0 if the response broke off or has not been sent yet.
	Status int
	// Fault is the one that was served, or nil.
	Fault *Fault
}

// mostRequests is how many requests are kept; older ones are forgotten.
const mostRequests = 50_000

// record keeps a request and returns its number, and what it keeps.
func (h *Handler) record(r *http.Request, resource string, body []byte) (int, Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.requests) == mostRequests {
		h.requests = slices.Delete(h.requests, 0, mostRequests/10)
	}
	request := Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone(), Body: body, Resource: resource,
	}
	h.requests = append(h.requests, request)
	h.served++
	return h.served, request
}

// nth returns the request with this number, or nil when it is forgotten. It requires that h.mu is held.
func (h *Handler) nth(number int) *Request {
	at := len(h.requests) - (h.served - number) - 1
	if at < 0 || at >= len(h.requests) {
		return nil
	}
	return &h.requests[at]
}

func (h *Handler) finish(number, status int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.nth(number); r != nil {
		r.Status = status
	}
}

func (h *Handler) failed(number int, fault *Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r := h.nth(number); r != nil {
		r.Fault, r.Status = fault, fault.status()
	}
}

// Requests returns the requests received so far, oldest first: those to the token endpoint too, and at most the last 50,000.
func (h *Handler) Requests() []Request {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.requests)
}

// Count returns how many requests with this method and resource were received; an empty one stands for any, the token endpoint apart.
func (h *Handler) Count(method, resource string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := 0
	for _, r := range h.requests {
		if (method == "" || r.Method == method) && (strings.EqualFold(resource, r.Resource) || resource == "" && r.Resource != Token) {
			n++
		}
	}
	return n
}

// Forget drops the recorded requests.
func (h *Handler) Forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests = nil
}

// sleep waits unless ctx ends first.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// seconds writes a duration as Retry-After does, rounded up.
func seconds(d time.Duration) string { return strconv.Itoa(int((d + time.Second - 1) / time.Second)) }
