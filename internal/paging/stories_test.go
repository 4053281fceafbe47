package paging_test

import (
	"testing"

	"github.com/halopsa-go/halopsa/internal/paging"
)

// TestStories: what a walk asks for, one request after the other, of small lists.
func TestStories(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		story
		asks  string
		gives string
		fails string
	}{
		"one row fills every page, page_no ignored": {
			story: story{list: "1 1 1", size: 3, silent: true, ignores: true},
			asks:  "1x3 2x2 1x3 2x3 1000000x3 1x2 2x2 1x3 2x3 count=1000000", gives: "1",
		},
		"ids in no order, record_count in one response alone": {
			story: story{list: "2 1 4", size: 4, silent: true, says: map[int]int{2: 5}},
			asks:  "1x4 2x3 3x3 1x3 2x3", gives: "1 2 4",
		},
		"no paging, record_count too small, rows share ids": {
			story: story{list: "1a 2a 1b 2b", size: 1, options: paging.Options{Unpaged: true}, always: 2},
			asks:  "1x1 count=3 1x1 count=3 count=1000000", gives: "1a 1b 2a 2b",
		},
		"no paging, record_count in the first response alone, rows share an id": {
			story: story{list: "1a 1b 2a", size: 2, most: 1, options: paging.Options{Unpaged: true}, silent: true, says: map[int]int{1: 3}},
			asks:  "1x2 count=4 1x2 count=4", gives: "1a 1b 2a",
		},
		"another key, a delete of our own under a record_count that stays": {
			story: story{list: "bb aa aa aa a", size: 3, options: paging.Options{Order: paging.ByOther}, last: true, becomes: map[int]string{4: "aa aa aa a"}, always: 4, ours: map[int]int{4: 1}, tooMuch: map[int]bool{3: true}},
			asks:  "1x3 2x3 1x3 1x1 2x1 1000000x2 1x2 2x2 1x3 2x3", gives: "a aa aa aa bb",
		},
		"largest id first, one record, no record_count": {
			story: story{list: "1", size: 1, options: paging.Options{Order: paging.ByIDDown}, silent: true},
			asks:  "1x1 2x1 3x1 1x1 2x1 3x1 1x1 2x1", gives: "1",
		},
		"largest id first, pages share a row, record_count too small, a delete of our own": {
			story: story{
				list: "100 90 80 70 60 50 40 30 20 10", size: 3, options: paging.Options{Order: paging.ByIDDown}, ours: map[int]int{4: 1},
				sends: map[int]string{1: "100 90 80", 2: "80 70 60", 3: "60 50 40", 4: "50 40", 5: "40 30", 6: "10", 7: "30 20 10", 8: "10", 9: "-"},
				says:  map[int]int{1: 8, 2: 8, 3: 8, 4: 7, 5: 7, 6: 7, 7: 7, 8: 7, 9: 7},
			},
			asks: "1x3 2x3 3x3 5x2 6x2 5x3 4x3 5x3 6x3", gives: "10 100 20 30 40 50 60 70 80 90",
		},
		"another key, page_no ignored, record_count in the second response alone": {
			story: story{list: "1 3", size: 4, options: paging.Options{Order: paging.ByOther}, silent: true, ignores: true, says: map[int]int{2: 2}},
			asks:  "1x4 2x2 1000000x2 3x2 1x4 2x2 1x1 2x1 count=3", gives: "1 3",
		},
		"page_no ignored, record_count smaller than the page": {
			story: story{list: "1 2", size: 3, ignores: true, atMost: 1, always: 1},
			asks:  "1x3 2x2 count=1000000", gives: "1 2",
		},
		"largest id first was asked for, rows share an id": {
			story: story{list: "1a 1b 2a", size: 3, options: paging.Options{Order: paging.ByIDDown}},
			asks:  "1x3 2x3", gives: "1a 1b 2a",
		},
		"largest id first, a row comes twice and goes": {
			story: story{list: "1 1", size: 3, options: paging.Options{Order: paging.ByIDDown}, becomes: map[int]string{3: "1"}},
			asks:  "1x3 2x3 1x3", gives: "1",
		},
		"record_count once, and it is too large, another pass": {
			story: story{list: "1-12", size: 20, options: paging.Options{SecondPass: true}, silent: true, says: map[int]int{5: 14}, tooMuch: map[int]bool{4: true}},
			asks:  "1x20 2x12 3x12 1x12 2x6 3x6 4x6 2x6 1x12 2x12 3x12 1x12 2x12", gives: "1 10 11 12 2 3 4 5 6 7 8 9",
		},
		"two of our own deletes were over, and record_count is two more": {
			story: story{list: "3 4 5", size: 3, always: 5, ours: map[int]int{1: 2}},
			asks:  "1x3 2x2 3x2 2x3", gives: "3 4 5",
			fails: "3 of 5 records seen by page 2: no further page brought the others",
		},
		"largest id first was asked for, pages of one come with the smallest first": {
			story: story{list: "1 2", size: 1, options: paging.Options{Order: paging.ByIDDown}},
			asks:  "1x1 2x1 1x1 2x1 3x1", gives: "1 2",
		},
		"largest id first was asked for, one page comes with the smallest first": {
			story: story{list: "1 2 3", size: 3, options: paging.Options{Order: paging.ByIDDown}},
			asks:  "1x3 2x3", gives: "1 2 3",
		},
		"largest id first was asked for, no order, the last page comes behind the end, another pass": {
			story: story{list: "2 3 1", size: 3, options: paging.Options{SecondPass: true, Order: paging.ByIDDown}, silent: true, last: true},
			asks:  "1x3 2x3 1000000x3 1x2 2x2 3x2 1x2 2x2 3x2 1x3 2x3 1x2 2x2 3x2", gives: "1 2 3",
		},
		"rows without an id, page 1 too much once": {
			story: story{list: "a b", size: 4, options: paging.Options{Order: paging.ByRows}, tooMuch: map[int]bool{1: true}},
			asks:  "1x4 1x2 1x4 1x4", gives: "a b",
		},
		"rows without an id, the last page comes behind the end, another pass": {
			story: story{list: "b a", size: 1, options: paging.Options{SecondPass: true, Order: paging.ByRows}, last: true},
			asks:  "1x1 2x1 3x1 1000000x1 1x1 2x1 3x1", gives: "a b",
		},
		"page 1 comes behind the end, record_count too large, one record comes in front": {
			story: story{list: "2 1", size: 1, wraps: true, becomes: map[int]string{5: "91 2 1"}, always: 4},
			asks:  "1x1 2x1 3x1 4x1 4x1 1x1 2x1 3x1 4x1 1000000x1 1x1 2x1 3x1 4x1", gives: "1 2 91",
			fails: "3 of 4 records seen by page 4: no further page brought the others",
		},
		"another key, rows share ids, a record comes in front": {
			story: story{list: "1a 2a 1b 2b", size: 4, options: paging.Options{Order: paging.ByOther}, becomes: map[int]string{2: "93 1a 2a 1b 2b"}, says: map[int]int{4: 6}, always: 4, tooMuch: map[int]bool{1: true, 4: true}},
			asks:  "1x4 1x2 2x2 2x4 3x2 4x2 5x2 1x2 2x2 1000000x2 3x2 1000000x2 4x2 1x2 2x2 2x4 3x4 1x2 2x2 3x2 4x2 5x2", gives: "1a 1b 2a 2b 93",
		},
		"another key, no rows, record_count 2": {
			story: story{list: "", size: 4, options: paging.Options{Order: paging.ByOther}, says: map[int]int{3: -1}, always: 2, ours: map[int]int{1: 2}},
			asks:  "1x4 1x4 1x4", gives: "",
			fails: "0 of 2 records seen by page 1: no further page brought the others",
		},
		"no rows, record_count 1, two of our own deletes": {
			story: story{list: "", size: 3, options: paging.Options{Order: paging.ByIDDown}, always: 1, ours: map[int]int{2: 2}},
			asks:  "1x3 1x3 1x3 1x3", gives: "",
			fails: "0 of 1 records seen by page 1: no further page brought the others",
		},
		"largest id first, a row comes twice": {
			story: story{list: "1 1", size: 3, options: paging.Options{Order: paging.ByIDDown}},
			asks:  "1x3 2x3 1x3 2x3 3x3", gives: "1",
			fails: "1 of 2 records seen by page 3: no further page brought the others",
		},
		"page_no ignored, one record": {
			story: story{list: "1", size: 1, options: paging.Options{Order: paging.ByRows}, ignores: true},
			asks:  "1x1 2x1 count=2", gives: "1",
		},
		"another key, page_no ignored, one record": {
			story: story{list: "1", size: 1, options: paging.Options{Order: paging.ByOther}, ignores: true},
			asks:  "1x1 2x1 1000000x1 count=2", gives: "1",
		},
		"another key, page_no ignored, a record comes before all are asked for": {
			story: story{list: "2 1", size: 1, options: paging.Options{Order: paging.ByOther}, ignores: true, becomes: map[int]string{4: "2 1 93"}},
			asks:  "1x1 2x1 1000000x1 count=3 count=1000000", gives: "1 2 93",
		},
		"page_no and count ignored, our own deletes meanwhile": {
			story: story{list: "1", size: 2, options: paging.Options{Order: paging.ByIDDown}, ignores: true, atMost: 1, becomes: map[int]string{4: ""}, always: 2, ours: map[int]int{4: 2}},
			asks:  "1x2 2x1 count=3 count=2 count=2 count=3 count=2", gives: "1",
			fails: "1 of 2 records seen by page 1: the server ignores both page_no and count; a narrower filter may bring the rest into reach",
		},
		"page_no ignored, record_count is put right at last": {
			story: story{list: "1 2", size: 3, options: paging.Options{Order: paging.ByIDDown}, ignores: true, says: map[int]int{4: 1}, always: 3},
			asks:  "1x3 2x2 1000000x2 count=4", gives: "1 2",
		},
		"another key, page_no ignored, no record_count, a full page": {
			story: story{list: "1-20", size: 20, options: paging.Options{Order: paging.ByOther}, silent: true, ignores: true},
			asks:  "1x20 2x20 1000000x20 1x19 2x19 count=1000000 count=19", gives: "1 10 11 12 13 14 15 16 17 18 19 2 20 3 4 5 6 7 8 9",
		},
		"a full page, no record_count, the last page comes behind the end, another pass": {
			story: story{list: "1-20", size: 20, options: paging.Options{SecondPass: true}, silent: true, last: true},
			asks:  "1x20 2x20 count=1000000 count=19 count=1000000", gives: "1 10 11 12 13 14 15 16 17 18 19 2 20 3 4 5 6 7 8 9",
		},
		"one row without an id, record_count 0 with it behind the end": {
			story: story{list: "a", size: 1, last: true, says: map[int]int{2: 0}},
			asks:  "1x1 2x1 1000000x1 1x1 2x1 count=2", gives: "a",
		},
		"page_no ignored, rows share ids, a record comes before that shows": {
			story: story{list: "1a 1b 2a 2b", size: 1, options: paging.Options{Order: paging.ByIDDown}, ignores: true, becomes: map[int]string{2: "1a 1b 2a 2b 90"}},
			asks:  "1x1 2x1 3x1 count=6", gives: "1a",
			fails: "1 of 5 records seen by page 1: rows share an id, and the list changed while they were being told apart by their content; try again when it is quieter",
		},
		"rows share ids, record_count changes once": {
			story: story{list: "1a 1b 2a 2b 3a 3b", size: 1, options: paging.Options{Order: paging.ByIDDown}, says: map[int]int{7: 5}, always: 8},
			asks:  "1x1 2x1 1x1 2x1 1000000x1 3x1 4x1 1x1 2x1 3x1 4x1 5x1 6x1 7x1 8x1 1x1 2x1 3x1 4x1 5x1 6x1 7x1 1x1 2x1 3x1 4x1 1000000x1 5x1 6x1 7x1 1x1 2x1 3x1 4x1 5x1 6x1 7x1", gives: "1a 2a 3a",
			fails: "3 of 8 records seen by page 7: the same rows come on several pages each time, and nothing says whether those are one record",
		},
		"rows share ids, no record_count, another pass, one page larger than asked for": {
			story: story{list: "1a 1b 2a 2b", size: 1, options: paging.Options{SecondPass: true, Order: paging.ByRows}, silent: true, sends: map[int]string{6: "1a 1b 2a 2b 90"}},
			asks:  "1x1 2x1 1x1 2x1 1000000x1 3x1 1x1 2x1 1x1 2x1 3x1 4x1 5x1 6x1 1x1 2x1 3x1 4x1 5x1 1x1 2x1 3x1 4x1 5x1", gives: "1a 1b 2a 2b",
		},
		"another key, rows share an id, one changes": {
			story: story{list: "1a 1b 2a", size: 1, options: paging.Options{Order: paging.ByOther}, becomes: map[int]string{5: "1a 1b 2f"}},
			asks:  "1x1 2x1 1000000x1 3x1 4x1 5x1 1x1 2x1 3x1 4x1 1x1 2x1 3x1 4x1 1x1 2x1 3x1", gives: "1a 1b 2a",
		},
		"page_no ignored, rows share an id, a page that is read again is too much": {
			story: story{list: "1a 1b 1c", size: 3, most: 1, options: paging.Options{SecondPass: true, Order: paging.ByOther}, ignores: true, atMost: 5, tooMuch: map[int]bool{5: true}},
			asks:  "1x3 2x1 1000000x1 count=4 1x3 2x1 count=4 count=4", gives: "1a 1b 1c",
		},
		"newest first was asked for, record_count tells of one record and then of none": {
			story: story{size: 4, options: paging.Options{Order: paging.ByIDDown}, silent: true, says: map[int]int{1: 1, 2: 1}},
			asks:  "1x4 1x4 1x4 1x4", gives: "",
			fails: "0 of 1 records seen by page 1: no further page brought the others",
		},
		"newest first, a page comes once in place of another": {
			story: story{list: "5 3 1", size: 1, options: paging.Options{Order: paging.ByIDDown}, sends: map[int]string{3: "5"}},
			asks:  "1x1 2x1 3x1 4x1 1x1 2x1 3x1 4x1", gives: "1 3 5",
		},
		"one row comes three times, and record_count is two": {
			story: story{list: "3a 3a 3a", size: 4, options: paging.Options{Order: paging.ByRows}, always: 2},
			asks:  "1x4 2x2 1x3 2x3 3x3 1x3 2x3 1x4 2x2 1x3 2x3 3x3", gives: "3a",
		},
		"a row comes twice, and record_count is not there once": {
			story: story{list: "1 1 3 4", size: 4, options: paging.Options{Order: paging.ByRows}, says: map[int]int{4: -1}},
			asks:  "1x4 2x3 3x3 1x4 2x4 3x4 1x4 2x4 1x4 2x3 3x3 1x4 2x4 3x4", gives: "1 3 4",
		},
		"ids in no order, pages of one record": {
			story: story{list: "6 4 2 5 1 3", size: 1, options: paging.Options{Order: paging.ByRows}},
			asks:  "1x1 2x1 3x1 4x1 4x1 5x1 6x1 6x1 7x1", gives: "1 2 3 4 5 6",
		},
		"largest id first was asked for, rows share ids, record_count too small": {
			story: story{list: "6b 2c 7a 3b 6a 1b 1b", size: 4, options: paging.Options{Order: paging.ByIDDown}, always: 5},
			asks:  "1x4 2x4 3x4 4x4 1x4 2x4 3x4 1x4 2x4 3x4 1x4 2x4 3x4 4x4", gives: "1b 2c 3b 6a 6b 7a",
		},
		"largest id first, page_no ignored, and once one page comes with the whole list": {
			story: story{list: "7 5 3 1", size: 2, options: paging.Options{Order: paging.ByIDDown}, silent: true, ignores: true, sends: map[int]string{7: "7 5 3 1 92"}},
			asks:  "1x2 2x2 3x2 1x2 2x2 1000000x2 1x1 2x5 3x5 count=1000000", gives: "1 3 5 7 92",
		},
		"the last page behind the end, no record_count, the whole list is too much": {
			story: story{list: "1 3 5 7 9 11 13 15 17", size: 10, silent: true, last: true, tooMuch: map[int]bool{6: true}},
			asks:  "1x10 2x8 3x8 1x9 2x9 1000000x9 1000000x4 1x3 2x3 1x10 2x9 count=1000000", gives: "1 3 5 7 9 11 13 15 17",
		},
		"largest id first, page_no ignored, a page too much, and one record is deleted": {
			story: story{list: "3 1", size: 2, options: paging.Options{SecondPass: true, Order: paging.ByIDDown}, silent: true, ignores: true, becomes: map[int]string{3: "1"}, ours: map[int]int{3: 1}, tooMuch: map[int]bool{1: true}},
			asks:  "1x2 1x1 2x1 1x1 1x2 2x1 1x1 2x1 1000000x1 1x2 2x1 count=1000000 count=1000000", gives: "1 3",
		},
		"a page behind 94 rows is too much": {
			story: story{list: "1-86 90-100", size: 100, options: paging.Options{SecondPass: true, Order: paging.ByRows}, most: 94, silent: true, tooMuch: map[int]bool{3: true}},
			asks:  "1x100 2x93 3x93 98x1 97x1", gives: "1-86 90-100",
		},
		"pages of one, one comes with five rows, and page 1 was too much": {
			story: story{list: "1 3 5 7 9 11", size: 3, most: 1, sends: map[int]string{5: "1 3 5 7 9"}, tooMuch: map[int]bool{1: true}},
			asks:  "1x3 1x1 2x1 2x2 6x1 7x5 8x5 6x5 5x5", gives: "1 3 5 7 9 11",
		},
		"largest id first, record_count of the rows, and once of the list": {
			story: story{list: "7 5 3 1", size: 3, options: paging.Options{Order: paging.ByIDDown}, ofRows: true, becomes: map[int]string{7: "92 7 5 3 1"}, says: map[int]int{3: 4}},
			asks:  "1x3 2x2 2x3 3x3 1x3 2x3 3x3 4x3 1x3 2x3 3x3 1x3 2x3 3x3", gives: "1 3 5 7 92",
		},
		"newest first, the page before was empty, and page 1 is empty twice": {
			story: story{size: 4, options: paging.Options{Order: paging.ByIDDown}, responses: "11 10 9/-1; 7 6/-1; /-1; /-1; 7 6/-1; 11 10 9/-1; 7 6/-1; 5 3/-1; 2 1/-1; /-1; /-1; 11 10 9/-1; 7 6/-1; 5 3/-1; 2 1/-1; /-1"},
			asks:  "1x4 2x3 1x3 1x3 2x3 1x3 2x3 3x3 4x3 5x3 6x3 1x3 2x3 3x3 4x3 5x3", gives: "1 2 3 5 6 7 9 10 11",
		},
		"every page longer than asked for, as a row comes twice": {
			story: story{size: 3, options: paging.Options{Order: paging.ByRows}, responses: "70 70 60 50/7; 60 60 50 40 30/10; /10; /10; 100 100 90 80 70 60/10; 40 40 30 20 10/10; /10; /10; 100 100 90 80 70 60 50/10; 30 30 20 10/10; /10; 100 100 90 80 70 60 50 40/10; 20 20 10/10; /10; 100 100 90 80 70 60 50 40 30/10; 10/10; /10; 100 100 90 80 70 60 50 40 30 20/10; /10; 100 100 90 80 70 60 50 40 30 20 10/-1; /10; 100 100 90 80 70 60 50 40 30 20 10/-1; /10"},
			asks:  "1x3 2x4 3x5 4x5 1x5 2x6 3x6 4x6 1x6 2x7 3x7 1x7 2x8 3x8 1x8 2x9 3x9 1x9 2x10 1x10 2x11 1x11 2x11", gives: "10 20 30 40 50 60 70 80 90 100",
		},
		"pages share a row, and the last one is too much": {
			story: story{size: 2, options: paging.Options{Order: paging.ByRows}, responses: "10 20/4; 20 30/4; 30 40/4; much; /4; 60/4; 50/4; 40/4"},
			asks:  "1x2 2x2 3x2 4x2 7x1 6x1 5x1 4x1", gives: "10 20 30 40 50 60",
		},
		"a hidden record makes a page empty, and record_count is too small": {
			story: story{size: 1, options: paging.Options{SecondPass: true}, responses: "10/3; 20/3; 10/3; 30/3; 20/3; /3; 50/3; /3; 50/3"},
			asks:  "1x1 2x1 1x1 3x1 2x1 4x1 5x1 4x1 5x1", gives: "10 20 30 50",
			fails: "4 of 3 records seen by page 5: a page comes without records although there are more behind it",
		},
		"newest first, no record_count, every second page shorter, the last one empty once": {
			story: story{size: 2, options: paging.Options{Order: paging.ByIDDown}, responses: "7 6/-1; 5/-1; 4 3/-1; 2/-1; /-1; /-1; 7 6/-1; 5/-1; 4 3/-1; 2/-1; 1/-1; /-1; /-1; 7 6/-1; 5/-1; 4 3/-1; 2/-1; 1/-1; /-1"},
			asks:  "1x2 2x2 3x2 4x2 5x2 6x2 1x2 2x2 3x2 4x2 5x2 6x2 7x2 1x2 2x2 3x2 4x2 5x2 6x2", gives: "1 2 3 4 5 6 7",
		},
		"newest first, fixed pages, and the oldest records go": {
			story: story{size: 9, options: paging.Options{Order: paging.ByIDDown, SecondPass: true}, responses: "40 30 20/4; 10/4; 20 10/2; 20 10/2"},
			asks:  "1x9 2x2 1x2 1x3", gives: "10 20 30 40",
		},
		"page 1 was read again in another size, and page 3 is empty once": {
			story: story{size: 3, responses: "10 20/7; 30 40/7; 50 60/7; 70 80/7; 10 20/7; 10 20/7; 30 40/7; /-1; 70 80/7; 50 60/7; 90/7; 70 80/7; 90/7; /7; /7; 90/7"},
			asks:  "1x3 2x2 3x2 4x2 1x3 1x2 2x2 3x2 4x2 3x2 5x2 4x2 5x2 6x2 7x2 5x2", gives: "10 20 30 40 50 60 70 80 90",
		},
		"WithSecondPass, record_count too large": {
			story: story{size: 4, options: paging.Options{SecondPass: true}, responses: "10 20 30/5; 30/5; /5; 30/5; /5; 10 20 30/5; 30/5; /5; 30/5; /5"},
			asks:  "1x4 2x2 3x2 2x2 2x3 1x4 2x2 3x2 2x2 2x3", gives: "10 20 30",
			fails: "3 of 5 records seen by page 2: no further page brought the others",
		},
		"half of the records hidden, record_count missing once": {
			story: story{size: 2, responses: "10/3; /-1; 10/3; /3; 30/3; 10/3; /3; 30/3; /3; /3; 10/3; /3; 30/3"},
			asks:  "1x2 2x1 1x1 2x1 3x1 1x1 2x1 3x1 4x1 5x1 1x1 2x1 3x1", gives: "10 30",
			fails: "2 of 3 records seen by page 3: a page comes without records although there are more behind it",
		},
		"no record_count, and a record too much for its page": {
			story: story{size: 5, options: paging.Options{Order: paging.ByRows}, responses: "1 2 3 4 5/-1; much; 6/-1; 7 8/-1; 9 10/-1; 1 2 3 4 5/-1; 9 10/-1; /-1; 9 10/-1"},
			asks:  "1x5 2x5 6x1 4x2 3x4 1x5 3x4 4x4 3x4", gives: "1 2 3 4 5 6 7 8 9 10",
		},
		"the list becomes empty, and so it ends": {
			story: story{size: 6, responses: "10/3; /3; /2; /2; /0"},
			asks:  "1x6 2x1 3x1 1x1 1x1", gives: "10",
		},
		"another page in place of one behind the end, and a record_count that is not true": {
			story: story{size: 10, options: paging.Options{Order: paging.ByIDDown}, responses: "2 1/3; 1/3; 1/3; 2/3; 1/3; 1/3; 1/3; 2/-1; 1/3; 1/3"},
			asks:  "1x10 2x2 3x2 1x2 2x2 3x2 1000000x2 1x2 2x2 3x2", gives: "1 2",
		},
		"a page empty once, and the first one in place of the next": {
			story: story{size: 2, responses: "10 20/15; 30 40/15; 50 60/15; 70 80/15; 90 100/15; 130 140/13; 90 100/13; 70 80/13; 30 60/13; 10 20/13; 110 120/13; /13; 10 20/13; 90 100/13; 150/13; 130 140/13"},
			asks:  "1x2 2x2 3x2 4x2 5x2 6x2 4x2 3x2 2x2 1x2 5x2 4x2 5x2 4x2 7x2 6x2", gives: "10 20 30 40 50 60 70 80 90 100 110 120 130 140 150",
		},
		"page 1 behind the end, four records go, and record_count is not there once": {
			story: story{list: "1-16", size: 3, wraps: true, becomes: map[int]string{5: "1-4 8-12 14-16"}, says: map[int]int{7: -1}},
			asks:  "1x3 2x3 3x3 4x3 5x3 4x3 3x3", gives: "1-12 14-16",
		},
		"WithSecondPass, page 1 behind the end, one record goes and then one goes and one comes": {
			story: story{list: "10 20 30 40 50", size: 1, options: paging.Options{SecondPass: true}, wraps: true, becomes: map[int]string{8: "20 30 40 50", 12: "30 40 50 60"}},
			asks:  "1x1 2x1 1x1 3x1 2x1 4x1 3x1 5x1 1x1 2x1 3x1 4x1 5x1 6x1 1000000x1 1x1 2x1 3x1 4x1 5x1 count=5 count=5", gives: "10 20 30 40 50 60",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.check(t, test.asks, test.gives, test.fails)
		})
	}
}
