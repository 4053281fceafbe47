package wire

import (
	"maps"
	"net/http"
)

// Value returns the first value of a header. Unlike http.Header.Get, which takes a name in any case, it takes one as net/http spells it.
func Value(h http.Header, name string) string {
	if values := h[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// Without returns the header without a name. It leaves the one it is given alone: a transport that is not net/http's can give the same header to
// many responses, as httpmock does [seen].
func Without(h http.Header, name string) http.Header {
	if _, ok := h[name]; !ok {
		return h
	}
	h = maps.Clone(h)
	delete(h, name)
	return h
}

// DropBadLocation removes a Location that cannot be read from a response: http.Client would return an error for it, which hides the status and shows
// the text.
func DropBadLocation(resp *http.Response) {
	if _, err := resp.Location(); err != nil {
		resp.Header = Without(resp.Header, "Location")
	}
}
