package main

import (
	"encoding/json"
	"io"
)

// netHTTP is what a program does without any SDK, and what the others are compared with.
func netHTTP() peer {
	return netHTTPWith(peer{name: rawName, does: "http.Client.Do and json.NewDecoder(resp.Body).Decode"},
		func(from io.Reader, into any) error { return json.NewDecoder(from).Decode(into) })
}
