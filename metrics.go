package halopsa

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Metric describes a histogram of a client's attempts. halopsaotel and halopsaprom both record those that [Metrics] lists, so that the two can be
// compared.
type Metric struct {
	// Name, Unit and Attributes are OpenTelemetry's. Prometheus writes names with underscores, and the unit at the end.
	Name, Unit string
	// Description says what is measured, in a sentence.
	Description string
	// Bounds are the upper ends of the buckets.
	Bounds []float64
	// Attributes are the names of the attributes that distinguish the series. They have few values, since paths are templates without ids.
	Attributes []string
	// Record returns the value that an attempt adds, in Unit, and the value of each of Attributes, or "" if the attempt has none; ok is false if it
	// adds nothing.
	Record func(a Attempt) (value float64, attributes []string, ok bool)
}

// Names of the attributes of metrics. The tenant's is the SDK's own, the others are of OpenTelemetry's semantic conventions for HTTP clients.
const (
	attributeMethod   = "http.request.method"
	attributeTemplate = "url.template"
	attributeServer   = "server.address"
	attributePort     = "server.port"
	attributeTenant   = "halopsa.tenant"
	attributeError    = "error.type"
	attributeStatus   = "http.response.status_code"
)

// Metrics returns the metrics of attempts. The caller may change the slice.
func Metrics() []Metric {
	common := []string{attributeMethod, attributeTemplate, attributeServer, attributePort, attributeTenant, attributeError}
	duration, wait := slices.Concat(common, []string{attributeStatus}), common
	return []Metric{
		{
			Name: "http.client.request.duration", Unit: "s", Description: "Duration of HTTP client requests.",
			Bounds:     []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10}, // the conventions' own
			Attributes: duration,
			Record: func(a Attempt) (float64, []string, bool) {
				if !a.Sent() {
					return 0, nil, false
				}
				return a.Duration.Seconds(), a.attributes(duration), true
			},
		},
		{
			Name: "halopsa.client.wait.duration", Unit: "s", Description: "How long the limits and the token held back attempts.",
			// From a token's fetch over the tenant's window of 5 minutes to the hour for which a client puts up with 429s.
			Bounds:     []float64{0.001, 0.01, 0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600},
			Attributes: wait,
			Record: func(a Attempt) (float64, []string, bool) {
				if a.Sent() { // what came of it then is not about the wait
					a.Failure, a.StatusCode = "", 0
				}
				return a.Wait.Seconds(), a.attributes(wait), true
			},
		},
	}
}

// attributes returns the values of the attributes with these names.
func (a Attempt) attributes(names []string) []string {
	values := make([]string, len(names))
	for i, name := range names {
		values[i] = a.attribute(name)
	}
	return values
}

// Sent reports whether anything of the attempt was sent.
func (a Attempt) Sent() bool { return a.Duration > 0 || a.StatusCode != 0 }

// Server returns the address and the port of Host, or "" and 0 if Host is empty.
func (a Attempt) Server() (address string, port int) {
	if a.Host == "" {
		return "", 0
	}
	address, text := splitHost(a.Host)
	port, _ = strconv.Atoi(cmp.Or(text, "443"))
	return address, port
}

// ErrorType names what went wrong, as an identifier such as "timeout" or "503", or is empty.
func (a Attempt) ErrorType() string {
	switch {
	case a.Failure != "":
		return strings.ReplaceAll(a.Failure, " ", "_")
	case a.StatusCode >= http.StatusBadRequest:
		return strconv.Itoa(a.StatusCode)
	}
	return ""
}

// attribute returns the value of an attribute, or "" for one that the attempt does not have.
func (a Attempt) attribute(name string) string {
	switch name {
	case attributeMethod:
		return a.Method
	case attributeTemplate:
		return a.Template()
	case attributeServer:
		address, _ := a.Server()
		return address
	case attributePort:
		if _, port := a.Server(); port != 0 {
			return strconv.Itoa(port)
		}
	case attributeTenant:
		return a.Tenant
	case attributeError:
		return a.ErrorType()
	case attributeStatus:
		if a.StatusCode != 0 {
			return strconv.Itoa(a.StatusCode)
		}
	}
	return ""
}

// Template returns the path with {id} in place of each id, so that the number of templates is small: /IntegrationError/17 is /IntegrationError/{id}.
//
// The first segment is the name of a resource. The last segment of a Get or Delete is an id, whatever it looks like. Further
// segments come from paths passed to the generic functions, and are ids unless they look like names.
func (a Attempt) Template() string {
	segments := strings.Split(a.Path, "/") // the first is empty, before the slash
	ofOne := strings.HasSuffix(a.Op, ".Get") || strings.HasSuffix(a.Op, ".Delete") || strings.HasSuffix(a.Op, ".Download")
	for i := 2; i < len(segments); i++ {
		if ofOne && i == len(segments)-1 || !isName(segments[i]) {
			segments[i] = "{id}"
		}
	}
	return strings.Join(segments, "/")
}

// longestName is longer than any name of HaloPSA's API, and shorter than a key.
const longestName = 48

// isName reports whether a segment looks like a word of the API rather than like an id.
func isName(segment string) bool {
	if segment == "" || len(segment) > longestName {
		return false
	}
	for _, c := range []byte(segment) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}
