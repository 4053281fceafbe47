package halopsa_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// recorder answers every request with body and keeps the URLs.
type recorder struct {
	body string
	urls []*url.URL
}

func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	r.urls = append(r.urls, req.URL)
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(r.body)), Request: req,
	}, nil
}

// recording returns a client whose requests are recorded.
func recording(t testing.TB, body string) (*halopsa.Client, *recorder) {
	t.Helper()
	sent := &recorder{body: body}
	client, err := halopsa.NewClient(standinURL, halopsa.WithTokenSource(staticToken),
		halopsa.WithHTTPClient(&http.Client{Transport: sent}), halopsa.WithoutRateLimit())
	require.NoError(t, err)
	return client, sent
}

// sentOrRefused returns the one URL of a call that was made, or nil for one that was refused with an *ArgumentError before it was.
func sentOrRefused(t *testing.T, sent *recorder, err error) *url.URL {
	t.Helper()
	if err != nil {
		var argument *halopsa.ArgumentError
		require.ErrorAs(t, err, &argument)
		require.Empty(t, sent.urls)
		return nil
	}
	require.Len(t, sent.urls, 1)
	return sent.urls[0]
}

// FuzzPath: a path and an id name one record below /api or are refused: nothing in them can name another path, more of it, or a query.
func FuzzPath(f *testing.F) {
	for _, seed := range [][2]string{
		{"Tickets", "12"},
		{"/IntegrationExport/", "halo"},
		{"a/b c", "é"},
		{"Tickets", ""},
		{"", "1"},
		{"Tickets", ".."},
		{"..", "1"},
		{"Tickets/../Users", "1"},
		{"Tickets", "1/2"},
		{"Tickets", "1%2F2"},
		{"Tickets?x=1", "1"},
		{"Tickets", "1?x=1#y"},
		{"Tickets", "%2e%2e"},
		{"//", "\x00"},
		{"Tickets", "a\r\nHost: b"},
		{"\xff", "\xfe"},
		{"a//b", " "},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, path, id string) {
		client, sent := recording(t, `{"found":true}`)
		_, err := halopsa.GetOf[map[string]any](context.Background(), client, path, id)
		got := sentOrRefused(t, sent, err)
		if got == nil {
			return
		}
		assert.Equal(t, "standin.localhost", got.Host)
		assert.Empty(t, got.RawQuery)
		assert.Empty(t, got.Fragment)
		want := append([]string{"", "api"}, strings.Split(strings.Trim(path, "/"), "/")...)
		want = append(want, id)
		segments := strings.Split(got.EscapedPath(), "/")
		for i, segment := range segments {
			plain, err := url.PathUnescape(segment)
			require.NoError(t, err)
			segments[i] = plain
			assert.NotContains(t, []string{".", ".."}, plain)
			assert.True(t, i == 0 || strings.TrimSpace(plain) != "", "segment %d of %q is empty", i, got.EscapedPath())
		}
		assert.Equal(t, want, segments)
	})
}

// FuzzSort: what is asked for is what is sent, under the API's names, or the keys are refused.
func FuzzSort(f *testing.F) {
	f.Add("date", "id", "", uint8(2), uint8(1))
	f.Add("date", "Date", "", uint8(2), uint8(0))
	f.Add(" id ", "x", "y", uint8(5), uint8(0xff))
	f.Add("a&order=b", "c=d", "é\xff", uint8(3), uint8(2))
	f.Add("a", "b", "c", uint8(6), uint8(0))
	f.Add("", "", "", uint8(0), uint8(0))
	f.Fuzz(func(t *testing.T, first, second, rest string, n, desc uint8) {
		var keys []halopsa.SortKey
		for i := range int(n % 8) {
			field := rest + strconv.Itoa(i)
			switch i {
			case 0:
				field = first
			case 1:
				field = second
			}
			keys = append(keys, halopsa.SortKey{Field: field, Desc: desc&(1<<i) != 0})
		}
		client, sent := recording(t, `{"record_count":0,"errors":[]}`)
		_, err := halopsa.ListOf[map[string]any](context.Background(), client, "Tickets", halopsa.WithSort(keys...))
		got := sentOrRefused(t, sent, err)
		distinct := map[string]bool{}
		for _, key := range keys {
			distinct[strings.ToLower(strings.TrimSpace(key.Field))] = true
		}
		assert.Equal(t, len(keys) > 5 || len(distinct) != len(keys) || distinct[""], got == nil, "%q", keys)
		if got == nil {
			return
		}
		want := url.Values{}
		if len(keys) == 0 {
			want.Set("order", "id")
		}
		for i, key := range keys {
			number := ""
			if i > 0 {
				number = strconv.Itoa(i + 1)
			}
			want.Set("order"+number, strings.TrimSpace(key.Field))
			if key.Desc {
				want.Set("orderdesc"+number, "true")
			}
		}
		query, err := url.ParseQuery(got.RawQuery)
		require.NoError(t, err)
		for name := range query {
			if !strings.HasPrefix(name, "order") {
				query.Del(name)
			}
		}
		assert.Equal(t, want, query)
	})
}

// letters is a name without what its spellings differ in.
func letters(name string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), ""))
}

// FuzzQuery: filters arrive at the server as they were given, and none of them can add or change another parameter.
func FuzzQuery(f *testing.F) {
	f.Add(int64(3), "a value", "name", "value", true)
	f.Add(int64(-1), "a&b=c#d", "x&y", "é\xff", false)
	f.Add(int64(0), "+%20", "xmvalue", "\r\n;", false)
	f.Add(int64(0), "", "", "", false)
	f.Add(int64(0), "", "Product-ID", "3", false)
	f.Fuzz(func(t *testing.T, product int64, xmValue, name, value string, sync bool) {
		client, sent := recording(t, `[]`)
		_, err := client.IntegrationFieldMapping.List(context.Background(), &halopsa.IntegrationFieldMappingListOptions{
			ProductID: product, XMValue: xmValue, SyncFields: halopsa.Set(sync),
		}, halopsa.WithQuery(name, value))
		got := sentOrRefused(t, sent, err)
		misspelled := slices.ContainsFunc(strings.Fields("msid product_id subtypeid syncfields typeid xmvalue"), func(documented string) bool {
			return name != documented && letters(name) == letters(documented)
		})
		assert.Equal(t, name == "" || product < 0 || misspelled, got == nil)
		if got == nil {
			return
		}
		want := url.Values{"syncfields": {strconv.FormatBool(sync)}}
		if product != 0 {
			want.Set("product_id", strconv.FormatInt(product, 10))
		}
		if xmValue != "" {
			want.Set("xmvalue", xmValue)
		}
		want.Set(name, value)
		query, err := url.ParseQuery(got.RawQuery)
		require.NoError(t, err)
		assert.Equal(t, want, query)
	})
}
