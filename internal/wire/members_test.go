package wire_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/wire"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	one := func(index int, name string, messages ...string) []wire.Member {
		return []wire.Member{{Index: index, Name: name, Messages: messages}}
	}
	for body, want := range map[string][]wire.Member{
		``:                       nil,
		`"Invalid Resource"`:     nil,
		`{}`:                     nil,
		`{"message":"no"}`:       nil,
		`{"id":[]}`:              nil,
		`{"id":[1,2],"b":"x"}`:   nil,
		`[{"id":["not valid"]}]`: nil,
		`{"id":["The value 'probe' is not valid."]}`:                      one(-1, "id", "The value 'probe' is not valid."),
		`{"[0].outcome_id":["Could not convert", "Path"]}`:                one(0, "outcome_id", "Could not convert", "Path"),
		`{"[3]":["empty"]}`:                                               one(3, "", "empty"),
		`{"$[12].value":["no"]}`:                                          one(12, "value", "no"),
		`{"model[2].trace[0].log":["long"]}`:                              one(2, "trace[0].log", "long"),
		`{"trace.log[1]":["long"]}`:                                       one(-1, "trace.log[1]", "long"),
		`{"$.value":["no"]}`:                                              one(-1, "value", "no"),
		`{"title":"One or more","errors":{"[1].value":["empty"]}}`:        one(1, "value", "empty"),
		`{"Message":"The request is invalid.","ModelState":{"a":["no"]}}`: one(-1, "a", "no"),
		`{"id":["not valid"],"traceId":"x"}`:                              one(-1, "id", "not valid"),
		`{"errors":[{"field":"[1].value","message":"no"}]}`:               one(1, "value", "no"),
		`{"errors":{"value":{"errors":[{"errorMessage":"no"}]}}}`:         one(-1, "value", "no"),
		`{"errors":{"type":["no"],"value":[]},"type":"about:blank"}`:      nil,
		`{"errors":{"type":["no",""]},"type":"about:blank"}`:              one(-1, "type", "no"),
		`{"errors":{"name":"is required"}}`:                               one(-1, "name", "is required"),
		`{"b":["2"],"a":["1"]}`:                                           {{Index: -1, Name: "a", Messages: []string{"1"}}, {Index: -1, Name: "b", Messages: []string{"2"}}},
	} {
		assert.Equal(t, want, wire.Members([]byte(body)), body)
	}
}

func TestMembersAreNamedAsTheServerDoes(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]wire.Member{
		"value":          {Index: -1, Name: "value"},
		"[2]":            {Index: 2},
		"[2].value":      {Index: 2, Name: "value"},
		"[0].trace[1].x": {Index: 0, Name: "trace[1].x"},
	} {
		assert.Equal(t, want, m.Key())
	}
}
