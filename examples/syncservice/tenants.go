package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

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

// source is the host, and the path if there is one, of HaloPSA's base URL in the form that a delivery key has it.
func (s settings) source() string {
	u, err := url.Parse(strings.TrimSpace(s.URL))
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
	data, err := os.ReadFile(strings.TrimPrefix(s.Secret, "file:"))
	if err != nil {
		return "", fmt.Errorf("tenant %s: its client secret cannot be read: %w", s.Name, err)
	}
	return halopsa.Secret(strings.TrimSpace(string(data))), nil
}

// readTenants reads a file of settings, as {"tenants":[…]}.
func readTenants(file string) ([]settings, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("TENANTS_FILE: %w", err)
	}
	var all struct {
		Tenants []settings `json:"tenants"`
	}
	if err := json.Unmarshal(data, &all); err != nil {
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
	secret halopsa.Secret
	client *halopsa.Client
	logs   []haloLog
	slots  chan struct{} // one for each delivery of it at a time
}

// roster are the tenants that this process knows now. It is safe for concurrent use.
type roster struct {
	connect func(settings, halopsa.Secret) (*halopsa.Client, error)
	getenv  func(string) string

	mu     sync.Mutex
	known  map[string]*tenant
	broken map[string]string // why a tenant is not worked for, by its name
}

// parallelDeliveries is how many exports of one tenant are on their way at a time.
const parallelDeliveries = 4

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
	known, broken := map[string]*tenant{}, map[string]string{}
	var problems []error
	for _, s := range all {
		t, err := r.admit(ctx, db, s, known)
		if err != nil {
			broken[s.Name] = err.Error()
			problems = append(problems, err)
			continue
		}
		known[s.Name] = t
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known, r.broken = known, broken
	return errors.Join(problems...)
}

func (r *roster) admit(ctx context.Context, db querier, s settings, known map[string]*tenant) (*tenant, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if known[s.Name] != nil {
		return nil, fmt.Errorf("tenant %s: the name is there twice", s.Name)
	}
	secret, err := s.reveal(r.getenv)
	if err != nil {
		return nil, err
	}
	if before := r.get(s.Name); before != nil && before.settings == s && before.secret == secret {
		return before, nil
	}
	client, err := r.connect(s, secret)
	if err != nil {
		return nil, fmt.Errorf("tenant %s: %w", s.Name, err)
	}
	if err := bind(ctx, db, s); err != nil {
		return nil, err
	}
	return &tenant{settings: s, secret: secret, client: client, logs: logsOf(client), slots: make(chan struct{}, parallelDeliveries)}, nil
}

// bind ties a name to a HaloPSA for good: what the database holds under this name is of that one, and deleting exports by it in another would
// destroy what was never delivered. Only a name of which nothing has come yet, such as one with a mistake in its URL, can be tied again.
func bind(ctx context.Context, db querier, s settings) error {
	if _, err := db.exec(ctx, `INSERT INTO tenants (name, source) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, s.Name, s.source()); err != nil {
		return err
	}
	if _, err := db.exec(ctx, `UPDATE tenants SET source = $2 WHERE name = $1
		AND NOT EXISTS (SELECT 1 FROM looks WHERE tenant = $1 AND looked_at IS NOT NULL)
		AND NOT EXISTS (SELECT 1 FROM deliveries WHERE tenant = $1)`, s.Name, s.source()); err != nil {
		return err
	}
	var source string
	if err := db.row(ctx, `SELECT source FROM tenants WHERE name = $1`, s.Name).Scan(&source); err != nil {
		return err
	}
	if source != s.source() {
		return &boundError{s.Name, source, s.source()}
	}
	return nil
}

// boundError is a name that another HaloPSA has in this database.
type boundError struct{ name, bound, source string }

func (e *boundError) Error() string {
	return fmt.Sprintf("tenant %s: this database has served %s under that name, not %s; give it another name", e.name, e.bound, e.source)
}
