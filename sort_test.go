package halopsa_test

import (
	"net/http"
	"testing"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
)

// TestOnlyFieldsToSortByAreShown: an error may name them, and no other value of the query, however its parameter begins.
func TestOnlyFieldsToSortByAreShown(t *testing.T) {
	t.Parallel()
	transport := httpmock.NewMockTransport()
	transport.RegisterNoResponder(httpmock.NewStringResponder(http.StatusBadRequest, `{"message":"customername and hush-4711 are unknown"}`))
	client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithHTTPClient(&http.Client{Transport: transport}),
		halopsa.WithTokenSource(halopsa.FromOAuth2(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "a-token"}))))
	require.NoError(t, err)
	_, err = halopsa.ListOf[map[string]any](t.Context(), client, "Orders",
		halopsa.WithQuery("order2", "customername"), halopsa.WithQuery("order_number", "hush-4711"))
	require.ErrorContains(t, err, "customername")
	assert.NotContains(t, err.Error(), "hush-4711")
}
