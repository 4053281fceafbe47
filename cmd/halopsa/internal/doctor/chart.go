package doctor

import (
	"math"
	"strconv"
)

// px is a length or place in a drawing.
type px float64

func (p px) String() string { return strconv.FormatFloat(math.Round(float64(p)*10)/10, 'f', -1, 64) }

// chart is a drawing: its shapes in the order in which they are painted, kind by kind.
type chart struct {
	ID, Title, About string
	Alt              string // what it shows, for those who do not see it
	W, H             px
	Lines            []stroke
	Marks            []mark
	Dots             []dot
	Labels           []label
	Legend           []legendItem
	Empty            string   // in place of the drawing
	Slim             *chart   // the same for a phone
	Spark            bool     // small enough for a table
	Figures          *figures // what it shows, as a table
}

type figures struct {
	Head []string
	Rows [][]string
}

// Their classes are those of the report's style sheet; a tip is shown when the pointer rests on the shape.
type (
	stroke struct {
		X1, Y1, X2, Y2 px
		Class, Tip     string
	}
	mark struct {
		X, Y, W, H px
		Class, Tip string
	}
	dot struct {
		X, Y, R    px
		Class, Tip string
	}
	label struct {
		X, Y                     px
		Anchor, Class, Text, Tip string
	}
	legendItem struct{ Shape, Class, Name string }
)

func (c *chart) line(x1, y1, x2, y2 px, class string) {
	c.Lines = append(c.Lines, stroke{x1, y1, x2, y2, class, ""})
}

func (c *chart) text(x, y px, anchor, class, text string) {
	c.Labels = append(c.Labels, label{x, y, anchor, class, text, ""})
}

// ticks returns round values from 0 up to the first that is not less than top, at most about n of them.
func ticks(top float64, n int) []float64 {
	if top <= 0 {
		top = 1
	}
	unit := math.Pow(10, math.Floor(math.Log10(top/float64(n))))
	gap := unit
	for _, f := range []float64{1, 2, 5, 10} {
		if gap = unit * f; top/gap <= float64(n) {
			break
		}
	}
	var all []float64
	for i := 0; ; i++ {
		value := float64(i) * gap
		all = append(all, value)
		if value >= top*(1-1e-9) {
			return all
		}
	}
}

// wholeTicks are ticks of what is counted.
func wholeTicks(top, n int) []float64 { return ticks(float64(max(top, n)), n) }

func number(v float64) string {
	if v == math.Trunc(v) {
		return grouped(int(v))
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// rounded is a number with the digits that matter.
func rounded(v float64) string {
	if v >= 100 {
		return grouped(int(math.Round(v)))
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

// bar is a row of a chart of horizontal bars.
type bar struct {
	label, right, end string
	value             float64
	mark              float64 // a line across the bar, where it is more than 0
	class, tip        string
}

// horizontal draws bars below each other, each under its label, over an axis with a title.
func (c *chart) horizontal(bars []bar, axis []float64, title string, ends bool) {
	const row, thick, left, bottom = 42, 14, 4, 44
	right := px(20)
	if ends {
		right = 48 // room for the values after the bars
	}
	c.H = px(len(bars)*row + bottom)
	width, top := c.W-left-right, axis[len(axis)-1]
	x := func(v float64) px { return left + width*px(v/top) }
	foot := c.H - bottom + 6
	for _, v := range axis {
		c.line(x(v), 4, x(v), foot, "grid")
		c.text(max(x(v), left+3), foot+15, "middle", "tick", number(v))
	}
	c.line(left, 4, left, foot, "axis")
	c.text(left+width/2, c.H-6, "middle", "title", title)
	for i, b := range bars {
		y := px(i * row)
		c.Labels = append(c.Labels, label{left + 4, y + 15, "start", "name", b.label, b.tip})
		c.text(c.W-2, y+15, "end", "note", b.right)
		c.Marks = append(c.Marks, mark{left, y + 21, max(x(b.value)-left, 1.5), thick, b.class, b.tip})
		if b.mark > 0 {
			c.Marks = append(c.Marks, mark{x(b.mark) - 1, y + 18, 2, thick + 6, "median", b.tip})
		}
		if b.end != "" {
			c.text(x(b.value)+6, y+33, "start", "value", b.end)
		}
	}
}
