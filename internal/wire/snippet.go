package wire

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// Snippet shows the structure of a body around offset: member names, numbers and punctuation of JSON, without the values of texts, which
// can hold credentials. Of anything but JSON it gives only the kind and the size, and of what stops being JSON the part before that.
func Snippet(body []byte, offset int64) string {
	trimmed := loose.Trim(body)
	switch {
	case len(trimmed) == 0:
		return "an empty body"
	case trimmed[0] == '<':
		return fmt.Sprintf("HTML of %d bytes", len(body))
	case trimmed[0] != '{' && trimmed[0] != '[':
		return fmt.Sprintf("text of %d bytes", len(body))
	}
	m := &masker{Scanner: loose.Scanner{Data: trimmed}, offset: offset, moved: -1}
	complete := m.value() == nil && m.End() == nil
	if m.moved < 0 {
		m.moved = len(m.out)
	}
	begin, end := whole(m.out, max(0, m.moved-around), min(len(m.out), m.moved+around))
	text := strings.ToValidUTF8(string(m.out[begin:end]), "")
	if begin > 0 {
		text = "…" + text
	}
	if end < len(m.out) || !complete && m.At < len(m.Data) {
		text += "…"
	}
	return text
}

// whole moves the ends of a snippet inwards to where a name, a text or a number ends: a half of one could be the half of a secret.
func whole(out []byte, from, to int) (begin, end int) {
	begin, end = to, to
	if from == 0 {
		begin = 0
	}
	last, quoted := from, false
	for i := 0; i < len(out) && i <= to; i++ {
		between := !quoted && (i == 0 || strings.IndexByte("{}[],:", out[i-1]) >= 0 || strings.IndexByte("{}[],:", out[i]) >= 0)
		if between && i >= from {
			begin, last = min(begin, i), i
		}
		switch {
		case quoted && out[i] == '\\':
			i++
		case out[i] == '"':
			quoted = !quoted
		}
	}
	if to < len(out) {
		end = max(last, begin)
	}
	return begin, end
}

const (
	// around is how many bytes a snippet shows on either side of its offset.
	around = 60
	// longestName is how long a member name may be; a longer one is more likely to be a value.
	longestName = 60
)

// masker writes the structure of a body to out. What a value is does not depend on how a broken text looks: it reads as the decoder does and
// stops where that stops.
type masker struct {
	loose.Scanner
	offset int64
	out    []byte
	moved  int // where offset is in out, -1 before it
}

// value writes the value that comes next.
func (m *masker) value() *loose.Error {
	first := m.Space()
	begin := m.At
	if m.moved < 0 && int64(begin) >= m.offset {
		m.moved = len(m.out)
	}
	if m.moved >= 0 && len(m.out) > m.moved+around {
		return m.Fail("enough")
	}
	switch first {
	case '{':
		return m.container("{}", func() *loose.Error {
			return m.Object(func(name []byte) *loose.Error {
				m.comma()
				if len(name) > longestName {
					name = []byte("…")
				}
				m.out = append(strconv.AppendQuote(m.out, string(name)), ':')
				return m.value()
			})
		})
	case '[':
		return m.container("[]", func() *loose.Error {
			return m.Array(func(int) *loose.Error {
				m.comma()
				return m.value()
			})
		})
	}
	_, kind, err := m.Scalar()
	switch {
	case err != nil:
	case kind == '"':
		m.out = append(m.out, `"…"`...)
	default:
		m.out = append(m.out, m.Data[begin:m.At]...)
	}
	return err
}

// container writes an object or an array between its brackets.
func (m *masker) container(brackets string, members func() *loose.Error) *loose.Error {
	m.out = append(m.out, brackets[0])
	err := members()
	if err == nil {
		m.out = append(m.out, brackets[1])
	}
	return err
}

// comma separates a member or element from the one before.
func (m *masker) comma() {
	if last := m.out[len(m.out)-1]; last != '{' && last != '[' {
		m.out = append(m.out, ',')
	}
}
