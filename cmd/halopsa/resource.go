package main

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// resource is a resource of the API and what the command can do with it. A nil function is something that the API does not have.
type resource struct {
	name    string   // HaloPSA's
	short   []string // what a person may call it
	about   string
	columns []string // of a table, by the members' names; nil shows all
	dated   string   // the member that says when a record was made; "" where none is known
	filters []string // the query parameters of the list
	sorts   bool     // whether the list can be sorted

	list   func(ctx context.Context, c *halopsa.Client, s selection) (iter.Seq2[any, error], error)
	follow func(ctx context.Context, c *halopsa.Client, after int64, every time.Duration, s selection) (iter.Seq2[followed, error], error)
	get    func(ctx context.Context, c *halopsa.Client, id string) (any, error)
	create *write
	update *write
	delete func(ctx context.Context, c *halopsa.Client, id string) error
}

// selection is which records of a list to read.
type selection struct {
	filters []setting
	sort    []halopsa.SortKey
	size    int // rows in a page; 0 is the SDK's default
	options []halopsa.RequestOption
}

// setting is a name=value of the command line.
type setting struct{ name, value string }

// followed is a record of a log and the cursor behind it.
type followed struct {
	record any
	cursor int64
}

// write is how records are created or updated.
type write struct {
	// read turns inputs of the command line into those that are sent, and refuses members that do not exist.
	read func(inputs []json.RawMessage) (any, error)
	// texts are the members that are texts, and keys whether records can be looked for by a key.
	texts map[string]bool
	keys  bool
	// veil returns what read has returned without its credentials, to be shown.
	veil func(inputs any) any
	// send sends what read has returned. With the members of a key, a create whose outcome is unknown looks for its records by them.
	send func(ctx context.Context, c *halopsa.Client, inputs any, key []string) ([]any, error)
}

// find returns the resource that a person means: by HaloPSA's name, in any case, or by a short one. Any other name is that of a resource
// that the SDK has no type for.
func find(name string) *resource {
	for i := range resources {
		r := &resources[i]
		if strings.EqualFold(r.name, name) || slices.Contains(r.short, strings.ToLower(name)) {
			return r
		}
	}
	return untyped(name)
}

// names lists what a person may call the resources that do something.
func names(does func(*resource) bool) string {
	var all []string
	for i := range resources {
		if does(&resources[i]) {
			all = append(all, resources[i].short[0])
		}
	}
	return strings.Join(all, ", ")
}

// untyped is a resource outside the integration API.
func untyped(path string) *resource {
	return &resource{
		name: path, sorts: true,
		list: func(ctx context.Context, c *halopsa.Client, s selection) (iter.Seq2[any, error], error) {
			options := s.options
			for _, f := range s.filters {
				options = append(options, halopsa.WithQuery(f.name, f.value))
			}
			if len(s.sort) > 0 {
				options = append(options, halopsa.WithSort(s.sort...))
			}
			if s.size > 0 {
				options = append(options, halopsa.WithPage(0, s.size))
			}
			return anyOf(halopsa.AllOf[json.RawMessage](ctx, c, path, options...)), nil
		},
		get: func(ctx context.Context, c *halopsa.Client, id string) (any, error) {
			return halopsa.GetOf[json.RawMessage](ctx, c, path, id)
		},
		create: postTo(path), update: postTo(path),
		delete: func(ctx context.Context, c *halopsa.Client, id string) error {
			return halopsa.DeleteOf(ctx, c, path, id)
		},
	}
}

// anyOf forgets the type of a walk's records.
func anyOf[T any](records iter.Seq2[*T, error]) iter.Seq2[any, error] {
	return func(yield func(any, error) bool) {
		for record, err := range records {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(record, nil) {
				return
			}
		}
	}
}

// lacks is the error of something that a resource does not do.
func (r *resource) lacks(verb string, does func(*resource) bool) error {
	return fmt.Errorf("%s has no %s; those that have: %s", r.name, verb, names(does))
}
