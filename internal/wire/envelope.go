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
	paged    bool // has record_count, page_no or page_size
	hasID    bool
	named    *candidate  // an array under the resource's own name
	objects  []candidate // other arrays of objects
	nothing  []candidate // other arrays that are empty
	failed   bool        // has a member that errors have
}

// envelope reads an object: the envelope of a list, a single record, or an error that came as a success. The first array that may be the
// list is read at once; another one is read again only if it turns out to be the list.
func (r *reader[T]) envelope(list *List[T]) (*PayloadError, *Error) {
	begin := r.at
	var s shape
	tried := -1
	var failed *Error
	err := r.object(func(name []byte) *Error {
		member := string(name)
		switch c := r.space(); {
		case c == '[':
			kind := r.arrayKind()
			here := candidate{member, r.at}
			own := ownName(member, r.resource)
			if kind == 'x' || !own && strings.EqualFold(member, "columns") {
				_, err := r.skip()
				return err
			}
			switch {
			case own && s.named == nil:
				s.named = &here
			case kind == 0:
				s.nothing = append(s.nothing, here)
			default:
				s.objects = append(s.objects, here)
			}
			if kind == '{' && (own || tried < 0) {
				tried = r.at
				depth := r.depth
				if failed = r.rows(list); failed == nil {
					return nil
				}
				r.at, r.depth = here.begin, depth
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
		if failed != nil {
			return nil, failed
		}
		return nil, err
	}
	chosen, err := r.choose(&s, list.RecordCount)
	switch {
	case err != nil:
		return nil, err
	case chosen != nil:
		if chosen.begin == tried {
			if failed != nil {
				failed.Path = join(chosen.name, failed.Path)
			}
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
	case s.paged:
		list.Records, list.Keys = nil, nil
		return nil, nil
	case !s.hasID && s.failed:
		return &PayloadError{ErrorMessage("", r.data[begin:r.at])}, nil
	}
	list.Records, list.Keys = nil, nil
	r.at = begin
	return nil, r.row(list, 1)
}

// counts are the numbers of an envelope.
type counts struct{ recordCount, pageNo, pageSize *int }

func numbers[T any](l *List[T]) counts { return counts{&l.RecordCount, &l.PageNo, &l.PageSize} }

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
	case slices.Contains([]string{"error", "error_description", "message", "exceptionmessage", "classname"}, name):
		s.failed = s.failed || raw[0] == '"' && len(raw) > 2
	}
}

// choose returns the list among the arrays of an object, or nil when there is none.
func (r *reader[T]) choose(s *shape, count int) (*candidate, *Error) {
	if s.named != nil {
		return s.named, nil
	}
	if !s.paged {
		if s.hasID {
			return nil, nil //nolint:nilnil // no list and no error: a single record
		}
		// A record can hold arrays of its own.
		own := func(c candidate) bool { return r.plan != nil && r.plan.lists[strings.ToLower(c.name)] }
		s.objects, s.nothing = slices.DeleteFunc(s.objects, own), slices.DeleteFunc(s.nothing, own)
	}
	among := s.objects
	if len(among) == 0 {
		among = s.nothing
		if len(among) > 0 && s.paged && count <= 0 {
			return &among[0], nil
		}
	}
	switch {
	case len(among) == 1:
		return &among[0], nil
	case len(among) > 1:
		var names []string
		for _, c := range among {
			names = append(names, c.name)
		}
		return nil, &Error{Reason: "which array is the list? there are " + strings.Join(names, ", ")}
	case s.paged && count > 0:
		return nil, &Error{Reason: "record_count says that there are records, but there is no array of them"}
	}
	return nil, nil //nolint:nilnil // no list and no error
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
			if r.literal("null") != nil || r.space() != ',' {
				return 'x'
			}
			r.at++
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
