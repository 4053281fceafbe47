package doctor

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// hidden stands where something was taken out.
const hidden = "[redacted]"

// longestText is how much of a text is looked at, in bytes, and longestShown how much is shown, in characters.
const longestText, longestShown = 16 << 10, 300

// What names a credential, and how its value is written: in quotes, in quotes that JSON has escaped, or up to a separator.
const (
	passwords   = `passw(?:or)?[dt]|passphrase|passcode|pwd|kennwort|mot de passe|contrase[nñ]a|wachtwoord|senha`
	secretNames = passwords + `|secret|token|(?:api|access|account|private|shared|subscription|auth|encryption|signing)` +
		`[-_ ]?(?:access[-_ ]?)?key|credential|signature|assertion|jwt|session[-_]?id|connection[-_ ]?string|\bsig|\bauth`
	quotedValue = `\\+"(?:[^"\\]|\\\\+"|\\[^"\\])*\\*"?|"(?:[^"\\]|\\.)*"?|\\*'[^']*'?`
	assigns     = `\\*["'\]]?\s*(?:=>|:=|[:=]|%3[ad])\s*`
)

// rule takes one form of credentials out of a text that holds any of the words, in small letters, without which it finds nothing.
type rule struct {
	words   []string
	pattern *regexp.Regexp
	with    string                      // what a match becomes
	decide  func(parts []string) string // or what decides it, from the match and its groups
}

// rules are in an order that matters: a URL is cut before its query could be taken for assignments, a header before its words.
var rules = []rule{
	{words("-----begin"), regexp.MustCompile(`(?s)-----BEGIN [^-]*-----.*?(?:-----END [^-]*-----|$)`), hidden, nil},
	{words("/"), regexp.MustCompile(`(?i)\b[a-z][a-z0-9+.\-]*:(?:\\?/){2}[^\s"'<>?#]+(?:[?#][^\s"<>]*)?`), "",
		func(parts []string) string { return cleanURL(parts[0]) }},
	{words("?"), regexp.MustCompile(`(/[^\s?"'<>]*)\?[^\s"<>]+|\?[\w.$%\[\]-]+=[^\s"<>]*`), "${1}?" + hidden, nil},
	{words("@"), regexp.MustCompile(`[^\s/:@"'<>]+:[^\s/@"'<>]+@([\w.-]+)`), hidden + "@${1}", nil},
	{words("authori cookie"),
		regexp.MustCompile(`(?i)((?:authori[sz]ation|cookie2?)` + assigns + `)(?:` + quotedValue + `|[^\n]*)`), "${1}" + hidden, nil},
	{words("<"),
		regexp.MustCompile(`(?i)(<[\w:.-]*(?:` + secretNames + `)[\w:.-]*(?:\s[^<>]*)?>)[^<]*`), "${1}" + hidden, nil},
	{words("bearer basic negotiate ntlm ssws apikey"),
		regexp.MustCompile(`(?i)\b((bearer|basic|negotiate|ntlm|ssws|apikey)\s+)\\*["']?([^\s"',;]+)`), "", afterScheme},
	{secretWords, // {"name":"password","value":"…"}, <input name="password" value="…">, ["password","…"]
		regexp.MustCompile(`(?i)((?:` + secretNames + `|authori[sz]ation|cookie2?)[\w.\-]*\\*["'](?:[^<>{}]{0,60}?\bvalue` + assigns + `|\s*,\s*))(` + quotedValue + `)`),
		"${1}" + hidden, nil},
	{secretWords,
		regexp.MustCompile(`(?i)([\w.\-]*(?:` + secretNames + `)[\w.\-]*` + assigns + `|\bkey\s*=\s*|\b(?:pass|pin|otp)\s*[:=]\s*)(` + quotedValue + `|[^\s&;"'<>]+)`),
		"", assigned},
	{secretWords,
		regexp.MustCompile(`(?i)(\b(?:` + secretNames + `)s?\s+(?:(?:is|was|of|value)\s+)?)(` + quotedValue + `|[^\s"']*\d[^\s"']*)`),
		"", mentioned},
	{secretWords, regexp.MustCompile(`(?i)\b(` + secretNames + `)s?\b((?:\s+\S+){1,16})`), "", told},
	{words("user login credential"), regexp.MustCompile(`(?i)\b((?:user(?:name)?\s*/\s*pass(?:word)?|login|credentials?)\s*:?\s+)[^\s/]+\s*/\s*\S+`), "${1}" + hidden, nil},
	{words("eyj k_ sk- gh github_ glpat- xox akia aiza sg. shp"), regexp.MustCompile(
		`\beyJ[\w-]{5,}(?:\.[\w-]*)*|` +
			`\b(?:[sprw]k_(?:live|test)_|sk-|gh[opsur]_|github_pat_|glpat-|xox[a-z]-|AKIA|AIza|SG\.|shp[a-z]{2}_)[\w.-]{8,}`), hidden, nil},
	{words("0 1 2 3 4 5 6 7 8 9"), regexp.MustCompile(`[A-Za-z0-9_+/=~-]{20,}`), "", func(parts []string) string {
		if random(parts[0]) {
			return hidden
		}
		return parts[0]
	}},
}

var (
	words       = strings.Fields
	secretWords = words("pass pwd kennwort contrase wachtwoord senha pin otp secret token key credential signature assertion jwt session connection sig auth cookie")
)

// afterScheme decides on the word after the name of an authentication scheme.
func afterScheme(parts []string) string {
	if harmless(parts[3]) || strings.EqualFold(parts[2], "basic") && !strings.ContainsFunc(parts[3], notLower) {
		return parts[0] // "Bearer authentication", "Basic information"
	}
	return parts[1] + hidden
}

// assigned decides on a value with the name of a credential before it.
func assigned(parts []string) string {
	if harmless(parts[2]) {
		return parts[0] // "Invalid token: expired"
	}
	return parts[1] + hidden
}

// mentioned decides on what follows the name of a credential in a sentence.
func mentioned(parts []string) string {
	if len(parts[2]) < 6 && !strings.ContainsAny(parts[2], `"'`) {
		return parts[0] // "token 401"
	}
	return parts[1] + hidden
}

// Clean returns a text of the tenant as one line that can be shown: without credentials, without the queries of URLs, and without
// characters that a terminal obeys. What only looks like a credential goes too.
func Clean(text string) string {
	if len(text) > longestText {
		text = text[:longestText]
	}
	text = strings.Map(printable, html.UnescapeString(strings.ToValidUTF8(text, " ")))
	small := strings.ToLower(text)
	for i := range rules {
		r := &rules[i]
		if !slices.ContainsFunc(r.words, func(word string) bool { return strings.Contains(small, word) }) {
			continue
		}
		text = r.apply(text)
	}
	return shorten(text, longestShown)
}

func (r *rule) apply(text string) string {
	if r.decide == nil {
		return r.pattern.ReplaceAllString(text, r.with)
	}
	var b strings.Builder
	end := 0
	for _, at := range r.pattern.FindAllStringSubmatchIndex(text, -1) {
		parts := make([]string, len(at)/2)
		for i := range parts {
			if at[2*i] >= 0 {
				parts[i] = text[at[2*i]:at[2*i+1]]
			}
		}
		b.WriteString(text[end:at[0]])
		b.WriteString(r.decide(parts))
		end = at[1]
	}
	return b.String() + text[end:]
}

// printable turns control characters to spaces and drops those that are invisible, which could part a name that would be recognized.
func printable(r rune) rune {
	switch {
	case r == '\n':
		return r
	case unicode.IsControl(r) || unicode.IsSpace(r):
		return ' '
	case !unicode.IsPrint(r):
		return -1
	case '！' <= r && r <= '～': // the full-width forms of ASCII
		return r - '！' + '!'
	}
	return r
}

func notLower(r rune) bool { return !unicode.IsLower(r) && !strings.ContainsRune(".:!?)", r) }

// ordinary are the words that follow the name of a credential in a sentence.
var ordinary = strings.Fields(`a access an and auth authentication authorisation authorization but cannot credentials denied empty error
	expired failed for from has have header in invalid is it malformed missing must no none not null of on or please realm rejected required
	revoked scheme the this token tokens true false unknown user was were with wrong you your`)

func harmless(value string) bool {
	return slices.Contains(ordinary, strings.ToLower(strings.Trim(value, `.,:;!?()`)))
}

// cleanURL takes the user, the query and the fragment out of a URL, and what looks random out of its path.
func cleanURL(raw string) string {
	raw = strings.ReplaceAll(raw, `\/`, "/")
	prefix, rest, _ := strings.Cut(raw, "://")
	authority, _, _ := strings.Cut(rest, "/")
	user := strings.Contains(authority, "@")
	if _, port, ok := strings.Cut(authority, ":"); ok && strings.ContainsFunc(port, func(r rune) bool { return r < '0' || r > '9' }) {
		if at := strings.LastIndex(rest, "@"); at >= 0 { // a password can hold what ends an authority
			rest, user = rest[at+1:], true
		}
	}
	end := strings.IndexAny(rest, "?#")
	tail := ""
	if end >= 0 {
		rest, tail = rest[:end], "?"+hidden
	}
	host, path, hasPath := strings.Cut(rest, "/")
	host = host[strings.LastIndex(host, "@")+1:]
	if hasPath {
		path = "/" + cleanPath(path)
	}
	if user {
		host = hidden + "@" + host
	}
	return prefix + "://" + host + path + tail
}

// cleanPath replaces the segments of a path that are credentials.
func cleanPath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if i > 0 && segment != "" && slices.Contains(secretSegments, strings.ToLower(segments[i-1])) || random(segment) {
			segments[i] = hidden
		}
	}
	return strings.Join(segments, "/")
}

// secretSegments are those after which a path has a credential.
var secretSegments = strings.Fields("token tokens secret secrets password apikey api-key api_key key keys credential credentials sas")

// random reports whether a run of characters looks drawn rather than written: it is long and mixes letters and digits all the time.
func random(run string) bool {
	const shortest = 20
	if len(run) < shortest || uuid.FindString(run) == run {
		return false
	}
	changes, digits, length, last := 0, 0, 0, 0
	for _, r := range run {
		class := 0
		switch {
		case '0' <= r && r <= '9':
			class = 1
			digits++
		case 'A' <= r && r <= 'Z':
			class = 2
		case 'a' <= r && r <= 'z':
			class = 3
		default:
			continue
		}
		if last != 0 && class != last {
			changes++
		}
		last = class
		length++
	}
	return digits > 0 && changes*10 >= length*3
}

// shorten cuts s to at most n characters of one line.
func shorten(s string, n int) string {
	runes := []rune(strings.Join(strings.Fields(s), " "))
	if len(runes) <= n {
		return string(runes)
	}
	return string(runes[:n-1]) + "…"
}

var (
	uuid       = regexp.MustCompile(`(?i)\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b`)
	longNumber = regexp.MustCompile(`\b(?:\d{4,}|[0-9a-fA-F]{8,})\b`)
	identifier = regexp.MustCompile(`^\d+$|^[^a-zA-Z]*\d[^a-zA-Z]*$|@`)
	arguments  = regexp.MustCompile(`\([^)]*\)`)
)

// kind returns what a text says without the ids in it, so that errors of one sort count together.
func kind(text string) string {
	return longNumber.ReplaceAllString(uuid.ReplaceAllString(Clean(text), "{id}"), "{id}")
}

// route returns a URL or path as the endpoint that it calls: without query, user and ids.
func route(raw string) string {
	place := strings.ToValidUTF8(strings.Map(printable, raw), "")
	if end := strings.IndexAny(place, "?#; \n"); end >= 0 && !strings.Contains(place[:end], "@") {
		place = place[:end]
	}
	if strings.Contains(place, "://") {
		_, place, _ = strings.Cut(cleanURL(place), "://")
		place, _, _ = strings.Cut(strings.TrimPrefix(place, hidden+"@"), "?")
	}
	host, path, _ := strings.Cut(place, "/")
	segments := strings.Split(cleanPath(arguments.ReplaceAllString(path, "({id})")), "/")
	for i, segment := range segments {
		long := len(segment) >= 12 && strings.ContainsAny(segment, "0123456789")
		if segment != hidden && (identifier.MatchString(segment) || uuid.MatchString(segment) || long) {
			segments[i] = "{id}"
		}
	}
	if path == "" {
		return Clean(host)
	}
	return Clean(host + "/" + strings.Join(segments, "/"))
}
