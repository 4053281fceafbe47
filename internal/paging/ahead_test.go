package paging_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/paging"
)

// TestAhead: what may be read before its turn. A page and those behind it are written 2>3>4.
func TestAhead(t *testing.T) {
	t.Parallel()
	other := paging.Options{Order: paging.ByOther}
	tests := map[string]struct {
		story
		asks string
	}{
		"the length is known":      {story: story{list: "1-7", size: 2}, asks: "1 2>3>4 3>4 4"},
		"by another key":           {story: story{list: "1-7", size: 2, options: other}, asks: "1 2>3>4 3>4 4"},
		"no record_count":          {story: story{list: "1-7", size: 2, silent: true}, asks: "1 2 3 4 5 4"},
		"the list grows":           {story: story{list: "1-7", size: 2, becomes: map[int]string{3: "1-8"}}, asks: "1 2>3>4 3>4 4 5"},
		"page_no is ignored":       {story: story{list: "1-7", size: 2, ignores: true}, asks: "1 2>3>4 all"},
		"another reading is begun": {story: story{list: "3 2 1 5 4", size: 1, options: other, sends: map[int]string{2: "3"}}, asks: "1 2>3>4 1000000 3>4>5 4>5 5 6 7 1 2"},
		"rows are told apart":      {story: story{list: "1a 2a 3a 4a 1b 1c 6a 7a 8a", size: 2, options: other}, asks: "1 2>3>4 3>4>5 1 2 3 4 5"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := paging.New(test.size, test.options)
			var asks []string
			for req, more := w.Next(); more; req, more = w.Next() {
				page := fmt.Sprint(req.Page)
				if req.Count > 0 {
					page = "all"
				}
				for _, ahead := range w.Ahead(2) {
					page += fmt.Sprintf(">%d", ahead.Page)
				}
				asks = append(asks, page)
				a, _ := test.serve(len(asks), req, w.ByContent())
				w.Accept(a)
			}
			assert.Equal(t, test.asks, strings.Join(asks, " "))
		})
	}
}
