package wire_test

import (
	"encoding/json"
	"fmt"
	"math/bits"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

// wide is a record as large as the largest of the API.
type wide struct {
	ID    int64                      `json:"id"`
	Texts [28]string                 `json:"texts"`
	List  []wide                     `json:"list"`
	Next  *wide                      `json:"next"`
	Map   map[string]int             `json:"map"`
	Any   any                        `json:"any"`
	Extra map[string]json.RawMessage `json:"-"`
}

// allocated returns how many bytes decode allocates.
func allocated(decode func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	decode()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestMemoryIsBounded: a response whose values take a hundred times their length is an error long before that. It does not run beside other
// tests, whose memory would count.
func TestMemoryIsBounded(t *testing.T) { //nolint:paralleltest // see above
	const size = 3 << 20 * 64 / bits.UintSize // a record takes half as much where a pointer does
	many := func(before, one, after string) []byte {
		times := size / len(one)
		if one == `[[]],` { // the smallest of all values that take memory
			times *= 4
		}
		return []byte(before + strings.TrimSuffix(strings.Repeat(one, times), ",") + after)
	}
	var names strings.Builder
	for i := 0; names.Len() < size; i++ {
		fmt.Fprintf(&names, `"%x":0,`, i)
	}
	bodies := map[string][]byte{
		"rows":           many(`[`, `{},`, `]`),
		"rows in a list": many(`{"record_count":5,"errors":[`, `{},`, `]}`),
		"rows with ids":  many(`[`, `{"id":1},`, `]`),
		"nested rows":    many(`[{"id":1,"list":[`, `{},`, `]}]`),
		"lists of lists": many(`[{"id":1,"list":[`, `{"list":[{}]},`, `]}]`),
		"pointers":       many(`[{"id":1,"list":[`, `{"next":{}},`, `]}]`),
		"maps":           many(`[{"id":1,"list":[`, `{"map":{"a":1}},`, `]}]`),
		"any":            many(`[{"id":1,"any":[`, `{"a":1},`, `]}]`),
		"any, arrays":    many(`[{"id":1,"any":[`, `[[]],`, `]}]`),
		"extra":          many(`[{"id":1,"list":[`, `{"a":1},`, `]}]`),
		"extra, wide":    []byte(`[{"id":1,` + strings.TrimSuffix(names.String(), ",") + `}]`),
	}
	for name, body := range bodies {
		t.Run(name, func(t *testing.T) { //nolint:paralleltest // see above
			var err error
			used := allocated(func() { _, err = wire.DecodeList[wide](body, "IntegrationError", 1_000_000) })
			assert.Less(t, used, uint64(400<<20))
			if name != "extra, wide" { // 17 bytes for each of its own
				var at *wire.Error
				require.ErrorAs(t, err, &at)
				assert.Contains(t, at.Reason, "MB of memory; a smaller page or a filter makes them fewer")
			}
		})
	}
	for name, row := range map[string]string{"rows": `{},`, "rows of one member": `{"a":1},`} {
		body := []byte(`[` + strings.TrimSuffix(strings.Repeat(row, (1<<20)/len(row)), ",") + `]`)
		t.Run("maps: "+name, func(t *testing.T) { //nolint:paralleltest // see above
			used := allocated(func() { _, _ = wire.DecodeList[map[string]any](body, "Tickets", 1_000_000) })
			assert.Less(t, used, uint64(200<<20))
		})
	}
}

// What is honest is not held back: a list without paging of 137,000 rows, thin ones too.
func TestMemoryIsEnough(t *testing.T) {
	t.Parallel()
	const rows = 137_000
	for name, row := range map[string]string{
		"thin":  `{"id":123456},`,
		"usual": `{"id":123456,"list":[{"id":1}],"next":{"id":2},"map":{"a":1,"b":2},"any":{"a":[1,2,{"b":null}]},"one":1,"two":"two","three":[1,2,3],"name":"` + strings.Repeat("x", 200) + `"},`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := rows
			if name == "usual" {
				n = 20_000
			}
			body := []byte(`[` + strings.TrimSuffix(strings.Repeat(row, n), ",") + `]`)
			list, err := wire.DecodeList[wide](body, "Tickets", 1_000_000)
			require.NoError(t, err)
			assert.Len(t, list.Records, n)
			assert.Less(t, cap(list.Records), n*3/2)
			maps, err := wire.DecodeList[map[string]any](body, "Tickets", 100)
			require.NoError(t, err)
			assert.Len(t, maps.Records, n)
		})
	}
}

// BenchmarkExtra compares a record that keeps what it does not know with one that does not, where there is nothing that it does not know.
func BenchmarkExtra(b *testing.B) {
	type fields struct {
		ID       int64  `json:"id"`
		Name     string `json:"name"`
		Date     string `json:"date"`
		ModuleID int64  `json:"module_id"`
		Trace    []trace
		Error    string `json:"error"`
	}
	type open struct {
		fields
		Extra map[string]json.RawMessage `json:"-"`
	}
	const row = `{"id":123456,"name":"NinjaRMM","date":"2026-10-02T11:22:33.457","module_id":12,"Trace":[{"log":"a"}],"error":"404 Not Found"},`
	rows := strings.Repeat(row, 100)
	for i := range 100 {
		rows = strings.Replace(rows, "123456", fmt.Sprint(200000+i), 1)
	}
	body := []byte(`{"page_no":1,"page_size":100,"record_count":100,"errors":[` + strings.TrimSuffix(rows, ",") + `]}`)
	b.Run("none", func(b *testing.B) { decodes[fields](b, body) })
	b.Run("extra", func(b *testing.B) { decodes[open](b, body) })
}

func decodes[T any](b *testing.B, body []byte) {
	b.Helper()
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		list, err := wire.DecodeList[T](body, "IntegrationError", 100)
		if err != nil || len(list.Records) != 100 {
			b.Fatal(err)
		}
	}
}

// TestLongListsAreSizedOnce: a list that nobody knew the length of takes little more memory than its records, however its rows are.
func TestLongListsAreSizedOnce(t *testing.T) { //nolint:paralleltest // what others allocate would count
	type flat struct {
		ID     int64     `json:"id"`
		Others []int64   `json:"others"`
		Room   [30]int64 `json:"room"`
	}
	const n = 20_000
	each := int(reflect.TypeFor[flat]().Size() + reflect.TypeFor[wire.Key]().Size())
	for name, row := range map[string]func(i int) string{
		"all the same":            func(i int) string { return fmt.Sprintf(`{"id":%d}`, i+1) },
		"longer and longer":       func(i int) string { return fmt.Sprintf(`{"id":%d,"x":%q}`, i+1, strings.Repeat("x", i/100)) },
		"shorter and shorter":     func(i int) string { return fmt.Sprintf(`{"id":%d,"x":%q}`, i+1, strings.Repeat("x", (n-i)/100)) },
		"with objects like these": func(i int) string { return fmt.Sprintf(`{"id":%d,"x":[{"id":1},{"id":2}]}`, i+1) },
		"short ones first": func(i int) string {
			return fmt.Sprintf(`{"id":%d,"x":%q}`, i+1, strings.Repeat("x", min(i/1_000, 1)*900))
		},
	} {
		rows := make([]string, n)
		for i := range rows {
			rows[i] = row(i)
		}
		body := []byte("[" + strings.Join(rows, ",") + "]")
		got := allocated(func() {
			list, err := wire.DecodeList[flat](body, "", 0)
			require.NoError(t, err)
			require.Len(t, list.Records, n)
		})
		assert.Less(t, int(got), n*each*13/10, name)
	}
}
