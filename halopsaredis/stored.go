package halopsaredis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/oauth2"
)

// stored is a token as Redis holds it. Its expiry is that of the key, so that the processes need no common clock.
type stored struct {
	token *oauth2.Token
	life  time.Duration // when it was fetched; 0 if it is valid forever
}

// record is its form in Redis, before it is encrypted.
type record struct {
	AccessToken string        `json:"access_token"`
	Type        string        `json:"token_type,omitempty"`
	Life        time.Duration `json:"life,omitempty"` // nanoseconds
}

func newStored(token *oauth2.Token) *stored {
	t := &stored{token: token}
	if !token.Expiry.IsZero() {
		t.life = max(time.Until(token.Expiry), 1)
	}
	return t
}

// early is how long before its expiry to replace it.
func (t *stored) early() time.Duration { return min(early, t.life/10) }

// due reports whether it is time to replace it.
func (t *stored) due() bool {
	return !t.token.Expiry.IsZero() && time.Until(t.token.Expiry) <= t.early()
}

var (
	// readToken returns a value and how many milliseconds it has left.
	readToken = redis.NewScript(`return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}`)

	// deleteIf deletes a key that has this value.
	deleteIf = redis.NewScript(`if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0`)

	// takeLock takes a lock that is free, or is the owner's already since go-redis sent the command twice. One that does not expire, or later than
	// any of ours, is no process's of ours: it would hold up all of them.
	takeLock = redis.NewScript(`local left = redis.call('PTTL', KEYS[1])
if left < 0 or left > tonumber(ARGV[2]) then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1 end
return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0`)

	// renewLock prolongs a lock. It does not take one, or it could do so after it was given back.
	renewLock = redis.NewScript(`if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end return 0`)
)

// current returns the token in Redis, or nil for none. One that the API refused, or that cannot be read, is deleted.
func (s *TokenSource) current(ctx context.Context) (*stored, error) {
	begin := time.Now()
	values, err := ask(ctx, func(ctx context.Context) ([]any, error) {
		return readToken.Run(ctx, s.client, []string{s.key}).Slice()
	})
	if err != nil {
		return nil, err
	}
	s.outage.end(ctx)
	if len(values) != 2 {
		return nil, fmt.Errorf("a response with %d values", len(values))
	}
	value, ok := values[0].(string)
	left, isNumber := values[1].(int64)
	if !ok || !isNumber {
		return nil, nil //nolint:nilnil // there is none
	}
	t, err := s.decode([]byte(value))
	if err == nil && t.life > 0 && left < 0 {
		err = errors.New("its expiry is lost")
	}
	if err != nil {
		s.outage.logger.LogAttrs(ctx, slog.LevelWarn, "halopsaredis: the token in Redis cannot be read and is replaced", slog.String("error", err.Error()))
	}
	if err != nil || s.isDropped(t.token.AccessToken) {
		_, err := ask(ctx, func(ctx context.Context) (any, error) {
			return deleteIf.Run(ctx, s.client, []string{s.key}, value).Result()
		})
		return nil, err
	}
	if left >= 0 {
		t.token.Expiry = begin.Add(time.Duration(left) * time.Millisecond)
	}
	return t, nil
}

// store puts a token into Redis. If that fails, this process has it for itself.
func (s *TokenSource) store(ctx context.Context, t *stored) {
	var left time.Duration // 0 if it is valid forever
	if !t.token.Expiry.IsZero() {
		if left = time.Until(t.token.Expiry).Truncate(time.Millisecond); left <= 0 {
			return
		}
	}
	value, err := s.encode(t)
	if err == nil {
		_, err = ask(ctx, func(ctx context.Context) (string, error) { return s.client.Set(ctx, s.key, value, left).Result() })
	}
	if err != nil {
		s.outage.fail(ctx, err)
	}
}

// encode makes t a value for Redis, encrypted where there is a key.
func (s *TokenSource) encode(t *stored) ([]byte, error) {
	value, err := json.Marshal(record{AccessToken: t.token.AccessToken, Type: t.token.TokenType, Life: t.life})
	if err == nil && s.cipher != nil {
		value = s.cipher.Seal(nil, nil, value, []byte(s.key)) // a value copied from another tenant's key must not open
	}
	return value, err
}

// decode is the inverse of encode. Its errors show nothing of the value.
func (s *TokenSource) decode(value []byte) (*stored, error) {
	if s.cipher != nil {
		var err error
		if value, err = s.cipher.Open(nil, nil, value, []byte(s.key)); err != nil {
			return nil, errors.New("it is not encrypted with this key")
		}
	}
	var r record
	if err := json.Unmarshal(value, &r); err != nil || r.AccessToken == "" || r.Life < 0 {
		return nil, errors.New("it is encrypted, or no token")
	}
	if !fitsHeader(r.AccessToken) {
		return nil, errors.New("no header can hold it")
	}
	return &stored{token: &oauth2.Token{AccessToken: r.AccessToken, TokenType: r.Type}, life: r.Life}, nil
}

// fitsHeader reports whether a header can hold a token: every request with another would fail before it is sent, and none would be refused by
// the API, which is what a token is replaced for.
func fitsHeader(token string) bool {
	return !strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' })
}

func (s *TokenSource) lockKey() string { return s.key + ":lock" }

// tryLock takes the lock for owner, if it is free.
func (s *TokenSource) tryLock(ctx context.Context, owner string) (bool, error) {
	return ask(ctx, func(ctx context.Context) (bool, error) {
		return takeLock.Run(ctx, s.client, []string{s.lockKey()}, owner, s.lock.Milliseconds()).Bool()
	})
}

// holdLock keeps the lock for owner until the returned function is called, which gives it back, or leaves it to expire.
func (s *TokenSource) holdLock(ctx context.Context, owner string) (release func(giveBack bool)) {
	renewing, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for sleep(renewing, s.lock/3) == nil {
			_, _ = ask(renewing, func(ctx context.Context) (any, error) { // if it fails, the lock expires, and at worst two processes fetch
				return renewLock.Run(ctx, s.client, []string{s.lockKey()}, owner, s.lock.Milliseconds()).Result()
			})
		}
	}()
	return func(giveBack bool) {
		stop()
		<-ended
		if !giveBack {
			return
		}
		_, _ = ask(context.WithoutCancel(ctx), func(ctx context.Context) (any, error) { // if it fails, the lock expires by itself
			return deleteIf.Run(ctx, s.client, []string{s.lockKey()}, owner).Result()
		})
	}
}
