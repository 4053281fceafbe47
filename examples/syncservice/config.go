package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// config is what the environment and the flags set. What can hold a password is a Secret, which no log line shows.
type config struct {
	getenv           func(string) string // for the tenants' secrets
	demo             bool
	tenantsFile      string
	single           []settings // the tenant that the environment names, if it does
	database         halopsa.Secret
	redis            halopsa.Secret // empty if there is none
	replicas         int
	destination      string // where exports are sent to; empty leaves them where they are
	destinationToken halopsa.Secret
	listen           string
	ui               bool
	interval         time.Duration // between looks at a log that grows
	quietInterval    time.Duration // the longest between looks at one that does not
	reload           time.Duration // between readings of the tenants
	settle           time.Duration // until what is new in a log is read a second time
	rate             int           // requests of a tenant in any window, of all replicas together
	window           time.Duration
	level            slog.Level
	length           time.Duration // of the run; 0 is until it is stopped
}

const (
	defaultInterval = 10 * time.Second
	defaultQuiet    = 5 * time.Minute
	defaultReload   = 30 * time.Second
	defaultRate     = 700
	defaultWindow   = 5 * time.Minute // of HaloPSA's limit
)

// readConfig reads the environment through getenv, and the flags. Its errors name what is wrong and repeat no value that can be a secret.
func readConfig(getenv func(string) string, args []string, terminal io.Writer) (*config, error) {
	conf := &config{
		getenv: getenv, tenantsFile: getenv("TENANTS_FILE"), database: halopsa.Secret(getenv("DATABASE_URL")), redis: halopsa.Secret(getenv("REDIS_URL")),
		destinationToken: halopsa.Secret(strings.TrimSpace(getenv("DESTINATION_TOKEN"))), listen: getenv("LISTEN_ADDR"), reload: defaultReload, settle: defaultSettle,
	}
	flags := flag.NewFlagSet("syncservice", flag.ContinueOnError)
	flags.SetOutput(terminal)
	flags.DurationVar(&conf.length, "for", 0, "end after this time, such as 5s; 0 runs until it is stopped")
	flags.BoolVar(&conf.ui, "ui", false, "serve River's web interface at /ui/; LISTEN_ADDR must be one of this machine's own")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, errors.New("it takes no arguments; see -help")
	}
	if conf.length < 0 {
		return nil, fmt.Errorf("-for: %s is less than 0", conf.length)
	}
	conf.tenantsOf(getenv)
	var wrong [8]error
	conf.interval, wrong[0] = duration(getenv, "SYNC_INTERVAL", defaultInterval)
	conf.quietInterval, wrong[1] = duration(getenv, "SYNC_QUIET_INTERVAL", defaultQuiet)
	conf.rate, conf.window, wrong[2] = rateLimit(getenv("HALOPSA_RATE_LIMIT"))
	conf.replicas, wrong[3] = number(getenv, "REPLICAS", 1)
	conf.destination, wrong[4] = destinationURL(getenv("DESTINATION_URL"))
	if text := getenv("LOG_LEVEL"); text != "" && conf.level.UnmarshalText([]byte(text)) != nil {
		wrong[5] = errors.New("LOG_LEVEL: must be debug, info, warn or error")
	}
	if conf.rate < conf.replicas {
		wrong[6] = errors.New("REPLICAS: there are more of them than requests in HALOPSA_RATE_LIMIT")
	}
	if strings.ContainsFunc(conf.destinationToken.Reveal(), func(r rune) bool { return r <= ' ' || r > '~' }) {
		wrong[7] = errors.New("DESTINATION_TOKEN: has a character that no header can hold")
	}
	if err := errors.Join(wrong[:]...); err != nil {
		return nil, err
	}
	return conf, conf.address()
}

// tenantsOf finds out whose tenants they are. Only where nothing at all is set up is it the demonstration: a service that lacks one variable must
// not seem to work.
func (c *config) tenantsOf(getenv func(string) string) {
	c.demo = c.tenantsFile == ""
	for _, name := range []string{
		"HALOPSA_URL", "HALOPSA_CLIENT_ID", "HALOPSA_CLIENT_SECRET", "HALOPSA_TENANT", "HALOPSA_AUTH_URL", "DATABASE_URL", "DESTINATION_URL", "REDIS_URL",
	} {
		c.demo = c.demo && getenv(name) == ""
	}
	if getenv("HALOPSA_URL")+getenv("HALOPSA_CLIENT_ID")+getenv("HALOPSA_CLIENT_SECRET")+getenv("HALOPSA_TENANT")+getenv("HALOPSA_AUTH_URL") != "" {
		c.single = []settings{{
			Name: "default", URL: getenv("HALOPSA_URL"), Tenant: getenv("HALOPSA_TENANT"), ClientID: getenv("HALOPSA_CLIENT_ID"),
			Secret: "env:HALOPSA_CLIENT_SECRET", Scope: getenv("HALOPSA_SCOPE"), AuthURL: getenv("HALOPSA_AUTH_URL"),
		}}
	}
}

// tenants reads the settings of all tenants: those of the environment, of the file and of the table.
func (c *config) tenants(ctx context.Context, db querier) ([]settings, error) {
	all, err := tenantsIn(ctx, db)
	if err != nil {
		return nil, err
	}
	if c.tenantsFile != "" {
		file, err := readTenants(c.tenantsFile)
		if err != nil {
			return nil, err
		}
		all = append(file, all...)
	}
	return append(c.single[:len(c.single):len(c.single)], all...), nil
}

// address completes and checks where it listens. River's interface asks nobody for a password.
func (c *config) address() error {
	if c.listen == "" {
		c.listen = "127.0.0.1:9180"
		if c.demo {
			c.listen = "127.0.0.1:0"
		}
	}
	host, _, err := net.SplitHostPort(c.listen)
	if err != nil {
		return errors.New("LISTEN_ADDR: must look like 127.0.0.1:9180")
	}
	if c.ui && !loopback(host) {
		return errors.New("-ui: LISTEN_ADDR must be one of this machine's own, such as 127.0.0.1:9180, since the interface asks nobody for a password")
	}
	return nil
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func duration(getenv func(string) string, name string, otherwise time.Duration) (time.Duration, error) {
	text := getenv(name)
	if text == "" {
		return otherwise, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return 0, fmt.Errorf("%s: must be a time of more than 0, such as %s", name, otherwise)
	}
	return d, nil
}

func number(getenv func(string) string, name string, otherwise int) (int, error) {
	text := getenv(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s: must be a number of at least 1, such as %d", name, otherwise)
	}
	return n, nil
}

// rateLimit reads a number of requests, which can have a window behind it, as 700/5m.
func rateLimit(text string) (n int, window time.Duration, err error) {
	if text == "" {
		return defaultRate, defaultWindow, nil
	}
	window = defaultWindow
	count, span, given := strings.Cut(text, "/")
	n, err = strconv.Atoi(count)
	if err == nil && given {
		window, err = time.ParseDuration(span)
	}
	if err != nil || n < 1 || window <= 0 {
		return 0, 0, errors.New("HALOPSA_RATE_LIMIT: must be a number of requests in 5 minutes, such as 700, or say in what time, such as 700/5m")
	}
	return n, window, nil
}

// destinationURL checks where exports are sent to. Exports and the token cross no network in the clear.
func destinationURL(raw string) (string, error) {
	if raw == "" {
		return "", nil
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "", errors.New("DESTINATION_URL: must look like https://erp.example.com/deliveries")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return "", errors.New("DESTINATION_URL: must have no password, query or fragment; a bearer token goes into DESTINATION_TOKEN")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return "", errors.New("DESTINATION_URL: plain http is for this machine only; use https")
	}
	return strings.TrimRight(u.String(), "/"), nil
}
