package halopsa

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/halopsa-go/halopsa/internal/pattern"
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
// It is retried like every read, and held in memory up to [WithMaxResponseSize]; a truncated download is an error. If the Content-Disposition header
// of the response neither has a file name nor says that it is an attachment [seen], an HTML page is an error, since it comes from a proxy or a login
// page, and so is JSON that says that the request failed, which HaloPSA sends with status 200 [seen]. [WithQuery] adds parameters, and [WithHeader]
// another Accept than */*.
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
	disposition := header.Get("Content-Disposition")
	file := &File{Name: fileName(disposition), ContentType: header.Get("Content-Type")}
	attached := file.Name != "" || len(disposition) >= len("attachment") && strings.EqualFold(disposition[:len("attachment")], "attachment")
	if !attached || a.Unreadable != nil {
		if err := a.noFile(file.ContentType); err != nil {
			return nil, err
		}
	}
	file.Data = append([]byte{}, a.Text()...)
	return file, nil
}

// noFile returns the error of a response that is not the content that was asked for, although its status is that of a success.
func (a *answer) noFile(contentType string) error {
	text := wire.Trim(a.Text())
	beginning := bytes.ToLower(text[:min(len(text), 1024)])
	label := strings.ToLower(contentType)
	page := strings.Contains(label, "html") || bytes.Contains(beginning, []byte("<html")) || bytes.Contains(beginning, []byte("<!doctype html"))
	if page || a.Unreadable != nil { // a drawing in SVG and a file of XML are no pages
		if _, err := a.plain(); err != nil {
			return a.decodeError(err)
		}
	}
	_, failed := wire.Failure(text)
	if failed || strings.Contains(label, "json") && len(text) > 2 && text[0] == '"' && json.Valid(text) { // the server's words, alone
		return a.refusal(text, nil)
	}
	return nil
}

// unreadableName finds the file name in a header that is not as it should be: [mime.ParseMediaType] finds nothing in one without its quotes.
var unreadableName = pattern.Lazy(`(?i)(?:^|[;\s])filename\s*=\s*(?:"([^"]*)"|([^;]*))`)

// fileName returns the name in a Content-Disposition header, without what would lead out of a folder or cannot be seen.
func fileName(disposition string) string {
	_, parameters, err := mime.ParseMediaType(disposition)
	name := parameters["filename"]
	if err != nil {
		if found := unreadableName().FindStringSubmatch(disposition); found != nil {
			name = found[1] + found[2]
		}
	}
	if decoded, err := new(mime.WordDecoder).DecodeHeader(name); err == nil { // .NET writes other alphabets so
		name = decoded
	}
	if !utf8.ValidString(name) { // the charset of a header is Latin-1
		characters := make([]rune, 0, len(name))
		for _, c := range []byte(name) {
			characters = append(characters, rune(c))
		}
		name = string(characters)
	}
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
