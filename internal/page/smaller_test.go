package page_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/page"
)

// Each page of the largest size is asked for in turn; "!" says that it is too much, "." that it comes.
func TestSizesOfPagesThatAreTooMuch(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		happens string
		sizes   []int
	}{
		"never":       {"...", []int{100, 100, 100}},
		"once":        {"!......", []int{100, 50, 50, 100, 100, 100, 100}},
		"three times": {"!!!.........", []int{100, 50, 25, 12, 12, 24, 24, 48, 48, 96, 96, 100}},
		"tried too early, which doubles the wait": {"!..!....!", []int{100, 50, 50, 100, 50, 50, 50, 50, 100}},
		"no smaller than what has come":           {"!!!........!.", []int{100, 50, 25, 12, 12, 24, 24, 48, 48, 96, 96, 100, 96}},
		"all is well in between":                  {"!....!...", []int{100, 50, 50, 100, 100, 100, 50, 50, 100}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var s page.Smaller
			var sizes []int
			for what := range strings.SplitSeq(test.happens, "") {
				size := 100
				if s.Size > 0 {
					size = s.Size
				}
				if sizes = append(sizes, size); what == "!" {
					s.TooMuch(size)
				} else {
					s.Came(size, 100)
				}
			}
			assert.Equal(t, test.sizes, sizes)
		})
	}
}
