// Command halopsa looks into a HaloPSA tenant from a terminal: is it set up right, which integrations are failing, what do its lists hold,
// what is logged now.
//
//	halopsa doctor                                # which integrations are failing, since when, and with what
//	halopsa list errors module_id=12 -since 7d    # the errors of a week, newest first
//	halopsa tail requests                         # what is logged from now on
//	halopsa help                                  # everything else
//
// It reads the tenant that HALOPSA_URL, HALOPSA_CLIENT_ID and HALOPSA_CLIENT_SECRET name. Without HALOPSA_URL it reads a stand-in server in
// its own process, and says so. It writes only where it is told to with -yes.
//
// It ends with code 0, with 1 after an error, with 2 when it has found what it was asked to look for, and with 130 after Ctrl-C.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends it at once
	code := run(ctx, os.Args[1:], &terminal{in: os.Stdin, out: os.Stdout, err: os.Stderr, getenv: os.Getenv})
	stop()
	os.Exit(code)
}

// The codes that the command ends with.
const (
	good    = 0
	failed  = 1
	found   = 2
	stopped = 130 // as a shell has it for Ctrl-C
)

// errFound is returned by a subcommand that has found what it was asked to look for; it has said what.
var errFound = errors.New("found something")

// run carries out a command line and returns the code to end with.
func run(ctx context.Context, args []string, t *terminal) int {
	c, err := parse(args, t)
	if err == nil && c == nil {
		return good // help was asked for
	}
	if err == nil {
		err = c.Run(ctx, t)
	}
	switch {
	case err == nil:
		return good
	case errors.Is(err, errFound):
		if err != errFound { //nolint:errorlint // with more to say
			t.say(err)
		}
		return found
	case ctx.Err() != nil:
		fmt.Fprintln(t.err, "stopped")
		return stopped
	}
	t.say(err)
	return failed
}

// say prints an error in one line.
func (t *terminal) say(err error) {
	fmt.Fprintln(t.err, "halopsa:", strings.TrimPrefix(plain(err.Error()), "halopsa: "))
}

// noted counts what was written, and keeps the first error: a full disk must not pass for an empty list.
type noted struct {
	io.Writer
	err error
}

func (n *noted) Write(p []byte) (int, error) {
	if n.err != nil {
		return 0, n.err
	}
	written, err := n.Writer.Write(p)
	n.err = err
	return written, err
}
