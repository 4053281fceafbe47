package halopsa

import "net/http"

// httpClient returns a copy of given, or a new client, which follows redirects only where nothing can go wrong by it.
func httpClient(given *http.Client) *http.Client {
	own := http.Client{}
	if given != nil {
		own = *given
	}
	if own.Transport == nil {
		own.Transport = newTransport()
	}
	own.CheckRedirect = sameHostOnly
	return &own
}

// newTransport is http.DefaultTransport with enough idle connections for parallel calls.
func newTransport() http.RoundTripper {
	shared, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	own := shared.Clone()
	own.MaxIdleConnsPerHost = 64
	return own
}

// unredirected marks the context of a call that follows no redirect.
type unredirected struct{}

// sameHostOnly lets a GET follow a redirect within its host. A redirected POST would turn into a GET and write nothing.
func sameHostOnly(req *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Context().Value(unredirected{}) != nil || req.Method != http.MethodGet || first.Method != http.MethodGet || len(via) >= 5 ||
		req.URL.Host != first.URL.Host || first.URL.Scheme == "https" && req.URL.Scheme != "https" {
		return http.ErrUseLastResponse
	}
	return nil
}
