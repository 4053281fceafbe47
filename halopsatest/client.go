package halopsatest

import (
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

// NewClient starts a server with the default options and returns a client of it. Both end with the test. opts are those of the client; for a server with
// other options use [NewServer] and [Server.Client]. [Handler.SetHabits] changes the habits of either.
func NewClient(t testing.TB, opts ...halopsa.ClientOption) (*halopsa.Client, *Server) {
	t.Helper()
	server := NewServer()
	t.Cleanup(server.Close)
	return server.Client(t, opts...), server
}

// Client returns a client of the server with the credentials that it accepts; opts come after those. The caller closes the server.
func (s *Server) Client(t testing.TB, opts ...halopsa.ClientOption) *halopsa.Client {
	t.Helper()
	return s.client(t, s.URL(), nil, opts)
}

// Client returns a client of the stand-in without a network, which works in a testing/synctest bubble.
func (h *Handler) Client(t testing.TB, opts ...halopsa.ClientOption) *halopsa.Client {
	t.Helper()
	own := halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()})
	return h.client(t, "http://standin.localhost", []halopsa.ClientOption{own}, opts)
}

func (h *Handler) client(t testing.TB, url string, own, opts []halopsa.ClientOption) *halopsa.Client {
	t.Helper()
	own = append(own, halopsa.WithClientCredentials(ClientID, ClientSecret))
	if h.conf.tenant != "" {
		own = append(own, halopsa.WithTenant(h.conf.tenant))
	}
	client, err := halopsa.NewClient(url, append(own, opts...)...)
	if err != nil {
		t.Fatalf("halopsatest: %s", err)
	}
	return client
}
