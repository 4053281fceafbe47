package halopsatest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// Response is what the stand-in sends.
type Response struct {
	// Status is the HTTP status; 0 is 200.
	Status int
	// Header holds further headers; without a Content-Type the body is sent as JSON.
	Header http.Header
	// Body is sent as it is; nil is an empty body.
	Body []byte
}

// JSON returns a response of status 200 with value as its body. It panics when value cannot be encoded.
func JSON(value any) Response {
	data, err := json.Marshal(value)
	if err != nil {
		panic("halopsatest: " + err.Error())
	}
	return Response{Status: http.StatusOK, Body: data}
}

func (a Response) serve(w http.ResponseWriter) {
	for name, values := range a.Header {
		w.Header()[name] = values
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.status())
	_, _ = w.Write(a.Body) // the client may be gone
}

func (a Response) status() int {
	if a.Status == 0 {
		return http.StatusOK
	}
	return a.Status
}

// with returns the response under another status.
func (a Response) with(status int) Response {
	a.Status = status
	return a
}

// message is a refusal in the form of a .NET exception [live].
func message(status int, text string) Response {
	return exception(status, "System.Exception", text)
}

func exception(status int, class, text string) Response {
	return JSON(map[string]any{"ClassName": class, "Message": text, "Data": nil, "InnerException": nil, "HelpURL": nil}).with(status)
}

// problems are the messages of a validation error by member [live]: {"[0].outcome_id":["…"]}.
type problems map[string][]string

func (p problems) response() Response { return JSON(p).with(http.StatusBadRequest) }

// noNumber refuses an id that is no number [live].
func noNumber(id string) Response {
	return problems{"id": {"The value '" + id + "' is not valid."}}.response()
}

// decode reads JSON that the server keeps: numbers stay as they were written.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return errors.New("additional text encountered after finished reading JSON content")
	}
	return nil
}
