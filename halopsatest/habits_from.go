package halopsatest

import (
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/halopsa-go/halopsa/halopsaprobe"
)

// WithHabitsFrom makes the stand-in behave like the tenant that a probe has looked at: file is what halopsaprobe wrote, with
// [halopsaprobe.Report.WriteJSON].
//
// It sets the habits of each list in the file, in place of those of [WithHabits], and what the API has: which lists are paged, sorted or honor
// count, what they are called, and which of them the tenant's version lacks. What the probe could not tell stays as the stand-in has it.
// [NewServer] and [NewHandler] panic when the file cannot be read.
func WithHabitsFrom(file string) Option {
	return func(c *config) {
		from, err := os.Open(file) //nolint:gosec // the test's own file
		if err != nil {
			panic("halopsatest: " + err.Error())
		}
		defer func() { _ = from.Close() }() // it was only read
		report, err := halopsaprobe.Read(from)
		if err != nil {
			panic("halopsatest: " + file + ": " + err.Error())
		}
		c.probed = report
	}
}

// behaveLike takes the habits of a tenant. It requires that h.mu is held, or that nobody else has h yet.
func (h *Handler) behaveLike(report *halopsaprobe.Report) {
	for i := range report.Lists {
		l := &report.Lists[i]
		name := strings.ToLower(l.Resource)
		if l.Status == http.StatusNotFound {
			delete(h.tables, name)
			continue
		}
		t := h.tableFor(l.Resource)
		t.resource = t.as(l)
		habits := h.conf.habits
		if at := slices.IndexFunc(report.Records, func(r halopsaprobe.Record) bool { return r.Resource == l.Resource }); at >= 0 {
			habits.Rows.GetAsList = report.Records[at].Shape == halopsaprobe.Array
			habits.Rows.WrongID = map[bool]int64{true: 1}[report.Records[at].WrongID == halopsaprobe.Yes]
		}
		h.habits[name] = habits.like(l)
	}
}

// is sets a property where the probe could tell it.
func is(set *bool, a halopsaprobe.Answer) {
	if a != halopsaprobe.Unknown {
		*set = a == halopsaprobe.Yes
	}
}

// as is the resource as a tenant has it.
func (r resource) as(l *halopsaprobe.List) resource {
	if l.Status == http.StatusOK && l.Shape != halopsaprobe.Other {
		r.paged = l.Shape == halopsaprobe.Envelope || l.Paging == halopsaprobe.Yes || l.DefaultSize > 0
	}
	is(&r.sorted, l.Sort)
	is(&r.counted, l.Count)
	is(&r.sized, l.SizeAlone)
	if l.SizeAlone == halopsaprobe.Yes { // it is honored as count is
		r.counted = true
	}
	return r
}

// like is the habits as a tenant has them, beside what they are already.
func (h Habits) like(l *halopsaprobe.List) Habits {
	const yes = halopsaprobe.Yes
	if l.Status == http.StatusUnauthorized || l.Status == http.StatusForbidden {
		h.Denied = l.Status
		return h
	}
	h.PageCap, h.FixedSize, h.TooLarge, h.Overlap, h.EmptyPage = l.Cap, l.FixedSize, l.ServedSize, l.Overlap, l.EmptyPage
	if l.DefaultSize > 0 {
		h.DefaultSize = l.DefaultSize
	}
	is(&h.OffsetByAsked, l.OffsetByAsked)
	is(&h.Uneven, l.Uneven)
	is(&h.WrongPageNo, l.WrongPageNo)
	is(&h.UnstableTies, l.UnstableTies)
	is(&h.Shuffled, l.Order.Shuffled)
	is(&h.Rows.CaseTwins, l.CaseTwins)
	is(&h.Rows.Nulls, l.Nulls)
	h.IgnorePaging = l.Paging == halopsaprobe.No && (l.Shape == halopsaprobe.Envelope || l.DefaultSize > 0)
	h.IgnoreCount = l.Count == halopsaprobe.No
	h.IgnoreOrder = l.Sort == halopsaprobe.No
	if l.Order.Member != "" {
		h.NewestFirst = l.Order.Desc
		h.OrderBy = strings.TrimPrefix(l.Order.Member, "id")
	}
	h.PastEnd = map[halopsaprobe.PastEnd]PastEnd{
		halopsaprobe.PastEnd404: PastEnd404, halopsaprobe.PastEnd400: PastEnd400,
		halopsaprobe.PastEndFirst: PastEndFirst, halopsaprobe.PastEndLast: PastEndLast,
	}[l.PastEnd]
	h.BareArray = l.Shape == halopsaprobe.Array
	h.Array, h.Nested, h.ErrorMember, h.ErrorFrom, h.Charset = l.Array, l.Nested, l.ErrorMember, l.ErrorFrom, l.Charset
	if len(l.OtherArrays) > 0 {
		h.EmptyArray = l.OtherArrays[0]
	}
	if l.Warning == yes {
		h.Warning = "a warning"
	}
	h.EmptyList = map[halopsaprobe.Shape]string{
		halopsaprobe.Null: "null", halopsaprobe.EmptyText: `""`, halopsaprobe.Empty: " ", halopsaprobe.Object: "{}",
	}[l.EmptyShape]
	h.Rows.IDs = map[halopsaprobe.IDs]IDs{
		halopsaprobe.IDsNone: IDsNone, halopsaprobe.IDsZero: IDsZero, halopsaprobe.IDsZeroText: IDsZeroText, halopsaprobe.IDsEmptyGUID: IDsEmptyGUID,
		halopsaprobe.IDsText: IDsText, halopsaprobe.IDsDecimal: IDsDecimal, halopsaprobe.IDsRepeating: IDsPerParent,
	}[l.IDs]
	if l.Resource == "IntegrationRunbookVariableGroup" {
		h.Rows.IDs = IDsTrue // its rows have none
	}
	if len(l.Dates) == 1 {
		h.Rows.Date = dateIn(l.Dates[0])
	}
	switch c := l.RecordCount; c.Paged {
	case halopsaprobe.MeansAbsent:
		h.NoRecordCount = true
	case halopsaprobe.MeansRows:
		h.RecordCount = CountOfRows()
	case halopsaprobe.MeansMore:
		h.RecordCount = CountPlus(c.Off)
	case halopsaprobe.MeansFewer:
		h.RecordCount = CountCapped(c.Said)
	}
	return h
}

// dateIn writes dates in a layout.
func dateIn(layout string) func(stored string) string {
	return func(stored string) string {
		at, ok := parseDate(stored)
		switch {
		case !ok:
			return stored
		case strings.HasPrefix(layout, "/Date("):
			return "/Date(" + strconv.FormatInt(at.UnixMilli(), 10) + ")/"
		}
		return at.UTC().Format(layout)
	}
}
