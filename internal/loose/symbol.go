package loose

import (
	"math"
	"strings"
)

// symbol reads NaN and Infinity, with or without a sign, as a serializer writes a float that JSON has no number for.
func symbol(word string) (float64, bool) {
	sign := 1
	name, minus := strings.CutPrefix(strings.ToLower(word), "-")
	if minus {
		sign = -1
	} else {
		name = strings.TrimPrefix(name, "+")
	}
	switch name {
	case "nan":
		return math.NaN(), true
	case "infinity", "inf":
		return math.Inf(sign), true
	}
	return 0, false
}

// standard returns raw, which has been read, without bare NaN and Infinity: as texts where quoted, else as null.
func standard(raw []byte, quoted bool) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; c {
		case '"':
			for i++; raw[i] != '"'; i++ {
				if raw[i] == '\\' {
					i++
				}
			}
		case 'N', 'I':
			begin := i
			if begin > 0 && raw[begin-1] == '-' {
				begin--
			}
			for i < len(raw) && (raw[i]|0x20)-'a' < 26 {
				i++
			}
			out = append(out, raw[done:begin]...)
			if quoted {
				out = append(append(append(out, '"'), raw[begin:i]...), '"')
			} else {
				out = append(out, "null"...)
			}
			done = i
			i--
		}
	}
	if done == 0 {
		return raw
	}
	return append(out, raw[done:]...)
}
