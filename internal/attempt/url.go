package attempt

import (
	"net/url"
	"strings"
)

// origin is the scheme and the host of a URL that has been parsed, which are the same for nearly every request of a client.
type origin struct {
	text string // such as https://acme.halopsa.com
	url  url.URL
}

// parse is url.Parse, which would read the same scheme and host again for each request. It reads what is behind them itself where a path is written as
// it is.
func (c *Client) parse(text string) (*url.URL, error) {
	if known := c.origin.Load(); known != nil && strings.HasPrefix(text, known.text) {
		path, query, found := strings.Cut(text[len(known.text):], "?")
		if path != "" && path[0] == '/' && plainly(path) && !strings.ContainsAny(query, "#") && found == (query != "") && printable(query) {
			u := known.url
			u.Path, u.RawQuery = path, query
			return &u, nil
		}
	}
	u, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	known := &origin{text: u.Scheme + "://" + u.Host, url: url.URL{Scheme: u.Scheme, Host: u.Host}}
	if strings.HasPrefix(text, known.text) {
		c.origin.Store(known)
	}
	return u, nil
}

// plainly reports whether a path has only characters that no URL writes in another way.
func plainly(path string) bool {
	for i := range len(path) {
		switch c := path[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z', '0' <= c && c <= '9', c == '/', c == '-', c == '_', c == '.', c == '~':
		default:
			return false
		}
	}
	return true
}

// printable reports whether a query has no control character, which url.Parse refuses, and nothing beyond ASCII.
func printable(query string) bool {
	for i := range len(query) {
		if query[i] < ' ' || query[i] >= 0x7f {
			return false
		}
	}
	return true
}
