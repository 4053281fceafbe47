package pagetest

import "github.com/halopsa-go/halopsa/internal/page"

// TooMuch is a server for which some pages are too much.
type TooMuch struct {
	Of     func(req page.Request, request int) bool // whether this request, counted from 1, is for such a page
	Fits   int                                      // the largest page that can be obtained; 0 for any
	Slow   int                                      // so many requests get no page of the size that is asked for
	Halved int                                      // how often a page is halved around a heavy record
}

// TooMuches returns such servers by what is too much, and the heavy ones that a test has besides.
func TooMuches(heavy map[string]TooMuch) map[string]TooMuch {
	all := map[string]TooMuch{
		"page 1 once":      {Of: func(_ page.Request, request int) bool { return request == 1 }},
		"page 10 once":     {Of: func(_ page.Request, request int) bool { return request == 10 }},
		"over 70 rows":     over(70),
		"over 49 rows":     over(49),
		"over 25 rows":     over(25),
		"over 7 rows":      over(7),
		"three outages":    {Of: func(_ page.Request, request int) bool { return request > 3 && request < 7 }, Slow: 3},
		"slow for a while": {Of: func(req page.Request, request int) bool { return request > 5 && request < 35 && req.Size > 5 }, Slow: 30},
	}
	for name, server := range heavy {
		all[name] = server
	}
	return all
}

// over returns a server for which pages of more than so many rows are too much.
func over(rows int) TooMuch {
	return TooMuch{Of: func(req page.Request, _ int) bool { return req.Size > rows }, Fits: rows}
}

// Heavy returns a server of n records for which pages of more than so many rows are too much that hold the one at a position, from the oldest.
func Heavy(n, at, fits, halved int) TooMuch {
	return TooMuch{Halved: halved, Of: func(req page.Request, _ int) bool {
		at := at
		if req.Newest {
			at = n - 1 - at
		}
		return (req.Page-1)*req.Size <= at && at < req.Page*req.Size && req.Size > fits
	}}
}
