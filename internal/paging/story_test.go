package paging_test

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// story is a small list, how it is served, and what happens to it. A list is written as its rows: 1-3 are three records, 7a and 7b share an id and
// differ, and a has no id. What happens is by the number of the request, from 1.
type story struct {
	list    string
	size    int
	options paging.Options

	most    int  // rows on a page, 0 for as many as are asked for
	silent  bool // no record_count
	ignores bool // page_no; count too, if atMost is there
	atMost  int  // rows in a response to count
	wraps   bool // page 1 comes in place of one behind the end
	last    bool // the last one does

	becomes map[int]string // the list does, and stays so
	sends   map[int]string // in place of the page: rows, "-" for none, "refused" for a 404
	says    map[int]int    // in place of record_count
	always  int            // record_count, if it is not 0
	ofRows  bool           // record_count is that of the rows in the response
	ours    map[int]int    // so many deletes of our own are over by then
	tooMuch map[int]bool   // the page is

	responses string // all of them, one after the other: rows/record_count, or much where the page is too much
}

// write puts the responses where they are looked up.
func (s *story) write() {
	s.sends, s.says, s.tooMuch = map[int]string{}, map[int]int{}, map[int]bool{}
	for i, response := range strings.Split(s.responses, "; ") {
		rows, count, comes := strings.Cut(response, "/")
		s.sends[i+1], s.tooMuch[i+1] = cmp.Or(rows, "-"), !comes
		s.says[i+1], _ = strconv.Atoi(count)
	}
}

// rowsOf reads a list.
func rowsOf(list string) (rows []string) {
	for word := range strings.FieldsSeq(list) {
		from, to, is := strings.Cut(word, "-")
		if !is {
			rows = append(rows, word)
			continue
		}
		first, _ := strconv.Atoi(from)
		last, _ := strconv.Atoi(to)
		for id := first; id <= last; id++ {
			rows = append(rows, strconv.Itoa(id))
		}
	}
	return rows
}

// serve returns what comes for a request, and its rows.
func (s *story) serve(nth int, req page.Request, byContent bool) (a paging.Answer, rows []string) {
	list := rowsOf(s.list)
	for n := nth; n > 0; n-- {
		if becomes, is := s.becomes[n]; is {
			list = rowsOf(becomes)
			break
		}
	}
	size := req.Size
	if s.most > 0 {
		size = min(size, s.most)
	}
	begin := (req.Page - 1) * size
	switch {
	case req.Count > 0:
		begin, size = 0, req.Count
		if s.atMost > 0 {
			size = min(size, s.atMost)
		}
	case s.ignores, s.wraps && begin >= len(list):
		begin = 0
	case s.last && begin >= len(list):
		begin = max(0, len(list)-1) / size * size
	}
	rows = list[min(begin, len(list)):min(begin+size, len(list))]
	a.RecordCount = len(list)
	if s.silent {
		a.RecordCount = -1
	}
	if sends, is := s.sends[nth]; is {
		rows, a.Refused = nil, sends == "refused"
		if sends != "-" && !a.Refused {
			rows = rowsOf(sends)
		}
	}
	switch {
	case s.ofRows:
		a.RecordCount = len(rows)
	case s.always != 0:
		a.RecordCount = s.always
	}
	if says, is := s.says[nth]; is {
		a.RecordCount = says
	}
	for n, gone := range s.ours {
		if n <= nth {
			a.GoneAfter = max(a.GoneAfter, gone)
		}
		if n < nth {
			a.GoneBefore = max(a.GoneBefore, gone)
		}
	}
	byID := map[string]string{}
	for _, row := range rows {
		id := strings.TrimRight(row, "abcdef")
		other, twice := byID[id]
		a.ByContent = a.ByContent || byContent || id != "" && twice && other != row
		byID[id] = row
		for _, c := range []byte(row + " ") {
			a.Print = (a.Print ^ uint64(c)) * 1099511628211
		}
	}
	for _, row := range rows {
		id, err := strconv.Atoi(strings.TrimRight(row, "abcdef"))
		key := wire.Key{ID: int64(id)}
		if a.ByContent || err != nil {
			key = wire.Key{Kind: wire.KeyContent}
			for _, c := range []byte(row) {
				key.Hash = (key.Hash ^ uint64(c)) * 1099511628211
			}
		}
		a.Keys = append(a.Keys, key)
	}
	return a, rows
}

// told returns the requests of a walk, what it gives out, and its error.
func (s *story) told() (requests, given string, err error) {
	if s.responses != "" {
		s.write()
	}
	w := paging.New(s.size, s.options)
	var asked, got []string
	for req, more := w.Next(); more; req, more = w.Next() {
		if len(asked) > 90 {
			return strings.Join(asked, " "), strings.Join(got, " "), fmt.Errorf("the walk does not end")
		}
		name := fmt.Sprintf("%dx%d", req.Page, req.Size)
		if req.Count > 0 {
			name = fmt.Sprintf("count=%d", req.Count)
		}
		asked = append(asked, name)
		if s.tooMuch[len(asked)] && w.Shrink() {
			continue
		}
		a, rows := s.serve(len(asked), req, w.ByContent())
		for _, i := range w.Accept(a) {
			got = append(got, rows[i])
		}
	}
	slices.Sort(got)
	return strings.Join(asked, " "), strings.Join(got, " "), w.Err()
}

// check holds the walk of a story against the requests that it makes, the rows that it gives, and how it ends.
func (s *story) check(t *testing.T, asks, gives, fails string) {
	t.Helper()
	requests, given, err := s.told()
	assert.Equal(t, asks, requests)
	rows := rowsOf(gives)
	slices.Sort(rows)
	assert.Equal(t, strings.Join(rows, " "), given)
	if fails == "" {
		require.NoError(t, err)
		return
	}
	var short *paging.Incomplete
	require.ErrorAs(t, err, &short)
	assert.EqualError(t, err, fails)
}
