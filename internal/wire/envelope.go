package wire

import (
	"reflect"
	"slices"
	"strings"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// candidate is a member of an object that may be the list, or may hold it.
type candidate struct {
	name  string
	begin int // of the array or object
}

// shape is what an object around a list turned out to hold.
type shape struct {
	failure
	members int
	known   bool // has a member other than the id that the record has a field for
	paged   bool // has record_count, page_no or page_size
	hasID   bool
	own     arrays
	other   arrays
	inner   []candidate // objects that no field is for
	warning []byte
}

// arrays are those of an object that may be the list.
type arrays struct{ full, empty []candidate }

// deepestEnvelope is how many objects may be around a list.
const deepestEnvelope = 3

// envelope reads an object: the envelope of a list, a single record, or an error that came as a success. The first array that may be the
// list is read at once; another one is read again only if it turns out to be the list.
func (r *reader[T]) envelope(list *List[T], depth int) (*PayloadError, *loose.Error) {
	begin := r.At
	var s shape
	tried := -1
	var failed *loose.Error
	err := r.Object(func(name []byte) *loose.Error {
		member := string(name)
		s.members++
		field := -1
		if r.plan != nil {
			field = r.plan.Find(name)
		}
		s.known = s.known || field >= 0 && field != r.plan.ID() && !besideRecord(member)
		if r.Space() == '[' {
			here, own := candidate{member, r.At}, ownName(member, r.resource)
			among := &s.other
			if own {
				among = &s.own
			}
			switch kind := r.arrayKind(); {
			case kind == 'x', !own && strings.EqualFold(member, "columns"):
			case kind == 0:
				among.empty = append(among.empty, here)
			default:
				among.full = append(among.full, here)
				if own || tried < 0 {
					tried = r.At
					if failed = r.rows(list); failed == nil {
						s.noteArray(member, own, r.Data[here.begin:r.At])
						return nil
					}
					failed.Path = loose.Join(member, failed.Path)
					r.At = here.begin
				}
			}
			raw, err := r.Skip()
			if err == nil {
				s.noteArray(member, own && len(among.full) > 0, raw)
			}
			return err
		}
		here := candidate{member, r.At}
		raw, err := r.Skip()
		if err != nil {
			return err
		}
		switch {
		case string(raw) == "null" && ownName(member, r.resource):
			s.own.empty = append(s.own.empty, here) // null in the place of the list
		case raw[0] == '{' && field < 0:
			s.inner = append(s.inner, here)
		}
		s.noteMember(numbers(list), member, raw)
		return nil
	})
	if err != nil {
		if failed != nil && failed.Offset == err.Offset {
			return nil, failed // the same, with its path
		}
		return nil, err
	}
	chosen, err := r.choose(&s, list.RecordCount)
	single := s.record && !s.paged && (chosen == nil || len(s.own.full)+len(s.own.empty) == 0)
	s.record = single // the id of an envelope does not make it a record
	switch {
	case s.sure(), chosen == nil && s.vague():
		return s.payload(), nil
	case err != nil && len(s.inner) == 0:
		return nil, err
	case chosen != nil:
		return r.chosen(list, &s, chosen, tried, failed)
	}
	list.Records, list.Keys, list.Bad = nil, nil, nil
	if !single && !s.known {
		if s.warning != nil {
			list.Warning = ErrorMessage("", s.warning)
		}
		if found, failure, nestedErr := r.nested(list, s.inner, depth); found {
			return failure, nestedErr
		}
	}
	switch {
	case err != nil:
		return nil, err
	case s.paged, s.members == 0 && depth == 1:
		return nil, nil
	case r.typed() && !single && (!s.known || depth > 1), !r.typed() && depth > 1:
		r.At = begin
		return nil, r.Fail(neither)
	}
	r.At = begin
	if depth > 1 {
		return nil, r.row(list, 1) // it may be another object that is the record
	}
	return nil, r.element(list, 0, 1)
}

// chosen takes the array that turned out to be the list, and what is beside it.
func (r *reader[T]) chosen(list *List[T], s *shape, chosen *candidate, tried int, failed *loose.Error) (*PayloadError, *loose.Error) {
	if chosen.begin == tried && failed != nil {
		return nil, failed
	}
	if chosen.begin != tried {
		after := r.At
		r.At = chosen.begin
		if r.Space() == 'n' { // null in the place of the list
			list.Records, list.Keys, list.Bad = nil, nil, nil
		} else if err := r.rows(list); err != nil {
			err.Path = loose.Join(chosen.name, err.Path)
			return nil, err
		}
		r.At = after
	}
	for _, bad := range list.Bad {
		bad.under(chosen.name)
	}
	if s.warning != nil {
		list.Warning = ErrorMessage("", s.warning)
	}
	if s.vague() {
		said := s.payload()
		if len(list.Records) == 0 && list.RecordCount > 0 {
			return said, nil
		}
		if list.Warning == "" {
			list.Warning = said.Message
		}
	}
	return nil, nil
}

// neither is the reason for an object that holds no list.
const neither = "an object that is neither a list nor a record of it"

// wrappers are what an object around an envelope is called where a record can be any object.
var wrappers = []string{"data", "result", "results", "response", "payload"}

// nested reads the list out of the one inner object that holds one, such as {"data":{"logs":[…]}}. Counts that stand in it outweigh those
// beside it.
func (r *reader[T]) nested(list *List[T], inner []candidate, depth int) (found bool, failure *PayloadError, err *loose.Error) {
	if depth >= deepestEnvelope {
		return false, nil, nil
	}
	after := r.At
	defer func() { r.At = after }()
	var names []string
	outer, best := *list, *list
	for _, c := range inner {
		if !r.typed() && !slices.Contains(wrappers, strings.ToLower(c.name)) {
			continue
		}
		own := outer
		r.At = c.begin
		failed, wrong := r.envelope(&own, depth+1)
		switch {
		case failed != nil && (failure == nil || failure.vague):
			failure = failed
		case failed != nil:
		case wrong != nil && wrong.Reason != neither && err == nil:
			err = wrong
			err.Path = loose.Join(c.name, err.Path)
		case wrong == nil:
			for _, bad := range own.Bad {
				bad.under(c.name)
			}
			names, best = append(names, c.name), own
		}
	}
	switch {
	case failure != nil && !(failure.vague && len(names) > 0):
		return true, failure, nil
	case len(names) == 1:
		*list = best
		return true, nil, nil
	case len(names) > 1:
		return true, nil, &loose.Error{Reason: "which object holds the list? there are " + strings.Join(names, ", ")}
	}
	return err != nil, nil, err
}

// typed reports whether the record has its own fields, so that not every object can be one.
func (r *reader[T]) typed() bool { return r.plan != nil && r.plan.Len() > 0 }

// counts are the numbers of an envelope.
type counts struct{ recordCount, pageNo, pageSize *int }

func numbers[T any](l *List[T]) counts { return counts{&l.RecordCount, &l.PageNo, &l.PageSize} }

// noteArray takes what an array says of a failure, unless it is one that can be the list.
func (s *shape) noteArray(name string, list bool, raw []byte) {
	if !list {
		s.note(name, raw)
	}
}

// noteMember takes what matters of a member that is no array.
func (s *shape) noteMember(c counts, name string, raw []byte) {
	s.note(name, raw)
	switch name = strings.ToLower(name); name {
	case "record_count", "page_no", "page_size":
		s.paged = true
		into := map[string]*int{"record_count": c.recordCount, "page_no": c.pageNo, "page_size": c.pageSize}[name]
		if n, ok := loose.Integer([]byte(strings.Trim(string(raw), `"`)), '0'); ok && n >= 0 && n < 1<<31 {
			*into = int(n)
		}
	case "id":
		s.hasID = true
	case "_warning":
		s.warning = raw
	}
}

// choose returns the list among the arrays of an object, or nil when there is none. An array with rows outweighs an empty one of the
// resource's name, unless record_count says that there are none.
func (r *reader[T]) choose(s *shape, count int) (*candidate, *loose.Error) {
	if !s.paged {
		if s.hasID && len(s.own.full)+len(s.own.empty) == 0 {
			return nil, nil //nolint:nilnil // no list and no error: a single record
		}
		// A record can hold arrays itself.
		own := func(c candidate) bool { return r.plan != nil && r.plan.Slice(c.name) }
		s.other = arrays{slices.DeleteFunc(s.other.full, own), slices.DeleteFunc(s.other.empty, own)}
	}
	if len(s.own.full) > 0 || len(s.own.empty) > 0 && (count == 0 || len(s.other.full) == 0) {
		return s.own.only()
	}
	nothing := len(s.other.full)+len(s.other.empty) == 0
	switch {
	case nothing && s.paged && count > 0:
		return nil, &loose.Error{Reason: "record_count says that there are records, but there is no array of them"}
	case nothing:
		return nil, nil //nolint:nilnil // no list and no error
	case count == 0 && len(s.other.empty) > 0:
		return &s.other.empty[0], nil
	}
	return s.other.only()
}

// only returns the one array with rows, or an empty one when none has any: which of them does not matter.
func (a arrays) only() (*candidate, *loose.Error) {
	switch len(a.full) {
	case 0:
		return &a.empty[0], nil
	case 1:
		return &a.full[0], nil
	}
	var names []string
	for _, c := range a.full {
		names = append(names, c.name)
	}
	return nil, &loose.Error{Reason: "which array is the list? there are " + strings.Join(names, ", ")}
}

// arrayKind returns '{' for an array with an object in it, 0 for an empty one, and 'x' for any other.
func (r *reader[T]) arrayKind() byte {
	begin := r.At
	defer func() { r.At = begin }()
	kind := byte(0)
	anything := reflect.TypeFor[T]().Kind() != reflect.Struct && reflect.TypeFor[T]().Kind() != reflect.Map
	for r.At++; ; r.At++ {
		switch c := r.Space(); {
		case c == '{':
			return c
		case c == ']' || c == 0:
			return kind
		case c == 'n': // null rows are skipped
		case anything:
			return '{'
		default:
			kind = 'x'
		}
		if _, err := r.Skip(); err != nil {
			return 'x'
		}
		if r.Space() != ',' {
			return kind
		}
	}
}

// ownName reports whether an array's name is the resource's: integrationerrors, integrationerror, errors or error for IntegrationError.
func ownName(name, resource string) bool {
	name, resource = strings.ToLower(name), strings.ToLower(resource)
	if at := strings.LastIndexByte(resource, '/'); at >= 0 {
		resource = resource[at+1:]
	}
	if resource == "" {
		return false
	}
	forms := []string{resource}
	for _, prefix := range []string{"integration", "integrator", "connected"} {
		if short, ok := strings.CutPrefix(resource, prefix); ok && short != "" {
			forms = append(forms, short)
		}
	}
	for _, form := range forms {
		stem := strings.TrimSuffix(form, "s")
		if name == form || name == form+"s" || name == form+"es" || name == stem || strings.HasSuffix(form, "y") && name == form[:len(form)-1]+"ies" {
			return true
		}
	}
	return false
}
