package halopsatest

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Kind is what a [Fault] does.
type Kind int

// The kinds of faults.
const (
	// Status responds with Fault.Status, Fault.Header and Fault.Body.
	Status Kind = iota
	// HTML504 is the gateway's page, as it comes after 60 s.
	HTML504
	// Reset breaks the connection without a response.
	Reset
	// Truncated breaks the connection in the middle of the response. The operation has been carried out.
	Truncated
	// Slow sends the response byte by byte, with Fault.Pause between them. The operation has been carried out.
	Slow
)

// String returns the kind's name.
func (k Kind) String() string {
	return [...]string{"Status", "HTML504", "Reset", "Truncated", "Slow"}[k]
}

// Fault is a scripted failure of a request.
type Fault struct {
	// Method and Resource choose the requests that it strikes; empty ones choose any, and [Token] the token endpoint.
	Method, Resource string
	// Match, if it is set, chooses further.
	Match func(*http.Request) bool
	// After lets so many of them through first.
	After int
	// Times is how many it strikes after that: 0 is one, less than 0 all.
	Times int

	// Kind is what happens.
	Kind Kind
	// Applied carries the operation out before it fails: the write has happened, and the client does not hear of it.
	Applied bool
	// Status, Header and Body are the response of kind [Status]; a Body that begins with "<" is HTML. Status 0 is 500.
	Status int
	Header http.Header
	Body   string
	// Pause is that of kind [Slow]; 0 is a second.
	Pause time.Duration
}

// scripted is a fault with its counters.
type scripted struct {
	Fault
	skipped, struck int
}

// Fault adds a fault; the first that matches a request strikes it.
func (h *Handler) Fault(fault Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults = append(h.faults, &scripted{Fault: fault})
}

// FaultFunc asks choose for each request which fault strikes it, nil for none. Of a fault so chosen, the members that choose requests
// do not count. Faults added with [Handler.Fault] come first.
func (h *Handler) FaultFunc(choose func(*http.Request) *Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.chooser = choose
}

// ClearFaults drops every fault.
func (h *Handler) ClearFaults() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.faults, h.chooser = nil, nil
}

func (h *Handler) nextFault(r *http.Request, resource string) *Fault {
	h.mu.Lock()
	for _, f := range h.faults {
		if f.strikes(r, resource) {
			h.mu.Unlock()
			return &f.Fault
		}
	}
	chooser := h.chooser
	h.mu.Unlock()
	if chooser == nil {
		return nil
	}
	return chooser(r)
}

func (s *scripted) strikes(r *http.Request, resource string) bool {
	switch {
	case s.Method != "" && s.Method != r.Method,
		s.Resource != "" && !strings.EqualFold(s.Resource, resource),
		s.Resource == "" && resource == Token,
		s.Match != nil && !s.Match(r),
		s.Times >= 0 && s.struck >= max(s.Times, 1):
		return false
	case s.skipped < s.After:
		s.skipped++
		return false
	}
	s.struck++
	return true
}

// applied reports whether the operation is carried out.
func (f *Fault) applied() bool { return f.Applied || f.Kind == Truncated || f.Kind == Slow }

// status is the one that the client sees, 0 for none.
func (f *Fault) status() int {
	switch {
	case f.Kind == HTML504:
		return http.StatusGatewayTimeout
	case f.Kind != Status:
		return 0
	case f.Status == 0:
		return http.StatusInternalServerError
	}
	return f.Status
}

const gatewayPage = "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n<center><h1>504 Gateway Time-out</h1></center>\r\n</body>\r\n</html>\r\n"

// serve fails a request, whose response would have been a.
func (f *Fault) serve(w http.ResponseWriter, r *http.Request, a Response) {
	switch f.Kind {
	case HTML504:
		htmlPage(f.status(), gatewayPage).serve(w)
	case Reset:
		reset(w)
	case Truncated:
		if len(a.Body) < 2 { // nothing to cut: a Content-Length that is never reached does the same
			a.Body = append(a.Body, "null"...)
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
		w.WriteHeader(a.status())
		_, _ = w.Write(a.Body[:len(a.Body)/2])
		_ = http.NewResponseController(w).Flush()
		reset(w)
	case Slow:
		f.drip(w, r, a)
	default:
		header := f.Header.Clone()
		if header == nil {
			header = make(http.Header)
		}
		if f.Body != "" && f.Body[0] == '<' && header.Get("Content-Type") == "" {
			header.Set("Content-Type", "text/html")
		}
		Response{f.status(), header, []byte(f.Body)}.serve(w)
	}
}

// drip sends a response byte by byte.
func (f *Fault) drip(w http.ResponseWriter, r *http.Request, a Response) {
	pause := f.Pause
	if pause == 0 {
		pause = time.Second
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(a.Body)))
	w.WriteHeader(a.status())
	for i := range a.Body {
		if !sleep(r.Context(), pause) {
			return
		}
		if _, err := w.Write(a.Body[i : i+1]); err != nil {
			return
		}
		_ = http.NewResponseController(w).Flush()
	}
}

// reset breaks the connection with an RST, where there is one.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
