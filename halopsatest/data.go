package halopsatest

import (
	"net/http"
	"strings"
)

// haloIntegration serves Get, which returns the first record seeded into HaloIntegration, or {}; CreateTicket and CreateAction, which take
// one object and put it into Tickets and Actions [doc]. It requires that h.mu is held.
func (h *Handler) haloIntegration(method, operation string, body []byte) Response {
	into := ""
	switch strings.ToLower(operation) {
	case "get":
		if t := h.table(haloIntegration); method == http.MethodGet && t != nil && len(t.rows) > 0 {
			return Response{Body: t.rows[0].full}
		}
		if method == http.MethodGet {
			return JSON(struct{}{})
		}
	case "createticket":
		into = "Tickets"
	case "createaction":
		into = "Actions"
	default:
		return message(http.StatusNotFound, "No HTTP resource was found that matches the request URI.")
	}
	if into == "" || method != http.MethodPost {
		return notAllowed(method)
	}
	var object map[string]any
	if err := decode(body, &object); err != nil || object == nil {
		return problems{"": {"Cannot deserialize the current JSON value because the type requires a JSON object."}}.response()
	}
	if isNew(object) {
		delete(object, "id")
	}
	r, err := h.tableFor(into).store(object)
	if err != nil {
		return message(http.StatusBadRequest, err.Error())
	}
	return Response{Body: r.full}
}

// SetData sets what a system connected through IntegrationData responds to one path, such as "Get/Xero" or "Get/AzureAD/Delta", in any
// case; nil takes it back. Without it the stand-in refuses as the live tenant did: 400 "Invalid Data Type" where no data type is asked for,
// else 400 "Invalid Resource". The function is called under the stand-in's lock: it must not call the stand-in.
func (h *Handler) SetData(path string, respond func(Request) Response) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.data[strings.ToLower(strings.Trim(path, "/"))] = respond
}

// dataVerbs are the words of IntegrationData [doc].
var dataVerbs = map[string]string{
	"get": http.MethodGet, "search": http.MethodGet, "validate": http.MethodGet,
	"import": http.MethodPost, "export": http.MethodPost, "send": http.MethodPost, "post": http.MethodPost, "link": http.MethodPost,
	"unlink": http.MethodPost, "move": http.MethodPost, "adjustqty": http.MethodPost,
}

// integrationData requires that h.mu is held.
func (h *Handler) integrationData(request Request, path string) Response {
	path = strings.ToLower(path)
	verb, system, _ := strings.Cut(path, "/")
	method, known := dataVerbs[verb]
	respond := h.data[path]
	switch {
	case known && method != request.Method:
		return notAllowed(request.Method)
	case respond != nil:
		return respond(request)
	case !known || system == "":
		return message(http.StatusNotFound, "No HTTP resource was found that matches the request URI.")
	case request.Query.Get("datatype") == "" && request.Query.Get("dataType") == "":
		return message(http.StatusBadRequest, "Invalid Data Type")
	}
	return JSON("Invalid Resource").with(http.StatusBadRequest)
}
