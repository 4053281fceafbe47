package wire_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/internal/wire"
)

func TestErrorMessage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ contentType, body, want string }{
		"OAuth":                  {"application/json", `{"error":"invalid_client","error_description":"The client is not known."}`, "invalid_client: The client is not known."},
		"OAuth, code alone":      {"application/json", `{"error":"invalid_scope","error_uri":"https://x"}`, "invalid_scope"},
		"OAuth, the same twice":  {"application/json", `{"error":"denied","error_description":" denied "}`, "denied"},
		"error that is nothing":  {"application/json", `{"error":null,"message":"no access"}`, "no access"},
		"error that is empty":    {"application/json", `{"error":"","message":"no access"}`, "no access"},
		"error object":           {"application/json", `{"error":{"code":5,"message":"no access"}}`, "no access"},
		"error array":            {"application/json", `{"error":["no access","no role"]}`, "no access; no role"},
		"error number":           {"application/json", `{"error":5,"message":"no access"}`, "no access"},
		"message":                {"application/json", `{"message":"no such order"}`, "no such order"},
		"Message":                {"application/json", `{"Message":"no such order"}`, "no such order"},
		"two spellings":          {"application/json", `{"MESSAGE":"a","message":"c","Message":"b"}`, "c"},
		"exception":              {"application/json", `{"Message":"An error has occurred.","ExceptionMessage":"no column x","ExceptionType":"T","StackTrace":"at X"}`, "An error has occurred: no column x"},
		"exception, the same":    {"application/json", `{"Message":"no column x","ExceptionMessage":"no column x"}`, "no column x"},
		"ExceptionMessage alone": {"application/json", `{"ExceptionMessage":"no column x"}`, "no column x"},
		"ClassName and Message":  {"application/json", `{"ClassName":"System.Exception","Message":"no column x","InnerException":null}`, "no column x"},
		"ClassName alone":        {"application/json", `{"ClassName":"System.Exception","Message":null}`, "System.Exception"},
		"error and message":      {"application/json", `{"status":400,"error":"Bad Request","message":["too long","no unit"]}`, "Bad Request: too long; no unit"},
		"inner error":            {"application/json", `{"error":{"message":"a","innererror":{"message":"b"},"details":[{"target":"value","message":"c"}]}}`, "a: b; value: c"},
		"errors with members":    {"application/json", `{"errors":[{"field":"value","message":"too long"},{"propertyName":"Type","errorMessage":"no"}]}`, "value: too long; Type: no"},
		"validation and a trace": {"application/json", `{"id":["not valid"],"traceId":"x"}`, "id: not valid"},
		"exception object":       {"application/json", `{"Exception":{"Message":"a","InnerException":{"Message":"b"}}}`, "a: b"},
		"problem details": {
			"application/problem+json", `{"type":"about:blank","title":"Bad Request","status":400,"detail":"order is not a field","traceId":"0"}`, "Bad Request: order is not a field",
		},
		"problem details with errors": {
			"application/problem+json", `{"title":"Not valid.","status":400,"errors":{"page_no":["not a number","too small"],"$.id":["not a number"]}}`,
			"Not valid; $.id: not a number; page_no: not a number; too small",
		},
		"errors that are texts":    {"application/json", `{"errors":{"id":"bad","name":null}}`, "id: bad; name"},
		"errors in an array":       {"application/json", `{"errors":[{"message":"a"},"b",{"message":"a"}]}`, "a; b"},
		"errors that are a number": {"application/json", `{"errors":5,"title":"Bad Request"}`, "Bad Request"},
		"array":                    {"application/json", `[{"error":"a"},"b",null,{}]`, "a; b"},
		"JSON text":                {"application/json", `"Invalid \"order\"\r\n\tat line 5"`, `Invalid "order" at line 5`},
		"JSON number":              {"application/json", `42`, "42"},
		"JSON literal":             {"application/json", `true`, "true"},
		"null":                     {"application/json", `null`, ""},
		"empty JSON text":          {"application/json", `""`, ""},
		"empty object":             {"application/json", `{}`, ""},
		"unknown object":           {"application/json", `{"status":400,"trace":{"message":"x"}}`, ""},
		"no content type":          {"", `{"message":"no access"}`, "no access"},
		"wrong content type":       {"text/html", `{"message":"no access"}`, "no access"},
		"byte order mark":          {"application/json", "\xef\xbb\xbf {\"message\":\"no access\"}\r\n", "no access"},
		"escapes in JSON":          {"application/json", `{"message":"a\u0000b\u001b[31mc\u2028d\ud83d"}`, "a b [31mc d\ufffd"},
		"cut JSON":                 {"application/json", `{"message":"no acc`, `{"message":"no acc`},
		"text":                     {"text/plain", "  The service\r\n is\tunavailable. ", "The service is unavailable."},
		"text with controls":       {"text/plain", "a\x00b\x1b[0m\x7fc\u0085d", "a b [0m c d"},
		"text that is not UTF-8":   {"text/plain", "Gr\xf6\xdfe", "Gr\ufffde"},
		"empty":                    {"text/plain", "", ""},
		"white space":              {"text/plain", " \r\n\t", ""},
		"HTML with a title": {
			"text/html; charset=utf-8", "<html><head><TITLE lang=en>\n 504 Gateway &amp;\n Time-out </TITLE></head><body>nginx</body></html>", "504 Gateway & Time-out",
		},
		"HTML with tags in its title": {"text/html", `<title><b>502</b> Bad<br>Gateway</title>`, "502 Bad Gateway"},
		"HTML without a title": {
			"text/html", "<html><style>p{}</style><SCRIPT>var x='<p>';</SCRIPT><!-- <p>no</p> --><h1>502</h1><p>Bad&nbsp;Gateway</p></html>", "502 Bad Gateway",
		},
		"HTML with other titles":     {"text/html", "<!-- <title>a</title> --><svg><title>b</title></svg><title>c</title>", "c"},
		"HTML with an empty title":   {"TEXT/HTML", "  <title> </title><p>down</p>", "down"},
		"HTML by its first byte":     {"application/json", "<p>down</p>", "down"},
		"HTML by its type":           {"TEXT/HTML", "down <b>for</b> repair", "down for repair"},
		"HTML that writes a control": {"text/html", "<p>a&#27;b&#0;c</p>", "a b\ufffdc"},
		"HTML of tags alone":         {"text/html", "<html><br></html>", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, wire.ErrorMessage(test.contentType, []byte(test.body)))
		})
	}
}

func TestErrorMessageIsCut(t *testing.T) {
	t.Parallel()
	const longest = 500
	assert.Equal(t, strings.Repeat("ß", longest), wire.ErrorMessage("", []byte(strings.Repeat("ß", longest))))
	assert.Equal(t, strings.Repeat("ß", longest-1)+"…", wire.ErrorMessage("", []byte(strings.Repeat("ß", longest+1))))
}

// FuzzErrorMessage: whatever an error's body holds, the message is one line of text that is not too long.
func FuzzErrorMessage(f *testing.F) {
	for _, seed := range []string{
		`{"error":"a","error_description":"b"}`, `{"Message":"a\nb","ExceptionMessage":"\u001b[2J"}`, `{"errors":{"a":["b",{"c":5}],"\u2028":null}}`,
		`{"error":{"error":{"error":["x"]}}}`, `"\ud800"`, `[[["a"]],{"title":"b","detail":"c"}]`, "<title>&#x85;&#8232;</title>", "<script>", "<!--", "\xff\xfe\x00",
		strings.Repeat("ß ", 600), "", "null", "1e999", `{"classname":"\u00a0"}`,
	} {
		f.Add("application/json", []byte(seed))
		f.Add("text/html", []byte(seed))
	}
	f.Fuzz(func(t *testing.T, contentType string, body []byte) {
		message := wire.ErrorMessage(contentType, body)
		require.True(t, utf8.ValidString(message))
		require.LessOrEqual(t, utf8.RuneCountInString(message), 500)
		require.Equal(t, strings.TrimSpace(message), message)
		for _, r := range message {
			require.True(t, r == ' ' || !unicode.IsSpace(r) && !unicode.IsControl(r), "%U", r)
		}
		require.Equal(t, message, wire.ErrorMessage(contentType, body), "the same each time")
	})
}
