package paging_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/paging"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// script is a walk word by word. Each step is a request that the walk must make and what it is answered:
//
//	page*size: ids of record_count gone before after
//	all*count: ids of record_count
//
// Without "of" there is no record_count, and "none" is an answer without rows.
type script struct {
	options string // of unpaged, second, loose, and texts or contents for rows without a number as id
	steps   string
	fails   string  // the error at the end
	rows    []int64 // what is new; nil is each number once
}

// play returns the walk after its last step, and its rows that were new, by the numbers in the script.
func (s script) play(t *testing.T) (w *paging.Walk, fresh []int64) {
	t.Helper()
	for step := range strings.SplitSeq(s.steps, "|") {
		request, answer, found := strings.Cut(strings.TrimSpace(step), ": ")
		require.True(t, found, step)
		if w == nil {
			_, size, _ := strings.Cut(request, "*")
			w = paging.New(number(t, size), paging.Options{
				Unpaged: strings.Contains(s.options, "unpaged"), SecondPass: strings.Contains(s.options, "second"), Loose: strings.Contains(s.options, "loose"),
			})
		}
		next, more := w.Next()
		require.True(t, more, "the walk ends before %q: %v", step, w.Err())
		if next.Count > 0 {
			require.Equal(t, request, fmt.Sprintf("all*%d", next.Count))
		} else {
			require.Equal(t, request, fmt.Sprintf("%d*%d", next.Page, next.Size))
		}
		numbers, a := s.answer(t, answer)
		for _, i := range w.Accept(a) {
			fresh = append(fresh, numbers[i])
		}
	}
	return w, fresh
}

func (s script) answer(t *testing.T, text string) (numbers []int64, a paging.Answer) {
	t.Helper()
	a.RecordCount = -1
	words := strings.Fields(text)
	for i := 0; i < len(words); i++ {
		switch words[i] {
		case "none":
		case "of":
			i++
			a.RecordCount = number(t, words[i])
		case "gone":
			a.GoneBefore, a.GoneAfter = number(t, words[i+1]), number(t, words[i+2])
			i += 2
		default:
			first, last, found := strings.Cut(words[i], "-")
			if !found {
				last = first
			}
			for n := number(t, first); n <= number(t, last); n++ {
				numbers = append(numbers, int64(n))
				a.Keys = append(a.Keys, s.key(n))
				a.Print = a.Print*1099511628211 ^ uint64(n) //nolint:gosec // small
			}
		}
	}
	return numbers, a
}

func (s script) key(n int) wire.Key {
	switch s.options {
	case "texts":
		return wire.Key{Kind: wire.KeyText, Hash: uint64(n)} //nolint:gosec // small
	case "contents":
		return wire.Key{Kind: wire.KeyContent, Hash: uint64(n)} //nolint:gosec // small
	}
	return wire.Key{Kind: wire.KeyID, ID: int64(n)}
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	require.NoError(t, err)
	return n
}

// once returns the numbers of all rows of a script, each once, in the order in which they come first.
func (s script) once(t *testing.T) (rows []int64) {
	t.Helper()
	seen := map[int64]bool{}
	for step := range strings.SplitSeq(s.steps, "|") {
		_, answer, _ := strings.Cut(step, ": ")
		numbers, _ := s.answer(t, answer)
		for _, n := range numbers {
			if !seen[n] {
				seen[n] = true
				rows = append(rows, n)
			}
		}
	}
	return rows
}

const (
	ties     = "the order of the list changes from page to page; end the sort with id"
	noOthers = "no further page brought the others"
	ignores  = "the server ignores both page_no and count; a narrower filter may bring the rest into reach"
	unknown  = "the server ignores both page_no and count and does not say how many records there are"
)

// TestWalkRules has a walk for each rule that only a tenant with particular habits, or a change at a particular moment, puts to the test.
func TestWalkRules(t *testing.T) {
	t.Parallel()
	for name, s := range walkRules {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, fresh := s.play(t)
			next, more := w.Next()
			assert.False(t, more, "the walk goes on with %+v", next)
			if s.fails == "" {
				require.NoError(t, w.Err())
			} else {
				require.EqualError(t, w.Err(), s.fails)
			}
			want := s.rows
			if want == nil {
				want = s.once(t)
			}
			assert.Equal(t, want, fresh)
		})
	}
}
