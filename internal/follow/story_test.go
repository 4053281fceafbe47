package follow_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/follow"
	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// story is a list, how it is served, and what happens to it while it is followed. What happens is by the number of the request, from 1, over all passes.
type story struct {
	pagetest.Server
	list     string // as in "1-5 9"
	sortable bool
	after    int64
	size     int
	passes   int  // 0 is 1
	ahead    int  // how many pages may be read before their turn
	wraps    bool // page 1 comes in place of one behind the end

	adds    map[int]string // records are added
	goes    map[int]string // records go
	sends   map[int]string // in place of the page: rows, "-" for none
	says    map[int]int    // in place of record_count
	tooMuch map[int]bool   // the page is
	rewinds map[int]int64  // after so many passes, the cursor is set back to this record
}

// idsOf reads a list.
func idsOf(list string) (ids []int64) {
	for word := range strings.FieldsSeq(list) {
		from, to, is := strings.Cut(word, "-")
		first, _ := strconv.ParseInt(from, 10, 64)
		last := first
		if is {
			last, _ = strconv.ParseInt(to, 10, 64)
		}
		ids = append(ids, upTo(first, last)...)
	}
	return ids
}

// told returns the requests and what they bring, pass by pass, and how the last pass that failed did. A request is page*size, with < for the newest records
// first, + for what is read before its turn, and ! where that is thrown away.
func (s story) told() (requests, given string, err error) {
	s.IDs = idsOf(s.list)
	f := follow.New(s.after, s.size, s.sortable)
	n := 0
	var asked, got []string
	for pass := range max(1, s.passes) {
		if to, is := s.rewinds[pass]; is {
			f.Rewind(to)
		} else if pass > 0 {
			f.Begin()
		}
		if pass > 0 {
			asked, got = append(asked, "|"), append(got, "|")
		}
		var before follow.Answer
		for req, more := f.Next(); more; req, more = f.Next() {
			if n++; n > 400 {
				return strings.Join(asked, " "), strings.Join(got, " "), fmt.Errorf("the pass does not end")
			}
			name := fmt.Sprintf("%d*%d", req.Page, req.Size)
			if req.Count > 0 {
				name = fmt.Sprintf("all*%d", req.Count)
			}
			if req.Newest {
				name = "<" + name
			}
			if f.Shrank() {
				name = "!" + name
			}
			for _, ahead := range f.Ahead(s.ahead) {
				name += fmt.Sprintf("+%d*%d", ahead.Page, ahead.Size)
			}
			asked = append(asked, name)
			s.happen(n)
			if s.tooMuch[n] && f.TooMuch() {
				continue
			}
			answer := serve(&s.Server, req)
			if s.wraps && req.Page > 1 && len(answer.IDs) == 0 {
				answer = serve(&s.Server, page.Request{Page: 1, Size: req.Size, Newest: req.Newest})
			}
			if sends, is := s.sends[n]; is {
				answer.IDs = idsOf(strings.Trim(sends, "-"))
			}
			if says, is := s.says[n]; is {
				answer.RecordCount = says
			}
			next, previous := f.Accept(answer)
			from := answer
			if previous {
				from = before
			}
			before = answer
			for _, i := range next {
				got = append(got, strconv.FormatInt(from.IDs[i], 10))
			}
		}
		var failure *follow.Failure
		if err = cmp.Or(f.Err(), err); errors.As(f.Err(), &failure) && failure.Passing {
			err = fmt.Errorf("%w, for now", f.Err())
		}
	}
	return strings.Join(asked, " "), strings.Join(got, " "), err
}

// happen lets happen what does so before a request.
func (s *story) happen(n int) {
	s.Remove(idsOf(s.goes[n])...)
	s.IDs = append(s.IDs, idsOf(s.adds[n])...)
	slices.Sort(s.IDs)
}

// check holds a story against the requests that are made, what they bring, and how it ends.
func (s story) check(t *testing.T, asks, gives, fails string) {
	t.Helper()
	requests, given, err := s.told()
	assert.Equal(t, asks, requests)
	var expected []string
	for i, pass := range strings.Split(gives, "|") {
		if i > 0 {
			expected = append(expected, "|")
		}
		for _, id := range idsOf(pass) {
			expected = append(expected, strconv.FormatInt(id, 10))
		}
	}
	assert.Equal(t, strings.Join(expected, " "), given)
	if fails == "" {
		require.NoError(t, err)
		return
	}
	assert.EqualError(t, err, fails)
}

// stories have names: with each are the requests that are made, what they bring, and how the last pass that failed did.
type stories map[string]struct {
	story
	asks  string
	gives string
	fails string
}

func (all stories) check(t *testing.T) {
	t.Helper()
	for name, test := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.check(t, test.asks, test.gives, test.fails)
		})
	}
}
