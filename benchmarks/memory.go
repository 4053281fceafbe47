package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
)

// memory is a transport without a network: every call gets the same bytes, so that a client's own work is all there is.
type memory struct{ body []byte }

var memoryHeader = http.Header{"Content-Type": {"application/json"}}

// memoryClient returns an http.Client whose calls all get body.
func memoryClient(body []byte) *http.Client { return &http.Client{Transport: memory{body}} }

// memoryBase is a base URL for it. Nothing listens there.
const memoryBase = "http://127.0.0.1:1"

func (m memory) RoundTrip(req *http.Request) (*http.Response, error) {
	body := m.body
	if strings.HasSuffix(req.URL.Path, "/token") {
		body = []byte(tokenAnswer)
	}
	return &http.Response{
		Status: "200 OK", StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: memoryHeader, Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body)), Request: req,
	}, nil
}
