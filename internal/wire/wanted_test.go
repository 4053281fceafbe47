package wire_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

type wanted struct {
	ID    int64                      `json:"id"`
	Name  string                     `json:"name"`
	Extra map[string]json.RawMessage `json:"-"`
}

// TestDecodeWanted: whatever could be anything but the record is not for the short way, and what it reads is what the long way reads.
func TestDecodeWanted(t *testing.T) {
	t.Parallel()
	for body, sure := range map[string]bool{
		`{"id":7,"name":"a"}`: true, "\xef\xbb\xbf {\"ID\":\"7\",\"NAME\":5}\n": true, `{"id":7.0,"error":"data","message":"data","x":{"success":false}}`: true,
		`{"Id":6,"id":7}`: true, `{"id":7,"id":6,"ID":7}`: false,
		`{"id":8,"name":"a"}`: false, `{"id":0}`: false, `{"name":"a"}`: false, `{"id":null}`: false, `{"id":-7}`: false, `{}`: false, ``: false, `null`: false,
		`[{"id":7}]`: false, `{"data":{"id":7}}`: false, `{"id":7,"name":{}`: false, `{"id":7} {}`: false, `{"id":7}x`: false, `{"id":"x"}`: false, `7`: false,
		`{"id":7,"success":false}`: false, `{"id":7,"Suc_cess":true}`: false, `{"id":7,"\u0053uccess":0}`: false, `{"id":7,"name":`: false,
	} {
		record, _, got := wire.DecodeWanted[wanted]([]byte(body), 7)
		assert.Equal(t, sure, got, body)
		if !sure {
			assert.Nil(t, record, body)
			continue
		}
		long, ok, err := wire.DecodeOne[wanted]([]byte(body))
		require.NoError(t, err, body)
		assert.True(t, ok)
		assert.Equal(t, long, *record, body)
		id, _ := wire.ID([]byte(strings.TrimPrefix(body, "\xef\xbb\xbf")))
		assert.Equal(t, "7", id, body)
	}
}

func TestDecodeWantedNeedsToSeeEveryMember(t *testing.T) {
	t.Parallel()
	body := []byte(`{"id":7,"success":false}`)
	type closed struct{ ID int64 }
	type flag struct {
		wanted
		Success bool `json:"_success"`
	}
	type nameless struct {
		Name  string
		Extra map[string]json.RawMessage
	}
	_, _, sure := wire.DecodeWanted[closed](body, 7)
	assert.False(t, sure, "no place for what says that it failed")
	_, _, sure = wire.DecodeWanted[flag](body, 7)
	assert.False(t, sure, "a field for what says that it failed")
	_, _, sure = wire.DecodeWanted[nameless](body, 7)
	assert.False(t, sure, "no id")
	_, _, sure = wire.DecodeWanted[map[string]any](body, 7)
	assert.False(t, sure, "no struct")
	type text struct {
		ID    string
		Extra map[string]json.RawMessage
	}
	_, _, sure = wire.DecodeWanted[text](body, 7)
	assert.False(t, sure, "an id that is a text")
}

// TestDecodeWantedFindsTheWarning is what [wire.Warning] finds, whether the record has a field for it or not.
func TestDecodeWantedFindsTheWarning(t *testing.T) {
	t.Parallel()
	type warned struct {
		ID      int64                      `json:"id"`
		Warning string                     `json:"_warning"`
		Extra   map[string]json.RawMessage `json:"-"`
	}
	for _, body := range []string{
		`{"id":7}`, `{"id":7,"_warning":""}`, `{"id":7,"_warning":null}`, `{"id":7,"_warning":" too long "}`, `{"id":7,"_WARNING":"too long"}`,
		`{"id":7,"\u005fwarning":"too long"}`, `{"id":7,"_warning":5}`, `{"_warning":"","_Warning":"two","id":7}`, `{"_Warning":"two","_warning":"","id":7}`,
		`{"id":7,"x":{"_warning":"of another object"}}`,
	} {
		_, without, sure := wire.DecodeWanted[wanted]([]byte(body), 7)
		require.True(t, sure, body)
		assert.Equal(t, wire.Warning([]byte(body)), without, body)
		_, with, sure := wire.DecodeWanted[warned]([]byte(body), 7)
		require.True(t, sure, body)
		assert.Equal(t, wire.Warning([]byte(body)), with, body)
	}
}
