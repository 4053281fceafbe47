package loose_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/loose"
)

type lettered struct {
	A string    `json:"a"`
	B int64     `json:"b"`
	C string    `json:"c<d"`
	D *lettered `json:"d"`
	E []string  `json:"e"`
}

// The name that came next in one record is only a guess for the next one.
func TestMembersInAnyOrder(t *testing.T) {
	t.Parallel()
	want := lettered{A: "x", B: 7, C: "y", D: &lettered{B: 8, A: "z"}, E: []string{"v", ""}}
	members := []string{`"a":"x"`, `"b":7`, `"c<d":"y"`, `"d":{"b":8,"a":"z"}`, `"e":["v",""]`}
	var rows []string
	for first := range members {
		for second := range members {
			row := append(append([]string{}, members[first:]...), members[:first]...)
			row[0], row[second] = row[second], row[0]
			rows = append(rows, "{"+strings.Join(row, ",")+"}", "{ "+strings.Join(row, " ,\n")+" }", `{"new":[1],`+strings.Join(row, `,"new":{"a":1},`)+"}")
		}
	}
	for _, record := range one[[]lettered](t, "["+strings.Join(rows, ",")+"]") {
		assert.Equal(t, want, record)
	}
}

// A name that only begins as the one that is expected is another one.
func TestMembersWithSimilarNames(t *testing.T) {
	t.Parallel()
	for range 3 {
		assert.Equal(t, lettered{B: 3}, one[lettered](t, `{"a" :"","aa":"x","b":3,"c":"y","c<d>":"z","":1}`))
	}
	for body, reason := range map[string]string{
		`{"a"`: "no colon after a member name", `{"a":`: "the JSON ends early", `{"a`: "the text does not end", `{"a":"x"`: "no comma or brace after a member",
		`{"a":"x",`: "no member name", `{"a":"x",}`: "no member name", `{"a"x:1}`: "no colon after a member name",
	} {
		_, err := decode[lettered](body)
		var at *loose.Error
		require.ErrorAs(t, err, &at, body)
		assert.Equal(t, reason, at.Reason, body)
	}
}

func TestEmptyAndAbsentArrays(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{}, one[lettered](t, `{"e":[ ]}`).E)
	assert.Nil(t, one[lettered](t, `{"e":null}`).E)
	assert.Nil(t, one[lettered](t, `{"e":["x"],"e":null}`).E)
	assert.Equal(t, []string{}, one[lettered](t, `{"e":["x"],"e":[]}`).E)
	assert.Equal(t, []string{""}, one[lettered](t, `{"e":["x","y"],"e":[null]}`).E, "nothing is left of the first")
}

// texts are records of which each has short texts and a long one.
func texts(n int) (body string, want []lettered) {
	var rows []string
	for i := range n {
		record := lettered{A: fmt.Sprint("a", i), C: strings.Repeat("c", i%64+1), E: []string{strings.Repeat("e", 65), "é\t"}}
		want = append(want, record)
		rows = append(rows, fmt.Sprintf(`{"a":"a%d","c<d":%q,"e":[%q,"é\t"]}`, i, record.C, record.E[0]))
	}
	return "[" + strings.Join(rows, ",") + "]", want
}

// The short texts of a record share a piece of memory, so that a page of small records does not cost an allocation for each text.
func TestShortTextsShareMemory(t *testing.T) { //nolint:paralleltest // it counts allocations
	const n = 100
	body, want := texts(n)
	var got []lettered
	allocations := testing.AllocsPerRun(20, func() {
		got = nil
		_, err := loose.Into([]byte(body), &got)
		require.NoError(t, err)
	})
	assert.Equal(t, want, got)
	assert.Less(t, allocations, 4.0*n, "the array, the long text, and what the three short ones share")
	assert.Greater(t, allocations, 3.0*n-1, "each record has its own")
}

func TestTextsStayAsTheyWere(t *testing.T) {
	t.Parallel()
	body, want := texts(30)
	got := one[[]lettered](t, body)
	for range 100 { // the scanner and its memory are used again
		_ = one[[]lettered](t, strings.ReplaceAll(body, "a1", "x9"))
	}
	assert.Equal(t, want, got)
}
