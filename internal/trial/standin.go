package trial

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// StandinURL is the base URL of the stand-in without a network. Its host is a loopback name, so plain HTTP is allowed.
const StandinURL = "http://standin.localhost"

// NewStandin returns a client of a new stand-in, and the stand-in. Nothing passes over a network, so it works in a synctest bubble.
func NewStandin(t testing.TB, server []halopsatest.Option, opts ...halopsa.ClientOption) (*halopsa.Client, *halopsatest.Handler) {
	t.Helper()
	h := halopsatest.NewHandler(server...)
	all := append([]halopsa.ClientOption{
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}),
	}, opts...)
	client, err := halopsa.NewClient(StandinURL, all...)
	require.NoError(t, err)
	return client, h
}
