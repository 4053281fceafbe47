package follow_test

import (
	"math"
	"testing"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
)

// TestStories: what a follower asks for, one request after the other, of small lists.
func TestStories(t *testing.T) {
	t.Parallel()
	const oldest, newest, none = pagetest.OldestFirst, pagetest.NewestFirst, pagetest.NoOrder
	stories{
		"newest first, sort ignored, pages read ahead": {
			story: story{Server: pagetest.Server{Order: newest}, list: "1 2 3 4", sortable: true, size: 3, ahead: 2},
			asks:  "<1*3 1*3+2*2 <2*3 <2*2 <1*3",
			gives: "1 2 3 4",
		},
		"no order, pages of one, record_count too large": {
			story: story{Server: pagetest.Server{Order: none, Limit: 1, Extra: 3}, list: "1 5 7 9 11 13 16 20", sortable: true, after: 7, size: 3},
			asks:  "<1*3 5*2 2*2 3*2 2*2 2*2 2*2 1*2 <1*3 4*2 1*2 <all*1000000",
			gives: "13",
			fails: "page 1 of 11 records: the server ignores both page_no and count; a narrower filter may bring the rest into reach",
		},
		"no order, record_count in two responses alone, two records go": {
			story: story{Server: pagetest.Server{Order: none, Silent: true}, list: "1 82 123 124 125 126 127 128", sortable: true, size: 2, goes: map[int]string{8: "1 82"}, says: map[int]int{6: 9, 7: 8}},
			asks:  "<1*2 1*2 <64*2 <63*2 <32*2 <31*2 <16*2 !<15*2 <8*2 <7*2 <4*2 <4*2 <3*2 <1*2 <4*2 <3*2 <1*2 <1*2 <2*2 1*2 <4*2 <2*2 <all*10",
			gives: "",
			fails: "page 1 of 8 records: the server ignores both page_no and count; a narrower filter may bring the rest into reach, for now",
		},
		"pages of one, counted by the size asked for": {
			story: story{Server: pagetest.Server{Limit: 1, ByAsked: true}, list: "1 2 3 4", after: 1, size: 3},
			asks:  "<1*3 <2*3 <1*3 <2*3 <1*3 <2*3 <1*3 <2*3 <3*3 <all*1000000",
			gives: "2 3 4",
		},
		"page_no ignored, no record_count": {
			story: story{Server: pagetest.Server{Order: newest, Ignore: true, Silent: true}, list: "2 4", sortable: true, size: 4},
			asks:  "<1*4 1*2 <2*2 <2*2 <all*1000000 <all*1",
			gives: "2 4",
		},
		"page_no ignored, records come and go": {
			story: story{Server: pagetest.Server{Order: oldest, Ignore: true}, list: "1 2 3 4 5", after: 2, size: 5, adds: map[int]string{5: "8", 6: "11 12"}, goes: map[int]string{3: "4 5"}},
			asks:  "<1*5 2*4 2*5 !<all*10 <all*8",
			gives: "3 4 5 8",
		},
		"newest first, pages of one, record_count too small": {
			story: story{Server: pagetest.Server{Order: newest, Limit: 1, Extra: -2}, list: "3 6", sortable: true, after: 3, size: 3},
			asks:  "<1*3 2*3 3*3 2*3 <1*3 2*3 1*3",
			gives: "6",
		},
		"pages of one, two records come later": {
			story: story{Server: pagetest.Server{Limit: 1}, list: "1 2 3", after: 3, size: 4, passes: 3, adds: map[int]string{7: "8 10"}},
			asks:  "<1*4 <2*4 <1*4 | <1*4 <2*4 <1*4 | <1*4 <2*4 <3*4 <2*4 <3*4 <2*4 <3*4 <2*4 <3*4 <3*3 <all*1000000",
			gives: "| | 8 10",
		},
		"newest first, pages fixed at 4, a gap between the ids": {
			story: story{Server: pagetest.Server{Order: newest, Fixed: 4, Silent: true}, list: "101 162 163 164 165", sortable: true, after: 101, size: 4, passes: 2, ahead: 1},
			asks:  "<1*4 26*4 25*4 12*4 7*4 3*4 1*4 <22*3 <16*4 <8*4 <7*4 <4*4 <3*4 <2*4 <2*3 <2*4 <1*4 <1*4 | <1*4",
			gives: "162 163 164 165 |",
		},
		"newest first, half of the ids behind a gap, a row left out once": {
			story: story{Server: pagetest.Server{Order: newest, Silent: true}, list: "1 2 4000000000000000003 4000000000000000004", sortable: true, size: 2, passes: 2, sends: map[int]string{3: "4000000000000000004"}, says: map[int]int{3: -1}},
			asks:  "<1*2 1*2 <134217729*2 <2*2 <40265320*2 <3*2 <2*2 <1*2 <2*2 <1*2 <1*2 <1*2 | <1*2",
			gives: "1 2 4000000000000000003 4000000000000000004 |",
		},
		"no order, a page comes with one row once": {
			story: story{Server: pagetest.Server{Order: none}, list: "1 2 3 4 5 6 7 8", after: 1, size: 2, sends: map[int]string{3: "3"}, says: map[int]int{3: 8}},
			asks:  "<1*2 <3*2 1*2 1*2 <3*2 <all*10",
			gives: "2 3 4 5 6 7 8",
		},
		"a row comes twice on page 1, which has no order": {
			story: story{Server: pagetest.Server{Order: oldest}, list: "1 2", sortable: true, after: 2, size: 2, passes: 2, sends: map[int]string{1: "2 1 2"}},
			asks:  "<1*2 <all*1000000 <all*1 | <all*1000000",
			gives: "|",
		},
		"newest first, capped at 2, a page of other rows": {
			story: story{Server: pagetest.Server{Order: newest, Limit: 2, Silent: true}, list: "1-12", sortable: true, after: 10, size: 5, sends: map[int]string{3: "2 3 4", 25: "4"}, says: map[int]int{3: 12}},
			asks:  "<1*5 6*2 <1*5 3*3 <1*5 <2*5 <1*5 <2*3 <2*2 <2*3 <1*3 <1*3",
			gives: "11 12",
		},
		"the list is emptied before the pass is over": {
			story: story{Server: pagetest.Server{Order: oldest}, list: "1 2 3", size: 2, passes: 2, ahead: 2, goes: map[int]string{3: "1 2 3"}},
			asks:  "<1*2 2*2 1*2 1*2 !1*2 | 1*2",
			gives: "1 2 |",
		},
		"no order, a page is empty once": {
			story: story{Server: pagetest.Server{Order: none, Extra: 2}, list: "2 4", sortable: true, size: 3, adds: map[int]string{6: "15"}, sends: map[int]string{2: "-", 9: "2"}, tooMuch: map[int]bool{9: true}},
			asks:  "<1*3 1*2 1*2 <2*2 <2*2 <1*2 <2*2 <1*3 <all*8",
			gives: "",
			fails: "page 1 of 5 records: the server ignores both page_no and count; a narrower filter may bring the rest into reach, for now",
		},
		"newest first, record_count too large, then 0 on a page in no order": {
			story: story{Server: pagetest.Server{Order: newest, Extra: 1}, list: "2 4 6 8", sortable: true, size: 4, ahead: 1, adds: map[int]string{3: "9 10 12"}, sends: map[int]string{5: "6 8 2"}, says: map[int]int{5: 0}},
			asks:  "<1*4 1*4+2*3 <2*4 <3*4 <2*4 !<all*4 <all*12",
			gives: "",
			fails: "page 1 of 8 records: the server ignores both page_no and count; a narrower filter may bring the rest into reach",
		},
		"page_no and count ignored, a response is empty once": {
			story: story{Server: pagetest.Server{Order: newest, Ignore: true, IgnoreCount: true}, list: "1 2", size: 3, sends: map[int]string{4: "-"}, says: map[int]int{4: 0}},
			asks:  "<1*3 <2*2 <2*2 <all*5 <all*5",
			gives: "1 2",
		},
		"no order, gaps between the ids": {
			story: story{Server: pagetest.Server{Order: none, Limit: 2, Extra: 1}, list: "1 2 3 84 85 86 127 188 189 190 191", after: 66, size: 2},
			asks:  "<1*2 <2*2 <4*2 <3*2 <1*2 <3*2 <1*2 <1*2 <2*2 <4*2 <3*2 <1*2 <3*2 <1*2 <all*14",
			gives: "",
			fails: "page 1 of 12 records: the server ignores both page_no and count; a narrower filter may bring the rest into reach, for now",
		},
		"no order, which smaller pages show": {
			story: story{Server: pagetest.Server{Order: none, Silent: true}, list: "1 4 9 16", size: 3, tooMuch: map[int]bool{1: true}},
			asks:  "<1*3 <1*2 2*2 <1*2 2*2",
			gives: "4 16",
			fails: "page 2 of -1 records: the list is not in the order of its ids, so that records may have been passed over; All reads such a list",
		},
		"newest first, capped at 2, pages counted by the size asked for, ten new": {
			story: story{Server: pagetest.Server{Order: newest, Limit: 2, Silent: true, ByAsked: true}, list: "101 102 143 204 205 266 267 268 269 270 351 352 353 354", sortable: true, after: 204, size: 3},
			asks:  "<1*3 103*2 102*2 51*2 29*2 14*2 7*2 <1*3 <76*2 <75*2 <38*2 <16*2 <7*2 <4*2 <6*2 <5*2 <1*3 <5*2 <1*3 <4*2 <1*3 <4*2 <1*3 <3*2 <1*3 <3*2 <1*3 <2*2 <1*3 <2*2 <1*3 <1*2 <1*2",
			gives: "205 266 267 268 269 270 351 352 353 354",
		},
		"no order, two records, and two come": {
			story: story{Server: pagetest.Server{Order: none, Extra: 1}, list: "1 4", sortable: true, size: 2, ahead: 1, adds: map[int]string{3: "7 10"}, goes: map[int]string{8: "1"}},
			asks:  "<1*2 1*2 <2*2 1*2 2*2 1*2 all*7",
			gives: "",
			fails: "page 1 of 5 records: the server ignores both page_no and count; a narrower filter may bring the rest into reach",
		},
		"newest first, pages fixed at 2, a gap between the ids": {
			story: story{Server: pagetest.Server{Order: newest, Fixed: 2, Silent: true}, list: "1 4000000000000000002 4000000000000000003", size: 2, ahead: 2, sends: map[int]string{5: "4000000000000000003"}, says: map[int]int{5: 3}},
			asks:  "<1*2 <134217729*2 <93952410*2 <46976205*2 <23488103*2 <2*2 <1*2 <1*2",
			gives: "1 4000000000000000002 4000000000000000003",
		},
		"newest first, all records go": {
			story: story{Server: pagetest.Server{Order: newest, Limit: 4, ByAsked: true, Extra: -1}, list: "2 4", sortable: true, size: 4, goes: map[int]string{2: "2 4"}},
			asks:  "<1*4 1*2 <1*4",
			gives: "",
		},
		"page_no ignored, the list is emptied while count is tried": {
			story: story{Server: pagetest.Server{Order: oldest, Ignore: true, Silent: true}, list: "2 4", size: 2, goes: map[int]string{5: "2 4"}},
			asks:  "<1*2 2*2 2*2 <all*1000000 <all*1 <all*1000000 <all*1000000 <all*1000000",
			gives: "2 4",
		},
		"pages of one, counted by the size asked for, a page comes with four": {
			story: story{Server: pagetest.Server{Limit: 1, ByAsked: true}, list: "2 4 6 8 10 12", sortable: true, after: 8, size: 2, passes: 3, ahead: 2, adds: map[int]string{8: "14", 9: "17"}, sends: map[int]string{4: "2 4 6 8"}},
			asks:  "<1*2 3*2 1*2 1*2 2*4 1*4 2*4 3*4 2*4 <1*2 2*4 3*4 2*4 1*2 2*2 1*4 2*4 <1*2 2*4 3*4 2*4 1*2 2*2 1*4 2*4 <1*2 1*4 <all*1000000 | <1*2 | <1*2",
			gives: "10 12 14 17 | |",
		},
		"newest first, the first record, record_count one too large": {
			story: story{Server: pagetest.Server{Order: newest, Extra: 1}, size: 2, passes: 2, adds: map[int]string{1: "1"}, says: map[int]int{3: 0}},
			asks:  "<1*2 <2*2 <1*2 !<2*2 <1*2 | <1*2",
			gives: "1 |",
		},
		"newest first, page 1 too much when it is read again": {
			story: story{Server: pagetest.Server{Order: newest, Limit: 2}, list: "2 4 6 8", size: 4, ahead: 2, tooMuch: map[int]bool{5: true}},
			asks:  "<1*4 <2*2 <3*2 <2*2 <1*4 <3*2 <2*2 <1*2 <2*2 <1*2 <1*2 <1*2",
			gives: "2 4 6 8",
		},
		"no order, the caller goes back, two pages too much": {
			story: story{Server: pagetest.Server{Order: none, Silent: true}, list: "1 2 3 4 5 46 47", sortable: true, after: 1, size: 5, passes: 3, goes: map[int]string{2: "3 4"}, sends: map[int]string{3: "50 51 53", 9: "-"}, says: map[int]int{3: 7, 9: 7}, tooMuch: map[int]bool{3: true, 7: true}, rewinds: map[int]int64{2: 1}},
			asks:  "<1*5 3*4 1*5 2*2 <1*2 <6*2 <2*2 <1*2 <1*2 <1*2 <1*2 <1*2 <6*2 <2*2 <1*2 <1*2 | <1*4 | <1*4",
			gives: "2 5 46 | | 2 5 46",
		},
		"no record_count, half of the ids behind a gap": {
			story: story{Server: pagetest.Server{Silent: true}, list: "1 2 3 4 5 6 7 8 9 10 11 12 13 14 4000000000000000015 4000000000000000016 4000000000000000017 4000000000000000018 4000000000000000019 4000000000000000020 4000000000000000021 4000000000000000022 4000000000000000023 4000000000000000024 4000000000000000025 4000000000000000026 4000000000000000027 4000000000000000028", after: 12, size: 13, goes: map[int]string{4: "4000000000000000028"}},
			asks:  "<1*13 <29826162*9 <11744052*13 <6361362*12 <4771022*8 <2120455*9 <1060228*9 <596379*8 <183502*13 <149096*8 <59639*10 <42600*7 <11470*13 <7456*10 <4143*9 <1865*10 <718*13 <519*9 <213*11 <107*11 <66*9 <38*8 <16*10 <8*11 <4*13 <3*10 <2*12 <1*13",
			gives: "13 14 4000000000000000015 4000000000000000016 4000000000000000017 4000000000000000018 4000000000000000019 4000000000000000020 4000000000000000021 4000000000000000022 4000000000000000023 4000000000000000024 4000000000000000025 4000000000000000026 4000000000000000027",
		},
		"no order, records go before the next pass": {
			story: story{Server: pagetest.Server{Order: none, Silent: true}, list: "2 6 8 11 12 15", sortable: true, after: 11, size: 3, passes: 2, goes: map[int]string{3: "11 12 15", 14: "15"}},
			asks:  "<1*3 <all*1000000 | <all*1000000",
			gives: "12 15 |",
		},
		"page_no ignored, one of two records goes": {
			story: story{Server: pagetest.Server{Order: none, Fixed: 2, Ignore: true}, list: "4 5", after: 2, size: 4, goes: map[int]string{7: "5"}, sends: map[int]string{3: "5"}},
			asks:  "<1*4 <2*2 <2*2 <3*2 <2*2 <3*2 <3*2 !<4*2 <3*2 <2*2 <1*2 <1*4",
			gives: "4",
		},
		"newest first, record_count too small, a page too much, one record goes": {
			story: story{Server: pagetest.Server{Order: newest, Extra: -1}, list: "4 7", sortable: true, after: 1, size: 2, ahead: 1, goes: map[int]string{5: "7", 7: "7"}, sends: map[int]string{7: "4 7"}, says: map[int]int{5: 3, 7: 0}, tooMuch: map[int]bool{3: true}},
			asks:  "<1*2 5*2 1*2 <2*2 <1*2 <2*2 <2*2 !1*2 1*2",
			gives: "4",
		},
		"newest first, all go, and two come back in one response": {
			story: story{Server: pagetest.Server{Order: newest, Silent: true}, list: "1 4 9", sortable: true, size: 4, goes: map[int]string{3: "1 4 9"}, sends: map[int]string{9: "4 9"}, says: map[int]int{9: -1}, tooMuch: map[int]bool{3: true, 8: true}},
			asks:  "<1*4 1*3 <4*3 <10*2 <2*2 <2*2 <4*3 <2*3 <1*3 1*2 1*2 1*3",
			gives: "",
		},
		"three records go, pages too much, record_count once": {
			story: story{Server: pagetest.Server{Silent: true}, list: "2 4 6 8 10 12 14 16 18 20", size: 3, goes: map[int]string{4: "16 18 20"}, says: map[int]int{3: 11, 8: -1}, tooMuch: map[int]bool{4: true, 7: true}},
			asks:  "<1*3 <4*3 <5*2 <3*3 <5*2 <5*2 <4*2 <2*2 <3*2 <2*2 <1*3 <3*2 <2*2 <1*3 <2*2 <1*3 <1*2 <1*2",
			gives: "2 4 6 8 10 12 14",
		},
		"newest first, pages of one, page 1 has a row that goes": {
			story: story{Server: pagetest.Server{Order: newest, Limit: 1, ByAsked: true, Extra: 1}, list: "2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 32 34 36 38 40 42 44 46 48 50 52 54 56 58 60 62", sortable: true, after: 40, size: 4, ahead: 2, sends: map[int]string{1: "67", 3: "30 32 34"}, says: map[int]int{1: 31, 3: 31, 8: 31}},
			asks:  "<1*4 15*2 15*2 !16*3 15*3 15*3 7*3 8*3 !7*3 <1*4 14*3 14*3 13*3 13*3 6*3 7*3 6*3 1*4",
			gives: "62",
		},
		"one row fills page 1, which shows no order": {
			story: story{list: "1-8", size: 2, sends: map[int]string{1: "8 8"}},
			asks:  "<1*2 <all*10", gives: "1-8",
		},
		"no order, and the list is emptied before it is read as a whole": {
			story: story{Server: pagetest.Server{Order: none, Silent: true}, list: "1 4 9", after: 1, size: 2, goes: map[int]string{4: "1 4 9"}},
			asks:  "<1*2 2*2 2*2 <all*1000000 <all*1000000 <all*1000000", gives: "4 9",
		},
		"newest first, page 1 comes in place of one behind the end, and changes three times": {
			story: story{Server: pagetest.Server{Order: newest, Silent: true}, wraps: true, list: "1-6", after: 1, size: 3, adds: map[int]string{5: "7"}, goes: map[int]string{8: "7", 10: "6"}},
			asks:  "<1*3 <3*3 <2*2 <2*3 <2*2 <5*3 <6*3 <8*2 <6*3 <28*3 <41*2 <27*3 <1*3 <1*3", gives: "2-5",
		},
		"newest first, page 2 empty twice, and page 1 is too much": {
			story: story{Server: pagetest.Server{Order: newest}, list: "1-7", size: 3, passes: 2, sends: map[int]string{8: "-", 11: "-"}, tooMuch: map[int]bool{1: true, 12: true}},
			asks:  "<1*3 <1*2 <4*2 <3*2 <1*2 <3*2 <1*2 <2*2 <2*2 <1*2 <2*2 <2*2 <1*2 <2*3 <2*2 <1*3 | <1*3", gives: "1-7 |",
		},
		"no order, record_count is too small, and then above a million": {
			story: story{Server: pagetest.Server{Order: none}, list: "1-7", size: 4, passes: 2, says: map[int]int{1: 2, 2: 2_000_000, 3: 2_000_000, 4: 2_000_000}},
			asks:  "<1*4 <2*4 <all*1000000 | <all*1000000", gives: "1-7 |",
		},
		"no list is as long as record_count once says": {
			story: story{list: "1-7", size: 3, after: 3, says: map[int]int{1: math.MaxInt}},
			asks:  "<1*3 <340018245*3 !<152113427*3 <58161018*3 <11184814*3 <2*3 <2*2 <1*3", gives: "4-7",
		},
		"each response is the same, whatever is asked, and records go until one is left": {
			story: story{
				list: "1-4", size: 3,
				sends: map[int]string{1: "1 2", 2: "1 2", 3: "2 3", 4: "2 3", 5: "3 4", 6: "3 4", 7: "4", 8: "4", 9: "4", 10: "4", 11: "4"},
				says:  map[int]int{1: 4, 2: 4, 3: 3, 4: 3, 5: 2, 6: 2, 7: 1, 8: 1, 9: 1, 10: 1, 11: 1},
			},
			asks: "<1*3 2*2 2*2 !3*2 3*2 !4*2 3*3 !4*3 4*2 <all*1000000 <all*1000000", gives: "1-4",
		},
		"no order, the first page behind the place is too much": {
			story: story{Server: pagetest.Server{Order: none, Silent: true}, list: "1 62 63 64 65", sortable: true, after: 39, size: 4, tooMuch: map[int]bool{8: true}},
			asks:  "<1*4 14*3 10*4 5*4 4*4 2*4 <1*4 14*3 20*2 19*2 9*2 8*2 4*2 3*2 1*2 <14*2 <13*2 <7*2 <6*2 <3*2 <2*2 <1*2 <2*2 <1*2 <1*2 <1*2", gives: "62-65",
		},
		"pages fixed at 6, a page of another row once, and pages too much": {
			story: story{Server: pagetest.Server{Fixed: 6}, list: "1 4 9", size: 5, passes: 2, adds: map[int]string{8: "12"}, goes: map[int]string{6: "9"}, sends: map[int]string{3: "11"}, tooMuch: map[int]bool{8: true, 15: true}, rewinds: map[int]int64{1: 9}},
			asks:  "<1*5 <2*2 <2*2 <1*5 <2*2 <2*2 !<1*3 <all*8 | <1*5", gives: "1 4 12 | 12",
		},
		"newest first, record_count three too large": {
			story: story{Server: pagetest.Server{Order: newest, Extra: 3}, list: "1-8", size: 2},
			asks:  "<1*2 <5*2 <5*2 <3*2 <4*2 <5*2 <4*2 <1*2 <4*2 <1*2 <3*2 <1*2 <3*2 <1*2 <2*2 <1*2 <2*2 <1*2 <1*2 <1*2", gives: "1-8",
		},
		"page_no ignored, record_count too small on pages and missing beside the whole list": {
			story: story{
				Server: pagetest.Server{Order: oldest, Ignore: true, Silent: true},
				list:   "1-4", size: 2, passes: 3,
				sends: map[int]string{1: "1 2", 2: "1 2", 3: "1 2"},
				says:  map[int]int{1: 2, 2: 2, 3: 2},
				goes:  map[int]string{6: "1-3"},
			},
			asks: "<1*2 2*2 2*2 <all*4 <all*1000000 | <all*6 | <all*4", gives: "1-4 | |",
		},
		"everything ignored, and of three records the one is left that no response had": {
			story: story{
				Server: pagetest.Server{Order: newest, Ignore: true, Silent: true},
				list:   "1-3", size: 2, passes: 2,
				sends: map[int]string{1: "3 2", 2: "3 2", 3: "3 2", 4: "3 2", 7: "6 5", 8: "6 5", 9: "6 5", 10: "6 5", 11: "6 5"},
				goes:  map[int]string{5: "2 3"},
			},
			asks: "<1*2 <3*2 <2*2 <all*1000000 <all*1 <1*2 | <1*2 <4*2 <2*2 <all*1000000 <all*1", gives: "1 |",
			fails: "page 1 of -1 records: the server ignores both page_no and count and does not say how many records there are: these may be all or only the first; a narrower filter may help",
		},
		"newest first, page 1 is empty once where it is to show whether the list has changed": {
			story: story{Server: pagetest.Server{Silent: true}, list: "2 3 6 8", size: 2, sends: map[int]string{4: "-", 9: "3"}},
			asks:  "<1*2 <3*2 <2*2 <1*2 <3*2 <2*2 <1*2 <3*2 <2*2 <1*2 <1*2", gives: "3 6 8",
		},
		"page 1 is asked for as often as it may be, and shows another order": {
			story: story{Server: pagetest.Server{Order: newest, Limit: 3, ByAsked: true}, list: "3", size: 2, adds: map[int]string{1: "6"}, sends: map[int]string{4: "-"}},
			asks:  "<1*2 <2*2 <1*2 <1*2 <1*2 <1*2", gives: "3 6",
		},
		"page 1 is asked for as often as it may be, and only the whole list is left": {
			story: story{Server: pagetest.Server{Order: none, Fixed: 2, Silent: true, IgnoreCount: true}, list: "2 3 4", sortable: true, after: 2, size: 3, adds: map[int]string{7: "16"}, sends: map[int]string{1: "-", 4: "-", 7: "2"}},
			asks:  "<1*3 <1*3 2*2 <1*3 <1*3 2*2 1*3 <all*1000000", gives: "3 4 16",
		},
		"page 1 in place of one behind the end, records go, and three pages are too much": {
			story: story{Server: pagetest.Server{Silent: true}, list: "1-11", sortable: true, size: 6, wraps: true, adds: map[int]string{5: "16"}, goes: map[int]string{3: "1-8"}, tooMuch: map[int]bool{4: true, 7: true, 8: true}},
			asks:  "<1*6 1*6 2*5 1*5 1*2 1*6 <1*2 1*2 2*2 1*2", gives: "1-6 9-11 16",
		},
		"newest first as before, and then once not": {
			story: story{Server: pagetest.Server{Order: newest, Limit: 3}, list: "1-2", after: 1, size: 3, wraps: true, passes: 3, sends: map[int]string{3: "1-2"}},
			asks:  "<1*3 | <1*3 | <1*3 2*2 <1*3", gives: "2 | |",
		},
		"newest first, pages fixed at 10, and the last is as long as was asked for": {
			story: story{Server: pagetest.Server{Order: newest, Fixed: 10}, list: "1-16", size: 10},
			asks:  "<1*10 <2*10 <2*6 <2*10 <1*10 <1*10", gives: "1-16",
		},
		"newest first, page 1 in place of a page that is held, since records have gone": {
			story: story{Server: pagetest.Server{Limit: 2, Extra: -2}, list: "2 4 7 9-11 13", size: 3, wraps: true, goes: map[int]string{8: "7 9 10"}},
			asks:  "<1*3 <3*2 <8*2 <4*2 <5*2 <4*2 <3*2 <1*3 !<3*2 <1*3 <2*2 <1*2 <1*2", gives: "2 4 11 13",
		},
		"newest first, page 2 is what page 1 was, since records were added": {
			story: story{list: "1 2", size: 2, adds: map[int]string{2: "3 4"}},
			asks:  "<1*2 <2*2 <3*2 <2*2 <1*2 <3*2 <2*2 <1*2 <2*2 <1*2 <1*2 <1*2", gives: "1-4",
		},
		"everything ignored, and another order comes in a later pass": {
			story: story{Server: pagetest.Server{Limit: 2, Ignore: true, IgnoreCount: true}, list: "2 4 6", after: 3, size: 2, passes: 3, sends: map[int]string{3: "2 4", 6: "4", 7: "-"}},
			asks:  "<1*2 | <1*2 | <1*2 1*3 2*2 2*3 3*3 2*3 1*3 2*3 <all*1000000", gives: "4 6 | |",
		},
		"newest first, pages fixed at 11, and the cursor is where one begins": {
			story: story{Server: pagetest.Server{Order: newest, Fixed: 11, IgnoreCount: true}, list: "1-67", after: 2, size: 11},
			asks:  "<1*11 <6*11 <7*8 <4*11 <5*11 <6*11 <7*8 <6*11 <5*11 <1*11 <5*11 <1*11 <4*11 <1*11 <4*11 <1*11 <3*11 <1*11 <3*11 <1*11 <2*11 <1*11 <2*11 <1*11 <1*11 <1*11", gives: "3-67",
		},
		"newest first, records go while a page is shown to begin where it seems to": {
			story: story{Server: pagetest.Server{Order: newest}, list: "1-2 5 8 11-12 15 18-19", after: 4, size: 6, goes: map[int]string{2: "11-18"}},
			asks:  "<1*6 <2*6 !<2*4 <1*6", gives: "5 8 19",
		},
		"newest first, the whole list leaves out a record that a page has, each time": {
			story: story{
				Server: pagetest.Server{Order: newest, Limit: 3, IgnoreCount: true, Extra: -1}, list: "2-5 7 9", size: 6, wraps: true,
				adds: map[int]string{3: "10-13"}, goes: map[int]string{3: "2-9"},
				sends: map[int]string{8: "9 8 7 6 5 4 3 2", 9: "9 8 7 6 5 4 3 2", 10: "9 8 7 6 5 4 3 2", 11: "9 8 7 6 5 4 3 2"},
			},
			asks: "<1*6 <2*3 <3*3 !<7*3 <5*2 <all*1000000 <1*6 <5*3 <6*8 <6*8 <all*1000000", gives: "2-9",
			fails: "page 1 of 3 records: a record that one response has is left out of another, for now",
		},
		"newest first, one record tells of count, and the whole list leaves out one that a page has": {
			story: story{
				Server: pagetest.Server{Order: newest, Limit: 2, Silent: true, Extra: 1}, list: "1 4-5 7-9", size: 5, adds: map[int]string{10: "10-12"},
				sends: map[int]string{8: "9 8 7 6 5 4 3 2", 10: "9 8 7 6 5 4 3 2", 11: "9 8 7 6 5 4 3 2", 13: "9 8 7 6 5 4 3 2", 15: "9 8 7 6 5 4 3 2"},
			},
			asks: "<1*5 <6*2 <5*2 <3*2 <4*2 <3*2 <1*5 <3*2 <1*5 <1*8 <2*8 <2*8 <1*5 <2*8 <all*1000000 <all*1", gives: "2-9",
			fails: "page 1 of -1 records: a record that one response has is left out of another, for now",
		},
		"newest first, pages fixed at 4, known by a record that was seen at a later position": {
			story: story{Server: pagetest.Server{Order: newest, Fixed: 4, IgnoreCount: true}, list: "1-2 5-7 10", after: 1, size: 12, wraps: true},
			asks:  "<1*12 <2*4 <2*3 <2*4 <1*4 <1*4", gives: "2 5-7 10",
		},
		"newest first, all go twice, no record_count, page 1 in place of one behind the end": {
			story: story{Server: pagetest.Server{Order: newest, Silent: true, ByAsked: true}, list: "3-4 7-8 11-16", size: 4, passes: 2, wraps: true, adds: map[int]string{11: "17-20"}, goes: map[int]string{6: "3-16", 13: "3-16"}},
			asks:  "<1*4 <6*3 <2*3 <4*4 <2*4 <3*4 <3*3 <3*3 <1*4 <1*4 <1*4 <6*4 <2*3 <1*4 | <1*4", gives: "17-20 |",
		},
		"newest first, record_count is another one once, and page 1 has no rows once": {
			story: story{Server: pagetest.Server{Order: newest, Extra: 1, IgnoreCount: true}, list: "1 4-7", after: 4, size: 2, wraps: true, sends: map[int]string{8: "-"}, says: map[int]int{3: 5}},
			asks:  "<1*2 <2*2 <1*2 !<2*2 <1*2 <2*2 <1*2 <1*2 <1*2 <2*2 <all*1000000", gives: "5-7",
		},
	}.check(t)
}
