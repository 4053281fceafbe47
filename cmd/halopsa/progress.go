package main

import (
	"fmt"
	"iter"
	"time"
)

// progress is a line on a terminal that counts up; elsewhere it is silent.
type progress struct {
	t     *terminal
	name  string
	shown bool
}

// over counts the records of a walk, and takes the line away before each is printed.
func (p *progress) over(records iter.Seq2[any, error]) iter.Seq2[any, error] {
	if !p.t.lively() {
		return records
	}
	return func(yield func(any, error) bool) {
		defer p.clear()
		last, n := time.Now(), 0
		for record, err := range records {
			n++
			if now := time.Now(); now.Sub(last) > 200*time.Millisecond {
				p.say(fmt.Sprintf("%d of %s read", n, p.name))
				last = now
			}
			if !yield(record, err) {
				return
			}
		}
	}
}

// say shows a line in place of the one before.
func (p *progress) say(text string) {
	if p.t.lively() {
		fmt.Fprint(p.t.err, "\r\033[K", text)
		p.shown = true
	}
}

func (p *progress) clear() {
	if p.shown {
		fmt.Fprint(p.t.err, "\r\033[K")
		p.shown = false
	}
}
