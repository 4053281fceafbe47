package pagetest

import (
	"fmt"
	"reflect"
	"unsafe"
)

// Planner is how a planner is read and copied with all that it holds, exported or not, and all that this points to. So nothing of it can be forgotten.
//
// What two pointers or slices share is shared in the copy, too. The room behind the end of a slice does not count. An interface must be nil, and there
// must be no function: it could hold anything.
type Planner[T any] struct{ of *shape }

// PlannerOf returns how a T is read and copied.
func PlannerOf[T any]() Planner[T] {
	return Planner[T]{shapes{}.of(reflect.TypeFor[T]())}
}

// AddTo adds a planner to a state.
func (p Planner[T]) AddTo(s *State, planner *T) { s.follow(unsafe.Pointer(planner), p.of) }

// shape is how a type is read: the parts of it that are no struct and no array.
type shape struct {
	typ   reflect.Type
	size  uintptr
	parts []part
	leads []part // those that lead to more
	plain bool   // it has no pointer
}

// part is a number, or what leads to more.
type part struct {
	offset uintptr
	what   what
	typ    reflect.Type
	elem   *shape // of a slice, a pointer or a map
	key    *shape // of a map
}

type what uint8

const (
	word8 what = iota
	word16
	word32
	word64
	text
	slice
	pointer
	mapping
	nothing // an interface
)

// block is a piece of memory that has been met.
type block struct {
	at   unsafe.Pointer
	size uintptr
}

func (b *block) holds(p unsafe.Pointer, size uintptr) bool {
	return uintptr(p) >= uintptr(b.at) && uintptr(p)+size <= uintptr(b.at)+b.size
}

// shapes are those that have been made.
type shapes map[reflect.Type]*shape

func (all shapes) of(typ reflect.Type) *shape {
	if s := all[typ]; s != nil {
		return s
	}
	s := &shape{typ: typ, size: typ.Size()}
	all[typ] = s // it may lead to itself
	all.parts(s, typ, 0)
	s.plain = true
	for _, p := range s.parts {
		s.plain = s.plain && p.what < text
		if p.what > text {
			s.leads = append(s.leads, p)
		}
	}
	return s
}

// parts adds the parts of a type that lies at an offset.
func (all shapes) parts(s *shape, typ reflect.Type, offset uintptr) {
	one := part{offset: offset, typ: typ}
	switch typ.Kind() {
	case reflect.Struct:
		for i := range typ.NumField() {
			all.parts(s, typ.Field(i).Type, offset+typ.Field(i).Offset)
		}
		return
	case reflect.Array:
		for i := range typ.Len() {
			all.parts(s, typ.Elem(), offset+uintptr(i)*typ.Elem().Size()) //nolint:gosec // positive
		}
		return
	case reflect.Bool, reflect.Int8, reflect.Uint8, reflect.Int16, reflect.Uint16, reflect.Int32, reflect.Uint32, reflect.Float32,
		reflect.Int, reflect.Uint, reflect.Int64, reflect.Uint64, reflect.Float64:
		one.what = map[uintptr]what{1: word8, 2: word16, 4: word32, 8: word64}[typ.Size()]
	case reflect.String:
		one.what = text
	case reflect.Slice:
		one.what, one.elem = slice, all.of(typ.Elem())
	case reflect.Pointer:
		one.what, one.elem = pointer, all.of(typ.Elem())
	case reflect.Map:
		one.what, one.key, one.elem = mapping, all.of(typ.Key()), all.of(typ.Elem())
	case reflect.Interface:
		one.what = nothing
	default:
		panic(fmt.Sprintf("pagetest: a %s cannot be read", typ))
	}
	s.parts = append(s.parts, one)
}

// met reports whether this was read before, and adds where.
func (s *State) met(p unsafe.Pointer, size uintptr) bool {
	for i := range s.blocks {
		if b := &s.blocks[i]; b.holds(p, size) {
			s.word(uint64(i) + 2)
			s.word(uint64(uintptr(p) - uintptr(b.at)))
			return true
		}
	}
	s.blocks = append(s.blocks, block{at: p, size: size})
	s.word(1)
	return false
}

// follow reads what a pointer leads to.
func (s *State) follow(p unsafe.Pointer, of *shape) {
	switch {
	case p == nil:
		s.word(0)
	case !s.met(p, of.size):
		s.read(p, of)
	}
}

// read reads what lies somewhere.
func (s *State) read(base unsafe.Pointer, of *shape) {
	for i := range of.parts {
		part := &of.parts[i]
		p := unsafe.Add(base, part.offset)
		switch part.what {
		case word8:
			s.word(uint64(*(*uint8)(p)))
		case word16:
			s.word(uint64(*(*uint16)(p)))
		case word32:
			s.word(uint64(*(*uint32)(p)))
		case word64:
			s.word(*(*uint64)(p))
		case text:
			v := *(*string)(p)
			s.word(uint64(len(v)))
			for i := range len(v) {
				s.word(uint64(v[i]))
			}
		case slice:
			s.slice(*(*[]byte)(p), part.elem)
		case pointer:
			s.follow(*(*unsafe.Pointer)(p), part.elem)
		case mapping:
			s.mapping(p, part)
		case nothing:
			mustBeNil(p)
		}
	}
}

// slice reads a slice, whatever its elements are: its length counts those.
func (s *State) slice(v []byte, elem *shape) {
	n := uintptr(len(v))
	s.word(uint64(n))
	p := unsafe.Pointer(unsafe.SliceData(v))
	if n == 0 || s.met(p, n*elem.size) {
		return
	}
	for i := range n {
		s.read(unsafe.Add(p, i*elem.size), elem)
	}
}

// entries goes through maps of one kind without new memory for each.
type entries struct {
	key, value reflect.Value
	all        *reflect.MapIter
}

func (e *entries) begin(of *part, m reflect.Value) {
	if e.all == nil {
		e.key, e.value, e.all = reflect.New(of.key.typ).Elem(), reflect.New(of.elem.typ).Elem(), new(reflect.MapIter)
	}
	e.all.Reset(m)
}

func (e *entries) next() bool {
	if !e.all.Next() {
		return false
	}
	e.key.SetIterKey(e.all)
	e.value.SetIterValue(e.all)
	return true
}

// entriesOf returns what goes through maps such as this one.
func entriesOf(of *part, by *map[*part]*entries) *entries {
	if *by == nil {
		*by = make(map[*part]*entries)
	}
	if (*by)[of] == nil {
		(*by)[of] = new(entries)
	}
	return (*by)[of]
}

// mapping reads a map, whose entries have no order: each is summed by itself, and shares nothing with the others.
func (s *State) mapping(p unsafe.Pointer, of *part) {
	m := reflect.NewAt(of.typ, p).Elem()
	n := m.Len()
	if s.word(uint64(n)); n == 0 { //nolint:gosec // positive
		return
	}
	var sum Sum
	var entry State
	e := entriesOf(of, &s.entries)
	for e.begin(of, m); e.next(); {
		entry.read(e.key.Addr().UnsafePointer(), of.key)
		entry.read(e.value.Addr().UnsafePointer(), of.elem)
		entry.word(1)
		one := entry.Sum()
		sum[0] += one[0]
		sum[1] += one[1]
	}
	s.word(sum[0])
	s.word(sum[1])
}

func mustBeNil(p unsafe.Pointer) {
	if *(*unsafe.Pointer)(p) != nil {
		panic("pagetest: an interface that is not nil")
	}
}
