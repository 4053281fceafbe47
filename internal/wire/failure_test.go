package wire_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa/internal/wire"
)

func TestFailure(t *testing.T) {
	t.Parallel()
	const guid = "00000000-0000-0000-0000-000000000000"
	for body, want := range map[string]string{
		`{"error":"no access"}`:                                       "no access",
		`{"Error":"no access"}`:                                       "no access",
		"\xef\xbb\xbf {\"error\":\"x\"} ":                             "x",
		`{"error":{"code":5,"message":"no access"}}`:                  "no access",
		`{"error":{"code":5}}`:                                        "",
		`{"error":["no access",null]}`:                                "no access",
		`{"error":true,"message":"no access"}`:                        "no access",
		`{"error":5,"message":"no access"}`:                           "no access",
		`{"errors":["a","b"]}`:                                        "a; b",
		`{"errors":[{"message":"a"}]}`:                                "a",
		`{"errors":{"id":["bad"]}}`:                                   "id: bad",
		`{"record_count":1,"errors":[1]}`:                             "1",
		`{"load_error":"no such column"}`:                             "no such column",
		`{"LoadError":"no such column"}`:                              "no such column",
		`{"resultCode":1,"errorMessage":"not stored"}`:                "not stored",
		`{"result_code":"7","error_message":""}`:                      "",
		`{"errorMessage":"not stored"}`:                               "not stored",
		`{"error":"a","error_description":"b"}`:                       "a: b",
		`{"error_description":"b"}`:                                   "b",
		`{"Message":"An error.","ExceptionMessage":"no column"}`:      "An error: no column",
		`{"ClassName":"System.Exception","Message":null}`:             "System.Exception",
		`{"ClassName":"System.Exception","Message":"no column"}`:      "no column",
		`{"title":"Not valid.","errors":{"order":["bad"]}}`:           "Not valid; order: bad",
		`{"title":"Bad Request","status":400}`:                        "Bad Request",
		`{"title":"Bad Request","status":"404","detail":"no"}`:        "Bad Request: no",
		`{"success":false}`:                                           "",
		`{"_success":"False","message":"locked"}`:                     "locked",
		`{"success":0,"id":5}`:                                        "",
		`{"id":7,"_success":false,"message":"locked"}`:                "locked",
		`{"id":0,"message":"not stored"}`:                             "not stored",
		`{"id":"0","message":"not stored"}`:                           "not stored",
		`{"id":"","message":"not stored"}`:                            "not stored",
		`{"id":null,"message":"not stored"}`:                          "not stored",
		`{"id":-1,"message":"not stored"}`:                            "not stored",
		`{"id":"` + guid + `","error":"not stored"}`:                  "not stored",
		`{"status":"error","message":"no access","data":{"id":null}}`: "no access",
		`{"message":"no access"}`:                                     "no access",
		`{"status":"failed"}`:                                         "",
		`{"query_error":"no access"}`:                                 "no access",
		`{"validationErrors":["no access"]}`:                          "validationErrors: no access",
		`{"Exception":{"Message":"no access"}}`:                       "no access",
		`{"fault":{"faultstring":"no access"}}`:                       "no access",
		`{"isError":true,"message":"no access"}`:                      "no access",
		`{"ok":false}`:                                                "",
		`{"errorCode":5,"message":"no access"}`:                       "no access",
		`{"status":500,"detail":"no access"}`:                         "no access",
		`{"failed":[{"error":"no access"}]}`:                          "failed: no access",
		`{"message":["no access"]}`:                                   "no access",
		`{"errors":"no access"}`:                                      "no access",
	} {
		message, failed := wire.Failure([]byte(body))
		assert.True(t, failed, body)
		assert.Equal(t, want, message, body)
	}
	for _, body := range []string{
		`{"id":7,"error":"404 Not Found"}`, `{"error":"404 Not Found","ID":"a-7"}`, `{"id":"12","errors":["x"]}`, `{"id":7,"message":"hello"}`,
		`{"error":""}`, `{"error":null}`, `{"error":" "}`, `{"error":false}`, `{"error":{}}`, `{"error":[]}`, `{"error":{"code":0,"message":null}}`, `{"error":5}`,
		`{"errors":[]}`, `{"errors":{}}`, `{"errors":null}`, `{"errors":3}`, `{"errors":[null,""]}`, `{"errors":[{"id":5}]}`, `{"load_error":null}`, `{"message":5}`, `{"message":""}`,
		`{"resultCode":0,"errorMessage":""}`, `{"resultCode":200}`, `{"ClassName":"4b"}`, `{"title":"Mr","status":1}`, `{"status":500}`, `{"title":"Mr"}`,
		`{"success":true}`, `{"success":null}`, `{"success":""}`, `{"success":1}`, `{}`, `[{"error":"no access"}]`, `"no access"`, `false`, `null`, ``,
		`{"error":"no access"`, `{"error":?}`, `{"error":"x"}{}`,
		`{"error":"OK"}`, `{"error":"No error."}`, `{"message":"Deleted"}`, `{"success":true,"message":"2 saved"}`, `{"resultCode":0,"errorMessage":"Success"}`,
		`{"errorCode":0,"message":"2 saved"}`, `{"error_count":3}`, `{"errorCode":5}`, `{"isError":false,"failed":0}`, `{"failed":2}`, `{"ok":true}`, `{"statusCode":403}`,
	} {
		message, failed := wire.Failure([]byte(body))
		assert.False(t, failed, body)
		assert.Empty(t, message, body)
	}
}
