package halopsa

import (
	"strings"
	"unicode"
)

// plain is name without what spellings of the same name differ in.
func plain(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}

// nearest returns the name that field is most likely a misspelling of, or "" where none is near.
func nearest(field string, names []string) string {
	best, least := "", min(2, len(plain(field))/2)+1
	for _, name := range names {
		if d := distance(plain(field), plain(name)); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is how many bytes are inserted, deleted and replaced to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
