package paging_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/paging"
)

// Newest first a record that comes while others go is in front of what was read, and no reason to read the list again.
func TestNewestFirstWhereRecordsComeAndGo(t *testing.T) {
	t.Parallel()
	for _, sparse := range []bool{false, true} {
		s := &pagetest.Server{Order: pagetest.NewestFirst}
		for id := range int64(1000) {
			s.Next = id + 1
			if sparse {
				s.Next *= 10
			}
			s.IDs = append(s.IDs, s.Next)
		}
		_, err := walk(t, s, paging.New(100, paging.Options{Order: paging.ByIDDown}), func([]int64) {
			switch len(s.Requests) {
			case 4:
				s.Cut(10, 1)
			case 5:
				s.Add(1)
			}
		})
		require.NoError(t, err)
		assert.LessOrEqual(t, len(s.Requests), 15)
	}
	s := &pagetest.Server{Order: pagetest.NewestFirst}
	for id := range int64(700) {
		s.Next = 10*id + 10
		s.IDs = append(s.IDs, s.Next)
	}
	_, err := walk(t, s, paging.New(50, paging.Options{Order: paging.ByIDDown}), func([]int64) {
		if len(s.Requests)%5 == 0 {
			s.Next += 9
			s.Add(1)
		}
	})
	require.NoError(t, err)
	assert.LessOrEqual(t, len(s.Requests), 24)
}
