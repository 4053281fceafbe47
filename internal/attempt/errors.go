package attempt

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
)

// TokenError is returned when no token could be obtained. Err is what the source returned, as it came: it can have secrets in it.
type TokenError struct{ Err error }

func (e *TokenError) Error() string { return "no token: " + e.Err.Error() }

// Unwrap returns the error of the source.
func (e *TokenError) Unwrap() error { return e.Err }

// SizeError is returned for a response that is larger than the cap.
type SizeError struct{ Cap int64 }

func (e *SizeError) Error() string { return fmt.Sprintf("larger than %d bytes", e.Cap) }

var (
	errTimeout = &timeoutError{}
	// errNoResponse is returned for a transport or a middleware that keeps to nothing.
	errNoResponse = errors.New("the HTTP client's transport returned neither a response with a body nor an error")
)

// timeoutError is an attempt that took too long. It is not context.DeadlineExceeded: the caller's context is still good.
type timeoutError struct{}

func (*timeoutError) Error() string { return "the attempt took longer than its timeout" }
func (*timeoutError) Timeout() bool { return true }

// plain strips what can show a query or a credential, and tells the attempt's timeout from the caller's context.
func plain(parent, attempt context.Context, err error) error {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	switch {
	case parent.Err() != nil:
		return context.Cause(parent)
	case attempt.Err() != nil:
		return context.Cause(attempt)
	}
	return err
}

// fatal reports whether another attempt would fail the same way.
func fatal(err error) bool {
	var (
		size        *SizeError
		certificate *tls.CertificateVerificationError
		authority   x509.UnknownAuthorityError
		host        x509.HostnameError
		record      tls.RecordHeaderError
	)
	return errors.As(err, &size) || errors.As(err, &certificate) || errors.As(err, &authority) ||
		errors.As(err, &host) || errors.As(err, &record)
}

// undialed reports whether an error says that there never was a connection.
func undialed(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return errors.As(err, &op) && op.Op == "dial" || errors.As(err, &dns)
}
