package halopsatest

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf16"
)

// check reads the inputs of a write as the server's types have them: a text "12" becomes a number where one is wanted. What is wrong with
// them is a 400 by member, as ASP.NET and Json.NET word it [live]; what is too long for its column is SQL Server's refusal of the whole
// statement, which no live tenant has shown yet [db].
func (t *table) check(inputs []map[string]any) (Response, bool) {
	var wrong problems
	report := func(path, text string) {
		if wrong == nil {
			wrong = make(problems)
		}
		wrong[path] = append(wrong[path], text)
	}
	long := ""
	for i, input := range inputs {
		at := "[" + strconv.Itoa(i) + "]"
		checkObject(at, input, t.members, report)
		for _, name := range t.required { // an update may leave it out [doc]
			if value, sent := input[name]; (sent || isNew(input)) && (value == nil || value == "") {
				report(at+"."+name, "The "+name+" field is required.")
			}
		}
		for name, value := range input {
			if m := t.members[name]; m.length > 0 && tooLong(value, m.length) && (long == "" || name < long) {
				long = name
			}
		}
	}
	if wrong != nil {
		return wrong.response(), false
	}
	if long != "" {
		return exception(http.StatusInternalServerError, "System.Data.SqlClient.SqlException", "String or binary data would be truncated in table '"+
			t.name+"', column '"+long+"'. The statement has been terminated."), false
	}
	return Response{}, true
}

// isNew reports whether an input creates a record: 0 and "" do not name one.
func isNew(input map[string]any) bool {
	id := input["id"]
	return id == nil || id == "" || fmt.Sprint(id) == "0"
}

func tooLong(value any, most int) bool {
	s, ok := value.(string)
	return ok && len(s) > most && len(utf16.Encode([]rune(s))) > most
}

// checkObject reads the members of one object in place.
func checkObject(at string, object map[string]any, members map[string]member, report func(path, text string)) {
	for name, value := range object {
		m, known := members[name]
		if !known || value == nil && name != "id" {
			continue // taken silently [live]
		}
		path := at + "." + name
		if m.kind != list {
			read, problem := m.kind.read(value)
			if problem != "" {
				report(path, problem+" Path '"+path+"'.")
			}
			object[name] = read
			continue
		}
		parts, ok := value.([]any)
		if !ok {
			report(path, "Cannot deserialize the current JSON value because the type requires a JSON array. Path '"+path+"'.")
			continue
		}
		for i, part := range parts {
			inner := path + "[" + strconv.Itoa(i) + "]"
			fields, ok := part.(map[string]any)
			if !ok {
				report(inner, "Error converting value to an object. Path '"+inner+"'.")
				continue
			}
			checkObject(inner, fields, m.parts, report)
		}
	}
}

// read converts a value as Json.NET does, or says what is wrong with it.
func (k kind) read(value any) (read any, problem string) {
	switch v := value.(type) {
	case nil:
		return nil, "Error converting value {null} to type 'System.Int32'."
	case map[string]any:
		if k != whatever {
			return v, "Unexpected character encountered while parsing value: {."
		}
	case []any:
		if k != whatever {
			return v, "Unexpected character encountered while parsing value: [."
		}
	case bool:
		return k.readBool(v)
	case json.Number:
		return k.readNumber(v)
	case string:
		return k.readText(v)
	}
	return value, ""
}

func (k kind) readBool(v bool) (any, string) {
	switch k {
	case flag, whatever:
		return v, ""
	case text:
		return strconv.FormatBool(v), ""
	}
	return v, "Unexpected character encountered while parsing value: " + strconv.FormatBool(v)[:1] + "."
}

func (k kind) readNumber(v json.Number) (any, string) {
	switch k {
	case integer:
		if _, err := strconv.ParseInt(v.String(), 10, 32); err == nil {
			return v, ""
		}
		if strings.ContainsAny(v.String(), ".eE") {
			return v, "Input string '" + v.String() + "' is not a valid integer."
		}
		return v, "JSON integer " + v.String() + " is too large or small for an Int32."
	case flag:
		return v.String() != "0", ""
	case text:
		return v.String(), ""
	case date, guid:
		return v, "Unexpected character encountered while parsing value: " + v.String()[:1] + "."
	}
	return v, ""
}

func (k kind) readText(v string) (any, string) {
	switch k {
	case integer:
		if v == "" {
			return nil, ""
		}
		if n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 32); err == nil {
			return json.Number(strconv.FormatInt(n, 10)), ""
		}
		return v, "Could not convert string to integer: " + v + "."
	case decimal:
		if v == "" {
			return nil, ""
		}
		if n, err := strconv.ParseFloat(v, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
			return json.Number(strconv.FormatFloat(n, 'g', -1, 64)), ""
		}
		return v, "Could not convert string to double: " + v + "."
	case flag:
		switch strings.ToLower(v) {
		case "":
			return nil, ""
		case "true", "false":
			return strings.EqualFold(v, "true"), ""
		}
		return v, "Could not convert string to boolean: " + v + "."
	case date:
		if v == "" {
			return nil, ""
		}
		if at, ok := parseDate(v); ok {
			return sqlDate(at), ""
		}
		return v, "Could not convert string to DateTime: " + v + "."
	case guid:
		if !isGUID(v) {
			return v, "Error converting value \"" + v + "\" to type 'System.Guid'."
		}
	}
	return v, ""
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i, c := range []byte(s) {
		if dash := i == 8 || i == 13 || i == 18 || i == 23; dash != (c == '-') ||
			!dash && !strings.ContainsRune("0123456789abcdefABCDEF", rune(c)) {
			return false
		}
	}
	return true
}
