// Command quickstart shows the main job of the SDK: walk all integration errors, see which modules fail, log an error and work
// the export queue.
//
// Without configuration it runs against a stand-in server in its own process. With HALOPSA_URL, HALOPSA_CLIENT_ID and
// HALOPSA_CLIENT_SECRET set it runs against that tenant and only reads; -write lets it write there too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "\nstopped")
		os.Exit(130)
	case err != nil:
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, terminal io.Writer) error {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	flags.SetOutput(terminal)
	write := flags.Bool("write", false, "also write to the tenant named by HALOPSA_URL")
	newest := flags.Int("newest", 5, "how many of the newest errors to show")
	if err := flags.Parse(args); err != nil {
		return err
	}
	client, requests, done, err := connect(out, write)
	if err != nil {
		return err
	}
	defer done()

	if err := report(ctx, client, out, terminal, *newest); err != nil {
		return err
	}
	if *write {
		if err := writeSomething(ctx, client, out); err != nil {
			return err
		}
	} else {
		fmt.Fprintln(out, "\nNothing was written; -write logs an error and queues an export, and deletes both.")
	}
	fmt.Fprintf(out, "\n%d API requests in all.\n", requests.Load())
	return nil
}

// connect returns a client of the tenant in the environment, or of a stand-in, where writing is always allowed.
func connect(out io.Writer, write *bool) (client *halopsa.Client, requests *atomic.Int64, done func(), err error) {
	counter := &countingTransport{next: http.DefaultTransport}
	counted := halopsa.WithHTTPClient(&http.Client{Transport: counter})
	if os.Getenv("HALOPSA_URL") != "" {
		client, err = halopsa.NewClientFromEnv(counted)
		if err == nil {
			fmt.Fprintf(out, "Reading from %s.\n\n", os.Getenv("HALOPSA_URL"))
		}
		return client, &counter.n, func() {}, err
	}
	server := halopsatest.NewServer()
	halopsatest.SeedDemo(server.Handler, 400)
	client, err = halopsa.NewClient(server.URL(), counted,
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	if err != nil {
		server.Close()
		return nil, nil, nil, err
	}
	fmt.Fprint(out, "No HALOPSA_URL is set: reading from a stand-in server in this process.\n\n")
	*write = true
	return client, &counter.n, server.Close, nil
}

// countingTransport counts the requests to the API, without those for a token.
type countingTransport struct {
	next http.RoundTripper
	n    atomic.Int64
}

func (t *countingTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Header.Get("Authorization") != "" {
		t.n.Add(1)
	}
	return t.next.RoundTrip(req)
}
