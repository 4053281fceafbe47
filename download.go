package halopsa

import (
	"context"
	"mime"
	"net/http"
	"strings"
	"unicode"

	"github.com/halopsa-go/halopsa/internal/retry"
	"github.com/halopsa-go/halopsa/internal/wire"
)

// File is what [Download] returns.
type File struct {
	// Name is the file's name as the response gives it, without a folder. It is empty where the response has none.
	Name string
	// ContentType is the response's, such as "image/png"; it can be empty.
	ContentType string
	// Data is the content, byte for byte: a charset is not looked at. It is the caller's.
	Data []byte
}

// Download reads content that is not JSON, such as the attachment at "Attachment/12".
//
// It is retried like every read, and held in memory up to [WithMaxResponseSize]; a truncated download is an error. If the response has no file
// name in its Content-Disposition header [seen], an HTML page is an error, since it comes from a proxy or a login page, and so is JSON that says
// that the request failed, which HaloPSA sends with status 200 [seen]. [WithQuery] adds parameters, and [WithHeader] another Accept than */*.
//
// API: GET /Attachment/{id}
func Download(ctx context.Context, client *Client, path string, opts ...RequestOption) (*File, error) {
	resource, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
	r, err := client.prepare(endpointAt(resource).op("Download"), path, opts)
	if err != nil {
		return nil, err
	}
	r.method, r.kind, r.binary = http.MethodGet, retry.Read, true
	if r.conf.header.Get("Accept") == "" {
		conf := *r.conf
		if conf.header = conf.header.Clone(); conf.header == nil {
			conf.header = make(http.Header)
		}
		conf.header.Set("Accept", "*/*")
		r.conf = &conf
	}
	a, err := client.do(ctx, r)
	if err != nil {
		return nil, err
	}
	defer a.release()
	header := a.Response.Header
	file := &File{Name: fileName(header.Get("Content-Disposition")), ContentType: header.Get("Content-Type")}
	if file.Name == "" || a.Unreadable != nil {
		body, err := a.plain()
		if err != nil {
			return nil, a.decodeError(err)
		}
		if text := wire.Trim(body); len(text) > 0 && text[0] == '{' {
			if _, failed := wire.Failure(text); failed {
				return nil, a.refusal(text, nil)
			}
		}
	}
	file.Data = append([]byte{}, a.Text()...)
	return file, nil
}

// fileName returns the name in a Content-Disposition header, without what would lead out of a folder or cannot be seen.
func fileName(disposition string) string {
	_, parameters, err := mime.ParseMediaType(disposition)
	if err != nil {
		return ""
	}
	name := parameters["filename"]
	name = name[strings.LastIndexAny(name, `/\:`)+1:]
	name = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, name))
	if strings.Trim(name, ".") == "" {
		return ""
	}
	return name
}
