package halopsa

import (
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

const ellipsis = '…'

// Truncate returns s cut to at most longest characters, the last of which is then an ellipsis; a text that fits is returned unchanged.
//
// It counts as HaloPSA's columns do, in UTF-16 code units: most characters are one, an emoji is two or more [db]. What a reader sees as one
// character is kept or cut as a whole: a letter with its accents, an emoji with its skin tone or combined from several, a flag. The result is "" where
// longest is 0 or less, and the ellipsis alone if not even the first character fits before it.
func Truncate(s string, longest int) string {
	switch {
	case longest <= 0:
		return ""
	case units(s) <= longest:
		return s
	}
	end, length := 0, 0
	var last rune
	flags := 0 // regional indicators in a row: two are a flag
	for i, size := 0, 0; i < len(s); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(s[i:])
		if i > 0 && !joins(last, r, flags) {
			end = i
		}
		if length += utf16.RuneLen(r); length > longest-1 { // the ellipsis is one
			break
		}
		if last = r; regional(r) {
			flags++
		} else {
			flags = 0
		}
	}
	return s[:end] + string(ellipsis)
}

// joins reports whether a reader sees r as a part of the character that last belongs to. It is the part of Unicode's rule for grapheme clusters
// (UAX #29) that the tables of the standard library have.
func joins(last, r rune, flags int) bool {
	const zeroWidthNonJoiner, zeroWidthJoiner = '\u200c', '\u200d'
	switch {
	case last == '\r':
		return r == '\n'
	case unicode.IsControl(last), unicode.IsControl(r):
		return false
	case last == zeroWidthJoiner, r == zeroWidthJoiner, r == zeroWidthNonJoiner, unicode.Is(unicode.M, r):
		return true
	case 0x1f3fb <= r && r <= 0x1f3ff, 0xe0020 <= r && r <= 0xe007f, r == 0xff9e, r == 0xff9f: // skin tones, tags, voiced marks
		return true
	case regional(last) && regional(r):
		return flags%2 == 1
	}
	return hangul(last) && (0x1160 <= r && r <= 0x11ff) || 0x1100 <= last && last <= 0x115f && hangul(r)
}

// regional reports whether r is a half of a flag.
func regional(r rune) bool { return 0x1f1e6 <= r && r <= 0x1f1ff }

// hangul reports whether r is a syllable, or a part of one that another part can follow.
func hangul(r rune) bool { return 0x1100 <= r && r <= 0x11ff || 0xac00 <= r && r <= 0xd7a3 }

// units is the length of s as SQL Server's nvarchar counts it: in UTF-16 code units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}
