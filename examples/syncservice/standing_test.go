package main

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestLagIsTheAgeOfTheLastStateThatIsMirrored(t *testing.T) {
	t.Parallel()
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	s := newStanding("errors", at(0))
	s.resume(100, 90)
	assert.Equal(t, 5*time.Second, s.lag(at(5)), "nothing is known yet")

	s.looked(at(10), 300, 280)
	assert.EqualValues(t, 200, s.behind())
	assert.Equal(t, 12*time.Second, s.lag(at(12)), "it is not caught up with")
	s.looked(at(20), 400, 380)
	s.advance(at(21), 299, 150)
	assert.Equal(t, 22*time.Second, s.lag(at(22)))
	s.advance(at(23), 310, 10)
	assert.Equal(t, 14*time.Second, s.lag(at(24)), "what there was at 10 is mirrored, though newer records are not")
	assert.EqualValues(t, 90, s.behind())

	s.looked(at(30), 400, 380)
	s.looked(at(40), 305, 250)
	assert.Equal(t, 2*time.Second, s.lag(at(42)), "the records that were waited for have been deleted")
	assert.Zero(t, s.behind())
	done, all, reached := s.progress()
	assert.Equal(t, []any{250, 250, true}, []any{done, all, reached})
	assert.Equal(t, 160, s.total())
}

func TestStandingTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	const patience = time.Minute
	s := newStanding("errors", noon)
	assert.Equal(t, "errors: nothing was mirrored yet: no failure is known", s.problem(noon, patience))
	s.failed(errors.New("403"))
	assert.Equal(t, "errors: nothing was mirrored yet: 403", s.problem(noon, patience))
	s.advance(noon, 12, 1)
	s.looked(noon, 5000, 5000)
	assert.Empty(t, s.problem(noon.Add(time.Minute), patience), "it is far behind, but it gets on")
	s.failed(errors.New("no route"))
	assert.Empty(t, s.problem(noon.Add(time.Minute), patience), "one failure is none yet")
	assert.Equal(t, "errors: nothing was mirrored for 1m1s: no route", s.problem(noon.Add(61*time.Second), patience))
	s.looked(noon.Add(70*time.Second), 5000, 5000)
	assert.NotEmpty(t, s.problem(noon.Add(71*time.Second), patience), "that HaloPSA answers is not enough")
	s.looked(noon.Add(80*time.Second), 12, 12)
	assert.Empty(t, s.problem(noon.Add(81*time.Second), patience), "a quiet log is no problem")
}
