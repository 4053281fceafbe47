package auth

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/redact"
	"github.com/halopsa-go/halopsa/internal/verdict"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// Error is a token that the authorization server did not give.
type Error struct {
	Endpoint          string // host and path that were asked
	StatusCode        int
	Code, Description string
	Advice            string
	RetryAfter        time.Duration
	Page              bool  // a page of HTML or XML: of a firewall, a proxy, a web server or a login
	Err               error `json:"-"` // of the network or the context
}

func (e *Error) Error() string {
	from, wait, cause := e.Endpoint, "", ""
	if e.StatusCode > 0 {
		from += fmt.Sprintf(" responded with %d", e.StatusCode)
	}
	if e.RetryAfter > 0 {
		wait = "it asks to wait " + e.RetryAfter.String()
	}
	if e.Err != nil {
		cause = e.Err.Error()
	}
	return line.Join(": ", from, e.Code, e.Description, e.Advice, wait, cause)
}

// Unwrap returns the error of the network or the context.
func (e *Error) Unwrap() error { return e.Err }

// GoString returns the text.
func (e *Error) GoString() string { return fmt.Sprintf("&auth.Error{%q}", e.Error()) }

// secrets are what the server may echo.
func (c Credentials) secrets(more ...string) *redact.Redactor {
	return redact.New(nil, append(more, c.ClientSecret)...)
}

// refusal makes an *Error of a response without a token.
func (c Credentials) refusal(resp *http.Response, body []byte) *Error {
	said := read(body)
	hide := c.secrets(secrets(said.value)...)
	e := &Error{Endpoint: c.endpoint(), StatusCode: resp.StatusCode, RetryAfter: after(resp)}
	e.Code = shown(hide, said.code)
	e.Page = !said.decoded && IsPage(resp.Header, body)
	description := said.words
	if description == "" && said.code == "" {
		description = describe(resp, body, said, e.Page, hide)
	}
	e.Description = shown(hide, description)
	e.Advice = shown(hide, c.advice(e, said, len(bytes.TrimSpace(body)) == 0))
	return e
}

// IsPage reports whether a body that is not JSON is a page.
func IsPage(header http.Header, body []byte) bool {
	body = plain(body)
	return len(body) > 0 && wire.HTML(header.Get("Content-Type"), body)
}

// describe says what a response is that has no word of OAuth2.
//
// What a success says is not repeated, apart from the title of a page: a token could be in it.
func describe(resp *http.Response, body []byte, said reply, page bool, hide *redact.Redactor) string {
	const longest = 16 << 10
	body = plain(body)
	success := succeeded(resp.StatusCode)
	switch {
	case redirects(resp.StatusCode):
		if to, err := resp.Location(); err == nil {
			return "a redirect to " + to.Host + ", which is not followed so that the secret stays here"
		}
		return "a redirect, which is not followed"
	case len(body) == 0:
		return "an empty response"
	case len(said.tokens) > 1:
		return "more than one token"
	case success && page:
		end := bytes.Index(bytes.ToLower(body), []byte("</title>"))
		body = append(bytes.Clone(body[:max(end, 0)]), "</title>"...)
	case success && said.decoded:
		return "JSON without a token"
	case success:
		if encoding := resp.Header.Get("Content-Encoding"); encoding != "" {
			return "no token, but text in the encoding " + strconv.Quote(encoding)
		}
		return "text instead of a token"
	}
	body = []byte(hide.String(string(body[:min(len(body), longest)])))
	text := wire.ErrorMessage(resp.Header.Get("Content-Type"), body)
	if !page {
		return cmp.Or(text, "no token, and not a word of why")
	}
	kind := "an HTML page"
	if bytes.HasPrefix(body, []byte("<?xml")) && !bytes.Contains(bytes.ToLower(body), []byte("<html")) {
		kind = "XML"
	}
	if text == "" {
		return kind + " instead of a token"
	}
	return kind + " instead of a token, " + strconv.Quote(text)
}

// advice says what to do where the cause is known.
func (c Credentials) advice(e *Error, said reply, empty bool) string {
	const checkURL = "check the authorization URL"
	switch {
	case transient(e.StatusCode) || Troubled(e.Code):
		return ""
	case e.Page:
		return "this is not the authorization server itself; " + checkURL + ", and what stands between"
	}
	switch strings.ToLower(e.Code) {
	case "invalid_client":
		return "check the client id, the client secret and the tenant" + c.tenantNote()
	case "unauthorized_client", "unsupported_grant_type":
		return "check the client id, and that the API application may use client credentials"
	case "invalid_scope":
		return "the scopes asked for are " + strconv.Quote(strings.Join(c.Scopes, " "))
	}
	switch {
	case strings.EqualFold(e.Code, "invalid_request") || strings.Contains(strings.ToLower(e.Code+" "+e.Description), "tenant"):
		return "check the tenant" + c.tenantNote()
	case e.StatusCode == http.StatusUnauthorized && (said.oauth || empty):
		return "check the client id, the client secret and the tenant" + c.tenantNote()
	case e.StatusCode == http.StatusNotFound:
		return "there is no token endpoint here; " + checkURL
	case e.StatusCode == http.StatusMethodNotAllowed || redirects(e.StatusCode) || succeeded(e.StatusCode) && !said.refused:
		return checkURL
	}
	return ""
}

// tenantNote says whether a tenant was named: hosted instances need one [seen]. No query is shown.
func (c Credentials) tenantNote() string {
	if c.hasTenant() {
		return ""
	}
	return "; none was named, and hosted instances need one"
}

func redirects(status int) bool { return status >= 300 && status < 400 }

// Troubled reports whether an OAuth2 error is about the server's own state.
func Troubled(code string) bool {
	return strings.EqualFold(code, "server_error") || strings.EqualFold(code, "temporarily_unavailable")
}

// transient reports whether a status may be another one at the next try.
func transient(status int) bool {
	return status == http.StatusTooManyRequests || verdict.Verdict{Status: status}.Transient()
}

// Retryable reports whether a failed fetch may be tried again, and after how long at the least.
func Retryable(err error) (time.Duration, bool) {
	var e *Error
	if !errors.As(err, &e) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return 0, false
	}
	if e.StatusCode == 0 {
		return 0, e.Err != nil
	}
	return e.RetryAfter, transient(e.StatusCode) || Troubled(e.Code)
}

// hidden returns err, without the secrets if its text has any.
func hidden(hide *redact.Redactor, err error) error {
	if text := shown(hide, err.Error()); text != err.Error() {
		return redact.Hide(err, text)
	}
	return err
}

// shown returns a text of the server in one line, of a sensible length and without the secrets.
func shown(hide *redact.Redactor, text string) string {
	const longest, longestRaw = 500, 16 << 10
	text = hide.String(text[:min(len(text), longestRaw)])
	text = line.Fold(strings.ToValidUTF8(text, "\ufffd"))
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return text
}
