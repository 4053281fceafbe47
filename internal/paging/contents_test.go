package paging_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// family is a list whose ids begin again for each parent: id and content of each row.
type family struct {
	rows    [][2]int
	silent  bool // no record_count
	ignores bool // paging
	hidden  int  // what record_count is too large by
	before  func(request int, f *family)
	asked   []string
}

func (f *family) serve(req page.Request, byContent bool) (a paging.Answer, rows [][2]int) {
	f.asked = append(f.asked, fmt.Sprintf("%d*%d+%d", req.Page, req.Size, req.Count))
	if f.before != nil {
		f.before(len(f.asked), f)
	}
	begin, size := (req.Page-1)*req.Size, req.Size
	switch {
	case req.Count > 0:
		begin, size = 0, req.Count
	case f.ignores:
		begin = 0
	}
	a.RecordCount = len(f.rows) + f.hidden
	if f.silent {
		a.RecordCount = -1
	}
	rows = f.rows[min(begin, len(f.rows)):min(begin+size, len(f.rows))]
	seen := map[int]int{}
	for _, row := range rows {
		other, twice := seen[row[0]]
		a.ByContent = a.ByContent || byContent || twice && other != row[1]
		seen[row[0]] = row[1]
		a.Print = a.Print*1099511628211 ^ uint64(row[1]) //nolint:gosec // small
	}
	for _, row := range rows {
		key := wire.Key{ID: int64(row[0])}
		if a.ByContent {
			key = wire.Key{Kind: wire.KeyContent, Hash: uint64(row[1])} //nolint:gosec // small
		}
		a.Keys = append(a.Keys, key)
	}
	return a, rows
}

func (f *family) walk(o paging.Options, size int) (got []int, err error) {
	w := paging.New(size, o)
	for req, more := w.Next(); more; req, more = w.Next() {
		a, rows := f.serve(req, w.ByContent())
		for _, i := range w.Accept(a) {
			got = append(got, rows[i][1])
		}
		if len(f.asked) > 100 {
			return got, fmt.Errorf("endless: %v", f.asked)
		}
	}
	return got, w.Err()
}

// familyOf returns a list of n rows whose ids are given by id; the contents count from 1.
func familyOf(n int, id func(i int) int) *family {
	f := &family{}
	for i := range n {
		f.rows = append(f.rows, [2]int{id(i), i + 1})
	}
	return f
}

// TestWalkOfRowsThatShareAnID: on a list that stays as it is every row comes once, wherever it shows first that ids are no keys.
func TestWalkOfRowsThatShareAnID(t *testing.T) {
	t.Parallel()
	ids := map[string]func(i int) int{
		"on the first page":          func(i int) int { return i%3 + 1 },
		"sorted, over a boundary":    func(i int) int { return i/2 + 1 },
		"sorted, threes":             func(i int) int { return i/3 + 1 },
		"late":                       func(i int) int { return min(i+1, 31) },
		"once on a later page":       func(i int) int { return []int{i + 1, 1}[i/39] },
		"a page for each parent":     func(i int) int { return i%10 + 1 },
		"two pages for each parent":  func(i int) int { return i%20 + 1 },
		"a long and a short parent":  func(i int) int { return i%25 + 1 },
		"the same id in all of them": func(int) int { return 7 },
	}
	for name, id := range ids {
		for _, silent := range []bool{false, true} {
			for _, ignores := range []bool{false, true} {
				for _, second := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/silent=%t/ignores=%t/second=%t", name, silent, ignores, second), func(t *testing.T) {
						t.Parallel()
						for n := range 41 {
							f := familyOf(n, id)
							f.silent, f.ignores = silent, ignores
							got, err := f.walk(paging.Options{SecondPass: second}, 10)
							if err != nil && ignores && silent { // a round number of rows may be a cap
								require.ErrorContains(t, err, "does not say how many records there are", "%d rows", n)
								continue
							}
							require.NoError(t, err, "%d rows, %v", n, f.asked)
							slices.Sort(got)
							want := make([]int, n)
							for i := range want {
								want[i] = i + 1
							}
							require.Equal(t, want, slices.Clip(append([]int{}, got...)), "%d rows, %v", n, f.asked)
						}
					})
				}
			}
		}
	}
}

// So does one without paging, whose plain response is cut off before that shows.
func TestWalkOfAnUnpagedListOfRowsThatShareAnID(t *testing.T) {
	t.Parallel()
	for _, second := range []bool{false, true} {
		for n := range 41 {
			f := familyOf(n, func(i int) int { return min(i+1, 15) })
			got, err := f.walk(paging.Options{Unpaged: true, SecondPass: second}, 10)
			require.NoError(t, err, "%d rows, %v", n, f.asked)
			slices.Sort(got)
			require.Len(t, slices.Compact(got), n, "%v", f.asked)
		}
	}
}

// Where the list changes before the rows can be told apart, nobody knows which of them came: that is an error.
func TestWalkOfRowsThatShareAnIDAndChange(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(f *family){
		"a row changes": func(f *family) { f.rows[2][1] = 99 },
		"a row goes":    func(f *family) { f.rows = f.rows[1:] },
		"a row comes":   func(f *family) { f.rows = append(f.rows, [2]int{99, 99}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := familyOf(40, func(i int) int { return min(i+1, 31) })
			f.before = func(request int, f *family) {
				if request == 5 { // four pages show it, the fifth request reads the first one again
					f.rows = slices.Clone(f.rows)
					change(f)
				}
			}
			got, err := f.walk(paging.Options{}, 10)
			var short *paging.Incomplete
			require.ErrorAs(t, err, &short)
			assert.Contains(t, short.Reason, "rows share an id, and the list changed")
			assert.Equal(t, 30, short.Seen)
			assert.Len(t, got, 30)
			assert.Equal(t, []string{"1*10+0", "2*10+0", "3*10+0", "4*10+0", "1*10+0"}, f.asked)
		})
	}
}

// The same where it changed before that showed: the pages that came then cannot be read again.
func TestWalkOfRowsThatShareAnIDOnAListThatHasChanged(t *testing.T) {
	t.Parallel()
	f := familyOf(40, func(i int) int { return min(i+1, 31) })
	f.before = func(request int, f *family) {
		if request == 3 {
			f.rows = append(slices.Clone(f.rows), [2]int{99, 99})
		}
	}
	got, err := f.walk(paging.Options{}, 10)
	require.ErrorContains(t, err, "page 4: rows share an id, and the list changed")
	assert.Len(t, got, 30)
	assert.Len(t, f.asked, 4)
}

// Where all pages were read before the doubt, and they are not what they were when they are read again, what is missing is said to be so.
func TestWalkOfRowsThatShareAnIDAndChangeAtTheEnd(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{false, true} {
		f := familyOf(40, func(i int) int { return i%10 + 1 })
		f.silent = silent
		asked := 0
		f.before = func(_ int, f *family) {
			if n := len(f.asked); n > 1 && asked == 0 && f.asked[n-1] == "1*10+0" { // it is read again
				asked = n
				f.rows = slices.Clone(f.rows)
				f.rows[2][1] = 99
			}
		}
		got, err := f.walk(paging.Options{}, 10)
		assert.Len(t, got, 10, "%v", f.asked)
		if silent { // it may be one list of ten, which moves
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, "10 of 40 records seen by page 1: no further page brought the others")
	}
}

// The pages are read again once each, up to the one that showed that ids are no keys, and the others as they follow.
func TestRequestsOfRowsThatShareAnID(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		id       func(i int) int
		options  paging.Options
		silent   bool
		requests int
	}{
		"late":                                {id: func(i int) int { return min(i+1, 31) }, requests: 9},
		"late, WithSecondPass":                {id: func(i int) int { return min(i+1, 31) }, options: paging.Options{SecondPass: true}, requests: 18},
		"a page for each parent":              {id: func(i int) int { return i%10 + 1 }, requests: 27},
		"a page for each parent, another key": {id: func(i int) int { return i%10 + 1 }, options: paging.Options{Order: paging.ByOther}, silent: true, requests: 23},
		"once on a later page, another key":   {id: func(i int) int { return []int{i + 1, 1}[i/39] }, options: paging.Options{Order: paging.ByOther}, silent: true, requests: 22},
		"on the first page, another key":      {id: func(i int) int { return i%3 + 1 }, options: paging.Options{Order: paging.ByOther}, silent: true, requests: 11},
		"after an id that came twice":         {id: func(i int) int { return []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 1, 11, 11}[min(i, 12)] }, silent: true, requests: 13},
	}
	for name, test := range tests {
		f := familyOf(40, test.id)
		f.silent = test.silent
		got, err := f.walk(test.options, 10)
		require.NoError(t, err, name)
		assert.Len(t, got, 40, name)
		assert.LessOrEqual(t, len(f.asked), test.requests, "%s: %v", name, f.asked)
	}
}

// A row without an id that comes twice on a page is two records, also where another page repeats it.
func TestTwinsWithoutAnID(t *testing.T) {
	t.Parallel()
	w := paging.New(4, paging.Options{})
	keys := []wire.Key{{Kind: wire.KeyContent, Hash: 7}, {Kind: wire.KeyContent, Hash: 8}, {Kind: wire.KeyContent, Hash: 7}, {Kind: wire.KeyContent, Hash: 7}}
	assert.Equal(t, []int{0, 1, 2, 3}, w.Accept(paging.Answer{Keys: keys, RecordCount: 6, Print: 1}))
	assert.Empty(t, w.Accept(paging.Answer{Keys: keys[:2], RecordCount: 6, Print: 2}))
}

// A row that comes twice on a page, in all of its members, is one record. A record_count that counts it twice tells of more than there is.
func TestWalkOfARowThatComesTwice(t *testing.T) {
	t.Parallel()
	for at := range 29 {
		if at%10 == 9 { // it comes on two pages
			continue
		}
		for _, silent := range []bool{false, true} {
			f := familyOf(30, func(i int) int { return i + 1 })
			f.rows = slices.Insert(f.rows, at, f.rows[at])
			f.silent = silent
			got, err := f.walk(paging.Options{}, 10)
			assert.Len(t, got, 30)
			assert.LessOrEqual(t, len(f.asked), 11, "%d, %t: %v", at, silent, f.asked)
			if silent {
				require.NoError(t, err)
				continue
			}
			var short *paging.Incomplete
			require.ErrorAs(t, err, &short)
			assert.True(t, short.AllRead)
			assert.Equal(t, []int{31, 30}, []int{short.RecordCount, short.Seen})
		}
	}
}

// Where rows share an id and record_count tells of more than there are, every page has been read.
func TestWalkOfRowsThatShareAnIDAndHiddenRecords(t *testing.T) {
	t.Parallel()
	for name, id := range map[string]func(i int) int{
		"on the first page":      func(i int) int { return i%3 + 1 },
		"sorted, over a page":    func(i int) int { return i/3 + 1 },
		"a page for each parent": func(i int) int { return i%10 + 1 },
		"once on a later page":   func(i int) int { return []int{i + 1, 1}[i/39] },
	} {
		f := familyOf(40, id)
		f.hidden = 3
		got, err := f.walk(paging.Options{}, 10)
		var short *paging.Incomplete
		require.ErrorAs(t, err, &short, name)
		assert.True(t, short.AllRead, "%s: %v", name, err)
		assert.Equal(t, 40, short.Seen, name)
		assert.Len(t, got, 40, "%s: %v", name, f.asked)
	}
}

// A delete of the caller's own may be of any of the rows that share its id.
func TestWalkByContentHearsOfEveryDelete(t *testing.T) {
	t.Parallel()
	assert.True(t, paging.New(10, paging.Options{Keyed: true}).Seen(wire.KeyOf("5")), "it may have another key")
	w := paging.New(10, paging.Options{})
	a, _ := familyOf(20, func(i int) int { return i%3 + 1 }).serve(page.Request{Page: 1, Size: 10}, false)
	assert.False(t, w.Seen(wire.KeyOf("5")))
	w.Accept(a)
	assert.True(t, w.ByContent())
	assert.True(t, w.Seen(wire.KeyOf("5")))
	assert.Empty(t, w.Ahead(3), "what was read ahead would have its keys made of ids")
}
