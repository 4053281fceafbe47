package wire

import (
	"bytes"
	"fmt"
	"strings"
)

// Snippet shows the structure of a body around offset: member names and punctuation of JSON, without the values of texts, which can hold
// credentials. Of anything but JSON it gives only the kind and the size.
func Snippet(body []byte, offset int64) string {
	trimmed := trim(body)
	switch {
	case len(trimmed) == 0:
		return "an empty body"
	case trimmed[0] == '<':
		return fmt.Sprintf("HTML of %d bytes", len(body))
	case trimmed[0] != '{' && trimmed[0] != '[':
		return fmt.Sprintf("text of %d bytes", len(body))
	}
	const around = 60
	masked, at := mask(trimmed, int(min(max(offset, 0), int64(len(trimmed)))))
	begin, end := max(0, at-around), min(len(masked), at+around)
	text := strings.ToValidUTF8(string(masked[begin:end]), "")
	if begin > 0 {
		text = "…" + text
	}
	if end < len(masked) {
		text += "…"
	}
	return strings.Join(strings.Fields(text), " ")
}

// mask replaces every text of data that is not a member name by "…", up to a little after at, and returns where at has gone.
func mask(data []byte, at int) (masked []byte, moved int) {
	const after = 2000
	moved = -1
	for i := 0; i < len(data) && i < at+after; i++ {
		if i >= at && moved < 0 {
			moved = len(masked)
		}
		if data[i] != '"' {
			if c := data[i]; c >= ' ' && c < 0x7f && plainJSON(c) {
				masked = append(masked, c)
			}
			continue
		}
		end := i + 1
		for end < len(data) && data[end] != '"' {
			if data[end] == '\\' {
				end++
			}
			end++
		}
		end = min(end, len(data)-1)
		rest := bytes.TrimLeft(data[end+1:], " \t\r\n")
		if len(rest) > 0 && rest[0] == ':' && end-i < 60 {
			masked = append(masked, data[i:end+1]...)
		} else {
			masked = append(masked, `"…"`...)
		}
		i = end
	}
	if moved < 0 {
		moved = len(masked)
	}
	return masked, moved
}

// plainJSON reports whether c stands outside of texts in JSON; anything else is junk that could be part of a broken text.
func plainJSON(c byte) bool { return strings.IndexByte(" {}[]:,-+.0123456789eEtruefalsn", c) >= 0 }
