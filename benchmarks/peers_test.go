package main

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// TestPeersReadTheSameRecords is what makes the figures comparable: every client returns the same hundred records, to the last member.
func TestPeersReadTheSameRecords(t *testing.T) {
	t.Parallel()
	written := corpus(longestPage)
	content := newPages(written)
	server := newTenant(content).start(false)
	t.Cleanup(server.Close)
	for _, p := range slices.Concat(peers(), builds()) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			over := map[string]struct {
				base string
				hc   *http.Client // of lists
				one  *http.Client // of single records
			}{
				"loopback": {server.URL + scenario{records: 250}.path(), nil, nil},
				"memory": {
					memoryBase, memoryClient(content.appendPage(nil, 2, usualPage, 250)), memoryClient(content.appendRecord(nil, 16)),
				},
			}
			for where, o := range over {
				lists, err := p.dial(o.base, o.hc)
				require.NoError(t, err, where)
				got, err := lists.list(t.Context(), 2, usualPage)
				require.NoError(t, err, where)
				assert.Equal(t, 250, got.Count(), where)
				require.Equal(t, usualPage, got.Rows(), where)
				for i, r := range got.Records() {
					require.Equal(t, written[usualPage+i], r, where)
				}

				records, err := p.dial(o.base, o.one)
				require.NoError(t, err, where)
				one, err := records.get(t.Context(), idAt(16))
				require.NoError(t, err, where)
				assert.Equal(t, 1, one.Rows(), where)
				assert.Equal(t, written[16:17], one.Records(), where)
			}
		})
	}
}

// TestPeersFailOnARefusal makes sure that no client takes an error for a fast response.
func TestPeersFailOnARefusal(t *testing.T) {
	t.Parallel()
	server := newTenant(newPages(corpus(1))).start(false)
	t.Cleanup(server.Close)
	for _, p := range slices.Concat(peers(), builds()) {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			call, err := p.dial(server.URL+scenario{records: 1}.path(), nil)
			require.NoError(t, err)
			_, err = call.get(t.Context(), idAt(1)) // beyond the list: 404
			require.Error(t, err)
			require.Error(t, call.once(t.Context(), usualPage), "a page of one record is no page of 100")
		})
	}
}

// TestRecordIsOurRecord keeps what the others decode into equal to ours, member for member. Extra, the last, is no member of its own.
func TestRecordIsOurRecord(t *testing.T) {
	t.Parallel()
	for name, pair := range map[string][2]reflect.Type{
		"record": {reflect.TypeFor[Record](), reflect.TypeFor[halopsa.IntegrationRequest]()},
		"trace":  {reflect.TypeFor[Trace](), reflect.TypeFor[halopsa.Trace]()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, "Extra", pair[1].Field(pair[1].NumField()-1).Name)
			require.Equal(t, pair[1].NumField()-1, pair[0].NumField())
			for i := range pair[0].NumField() {
				assert.Equal(t, pair[1].Field(i).Name, pair[0].Field(i).Name)
				assert.Equal(t, pair[1].Field(i).Tag, pair[0].Field(i).Tag)
				assert.Equal(t, pair[1].Field(i).Type.Kind(), pair[0].Field(i).Type.Kind(), pair[0].Field(i).Name)
			}
		})
	}
}

// TestCorpus keeps the page what the report says it is, and every member in use: one that is always empty would be compared needlessly.
func TestCorpus(t *testing.T) {
	t.Parallel()
	records := corpus(usualPage)
	page := newPages(records).appendPage(nil, 1, usualPage, usualPage)
	assert.InDelta(t, 170<<10, len(page), 8<<10)
	assert.Equal(t, records, corpus(usualPage), "the same each time")
	require.True(t, json.Valid(page))
	assert.Greater(t, len([]byte(records[1].RequestBody)), len([]rune(records[1].RequestBody)), "not ASCII alone")

	used := make(map[string]bool)
	for _, r := range records {
		v := reflect.ValueOf(r)
		for i := range v.NumField() {
			used[v.Type().Field(i).Name] = used[v.Type().Field(i).Name] || !v.Field(i).IsZero()
		}
	}
	for member, set := range used {
		assert.True(t, set, "%s is empty in every record", member)
	}
}
