// Command doctor answers an operator's question: which integrations are failing, since when, and with what.
//
//	go run ./examples/doctor                       # a table, of a stand-in server in this process
//	go run ./examples/doctor -html report.html     # and a report with charts, in one file
//	go run ./examples/doctor -json | jq .problems  # for machines
//
// With HALOPSA_URL, HALOPSA_CLIENT_ID and HALOPSA_CLIENT_SECRET set it reads that tenant; it never writes to one. Credentials in what it
// reads are taken out, and the bodies and headers of requests are not shown at all.
//
// It ends with code 0, with 1 after an error, with 130 after Ctrl-C, and with 2 when -check is given and an integration has been failing
// for an hour, or for another time as in -check=30m.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

var (
	errFailing = errors.New("failing")
	errUsage   = errors.New("usage") // the flag package has said what is wrong
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(exitCode(err, os.Stderr))
}

// exitCode says on the terminal what went wrong, and returns the code to end with.
func exitCode(err error, terminal io.Writer) int {
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errUsage):
		return 1
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(terminal, "stopped")
		return 130
	case errors.Is(err, errFailing):
		fmt.Fprintln(terminal, "doctor:", err)
		return 2
	}
	fmt.Fprintln(terminal, "doctor:", clean(err.Error()))
	return 1
}

// settings are what the flags say.
type settings struct {
	question
	html  string
	json  bool
	check checkFlag
}

func parse(args []string, terminal io.Writer) (*settings, error) {
	s := &settings{}
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(terminal)
	flags.DurationVar(&s.since, "since", 7*24*time.Hour, "how far back to look")
	flags.DurationVar(&s.quiet, "quiet", 6*time.Hour, "an integration that fails no more for this long has stopped failing")
	flags.Int64Var(&s.module, "module", 0, "look at this module only; 0 is all")
	flags.IntVar(&s.most, "max", 20_000, "most records to read of each list, 100 of which are a request; 0 is all")
	flags.StringVar(&s.html, "html", "", "write a report with charts to this `file`")
	flags.BoolVar(&s.json, "json", false, "print JSON in place of the table")
	flags.Var(&s.check, "check", "end with code 2 when an integration has been failing for an hour, or for 30 minutes as in -check=30m")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil, err
	} else if err != nil {
		return nil, errUsage
	}
	switch {
	case flags.NArg() > 0:
		return nil, fmt.Errorf("%q is not a flag", flags.Arg(0))
	case s.since < time.Minute || s.quiet < time.Minute:
		return nil, errors.New("-since and -quiet must be a minute or longer")
	case s.module < 0 || s.most < 0:
		return nil, errors.New("-module and -max must not be negative")
	}
	if info, err := os.Stat(filepath.Dir(s.html)); err != nil || !info.IsDir() { // better known before minutes of reading
		return nil, fmt.Errorf("-html: there is no folder %s", filepath.Dir(s.html))
	}
	return s, nil
}

// checkFlag is how long a failure may last; 0 is as long as it likes.
type checkFlag time.Duration

func (c *checkFlag) String() string   { return time.Duration(*c).String() }
func (c *checkFlag) IsBoolFlag() bool { return true }

func (c *checkFlag) Set(text string) error {
	switch text {
	case "true":
		*c = checkFlag(time.Hour)
		return nil
	case "false":
		*c = 0
		return nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return errors.New("not a duration such as 30m")
	}
	*c = checkFlag(d)
	return nil
}

func run(ctx context.Context, args []string, out, terminal io.Writer) error {
	s, err := parse(args, terminal)
	if err != nil {
		return err
	}
	t, err := connect(terminal)
	if err != nil {
		return err
	}
	defer t.done()

	s.now = time.Now().UTC()
	r, err := gather(ctx, t.client, s.question, newProgress(terminal))
	if err != nil {
		return err
	}
	r.Tenant, r.APIRequests = t.host, t.requests.Load()
	if s.html != "" {
		var page bytes.Buffer // a report that cannot be made leaves the old one
		if err := writeHTML(&page, r); err != nil {
			return err
		}
		if err := os.WriteFile(s.html, page.Bytes(), 0o600); err != nil {
			return err
		}
		fmt.Fprintln(terminal, "wrote", s.html)
	}
	if s.json {
		encoder := json.NewEncoder(out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(r)
	} else {
		err = writeTable(out, r)
	}
	if err != nil {
		return err
	}
	if long := r.failingFor(time.Duration(s.check)); s.check > 0 && len(long) > 0 {
		return fmt.Errorf("%w for %s and longer: %s", errFailing, span(time.Duration(s.check)), strings.Join(long, ", "))
	}
	return nil
}

// tenant is what is read.
type tenant struct {
	client   *halopsa.Client
	host     string
	requests *atomic.Int64
	done     func()
}

// connect returns the tenant in the environment or, where nothing is configured, a stand-in.
func connect(terminal io.Writer) (*tenant, error) {
	counter := &countingTransport{next: http.DefaultTransport}
	counted := halopsa.WithHTTPClient(&http.Client{Transport: counter})
	agent := halopsa.WithUserAgent("halopsa-doctor")
	for _, name := range []string{"URL", "TENANT", "CLIENT_ID", "CLIENT_SECRET", "SCOPE", "AUTH_URL"} {
		if os.Getenv("HALOPSA_"+name) != "" {
			client, err := halopsa.NewClientFromEnv(counted, agent)
			return &tenant{client, hostOf(os.Getenv("HALOPSA_URL")), &counter.n, func() {}}, err
		}
	}
	fmt.Fprintln(terminal, "No HALOPSA_URL is set: reading from a stand-in server in this process.")
	server := halopsatest.NewServer()
	halopsatest.SeedDemo(server.Handler, 400)
	client, err := halopsa.NewClient(server.URL(), counted, agent,
		halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	if err != nil {
		server.Close()
		return nil, err
	}
	return &tenant{client, "stand-in", &counter.n, server.Close}, nil
}

func hostOf(raw string) string {
	if u, err := url.Parse(raw); err == nil && u.Host != "" {
		return u.Host
	}
	return "tenant"
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
