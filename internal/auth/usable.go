package auth

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/oauth2"
)

// Ask asks a source for a token that can be sent.
//
// A panic of the source becomes an error: it would end the process where no caller is on the stack, as in a background fetch.
func Ask(ctx context.Context, source func(context.Context) (*oauth2.Token, error)) (token *oauth2.Token, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
			return
		case error:
			err = fmt.Errorf("the token source panicked: %w", r)
		default:
			err = fmt.Errorf("the token source panicked: %v", r)
		}
		token = nil
	}()
	token, err = source(ctx)
	if err == nil {
		err = Usable(token)
	}
	if err != nil {
		return nil, err
	}
	return token, nil
}

// Usable returns an error for a token that no header can carry [RFC 6750: a token is of visible ASCII characters]. It does not show the token.
func Usable(token *oauth2.Token) error {
	if token == nil || token.AccessToken == "" {
		return errors.New("the token source returned no token")
	}
	for i, r := range token.AccessToken {
		what := ""
		switch {
		case r == '\r' || r == '\n':
			what = "a line break"
		case r == ' ' || r == '\t':
			what = "a blank"
		case r < ' ' || r == 0x7f:
			what = "a control character"
		case r > 0x7f:
			what = "a character outside ASCII"
		default:
			continue
		}
		return fmt.Errorf("the access token has %s at position %d of %d, which no header can carry", what, i+1, len(token.AccessToken))
	}
	return nil
}
