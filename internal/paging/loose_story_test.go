package paging_test

import (
	"cmp"
	"strings"
	"testing"

	"github.com/halopsa-go/halopsa/internal/paging"
)

// unnamed returns n rows without an id, no two of them alike.
func unnamed(n int) string {
	var rows []string
	for i := range n {
		rows = append(rows, strings.Repeat(string("abcdef"[i%6]), i/6+1))
	}
	return strings.Join(rows, " ")
}

// TestRequestsOfListsInAnotherOrder: what is asked for where nothing is known of the order of a list.
func TestRequestsOfListsInAnotherOrder(t *testing.T) {
	t.Parallel()
	other := paging.Options{Order: paging.ByOther}
	again := paging.Options{Order: paging.ByOther, SecondPass: true}
	tests := map[string]struct {
		story
		requests string
		given    string // nothing: the rows of the list
		fails    string
	}{
		"record_count counts one more than there is, and an empty page has none": {
			story:    story{list: "2", size: 2, options: other, says: map[int]int{3: 0, 5: 0}, always: 2},
			requests: "1x2 2x1 3x1 1x1 2x1",
			fails:    "1 of 2 records seen by page 2: no further page brought the others",
		},
		"page 1 comes whatever is asked for, and a record is added each time": {
			story: story{
				list: "14 3 1 2 4 5 6 7 8 9 10 11 12 13", size: 3, options: other,
				sends: map[int]string{1: "1 2 3", 2: "2 3 4", 3: "3 4 5", 4: "4 5 6", 5: "5 6 7", 6: "6 7 8", 7: "7 8 9", 8: "8 9 10"},
			},
			requests: "1x3 2x3 3x3 4x3 5x3 6x3 7x3 8x3 count=15",
		},
		"page_no is ignored, and a page has the same row twice": {
			story:    story{list: "1 1", size: 2, options: other, ignores: true},
			requests: "1x2 2x2 1000000x2 count=3",
			given:    "1",
		},
		"a page is too much, and rows share an id": {
			story:    story{list: "1a 1b 2a 2b 3a", size: 2, options: other, tooMuch: map[int]bool{2: true}},
			requests: "1x2 2x2 3x1 4x1 3x2 6x1",
		},
		"record_count comes late, and tells of a hidden record": {
			story:    story{list: "2 1", size: 3, options: other, says: map[int]int{1: -1}, always: 3},
			requests: "1x3 2x2 3x2 1x2 2x2",
			fails:    "2 of 3 records seen by page 2: no further page brought the others",
		},
		"page 1 comes with an error at first, and record_count tells of hidden records": {
			story:    story{size: 2, options: other, always: 2, sends: map[int]string{1: "refused"}},
			requests: "1x2 1x2",
			fails:    "0 of 2 records seen by page 1: no further page brought the others",
		},
		"record_count comes once, and is not true": {
			story:    story{list: "a", size: 3, options: other, silent: true, says: map[int]int{5: 2}},
			requests: "1x3 2x1 3x1 1x1 2x1 1x1 2x1",
		},
		"record_count swings, and rows share an id": {
			story:    story{list: "1a 1b", size: 3, options: again, says: map[int]int{1: 2, 2: 3, 3: 3, 4: 1, 5: 2, 6: 1}},
			requests: "1x3 1x3 2x3 1x3",
		},
		"WithSecondPass, a record takes the place of another": {
			story:    story{list: "2 1 3", size: 2, options: again, becomes: map[int]string{4: "2 1 9"}},
			requests: "1x2 2x2 1x2 2x2 1x2 2x2",
			given:    "1 2 3 9",
		},
		"WithSecondPass, a record comes on an empty list": {
			story:    story{size: 3, options: again, becomes: map[int]string{2: "91"}},
			requests: "1x3 1x3 2x3 1x3 2x3 1x3 2x3",
			given:    "91",
		},
		"WithSecondPass, a record comes in front while the list is read again": {
			story:    story{list: "1 3", size: 2, options: again, becomes: map[int]string{4: "91 1 3"}},
			requests: "1x2 2x2 1x2 2x2 3x2 1x2 2x2 1x2 2x2",
			given:    "1 3 91",
		},
		"record_count is one too small, and the list moves": {
			story:    story{list: "5 4 3 2 1", size: 2, options: other, always: 4, becomes: map[int]string{2: "9 5 4 3 2"}},
			requests: "1x2 2x2 3x2 1x2 2x2 3x2 1000000x2 1x2 2x2 3x2 1x2",
			given:    "2 3 4 5 9",
		},
		"rows without an id come twice on a page, and record_count is one too small": {
			story:    story{list: "b b aa b aa aa", size: 4, options: other, always: 5},
			requests: "1x4 2x4 1x4",
			given:    "aa aa b b b",
		},
		"pages of one record, and once one comes with the whole list": {
			story: story{list: "2 1 4 3 6 5 8 7 92", size: 1, options: other, most: 1, sends: map[int]string{7: "90 2 1 4 3 6 5 8 7"}},
			requests: "1x1 2x1 3x1 4x1 5x1 6x1 7x1 1x9 2x9 3x9 4x9 5x9 6x9 7x9 8x9 1000000x9 9x9 10x9 11x9 " +
				"1x9 2x9 3x9 4x9 5x9 6x9 7x9 8x9 9x9 10x9 1x9 2x9 3x9 4x9 5x9 6x9 7x9 8x9 9x9 10x9",
			given: "1 2 3 4 5 6 7 8 90 92",
		},
		"page 1 comes behind the end, record_count is too small, two pages are too much and one is refused": {
			story:    story{list: "1-8", size: 3, options: other, wraps: true, always: 6, sends: map[int]string{5: "refused"}, says: map[int]int{5: -1}, tooMuch: map[int]bool{2: true, 4: true}},
			requests: "1x3 2x3 4x1 5x1 6x1 1x2 2x2 3x2 3x3 1x3 2x3 3x3 4x3 1000000x3 1x3 2x3 3x3 4x3",
			given:    "1 2 3 4 5 6 7 8",
		},
		"rows share ids, and the last page comes behind the end": {
			story:    story{list: "1a 2a 1b 2b", size: 1, options: other, last: true},
			requests: "1x1 2x1 3x1 1000000x1 4x1 5x1 1x1 2x1 1x1 2x1 1x1 2x1 3x1 4x1 5x1",
		},
		"rows without an id, and page 1 comes behind the end": {
			story:    story{list: "a b 3 4 b", size: 2, options: other, wraps: true},
			requests: "1x2 2x2 3x2 4x2 1000000x2 1x2 2x2 1x2 2x2 count=6",
		},
		"rows without an id on many pages, and count is capped": {
			story:    story{list: unnamed(90), size: 10, options: other, silent: true, atMost: 50},
			requests: "1x10 2x10 3x10 4x10 5x10 6x10 7x10 8x10 1000000x10 9x10 10x10 11x10 1x10 2x10 3x10 4x10 5x10 6x10 7x10 8x10 9x10 10x10",
		},
		"record_count swings": {
			story:    story{list: "3 2 1", size: 5, options: other, says: map[int]int{1: 4, 2: 4, 3: 2, 4: 3, 5: 3, 6: 2, 7: 4, 8: 3, 9: 4, 10: 3, 11: 3}},
			requests: "1x5 2x3 3x3 2x3 3x3 1x3 2x3 1x3 2x3 1x3 2x3",
		},
		"record_count swings, and the list is one page": {
			story:    story{list: "12 11 10 9 8 7 6 5 4 3 2 1", size: 20, options: other, says: map[int]int{1: 13, 2: 13, 3: 11, 4: 12, 5: 12, 6: 11, 7: 13, 8: 12, 9: 13, 10: 12, 11: 12}},
			requests: "1x20 2x12 3x12 2x12 3x12 1x12 2x12 1x12 2x12 1x12 2x12",
		},
		"record_count swings behind a page that is full": {
			story:    story{list: "2 1 4", size: 3, options: other, silent: true, says: map[int]int{1: 2, 2: 2, 3: 4, 4: 4, 5: 4, 6: 3, 7: 2, 8: 3, 9: 2, 10: 2, 11: 4, 12: 4}},
			requests: "1x3 2x3 3x3 1x3 2x3 3x3 1x3 2x3 3x3 1x3 2x3 3x3",
		},
		"WithSecondPass, rows share ids, and a record comes in front": {
			story:    story{list: "1a 2f 1b 2b", size: 3, options: again, always: 5, becomes: map[int]string{6: "90 1a 2a 1b 2b"}},
			requests: "1x3 2x3 3x3 4x3 1x3 2x3 3x3 1x3 2x3 1x3 2x3",
			given:    "1a 1b 2a 2b 2f 90",
		},
		"rows without an id on many pages, and record_count is true": {
			story:    story{list: unnamed(9), size: 1, options: other},
			requests: "1x1 2x1 3x1 4x1 5x1 6x1 7x1 8x1 9x1 10x1",
		},
		"rows share ids, the whole list comes once in place of a page, and a record goes": {
			story:    story{list: "1a 2a 3a 1b 2b 3b", size: 2, becomes: map[int]string{7: "2a 3a 1b 2b 3b"}, sends: map[int]string{3: "1a 2a 3a 1b 2b 3b 91"}},
			requests: "1x2 2x2 1x2 1x2 2x2 1x2 3x2 2x2 3x2 1x2 2x2 3x2",
		},
		"page_no is ignored, rows share an id, and record_count tells of a hidden record": {
			story:    story{list: "1a 1b 2a", size: 4, ignores: true, always: 4},
			requests: "1x4 2x3 1000000x3 count=5 count=4",
			fails:    "3 of 4 records seen by page 1: the server ignores both page_no and count; a narrower filter may bring the rest into reach",
		},
		"half of the list is not there, and other records come in its place": {
			story:    story{list: "2 1", size: 3, options: other, always: 4, says: map[int]int{2: -1, 3: -1}, becomes: map[int]string{4: "5 4 3 2"}},
			requests: "1x3 2x2 3x2 1x2 2x2 3x2 1x2 2x2 3x2",
			given:    "1 2 3 4 5",
		},
		"page_no is ignored, and count is capped below a page": {
			story:    story{list: "1-80", size: 100, options: other, silent: true, ignores: true, atMost: 60},
			requests: "1x100 2x80 1000000x80 1x79 2x79 count=1000000",
		},
		"each response is cut off at 30, and a record comes in front": {
			story:    story{list: "1-40", size: 100, options: other, silent: true, ignores: true, most: 30, sends: map[int]string{6: "41 1-29", 7: "41 1-29"}},
			requests: "1x100 2x30 1000000x30 1x29 2x29 count=1000000 count=29",
			given:    "1-30 41",
			fails:    "31 of -1 records seen by page 1: the server ignores both page_no and count and does not say how many records there are: these may be all or only the first; a narrower filter may help",
		},
		"WithSecondPass, record_count is not there once in the second": {
			story:    story{list: "2 1", size: 1, options: again, says: map[int]int{5: -1}},
			requests: "1x1 2x1 3x1 1x1 2x1 3x1",
		},
		"a row comes twice, and record_count is that of the rows": {
			story:    story{list: "1 1", size: 1, options: other, ofRows: true},
			requests: "1x1 2x1 1000000x1 3x1 4x1 1x1 2x1 3x1 1x1 2x1 3x1 1x1 2x1 3x1",
			given:    "1",
			fails:    "1 of 1 records seen by page 3: the same rows come on several pages each time, and nothing says whether those are one record",
		},
		"one record moves, one goes while the end is looked for, and one comes": {
			story:    story{list: "10 20 30 40", size: 1, options: other, becomes: map[int]string{4: "10 30 40 20", 9: "30 40 20", 10: "30 40 50 20"}},
			requests: "1x1 2x1 3x1 4x1 5x1 6x1 1x1 2x1 1000000x1 3x1 4x1 5x1 1x1 2x1 3x1 4x1 5x1",
			given:    "10 20 30 40 50",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.check(t, test.requests, cmp.Or(test.given, test.list), test.fails)
		})
	}
}
