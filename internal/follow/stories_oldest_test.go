package follow_test

import (
	"testing"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// TestStoriesOldestFirst: what a follower asks for of small lists that come with the oldest records first.
func TestStoriesOldestFirst(t *testing.T) {
	t.Parallel()
	const oldest = pagetest.OldestFirst
	stories{
		"oldest first, the caller goes back, and a page in no order comes": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "1 4", sortable: true, after: 4, size: 4, passes: 2, sends: map[int]string{5: "4 1 4"}, rewinds: map[int]int64{1: 1}},
			asks:  "<1*4 2*2 1*2 | 1*2 2*2",
			gives: "| 4",
			fails: "page 2 of -1 records: the list is not in the order of its ids, so that records may have been passed over; All reads such a list",
		},
		"oldest first, capped at 3, record_count one too large": {
			story: story{Server: pagetest.Server{Order: oldest, Limit: 3, Extra: 1}, list: "4 7 8 11 13 14 17 21 22 24 25 26 30 32", after: 11, size: 11, ahead: 1},
			asks:  "<1*11 3*3 2*3 3*3 2*3 5*2+4*3 4*3 3*5 5*3 4*3 6*3 5*3",
			gives: "13 14 17 21 22 24 25 26 30 32",
		},
		"oldest first, page 1 too much, pages read ahead": {
			story: story{Server: pagetest.Server{Order: oldest}, list: "1 4 9 16 25 36 49 64", sortable: true, size: 6, ahead: 2, tooMuch: map[int]bool{1: true}},
			asks:  "<1*6 <1*3 2*2 2*3+2*5 2*5 2*6",
			gives: "1 4 9 16 25 36 49 64",
		},
		"oldest first, nothing new, record_count 0 once": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "1 82", sortable: true, after: 82, size: 3, passes: 2, ahead: 1, sends: map[int]string{4: "82"}, says: map[int]int{4: 0}},
			asks:  "<1*3 2*2 1*2 | 1*2 2*2 1*2",
			gives: "|",
		},
		"oldest first, a record comes between two quiet passes": {
			story: story{Server: pagetest.Server{Order: oldest}, list: "2 4", after: 2, size: 5, passes: 3, ahead: 2, adds: map[int]string{3: "6"}},
			asks:  "<1*5 2*2 1*2 | 1*2 | 2*2 1*2 2*2",
			gives: "4 | | 6",
		},
		"oldest first, a page has rows that are gone in the next pass": {
			story: story{Server: pagetest.Server{Order: oldest}, list: "2 4 8", after: 8, size: 3, passes: 3, ahead: 2, adds: map[int]string{5: "18 21"}, sends: map[int]string{4: "11 14 16"}, says: map[int]int{4: 0}},
			asks:  "<1*3 2*2 | 2*2 | 2*2 !2*3 1*3 2*3 2*3 1*3",
			gives: "| | 18 21",
		},
		"oldest first, pages fixed at 10, page 1 comes with one row": {
			story: story{Server: pagetest.Server{Order: oldest, Fixed: 10}, list: "1 4 9 16 25 36 49 64 81 100 121 144 169 196 225", sortable: true, after: 142, size: 10, passes: 2, adds: map[int]string{8: "226 229"}, sends: map[int]string{1: "225"}},
			asks:  "<1*10 7*2 7*2 3*2 3*2 2*2 | <1*10 2*10 3*10 2*10",
			gives: "144 169 196 225 | 226 229",
		},
		"oldest first, the page that is to prove another is empty once": {
			story: story{Server: pagetest.Server{Order: oldest}, list: "1 2 3 4", after: 1, size: 2, ahead: 1, sends: map[int]string{6: "-"}, says: map[int]int{6: 4}},
			asks:  "<1*2 2*2 1*2 2*2 3*2 2*2 2*2",
			gives: "2 3 4",
		},
		"oldest first, the caller goes back, and then other rows come": {
			story: story{Server: pagetest.Server{Order: oldest, Limit: 2, ByAsked: true}, list: "1 2 3 4 5 6", sortable: true, after: 4, size: 2, passes: 3, adds: map[int]string{1: "13"}, goes: map[int]string{3: "6"}, sends: map[int]string{10: "16 19 22"}, says: map[int]int{10: 6}, rewinds: map[int]int64{1: 4}},
			asks:  "<1*2 2*2 3*2 !2*2 3*2 4*2 3*2 | 2*2 3*2 2*2 1*3 2*3 1*3 2*3 <all*8 <all*8 | <all*8",
			gives: "5 13 | 5 13 |",
		},
		"oldest first, a page of rows that are gone in the next response": {
			story: story{Server: pagetest.Server{Order: oldest}, list: "1 22 23 24 25", after: 22, size: 4, passes: 2, ahead: 2, sends: map[int]string{2: "28 31"}, says: map[int]int{2: 0}},
			asks:  "<1*4 2*3 !1*4 2*3 1*4 2*3 <all*1000000 | <all*1000000",
			gives: "23 24 25 |",
		},
		"oldest first, capped at 2, record_count three too large": {
			story: story{Server: pagetest.Server{Order: oldest, Limit: 2, Extra: 3}, list: "2 3 5 9 12 15 16 20", sortable: true, after: 5, size: 4, ahead: 2},
			asks:  "<1*4 3*2 2*2 3*2 2*2 4*2 3*2 5*2 5*2 3*3 5*2 4*2",
			gives: "9 12 15 16 20",
		},
		"oldest first, pages fixed at 3, the caller is at the last record": {
			story: story{Server: pagetest.Server{Order: oldest, Fixed: 3}, list: "1 4 9 16", size: 2, passes: 3, rewinds: map[int]int64{2: 16}},
			asks:  "<1*2 2*3 1*3 2*3 | 2*3 | 2*3",
			gives: "1 4 9 16 | |",
		},
		"oldest first, a page has other rows, pages read ahead": {
			story: story{Server: pagetest.Server{Order: oldest, Extra: -1}, list: "1 4 9 16 25 36 49 64 81 100 121 144 169 196 225 256 289 324 361 400 441 484 529", sortable: true, after: 3, size: 6, ahead: 2, adds: map[int]string{15: "536"}, sends: map[int]string{2: "4 9 16"}, says: map[int]int{2: 23}},
			asks:  "<1*6 2*5+2*6+3*5 3*5+3*6+4*5 !2*5 2*6+3*5+3*6 3*5+3*6+4*5 3*6+4*5+4*6 4*5+4*6 4*6 5*6 4*6",
			gives: "4 9 16 25 36 49 64 81 100 121 144 169 196 225 256 289 324 361 400 441 484 529",
		},
		"oldest first, a page has four rows in the place of two": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "1 62 63 64", sortable: true, after: 62, size: 2, passes: 2, adds: map[int]string{10: "67"}, sends: map[int]string{7: "1 62 63 64"}},
			asks:  "<1*2 2*2 1*2 2*2 3*2 2*2 | 2*2 3*4 2*4 2*4 1*4 2*4", gives: "63 64 | 67",
		},
		"oldest first, capped at 2, a page too much before the one that it was to prove": {
			story: story{Server: pagetest.Server{Order: oldest, Limit: 2, Silent: true}, list: "1-3 14-16", sortable: true, size: 11, adds: map[int]string{12: "19 21"}, tooMuch: map[int]bool{1: true, 7: true}},
			asks:  "<1*11 <1*5 2*2 1*2 2*2 3*2 2*3 2*2 2*3 3*2 2*2 4*2 3*2 5*2 4*2", gives: "1-3 14-16 19 21",
		},
		"oldest first, page 1 in place of the page before a held one, since records have gone": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, passes: 2, after: 10, size: 3, wraps: true, adds: map[int]string{3: "1-4 7-13"}, goes: map[int]string{5: "1-4 7"}},
			asks:  "<1*3 <1*3 | <1*3 4*3 3*3 4*3 2*2 2*3 3*3 3*3 <all*1000000", gives: "| 11-13",
		},
		"oldest first, page 1 in place of the page before a held one, and record_count has fallen": {
			story: story{Server: pagetest.Server{Order: oldest}, list: "1-2 10 12 20-21 26 32 36 44 50 54", after: 20, size: 2, wraps: true, goes: map[int]string{3: "1 10 20 32 36 44 50 54"}},
			asks:  "<1*2 4*2 3*2 !4*2 2*2 1*2 2*2 3*2 3*2 <all*1000000", gives: "21 26",
		},
		"oldest first, the page before a held one is empty once, and so it is again": {
			story: story{Server: pagetest.Server{Order: oldest}, list: "3-4 11-12 20-22 24", after: 21, size: 3, sends: map[int]string{2: "-", 5: "-"}},
			asks:  "<1*3 2*3 2*3 3*3 2*3 2*3 3*3 3*3 all*1000000", gives: "22 24",
		},
		"oldest first, no record_count, and a page behind the end was empty": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "1-4", after: 4, size: 2, passes: 3, adds: map[int]string{5: "5 6"}},
			asks:  "<1*2 6*2 3*2 2*2 | 2*2 | 3*2 2*2 3*2 4*2", gives: "| | 5 6",
		},
		"oldest first, page 1 in place of one behind the end, a page too much": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true, Extra: 2}, list: "1 3 6 7 10 12", after: 12, size: 5, passes: 2, wraps: true, says: map[int]int{7: 7, 8: 7}, tooMuch: map[int]bool{4: true}},
			asks:  "<1*5 4*4 2*4 | 2*5 4*2 6*2 5*2 <all*13", gives: "|",
			fails: "page 1 of 7 records: the server ignores both page_no and count; a narrower filter may bring the rest into reach",
		},
		"oldest first, page_no ignored, two pages empty once": {
			story: story{
				Server: pagetest.Server{Order: oldest, Limit: 2, Ignore: true},
				list:   "2 5-7 10 13 16 18 20", after: 8, size: 3, adds: map[int]string{2: "26", 4: "21"}, sends: map[int]string{3: "-", 4: "-", 8: "16 20"},
			},
			asks: "<1*3 2*9 1*10 1*10 1*10 2*11 2*11 <all*1000000 <all*1", gives: "10 13 16 18 20 21 26",
		},
		"oldest first, the caller goes back to where the guess is too low": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "1-9", size: 2, passes: 2, rewinds: map[int]int64{1: 8}},
			asks:  "<1*2 2*2 1*2 2*2 3*2 2*2 4*2 3*2 5*2 4*2 | 1*2 4*2 5*2 4*2", gives: "1-9 | 9",
		},
		"oldest first, page 1 in place of the page before a held one, and it came so before": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "1 7 9 11 13 15 17-21", sortable: true, after: 17, size: 2, wraps: true, adds: map[int]string{3: "22 23 27"}, goes: map[int]string{2: "1", 5: "18-20"}},
			asks:  "<1*2 6*2 8*2 7*2 6*2 7*2 7*2 <all*1000000", gives: "21-23 27",
		},
		"oldest first, a page begins with a record of an earlier one": {
			story: story{Server: pagetest.Server{Order: oldest, Limit: 2}, list: "1-5", after: 3, size: 2, sends: map[int]string{3: "2"}},
			asks:  "<1*2 2*2 3*2 3*2 2*2 3*2", gives: "4-5",
		},
		"oldest first, rows come from nowhere, and then there are none": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "1-6", after: 5, size: 4, passes: 2, sends: map[int]string{2: "4-6"}},
			asks:  "<1*4 4*4 | 4*4 4*4 2*4", gives: "6 |",
		},
		"oldest first, a record comes, and the first one goes before the next pass": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "1-2", sortable: true, after: 1, size: 2, passes: 3, adds: map[int]string{3: "5"}, goes: map[int]string{4: "1"}},
			asks:  "<1*2 2*2 1*2 | 1*2 2*2 1*2 | 2*2", gives: "2 | 5 |",
		},
		"oldest first, a page too much in place of a full one, at the end": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "1-6", size: 3, passes: 3, adds: map[int]string{5: "11", 14: "20"}, says: map[int]int{2: 2}, tooMuch: map[int]bool{10: true}},
			asks:  "<1*3 2*2 2*3 3*3 2*3 | 2*3 | 3*3 2*3 3*3 4*3 4*2 5*2", gives: "1-6 | | 11",
		},
		"oldest first, the page before a held one, not read before": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "1-5", after: 4, size: 2, wraps: true, sends: map[int]string{5: "4"}},
			asks:  "<1*2 6*2 2*2 3*2 2*2 3*2", gives: "5",
		},
		"oldest first, no record_count, and a record goes before an overlapping page": {
			story: story{Server: pagetest.Server{Order: oldest, Silent: true}, list: "2-4 7 9-11", sortable: true, after: 6, size: 6, goes: map[int]string{2: "3"}},
			asks:  "<1*6 2*5 1*5 2*5", gives: "7 9-11",
		},
		"oldest first, pages fixed at 6, known by a page that comes twice": {
			story: story{Server: pagetest.Server{Order: oldest, Fixed: 6, IgnoreCount: true}, list: "1-3 6-8", sortable: true, after: 2, size: 6, adds: map[int]string{2: "9-10"}},
			asks:  "<1*6 2*5 1*6 2*5 2*6 1*6", gives: "3 6-10",
		},
		"oldest first, pages fixed at 4, known by one that is empty each time": {
			story: story{Server: pagetest.Server{Order: oldest, Fixed: 4, IgnoreCount: true}, list: "1 3-5 7", sortable: true, after: 4, size: 12, adds: map[int]string{4: "8"}, goes: map[int]string{3: "5-7"}},
			asks:  "<1*12 2*3 1*3 !2*3 !2*3 1*4 2*3 2*4 1*4", gives: "5 8",
		},
		"oldest first, pages fixed at 7, known by one that begins alike in two sizes": {
			story: story{Server: pagetest.Server{Order: oldest, Fixed: 7, IgnoreCount: true}, list: "1 4-6 8 10-13 15-16", sortable: true, after: 13, size: 7, passes: 2, adds: map[int]string{3: "17-20"}},
			asks:  "<1*7 2*7 | 3*5 2*7 3*6 3*7 2*7", gives: "15-16 | 17-20",
		},
		"oldest first, all that was read goes, and then more comes": {
			story: story{Server: pagetest.Server{Order: oldest}, list: "1-10", size: 5, passes: 2, adds: map[int]string{4: "11-20"}, goes: map[int]string{3: "1-10"}},
			asks:  "<1*5 2*4 2*5 2*5 1*5 2*4 2*5 3*4 | 3*4", gives: "1-8 11-20 |",
		},
		"oldest first, pages fixed at 5, and the last is as long as was asked for": {
			story: story{Server: pagetest.Server{Order: oldest, Fixed: 5, IgnoreCount: true}, list: "1-3 5 8", sortable: true, size: 5, passes: 3, adds: map[int]string{3: "9-12"}, goes: map[int]string{4: "1-8"}},
			asks:  "<1*5 2*4 2*4 1*5 | !2*3 !2*3 1*5 | 1*5", gives: "1-3 5 8-12 | |",
		},
		"oldest first, page 1 in place of one behind the end, and all go": {
			story: story{Server: pagetest.Server{Order: oldest, Fixed: 7, IgnoreCount: true}, list: "1 3-4", sortable: true, after: 1, size: 7, passes: 3, wraps: true, adds: map[int]string{4: "5-11"}, goes: map[int]string{2: "1-4"}},
			asks:  "<1*7 2*2 2*2 1*3 2*7 2*7 <all*14 | <all*14 | <all*14", gives: "3-11 | |",
		},
		"oldest first, pages fixed at 3, and record_count one too small": {
			story: story{Server: pagetest.Server{Order: oldest, Fixed: 3, IgnoreCount: true, Extra: -1}, list: "1-3", size: 3},
			asks:  "<1*3 2*2 2*3 1*3", gives: "1-3",
		},
	}.check(t)
}
