package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/halopsa-go/halopsa/halopsaprobe"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// standinCommand serves the stand-in.
type standinCommand struct {
	Addr    string  `default:"127.0.0.1:8080" help:"Where to listen; port 0 is any free one."`
	Seed    file    `help:"A JSON file of records to start with, such as {\"Tickets\":[{\"summary\":\"printer\"}]}." placeholder:"FILE"`
	Records count   `default:"400" help:"How many integration errors and requests to start with, without -seed."`
	Limit   count   `default:"700" help:"Requests in any 5 minutes; 0 is no limit."`
	Latency stretch `help:"Delay of every response." placeholder:"DURATION"`
	Strict  bool    `help:"Refuse query parameters and sort fields that nobody knows."`
	Habits  file    `help:"Behave like the tenant that this file of halopsa probe is of." placeholder:"FILE"`
	Tenant  string  `help:"The tenant that the lines to copy name." placeholder:"NAME"`
}

// Run serves until ctx ends.
func (c *standinCommand) Run(ctx context.Context, t *terminal) error {
	options := []halopsatest.Option{halopsatest.WithRateLimit(int(c.Limit), 5*time.Minute), halopsatest.WithLatency(time.Duration(c.Latency))}
	if c.Strict {
		options = append(options, halopsatest.Strict())
	}
	if c.Habits != "" {
		if err := readable(c.Habits); err != nil {
			return err
		}
		options = append(options, halopsatest.WithHabitsFrom(string(c.Habits)))
	}
	handler := halopsatest.NewHandler(options...)
	if err := c.fill(handler); err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.Addr)
	if err != nil {
		return err
	}
	base := "http://" + listener.Addr().String()
	tenant := ""
	if c.Tenant != "" {
		tenant = "HALOPSA_TENANT=" + c.Tenant + " "
	}
	fmt.Fprintf(t.out, `Serving %s; Ctrl-C ends it.

  TOKEN=$(curl -s %s/auth/token -d grant_type=client_credentials -d scope=all \
    -d client_id=%s -d client_secret=%s | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  curl -s -H "Authorization: Bearer $TOKEN" '%s/api/IntegrationError?pageinate=true&page_no=1&page_size=3'

  HALOPSA_URL=%s %sHALOPSA_CLIENT_ID=%s HALOPSA_CLIENT_SECRET=%s halopsa doctor
`, base, base, halopsatest.ClientID, halopsatest.ClientSecret, base, base, tenant, halopsatest.ClientID, halopsatest.ClientSecret)

	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() {
		<-ctx.Done()
		ended <- server.Close()
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-ended
}

// readable says what is wrong with a file of habits, which the stand-in panics over.
func readable(habits file) error {
	f, err := os.Open(string(habits))
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	if _, err := halopsaprobe.Read(f); err != nil {
		return fmt.Errorf("-habits %s: %w", habits, err)
	}
	return nil
}

// fill seeds the records of a file, or those of the demonstration.
func (c *standinCommand) fill(handler *halopsatest.Handler) error {
	if c.Seed == "" {
		halopsatest.SeedDemo(handler, int(c.Records))
		return nil
	}
	fixtures, err := os.Open(string(c.Seed))
	if err != nil {
		return err
	}
	defer func() { _ = fixtures.Close() }() // it was only read
	if err := handler.SeedJSON(fixtures); err != nil {
		return fmt.Errorf("-seed %s: %w", c.Seed, err)
	}
	return nil
}
