package wire

import (
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// Failure reports whether one JSON value that came with a status of success says that the request failed, and in which words. The words are
// "" where it gives none. They are cut: a secret in the body must be hidden before.
//
// Members that say so, in any case and with or without underscores: one whose name ends in error, errors, exception, fault or the message of
// one, such as load_error; a flag such as isError or failed; success, or a word for it, that is false; a status that is a word for failure;
// resultCode or errorCode other than 0 with a message; ClassName with Message; title or detail with a status of 400 or more; a message where
// nothing else is and no success is claimed. A value that is null, empty, or a word such as OK says nothing. [seen, live]
//
// An object with an id is a record, whose member error is data, as that of an IntegrationError is. Only success: false outweighs the id.
// An id of 0, "0", "" or an empty GUID does not count.
func Failure(body []byte) (message string, failed bool) {
	if said := failureOf(body); said != nil {
		return said.Message, true
	}
	return "", false
}

// failureOf returns the error that a JSON value is, or nil, as [Failure] says.
func failureOf(body []byte) *PayloadError {
	s := loose.ScannerOf(loose.Trim(body))
	defer s.Free()
	if s.Space() != '{' {
		return nil
	}
	if !suspect(s) {
		return nil
	}
	var f failure
	err := s.Object(func(name []byte) *loose.Error {
		member := string(name)
		s.Space()
		raw, err := s.Skip()
		if err == nil {
			f.note(member, raw)
		}
		return err
	})
	if err == nil {
		err = s.End()
	}
	if err != nil || !f.sure() && !f.vague() {
		return nil
	}
	return f.payload()
}

// suspect reports whether the object that comes next has a member without which it is no error, and leaves it unread. Most records have none, and the
// look takes no memory.
func suspect(s *loose.Scanner) bool {
	begin := s.At
	defer func() { s.At = begin }()
	var room [64]byte
	found := false
	err := s.Object(func(name []byte) *loose.Error {
		key := room[:0]
		for _, c := range name {
			switch {
			case c == '_':
				continue
			case c >= utf8.RuneSelf || len(key) == len(room):
				found = true // for [keyOf] to say
			case 'A' <= c && c <= 'Z':
				c += 'a' - 'A'
			}
			if len(key) < len(room) {
				key = append(key, c)
			}
		}
		found = found || decisive(key)
		_, err := s.Skip()
		return err
	})
	return found && err == nil
}

// decisive reports whether only an object with a member of this name can be an error; the others only tell with one of these what it means.
func decisive(key []byte) bool {
	switch string(key) {
	case "success", "succeeded", "successful", "issuccess", "issuccessful", "ok", "iserror", "haserror", "haserrors", "failed", "message", "status", "statuscode":
		return true
	}
	for _, end := range errorEndings {
		if len(key) >= len(end) && string(key[len(key)-len(end):]) == end {
			return true
		}
	}
	return false
}

// failure gathers, member by member, whether an object says that a request failed.
type failure struct {
	record  bool // has a real id
	refused bool // success is false
	granted bool // success is true
	error   bool // has a member that only errors have
	text    bool // has a message
	halves  half
	said    []said
}

// half is a member that says something only together with another one.
type half uint8

const (
	hasMessage half = 1 << iota
	hasErrorMessage
	hasClassName
	hasTitle
	badStatus
	badCode
)

// said is a member as it came.
type said struct {
	name string
	raw  []byte
}

// sure reports whether the object says that the request failed, whatever else is in it.
func (f *failure) sure() bool {
	both := func(h half) bool { return f.halves&h == h }
	return f.refused || !f.record && (f.error || both(hasClassName|hasMessage) || both(hasTitle|badStatus) || both(badCode|hasErrorMessage) ||
		f.text && f.halves&(badCode|badStatus) != 0)
}

// vague reports whether the object has a message, which is an error unless there is something else that was asked for.
func (f *failure) vague() bool { return f.text && !f.record && !f.granted }

// longestSaid is how long a member may be that goes into the words of a failure.
const longestSaid = 32 << 10

// note takes a member of the object.
func (f *failure) note(name string, raw []byte) {
	key := keyOf(name)
	set := func(h half, on bool) {
		if on {
			f.halves |= h
		}
	}
	switch key {
	case "id":
		f.record = f.record || !strings.Contains(name, "_") && realID(raw)
	case "success":
		f.refused = f.refused || isFalse(raw)
		f.granted = f.granted || isTrue(raw)
	case "succeeded", "successful", "issuccess", "issuccessful", "ok":
		f.error = f.error || isFalse(raw)
		f.granted = f.granted || isTrue(raw)
	case "iserror", "haserror", "haserrors", "failed":
		f.error = f.error || isTrue(raw) || key == "failed" && raw[0] != 'f' && !isNumber(raw) && says(raw) && !listsRecords(raw)
	case "error":
		f.error = f.error || !isNumber(raw) && says(raw) && !listsRecords(raw)
	case "message":
		set(hasMessage, true)
		f.text = f.text || raw[0] != 't' && !isNumber(raw) && says(raw)
	case "classname", "exceptiontype":
		set(hasClassName, raw[0] == '"' && says(raw))
	case "title", "detail":
		set(hasTitle, raw[0] == '"' && says(raw))
	case "status", "statuscode":
		n, ok := integerOf(raw)
		set(badStatus, ok && n >= 400)
		f.error = f.error || slices.Contains([]string{`"error"`, `"fail"`, `"failed"`, `"failure"`}, strings.ToLower(string(raw)))
	case "resultcode", "errorcode":
		n, ok := integerOf(raw)
		set(badCode, ok && n != 0)
		f.granted = f.granted || ok && n == 0 && isNumber(raw)
	default:
		f.error = f.error || endsAsError(key) && raw[0] != 't' && !isNumber(raw) && says(raw) && !listsRecords(raw)
		set(hasErrorMessage, key == "errormessage")
	}
	if len(raw) <= longestSaid {
		f.said = append(f.said, said{name, raw})
	}
}

// payload returns the error that the noted members make.
func (f *failure) payload() *PayloadError {
	object := []byte{'{'}
	for i, member := range f.said {
		if i > 0 {
			object = append(object, ',')
		}
		object = append(appendText(object, member.name), ':')
		object = append(object, member.raw...)
	}
	object = append(object, '}')
	return &PayloadError{Message: Words(object), Object: object, vague: !f.sure()}
}

// Words returns what an object that says that a request failed gives as the reason.
func Words(object []byte) string {
	message := ErrorMessage("", object)
	s := &loose.Scanner{Data: object}
	if s.Space() != '{' {
		return message
	}
	_ = s.Object(func(name []byte) *loose.Error { // what is not JSON has been shown as text
		key := keyOf(string(name))
		s.Space()
		raw, err := s.Skip()
		if err == nil && (endsAsError(key) || key == "failed" || key == "detail") && raw[0] != 't' && !isNumber(raw) && says(raw) {
			if text := ErrorMessage("", raw); !strings.Contains(message, strings.TrimSuffix(text, ".")) {
				message = joined(": ", message, text)
			}
		}
		return err
	})
	return OneLine(message)
}

// errorEndings are what the names of members end in that only errors have, as [keyOf] gives them.
var errorEndings = []string{
	"error", "errors", "exception", "fault", "faultstring", "modelstate", "errormsg", "errortext", "errordetail", "errordetails", "errordescription",
	"errormessage", "errormessages", "exceptionmessage",
}

// endsAsError reports whether a member's name says that it holds an error: load_error, QueryErrors, exceptionMessage.
func endsAsError(key string) bool {
	return slices.ContainsFunc(errorEndings, func(end string) bool { return strings.HasSuffix(key, end) })
}

// isErrorMember reports whether errors have a member of this name, which other objects may have, too.
func isErrorMember(name string) bool {
	key := keyOf(name)
	return endsAsError(key) || slices.Contains([]string{
		"message", "title", "detail", "details", "status", "statuscode", "code", "errorcode", "resultcode", "success", "traceid", "classname", "stacktrace",
	}, key)
}

// keyOf returns the form that all spellings of an error's member share.
func keyOf(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

// appendText appends a text as JSON.
func appendText(to []byte, text string) []byte {
	raw, _ := json.Marshal(text) //nolint:errchkjson // a string can always be written
	return append(to, raw...)
}

// quiet are the texts that say of no error.
var quiet = []string{
	"", "0", "false", "null", "none", "no error", "no errors", "ok", "success", "successful", "succeeded", "done", "created", "updated", "saved", "deleted",
}

// says reports whether a value holds anything: null, false, 0, "", a word for success, and arrays and objects of such do not.
func says(raw []byte) bool {
	s := &loose.Scanner{Data: raw}
	return saysNext(s)
}

func saysNext(s *loose.Scanner) bool {
	found := false
	switch s.Space() {
	case '{':
		_ = s.Object(func([]byte) *loose.Error { found = saysNext(s) || found; return nil }) // it has been read once
	case '[':
		_ = s.Array(func(int) *loose.Error { found = saysNext(s) || found; return nil })
	default:
		text, kind, err := s.Scalar()
		switch {
		case err != nil || kind == 'n' || kind == 'f':
		case kind == '"':
			found = !slices.Contains(quiet, strings.ToLower(strings.Trim(string(text), " \t\r\n.!")))
		default:
			n, ok := loose.Integer(text, kind)
			found = !ok || n != 0
		}
	}
	return found
}

// listsRecords reports whether an array begins with an object that has an id: it is a list of records, whatever its name.
func listsRecords(raw []byte) bool {
	s := &loose.Scanner{Data: raw}
	if s.Space() != '[' {
		return false
	}
	s.At++
	if s.Space() != '{' {
		return false
	}
	record := false
	_ = s.Object(func(name []byte) *loose.Error { // it has been read once
		isID := strings.EqualFold(string(name), "id")
		s.Space()
		raw, err := s.Skip()
		record = record || isID && err == nil && realID(raw)
		return err
	})
	return record
}

// realID reports whether an id names a record: a number above 0, or a text that is not one of those that stand for none.
func realID(raw []byte) bool {
	s := &loose.Scanner{Data: raw}
	text, kind, err := s.Scalar()
	if err != nil || kind != '"' && kind != '0' {
		return false
	}
	if n, ok := loose.Integer(text, kind); ok {
		return n > 0
	}
	return !loose.NoID(text)
}

func isNumber(raw []byte) bool { return raw[0] == '-' || raw[0]-'0' <= 9 }

// isFalse reports whether a value is false in any of its forms, and null is not one of them.
func isFalse(raw []byte) bool {
	switch word := strings.ToLower(strings.Trim(string(raw), "\" \t")); word {
	case "false", "0", "no":
		return true
	}
	return false
}

// isTrue reports whether a value is true in either of its forms.
func isTrue(raw []byte) bool { return strings.EqualFold(strings.Trim(string(raw), `"`), "true") }

// integerOf reads an integer, as a number or as a text.
func integerOf(raw []byte) (int64, bool) {
	s := &loose.Scanner{Data: raw}
	text, kind, err := s.Scalar()
	if err != nil {
		return 0, false
	}
	return loose.Integer(text, kind)
}
