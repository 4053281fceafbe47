// Package redact takes known secrets out of what a server sent, before it gets into an error.
package redact

import (
	"bytes"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// Placeholder stands where a secret was.
const Placeholder = "[redacted]"

// shortest is the length below which a text is no secret that could be told from ordinary words.
const shortest = 4

// members are the names of record members whose values can be credentials, of HaloPSA or of other systems.
var members = []string{
	"new_clientsecret", "_retry_webhook_token",
	"request_headers", "response_headers", "request_body", "response_body",
}

// Secrets are texts that must not be shown.
type Secrets []string

// Members returns the texts that a JSON body holds in members for secrets, wherever they are.
func Members(body []byte) Secrets {
	if !slices.ContainsFunc(members, func(name string) bool { return bytes.Contains(body, []byte(name)) }) {
		return nil
	}
	var value any
	if json.Unmarshal(body, &value) != nil {
		return nil
	}
	return collect(nil, value, false)
}

func collect(found Secrets, value any, secret bool) Secrets {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			found = collect(found, member, secret || slices.Contains(members, strings.ToLower(name)))
		}
	case []any:
		for _, element := range value {
			found = collect(found, element, secret)
		}
	case string:
		if secret {
			found = append(found, value)
			// A server that echoes headers may echo one of them.
			for _, line := range strings.FieldsFunc(value, func(r rune) bool { return r == '\n' || r == '\r' }) {
				if _, v, ok := strings.Cut(line, ":"); ok {
					found = append(found, strings.TrimSpace(v))
				}
				found = append(found, strings.Fields(line)...)
			}
		}
	}
	return found
}

// Bytes returns b without the secrets, plain or as a URL or JSON writes them. It can change b.
func (s Secrets) Bytes(b []byte) []byte {
	longestFirst := slices.Clone(s)
	slices.SortFunc(longestFirst, func(a, b string) int { return len(b) - len(a) })
	for _, secret := range longestFirst {
		if len(secret) < shortest {
			continue
		}
		forms := []string{secret, url.QueryEscape(secret), url.PathEscape(secret)}
		if quoted, err := json.Marshal(secret); err == nil {
			forms = append(forms, string(quoted[1:len(quoted)-1]))
		}
		slices.Sort(forms)
		for _, form := range slices.Compact(forms) {
			b = bytes.ReplaceAll(b, []byte(form), []byte(Placeholder))
		}
	}
	return b
}
