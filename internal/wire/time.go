package wire

import "time"

// ParseTime reads a date as HaloPSA writes it: with or without a fraction, with or without a zone, which then is UTC. The dates that
// stand for none, and "", are the zero time. The result is in UTC.
func ParseTime(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	t, ok := parseFast(s)
	if !ok {
		t, ok = parseSlow(s)
	}
	if !ok {
		return time.Time{}, false
	}
	switch year, month, day := t.Date(); {
	case year == 1 && month == 1 && day == 1, year == 1899 && month == 12 && day == 30, year == 1900 && month == 1 && day == 1:
		return time.Time{}, true
	}
	return t.UTC(), true
}

// parseFast reads 2006-01-02T15:04:05 with up to nine digits of a fraction and nothing or Z behind.
func parseFast(s string) (time.Time, bool) {
	const bare = len("2006-01-02T15:04:05")
	if len(s) < bare || s[4] != '-' || s[7] != '-' || s[10] != 'T' && s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	year, ok1 := digits(s[:4])
	month, ok2 := digits(s[5:7])
	day, ok3 := digits(s[8:10])
	hour, ok4 := digits(s[11:13])
	minute, ok5 := digits(s[14:16])
	second, ok6 := digits(s[17:19])
	if !(ok1 && ok2 && ok3 && ok4 && ok5 && ok6) || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	rest := s[bare:]
	nanos := 0
	if len(rest) > 1 && rest[0] == '.' {
		n := 1
		for n < len(rest) && rest[n]-'0' <= 9 {
			n++
		}
		fraction, ok := digits(rest[1:n])
		if !ok || n > 10 {
			return time.Time{}, false
		}
		for range 10 - n {
			fraction *= 10
		}
		nanos, rest = fraction, rest[n:]
	}
	if rest != "" && rest != "Z" && rest != "z" {
		return time.Time{}, false
	}
	t := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	// time.Date takes 30 February for 2 March.
	if y, m, d := t.Date(); y != year || int(m) != month || d != day {
		return time.Time{}, false
	}
	return t, true
}

func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, len(s) > 0
}

func parseSlow(s string) (time.Time, bool) {
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05.999999999-0700", "2006-01-02 15:04:05.999999999Z07:00",
		"2006-01-02 15:04:05.999999999-0700", "2006-01-02", "2006-01-02T15:04",
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
