package halopsatest_test

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// TestThePageIsTheCode: each block of the page is in page_test.go as it stands there, and so compiles and passes.
func TestThePageIsTheCode(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("README.md")
	require.NoError(t, err)
	code, err := os.ReadFile("page_test.go")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)\n```go\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	require.Len(t, blocks, 4)
	for _, block := range blocks {
		assert.Contains(t, string(code), block[1])
		if strings.Contains(block[1], "504") {
			assert.Less(t, strings.Count(block[1], "\n"), 20, "lines of the test for a 504")
		}
	}
}

// midWalk504 is a client of a stand-in with 250 errors that answers 504 from the second page on, so many times.
func midWalk504(t *testing.T, times int) *halopsa.Client {
	t.Helper()
	server := halopsatest.NewServer()
	t.Cleanup(server.Close)
	for range 250 {
		server.Seed("IntegrationError", map[string]any{"module_id": 12})
	}
	server.Fault(halopsatest.Fault{Resource: "IntegrationError", After: 1, Times: times, Kind: halopsatest.HTML504})
	client, err := halopsa.NewClient(server.URL(), halopsa.WithBackoff(0, 0),
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	require.NoError(t, err)
	return client
}

// TestThePagesBugIsSeen: without its check PerModule takes part of the log for all of it, as the page says.
func TestThePagesBugIsSeen(t *testing.T) {
	t.Parallel()
	careless := func(ctx context.Context, log ErrorLog) (map[int64]int, error) {
		counts := make(map[int64]int)
		for e, err := range log.All(ctx, nil) {
			if err != nil {
				break
			}
			counts[e.ModuleID]++
		}
		return counts, nil
	}
	got, err := careless(t.Context(), midWalk504(t, -1).IntegrationError)
	require.NoError(t, err)
	assert.Equal(t, map[int64]int{12: 100}, got)

	got, err = PerModule(t.Context(), midWalk504(t, 2).IntegrationError)
	require.NoError(t, err)
	assert.Equal(t, map[int64]int{12: 250}, got)
}

func TestSequences(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	collect := func(most int, seq func(func(string, error) bool)) (records []string, errs []error) {
		for record, err := range seq {
			records, errs = append(records, record), append(errs, err)
			if len(records) == most {
				break
			}
		}
		return records, errs
	}
	for name, test := range map[string]struct {
		seq     func(func(string, error) bool)
		most    int
		records []string
		errs    []error
	}{
		"none":              {halopsatest.Records[string](), -1, nil, nil},
		"two":               {halopsatest.Records("a", "b"), -1, []string{"a", "b"}, []error{nil, nil}},
		"break":             {halopsatest.Records("a", "b"), 1, []string{"a"}, []error{nil}},
		"error only":        {halopsatest.RecordsThenError[string](boom), -1, []string{""}, []error{boom}},
		"record and error":  {halopsatest.RecordsThenError(boom, "a"), -1, []string{"a", ""}, []error{nil, boom}},
		"break at the last": {halopsatest.RecordsThenError(boom, "a"), 1, []string{"a"}, []error{nil}},
		"no error":          {halopsatest.RecordsThenError(nil, "a"), -1, []string{"a"}, []error{nil}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for range 2 { // it can be ranged over again
				records, errs := collect(test.most, test.seq)
				assert.Equal(t, test.records, records)
				assert.Equal(t, test.errs, errs)
			}
		})
	}
}
