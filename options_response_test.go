package halopsa_test

import (
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestResponseInto(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil, halopsa.WithBackoff(0, 0))
	server.Seed("IntegrationError", map[string]any{"error": "first"}, map[string]any{"error": "second"})
	header := http.Header{"X-Request-Id": {"r-1"}, "Retry-After": {"0"}}
	server.Fault(halopsatest.Fault{Status: http.StatusServiceUnavailable, Header: header, Body: "busy"})

	var first, second, none, failed *http.Response
	_, err := client.IntegrationError.Get(t.Context(), 1, nil, halopsa.WithResponseInto(&first))
	require.NoError(t, err)
	_, err = client.IntegrationError.Get(t.Context(), 2, nil, halopsa.WithResponseInto(&second))
	require.NoError(t, err)
	_, err = client.IntegrationError.Get(t.Context(), 3, nil, halopsa.WithResponseInto(&failed))
	require.ErrorIs(t, err, halopsa.ErrNotFound)
	server.Fault(halopsatest.Fault{Kind: halopsatest.Reset, Times: -1})
	_, err = client.IntegrationError.Get(t.Context(), 1, nil, halopsa.WithResponseInto(&none))
	require.Error(t, err)

	assert.Equal(t, http.StatusOK, first.StatusCode, "the last answer, not the 503 before it")
	body := readAll(t, first.Body)
	assert.Contains(t, body, `"error":"first"`, "a later call must not overwrite it")
	assert.Equal(t, int64(len(body)), first.ContentLength)
	assert.Equal(t, "application/json; charset=utf-8", first.Header.Get("Content-Type"))
	assert.Contains(t, readAll(t, second.Body), `"error":"second"`)
	assert.Equal(t, http.StatusNotFound, failed.StatusCode)
	assert.Contains(t, readAll(t, failed.Body), "The record was not found.")
	require.NoError(t, failed.Body.Close())
	assert.Nil(t, none, "there was no answer")

	token := strings.TrimPrefix(last(t, server).Header.Get("Authorization"), "Bearer ")
	require.NotEmpty(t, token)
	require.True(t, holds(reflect.ValueOf(server.Requests()), token, map[uintptr]bool{}), "the search must find what is there")
	for _, resp := range []*http.Response{first, second, failed} {
		assert.Nil(t, resp.Request)
		assert.False(t, holds(reflect.ValueOf(resp), token, map[uintptr]bool{}))
	}
}

// TestResponseIntoOfAWalk: each page overwrites the one before.
func TestResponseIntoOfAWalk(t *testing.T) {
	t.Parallel()
	client, server := newStandin(t, nil)
	server.Seed("IntegrationError", map[string]any{"error": "a"}, map[string]any{"error": "b"}, map[string]any{"error": "c"})
	var resp *http.Response
	seen := 0
	for page, err := range client.IntegrationError.Pages(t.Context(), &halopsa.IntegrationErrorListOptions{
		ListOptions: halopsa.ListOptions{PageSize: 1},
	}, halopsa.WithResponseInto(&resp)) {
		require.NoError(t, err)
		assert.Contains(t, readAll(t, resp.Body), `"error":"`+page.Records[0].Error+`"`)
		seen++
	}
	assert.Equal(t, 3, seen)
}

// holds reports whether text can be reached from v by any path.
func holds(v reflect.Value, text string, seen map[uintptr]bool) bool {
	switch v.Kind() {
	case reflect.String:
		return strings.Contains(v.String(), text)
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return false
		}
		seen[v.Pointer()] = true
		return holds(v.Elem(), text, seen)
	case reflect.Interface:
		return !v.IsNil() && holds(v.Elem(), text, seen)
	case reflect.Struct:
		for i := range v.NumField() {
			if holds(v.Field(i), text, seen) {
				return true
			}
		}
	case reflect.Slice, reflect.Array:
		if v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8 {
			return strings.Contains(string(v.Bytes()), text)
		}
		for i := range v.Len() {
			if holds(v.Index(i), text, seen) {
				return true
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			if holds(key, text, seen) || holds(v.MapIndex(key), text, seen) {
				return true
			}
		}
	}
	return false
}

func TestMaxResponseSize(t *testing.T) {
	t.Parallel()
	const body = `{"id":1,"error":"no such site"}`
	for name, length := range map[string]int64{"length known": int64(len(body)), "length unknown": -1} {
		for limit, fine := range map[int64]bool{int64(len(body)): true, int64(len(body)) - 1: false, 1: false} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				client, mock := mocked(t, halopsa.WithMaxResponseSize(limit))
				mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
					resp := respond(http.StatusOK, "application/json", body)
					resp.ContentLength = length
					return resp, nil
				})
				got, err := client.IntegrationError.Get(t.Context(), 1, nil)
				if fine {
					require.NoError(t, err)
					assert.Equal(t, "no such site", got.Error)
				} else {
					assert.ErrorContains(t, err, "the response is larger than the limit of")
					assert.ErrorContains(t, err, "WithMaxResponseSize raises the limit")
				}
				assert.Equal(t, 1, mock.GetTotalCallCount(), "it would be as large again")

				_, err = client.IntegrationError.Create(t.Context(), []halopsa.IntegrationErrorInput{{Error: halopsa.Set("x")}})
				if fine {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, halopsa.ErrOutcomeUnknown, "it has happened, but what was written is not known")
				}
			})
		}
	}
}

// TestMaxResponseSizeLeavesErrorsAlone: the status of an error matters more than its size, of which a part is enough.
func TestMaxResponseSizeLeavesErrorsAlone(t *testing.T) {
	t.Parallel()
	client, mock := mocked(t, halopsa.WithMaxResponseSize(10))
	for _, length := range []int{30, 64 << 10, 1 << 20} {
		mock.RegisterNoResponder(func(*http.Request) (*http.Response, error) {
			return respond(http.StatusNotFound, "text/plain", strings.Repeat("x", length)), nil
		})
		err := getOne(t.Context(), client)
		require.ErrorIs(t, err, halopsa.ErrNotFound)
		var refused *halopsa.APIError
		require.ErrorAs(t, err, &refused)
		assert.Len(t, refused.Body, min(length, 64<<10))
	}
}

// TestGzipBomb: the limit is one of bytes after decompression, so that a small response cannot fill the memory.
func TestGzipBomb(t *testing.T) {
	t.Parallel()
	const size = 32 << 20
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "gzip", r.Header.Get("Accept-Encoding"))
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		compressed := gzip.NewWriter(w)
		block := []byte(strings.Repeat(" ", 1<<20))
		for range size >> 20 {
			if _, err := compressed.Write(block); err != nil {
				return // the client has had enough
			}
		}
		_ = compressed.Close()
	}))
	defer server.Close()
	client, err := halopsa.NewClient(server.URL, halopsa.WithTokenSource(staticToken), halopsa.WithMaxResponseSize(1<<20))
	require.NoError(t, err)
	err = getOne(t.Context(), client)
	assert.ErrorContains(t, err, "the response is larger than the limit of 1048576 bytes")
}

func TestCompressedAnswer(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		compressed := gzip.NewWriter(w)
		_, _ = compressed.Write([]byte(`{"id":1,"error":"no such site"}`))
		_ = compressed.Close()
	}))
	defer server.Close()
	client, err := halopsa.NewClient(server.URL, halopsa.WithTokenSource(staticToken))
	require.NoError(t, err)
	got, err := client.IntegrationError.Get(t.Context(), 1, nil)
	require.NoError(t, err)
	assert.Equal(t, halopsa.IntegrationError{ID: 1, Error: "no such site"}, *got)
}
