// Command standin serves the stand-in of HaloPSA on a port, for curl and for clients in other languages.
//
//	go run ./examples/standin -addr 127.0.0.1:8080
//	go run ./examples/standin -seed fixtures.json -strict
//
// It prints how to get a token and a list. What it holds is lost when it ends.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/halopsa-go/halopsa/halopsatest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "standin:", err)
		os.Exit(1)
	}
}

// fill seeds the records of a file, or those of the demonstration.
func fill(handler *halopsatest.Handler, file string, records int) error {
	if file == "" {
		halopsatest.SeedDemo(handler, records)
		return nil
	}
	fixtures, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = fixtures.Close() }() // it was only read
	return handler.SeedJSON(fixtures)
}

// run serves until ctx ends.
func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("standin", flag.ContinueOnError)
	flags.SetOutput(out)
	addr := flags.String("addr", "127.0.0.1:8080", "where to listen; port 0 is any free one")
	records := flags.Int("records", 400, "how many integration errors and requests to start with, without -seed")
	limit := flags.Int("limit", 700, "requests in any 5 minutes; 0 is no limit")
	latency := flags.Duration("latency", 0, "delay of every answer")
	seed := flags.String("seed", "", "JSON `file` of records to start with, such as {\"Tickets\":[{\"summary\":\"printer\"}]}; the demonstration records then stay out")
	strict := flags.Bool("strict", false, "refuse query parameters and sort fields that nobody knows")
	var habits halopsatest.Habits
	flags.IntVar(&habits.PageCap, "cap", 0, "largest page that is served; 0 is none")
	flags.IntVar(&habits.FixedSize, "fixed", 0, "size of every page, whatever is asked for; 0 is none")
	flags.BoolVar(&habits.IgnorePaging, "ignore-paging", false, "answer every page_no with the first page")
	flags.BoolVar(&habits.NoRecordCount, "no-record-count", false, "leave record_count out")
	flags.BoolVar(&habits.BareArray, "bare-array", false, "send lists without an envelope")
	if err := flags.Parse(args); err != nil {
		return err
	}
	options := []halopsatest.Option{halopsatest.WithHabits(habits), halopsatest.WithRateLimit(*limit, 5*time.Minute), halopsatest.WithLatency(*latency)}
	if *strict {
		options = append(options, halopsatest.Strict())
	}
	handler := halopsatest.NewHandler(options...)
	if err := fill(handler, *seed, *records); err != nil {
		return err
	}

	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *addr)
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	fmt.Fprintf(out, `Serving %s; Ctrl-C ends it.

  TOKEN=$(curl -s %s/auth/token -d grant_type=client_credentials -d scope=all \
    -d client_id=%s -d client_secret=%s | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  curl -s -H "Authorization: Bearer $TOKEN" '%s/api/IntegrationError?pageinate=true&page_no=1&page_size=3'

  HALOPSA_URL=%s HALOPSA_CLIENT_ID=%s HALOPSA_CLIENT_SECRET=%s go run ./examples/quickstart
`, base, base, halopsatest.ClientID, halopsatest.ClientSecret, base, base, halopsatest.ClientID, halopsatest.ClientSecret)

	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		stopped <- server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}
