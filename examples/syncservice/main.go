// Command syncservice mirrors HaloPSA's integration logs of many tenants into a database, and delivers the exports that they have ready.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/riverqueue/river/riverdriver"
)

// product names the program in the User-Agent header.
const product = "syncservice/2.0"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends it at once
	err := run(ctx, os.Getenv, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "syncservice:", err)
		os.Exit(1)
	}
}

// run is the service until ctx ends or -for is over, which is no error.
func run(ctx context.Context, getenv func(string) string, args []string, out, terminal io.Writer) error {
	conf, err := readConfig(getenv, args, terminal)
	if err != nil {
		return err
	}
	return work(ctx, conf, out, terminal)
}

func work(ctx context.Context, conf *config, out, terminal io.Writer) error {
	if conf.demo {
		demo, err := startDemo(conf)
		if err != nil {
			return err
		}
		defer demo.close()
		go demo.grow(ctx)
		fmt.Fprintf(out, "Nothing is set up: this is a demonstration with three tenants, a destination and a new database.\n")
	}
	logger := newLogger(terminal, conf.level)
	onPostgres, err := isPostgres(conf.database.Reveal())
	if err != nil {
		return err
	}
	if onPostgres {
		db, err := openPostgres(ctx, conf.database.Reveal())
		if err != nil {
			return err
		}
		return serve(ctx, conf, db, logger, out)
	}
	db, err := openSQLite(conf.database.Reveal())
	if err != nil {
		return err
	}
	return serve(ctx, conf, db, logger, out)
}

// serve runs the fleet on a database, and closes it.
func serve[D riverdriver.Driver[T], T any](ctx context.Context, conf *config, db *database[D, T], logger *slog.Logger, out io.Writer) (err error) {
	defer func() { err = errors.Join(err, db.close()) }()
	f, err := newFleet(ctx, conf, db, logger)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n  curl http://%[1]s/healthz\n  curl http://%[1]s/metrics\n", f.listener.Addr())
	if conf.ui {
		fmt.Fprintf(out, "  http://%[1]s/tenants\n  http://%[1]s/ui/\n", f.listener.Addr())
	}
	fmt.Fprintln(out)
	if conf.length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, conf.length)
		defer cancel()
	}
	err = f.run(ctx)
	fmt.Fprintln(out, f.summary())
	return err
}

// newLogger writes JSON.
func newLogger(to io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(to, &slog.HandlerOptions{Level: level, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Value.Kind() == slog.KindDuration { // JSON would have it as a number without a unit
			a.Value = slog.StringValue(a.Value.Duration().String())
		}
		return a
	}}))
}
