package halopsatest

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
)

// Server is a [Handler] that listens on a free port of the loopback interface.
type Server struct {
	*Handler

	listener net.Listener
	http     http.Server
	served   chan struct{}
}

// NewServer starts a server; Close stops it. It panics if no port is available.
func NewServer(opts ...Option) *Server {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("halopsatest: %s", err))
	}
	s := &Server{Handler: NewHandler(opts...), listener: listener, served: make(chan struct{})}
	s.http.Handler = s.Handler
	s.http.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // resets are scripted, not worth a line
	go func() {
		defer close(s.served)
		_ = s.http.Serve(listener) // ends with Close
	}()
	return s
}

// URL returns the base URL, as http://127.0.0.1:40123.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// Close stops the server and breaks off what is under way.
func (s *Server) Close() {
	_ = s.http.Close() // there is nothing left to do about it
	<-s.served
}
