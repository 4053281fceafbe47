package halopsaotel

import "strings"

// template returns path with {id} for each id, so that there are few of them: /IntegrationError/17 is /IntegrationError/{id}.
//
// The first segment is the name of a resource. Of the others, the last one of a Get or a Delete is an id, whatever it looks like; further ones
// come with the paths that callers give to the generic functions, and are ids unless they look like a name.
func template(op, path string) string {
	segments := strings.Split(path, "/") // the first is empty, before the slash
	ofOne := strings.HasSuffix(op, ".Get") || strings.HasSuffix(op, ".Delete")
	for i := 2; i < len(segments); i++ {
		if ofOne && i == len(segments)-1 || !isName(segments[i]) {
			segments[i] = "{id}"
		}
	}
	return strings.Join(segments, "/")
}

// longestName is longer than any name of HaloPSA's API, and shorter than a key.
const longestName = 48

// isName reports whether a segment looks like a word of the API rather than like an id.
func isName(segment string) bool {
	if segment == "" || len(segment) > longestName {
		return false
	}
	for _, c := range []byte(segment) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}
