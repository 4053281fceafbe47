package halopsarecord

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// folded is a name without what spellings of it differ in.
func folded(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// credentialParts are what the names of credentials have in them.
var credentialParts = []string{
	"password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "apikey", "accesskey", "privatekey", "signingkey", "sharedkey", "hostkey",
	"functionskey", "subscriptionkey", "encryptionkey", "licensekey", "accountkey", "authkey", "authorization", "authorisation", "credential", "cookie",
	"signature", "bearer", "assertion", "connectionstring", "clientcert", "pfx",
}

// credentialWords are names of credentials, or words of them.
var credentialWords = []string{
	"auth", "pass", "pw", "pin", "otp", "totp", "mfa", "sig", "hmac", "sid", "sessionid", "session", "sess", "jwt", "saml", "sas", "nonce",
	"psk", "csrf", "xsrf", "samlresponse", "samlrequest",
}

// harmlessEnds are the last words of names that are about a credential and do not hold one.
var harmlessEnds = []string{"type", "count", "length", "url", "uri", "endpoint", "expires", "expiry", "lifetime", "limit", "policy", "name", "at", "in", "method",
	"mode", "scheme", "provider", "status", "required", "enabled", "valid", "version"}

// words splits a name where its spelling does: at capitals, digits and what is not a letter.
func words(name string) []string {
	var all []string
	begin := 0
	runes := []rune(name)
	flush := func(end int) {
		if end > begin {
			all = append(all, strings.ToLower(string(runes[begin:end])))
		}
	}
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r):
			flush(i)
			begin = i + 1
		case i > begin && unicode.IsUpper(r) && unicode.IsLower(runes[i-1]):
			flush(i)
			begin = i
		}
	}
	flush(len(runes))
	return all
}

// credential reports whether a value with this name is one.
func (c *config) credential(name string) bool {
	whole := folded(name)
	if slices.Contains(c.credentials, whole) {
		return true
	}
	all := words(name)
	if len(all) > 1 && slices.Contains(harmlessEnds, all[len(all)-1]) {
		return false
	}
	for _, part := range credentialParts {
		if strings.Contains(whole, part) {
			return true
		}
	}
	return slices.Contains(credentialWords, whole) || slices.ContainsFunc(all, func(word string) bool { return slices.Contains(credentialWords, word) })
}

// hides reports whether this value of this name is a credential. What is called a key is one where it is long enough: others name a record.
func (c *config) hides(name, value string) bool {
	return c.credential(name) || keyed(name) && (telling(value) || random(value))
}

// keyed reports whether a name is that of a key.
func keyed(name string) bool { return slices.Contains(words(name), "key") }

// telling reports whether a value may well be a credential: it is longer than a word or a number that people give to things, and has both in it.
func telling(value string) bool {
	return len(value) >= 12 && !strings.ContainsAny(value, " /") && strings.ContainsAny(value, "0123456789") && strings.ContainsFunc(value, unicode.IsLetter)
}

// harmlessHeaders are those whose values are recorded.
var harmlessHeaders = map[string]bool{}

func init() {
	for _, name := range strings.Fields("Accept Accept-Charset Accept-Encoding Accept-Language Accept-Ranges Age Allow Cache-Control Connection " +
		"Content-Disposition Content-Encoding Content-Language Content-Length Content-Range Content-Type Date Etag Expires Host If-Match " +
		"If-Modified-Since If-None-Match If-Unmodified-Since Last-Modified Location Pragma Range Referer Retry-After Server Transfer-Encoding " +
		"User-Agent Vary Via X-Request-Id Request-Id X-Correlation-Id Traceparent X-Ratelimit-Limit X-Ratelimit-Remaining X-Ratelimit-Reset " +
		"X-Rate-Limit-Limit X-Rate-Limit-Remaining X-Rate-Limit-Reset Ratelimit-Limit Ratelimit-Remaining Ratelimit-Reset Ratelimit Ratelimit-Policy " +
		"X-Content-Type-Options X-Total-Count Deprecation Sunset Warning") {
		harmlessHeaders[folded(name)] = true
	}
}

// The forms of credentials that are known wherever they stand.
var (
	jwt      = regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?`)
	pem      = regexp.MustCompile(`(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)`)
	scheme   = regexp.MustCompile(`(?i)\b(Bearer|Basic|Digest|Negotiate|NTLM|OAuth|Token|SSWS|ApiKey|SharedAccessSignature)[ +]+([A-Za-z0-9+/_=.~%:-]{4,})`)
	prefixed = regexp.MustCompile(`\b(?:sk_live_|sk_test_|rk_live_|pk_live_|sk-|ghp_|gho_|ghs_|github_pat_|glpat-|xox[abeoprs]-|AKIA|ASIA|AIza|SG\.|npm_|pypi-|dop_v1_|shpat_|ya29\.)[A-Za-z0-9_.-]{8,}`)
	userinfo = regexp.MustCompile(`://[^\s/?#@"'<>]*@`)
	opaque   = regexp.MustCompile(`[A-Za-z0-9+/_=-]{20,}`)
	longHex  = regexp.MustCompile(`\b[0-9a-fA-F]{40,}\b`) // shorter ones are ids more often
	hex      = regexp.MustCompile(`^[0-9a-fA-F]{32,}$`)
)

// random reports whether a word is one of chance, as a credential is: capitals, small letters and digits take turns more often than in a name.
func random(word string) bool {
	word = strings.TrimRight(word, "=")
	digits, turns := 0, 0
	kind := func(r byte) int {
		switch {
		case '0' <= r && r <= '9':
			return 1
		case 'a' <= r && r <= 'z':
			return 2
		case 'A' <= r && r <= 'Z':
			return 3
		}
		return 4
	}
	kinds := [5]int{}
	for i := range len(word) {
		k := kind(word[i])
		kinds[k]++
		if k == 1 {
			digits++
		}
		if i > 0 && k != kind(word[i-1]) {
			turns++
		}
	}
	return len(word) >= 20 && digits >= 2 && kinds[2] > 0 && kinds[3] > 0 && kinds[4]*6 <= len(word) && turns*5 >= 2*len(word)
}

// identifies are the last words of names whose values are long and random, and open nothing.
var identifies = []string{"id", "uid", "guid", "uuid", "hash", "etag", "checksum", "md", "sha", "commit", "revision", "fingerprint", "thumbprint", "serial"}

// identifier reports whether a value is long and random, and by its name opens nothing.
func identifier(name, value string) bool {
	all := words(name)
	return hex.MatchString(value) && len(all) > 0 && slices.Contains(identifies, all[len(all)-1])
}

// secretValue reports whether a value is a credential by its looks, under a name that does not say so. What is so in a part only is found in the text.
func secretValue(value string) bool {
	value = strings.TrimSpace(value)
	return hex.MatchString(value) || random(value)
}
