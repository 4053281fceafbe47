package main

import (
	"fmt"

	"github.com/minio/simdjson-go"

	"github.com/halopsa-go/halopsa/benchmarks/decoded"
)

// unmarshalSIMD is what a program writes by hand around simdjson-go, which only parses.
func unmarshalSIMD(body []byte, into any) error {
	parsed, err := simdjson.Parse(body, nil)
	if err != nil {
		return err
	}
	var object simdjson.Object
	return parsed.ForEach(func(i simdjson.Iter) error {
		if _, err := i.Object(&object); err != nil {
			return err
		}
		switch into := into.(type) {
		case *envelope:
			return eachMember(&object, func(name string, v *simdjson.Iter) error { return setEnvelope(into, name, v) })
		case *Record:
			return eachMember(&object, func(name string, v *simdjson.Iter) error { return setRecord(into, name, v) })
		}
		return fmt.Errorf("%T is not known", into)
	})
}

// eachMember calls set for each member of an object.
func eachMember(object *simdjson.Object, set func(name string, v *simdjson.Iter) error) error {
	var v simdjson.Iter
	for {
		name, kind, err := object.NextElementBytes(&v)
		if err != nil || kind == simdjson.TypeNone {
			return err
		}
		if kind == simdjson.TypeNull {
			continue
		}
		if err := set(string(name), &v); err != nil { // the compiler makes no copy of a name that is only compared
			return fmt.Errorf("%s: %w", name, err)
		}
	}
}

// eachObject calls read for each object of an array.
func eachObject(v *simdjson.Iter, read func(object *simdjson.Object) error) error {
	array, err := v.Array(nil)
	if err != nil {
		return err
	}
	var object simdjson.Object
	elements := array.Iter()
	for elements.Advance() != simdjson.TypeNone {
		if _, err := elements.Object(&object); err != nil {
			return err
		}
		if err := read(&object); err != nil {
			return err
		}
	}
	return nil
}

func setEnvelope(e *envelope, name string, v *simdjson.Iter) error {
	switch name {
	case "page_no":
		return number(v, &e.PageNo)
	case "page_size":
		return number(v, &e.PageSize)
	case "record_count":
		return number(v, &e.RecordCount)
	case "integrationrequests":
		return eachObject(v, func(object *simdjson.Object) error {
			e.Requests = append(e.Requests, Record{})
			r := &e.Requests[len(e.Requests)-1]
			return eachMember(object, func(name string, v *simdjson.Iter) error { return setRecord(r, name, v) })
		})
	}
	return nil
}

func setRecord(r *Record, name string, v *simdjson.Iter) error {
	if text := textOf(r, name); text != nil {
		return set(text, v.String)
	}
	switch name {
	case "id":
		return number(v, &r.ID)
	case "msid":
		return number(v, &r.MSID)
	case "resultcode":
		return number(v, &r.ResultCode)
	case "details_id":
		return number(v, &r.DetailsID)
	case "isoutgoing":
		return set(&r.IsOutgoing, v.Bool)
	case "_retrywebhook":
		return set(&r.RetryWebhook, v.Bool)
	case "preserve":
		return set(&r.Preserve, v.Bool)
	case "hastrace":
		return set(&r.HasTrace, v.Bool)
	case "format_as_xml":
		return set(&r.FormatAsXML, v.Bool)
	case "duration":
		return set(&r.Duration, v.Float)
	case "datelogged":
		return date(v, &r.DateLogged)
	case "trace":
		r.Trace = []Trace{}
		return eachObject(v, func(object *simdjson.Object) error {
			r.Trace = append(r.Trace, Trace{})
			t := &r.Trace[len(r.Trace)-1]
			return eachMember(object, func(name string, v *simdjson.Iter) error { return setTrace(t, name, v) })
		})
	}
	return nil
}

// textOf returns the field of a text, nil for another member.
func textOf(r *Record, name string) *string {
	switch name {
	case "operation":
		return &r.Operation
	case "type":
		return &r.Type
	case "request_body":
		return &r.RequestBody
	case "response_body":
		return &r.ResponseBody
	case "url":
		return &r.URL
	case "request_headers":
		return &r.RequestHeaders
	case "response_headers":
		return &r.ResponseHeaders
	case "_retry_webhook_token":
		return &r.RetryWebhookToken
	case "module_name":
		return &r.ModuleName
	case "application_id":
		return &r.ApplicationID
	case "details_id_string":
		return &r.DetailsIDString
	case "_warning":
		return &r.Warning
	}
	return nil
}

func setTrace(t *Trace, name string, v *simdjson.Iter) error {
	switch name {
	case "id":
		return number(v, &t.ID)
	case "tracetype":
		return number(v, &t.TraceType)
	case "relatedid":
		return number(v, &t.RelatedID)
	case "systemeventid":
		return number(v, &t.SystemEventID)
	case "timestamp":
		return date(v, &t.Timestamp)
	case "log":
		return set(&t.Log, v.String)
	}
	return nil
}

func set[T any](to *T, read func() (T, error)) (err error) {
	*to, err = read()
	return err
}

func number[T int | int64](v *simdjson.Iter, to *T) error {
	n, err := v.Int()
	*to = T(n)
	return err
}

func date(v *simdjson.Iter, to *decoded.Date) error {
	text, err := v.String()
	if err == nil {
		err = to.UnmarshalJSON([]byte(`"` + text + `"`))
	}
	return err
}
