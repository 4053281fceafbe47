package halopsa

import (
	"context"
	"errors"
	"fmt"
)

// turn is held while a function of the caller's own is called, which may never return.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

var (
	errNotReturned = errors.New("the token source has not returned")
	errGone        = errors.New("the token source ended its goroutine")
)

// inTurn calls do once nobody else does, and waits for neither longer than ctx lasts. A panic of do is an error.
func inTurn[T any](ctx context.Context, t turn, do func() (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	var none T
	late := func() (T, error) { return none, fmt.Errorf("%w: %w", errNotReturned, context.Cause(ctx)) }
	select {
	case t <- struct{}{}:
	case <-ctx.Done():
		return late()
	}
	done := make(chan result, 1)
	go func() {
		got := result{err: errGone}
		defer func() {
			switch cause := recover().(type) {
			case nil:
			case error:
				got = result{err: fmt.Errorf("the token source panicked: %w", cause)}
			default:
				got = result{err: fmt.Errorf("the token source panicked: %v", cause)}
			}
			<-t
			done <- got
		}()
		value, err := do()
		got = result{value, err}
	}()
	select {
	case got := <-done:
		return got.value, got.err
	case <-ctx.Done():
		return late()
	}
}
