package page

// Smaller is how far the pages of a list are made smaller, since larger ones are too much for the server or the caller, and when they are made larger
// again. The zero value leaves them as they are.
type Smaller struct {
	Size   int // the largest page to ask for for now; 0 for any
	failed int // the size of the page that was too much last
	came   int // the largest page that has come since
	wait   int // so many are to come before larger ones are tried
	since  int // so many have
}

// leastWait is how many smaller pages come before larger ones are tried; it doubles with each that fails.
const leastWait = 2

// TooMuch takes it that a page of a size is too much. Half of one is asked for next, or as large a one as has come since the last one that was too much.
func (s *Smaller) TooMuch(size int) {
	switch {
	case s.Size == 0:
		s.came, s.wait = 0, leastWait
	case size >= s.failed: // such a page was tried again too early
		s.wait *= 2
	}
	if s.Size = size / 2; size > s.came {
		s.Size = max(s.Size, s.came)
	}
	s.failed, s.came, s.since = size, 0, 0
}

// Came takes it that a page of a size has come, and makes the pages larger again, up to full, once some have.
func (s *Smaller) Came(size, full int) {
	if s.Size == 0 {
		return
	}
	if s.came = max(s.came, size); s.came >= s.failed {
		s.wait = leastWait
	}
	if s.since++; s.since >= s.wait {
		s.Size, s.since = min(2*s.Size, full), 0
	}
	if size >= full {
		s.Size = 0
	}
}

// Most returns the largest page that has come since one was too much; 0 where none has.
func (s *Smaller) Most() int { return s.came }
