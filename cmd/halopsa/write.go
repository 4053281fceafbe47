package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/halopsa-go/halopsa"
)

// writing is what the writing subcommands have in common.
type writing struct {
	inputs
	Yes bool `help:"Send it. Without this only what would be sent is shown."`
}

// carryOut shows what would be sent and, with -yes, sends it. done says in a word what has become of what was written.
func (c *writing) carryOut(ctx context.Context, t *terminal, done string, r *resource, w *write, key []string) error {
	raw, err := c.read(ctx, t, w)
	if err != nil {
		return err
	}
	if err := identified(raw, done == "changed"); err != nil {
		return err
	}
	if err := keyed(raw, key, w); err != nil {
		return err
	}
	read, err := w.read(raw)
	if err != nil {
		return err
	}
	if _, err := w.send(ctx, nobody(), read, nil); err != nil {
		return err
	}
	if !c.Yes {
		body, err := json.MarshalIndent(w.veil(read), "", "  ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(t.out, "POST /api/%s\n%s\n", r.name, body)
		fmt.Fprintln(t.err, "Nothing was sent; -yes sends it.")
		return err
	}
	tenant, err := t.writable()
	if err != nil {
		return err
	}
	defer tenant.close()
	written, err := w.send(ctx, tenant.client, read, key)
	fmt.Fprintln(t.err, fate(len(raw), done, err))
	printed := format("json").printer(t.out, nil, 0)
	for _, record := range written {
		err = errors.Join(err, printed.add(record))
	}
	return err
}

// identified refuses inputs with the id of a record where one is to be created, and inputs without one where one is to be changed: HaloPSA
// takes each for the other.
func identified(inputs []json.RawMessage, exists bool) error {
	for i, input := range inputs {
		var object struct {
			ID json.RawMessage `json:"id"`
		}
		if err := json.Unmarshal(input, &object); err != nil {
			return fmt.Errorf("input %d: %w", i, err)
		}
		has := !isNothing(object.ID)
		switch {
		case exists && !has:
			return fmt.Errorf("input %d has no id: without one HaloPSA would create a record", i)
		case !exists && has:
			return fmt.Errorf("input %d has an id: HaloPSA would change that record; 'halopsa update' does", i)
		}
	}
	return nil
}

// isNothing reports whether a member is absent, null or as good as that for an id.
func isNothing(value json.RawMessage) bool {
	switch string(value) {
	case "", "null", "0", `""`, `"0"`:
		return true
	}
	return false
}

// keyed refuses a key that an input has nothing for: its record would not be recognized, and be created twice.
func keyed(inputs []json.RawMessage, key []string, w *write) error {
	if len(key) > 0 && !w.keys {
		return errors.New("-key: this resource cannot be looked for by a key")
	}
	for i, input := range inputs {
		has := membersOf(input)
		for _, name := range key {
			if string(has[name]) == "" || string(has[name]) == "null" {
				return fmt.Errorf("-key: input %d has no %q to be recognized by", i, name)
			}
		}
	}
	return nil
}

// fate says what has become of each of n inputs, which are counted from 0.
func fate(n int, done string, err error) string {
	var batch *halopsa.BatchError
	switch {
	case err == nil:
		return fmt.Sprintf("%d of %d %s.", n, n, done)
	case !errors.As(err, &batch) && errors.Is(err, halopsa.ErrOutcomeUnknown):
		return fmt.Sprintf("0 of %d known to be %s.", n, done)
	case !errors.As(err, &batch):
		return fmt.Sprintf("0 of %d %s.", n, done)
	}
	said := fmt.Sprintf("%d of %d %s", len(batch.Written), n, done)
	for _, list := range []struct {
		name   string
		inputs []int
	}{{done, batch.Written}, {"refused", batch.Refused}, {"unknown", batch.Unknown}, {"not sent", batch.NotSent}} {
		if len(list.inputs) > 0 && n > 1 {
			said += fmt.Sprintf("; %s: %s", list.name, ranges(list.inputs))
		}
	}
	if n > 1 {
		said += " (inputs, counted from 0)"
	}
	return said + "."
}

// ranges writes rising numbers as 0-99, 105.
func ranges(numbers []int) string {
	var all []string
	for i := 0; i < len(numbers); {
		end := i
		for end+1 < len(numbers) && numbers[end+1] == numbers[end]+1 {
			end++
		}
		one := fmt.Sprint(numbers[i])
		if end > i {
			one += fmt.Sprintf("-%d", numbers[end])
		}
		all = append(all, one)
		i = end + 1
	}
	return strings.Join(all, ", ")
}

// createCommand creates records.
type createCommand struct {
	writing
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
type updateCommand struct{ writing }

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

// Run shows which records it means, or deletes them one after the other, up to the first that cannot be deleted.
func (c *deleteCommand) Run(ctx context.Context, t *terminal) error {
	r := find(c.Resource)
	if r.delete == nil {
		return r.lacks("delete", func(r *resource) bool { return r.delete != nil })
	}
	for _, id := range c.IDs { // one that is not an id is found before the others are gone
		if err := r.delete(ctx, nobody(), id); err != nil {
			return err
		}
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
	tenant, err := t.writable()
	if err != nil {
		return err
	}
	defer tenant.close()
	for i, id := range c.IDs {
		if err := r.delete(ctx, tenant.client, id); err != nil {
			fate := "not deleted"
			if errors.Is(err, halopsa.ErrOutcomeUnknown) {
				fate = "unknown"
			}
			fmt.Fprintf(t.err, "%d of %d deleted; %s: %s; not sent: %s.\n", i, len(c.IDs), fate, plain(id), orNone(c.IDs[i+1:]))
			return err
		}
	}
	fmt.Fprintf(t.err, "%d of %d deleted.\n", len(c.IDs), len(c.IDs))
	return nil
}

func orNone(ids []string) string {
	if len(ids) == 0 {
		return "none"
	}
	return plain(strings.Join(ids, " "))
}
