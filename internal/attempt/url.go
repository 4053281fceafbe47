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
		if path, query, ok := written(text[len(known.text):]); ok {
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

// written splits what is behind a host into a path and a query where that is all there is to do: the path has only characters that no URL writes in
// another way, and the query is not empty where there is one and has no fragment behind it, no control character, which url.Parse refuses, and nothing
// beyond ASCII.
func written(text string) (path, query string, ok bool) {
	if text == "" || text[0] != '/' {
		return "", "", false
	}
	at := 0
	for at < len(text) && unreserved[text[at]] {
		at++
	}
	if at == len(text) {
		return text, "", true
	}
	if text[at] != '?' || at+1 == len(text) {
		return "", "", false
	}
	path, query = text[:at], text[at+1:]
	for i := range len(query) {
		if c := query[i]; c < ' ' || c >= 0x7f || c == '#' {
			return "", "", false
		}
	}
	return path, query, true
}

// unreserved are the characters of a path that no URL writes in another way.
var unreserved = func() (table [256]bool) {
	for _, c := range "/-_.~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		table[c] = true
	}
	return table
}()
