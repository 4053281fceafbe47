package halopsaredis

import (
	"context"
	"time"
)

// Grant asks Redis once for the request id, and reports whether it is granted.
func (l *Limiter) Grant(ctx context.Context, id string) (bool, error) {
	a, err := l.ask(ctx, id, 0)
	return a.granted, err
}

// Foretell asks Redis how long a request with so many ahead of it would wait.
func (l *Limiter) Foretell(ctx context.Context, ahead int64) (time.Duration, error) {
	a, err := l.ask(ctx, "", ahead)
	return a.wait, err
}

// SetLock shortens the life of the lock.
func (s *TokenSource) SetLock(life time.Duration) { s.lock = life }
