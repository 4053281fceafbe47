package paging_test

var walkRules = map[string]script{
	// What a change of the list tells.
	"an answer without record_count leaves the last one": {
		steps: "1*20: 1-6 of 16 | 2*6: 7-12 | 3*6: 13-16 of 16",
	},
	"the first record_count is no change": {
		steps: "1*1: none of 6", fails: "0 of 6 records seen by page 1: " + noOthers,
	},
	"a record_count that fell at one time lets a later pass look for what is missing": {
		steps: "1*3: 1-3 of 8 | 2*3: 5-7 of 7 | 1*3: 1-3 of 7 | 2*3: none of 7 | 1*3: 1-3 of 7 | 2*3: 5-7 of 7 | 3*3: 8 of 7",
	},
	"inserts explain rows that come twice": {
		steps: "1*5: 1-5 of 10 | 2*5: 4-8 of 12 | 3*5: 10 of 11 | 2*5: 4-8 of 11 | 3*5: 10 of 11 | 1*5: 101 102 1-3 of 11",
	},
	"a record_count that fell by our own deletes counts once": {
		steps: "1*3: 1-3 of 9 | 2*3: 4-6 of 9 | 3*3: 9 of 7 gone 2 2 | 2*3: 6-8 of 7 gone 2 2 | 3*3: 9 of 7 gone 2 2",
	},
	"a delete under way may move the pages until it is over": {
		steps: "1*3: 1-3 | 2*3: 4-6 gone 0 2 | 1*3: 1-3 gone 0 2 | 2*3: 4-6 gone 0 2 | 1*3: 1-3 gone 0 2 | 2*3: 6-8 gone 2 2" +
			" | 1*3: 3-5 gone 2 2 | 2*3: 6-8 gone 2 2 | 3*3: 9 gone 2 2",
	},
	"a page that comes again after our own delete is no proof that paging is ignored": {
		steps: "1*3: 1-3 | 2*3: 4-6 | 3*3: 4-6 gone 0 1 | 2*3: 104 2 3 gone 1 1 | 3*3: 4-6 gone 1 1 | 4*3: 7-8 gone 1 1",
	},

	// Servers that ignore paging.
	"a page that comes again while the list changes is no proof, but twice it is": {
		steps: "1*3: 1-3 of 92 | 2*3: 1-3 of 96 | 3*3: 1-3 of 110 | all*110: 1-110 of 110",
	},
	"twice means without a new record between": {
		steps: "1*5: 1-5 of 36 | 2*5: 1-5 of 53 | 3*5: 6-10 of 53 | 4*5: 1-5 of 60 | 5*5: 1-5 of 60 | all*60: 1-60 of 60",
	},
	"page 1 behind the end of the list": {
		steps: "1*10: 1-10 | 2*10: 11-20 | 3*10: 1-10 | all*1000000: 1-20",
	},
	"the page before once more": {
		// 1 and 2 on page 2 may be other records of those ids
		steps: "1*3: 1-3 | 2*3: 4 1 2 | 3*3: 4 1 2 | all*1000000: 4 1-3 | 1*3: 1-3 | 2*3: 4 1 2 | 3*3: 4 1 2",
	},
	"an empty page once more": {
		steps: "1*1: 1 | 2*1: 2 | 3*1: none gone 1 1 | 2*1: none gone 1 1",
	},
	"rows seen before on another page": {
		steps: "1*3: 1-3 | 2*3: 4-6 | 3*3: 3-5 | 4*3: 6-7 | 1*3: 1-3 | 2*3: 4-6 | 3*3: 3-5 | 4*3: 6-7",
	},
	"rows with texts as ids seen before on another page": {
		options: "texts", steps: "1*3: 1-3 | 2*3: 4-6 | 3*3: 3-5 | 4*3: 6-7 | 1*3: 1-3 | 2*3: 4-6 | 3*3: 3-5 | 4*3: 6-7",
	},
	"a text as id comes once, even on one page": {
		options: "texts", steps: "1*3: 1 2 2 | 2*3: none",
	},
	"the whole list came, and the list has grown: once more": {
		steps: "1*3: 1-3 of 9 | 2*3: 1-3 of 9 | all*9: 1-9 of 10 | all*1000000: 1-12",
	},
	"the whole list came, and the list has grown, but nothing comes of it": {
		steps: "1*3: 1-3 of 9 | 2*3: 1-3 of 9 | all*9: 1-9 of 10 | all*1000000: 1-9 of 10", fails: "9 of 10 records seen by page 1: " + ignores,
	},
	"the whole list of an unpaged one came, but not all of it": {
		options: "unpaged", steps: "1*1: 1-9 of 10 | all*10: 1-9 of 10", fails: "9 of 10 records seen by page 1: " + ignores,
	},
	"the whole list is asked for, and fewer come": {
		steps: "1*3: 1-3 of 9 | 2*3: 1-3 of 9 | all*9: 1-5 of 9", fails: "5 of 9 records seen by page 1: " + ignores,
	},
	"no record_count: no more rows than on page 1 prove nothing": {
		steps: "1*10: 1-20 | 2*20: 1-20 | all*1000000: 1-19 21", fails: "21 of -1 records seen by page 1: " + unknown,
	},
	"no record_count: a round number of rows may be a cap": {
		steps: "1*3: 1-50 | 2*50: 1-50 | all*1000000: 1-100", fails: "100 of -1 records seen by page 1: " + unknown,
	},
	"no record_count: a million records may be a cap": {
		steps: "1*3: 1-3 | 2*3: 1-3 | all*1000000: 1-1000000", fails: "1000000 of -1 records seen by page 1: " + unknown,
	},
	"no record_count: a page that is as long as was asked for may be a cap": {
		steps: "1*3: 1-3 | 2*3: 1-3 | all*1000000: 1-3", fails: "3 of -1 records seen by page 1: " + unknown,
	},
	"WithSecondPass reads a list that ignores paging twice": {
		options: "second", steps: "1*3: 1-3 of 5 | 2*3: 1-3 of 5 | all*5: 1-5 of 5 | 1*3: 1-3 of 5 | 2*3: 1-3 of 5 | all*5: 1-5 of 5",
	},

	// The size of the pages.
	"ten rows may be a cap where there is no record_count": {
		steps: "1*50: 1-10 | 2*10: 11",
	},
	"nine rows are no cap where there is no record_count": {
		steps: "1*50: 1-9 | 2*50: none",
	},
	"a first page that is all is no cap": {
		options: "second", steps: "1*20: 1-2 of 2 | 1*20: 1-3 of 3 | 1*20: 1-3 of 3",
	},
	"an empty first page is no cap": {
		options: "loose", steps: "1*10: none of 1 | 1*10: 1 of 1",
	},
	"pages that become longer while the walk looks back": {
		steps: "1*9: 1-9 of 110 | 2*9: 10-18 of 110 | 3*9: 19-27 of 110 | 4*9: 37-45 of 101 | 3*9: 70-99 of 101" +
			" | 1*9: 10-39 of 101 | 2*30: 40-69 of 101 | 3*30: 70-99 of 101 | 4*30: 100-110 of 101",
	},

	// Looking back.
	"another page is read only where the page begins with a new record": {
		steps: "1*3: 1-3 of 12 | 2*3: 4-6 of 12 | 3*3: 9-11 of 10 | 2*3: 6-8 of 10 | 3*3: 9-11 of 10 | 4*3: 12 of 10",
	},

	// What ends a pass.
	"a second pass ends when nothing is missing": {
		steps: "1*5: 1-4 of 5 | 2*4: 4 of 5 | 1*4: 1-3 5 of 5",
	},
	"a second pass goes on while something is missing": {
		steps: "1*3: 1-3 of 5 | 2*3: 5 of 5 | 3*3: none of 5 | 1*3: 1-3 of 5 | 2*3: 4-5 of 5",
	},
	"an empty page ends a list without record_count": {
		steps: "1*3: 1-3 | 2*3: 4-6 | 3*3: none",
	},
	"a short page with more behind it": {
		steps: "1*5: 1-5 of 15 | 2*5: 6-8 of 15 | 3*5: 11-15 of 15 | 1*5: 1-5 of 15 | 2*5: 6-10 of 15",
	},
	"a short last page that lacks a record is followed by another, and the pass by another": {
		steps: "1*5: 1-5 of 7 | 2*5: 7 of 7 | 3*5: none of 7 | 1*5: 1-6 of 7",
	},
	"pages that became longer and were read again let another pass look for what is missing": {
		steps: "1*50: 1-4 6 of 18 | 2*5: 7-11 of 18 | 3*5: 13-18 of 18 | 2*5: 7-12 of 18 | 3*5: 13-18 of 18 | 1*5: 1-6 of 18",
	},

	// Whether to read again.
	"nothing is missing and the order is loose: one pass": {
		options: "loose", steps: "1*3: 1-3 of 5 | 2*3: 4-5 of 5",
	},
	"nothing is missing although rows came twice: one pass": {
		steps: "1*3: 1-3 of 5 | 2*3: 3-5 of 5",
	},
	"nobody says what is missing and rows came twice: the pages are read again": {
		steps: "1*3: 1-3 | 2*3: 3-5 | 3*3: none | 1*3: 1-3 | 2*3: 3-5 | 3*3: none",
	},
	"nobody says what is missing, and the list moves": {
		steps: "1*3: 1-3 | 2*3: 3-5 | 3*3: none | 1*3: 6 1 2", rows: []int64{1, 2, 3, 4, 5},
	},
	"an empty list that has records in the second pass": {
		options: "second", steps: "1*10: none | 1*10: 1-2 | 2*10: none | 1*10: 1-2 | 2*10: none",
	},
	"records that fell out of an unsteady list, found by another pass": {
		steps: "1*50: 1-6 of 15 | 2*6: 5 6 7-9 of 11 | 1*6: 1-6 of 11 | 2*6: 6-10 of 11 | 1*6: 1-6 of 11 | 2*6: 7-11 of 11",
	},
	"a second pass that sees the whole unsteady list": {
		steps: "1*3: 1-3 of 6 | 2*3: 1 2 4 of 5 | 1*3: 1-3 of 5 | 2*3: 4-5 of 5 | 1*3: 1-3 of 5 | 2*3: 4-5 of 5",
	},
	"a second pass that sees the whole loose list, which fell in the first": {
		options: "loose", steps: "1*3: 1-3 of 5 | 2*3: none of 0 | 1*3: none of 0",
	},
	"a loose list that falls in the second pass": {
		options: "loose", steps: "1*3: 1-3 of 4 | 2*3: none of 4 | 1*3: none of 0", fails: "3 of 0 records seen by page 1: " + ties,
	},
	"two passes that see a half each are not one that sees all": {
		options: "loose",
		steps: "1*3: 1-3 of 8 | 2*3: 4-6 of 6 | 1*3: 1-3 of 6 | 2*3: 4-6 of 6 | 1*3: 1 2 4 of 6 | 2*3: 4 5 7 of 6" +
			" | 1*3: 1 2 4 of 6 | 2*3: 4-6 of 6",
		fails: "7 of 6 records seen by page 2: " + ties,
	},
	"page 1 may be longer when it is read again": {
		options: "second", steps: "1*3: 1-3 of 6 | 2*3: 1-3 of 6 | all*6: 1-5 of 5 | 1*3: 1-5 of 5",
	},
	"no record_count: nothing is in doubt": {
		options: "loose", steps: "1*3: 1-3 | 2*3: none gone 0 3 | 1*3: none gone 0 3",
	},

	// Lists without paging parameters.
	"a second pass over an unpaged list shows what is new": {
		options: "unpaged second", steps: "1*9: 1-3 | 1*9: 1-4 | 1*9: 1-4",
	},
	"rows of an unpaged list that share an id": {
		options: "unpaged loose", steps: "1*9: 1 2 2 of 3", rows: []int64{1, 2, 2},
	},
	"rows of an unpaged list that share an id, read twice": {
		options: "unpaged second", steps: "1*9: 1 2 2 of 3 | 1*9: 1 2 2 of 3", rows: []int64{1, 2, 2},
	},
	"rows of an unpaged list that share an id, cut off": {
		options: "unpaged", steps: "1*9: 1 2 2 of 4 | all*4: 1 2 2 3 of 4", rows: []int64{1, 2, 2, 3},
	},

	// Rows without an id.
	"equal rows without an id on one page are two": {
		options: "contents", steps: "1*3: 1 2 2 of 3", rows: []int64{1, 2, 2},
	},
}
