package main

import (
	"context"
	"log/slog"
	"net/http"

	"riverqueue.com/riverui"
)

// interfaces adds what is for people: River's interface with the jobs, and a page with the tenants. A page of another site can ask for nothing
// in the name of whoever looks at them.
func (f *fleet[D, T]) interfaces(ctx context.Context, mux *http.ServeMux) (http.Handler, error) {
	ui, err := riverui.NewHandler(&riverui.HandlerOpts{
		Endpoints: riverui.NewEndpoints(f.river, nil), Logger: slog.New(slog.DiscardHandler), Prefix: "/ui",
	})
	if err != nil {
		return nil, err
	}
	if err := ui.Start(ctx); err != nil {
		return nil, err
	}
	mux.Handle("/ui/", ui)
	mux.HandleFunc("GET /tenants", f.page)
	mux.HandleFunc("POST /tenants/again", f.again)
	return http.NewCrossOriginProtection().Handler(onlyHere(mux)), nil
}

// onlyHere refuses requests for names that are not this machine's: a site can point its own name here.
func onlyHere(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := hostOf(r.Host); !loopback(host) {
			http.Error(w, "ask for this machine by its address", http.StatusForbidden)
			return
		}
		w.Header().Set("X-Frame-Options", "DENY") // nor can it show them in a frame, to have buttons pressed
		next.ServeHTTP(w, r)
	})
}
