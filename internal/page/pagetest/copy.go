package pagetest

import (
	"math/bits"
	"reflect"
	"unsafe"
)

// Copier copies planners, into the memory of copies that are not needed any more. It is for one goroutine.
type Copier[T any] struct {
	of    *shape
	whole map[*shape][]unsafe.Pointer // what is free, by what it is
	words [16][]unsafe.Pointer        // and without pointers, by the power of two of the numbers that it holds
	maps  map[*part][]reflect.Value
	met   []copied // by the copy under way

	entries map[*part]*entries
}

// copied is a piece of memory and its copy.
type copied struct {
	block
	there unsafe.Pointer
}

// Copied is a copy of a planner.
type Copied[T any] struct {
	Planner *T
	memory  []piece
}

// piece is a piece of memory of a copy.
type piece struct {
	at    unsafe.Pointer
	of    *shape // nil for numbers and maps
	power int
	kind  *part // of a map
	made  reflect.Value
}

// Copier returns a copier of such planners.
func (p Planner[T]) Copier() *Copier[T] {
	return &Copier[T]{of: p.of, whole: make(map[*shape][]unsafe.Pointer), maps: make(map[*part][]reflect.Value)}
}

// Copy makes a copy of a planner.
func (c *Copier[T]) Copy(planner *T, to *Copied[T]) {
	c.met = c.met[:0]
	to.Planner = (*T)(c.follow(unsafe.Pointer(planner), c.of, &to.memory))
}

// Free takes the memory of a copy for others. The planner must not be used any more.
func (c *Copier[T]) Free(copy *Copied[T]) {
	for _, m := range copy.memory {
		switch {
		case m.kind != nil:
			m.made.Clear()
			c.maps[m.kind] = append(c.maps[m.kind], m.made)
		case m.of != nil:
			c.whole[m.of] = append(c.whole[m.of], m.at)
		default:
			c.words[m.power] = append(c.words[m.power], m.at)
		}
	}
	copy.Planner, copy.memory = nil, copy.memory[:0]
}

// follow copies what a pointer leads to and returns where the copy is.
func (c *Copier[T]) follow(p unsafe.Pointer, of *shape, memory *[]piece) unsafe.Pointer {
	if p == nil {
		return nil
	}
	if there := c.copy(p, of.size); there != nil {
		return there
	}
	var there unsafe.Pointer
	if free := c.whole[of]; len(free) > 0 {
		there, c.whole[of] = free[len(free)-1], free[:len(free)-1]
	} else {
		there = reflect.New(of.typ).UnsafePointer()
	}
	reflect.NewAt(of.typ, there).Elem().Set(reflect.NewAt(of.typ, p).Elem())
	*memory = append(*memory, piece{at: there, of: of})
	c.met = append(c.met, copied{block{p, of.size}, there})
	c.mend(there, of, memory)
	return there
}

// copy returns where the copy of this is, nil where it has none.
func (c *Copier[T]) copy(p unsafe.Pointer, size uintptr) unsafe.Pointer {
	for i := range c.met {
		if m := &c.met[i]; m.holds(p, size) {
			return unsafe.Add(m.there, uintptr(p)-uintptr(m.at))
		}
	}
	return nil
}

// mend makes what has been copied lead to copies.
func (c *Copier[T]) mend(base unsafe.Pointer, of *shape, memory *[]piece) {
	for i := range of.leads {
		part := &of.leads[i]
		p := unsafe.Add(base, part.offset)
		switch part.what {
		case pointer:
			*(*unsafe.Pointer)(p) = c.follow(*(*unsafe.Pointer)(p), part.elem, memory)
		case slice:
			c.slice(p, part, memory)
		case mapping:
			c.mapping(p, part, memory)
		default:
			mustBeNil(p)
		}
	}
}

// header is that of a slice.
type header struct {
	at       unsafe.Pointer
	len, cap int
}

// slice copies a slice with the room behind its end, which others may share.
func (c *Copier[T]) slice(p unsafe.Pointer, of *part, memory *[]piece) {
	old := (*header)(p)
	size := uintptr(old.cap) * of.elem.size
	if size == 0 {
		return
	}
	if there := c.copy(old.at, size); there != nil {
		old.at = there
		return
	}
	before := old.at
	if of.elem.plain {
		old.at = c.numbers(before, size, memory)
	} else {
		all := reflect.NewAt(of.typ, p).Elem()
		made := reflect.MakeSlice(of.typ, old.cap, old.cap)
		reflect.Copy(made, all)
		old.at = made.UnsafePointer()
	}
	c.met = append(c.met, copied{block{before, size}, old.at})
	for i := range uintptr(old.len) {
		if len(of.elem.leads) > 0 {
			c.mend(unsafe.Add(old.at, i*of.elem.size), of.elem, memory)
		}
	}
}

// numbers copies memory without pointers.
func (c *Copier[T]) numbers(p unsafe.Pointer, size uintptr, memory *[]piece) (there unsafe.Pointer) {
	power := bits.Len64(uint64(size-1) / 8)
	if power >= len(c.words) {
		panic("pagetest: a planner that remembers too much")
	}
	if free := c.words[power]; len(free) > 0 {
		there, c.words[power] = free[len(free)-1], free[:len(free)-1]
	} else {
		there = unsafe.Pointer(unsafe.SliceData(make([]uint64, 1<<power)))
	}
	copy(unsafe.Slice((*byte)(there), size), unsafe.Slice((*byte)(p), size))
	*memory = append(*memory, piece{at: there, power: power})
	return there
}

// mapping copies a map, whose entries share nothing.
func (c *Copier[T]) mapping(p unsafe.Pointer, of *part, memory *[]piece) {
	old := reflect.NewAt(of.typ, p).Elem()
	if old.IsNil() {
		return
	}
	var made reflect.Value
	if free := c.maps[of]; len(free) > 0 {
		made, c.maps[of] = free[len(free)-1], free[:len(free)-1]
	} else {
		made = reflect.MakeMap(of.typ)
	}
	*memory = append(*memory, piece{kind: of, made: made})
	e := entriesOf(of, &c.entries)
	for e.begin(of, old); e.next(); {
		if len(of.elem.leads) > 0 {
			c.mend(e.value.Addr().UnsafePointer(), of.elem, memory)
		}
		made.SetMapIndex(e.key, e.value)
	}
	old.Set(made)
}
