package loose

import (
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa/internal/pattern"
)

// ParseTime reads a date in every form that can mean one thing only: ISO 8601 with or without a fraction, with or without a zone, which then is
// UTC; /Date(1700000000000)/ as .NET wrote it once; the forms of mail and HTTP; the month by its name. 10/02/2026 can mean two, and is
// refused. The dates that stand for none, and "", are the zero time. The result is in UTC.
func ParseTime(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	if t, ok := parseFast(s); ok {
		return t, true
	}
	t, ok := parseSlow(s)
	if !ok {
		return time.Time{}, false
	}
	if year, month, day := t.Date(); noDate(year, int(month), day) {
		return time.Time{}, true
	}
	return t.UTC(), true
}

// noDate reports whether a date stands for none. [conv]
func noDate(year, month, day int) bool {
	return year == 1 && month == 1 && day == 1 || year == 1899 && month == 12 && day == 30 || year == 1900 && month == 1 && day == 1
}

// parseFast reads 2006-01-02T15:04:05 with up to nine digits of a fraction and nothing or Z behind, also where it stands for no date.
func parseFast[T string | []byte](s T) (time.Time, bool) {
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
	if len(rest) > 1 || len(rest) == 1 && rest[0] != 'Z' && rest[0] != 'z' {
		return time.Time{}, false
	}
	days, ok := daysOf(year, month, day)
	switch {
	case !ok:
		return time.Time{}, false
	case noDate(year, month, day):
		return time.Time{}, true
	}
	return time.Unix(int64(days)*86_400+int64(hour*3_600+minute*60+second), int64(nanos)).UTC(), true
}

// daysOf returns how many days a date of the years 0 to 9999 is after 1 January 1970, and whether there is such a day: time.Date takes 30 February for
// 2 March.
func daysOf(year, month, day int) (days int, ok bool) {
	if month < 1 || month > 12 || day < 1 {
		return 0, false
	}
	long := daysBefore[month] - daysBefore[month-1]
	leap := year%4 == 0 && (year%100 != 0 || year%400 == 0)
	if leap && month == 2 {
		long++
	}
	y := year + 400 - 1 // full years since 401 before year 0, which has the same calendar
	days = y*365 + y/4 - y/100 + y/400 + daysBefore[month-1] + day - 1
	if leap && month > 2 {
		days++
	}
	const epoch = 1970 + 400 - 1
	return days - (epoch*365 + epoch/4 - epoch/100 + epoch/400), day <= long
}

// daysBefore is how many days of a common year are before the end of each month.
var daysBefore = [13]int{0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365}

func digits[T string | []byte](s T) (n int, ok bool) {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, len(s) > 0
}

// parseSlow reads the forms that are rare.
func parseSlow(s string) (time.Time, bool) {
	if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return t, true
	}
	s = strings.Join(strings.Fields(s), " ")
	switch {
	case s == "", zeroDate(s):
		return time.Time{}, true
	case len(s) > len("/Date()/") && strings.EqualFold(s[:6], "/Date(") && strings.HasSuffix(s, ")/"):
		return parseMillis(s[6 : len(s)-2])
	}
	if t, ok := parseISO(s); ok {
		return t, true
	}
	return parseNamed(s)
}

// zeroDate reports whether s is a date of zeros, as MySQL and PHP write it for none, with a time of zeros or without.
func zeroDate(s string) bool {
	digits := 0
	for i := range len(s) {
		switch {
		case s[i] == '0':
			digits++
		case !strings.ContainsRune("-/:. TtZz", rune(s[i])):
			return false
		}
	}
	return digits >= 8 && strings.HasPrefix(s, "0000") && strings.ContainsAny(s, "-/")
}

// parseMillis reads the milliseconds since 1970 of /Date(…)/. The offset that may follow says in which zone they are to be shown, and changes
// nothing.
func parseMillis(s string) (time.Time, bool) {
	if at := strings.LastIndexAny(s, "+-"); at > 0 {
		if _, ok := parseZone(s[at:]); !ok {
			return time.Time{}, false
		}
		s = s[:at]
	}
	n, err := strconv.ParseInt(s, 10, 64)
	const most = 253402300799999 // the end of the year 9999
	if err != nil || n > most || n < -62135596800000 {
		return time.Time{}, false
	}
	return time.UnixMilli(n).UTC(), true
}

// ISO 8601 and what is written like it: the year first, so that the order of month and day is certain.
var (
	isoDate = pattern.Lazy(`^(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|(\d\d)(\d\d)(?:[Tt ]))`)
	isoTime = pattern.Lazy(`^(\d{1,2}):?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?(?: ?([AaPp])\.?[Mm]\.?)?`)
)

func parseISO(s string) (time.Time, bool) {
	found := isoDate().FindStringSubmatch(s)
	if found == nil {
		return time.Time{}, false
	}
	year, month, day := found[1], "", ""
	for i := 2; i < len(found); i += 2 {
		if found[i] != "" {
			month, day = found[i], found[i+1]
		}
	}
	rest := s[len(found[0]):]
	if found[8] == "" { // what separates the time has not been read yet
		if rest != "" && !strings.ContainsRune("Tt ", rune(rest[0])) {
			return time.Time{}, false
		}
		rest = strings.TrimLeft(rest, "Tt ")
		if rest == "" && len(s) > len(found[0]) {
			return time.Time{}, false
		}
	}
	return moment(year, month, day, rest)
}

// moment makes a time of a date, a time of the day that may be missing, and a zone.
func moment(year, month, day, rest string) (time.Time, bool) {
	y, _ := digits(year)
	m, _ := digits(month)
	d, _ := digits(day)
	date := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if year, month, day := date.Date(); year != y || int(month) != m || day != d {
		return time.Time{}, false
	}
	if rest == "" {
		return date, true
	}
	found := isoTime().FindStringSubmatch(rest)
	if found == nil {
		return time.Time{}, false
	}
	zone, ok := parseZone(strings.TrimPrefix(rest[len(found[0]):], " "))
	hour, _ := digits(found[1])
	minute, _ := digits(found[2])
	second, _ := digits(found[3])
	fraction, _ := digits((found[4] + "000000000")[:9])
	if half := strings.ToLower(found[5]); half != "" {
		ok = ok && hour >= 1 && hour <= 12
		hour %= 12
		if half == "p" {
			hour += 12
		}
	}
	midnight := hour == 24 && minute == 0 && second == 0 && fraction == 0 // the end of the day
	if !ok || hour > 23 && !midnight || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	return time.Date(y, time.Month(m), d, hour, minute, second, fraction, time.UTC).Add(-zone), true
}

var zoneForm = pattern.Lazy(`^(?i:Z|UTC|GMT|UT)? ?(?:([+-])(\d{1,2})(?::?(\d\d))?)?$`)

// parseZone reads a zone: nothing, Z, UTC, GMT, or an offset of hours and perhaps minutes. The other names of zones mean different things.
func parseZone(s string) (time.Duration, bool) {
	found := zoneForm().FindStringSubmatch(s)
	if found == nil {
		return 0, false
	}
	hours, _ := digits(found[2])
	minutes, _ := digits(found[3])
	offset := time.Duration(hours)*time.Hour + time.Duration(minutes)*time.Minute
	if found[1] == "-" {
		offset = -offset
	}
	return offset, hours <= 23 && minutes <= 59
}

// Dates whose month has a name: those of mail, HTTP, C, JavaScript and SQL Server.
var (
	weekday  = pattern.Lazy(`^(?i:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?i:day)?,? `)
	dayFirst = pattern.Lazy(`^(\d{1,2})[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4}|\d\d)(?:[ ,T]+|$)`)
	nameHead = pattern.Lazy(`^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})(?:[ ,]+|$)`)
	yearLast = pattern.Lazy(`^([A-Za-z]{3,9}) (\d{1,2}) (\S+)(?: (\S+))? (\d{4})$`)
	comment  = pattern.Lazy(` \([^()]*\)$`)
)

func parseNamed(s string) (time.Time, bool) {
	s = comment().ReplaceAllString(s, "") // the name of the zone behind its offset
	day := weekday().FindString(s)
	s = s[len(day):]
	if f := dayFirst().FindStringSubmatch(s); f != nil {
		year := f[3]
		if len(year) == 2 { // as RFC 850 and RFC 822 have it
			century := "20"
			if year >= "69" {
				century = "19"
			}
			year = century + year
		}
		return moment(year, monthOf(f[2]), f[1], s[len(f[0]):])
	}
	if f := nameHead().FindStringSubmatch(s); f != nil {
		return moment(f[3], monthOf(f[1]), f[2], s[len(f[0]):])
	}
	if f := yearLast().FindStringSubmatch(s); f != nil {
		return moment(f[5], monthOf(f[1]), f[2], f[3]+" "+f[4])
	}
	return time.Time{}, false
}

// monthOf returns the number of a month by its English name or the first three letters of that, 0 when it is not a month.
func monthOf(name string) string {
	for month := time.January; month <= time.December; month++ {
		if full := month.String(); strings.EqualFold(name, full) || strings.EqualFold(name, full[:3]) || month == time.September && strings.EqualFold(name, "Sept") {
			return strconv.Itoa(int(month))
		}
	}
	return "0"
}

func setTime(s *Scanner, v reflect.Value) *Error {
	begin := s.At
	text, kind, err := s.Scalar()
	if err != nil {
		return err
	}
	if kind == 'N' {
		text, kind = nil, 'n'
	}
	t, ok := parseFast(text)
	if !ok {
		t, ok = ParseTime(string(text))
	}
	if kind != '"' && kind != 'n' || !ok {
		return &Error{Offset: int64(begin), Reason: "not a date"}
	}
	*(v.Addr().Interface().(*time.Time)) = t //nolint:errcheck,forcetypeassert // it is the setter of this type
	return nil
}

// dateType is the root package's struct that embeds a time.Time and nothing else.
var dateType reflect.Type

// UseDate has D read as time.Time is, which its embedded one is set to. It must be called before anything is decoded.
func UseDate[D any]() { dateType = reflect.TypeFor[D]() }

func setDate(s *Scanner, v reflect.Value) *Error { return setTime(s, v.Field(0)) }
