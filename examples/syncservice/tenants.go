package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/halopsa-go/halopsa"
)

// settings are what is set for one tenant, in a file or in the table tenant_settings.
type settings struct {
	Name     string `json:"name"`   // as logs, metrics and the database's keys have it
	URL      string `json:"url"`    // HaloPSA's base URL
	Tenant   string `json:"tenant"` // where a hosted instance needs one
	ClientID string `json:"client_id"`
	// Secret says where the client secret is: "env:NAME" or "file:/path". It is never the secret itself.
	Secret  string `json:"secret"`
	Scope   string `json:"scope"`    // of the token, where it is not the usual one
	AuthURL string `json:"auth_url"` // of the authorization server, where it is another
}

// source names the HaloPSA of a tenant in the form that a delivery key has it: the host and the path of its base URL, and the tenant where the host is
// that of several. However the URL is written, it is the same.
func (s settings) source() string {
	u, err := url.Parse(strings.TrimSpace(s.URL))
	if err != nil {
		return "halopsa" // the client refuses it
	}
	host, path := strings.TrimSuffix(strings.ToLower(u.Hostname()), "."), strings.TrimRight(strings.ToLower(u.Path), "/")
	for _, suffix := range []string{"/token", "/api", "/auth"} {
		path = strings.TrimSuffix(path, suffix)
	}
	if port := u.Port(); port != "" && port != map[string]string{"https": "443", "http": "80"}[u.Scheme] {
		path = ":" + port + path
	}
	if tenant := strings.ToLower(strings.TrimSpace(s.Tenant)); tenant != "" && !strings.HasPrefix(host, tenant+".") {
		path += "/" + tenant
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		}
		return '_'
	}, host+path)
}

// check says what is missing or wrong.
func (s settings) check() error {
	switch {
	case s.Name == "" || strings.Trim(s.Name, "abcdefghijklmnopqrstuvwxyz0123456789-_.") != "":
		return fmt.Errorf("tenant %q: a name is of small letters, digits, dots and dashes", s.Name)
	case s.URL == "":
		return fmt.Errorf("tenant %s: url is missing", s.Name)
	case s.ClientID == "":
		return fmt.Errorf("tenant %s: client_id is missing", s.Name)
	case !strings.HasPrefix(s.Secret, "env:") && !strings.HasPrefix(s.Secret, "file:"):
		return fmt.Errorf("tenant %s: secret must say where the client secret is: env:NAME or file:/path, never the secret itself", s.Name)
	}
	return nil
}

// reveal reads the client secret from where it is.
func (s settings) reveal(getenv func(string) string) (halopsa.Secret, error) {
	if name, ok := strings.CutPrefix(s.Secret, "env:"); ok {
		if secret := strings.TrimSpace(getenv(name)); secret != "" {
			return halopsa.Secret(secret), nil
		}
		return "", fmt.Errorf("tenant %s: the variable %s with its client secret is not set", s.Name, name)
	}
	data, err := readFile(strings.TrimPrefix(s.Secret, "file:"), 64<<10)
	secret := strings.TrimSpace(string(data))
	if err == nil && secret == "" {
		err = errors.New("the file is empty")
	}
	if err != nil {
		return "", fmt.Errorf("tenant %s: its client secret cannot be read: %w", s.Name, err)
	}
	return halopsa.Secret(secret), nil
}

// readFile reads a file of at most so many bytes.
func readFile(path string, most int64) ([]byte, error) {
	f, err := os.Open(path) //nolint:gosec // whoever sets up the service names it
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%s: longer than %d bytes", path, most)
	}
	return data, err
}

// readTenants reads a file of settings, as {"tenants":[…]}. A member that it does not know is a mistake: a tenant must not be worked for without
// what was meant, and none must not look like all being well.
func readTenants(file string) ([]settings, error) {
	data, err := readFile(file, 64<<20)
	if err != nil {
		return nil, fmt.Errorf("TENANTS_FILE: %w", err)
	}
	var all struct {
		Tenants []settings `json:"tenants"`
	}
	in := json.NewDecoder(bytes.NewReader(data))
	in.DisallowUnknownFields()
	err = in.Decode(&all)
	if err == nil && all.Tenants == nil {
		err = errors.New(`it must look like {"tenants":[…]}`)
	}
	if _, more := in.Token(); err == nil && more != io.EOF { //nolint:errorlint // it is never wrapped
		err = errors.New("there is something behind the tenants")
	}
	if err != nil {
		return nil, fmt.Errorf("TENANTS_FILE: %w", err)
	}
	return all.Tenants, nil
}

// tenantsIn reads the table of settings.
func tenantsIn(ctx context.Context, db querier) (all []settings, err error) {
	err = db.rows(ctx, func(row scanner) error {
		var s settings
		err := row.Scan(&s.Name, &s.URL, &s.Tenant, &s.ClientID, &s.Secret, &s.Scope, &s.AuthURL)
		all = append(all, s)
		return err
	}, `SELECT name, url, tenant, client_id, secret, scope, auth_url FROM tenant_settings ORDER BY name`)
	return all, err
}

// tenant is one that this process works for.
type tenant struct {
	settings
	client *halopsa.Client
	logs   []haloLog
	slots  chan struct{} // one for each delivery of it at a time
	slow   atomic.Bool   // its HaloPSA was, when it was asked last
}

// roster are the tenants that this process knows now. It is safe for concurrent use.
type roster struct {
	connect func(s settings, observe func(context.Context, halopsa.Attempt)) (*halopsa.Client, error)
	getenv  func(string) string

	mu     sync.Mutex
	known  map[string]*tenant
	broken map[string]string // why a tenant is not worked for, by its name
}

// parallelDeliveries is how many exports of one tenant are on their way at a time.
const parallelDeliveries = 4

// has reports whether there are settings of a tenant, with a mistake or without.
func (r *roster) has(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[name] != nil || r.broken[name] != ""
}

// get returns a tenant, nil for one that is not worked for.
func (r *roster) get(name string) *tenant {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.known[name]
}

// all returns the tenants by name, and why others are not worked for.
func (r *roster) all() (known []*tenant, broken map[string]string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	broken = make(map[string]string, len(r.broken))
	for name, why := range r.broken {
		broken[name] = why
	}
	for _, t := range r.known {
		known = append(known, t)
	}
	slices.SortFunc(known, func(a, b *tenant) int { return cmp.Compare(a.Name, b.Name) })
	return known, broken
}

// set takes over settings: a tenant whose settings are as before keeps its client. It returns what is wrong with any of them.
func (r *roster) set(ctx context.Context, db querier, all []settings) error {
	known, broken, sources := map[string]*tenant{}, map[string]string{}, map[string]string{}
	var problems []error
	for _, s := range all {
		t, err := r.admit(ctx, db, s, known, sources)
		if err != nil {
			broken[s.Name] = err.Error()
			problems = append(problems, err)
			continue
		}
		known[s.Name], sources[s.source()] = t, s.Name
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known, r.broken = known, broken
	return errors.Join(problems...)
}

func (r *roster) admit(ctx context.Context, db querier, s settings, known map[string]*tenant, sources map[string]string) (*tenant, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if known[s.Name] != nil {
		return nil, fmt.Errorf("tenant %s: the name is there twice", s.Name)
	}
	if other := sources[s.source()]; other != "" { // each would deliver the exports, and take the limit for its own
		return nil, fmt.Errorf("tenant %s: its HaloPSA is that of tenant %s", s.Name, other)
	}
	if before := r.get(s.Name); before != nil && before.settings == s {
		return before, nil
	}
	if _, err := s.reveal(r.getenv); err != nil {
		return nil, err
	}
	t := &tenant{settings: s, slots: make(chan struct{}, parallelDeliveries)}
	client, err := r.connect(s, t.observe)
	if err != nil {
		return nil, fmt.Errorf("tenant %s: %w", s.Name, err)
	}
	if err := bind(ctx, db, s); err != nil {
		return nil, err
	}
	t.client, t.logs = client, logsOf(client)
	return t, nil
}
