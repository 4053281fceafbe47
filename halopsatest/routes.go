package halopsatest

import (
	"mime"
	"net/http"
	"strings"
)

// route is where a path leads.
type route struct {
	api      bool
	resource string // as the API spells it, or Token
	id       string // what follows it
	hasID    bool
}

// route reads a path, in any case [seen].
func (h *Handler) route(path string) route {
	const api = "/api/"
	if strings.EqualFold(path, "/auth/token") || strings.EqualFold(path, "/token") { // trial tenants have the second [seen]
		return route{resource: Token}
	}
	if len(path) < len(api) || !strings.EqualFold(path[:len(api)], api) {
		return route{resource: path}
	}
	to := route{api: true}
	to.resource, to.id, to.hasID = strings.Cut(path[len(api):], "/")
	lower := strings.ToLower(to.resource)
	for _, name := range []string{authInfo, agent, haloIntegration, integrationData} {
		if lower == strings.ToLower(name) {
			to.resource = name
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if t := h.tables[lower]; t != nil {
		to.resource = t.name
	}
	return to
}

// Resources that are no table.
const (
	authInfo        = "authinfo"
	agent           = "Agent"
	haloIntegration = "HaloIntegration"
	integrationData = "IntegrationData"
)

// api serves one operation: token, limit, right, then what was asked.
func (h *Handler) api(r *http.Request, request Request, to route) Response {
	if to.resource == authInfo && !to.hasID && r.Method == http.MethodGet {
		return h.authInfo(r)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if a, ok := h.authorize(r); !ok {
		return a
	}
	if a, ok := h.admit(); !ok {
		return a
	}
	habits := h.habitsOf(to.resource)
	if habits.Denied != 0 {
		return Response{Status: habits.Denied}
	}
	if r.Method == http.MethodPost && !isJSON(r.Header.Get("Content-Type")) {
		return Response{
			http.StatusUnsupportedMediaType, http.Header{"Content-Type": {"application/problem+json; charset=utf-8"}},
			[]byte(`{"type":"https://tools.ietf.org/html/rfc7231#section-6.5.13","title":"Unsupported Media Type","status":415}`),
		}
	}
	switch {
	case to.resource == agent && strings.EqualFold(to.id, "me") && r.Method == http.MethodGet:
		return h.me()
	case to.resource == haloIntegration:
		return h.haloIntegration(r.Method, to.id, request.Body)
	case to.resource == integrationData:
		return h.integrationData(request, to.id)
	}
	t := h.table(to.resource)
	if t == nil {
		return message(http.StatusNotFound, "No HTTP resource was found that matches the request URI.")
	}
	if unknown := h.notice(t, request, to.hasID); h.conf.strict && len(unknown) > 0 {
		return unknown.response()
	}
	return t.serve(r, request.Body, to, habits)
}

// serve carries an operation out.
func (t *table) serve(r *http.Request, body []byte, to route, habits Habits) Response {
	switch {
	case to.hasID && to.id == "":
		return message(http.StatusNotFound, "No id.")
	case r.Method == http.MethodGet && !to.hasID:
		return t.list(r.URL.Query(), habits)
	case r.Method == http.MethodGet && t.gets:
		return t.get(to.id, r.URL.Query(), habits)
	case r.Method == http.MethodPost && !to.hasID && t.posts:
		return t.post(body, habits)
	case r.Method == http.MethodDelete && to.hasID && t.deletes:
		return t.remove(to.id, habits)
	}
	return notAllowed(r.Method)
}

func notAllowed(method string) Response {
	return message(http.StatusMethodNotAllowed, "The requested resource does not support http method '"+method+"'.")
}

func isJSON(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "application/json" || media == "text/json" || strings.HasSuffix(media, "+json"))
}

// authInfo tells where the authorization server is [seen].
func (h *Handler) authInfo(r *http.Request) Response {
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	return JSON(map[string]string{"auth_url": scheme + "://" + r.Host + "/auth", "tenant_id": h.conf.tenant})
}

// me is the agent that the token acts as: the first of a seeded resource Agent, or one of the stand-in's own. It requires that h.mu is held.
func (h *Handler) me() Response {
	if t := h.table(agent); t != nil && len(t.rows) > 0 {
		return Response{Body: t.rows[0].full}
	}
	return JSON(map[string]any{"id": 1, "name": "Stand-in", "isdisabled": false})
}
