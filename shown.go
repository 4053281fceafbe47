package halopsa

import (
	"bytes"

	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/redact"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// longestErrorBody is how much of a response an [APIError] keeps.
const longestErrorBody = 64 << 10

// shown returns the message and the beginning of a response's body as an error may show them: without secrets and without the query of any
// URL. The body is cut first, and what its end holds of a secret goes too.
func (a *answer) shown(contentType string) (message string, body []byte) {
	if a.Unreadable != nil {
		return line.Fold(a.secrets().String(a.Unreadable.Error())), nil
	}
	body = bytes.Clone(a.secrets().Text(a.ctx, a.Text(), longestErrorBody))
	return wire.ErrorMessage(contentType, body), body
}

// secrets returns the redactor of the call, which knows the token of the last attempt.
func (a *answer) secrets() *redact.Redactor {
	if a.redactor == nil || a.redacted != a.Token {
		a.redactor, a.redacted = a.client.secrets(a.req, a.Token), a.Token
	}
	return a.redactor
}

// secrets are what a server could echo: the client's secret, the token, what a write sent in secret members, the caller's own headers and
// the values of the query. The names of fields to sort by are not secret: an error that names one is of use.
func (c *Client) secrets(r *request, token string) *redact.Redactor {
	secrets := append(c.conf.secrets(), token)
	add := func(values []string) {
		for _, value := range values {
			if len(value) >= 8 { // shorter ones are words and numbers that a message may well hold
				secrets = append(secrets, value)
			}
		}
	}
	for name, values := range r.conf.header {
		if name != "Accept" && name != "Content-Type" && name != "User-Agent" {
			add(values)
		}
	}
	for name, values := range r.query {
		if !isOrder(name) {
			add(values)
		}
	}
	return redact.New(r.body, secrets...)
}
