package halopsarecord

import (
	"encoding/base64"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/halopsa-go/halopsa/internal/redact"
)

// hidden stands where a credential was.
const hidden = redact.Placeholder

// secrets are credentials that were seen, the latest ones. They never leave the memory of the program.
type secrets struct {
	mu   sync.Mutex
	seen []string
}

// mostSecrets is how many are remembered.
const mostSecrets = 128

// redactor adds to the secrets and returns what takes all of them out.
func (s *secrets) redactor(more []string) *redact.Redactor {
	s.mu.Lock()
	defer s.mu.Unlock()
	have := make(map[string]bool, len(s.seen)+len(more))
	for _, secret := range s.seen {
		have[secret] = true
	}
	for _, secret := range more {
		if !have[secret] {
			have[secret] = true
			s.seen = append(s.seen, secret)
		}
	}
	all := append([]string(nil), s.seen...)
	if over := len(s.seen) - mostSecrets; over > 0 {
		s.seen = append([]string(nil), s.seen[over:]...)
	}
	return redact.New(nil, all...)
}

// cleaner takes credentials out of the texts of one note, and learns them, so that they can be taken out wherever they are repeated.
type cleaner struct {
	conf    *config
	learned []string
	depth   int      // of texts inside each other
	words   []string // that only this note is to be without: they may be ordinary ones
}

func newCleaner(conf *config) *cleaner { return &cleaner{conf: conf} }

// learn takes note of a credential. A short word is one of this note only: elsewhere it may mean something else.
func (k *cleaner) learn(secret string) {
	secret = strings.TrimSpace(secret)
	const shortest, telling = 4, 8
	_, err := strconv.ParseFloat(secret, 64)
	number := err == nil
	switch {
	case number && len(secret) < telling: // it is one of many things
	case len(secret) < shortest, secret == hidden, strings.EqualFold(secret, "true"), strings.EqualFold(secret, "false"), strings.EqualFold(secret, "null"):
	case len(secret) >= telling && !ordinary(secret):
		k.learned = append(k.learned, secret)
	default:
		k.words = append(k.words, secret)
	}
}

// ordinary reports whether a secret may be a word.
func ordinary(secret string) bool {
	return len(secret) < 16 && !strings.ContainsFunc(secret, func(r rune) bool { return !unicode.IsLetter(r) })
}

// learnHeader takes note of what is in the value of a header for credentials.
func (k *cleaner) learnHeader(value string) {
	k.learn(value)
	name, rest, found := strings.Cut(strings.TrimSpace(value), " ")
	if found && !strings.ContainsAny(name, `=;,"`) { // a scheme
		k.learn(rest)
		if strings.EqualFold(name, "basic") {
			if pair, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest)); err == nil {
				k.learn(string(pair))
				if _, password, ok := strings.Cut(string(pair), ":"); ok {
					k.learn(password)
				}
			}
		}
	}
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ';' || r == ',' || r == ' ' }) {
		if _, inner, ok := strings.Cut(part, "="); ok {
			k.learn(strings.Trim(inner, `"`))
		}
	}
}

// without returns a text without the credentials that known has, and without those of this note.
func (k *cleaner) without(known *redact.Redactor, text string) string {
	text = known.Known(text)
	if len(k.words) > 0 {
		text = redact.New(nil, k.words...).Known(text)
	}
	return text
}
