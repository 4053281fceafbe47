package halopsatest

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Token is the name of the token endpoint in [Fault.Resource] and [Request.Resource].
const Token = "token"

// token serves POST /auth/token.
func (h *Handler) token(r *http.Request, body []byte) Response {
	refuse := func(status int, code, description string) Response {
		return JSON(map[string]string{"error": code, "error_description": description}).with(status)
	}
	form, err := url.ParseQuery(string(body))
	switch {
	case r.Method != http.MethodPost:
		return Response{Status: http.StatusMethodNotAllowed}
	case err != nil || form.Get("grant_type") != "client_credentials":
		return refuse(http.StatusBadRequest, "unsupported_grant_type", "The specified grant type is not supported.")
	case h.conf.tenant != "" && r.URL.Query().Get("tenant") != h.conf.tenant:
		return refuse(http.StatusBadRequest, "invalid_request", "The tenant is unknown.")
	case form.Get("client_id") != ClientID || form.Get("client_secret") != ClientSecret:
		return refuse(http.StatusUnauthorized, "invalid_client", "The specified client credentials are invalid.")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.issued++
	token := rand.Text()
	h.tokens[token] = time.Now().Add(h.conf.tokenLife)
	return JSON(map[string]any{
		"access_token": token, "token_type": "Bearer", "expires_in": int(h.conf.tokenLife / time.Second), "scope": form.Get("scope"),
	})
}

// TokensIssued returns how many tokens were fetched.
func (h *Handler) TokensIssued() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.issued
}

// RevokeTokens makes every token invalid that was issued so far.
func (h *Handler) RevokeTokens() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.tokens)
}

// authorize checks the bearer token. It requires that h.mu is held.
func (h *Handler) authorize(r *http.Request) (Response, bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	until, known := h.tokens[token]
	if !strings.EqualFold(scheme, "Bearer") || !known || !time.Now().Before(until) {
		a := JSON(map[string]string{"error": "invalid_token", "error_description": "The access token is not valid."}).with(http.StatusUnauthorized)
		a.Header = http.Header{"Www-Authenticate": {"Bearer"}}
		return a, false
	}
	return Response{}, true
}

// admit applies the rolling limit. It requires that h.mu is held.
func (h *Handler) admit() (Response, bool) {
	if h.conf.limit <= 0 {
		return Response{}, true
	}
	now := time.Now()
	over := 0
	for over < len(h.accepted) && now.Sub(h.accepted[over]) >= h.conf.window {
		over++
	}
	h.accepted = append(h.accepted[:0], h.accepted[over:]...)
	if len(h.accepted) < h.conf.limit {
		h.accepted = append(h.accepted, now)
		return Response{}, true
	}
	a := message(http.StatusTooManyRequests, "The request limit of this tenant is used up.")
	if h.conf.retryAfter {
		a.Header = http.Header{"Retry-After": {seconds(h.conf.window - now.Sub(h.accepted[0]))}}
	}
	return a, false
}
