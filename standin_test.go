package halopsa_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// standinURL is the base URL of the stand-in without a network. Its host is a loopback name, so plain HTTP is allowed.
const standinURL = "http://standin.localhost"

// newStandin returns a client of a new stand-in, and the stand-in. Nothing passes over a network, so it works in a synctest bubble.
func newStandin(t testing.TB, server []halopsatest.Option, opts ...halopsa.ClientOption) (*halopsa.Client, *halopsatest.Handler) {
	t.Helper()
	h := halopsatest.NewHandler(server...)
	all := append([]halopsa.ClientOption{
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}),
	}, opts...)
	client, err := halopsa.NewClient(standinURL, all...)
	require.NoError(t, err)
	return client, h
}

// staticToken is for tests that are not about tokens.
var staticToken = halopsa.FromOAuth2(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "canary-token"}))

// formOf reads a form.
func formOf(t testing.TB, body []byte) url.Values {
	t.Helper()
	form, err := url.ParseQuery(string(body))
	require.NoError(t, err)
	return form
}

// readAll reads a body to its end.
func readAll(t testing.TB, body io.Reader) string {
	t.Helper()
	data, err := io.ReadAll(body)
	require.NoError(t, err)
	return string(data)
}

// jsonArray reads the array that a write sends.
func jsonArray(t testing.TB, body []byte) []map[string]any {
	t.Helper()
	var array []map[string]any
	require.NoError(t, json.Unmarshal(body, &array))
	return array
}

// isError is errors.Is, for the tables in which it is wanted of some errors and not of others.
func isError(err, target error) bool { return errors.Is(err, target) }

// echoPath answers 404 with the path as it was sent.
func echoPath(req *http.Request) (*http.Response, error) {
	return respond(http.StatusNotFound, "text/plain", req.URL.EscapedPath()), nil
}
