package redact

import "strings"

// Tail returns b without the beginning of a secret at its end, where a text that broke off has one.
func (s Secrets) Tail(b []byte) []byte {
	for _, secret := range s {
		for n := min(len(secret)-1, len(b)); n >= shortest; n-- {
			if strings.HasPrefix(secret, string(b[len(b)-n:])) {
				b = b[:len(b)-n]
				break
			}
		}
	}
	return b
}
