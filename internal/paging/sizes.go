package paging

import "github.com/halopsa-go/halopsa/internal/page"

// counter is what record_count and our own deletes tell.
type counter struct {
	count int // the latest record_count, -1 when unknown
	wrong bool
	any   bool
	rows  bool // it was the number of rows in each response so far
	gap   bool // a page did not come that had to be there by the latest one: the list was shorter then
}

// take takes a response and returns by how much the list has shrunk since the one before, and whether nothing seems to have changed.
func (c *counter) take(r *reply) (fall int, still bool) {
	if !r.silent || r.told == 0 {
		c.rows = (c.rows || !c.any) && r.told == len(r.at)
		c.wrong = c.wrong || c.rows && c.any && r.told != c.count // it counts them, not the records of the list
	}
	if r.count >= 0 && !c.wrong {
		fall = c.count - r.count
	}
	still = r.count >= 0 && (c.count == r.count || !c.any) && r.gone == 0
	if r.silent { // nothing is said of a change
		c.gap = c.gap || r.begin < c.count
		return r.gone, r.told < 0 && c.count == (r.req.Page-1)*r.req.Size && r.gone == 0
	}
	c.count, c.any = r.count, true
	return max(fall, r.gone), still
}

// sizes is what is known of how the server puts a list on pages.
type sizes struct {
	full    int  // the largest page to ask for, where it is not too much
	fixed   bool // every page is of that size, whatever is asked for
	learned bool // page 1 has come
	asked   int  // the size that the caller wants
	smaller page.Smaller
	checked bool // page 1 has been read again to see whether it is still as short
	short   bool // the latest page was
	ragged  bool // records came behind a short page, as where rows are left out of pages
}

// top returns the largest page to ask for.
func (z *sizes) top() int {
	if z.smaller.Size > 0 {
		return min(z.full, z.smaller.Size)
	}
	return z.full
}

// caps takes it that the server sends no larger page.
func (z *sizes) caps(rows int) { z.full, z.smaller = rows, page.Smaller{} }

// learn takes the length of a page and places it.
func (z *sizes) learn(r *reply) {
	rows, size := len(r.at), r.req.Size
	switch {
	case rows > size:
		z.fixed, size = true, rows
		z.caps(rows)
	case z.fixed:
		size = z.full
	case !z.learned && rows >= min(leastCap, max(1, size/10)) && rows < size && (r.count != rows || rows == r.size):
		size = rows // a server that caps may still count its pages by the size it was asked for: ask for what it sends
		z.caps(rows)
	}
	capped := z.smaller.Size > 0 && rows > 0 && rows == z.smaller.Most() && rows < size // no more came when no more were asked for
	if capped {
		z.caps(rows)
	}
	z.learned = z.learned || rows > 0
	r.begin = (r.req.Page - 1) * size
	r.end = r.begin + rows
	r.short = rows < size && !capped
	r.unsure = r.req.Page > 1 && z.fixed && r.req.Size != z.full
}

// recover takes a page that came, and makes the pages larger again once some have.
func (z *sizes) recover(r *reply) {
	z.ragged = z.ragged || z.short && len(r.fresh) > 0
	if z.short = r.short; !r.short || z.ragged { // the end is not the place to try it
		z.smaller.Came(r.req.Size, z.full)
	}
}

// from chooses the page for a position. Once pages were made smaller it begins right there: small pages lead to where one of the largest size begins, so
// that no row comes again because of the sizes.
func (z *sizes) from(pos int) page.Request {
	size := z.top()
	if end := (pos/size + 1) * size; z.smaller.Size > 0 {
		for pos%size > 0 || pos+size > end {
			size--
		}
	}
	return page.Request{Page: pos/size + 1, Size: size}
}

// grows reports whether page 1 is to be read in its full size again. It was so short that it is not likely to have been a cap, nothing said
// that there was more, and yet there is.
func (z *sizes) grows(r *reply, counted bool) bool {
	if counted || z.checked || z.fixed || z.smaller.Size > 0 || z.full >= min(z.asked, leastCap) || r.req.Page == 1 || len(r.at) < z.full {
		return false
	}
	z.checked, z.learned, z.full = true, false, z.asked
	return true
}

// show chooses the page that begins before one position and ends as far as can be behind another.
func (z *sizes) show(lo, hi int) (req page.Request, ok bool) {
	top := z.top()
	bottom := (top + 1) / 2
	if z.fixed {
		bottom = top
	}
	begin := lo - 1
	best := hi
	for size := top; size >= bottom; size-- {
		number := begin/size + 1
		if end := number * size; end > best {
			best, req, ok = end, page.Request{Page: number, Size: size}, true
		}
	}
	return req, ok
}
