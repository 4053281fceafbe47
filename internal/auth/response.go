package auth

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/oauth2"

	"github.com/halopsa-go/halopsa/internal/line"
)

const (
	// usualLifetime is that of HaloPSA's tokens [doc], for one that does not say.
	usualLifetime = time.Hour
	// longestLifetime is above that of any token: a larger number is a date, or nothing that can be read.
	longestLifetime = 366 * 24 * time.Hour
)

// object is one of JSON, or a form.
type object = map[string]any

// reply is what a body says, read for what it can mean and not for how it is labeled.
type reply struct {
	value   any
	decoded bool // it is JSON or a form
	tokens  []object

	refused     bool // it has an error in it
	oauth       bool // in the words of OAuth2
	code, words string
}

// read reads a body. An error beside a token is an error.
func read(body []byte) reply {
	r := reply{}
	r.value, r.decoded = decode(plain(body))
	r.tokens = holders(r.value, "access_token", 0)
	candidates := r.tokens
	if top, ok := r.value.(object); ok {
		candidates = append([]object{top}, candidates...)
	}
	if len(r.tokens) == 0 {
		candidates = append(candidates, holders(r.value, "error", 0)...)
	}
	for _, candidate := range candidates {
		if r.error(candidate) {
			break
		}
	}
	return r
}

// plain returns a body without its byte order mark, in UTF-8.
func plain(body []byte) []byte {
	order := func(i int) uint16 { return uint16(body[i])<<8 | uint16(body[i+1]) }
	switch {
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		order = func(i int) uint16 { return uint16(body[i+1])<<8 | uint16(body[i]) }
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
	default:
		return bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	}
	units := make([]uint16, 0, len(body)/2)
	for i := 2; i+1 < len(body); i += 2 {
		units = append(units, order(i))
	}
	return bytes.TrimSpace([]byte(string(utf16.Decode(units))))
}

// decode reads JSON, or a form that holds a token or an error. Numbers keep their digits.
func decode(body []byte) (any, bool) {
	var value, more any
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if d.Decode(&value) == nil && d.Decode(&more) == io.EOF { //nolint:errorlint // it is never wrapped
		return value, true
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || !form.Has("access_token") && !form.Has("error") && !form.Has("error_description") {
		return nil, false
	}
	members := object{}
	for name := range form {
		members[name] = form.Get(name)
	}
	return members, true
}

// holders returns the objects with a text of that name, wherever they are: in an envelope, a list, or JSON inside a text.
func holders(value any, name string, depth int) []object {
	const deepest = 4
	if depth > deepest {
		return nil
	}
	var found []object
	switch value := value.(type) {
	case object:
		if text(member(value, name)) != "" {
			return []object{value}
		}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			found = append(found, holders(value[key], name, depth+1)...)
		}
	case []any:
		for _, element := range value {
			found = append(found, holders(element, name, depth+1)...)
		}
	case string:
		if nested, ok := decode(plain([]byte(value))); ok && strings.Contains(value, "{") {
			found = holders(nested, name, depth+1)
		}
	}
	return found
}

// member returns the member of that name: the exact spelling wins over another case, and over one without underscores.
func member(o object, name string) any {
	if value, ok := o[name]; ok {
		return value
	}
	fold := func(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }
	for _, key := range slices.Sorted(maps.Keys(o)) { // of two spellings the same one each time
		if fold(key) == fold(name) {
			return o[key]
		}
	}
	return nil
}

// text returns a text, or the digits of a number.
func text(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		return value.String()
	}
	return ""
}

// error takes the error out of o, if there is one.
func (r *reply) error(o object) bool {
	r.words = words(o)
	switch e := member(o, "error").(type) {
	case string:
		r.code = strings.TrimSpace(e)
		r.refused = r.code != ""
	case json.Number:
		r.refused = e != "0"
		if r.refused {
			r.code = e.String()
		}
	case bool:
		r.refused = e
	case object:
		r.code, r.words = text(member(e, "code")), cmp.Or(words(e), r.words)
		r.refused = len(e) > 0
	case []any:
		r.refused = len(e) > 0
	}
	r.oauth = r.code != "" || text(member(o, "error_description")) != ""
	return r.refused || r.oauth
}

// words returns what an object says in the members that are for people.
func words(o object) string {
	var said []string
	for _, name := range []string{"error_description", "message", "error_message", "exception_message", "title", "detail", "load_error"} {
		if part := strings.TrimSpace(text(member(o, name))); part != "" && !slices.Contains(said, part) {
			said = append(said, part)
		}
	}
	return line.Join(": ", said...)
}

// token returns the one token, whose lifetime begins now. The server's other members are its Extra.
func (r *reply) token(now time.Time) *oauth2.Token {
	o := r.tokens[0]
	token := &oauth2.Token{
		AccessToken:  text(member(o, "access_token")),
		TokenType:    cmp.Or(text(member(o, "token_type")), "Bearer"),
		RefreshToken: text(member(o, "refresh_token")),
	}
	life := lifetime(text(member(o, "expires_in")))
	token.ExpiresIn = int64(life / time.Second)
	token.Expiry = now.Add(life)
	return token.WithExtra(o)
}

// lifetime reads expires_in, in seconds; the usual one stands for what is not a time that a token can have.
func lifetime(text string) time.Duration {
	seconds, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
	if err != nil || !(seconds >= 1 && seconds <= longestLifetime.Seconds()) { // also not a number
		return usualLifetime
	}
	return time.Duration(seconds * float64(time.Second))
}

// secrets returns the texts of a body that could be used as credentials.
func secrets(value any) []string {
	var found []string
	switch value := value.(type) {
	case object:
		for name, m := range value {
			folded := strings.ToLower(name)
			if strings.Contains(folded, "token") && !strings.Contains(folded, "type") || strings.Contains(folded, "secret") {
				found = append(found, text(m))
			}
			found = append(found, secrets(m)...)
		}
	case []any:
		for _, element := range value {
			found = append(found, secrets(element)...)
		}
	case string:
		if nested, ok := decode([]byte(value)); ok && strings.Contains(value, "{") {
			found = secrets(nested)
		}
	}
	return found
}
