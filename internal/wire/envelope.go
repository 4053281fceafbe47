package wire

import (
	"reflect"
	"slices"
	"strings"
)

// candidate is a member of an object that may be the list.
type candidate struct {
	name  string
	begin int // of the array
}

// shape is what an object around a list turned out to hold.
type shape struct {
	members int
	known   bool // has a member that the record has a field for
	paged   bool // has record_count, page_no or page_size
	hasID   bool
	failed  bool // has a member that errors have
	sure    bool // has one that little else has
	own     arrays
	other   arrays
}

// arrays are those of an object that may be the list.
type arrays struct{ full, empty []candidate }

// envelope reads an object: the envelope of a list, a single record, or an error that came as a success. The first array that may be the
// list is read at once; another one is read again only if it turns out to be the list.
func (r *reader[T]) envelope(list *List[T]) (*PayloadError, *Error) {
	begin := r.at
	var s shape
	tried := -1
	var failed *Error
	err := r.object(func(name []byte) *Error {
		member := string(name)
		s.members++
		s.known = s.known || r.plan != nil && r.plan.find(name, 0) >= 0
		switch c := r.space(); {
		case c == '[':
			kind := r.arrayKind()
			here := candidate{member, r.at}
			own := ownName(member, r.resource)
			among := &s.other
			if own {
				among = &s.own
			}
			if kind == 'x' || !own && strings.EqualFold(member, "columns") {
				_, err := r.skip()
				return err
			}
			if kind == 0 {
				among.empty = append(among.empty, here)
				_, err := r.skip()
				return err
			}
			among.full = append(among.full, here)
			if own || tried < 0 {
				tried = r.at
				if failed = r.rows(list); failed == nil {
					return nil
				}
				failed.Path = join(member, failed.Path)
				r.at = here.begin
			}
			_, err := r.skip()
			return err
		default:
			raw, err := r.skip()
			if err == nil {
				s.note(numbers(list), strings.ToLower(member), raw)
			}
			return err
		}
	})
	if err != nil {
		if failed != nil && failed.Offset == err.Offset {
			return nil, failed // the same, with its path
		}
		return nil, err
	}
	chosen, err := r.choose(&s, list.RecordCount)
	switch {
	case !s.hasID && chosen == nil && (s.sure || s.failed && err == nil), !s.hasID && s.sure && !s.paged:
		return &PayloadError{ErrorMessage("", r.data[begin:r.at])}, nil
	case err != nil:
		return nil, err
	case chosen != nil:
		if chosen.begin == tried {
			return nil, failed
		}
		after := r.at
		r.at = chosen.begin
		err := r.rows(list)
		if err != nil {
			err.Path = join(chosen.name, err.Path)
		}
		r.at = after
		return nil, err
	}
	list.Records, list.Keys = nil, nil
	switch {
	case s.paged, s.members == 0:
		return nil, nil
	case r.plan != nil && r.plan.extra == nil && !s.hasID && !s.known:
		r.at = begin
		return nil, r.fail("an object that is neither a list nor a record of it")
	}
	r.at = begin
	return nil, r.row(list, 1)
}

// counts are the numbers of an envelope.
type counts struct{ recordCount, pageNo, pageSize *int }

func numbers[T any](l *List[T]) counts { return counts{&l.RecordCount, &l.PageNo, &l.PageSize} }

var errorMembers = []string{"error", "error_description", "message", "exceptionmessage", "classname"}

// note takes what matters of a member that is no array.
func (s *shape) note(c counts, name string, raw []byte) {
	into := map[string]*int{"record_count": c.recordCount, "page_no": c.pageNo, "page_size": c.pageSize}[name]
	switch {
	case into != nil:
		s.paged = true
		if n, ok := integer([]byte(strings.Trim(string(raw), `"`)), '0'); ok && n >= 0 && n < 1<<31 {
			*into = int(n)
		}
	case name == "id":
		s.hasID = true
	case name == "error" && raw[0] == '{', slices.Contains(errorMembers, name) && raw[0] == '"' && len(raw) > 2:
		s.failed = true
		s.sure = s.sure || name != "message"
	}
}

// choose returns the list among the arrays of an object, or nil when there is none.
func (r *reader[T]) choose(s *shape, count int) (*candidate, *Error) {
	if len(s.own.full)+len(s.own.empty) > 0 {
		return s.own.only()
	}
	if !s.paged {
		if s.hasID {
			return nil, nil //nolint:nilnil // no list and no error: a single record
		}
		// A record can hold arrays of its own.
		own := func(c candidate) bool { return r.plan != nil && r.plan.lists[strings.ToLower(c.name)] }
		s.other = arrays{slices.DeleteFunc(s.other.full, own), slices.DeleteFunc(s.other.empty, own)}
	}
	nothing := len(s.other.full)+len(s.other.empty) == 0
	switch {
	case nothing && s.paged && count > 0:
		return nil, &Error{Reason: "record_count says that there are records, but there is no array of them"}
	case nothing:
		return nil, nil //nolint:nilnil // no list and no error
	case count == 0 && len(s.other.empty) > 0:
		return &s.other.empty[0], nil
	}
	return s.other.only()
}

// only returns the one array with rows, or an empty one when none has any: which of them does not matter.
func (a arrays) only() (*candidate, *Error) {
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
	return nil, &Error{Reason: "which array is the list? there are " + strings.Join(names, ", ")}
}

// arrayKind returns '{' for an array whose first element is an object, 0 for an empty one, and 'x' for any other.
func (r *reader[T]) arrayKind() byte {
	begin := r.at
	defer func() { r.at = begin }()
	r.at++
	for {
		switch c := r.space(); c {
		case '{':
			return '{'
		case ']', 0:
			return 0
		case 'n': // null rows are skipped
			if r.literal("null") != nil {
				return 'x'
			}
			if r.space() == ',' {
				r.at++
			}
		default:
			if reflect.TypeFor[T]().Kind() != reflect.Struct && reflect.TypeFor[T]().Kind() != reflect.Map {
				return '{'
			}
			return 'x'
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
