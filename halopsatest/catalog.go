package halopsatest

import "net/http"

// GatewayFaults returns responses of what stands between a client and HaloPSA, by name: none of them is HaloPSA's word on a request. Set
// Method, Resource, Times or Applied before use.
func GatewayFaults() map[string]Fault {
	html := func(status int, title string) Fault {
		return Fault{Status: status, Body: "<html><head><title>" + title + "</title></head><body><h1>" + title + "</h1></body></html>"}
	}
	faults := map[string]Fault{
		"200 login page": html(200, "Sign in"), "403 firewall": html(403, "Attention Required! | Firewall"), "404 web server": html(404, "404 - File or directory not found."),
		"408": html(408, "408 Request Time-out"), "425": {Status: 425}, "460": {Status: 460}, "499": {Status: 499},
		"502": html(502, "502 Bad Gateway"), "503": html(503, "Service Unavailable"), "504": {Kind: HTML504},
		"101": {Status: 101}, "207": {Status: 207, Body: `{"status":"partial"}`}, "300": {Status: 300},
		"302": {Status: 302, Header: http.Header{"Location": {"/login"}}},
		"520": html(520, "520: Web server is returning an unknown error"), "521": html(521, "521: Web server is down"),
		"522": html(522, "522: Connection timed out"), "523": html(523, "523: Origin is unreachable"),
		"524": html(524, "524: A timeout occurred"), "530": html(530, "530: Origin DNS error"),
	}
	return faults
}

// Throttles returns refusals for the rate, by the Retry-After that they carry: none, useful ones and absurd ones.
func Throttles() map[string]Fault {
	faults := map[string]Fault{"none": {Status: http.StatusTooManyRequests}}
	for _, after := range []string{
		"0", "0.001", "1", "60", "300000", "31536000", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 2099 00:00:00 GMT", "soon", "-1",
	} {
		faults[after] = Fault{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {after}}}
	}
	return faults
}

// WriteErrors returns errors in the place of what a POST has written, under a status that says success. Set Applied for those that have
// been written all the same.
func WriteErrors() map[string]Fault {
	return successes(http.MethodPost, map[string]string{
		"result code": `{"resultCode":1,"errorMessage":"The record is locked."}`, "error of an element": `[{"error":"The record is locked."}]`,
		"error of the second": `[{"id":1},{"error":"The record is locked."}]`, "id 0": `{"id":0,"message":"The record is locked."}`,
		"errors": `{"errors":["The record is locked."]}`, "ASP.NET": `{"title":"One or more validation errors occurred.","errors":{"id":["The record is locked."]}}`,
		"no record": `[]`, "text": `"The record is locked."`, "success false": `{"success":false}`,
	})
}

// DeleteErrors returns errors in the place of a deleted record, under a status that says success. Nothing has been deleted.
func DeleteErrors() map[string]Fault {
	return successes(http.MethodDelete, map[string]string{
		"false": `false`, "text": `"the record is locked"`, "success false": `{"success":false}`, "error of an element": `[{"error":"the record is locked"}]`,
	})
}

func successes(method string, bodies map[string]string) map[string]Fault {
	faults := make(map[string]Fault, len(bodies))
	for name, body := range bodies {
		faults[name] = Fault{Method: method, Status: http.StatusOK, Body: body}
	}
	return faults
}

// Refusals returns 400 in the forms that a tenant and ASP.NET give it.
func Refusals() map[string]Fault {
	faults := make(map[string]Fault)
	for name, body := range map[string]string{
		"member": `{"[0].value":["The value field is required."]}`, "id": `{"id":["The value 'probe' is not valid."]}`,
		"ModelState": `{"Message":"The request is invalid.","ModelState":{"[0].value":["The value field is required."]}}`,
		"inner":      `{"Message":"An error has occurred.","InnerException":{"ExceptionMessage":"The site is unknown."}}`,
		".NET":       `{"ClassName":"System.Exception","Message":"Invalid Data Type"}`, "string": `"Invalid Resource"`, "empty": "",
	} {
		faults[name] = Fault{Status: http.StatusBadRequest, Body: body}
	}
	return faults
}

// TokenHabits returns habits of [Token] whose tokens are good, in odd forms.
func TokenHabits() map[string]Habits {
	label := func(contentType, mark string) Habits {
		return Habits{Respond: func(_ Request, a Response) Response {
			a.Header = http.Header{"Content-Type": {contentType}}
			a.Body = append([]byte(mark), a.Body...)
			return a
		}}
	}
	return map[string]Habits{
		"text lifetime": {Respond: SetMember("expires_in", "3600.0")}, "decimal lifetime": {Respond: SetMember("expires_in", 3600.5)},
		"empty lifetime": {Respond: SetMember("expires_in", "")}, "null lifetime": {Respond: SetMember("expires_in", nil)},
		"date as lifetime": {Respond: SetMember("expires_in", "2099-01-01T00:00:00")}, "long lifetime": {Respond: SetMember("expires_in", "12345678901234567890")},
		"numeric refresh token": {Respond: SetMember("refresh_token", 7)},
		"labeled text":          label("text/plain", ""), "byte order mark": label("application/json", "\ufeff"),
	}
}

// TokenFaults returns refusals of the token endpoint.
func TokenFaults() map[string]Fault {
	faults := map[string]Fault{
		"text": {Status: 400, Body: "the client is unknown"}, "HTML": {Status: 403, Body: "<html><head><title>Blocked</title></head></html>"},
		"no type": {Status: 401}, "scope": {Status: 400, Body: `{"error":"invalid_scope","error_description":"The scope is not allowed."}`},
		"server error": {Status: 500, Body: "<html><head><title>Runtime Error</title></head></html>"}, "404": {Status: 404}, "408": {Status: 408},
	}
	for name, f := range faults {
		f.Resource = Token
		faults[name] = f
	}
	return faults
}
