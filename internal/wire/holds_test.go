package wire_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/wire"
)

func TestHoldsData(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"error":"no such tenant"}`:                            false,
		`{"error":"no such tenant","data":[]}`:                  false,
		`{"error":"no such tenant","data":{ },"items":null}`:    false,
		`{"Error":{"code":7},"errors":[{"code":7}],"status":1}`: false,
		`{"message":"OK","data":[{"id":1}]}`:                    true,
		`{"message":"OK","result":{"id":1}}`:                    true,
		`[]`:                                                    true,
		`{"broken`:                                              false,
		"\xef\xbb\xbf {\"message\":\"OK\",\"data\":[0]}":        true,
	} {
		assert.Equal(t, want, wire.HoldsData([]byte(body)), body)
	}
}
