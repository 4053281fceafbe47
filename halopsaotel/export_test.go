package halopsaotel

import (
	"context"

	"github.com/halopsa-go/halopsa"
)

// Hook returns what the client calls after an attempt.
func Hook(opts ...Option) (func(context.Context, halopsa.Attempt), error) {
	o, err := newObserver(opts)
	if err != nil {
		return nil, err
	}
	return o.observe, nil
}
