package loose

import (
	"strconv"
	"strings"
)

// Map reads an object as encoding/json would read it into a map of any, and returns the text of its member id, nil where it has none. It is read once. Of
// two spellings of id the exact one counts.
func (s *Scanner) Map() (object map[string]any, id []byte, err *Error) {
	begin, symbols := s.At, s.symbols
	s.newPiece()
	if err := s.Charge(mapRoom); err != nil {
		return nil, nil, err
	}
	m := mapReader{Scanner: s, fits: true}
	object = map[string]any{}
	exact := false
	err = m.object(object, func(name string, raw []byte) {
		if len(name) == 2 && strings.EqualFold(name, "id") && (name == "id" || !exact) {
			exact, id = name == "id", raw
		}
	})
	switch {
	case err != nil:
		return nil, nil, err
	case !m.fits && s.symbols > symbols: // as for every type that encoding/json reads, see setBy
		return nil, id, nil
	case !m.fits:
		return nil, nil, &Error{Offset: int64(begin), Reason: "not a map[string]interface {}"}
	}
	return object, id, nil
}

// mapReader reads values of any type.
type mapReader struct {
	*Scanner
	fits bool // all numbers so far fit into a float64
}

// What a value of a map or an array takes besides its own memory, and what a map takes with room for eight members, about. An empty one takes less.
const (
	anyRoom    = 16 + memberRoom
	anyMapRoom = mapRoom + 8*2*16
)

// object reads an object into a map; member, if it is not nil, is told of each member and the text of its value.
func (m *mapReader) object(into map[string]any, member func(name string, raw []byte)) *Error {
	first := true
	return m.Object(func(name []byte) *Error {
		room := anyRoom
		if first {
			room, first = room+anyMapRoom, false
		}
		if err := m.Charge(room); err != nil {
			return err
		}
		key := m.name(name)
		m.Space()
		begin := m.At
		value, err := m.value()
		if err != nil {
			return err
		}
		into[key] = value
		if member != nil {
			member(key, m.Data[begin:m.At])
		}
		return nil
	})
}

// value reads the value that comes next.
func (m *mapReader) value() (any, *Error) {
	switch m.Space() {
	case '{':
		object := map[string]any{}
		err := m.object(object, nil)
		return object, err
	case '[':
		list := []any{}
		err := m.Array(func(int) *Error {
			if err := m.Charge(anyRoom); err != nil {
				return err
			}
			value, err := m.value()
			list = append(list, value)
			return err
		})
		return list, err
	}
	text, kind, err := m.Scalar()
	switch {
	case err != nil:
		return nil, err
	case kind == '"':
		return m.keepText(text), nil
	case kind == 't', kind == 'f':
		return kind == 't', nil
	case kind == 'n', kind == 'N': // a bare NaN is no JSON, which encoding/json cannot know
		return nil, nil //nolint:nilnil // null
	}
	n, parseErr := strconv.ParseFloat(string(text), 64)
	m.fits = m.fits && parseErr == nil
	return n, nil
}

// mostNames is how many different names of members are kept of a body.
const mostNames = 256

// name returns the name of a member, the same memory for each row.
func (s *Scanner) name(text []byte) string {
	if known, ok := s.names[string(text)]; ok {
		return known
	}
	name := string(text)
	if s.names == nil {
		s.names = make(map[string]string)
	}
	if len(name) <= longestShort && len(s.names) < mostNames {
		s.names[name] = name
	}
	return name
}
