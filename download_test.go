package halopsa_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

// TestDownload: bytes come as they are, whatever their label says, and what is not a file is an error.
func TestDownload(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := io.WriteString(w, "\xff\xfeplain")
	require.NoError(t, err)
	require.NoError(t, w.Close())
	tests := map[string]struct {
		header map[string]string
		body   string
		want   *halopsa.File
		fails  string
	}{
		"an image": {
			map[string]string{"Content-Type": "image/png", "Content-Disposition": `attachment; filename="logo.png"`},
			"\x89PNG\r\n\x1a\n\x00", &halopsa.File{Name: "logo.png", ContentType: "image/png", Data: []byte("\x89PNG\r\n\x1a\n\x00")}, "",
		},
		"a text that is not UTF-8, with a byte order mark": {
			map[string]string{"Content-Type": "text/csv; charset=iso-8859-1"}, "\xef\xbb\xbfM\xfcnchen",
			&halopsa.File{ContentType: "text/csv; charset=iso-8859-1", Data: []byte("\xef\xbb\xbfM\xfcnchen")}, "",
		},
		"a text in another charset": {
			map[string]string{"Content-Type": "text/csv; charset=iso-8859-1"}, "M\xfcnchen",
			&halopsa.File{ContentType: "text/csv; charset=iso-8859-1", Data: []byte("M\xfcnchen")}, "",
		},
		"compressed": {
			map[string]string{"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"}, packed.String(),
			&halopsa.File{ContentType: "application/octet-stream", Data: []byte("\xff\xfeplain")}, "",
		},
		"empty": {
			map[string]string{"Content-Type": "text/plain", "Content-Disposition": `attachment; filename=empty.txt`}, "",
			&halopsa.File{Name: "empty.txt", ContentType: "text/plain", Data: []byte{}}, "",
		},
		"a name in another alphabet": {
			map[string]string{"Content-Disposition": `attachment; filename="x.txt"; filename*=UTF-8''%E2%82%AC.txt`, "Content-Type": "text/plain"}, "x",
			&halopsa.File{Name: "€.txt", ContentType: "text/plain", Data: []byte("x")}, "",
		},
		"a name that leads elsewhere": {
			map[string]string{"Content-Disposition": `attachment; filename="..\\..\\C:evil.exe"`, "Content-Type": "text/plain"}, "x",
			&halopsa.File{Name: "evil.exe", ContentType: "text/plain", Data: []byte("x")}, "",
		},
		"a name of dots": {
			map[string]string{"Content-Disposition": `attachment; filename=".."`, "Content-Type": "text/plain"}, "x",
			&halopsa.File{ContentType: "text/plain", Data: []byte("x")}, "",
		},
		"a file of HTML": {
			map[string]string{"Content-Disposition": `attachment; filename="report.html"`, "Content-Type": "text/html"}, "<html></html>",
			&halopsa.File{Name: "report.html", ContentType: "text/html", Data: []byte("<html></html>")}, "",
		},
		"a file with an error in it": {
			map[string]string{"Content-Disposition": `attachment; filename="log.json"`, "Content-Type": "application/json"}, `{"error":"x"}`,
			&halopsa.File{Name: "log.json", ContentType: "application/json", Data: []byte(`{"error":"x"}`)}, "",
		},
		"JSON": {
			map[string]string{"Content-Type": "application/json"}, `{"id":5}`,
			&halopsa.File{ContentType: "application/json", Data: []byte(`{"id":5}`)}, "",
		},
		"a name without its quotes": {
			map[string]string{"Content-Disposition": `attachment; filename=my report.html`, "Content-Type": "text/html"}, "<html></html>",
			&halopsa.File{Name: "my report.html", ContentType: "text/html", Data: []byte("<html></html>")}, "",
		},
		"two names": {
			map[string]string{"Content-Disposition": `attachment; filename=../a.txt; filename=b.txt`, "Content-Type": "text/plain"}, "x",
			&halopsa.File{Name: "a.txt", ContentType: "text/plain", Data: []byte("x")}, "",
		},
		"a name as .NET writes it": {
			map[string]string{"Content-Disposition": `attachment; filename="=?utf-8?B?w6kudHh0?="`, "Content-Type": "text/plain"}, "x",
			&halopsa.File{Name: "é.txt", ContentType: "text/plain", Data: []byte("x")}, "",
		},
		"a name in Latin-1": {
			map[string]string{"Content-Disposition": "attachment; filename=\"M\xfcnchen.txt\"", "Content-Type": "text/plain"}, "x",
			&halopsa.File{Name: "München.txt", ContentType: "text/plain", Data: []byte("x")}, "",
		},
		"an attachment without a name": {
			map[string]string{"Content-Disposition": `Attachment`, "Content-Type": "text/html"}, "<html></html>",
			&halopsa.File{ContentType: "text/html", Data: []byte("<html></html>")}, "",
		},
		"a drawing": {
			map[string]string{"Content-Type": "image/svg+xml"}, "<svg/>",
			&halopsa.File{ContentType: "image/svg+xml", Data: []byte("<svg/>")}, "",
		},
		"XML": {
			map[string]string{"Content-Type": "application/xml"}, `<?xml version="1.0"?><invoice/>`,
			&halopsa.File{ContentType: "application/xml", Data: []byte(`<?xml version="1.0"?><invoice/>`)}, "",
		},
		"the server's words":  {map[string]string{"Content-Type": "application/json"}, `"Invalid Resource"`, nil, "Invalid Resource"},
		"a page of XHTML":     {map[string]string{"Content-Type": "application/octet-stream"}, `<?xml version="1.0"?><HTML><title>Sign in</title>`, nil, "Sign in"},
		"a login page":        {map[string]string{"Content-Type": "text/html"}, "<html><title>Sign in</title></html>", nil, "Sign in"},
		"an error":            {map[string]string{"Content-Type": "application/json"}, `{"error":"the file is gone"}`, nil, "the file is gone"},
		"an unknown encoding": {map[string]string{"Content-Encoding": "zstd", "Content-Disposition": `attachment; filename=x`}, "x", nil, `encoded as "zstd"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client := plainTenant(t, func(w http.ResponseWriter, r *http.Request) {
				assert.Equal(t, "/api/Attachment/5", r.URL.Path)
				assert.Equal(t, "includedetails=false", r.URL.RawQuery)
				assert.Equal(t, "*/*", r.Header.Get("Accept"))
				for name, value := range test.header {
					w.Header().Set(name, value)
				}
				_, _ = io.WriteString(w, test.body)
			})
			got, err := halopsa.Download(t.Context(), client, "Attachment/5", halopsa.WithQuery("includedetails", "false"))
			if test.fails != "" {
				require.ErrorContains(t, err, test.fails)
				assert.ErrorContains(t, err, "halopsa: Attachment.Download: GET /Attachment/5")
				assert.Nil(t, got)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

// TestDownloadThatBreaksOff is tried again, and is no success in the end.
func TestDownloadThatBreaksOff(t *testing.T) {
	t.Parallel()
	requests := 0
	broken := func(whole int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "6")
			w.Header().Set("Content-Disposition", "attachment; filename=x")
			if requests++; requests < whole {
				_, _ = io.WriteString(w, "abc")
				return
			}
			_, _ = io.WriteString(w, "abcdef")
		}
	}
	file, err := halopsa.Download(t.Context(), plainTenant(t, broken(3)), halopsa.PathAttachment+"/5")
	require.NoError(t, err)
	assert.Equal(t, "abcdef", string(file.Data))
	assert.Equal(t, 3, requests)

	requests = 0
	_, err = halopsa.Download(t.Context(), plainTenant(t, broken(100)), halopsa.PathAttachment+"/5")
	require.ErrorContains(t, err, "broke off after 3 bytes")

	_, err = halopsa.Download(t.Context(), plainTenant(t, answers(200, "image/png", "abcdef"), halopsa.WithMaxResponseSize(5)), "Attachment/5")
	require.ErrorContains(t, err, "larger than the limit of 5 bytes; WithMaxResponseSize raises the limit") // a file has no smaller page
	_, err = halopsa.Download(t.Context(), plainTenant(t, answers(404, "application/json", `{"message":"none"}`)), "Attachment/5")
	require.ErrorIs(t, err, halopsa.ErrNotFound)
	_, err = halopsa.Download(t.Context(), nil, "Attachment/5")
	require.ErrorIs(t, err, halopsa.ErrInvalid)
}
