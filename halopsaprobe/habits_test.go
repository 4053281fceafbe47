package halopsaprobe_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsaprobe"
	"github.com/halopsa-go/halopsa/halopsatest"
)

const yes, no, unknown = halopsaprobe.Yes, halopsaprobe.No, halopsaprobe.Unknown

// tenant is a stand-in with 75 records in one list.
func tenant(opts ...halopsatest.Option) *halopsatest.Handler {
	h := halopsatest.NewHandler(opts...)
	for i := range 75 {
		h.Seed("IntegrationError", map[string]any{
			"error": fmt.Sprint("canary ", i), "entity_name": fmt.Sprint("canary ", 100+(i*37)%75), "module_id": i % 3,
			"date": "2026-10-02T11:22:33.457", "detail_id": nil,
		})
	}
	return h
}

// written writes a report and returns the name of the file.
func written(t *testing.T, r *halopsaprobe.Report) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "tenant.json")
	file, err := os.Create(name)
	require.NoError(t, err)
	require.NoError(t, r.WriteJSON(file))
	require.NoError(t, file.Close())
	return name
}

// without drops what no two probes have in common.
func without(l *halopsaprobe.List) *halopsaprobe.List {
	own := *l
	own.Requests = append([]halopsaprobe.Request{}, l.Requests...)
	for i := range own.Requests {
		own.Requests[i].Milliseconds, own.Requests[i].Bytes = 0, 0 // a warning is as long as it is
	}
	return &own
}

// TestEachHabitComesBack probes the stand-in in each of its habits, and then a stand-in that was given the file. The habits that no reader of a
// list can see are not here: those of writes, a compression that the client undoes, and a record_count that is late in a list that does not change.
func TestEachHabitComesBack(t *testing.T) {
	t.Parallel()
	rows := func(r halopsatest.RowHabits) halopsatest.Habits { return halopsatest.Habits{Rows: r} }
	date := func(layout func(string) string) halopsatest.Habits { return rows(halopsatest.RowHabits{Date: layout}) }
	tests := map[string]struct {
		habits halopsatest.Habits
		found  func(l *halopsaprobe.List) any
		want   any
	}{
		"honest": {halopsatest.Habits{}, func(l *halopsaprobe.List) any {
			return []any{l.Paging, l.PageSize, l.Count, l.SizeAlone, l.Sort, l.PastEnd, l.Order, l.RecordCount.Paged, l.RecordCount.ByCount, l.RecordCount.ByDefault}
		}, []any{
			yes, yes, yes, no, yes, halopsaprobe.PastEndEmpty, halopsaprobe.Order{Member: "id", Shuffled: no},
			halopsaprobe.MeansTotal, halopsaprobe.MeansTotal, halopsaprobe.MeansTotal,
		}},
		"PageCap":            {halopsatest.Habits{PageCap: 20}, func(l *halopsaprobe.List) any { return l.Cap }, 20},
		"FixedSize":          {halopsatest.Habits{FixedSize: 9}, func(l *halopsaprobe.List) any { return []any{l.FixedSize, l.PageSize, l.Cap} }, []any{9, no, 0}},
		"DefaultSize":        {halopsatest.Habits{DefaultSize: 13}, func(l *halopsaprobe.List) any { return l.DefaultSize }, 13},
		"TooLarge":           {halopsatest.Habits{TooLarge: 40}, func(l *halopsaprobe.List) any { return l.ServedSize <= 40 && l.TooLarge > 40 }, true},
		"IgnorePaging":       {halopsatest.Habits{IgnorePaging: true}, func(l *halopsaprobe.List) any { return []any{l.Paging, l.DefaultSize} }, []any{no, 50}},
		"IgnoreCount":        {halopsatest.Habits{IgnoreCount: true}, func(l *halopsaprobe.List) any { return l.Count }, no},
		"OffsetByAsked":      {halopsatest.Habits{PageCap: 20, OffsetByAsked: true}, func(l *halopsaprobe.List) any { return []any{l.Cap, l.OffsetByAsked} }, []any{20, yes}},
		"Overlap":            {halopsatest.Habits{Overlap: 2}, func(l *halopsaprobe.List) any { return l.Overlap }, 2},
		"Uneven":             {halopsatest.Habits{Uneven: true}, func(l *halopsaprobe.List) any { return l.Uneven }, yes},
		"PastEnd404":         {halopsatest.Habits{PastEnd: halopsatest.PastEnd404}, func(l *halopsaprobe.List) any { return l.PastEnd }, halopsaprobe.PastEnd404},
		"PastEnd400":         {halopsatest.Habits{PastEnd: halopsatest.PastEnd400}, func(l *halopsaprobe.List) any { return l.PastEnd }, halopsaprobe.PastEnd400},
		"PastEndFirst":       {halopsatest.Habits{PastEnd: halopsatest.PastEndFirst}, func(l *halopsaprobe.List) any { return l.PastEnd }, halopsaprobe.PastEndFirst},
		"PastEndLast":        {halopsatest.Habits{PastEnd: halopsatest.PastEndLast}, func(l *halopsaprobe.List) any { return l.PastEnd }, halopsaprobe.PastEndLast},
		"EmptyPage 1":        {halopsatest.Habits{EmptyPage: 1}, func(l *halopsaprobe.List) any { return l.EmptyPage }, 1},
		"EmptyPage 2":        {halopsatest.Habits{EmptyPage: 2}, func(l *halopsaprobe.List) any { return l.EmptyPage }, 2},
		"NewestFirst":        {halopsatest.Habits{NewestFirst: true}, func(l *halopsaprobe.List) any { return l.Order }, halopsaprobe.Order{Member: "id", Desc: true, Shuffled: no}},
		"OrderBy":            {halopsatest.Habits{OrderBy: "entity_name"}, func(l *halopsaprobe.List) any { return l.Order }, halopsaprobe.Order{Member: "entity_name", Shuffled: no}},
		"OrderBy, falling":   {halopsatest.Habits{OrderBy: "entity_name", NewestFirst: true}, func(l *halopsaprobe.List) any { return l.Order }, halopsaprobe.Order{Member: "entity_name", Desc: true, Shuffled: no}},
		"IgnoreOrder":        {halopsatest.Habits{IgnoreOrder: true}, func(l *halopsaprobe.List) any { return l.Sort }, no},
		"Shuffled":           {halopsatest.Habits{Shuffled: true}, func(l *halopsaprobe.List) any { return []any{l.Order, l.Overlap} }, []any{halopsaprobe.Order{Shuffled: yes}, 0}},
		"UnstableTies":       {halopsatest.Habits{UnstableTies: true}, func(l *halopsaprobe.List) any { return l.UnstableTies }, yes},
		"NoRecordCount":      {halopsatest.Habits{NoRecordCount: true}, func(l *halopsaprobe.List) any { return l.RecordCount.Paged }, halopsaprobe.MeansAbsent},
		"no count, capped":   {halopsatest.Habits{NoRecordCount: true, PageCap: 20}, func(l *halopsaprobe.List) any { return l.Cap }, 20},
		"CountPlus":          {halopsatest.Habits{RecordCount: halopsatest.CountPlus(5)}, func(l *halopsaprobe.List) any { return []any{l.RecordCount.Paged, l.RecordCount.Off} }, []any{halopsaprobe.MeansMore, 5}},
		"CountPlus, too few": {halopsatest.Habits{RecordCount: halopsatest.CountPlus(-5)}, func(l *halopsaprobe.List) any { return []any{l.RecordCount.Paged, l.RecordCount.Off} }, []any{halopsaprobe.MeansFewer, -5}},
		"CountCapped":        {halopsatest.Habits{RecordCount: halopsatest.CountCapped(30)}, func(l *halopsaprobe.List) any { return []any{l.RecordCount.Paged, l.RecordCount.Said} }, []any{halopsaprobe.MeansFewer, 30}},
		"CountOfRows": {halopsatest.Habits{RecordCount: halopsatest.CountOfRows()}, func(l *halopsaprobe.List) any {
			return []any{l.RecordCount.Paged, l.RecordCount.ByCount, l.RecordCount.ByDefault}
		}, []any{halopsaprobe.MeansRows, halopsaprobe.MeansRows, halopsaprobe.MeansRows}},
		"BareArray":             {halopsatest.Habits{BareArray: true}, func(l *halopsaprobe.List) any { return []any{l.Shape, l.Paging} }, []any{halopsaprobe.Array, yes}},
		"WrongPageNo":           {halopsatest.Habits{WrongPageNo: true}, func(l *halopsaprobe.List) any { return l.WrongPageNo }, yes},
		"Array":                 {halopsatest.Habits{Array: "things"}, func(l *halopsaprobe.List) any { return l.Array }, "things"},
		"EmptyArray":            {halopsatest.Habits{EmptyArray: "columns"}, func(l *halopsaprobe.List) any { return l.OtherArrays }, []string{"columns"}},
		"Nested":                {halopsatest.Habits{Nested: "data"}, func(l *halopsaprobe.List) any { return l.Nested }, "data"},
		"ErrorMember":           {halopsatest.Habits{ErrorMember: "load_error"}, func(l *halopsaprobe.List) any { return []any{l.ErrorMember, l.ErrorFrom} }, []any{"load_error", 1}},
		"ErrorFrom":             {halopsatest.Habits{ErrorMember: "load_error", ErrorFrom: 2}, func(l *halopsaprobe.List) any { return []any{l.ErrorMember, l.ErrorFrom} }, []any{"load_error", 2}},
		"Warning":               {halopsatest.Habits{Warning: "canary"}, func(l *halopsaprobe.List) any { return l.Warning }, yes},
		"Denied":                {halopsatest.Habits{Denied: 401}, func(l *halopsaprobe.List) any { return []any{l.Status, l.EmptyBody} }, []any{401, true}},
		"Denied 403":            {halopsatest.Habits{Denied: 403}, func(l *halopsaprobe.List) any { return l.Status }, 403},
		"Charset":               {halopsatest.Habits{Charset: "iso-8859-1"}, func(l *halopsaprobe.List) any { return l.Charset }, "iso-8859-1"},
		"UTF-16":                {halopsatest.Habits{Charset: "utf-16"}, func(l *halopsaprobe.List) any { return []any{l.Charset, l.Paging} }, []any{"utf-16", yes}},
		"CaseTwins":             {rows(halopsatest.RowHabits{CaseTwins: true}), func(l *halopsaprobe.List) any { return l.CaseTwins }, yes},
		"Nulls":                 {rows(halopsatest.RowHabits{Nulls: true}), func(l *halopsaprobe.List) any { return l.Nulls }, yes},
		"IDsPerParent":          {rows(halopsatest.RowHabits{IDs: halopsatest.IDsPerParent}), func(l *halopsaprobe.List) any { return l.IDs }, halopsaprobe.IDsRepeating},
		"IDsZero":               {rows(halopsatest.RowHabits{IDs: halopsatest.IDsZero}), func(l *halopsaprobe.List) any { return l.IDs }, halopsaprobe.IDsZero},
		"IDsZeroText":           {rows(halopsatest.RowHabits{IDs: halopsatest.IDsZeroText}), func(l *halopsaprobe.List) any { return l.IDs }, halopsaprobe.IDsZeroText},
		"IDsEmptyGUID":          {rows(halopsatest.RowHabits{IDs: halopsatest.IDsEmptyGUID}), func(l *halopsaprobe.List) any { return l.IDs }, halopsaprobe.IDsEmptyGUID},
		"IDsNone":               {rows(halopsatest.RowHabits{IDs: halopsatest.IDsNone}), func(l *halopsaprobe.List) any { return l.IDs }, halopsaprobe.IDsNone},
		"IDsText":               {rows(halopsatest.RowHabits{IDs: halopsatest.IDsText}), func(l *halopsaprobe.List) any { return l.IDs }, halopsaprobe.IDsText},
		"IDsDecimal":            {rows(halopsatest.RowHabits{IDs: halopsatest.IDsDecimal}), func(l *halopsaprobe.List) any { return l.IDs }, halopsaprobe.IDsDecimal},
		"dates with a zone":     {date(func(string) string { return "2026-10-02T11:22:33.457Z" }), func(l *halopsaprobe.List) any { return l.Dates }, []string{"2006-01-02T15:04:05.000Z07:00"}},
		"dates of seven digits": {date(func(string) string { return "2026-10-02 11:22:33.4570000" }), func(l *halopsaprobe.List) any { return l.Dates }, []string{"2006-01-02 15:04:05.0000000"}},
		"dates of ASP.NET":      {date(func(string) string { return "/Date(1790940153457)/" }), func(l *halopsaprobe.List) any { return l.Dates }, []string{"/Date(ms)/"}},
		"newest first, of a fixed size, rows counted": {
			halopsatest.Habits{NewestFirst: true, FixedSize: 30, RecordCount: halopsatest.CountOfRows()},
			func(l *halopsaprobe.List) any { return []any{l.FixedSize, l.Order.Desc, l.RecordCount.Paged} },
			[]any{30, true, halopsaprobe.MeansRows},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := tenant()
			h.SetHabits("IntegrationError", test.habits)
			lists := halopsaprobe.WithResources("IntegrationError", "IntegrationExport")
			report, err := halopsaprobe.Run(t.Context(), h.Client(t), lists)
			require.NoError(t, err)
			l := report.List("IntegrationError")
			assert.Equal(t, test.want, test.found(l))
			assert.True(t, report.Complete)

			again, err := halopsaprobe.Run(t.Context(), tenant(halopsatest.WithHabitsFrom(written(t, report))).Client(t), lists)
			require.NoError(t, err)
			if test.habits.Shuffled || test.habits.UnstableTies { // what follows from the order differs each time
				assert.Equal(t, test.want, test.found(again.List("IntegrationError")))
				return
			}
			for i := range report.Lists {
				assert.Equal(t, without(&report.Lists[i]), without(&again.Lists[i]))
			}
			assert.Equal(t, report.Records, again.Records)
		})
	}
}

// TestHabitsOfSingleRecordsComeBack: what GET of a record does.
func TestHabitsOfSingleRecordsComeBack(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		habits halopsatest.RowHabits
		found  func(*halopsaprobe.Record) any
		want   any
	}{
		"WrongID":   {halopsatest.RowHabits{WrongID: 7}, func(r *halopsaprobe.Record) any { return r.WrongID }, yes},
		"GetAsList": {halopsatest.RowHabits{GetAsList: true}, func(r *halopsaprobe.Record) any { return r.Shape }, halopsaprobe.Array},
		"honest":    {halopsatest.RowHabits{}, func(r *halopsaprobe.Record) any { return []any{r.WrongID, r.Shape} }, []any{no, halopsaprobe.Object}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := tenant()
			h.SetHabits("IntegrationError", halopsatest.Habits{Rows: test.habits})
			report, err := halopsaprobe.Run(t.Context(), h.Client(t))
			require.NoError(t, err)
			require.Len(t, report.Records, 1)
			assert.Equal(t, test.want, test.found(&report.Records[0]))
			again, err := halopsaprobe.Run(t.Context(), tenant(halopsatest.WithHabitsFrom(written(t, report))).Client(t))
			require.NoError(t, err)
			assert.Equal(t, report.Records, again.Records)
		})
	}
}

// TestEmptyListsComeBack: of a list without records its form is known, and no habit of paging.
func TestEmptyListsComeBack(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]halopsaprobe.Shape{
		"": halopsaprobe.Envelope, "null": halopsaprobe.Null, `""`: halopsaprobe.EmptyText, " ": halopsaprobe.Empty, "[]": halopsaprobe.Array, "{}": halopsaprobe.Object,
	} {
		t.Run(body, func(t *testing.T) {
			t.Parallel()
			h := halopsatest.NewHandler()
			h.SetHabits("IntegrationError", halopsatest.Habits{EmptyList: body})
			report, err := halopsaprobe.Run(t.Context(), h.Client(t))
			require.NoError(t, err)
			l := report.List("IntegrationError")
			assert.Equal(t, want, l.EmptyShape)
			assert.Equal(t, []any{unknown, unknown, unknown, unknown}, []any{l.Paging, l.PageSize, l.Count, l.Sort})
			again, err := halopsaprobe.Run(t.Context(), halopsatest.NewHandler(halopsatest.WithHabitsFrom(written(t, report))).Client(t))
			require.NoError(t, err)
			assert.Equal(t, without(l), without(again.List("IntegrationError")))
		})
	}
}
