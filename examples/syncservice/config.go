package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// config is what the environment and the flags set. What can hold a password is a Secret, which no log line shows.
type config struct {
	demo             bool
	database         halopsa.Secret
	destination      string // where exports are sent to; empty leaves them where they are
	destinationToken halopsa.Secret
	source           string // of the exports, part of the keys of their deliveries
	listen           string
	interval         time.Duration
	rate             int // requests in any 5 minutes
	level            slog.Level
	tell             time.Duration // how often it logs how far it is
	length           time.Duration // of the run; 0 is until it is stopped
}

const (
	defaultInterval = 10 * time.Second
	defaultRate     = 700
	// rateWindow is that of HaloPSA's limit.
	rateWindow = 5 * time.Minute
)

// readConfig reads the environment through getenv, and the flags. Its errors name what is wrong and repeat no value that can be a secret.
func readConfig(getenv func(string) string, args []string, terminal io.Writer) (*config, error) {
	conf := &config{
		database: halopsa.Secret(getenv("DATABASE_URL")), destinationToken: halopsa.Secret(getenv("DESTINATION_TOKEN")),
		listen: getenv("LISTEN_ADDR"), interval: defaultInterval, rate: defaultRate, tell: time.Minute,
	}
	flags := flag.NewFlagSet("syncservice", flag.ContinueOnError)
	flags.SetOutput(terminal)
	flags.DurationVar(&conf.length, "for", 0, "end after this time, such as 5s; 0 runs until it is stopped")
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	if flags.NArg() > 0 {
		return nil, errors.New("it takes no arguments; see -help")
	}
	if conf.length < 0 {
		return nil, fmt.Errorf("-for: %s is less than 0", conf.length)
	}
	if err := conf.tenant(getenv); err != nil {
		return nil, err
	}
	var err error
	if conf.destination, err = destinationURL(getenv("DESTINATION_URL")); err != nil {
		return nil, err
	}
	if text := getenv("SYNC_INTERVAL"); text != "" {
		if conf.interval, err = time.ParseDuration(text); err != nil || conf.interval <= 0 {
			return nil, errors.New("SYNC_INTERVAL: must be a time of more than 0, such as 10s")
		}
	}
	if text := getenv("HALOPSA_RATE_LIMIT"); text != "" {
		if conf.rate, err = strconv.Atoi(text); err != nil || conf.rate < 1 {
			return nil, errors.New("HALOPSA_RATE_LIMIT: must be a number of requests in 5 minutes, such as 700")
		}
	}
	if text := getenv("LOG_LEVEL"); text != "" {
		if err := conf.level.UnmarshalText([]byte(text)); err != nil {
			return nil, errors.New("LOG_LEVEL: must be debug, info, warn or error")
		}
	}
	return conf, nil
}

// tenant finds out which HaloPSA it is. Only where nothing at all is set up is it the demonstration: a service that lacks one variable
// must not seem to work.
func (c *config) tenant(getenv func(string) string) error {
	var set []string
	for _, name := range []string{
		"HALOPSA_CLIENT_ID", "HALOPSA_CLIENT_SECRET", "HALOPSA_TENANT", "HALOPSA_AUTH_URL", "DATABASE_URL", "DESTINATION_URL",
	} {
		if getenv(name) != "" {
			set = append(set, name)
		}
	}
	base := getenv("HALOPSA_URL")
	switch {
	case base == "" && len(set) == 0:
		c.demo = true
	case base == "":
		return fmt.Errorf("HALOPSA_URL is not set, but %s is; the demonstration needs none of them", strings.Join(set, ", "))
	default:
		c.source = sourceName(base)
	}
	if c.listen == "" {
		c.listen = "127.0.0.1:9180"
		if c.demo {
			c.listen = "127.0.0.1:0"
		}
	}
	return nil
}

// sourceName is the host, and the path if there is one, of HaloPSA's base URL in the form that a delivery key has it.
func sourceName(base string) string {
	u, err := url.Parse(strings.TrimSpace(base))
	if err != nil {
		return "halopsa" // the client refuses it
	}
	path := strings.TrimRight(u.Path, "/")
	for _, suffix := range []string{"/api", "/auth"} {
		path = strings.TrimSuffix(path, suffix)
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		return '_'
	}, strings.ToLower(u.Host+path))
}

// destinationURL checks where exports are sent to.
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
	}
	return strings.TrimRight(u.String(), "/"), nil
}
