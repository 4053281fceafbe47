package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// inputs are the records to write, as the command line has them.
type inputs struct {
	Resource string   `arg:"" help:"What to write: ${writable}, or any resource of the API by its name."`
	Members  []string `arg:"" optional:"" help:"Members of one record, such as module_id=12 error=Failed. A value that is JSON is sent as such." placeholder:"NAME=VALUE"`
	File     string   `short:"f" help:"A file of JSON: a record, an array of them, or one a line; - is the standard input." placeholder:"FILE"`
	Yes      bool     `help:"Send it. Without this only what would be sent is shown."`
}

// read returns the records, each as a JSON object.
func (in *inputs) read(t *terminal) ([]json.RawMessage, error) {
	switch {
	case in.File != "" && len(in.Members) > 0:
		return nil, errors.New("give members or -file, not both")
	case in.File == "-":
		return records(t.in)
	case in.File != "":
		f, err := os.Open(in.File)
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // it was only read
		return records(f)
	case len(in.Members) == 0:
		return nil, errors.New("nothing to write: give members such as error=Failed, or -file")
	}
	object := map[string]json.RawMessage{}
	for _, member := range in.Members {
		name, value, ok := strings.Cut(member, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("%q is not a member: write NAME=VALUE", member)
		}
		raw := json.RawMessage(value)
		if !json.Valid(raw) {
			raw, _ = json.Marshal(value) // a text always has a form
		}
		object[name] = raw
	}
	one, err := json.Marshal(object)
	return []json.RawMessage{one}, err
}

// records reads objects, or arrays of them, one after the other.
func records(from io.Reader) (all []json.RawMessage, err error) {
	decoder := json.NewDecoder(from)
	for {
		var value json.RawMessage
		if err := decoder.Decode(&value); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("the file is not JSON: %w", err)
		}
		var array []json.RawMessage
		if json.Unmarshal(value, &array) == nil {
			all = append(all, array...)
		} else {
			all = append(all, value)
		}
	}
	for i, value := range all {
		if !bytes.HasPrefix(bytes.TrimSpace(value), []byte("{")) {
			return nil, fmt.Errorf("input %d is not a JSON object", i)
		}
	}
	if len(all) == 0 {
		return nil, errors.New("the file holds no records")
	}
	return all, nil
}

// carryOut shows what would be sent and, with -yes, sends it.
func (in *inputs) carryOut(ctx context.Context, t *terminal, verb string, r *resource, w *write, key []string) error {
	raw, err := in.read(t)
	if err != nil {
		return err
	}
	read, err := w.read(raw)
	if err != nil {
		return err
	}
	if !in.Yes {
		body, err := json.MarshalIndent(read, "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.out, "POST /api/%s\n%s\n", r.name, body)
		fmt.Fprintln(t.err, "Nothing was sent; -yes sends it.")
		return err
	}
	if !t.configured() {
		return errNoTenant
	}
	tenant, err := t.configuredTenant()
	if err != nil {
		return err
	}
	defer tenant.close()
	written, err := w.send(ctx, tenant.client, read, key)
	printed := format("json").printer(t.out, nil, 0)
	for _, record := range written {
		err = errors.Join(err, printed.add(record))
	}
	fmt.Fprintf(t.err, "%d of %d %s.\n", len(written), len(raw), verb)
	return err
}

// createCommand creates records.
type createCommand struct {
	inputs
	Key []string `help:"Members that tell which record is which: when it is unknown whether a record was created, it is looked for by them, so that none is created twice." placeholder:"NAME,…"`
}

// Run shows the records or creates them.
func (c *createCommand) Run(ctx context.Context, t *terminal) error {
	r := find(c.Resource)
	if r.create == nil {
		return r.lacks("create", func(r *resource) bool { return r.create != nil })
	}
	return c.carryOut(ctx, t, "created", r, r.create, c.Key)
}

// updateCommand changes records.
type updateCommand struct{ inputs }

// Run shows the changes or makes them.
func (c *updateCommand) Run(ctx context.Context, t *terminal) error {
	r := find(c.Resource)
	if r.update == nil {
		return r.lacks("update", func(r *resource) bool { return r.update != nil })
	}
	return c.carryOut(ctx, t, "changed", r, r.update, nil)
}

// deleteCommand deletes records.
type deleteCommand struct {
	Resource string   `arg:"" help:"What to delete from: ${deletable}, or any resource of the API by its name."`
	IDs      []string `arg:"" name:"id" help:"The ids of the records."`
	Yes      bool     `help:"Delete them. Without this only what would be deleted is shown."`
}

// Run shows which records it means, or deletes them.
func (c *deleteCommand) Run(ctx context.Context, t *terminal) error {
	r := find(c.Resource)
	if r.delete == nil {
		return r.lacks("delete", func(r *resource) bool { return r.delete != nil })
	}
	if !c.Yes {
		for _, id := range c.IDs {
			if _, err := fmt.Fprintf(t.out, "DELETE /api/%s/%s\n", r.name, plain(id)); err != nil {
				return err
			}
		}
		fmt.Fprintln(t.err, "Nothing was sent; -yes sends it.")
		return nil
	}
	if !t.configured() {
		return errNoTenant
	}
	tenant, err := t.configuredTenant()
	if err != nil {
		return err
	}
	defer tenant.close()
	for i, id := range c.IDs {
		if err := r.delete(ctx, tenant.client, id); err != nil {
			return fmt.Errorf("%d of %d deleted, then %s: %w", i, len(c.IDs), id, err)
		}
	}
	fmt.Fprintf(t.err, "%d of %d deleted.\n", len(c.IDs), len(c.IDs))
	return nil
}
