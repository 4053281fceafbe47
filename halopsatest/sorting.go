package halopsatest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
)

// sortKey is a member to sort by.
type sortKey struct {
	member string
	desc   bool
}

// sortParams are the numbers of the five sort keys: the first has none.
var sortParams = []string{"", "2", "3", "4", "5"}

// sortsBy reports whether the rows can be sorted by this member. Any other is ignored silently.
func (t *table) sortsBy(member string) bool {
	if t.members != nil {
		_, known := t.members[member]
		return known
	}
	return member == "id" || len(t.rows) == 0 || slices.ContainsFunc(t.rows, func(r *row) bool {
		_, has := r.fields[member]
		return has
	})
}

// ordered sorts rows by the order parameters; without them they stay in the order of their ids, or in that of a habit.
func (t *table) ordered(rows []*row, q url.Values, habits Habits) []*row {
	var keys []sortKey
	if t.sorted && !habits.IgnoreOrder {
		for _, number := range sortParams {
			if name := q.Get("order" + number); name != "" && t.sortsBy(name) {
				keys = append(keys, sortKey{name, strings.EqualFold(q.Get("orderdesc"+number), "true")})
			}
		}
	}
	if len(keys) == 0 && (habits.OrderBy != "" || habits.NewestFirst) {
		keys = []sortKey{{cmp.Or(habits.OrderBy, "id"), habits.NewestFirst}}
	}
	if len(keys) == 0 && habits.Shuffled {
		rows = slices.Clone(rows)
		rand.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		return rows
	}
	if len(keys) == 0 || keys[0] == (sortKey{member: "id"}) {
		return rows
	}
	cached := fmt.Sprint(keys)
	whole := len(rows) == len(t.rows)
	if sorted, ok := t.order[cached]; ok && whole && !habits.UnstableTies {
		return sorted
	}
	compare := func(a, b *row) int {
		for _, k := range keys {
			if c := compareValues(a.fields[k.member], b.fields[k.member]); c != 0 {
				if k.desc {
					return -c
				}
				return c
			}
		}
		return 0
	}
	sorted := slices.Clone(rows)
	slices.SortStableFunc(sorted, compare)
	switch {
	case habits.UnstableTies:
		shuffleTies(sorted, func(a, b *row) bool { return compare(a, b) == 0 })
	case whole:
		if t.order == nil {
			t.order = make(map[string][]*row)
		}
		t.order[cached] = sorted
	}
	return sorted
}

// shuffleTies reorders the runs of rows that compare equal.
func shuffleTies(rows []*row, same func(a, b *row) bool) {
	for begin := 0; begin < len(rows); {
		end := begin + 1
		for end < len(rows) && same(rows[begin], rows[end]) {
			end++
		}
		run := rows[begin:end]
		rand.Shuffle(len(run), func(i, j int) { run[i], run[j] = run[j], run[i] })
		begin = end
	}
}

// compareValues orders numbers as numbers, everything else as text, and nothing first.
func compareValues(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(rank(a), rank(b))
	}
	if s, ok := a.(string); ok {
		if t, ok := b.(string); ok {
			return cmp.Compare(s, t)
		}
	}
	x, ok1 := a.(json.Number)
	y, ok2 := b.(json.Number)
	if ok1 && ok2 {
		m, err1 := x.Float64()
		n, err2 := y.Float64()
		if err1 == nil && err2 == nil {
			return cmp.Compare(m, n)
		}
	}
	return cmp.Compare(fmt.Sprint(a), fmt.Sprint(b))
}

func rank(v any) int {
	if v == nil {
		return 0
	}
	return 1
}
