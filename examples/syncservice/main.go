// Command syncservice mirrors HaloPSA's integration errors and requests into a database and works its export queue: it delivers each export
// that is ready to an HTTP destination, reports the progress or the error on it, and deletes it when it has arrived. See README.md.
//
// Without configuration it runs against a stand-in server in its own process.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/halopsa-go/halopsa"
)

// product names the program in the User-Agent header.
const product = "syncservice/1.0"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "syncservice:", err)
		os.Exit(1)
	}
}

// run is the service until ctx ends or -for is over, which is no error.
func run(ctx context.Context, args []string, out, terminal io.Writer) (err error) {
	conf, err := readConfig(os.Getenv, args, terminal)
	if err != nil {
		return err
	}
	screen := newScreen(terminal)
	connect := halopsa.NewClientFromEnv
	if conf.demo {
		demo, err := startDemo(conf)
		if err != nil {
			return err
		}
		defer demo.close()
		go demo.grow(ctx)
		connect = demo.connect
		fmt.Fprintf(out, "No HALOPSA_URL is set: this is a demonstration against a stand-in server, with a destination and a new database of its own.\n")
	}
	s, err := newService(ctx, conf, connect, screen)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.store.close()) }()
	fmt.Fprintf(out, "\n  curl http://%[1]s/healthz\n  curl http://%[1]s/metrics\n\n", s.listener.Addr())
	if conf.length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, conf.length)
		defer cancel()
	}
	err = s.run(ctx)
	fmt.Fprintln(out, s.summary())
	return err
}
