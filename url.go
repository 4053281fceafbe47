package halopsa

import (
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// server is a URL of HaloPSA, checked: a scheme, a host and a path without a slash at its end.
type server struct{ origin, path string }

// trim drops white space and byte order marks around what was copied from somewhere.
func trim(text string) string {
	return strings.TrimFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' })
}

// parseServer reads the URL of a server.
//
// It refuses whatever a server, a proxy or net/http could read differently from the user: the secret must not go anywhere else than was
// meant, and nothing may fail only at the first call. An error never repeats the URL, which can have a password in it.
func parseServer(argument, raw string, insecure bool) (server, error) {
	const like = "it looks like https://acme.halopsa.com"
	refuse := func(format string, args ...any) (server, error) {
		return server{}, badArgument(argument, format, args...)
	}
	raw = trim(raw)
	u, err := url.Parse(raw)
	switch {
	case raw == "":
		return refuse("empty; %s", like)
	case strings.ContainsFunc(raw, invisible):
		return refuse("has a blank, a control character or an invisible one in it; %s", like)
	case strings.Contains(raw, `\`):
		return refuse("has a backslash in it; %s", like)
	case err != nil:
		return refuse("malformed; %s", like)
	case u.User != nil:
		return refuse("has a user name or password in it; %s, and WithClientCredentials takes the credentials", like)
	case u.Scheme != "https" && u.Scheme != "http":
		return refuse("must begin with https://, as in https://acme.halopsa.com")
	case u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return refuse("has no host; %s", like)
	case strings.ContainsAny(raw, "?#"):
		return refuse("has a query or fragment; %s, and WithTenant names the tenant", like)
	}
	host, reason := hostOf(u)
	if reason != "" {
		return refuse("%s; %s", reason, like)
	}
	if u.Scheme == "http" && !insecure && !loopback(host) {
		return refuse("http:// to %s would send credentials in the clear; use https://, or WithInsecureHTTP if that is meant", host)
	}
	path := strings.TrimRight(u.EscapedPath(), "/")
	for _, segment := range segments(path) {
		if !plainSegment(segment) {
			return refuse("has a path with an empty part, . or .., or an escaped slash or control character; it looks like https://halo.example.com/halo")
		}
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := u.Port(); port != "" {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return refuse("has a port that is not between 1 and 65535; %s:8443", like)
		}
		host += ":" + strconv.FormatUint(n, 10)
	}
	return server{u.Scheme + "://" + host, path}, nil
}

// invisible reports whether r is a character that nobody sees in a URL.
func invisible(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// hostOf returns the host without the dot of a complete name at its end, or what is wrong with it.
func hostOf(u *url.URL) (host, reason string) {
	host = u.Hostname()
	if strings.HasPrefix(u.Host, "[") || strings.Contains(host, ":") {
		address, err := netip.ParseAddr(host)
		switch {
		case err != nil || !address.Is6():
			return "", "has a host in brackets that is not an IPv6 address"
		case address.Zone() != "":
			return "", "has an IPv6 address with a zone"
		}
		return host, ""
	}
	host = strings.TrimSuffix(host, ".")
	for label := range strings.SplitSeq(host, ".") {
		if label == "" || len(label) > 63 || len(host) > 253 || strings.ContainsFunc(label, notOfHost) {
			return "", "has a host that is not a name or an address"
		}
	}
	return host, ""
}

// notOfHost reports whether r is not a character of a host's name.
func notOfHost(r rune) bool {
	return r != '-' && r != '_' && !unicode.In(r, unicode.L, unicode.N, unicode.M)
}

// segments returns the parts of an escaped path that begins with a slash, or is empty.
func segments(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path[1:], "/")
}

// plainSegment reports whether a part of an escaped path is one for every server and proxy.
func plainSegment(segment string) bool {
	text, err := url.PathUnescape(segment)
	name, _, _ := strings.Cut(text, ";") // some servers take ..;x for ..
	return err == nil && name != "" && name != "." && name != ".." &&
		!strings.ContainsAny(text, `/\%?#`) && !strings.ContainsFunc(text, unicode.IsControl)
}

// last reports whether the last part of the path is this word, in any case and however it is escaped.
func (s server) last(word string) bool {
	parts := segments(s.path)
	if len(parts) == 0 {
		return false
	}
	text, _ := url.PathUnescape(parts[len(parts)-1])
	return strings.EqualFold(text, word)
}

// base returns the URL without /api, /auth or /auth/token at its end.
func (s server) base() string {
	for _, word := range []string{"token", "api", "auth"} {
		if s.last(word) {
			s.path = s.path[:strings.LastIndex(s.path, "/")]
		}
	}
	return s.origin + s.path
}

// serverURL checks raw and returns it without /api, /auth, /token and trailing slashes.
func serverURL(argument, raw string, insecure bool) (string, error) {
	s, err := parseServer(argument, raw, insecure)
	if err != nil {
		return "", err
	}
	return s.base(), nil
}

func loopback(host string) bool {
	host = strings.ToLower(host)
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}

// tokenEndpoint is where tokens are fetched: /auth/token of the base URL, or of the authorization server: /token below the path that was
// given, and /auth/token where that is empty or /api. A path that ends in /token is the endpoint itself [seen: /token of a host].
func tokenEndpoint(base, authURL, tenant string, insecure bool) (string, error) {
	endpoint := base + "/auth/token"
	if authURL != "" {
		s, err := parseServer("authorization URL", authURL, insecure)
		if err != nil {
			return "", err
		}
		switch {
		case s.last("token"):
			endpoint = s.origin + s.path
		case s.path == "" || s.last("api"):
			endpoint = s.base() + "/auth/token"
		default:
			endpoint = s.origin + s.path + "/token"
		}
	}
	if tenant != "" {
		endpoint += "?tenant=" + url.QueryEscape(tenant)
	}
	return endpoint, nil
}

// resourcePath joins a resource and an id to a path, or says what is wrong with either.
func resourcePath(resource string, id ...string) (string, error) {
	resource = strings.Trim(resource, "/")
	if resource == "" {
		return "", badArgument("path", "empty; it is a resource such as \"Tickets\"")
	}
	var path strings.Builder
	path.Grow(len(resource) + 24)
	if isWord(resource) { // as nearly all are
		path.WriteByte('/')
		path.WriteString(resource)
	} else {
		for part := range strings.SplitSeq(resource, "/") {
			if err := checkSegment("path", part); err != nil {
				return "", err
			}
			path.WriteByte('/')
			path.WriteString(url.PathEscape(part))
		}
	}
	for _, part := range id {
		if isWord(part) {
			path.WriteByte('/')
			path.WriteString(part)
			continue
		}
		if strings.Contains(part, "/") {
			return "", badArgument("id", "%q has a slash in it", part)
		}
		if err := checkSegment("id", part); err != nil {
			return "", err
		}
		path.WriteByte('/')
		path.WriteString(url.PathEscape(part))
	}
	return path.String(), nil
}

// isWord reports whether a text is a segment of a path as it is, of ASCII letters and digits alone.
func isWord(text string) bool {
	for i := range len(text) {
		if c := text[i]; c-'0' > 9 && c|0x20-'a' > 'z'-'a' {
			return false
		}
	}
	return text != ""
}

// checkSegment refuses what would change the path: "DELETE /IntegrationError/" must never be sent.
func checkSegment(argument, part string) error {
	switch {
	case strings.TrimSpace(part) == "":
		return badArgument(argument, "empty")
	case part == "." || part == "..":
		return badArgument(argument, "%q would change the path", part)
	case strings.ContainsAny(part, "\\?#\x00\r\n") && argument == "path":
		return badArgument(argument, "has a character that no path has; give parameters with WithQuery")
	}
	return nil
}

// checkSegments refuses segments of a path, between slashes, that would change it.
func checkSegments(argument, segments string) error {
	for segment := range strings.SplitSeq(segments, "/") {
		if err := checkSegment(argument, segment); err != nil {
			return err
		}
	}
	return nil
}

// ID is what names a record: a number for most resources, a text for some.
type ID interface{ ~int | ~int64 | ~string }

// text returns an id, which can be of a type of the caller's own, as a path segment.
func text[I ID](id I) (string, error) {
	v := reflect.ValueOf(id)
	if !v.CanInt() {
		return v.String(), nil
	}
	if v.Int() <= 0 {
		return "", badArgument("id", "%d: must be positive", v.Int())
	}
	return strconv.FormatInt(v.Int(), 10), nil
}

// about checks that an object is the record with this id. needed says that records of its kind have one.
//
// A text can be another key of a record whose id is a number.
func about(id string, object []byte, needed bool) error {
	got, ok := wire.ID(object)
	_, err := strconv.ParseInt(id, 10, 64)
	byNumber := err == nil
	_, err = strconv.ParseInt(got, 10, 64)
	isNumber := err == nil
	switch {
	case !ok && needed && byNumber:
		return &wire.Error{Reason: "an object without an id, where the record with the id " + id + " was asked for"}
	case !ok, isNumber && !byNumber && wire.RealID(got), strings.EqualFold(strings.Trim(got, "{}"), strings.Trim(id, "{}")):
		return nil
	}
	return &wire.Error{Reason: "a record with the id " + shortID(got) + ", where the one with the id " + id + " was asked for"}
}

// shortID is an id of a response as an error shows it: a number, or that it is a text, which can be anything.
func shortID(id string) string {
	if _, err := strconv.ParseInt(id, 10, 64); err == nil {
		return id
	}
	return "of " + strconv.Itoa(len(id)) + " characters"
}

// hostIn returns the host of a URL that [serverURL] has checked, with the port unless that is HTTPS's own.
func hostIn(base string) string {
	scheme, host, _ := strings.Cut(base, "://")
	host, _, _ = strings.Cut(host, "/")
	if _, port := splitHost(host); port == "" && scheme == "http" {
		return host + ":80"
	}
	return strings.TrimSuffix(host, ":443")
}

// originIn returns the scheme and the host of such a URL, the same for each spelling of them.
func originIn(base string) string {
	base = strings.ToLower(base)
	scheme, _, _ := strings.Cut(base, "://")
	return scheme + "://" + hostIn(base)
}

// splitHost splits a host, which can be an IPv6 address in brackets, from the port, which can be missing.
func splitHost(hostport string) (host, port string) {
	if at := strings.LastIndexByte(hostport, ':'); at > strings.LastIndexByte(hostport, ']') {
		hostport, port = hostport[:at], hostport[at+1:]
	}
	return strings.Trim(hostport, "[]"), port
}
