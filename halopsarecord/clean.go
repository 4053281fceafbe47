package halopsarecord

import (
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// headers returns headers as text, a line each in the order of the alphabet. Of those that are not known to be harmless only the name is left.
func (k *cleaner) headers(h http.Header) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(h)) {
		shown := harmlessHeaders[folded(name)] || k.conf.headers[folded(name)]
		if k.conf.credential(name) && !k.conf.headers[folded(name)] {
			shown = false
		}
		for _, value := range h[name] {
			if !shown {
				if k.conf.credential(name) || telling(value) {
					k.learnHeader(value)
				}
				value = hidden
			} else {
				value = k.text(value)
			}
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\r\n")
}

// url returns a URL without user, fragment and the values of credentials.
func (k *cleaner) url(u *url.URL) string {
	own := *u
	if password, ok := own.User.Password(); ok {
		k.learn(password)
	}
	if own.User.Username() != "" {
		k.learn(own.User.String())
		if _, ok := own.User.Password(); !ok {
			k.learn(own.User.Username()) // some systems take a key there
		}
	}
	own.User, own.Fragment, own.RawFragment = nil, "", ""
	segments := strings.Split(own.EscapedPath(), "/")
	for i, segment := range segments {
		plain, err := url.PathUnescape(segment)
		if err != nil {
			plain = segment
		}
		if name := before(segments, i); plain != "" && (random(plain) || k.conf.credential(name) && strings.ContainsAny(plain, "0123456789")) {
			k.learn(plain)
			segments[i] = hidden
		} else if cleaned := k.text(plain); cleaned != plain {
			segments[i] = cleaned
		}
	}
	query := k.form(own.RawQuery)
	own.RawQuery, own.Path, own.RawPath, own.ForceQuery = "", "", "", false
	text := own.String() + strings.Join(segments, "/")
	if query != "" {
		text += "?" + query
	}
	return text
}

// before is the segment in front of another one, which can name it.
func before(segments []string, i int) string {
	if i == 0 {
		return ""
	}
	return segments[i-1]
}

// formWords are parameters of queries and forms that hold credentials, where other names do not say so: the code of OAuth2, and of Azure.
var formWords = []string{"code", "ticket", "state", "refreshtoken"}

// form returns a query or form without the values of credentials.
func (k *cleaner) form(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		end := strings.IndexAny(text, "&;")
		if end < 0 {
			end = len(text)
		}
		name, value, found := strings.Cut(text[:end], "=")
		label, err := url.QueryUnescape(name)
		if err != nil {
			label = name
		}
		if cleaned := k.text(label); cleaned != label { // a query can be a credential alone
			name = cleaned
		}
		b.WriteString(name)
		if found {
			plain, err := url.QueryUnescape(value)
			if err != nil {
				plain = value
			}
			if shown, cleaned := k.value(label, plain, slices.Contains(formWords, folded(label))); cleaned {
				value = shown
			}
			b.WriteString("=" + value)
		}
		if end < len(text) {
			b.WriteByte(text[end])
			end++
		}
		text = text[end:]
	}
	return b.String()
}

// value returns what is shown of the value of a name, and whether that is another text. surely says that it is a credential.
func (k *cleaner) value(name, value string, surely bool) (shown string, cleaned bool) {
	switch {
	case value == "":
		return value, false
	case surely || k.conf.hides(name, value):
	case identifier(name, value):
		return value, false
	case !secretValue(value):
		shown = k.text(value)
		return shown, shown != value
	}
	k.learn(value)
	return hidden, true
}

// body returns what is shown of a body: the text of it that was kept, and how much is missing.
func (k *cleaner) body(c *copied, header http.Header) string {
	data, whole := c.kept()
	if c == nil || len(data) == 0 {
		return ""
	}
	media, _, err := mime.ParseMediaType(header.Get("Content-Type"))
	if err != nil {
		media = strings.ToLower(header.Get("Content-Type"))
	}
	text := string(data)
	if !whole { // neither in the middle of a character nor of a password
		for len(text) > 0 && !utf8.ValidString(text) && len(data)-len(text) < utf8.UTFMax {
			text = text[:len(text)-1]
		}
		text = cutUser.ReplaceAllString(text, "${1}"+hidden)
	}
	if encoding := header.Get("Content-Encoding"); encoding != "" && !strings.EqualFold(encoding, "identity") || !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return fmt.Sprintf("[%d bytes that are not text]", c.length())
	}
	trimmed := strings.TrimLeft(text, " \t\r\n\ufeff")
	switch {
	case strings.HasPrefix(trimmed, "{"), strings.HasPrefix(trimmed, "["), strings.HasPrefix(trimmed, `"`): // whatever its type says
		valid := json.Valid([]byte(trimmed))
		if text = k.json(text); !valid {
			text = k.text(text) // what is in no string of JSON
		}
	case media == "application/x-www-form-urlencoded":
		text = k.form(text)
	case media == "" && looksLikeForm.MatchString(text):
		text = k.form(text)
	default:
		text = k.text(text)
	}
	if !whole {
		text += fmt.Sprintf("… [%d bytes in all]", c.length())
	}
	return text
}

// cutUser is the end of a text in a URL, behind a colon that may stand before a password; a port has up to five digits.
var cutUser = regexp.MustCompile(`(://[^\s/?#@"'<>:]*:)(?:[^\s/?#@"'<>]*[^\s/?#@"'<>\d][^\s/?#@"'<>]*|\d{6,})$`)

var looksLikeForm = regexp.MustCompile(`^[\w.%+\[\]-]+=[^\s&]*(?:&[\w.%+\[\]-]+=[^\s&]*)*$`)

// length is how long the body is, as far as it went by.
func (c *copied) length() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total
}

// The places in a text where a name stands before its value.
var (
	label     = regexp.MustCompile(`([A-Za-z_$][\w.$-]*)\\*["']?\s*(?:=>|=|:)\s*`)
	labeled   = regexp.MustCompile(`^(?:\\*"(?:[^"\\]|\\[^"])*\\*"?|'[^']*'?|[^\s,;&"'<>(){}\[\]]+)`)
	rest      = regexp.MustCompile(`^[^\r\n"'<>]+`)
	queries   = regexp.MustCompile(`(\?)([A-Za-z_$][\w.$%\[\]-]*=[^\s"'<>#]*)`)
	element   = regexp.MustCompile(`<([A-Za-z_][\w.:-]*)((?:\s[^<>]*)?)>(<!\[CDATA\[[^\]]*|[^<>]*)`)
	within    = regexp.MustCompile(`<([A-Za-z_][\w.:-]*)(?:\s[^<>]*)?>\s*<[A-Za-z_][^<>]*[^<>/]>([^<>]+)`)
	attribute = regexp.MustCompile(`(?i)\b(?:name|key)="([^"]*)"(\s+value=)"([^"]*)`)
	escaped   = regexp.MustCompile(`(?i)&lt;([A-Za-z_][\w.:-]*)((?:\s(?:[^&<>]|&(?:quot|apos|#\d+);)*)?)&gt;([^&<>]*)`)
	formPart  = regexp.MustCompile(`(?i)(\bname="?([^"\r\n;]*)[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n)([^\r\n]+(?:\r?\n(?:[^\r\n-][^\r\n]*|-[^\r\n-][^\r\n]*)?)*)`)
	mailWords = regexp.MustCompile(`(?i)\b(password|passwort|token|secret|api key|access key)(?: is | was |: |( \\*["']))(\S+)`)
)

// deepest is how many texts inside each other are looked into: a URL in the query of a URL, say. What is deeper is hidden as a whole.
const deepest = 5

// text returns a text without what is called or looks like a credential.
func (k *cleaner) text(text string) string {
	if len(text) < 20 && !strings.ContainsAny(text, " +=:<@_-.") && !strings.HasPrefix(text, "A") { // most values; no form of a credential fits
		return text
	}
	if k.depth == deepest {
		return hidden
	}
	k.depth++
	defer func() { k.depth-- }()
	for _, form := range []*regexp.Regexp{pem, jwt, prefixed, longHex} {
		text = form.ReplaceAllStringFunc(text, func(found string) string {
			k.learn(found)
			return hidden
		})
	}
	text = userinfo.ReplaceAllStringFunc(text, func(found string) string {
		user := strings.TrimSuffix(strings.TrimPrefix(found, "://"), "@")
		k.learn(user)
		if _, password, ok := strings.Cut(user, ":"); ok {
			k.learn(password)
		}
		return "://"
	})
	text = replaced(scheme, text, 2, func(parts []string) (string, bool) {
		k.learnHeader(parts[1] + " " + parts[2])
		return hidden, !ordinary(parts[2])
	})
	text = replaced(queries, text, 2, func(parts []string) (string, bool) {
		shown := k.form(parts[2])
		return shown, shown != parts[2]
	})
	text = replaced(attribute, text, 3, func(parts []string) (string, bool) { return k.named(parts[1], parts[3]) })
	text = replaced(element, text, 3, func(parts []string) (string, bool) { return k.named(parts[1], parts[3]) })
	text = replaced(within, text, 2, func(parts []string) (string, bool) { return k.named(parts[1], parts[2]) })
	text = replaced(escaped, text, 3, func(parts []string) (string, bool) { return k.named(parts[1], parts[3]) })
	text = replaced(formPart, text, 3, func(parts []string) (string, bool) { return k.named(parts[2], parts[3]) })
	text = replaced(mailWords, text, 3, func(parts []string) (string, bool) {
		value, after := parts[3], ""
		if end := strings.IndexAny(value, `"'\`); parts[2] != "" && end >= 0 {
			value, after = value[:end], value[end:]
		}
		if word := strings.Trim(value, ".,;:!?"); ordinary(word) || parts[2] != "" && len(word) < 4 { // "the token is invalid", `unexpected token "}"`
			return "", false
		}
		shown, changed := k.named(parts[1], value)
		return shown + after, changed
	})
	text = k.labels(text)
	return opaque.ReplaceAllStringFunc(text, func(word string) string {
		if !random(word) {
			return word
		}
		k.learn(word)
		return hidden
	})
}

// headerLines are the headers whose values have several parts.
var headerLines = map[string]bool{"cookie": true, "setcookie": true, "authorization": true, "proxyauthorization": true}

// longestKey is how much of a value decides whether it is a key of the kind that opens something.
const longestKey = 256

// labels hides the values behind names such as "password=". The value of another name can hold one, as a URL does.
func (k *cleaner) labels(text string) string {
	var b strings.Builder
	for {
		at := label.FindStringSubmatchIndex(text)
		if at == nil {
			return b.String() + text
		}
		name := text[at[2]:at[3]]
		b.WriteString(text[:at[1]])
		text = text[at[1]:]
		if !k.conf.credential(name) && !keyed(name) || !k.conf.hides(name, strings.Trim(labeled.FindString(text[:min(len(text), longestKey)]), `\"'`)) {
			continue
		}
		value := labeled.FindString(text)
		if headerLines[folded(name)] {
			value = rest.FindString(text) // a header of several parts
		}
		if shown, changed := k.named(name, value); changed {
			b.WriteString(shown)
			text = text[len(value):]
		}
	}
}

// named hides the value of a name, between its quotes.
func (k *cleaner) named(name, value string) (string, bool) {
	plain := strings.Trim(strings.TrimPrefix(value, "<![CDATA["), `\"'`)
	if plain == "" || strings.HasPrefix(plain, hidden) || !k.conf.hides(name, plain) {
		return value, false
	}
	if strings.EqualFold(plain, "bearer") || strings.EqualFold(plain, "basic") { // a scheme, whose credential has gone
		return value, false
	}
	k.learnHeader(plain)
	return strings.Replace(value, plain, hidden, 1), true
}

// replaced replaces one group of each match, where change wants it; where not, that group may hold another match.
func replaced(form *regexp.Regexp, text string, group int, change func(parts []string) (string, bool)) string {
	var b strings.Builder
	for {
		at := form.FindStringSubmatchIndex(text)
		if at == nil {
			return b.String() + text
		}
		parts := make([]string, len(at)/2)
		for i := range parts {
			if at[2*i] >= 0 {
				parts[i] = text[at[2*i]:at[2*i+1]]
			}
		}
		shown, changed := change(parts)
		b.WriteString(text[:at[2*group]])
		if changed {
			b.WriteString(shown)
			text = text[at[2*group+1]:]
		} else {
			text = text[at[2*group]:]
		}
	}
}
