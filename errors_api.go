package halopsa

import (
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/internal/line"
	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// APIError is returned when the response is an error: HaloPSA's own or, if Edge is true, that of a system in front of it.
type APIError struct {
	Call
	// StatusCode is the HTTP status; 200 if the error is in the body of a success.
	StatusCode int
	// Message is the error message in the body, in one line; empty if there is no message.
	Message string
	// RequestID is the server's id of the request, or empty.
	RequestID string
	// RetryAfter is how long the server asked to wait, or 0.
	RetryAfter time.Duration
	// Members are the messages of a validation error, by member; nil for other errors.
	Members []MemberError
	// Edge is true if the response came from a proxy, firewall or web server instead of HaloPSA: HTML, or a status that only those send.
	// It says nothing about what happened to the request.
	Edge bool
	// Body is the first 64 KiB of the body of the response.
	Body []byte `json:"-"`

	html     bool
	narrower string // what makes the response smaller, if anything does
	hint     string
}

// MemberError holds HaloPSA's messages about one member of an input.
type MemberError struct {
	// Input is the index of the input that the member belongs to, or -1 if the error names none. In an [APIError] it is an index within the
	// request, in a [BatchError] within all inputs.
	Input int
	// Member is the member's name, such as "value" or "trace[2].log"; empty for the input as a whole.
	Member string
	// Messages are HaloPSA's messages.
	Messages []string
}

// Error returns one line with the operation, the status, the message, and advice if there is any.
func (e *APIError) Error() string {
	status := strings.TrimSpace(strconv.Itoa(e.StatusCode) + " " + statusText(e.StatusCode))
	var notes []string
	if e.RequestID != "" {
		notes = append(notes, "request id "+e.RequestID)
	}
	return e.begin() + line.Join(": ", status, e.Message, e.advice(), e.hint) + e.end(notes...)
}

// edgeStatus are the statuses of proxies and content networks that net/http has no text for.
var edgeStatus = map[int]string{
	444: "No Response (nginx)", 460: "Client Closed Connection (load balancer)", 499: "Client Closed Request (nginx)",
	520: "Unknown Error (Cloudflare)", 521: "Web Server Is Down (Cloudflare)", 522: "Connection Timed Out (Cloudflare)",
	523: "Origin Is Unreachable (Cloudflare)", 524: "A Timeout Occurred (Cloudflare)", 525: "TLS Handshake Failed (Cloudflare)",
	526: "Invalid TLS Certificate (Cloudflare)", 530: "Origin Error (Cloudflare)",
}

func statusText(status int) string {
	if text := http.StatusText(status); text != "" {
		return text
	}
	return edgeStatus[status]
}

// advice says what an error usually means with HaloPSA, where it is about the cause.
func (e *APIError) advice() string {
	switch e.StatusCode {
	case http.StatusTooManyRequests:
		return "the tenant's request limit is used up"
	case http.StatusGatewayTimeout, 524:
		return "the gateway in front of HaloPSA gave up waiting" + e.afterwards()
	case http.StatusRequestTimeout:
		return "the gateway in front of HaloPSA gave up waiting for the request"
	case http.StatusBadGateway, 520:
		return "the gateway in front of HaloPSA got no proper response from it" + e.afterwards()
	case http.StatusServiceUnavailable:
		return "HaloPSA, or the gateway in front of it, is overloaded or being maintained" + e.afterwards()
	case 521, 522, 523, 530:
		return "the network in front of HaloPSA could not reach it"
	case http.StatusAccepted, http.StatusPartialContent, http.StatusMultiStatus, http.StatusAlreadyReported:
		return "the status means that the request was not carried out as a whole, or not yet"
	}
	switch {
	case e.html:
		return "HTML, which HaloPSA's API does not send: a proxy, a firewall, a login page or a web server; check the base URL and what stands in front of it"
	case e.Edge:
		return "the response of a proxy or gateway in front of HaloPSA, not HaloPSA's own"
	}
	switch e.StatusCode {
	case http.StatusUnauthorized:
		return "the token is not accepted here: the API application lacks the scope or the agent it logs in as lacks the right, " +
			"or the base URL and the authorization server belong to different instances"
	case http.StatusForbidden:
		return "the API application lacks the scope, or the agent it logs in as lacks the role; Client.Check tells what can be read; the scope of a token never widens when it is refreshed"
	case http.StatusNotFound:
		return "no such record, or this version of HaloPSA has no such endpoint"
	}
	return ""
}

// afterwards says what a gateway's status leaves open of a write, and what helps a read that took too long.
func (e *APIError) afterwards() string {
	switch {
	case e.Method != http.MethodGet:
		return "; the server may have continued working"
	case e.narrower != "" && (e.StatusCode == http.StatusGatewayTimeout || e.StatusCode == 524):
		return "; " + e.narrower + " makes a large list faster"
	}
	return ""
}

// Is reports whether target is the sentinel of the status, such as [ErrNotFound] for 404. If Edge is true, only [ErrUnauthorized],
// [ErrRateLimited] and [ErrServer] match: a firewall's 403 does not mean a missing scope, nor a web server's 404 a missing record.
func (e *APIError) Is(target error) bool {
	switch target { //nolint:errorlint // sentinels are compared by identity
	case ErrUnauthorized:
		return e.StatusCode == http.StatusUnauthorized
	case ErrForbidden:
		return e.StatusCode == http.StatusForbidden && !e.Edge
	case ErrNotFound:
		return e.StatusCode == http.StatusNotFound && !e.Edge
	case ErrConflict:
		return e.StatusCode == http.StatusConflict && !e.Edge
	case ErrRateLimited:
		return e.StatusCode == http.StatusTooManyRequests
	case ErrInvalid:
		return (e.StatusCode == http.StatusBadRequest || e.StatusCode == http.StatusUnprocessableEntity) && !e.Edge
	case ErrServer:
		return e.StatusCode >= http.StatusInternalServerError
	}
	return false
}

// GoString returns the error's text, so that %#v does not show the body.
func (e *APIError) GoString() string { return goString("APIError", e) }

// LogValue returns the fields worth logging, without the body.
func (e *APIError) LogValue() slog.Value {
	return e.logValue(
		slog.Int("status", e.StatusCode), slog.String("message", e.Message), slog.String("request_id", e.RequestID),
		slog.Duration("retry_after", e.RetryAfter), slog.Bool("edge", e.Edge),
		slog.String("advice", line.Join("; ", e.advice(), e.hint)),
	)
}

// refused makes the error of a response whose status is that of no success.
func (a *answer) refused() error {
	e := a.apiError()
	e.RetryAfter, e.Edge, e.html, e.narrower = a.Result.RetryAfter, a.Result.Edge, a.Result.HTML, a.req.narrower()
	for _, m := range wire.Members(e.Body) {
		e.Members = append(e.Members, MemberError{Input: m.Index, Member: m.Name, Messages: m.Messages})
	}
	switch {
	case a.TooLong > 0:
		e.RetryAfter = max(e.RetryAfter, a.TooLong)
		e.hint = a.waitHint()
	case e.StatusCode >= 300 && e.StatusCode < 400:
		e.hint = "a redirect that is not followed; check the base URL"
		if to, err := a.Response.Location(); err == nil {
			e.hint = "a redirect to " + line.Fold(a.secrets().String(to.Host)) + " that is not followed; check the base URL"
		}
	}
	if a.Ambiguous {
		return markUnknown(e)
	}
	return e
}

// apiError makes the error of a response, with the server's words and nothing secret.
func (a *answer) apiError() *APIError {
	header, secrets := a.Response.Header, a.secrets()
	message, body := a.shown(header.Get("Content-Type"))
	if challenge := wire.Challenge(secrets.String(header.Get("WWW-Authenticate"))); challenge != "" {
		message = line.Join("; ", message, challenge)
	}
	return &APIError{
		Call: a.req.tried(a.Attempts), StatusCode: a.Response.StatusCode, Message: message,
		RequestID: secrets.String(requestID(header)), Body: body,
	}
}

// requestID returns the server's id of the request, as servers call it.
func requestID(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

// refusal makes the error of a success that says that the request failed, in the words of object, which can be a part of the body. Of elements
// of an array that say so refused has the JSON, for which their words are put. Secrets go before a text is cut.
func (a *answer) refusal(object []byte, refused []MemberError) error {
	e, secrets := a.apiError(), a.secrets()
	var said []string
	for i := range refused {
		for j, element := range refused[i].Messages {
			refused[i].Messages[j] = wire.Words([]byte(secrets.String(element)))
			said = append(said, fmt.Sprintf("[%d]: %s", refused[i].Input, refused[i].Messages[j]))
		}
	}
	e.Members = refused
	switch {
	case len(refused) > 0:
		e.Message = line.Join("; ", said...)
	case len(object) > 0: // beside a list the words are only a part of the body
		e.Message = wire.Words([]byte(secrets.String(string(object))))
	}
	e.hint = "an error inside a success"
	if a.Kind != retry.Read {
		return markUnknown(e)
	}
	return e
}
