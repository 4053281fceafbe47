package halopsa_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa"
)

// vault is where credentials come from, and the server that knows the right ones.
type vault struct {
	mu             sync.Mutex
	gives, right   string // secrets
	fails          error
	asked, fetched int
	token          int // number of the token that is accepted
	status         int // of the token endpoint, instead of a token
}

func (v *vault) credentials(context.Context) (id, secret string, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked++
	if v.fails != nil {
		return "", "", v.fails
	}
	return "application\n", " " + v.gives, nil
}

// rotate makes another secret the right one; tokens of before are refused.
func (v *vault) rotate(secret string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.right = secret
	v.token++
}

func (v *vault) RoundTrip(req *http.Request) (*http.Response, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if !strings.HasSuffix(req.URL.Path, "/token") {
		if req.Header.Get("Authorization") != fmt.Sprintf("Bearer token-%d", v.token) {
			return respond(http.StatusUnauthorized, "application/json", `{"message":"the token of `+v.right+` is old"}`), nil
		}
		return respond(http.StatusOK, "application/json", "[]"), nil
	}
	v.fetched++
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, err
	}
	switch secret := form.Get("client_secret"); {
	case v.status != 0:
		return respond(v.status, "text/plain", ""), nil
	case secret != v.right || form.Get("client_id") != "application":
		return respond(http.StatusUnauthorized, "application/json", `{"error":"invalid_client","error_description":"wrong: `+secret+`"}`), nil
	}
	return respond(http.StatusOK, "application/json", fmt.Sprintf(`{"access_token":"token-%d","expires_in":3600}`, v.token)), nil
}

// client is one whose credentials come from the vault; read makes a call.
func (v *vault) client(t *testing.T) (read func() error) {
	t.Helper()
	client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithClientCredentials("unused", "unused"),
		halopsa.WithCredentialsFunc(v.credentials), halopsa.WithHTTPClient(&http.Client{Transport: v}), halopsa.WithBackoff(0, 0))
	require.NoError(t, err)
	return func() error {
		_, err := client.IntegrationLookUp.List(t.Context())
		return err
	}
}

// TestCredentialsAreRotated: the function is asked once for as long as its credentials are good, and again when they are refused.
func TestCredentialsAreRotated(t *testing.T) {
	t.Parallel()
	v := &vault{gives: "first-secret", right: "first-secret"}
	read := v.client(t)
	for range 3 {
		require.NoError(t, read())
	}
	assert.Equal(t, []int{1, 1}, []int{v.asked, v.fetched})
	v.rotate("first-secret") // the token only
	require.NoError(t, read())
	assert.Equal(t, []int{1, 2}, []int{v.asked, v.fetched}, "the credentials that are held are good")

	v.gives = "second-secret"
	v.rotate("second-secret")
	require.NoError(t, read())
	assert.Equal(t, []int{2, 4}, []int{v.asked, v.fetched}, "the old ones are refused, the new ones taken")

	v.status = http.StatusServiceUnavailable
	v.rotate("second-secret")
	require.ErrorIs(t, read(), halopsa.ErrServer)
	assert.Equal(t, 2, v.asked, "a server in trouble refuses nothing")
	v.status = 0
	require.NoError(t, read())
	assert.Equal(t, 2, v.asked)
}

// TestCredentialsThatStayRefused: each call asks once and sends once what may have become right; nothing that was refused is shown.
func TestCredentialsThatStayRefused(t *testing.T) {
	t.Parallel()
	v := &vault{gives: "first-secret", right: "first-secret"}
	read := v.client(t)
	require.NoError(t, read())
	v.rotate("third-secret")
	err := read()
	require.ErrorIs(t, err, halopsa.ErrUnauthorized)
	assert.Equal(t, []int{2, 2}, []int{v.asked, v.fetched}, "the same ones are not sent twice")
	assert.NotContains(t, err.Error(), "first-secret")
	v.gives = "second-secret"
	err = read()
	require.ErrorIs(t, err, halopsa.ErrUnauthorized)
	assert.Equal(t, []int{3, 3}, []int{v.asked, v.fetched})
	for _, secret := range []string{"first-secret", "second-secret"} {
		assert.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), secret)
	}
	v.rotate("second-secret")
	require.NoError(t, read())

	v.fails = errors.New("the vault of second-secret\nis locked")
	v.rotate("fourth-secret")
	err = read()
	require.ErrorIs(t, err, v.fails)
	var refused *halopsa.AuthError
	require.ErrorAs(t, err, &refused)
	assert.NotContains(t, err.Error(), "second-secret")
	assert.Contains(t, err.Error(), "the credentials could not be obtained: the vault of [redacted] is locked")
	v.fails, v.gives = nil, "fourth-secret"
	require.NoError(t, read())
	v.gives = " "
	v.rotate("fifth-secret")
	require.ErrorContains(t, read(), "empty client id or client secret")
}

// TestCredentialsOfManyCalls: they wait for one exchange.
func TestCredentialsOfManyCalls(t *testing.T) {
	t.Parallel()
	v := &vault{gives: "first-secret", right: "first-secret"}
	read := v.client(t)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() { assert.NoError(t, read()) })
	}
	all.Wait()
	assert.Equal(t, []int{1, 1}, []int{v.asked, v.fetched})
}

func TestCredentialsFuncThatPanics(t *testing.T) {
	t.Parallel()
	client, err := halopsa.NewClient("https://acme.halopsa.com",
		halopsa.WithCredentialsFunc(func(context.Context) (id, secret string, err error) { panic("boom") }))
	require.NoError(t, err)
	_, err = client.IntegrationLookUp.List(t.Context())
	var refused *halopsa.AuthError
	require.ErrorAs(t, err, &refused)

	_, err = halopsa.NewClient("https://acme.halopsa.com", halopsa.WithCredentialsFunc(nil))
	require.ErrorIs(t, err, halopsa.ErrInvalid)
	require.ErrorContains(t, err, "WithCredentialsFunc")
}

// TestCredentialsFuncThatHangs: no call waits for it forever, whatever its own context says, and it is called by one goroutine all the same.
func TestCredentialsFuncThatHangs(t *testing.T) {
	t.Parallel()
	hangs := func(t *testing.T, release chan struct{}, asked *atomic.Int64) map[string]halopsa.ClientOption {
		t.Helper()
		ask := func() {
			if asked.Add(1) == 1 {
				<-release
			}
		}
		return map[string]halopsa.ClientOption{
			"credentials": halopsa.WithCredentialsFunc(func(context.Context) (id, secret string, err error) {
				ask()
				return "application", "first-secret", nil
			}),
			"tokens": halopsa.WithTokenSource(halopsa.FromOAuth2(sourceFunc(func() (*oauth2.Token, error) {
				ask()
				return &oauth2.Token{AccessToken: "token-0"}, nil
			}))),
		}
	}
	for _, name := range []string{"credentials", "tokens"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				v := &vault{right: "first-secret"}
				release := make(chan struct{})
				var asked atomic.Int64
				client, err := halopsa.NewClient("https://acme.halopsa.com", halopsa.WithHTTPClient(&http.Client{Transport: v}), hangs(t, release, &asked)[name])
				require.NoError(t, err)
				for range 3 {
					begin := time.Now()
					_, err = client.IntegrationLookUp.List(t.Context())
					var refused *halopsa.AuthError
					require.ErrorAs(t, err, &refused)
					assert.Contains(t, err.Error(), "the token source has not returned")
					assert.LessOrEqual(t, time.Since(begin), 10*time.Minute)
				}
				assert.EqualValues(t, 1, asked.Load())
				close(release)
				synctest.Wait()
				_, err = client.IntegrationLookUp.List(t.Context())
				require.NoError(t, err)
				assert.EqualValues(t, 2, asked.Load())
			})
		})
	}
}

// sourceFunc is a source of tokens.
type sourceFunc func() (*oauth2.Token, error)

func (f sourceFunc) Token() (*oauth2.Token, error) { return f() }
