package main

import (
	"bufio"
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
	Members  []string `arg:"" optional:"" help:"Members of one record, such as module_id=12 error=Failed. A value that is JSON is sent as such, but for a member that is a text." placeholder:"NAME=VALUE"`
	File     file     `short:"f" help:"A file of JSON: a record, an array of them, or one a line; - is the standard input." placeholder:"FILE"`
}

// read returns the records, each as a JSON object.
func (in *inputs) read(ctx context.Context, t *terminal, w *write) ([]json.RawMessage, error) {
	switch {
	case in.File != "" && len(in.Members) > 0:
		return nil, errors.New("give members or -file, not both")
	case in.File == "-":
		return records(interruptible(ctx, t.in))
	case in.File != "":
		f, err := os.Open(string(in.File))
		if err != nil {
			return nil, err
		}
		defer func() { _ = f.Close() }() // it was only read
		return records(interruptible(ctx, f))
	case len(in.Members) == 0:
		return nil, errors.New("nothing to write: give members such as error=Failed, or -file")
	}
	object := map[string]json.RawMessage{}
	for _, member := range in.Members {
		name, value, ok := strings.Cut(member, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("%q is not a member: write NAME=VALUE", member)
		}
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("%s is given twice", name)
		}
		object[name] = valueOf(value, w.texts[name])
	}
	one, err := json.Marshal(object)
	return []json.RawMessage{one}, err
}

// valueOf turns a value of the command line into JSON. Where a text is wanted, only null and a text in quotes are taken for JSON: the error 404
// is no number.
func valueOf(value string, text bool) json.RawMessage {
	raw := json.RawMessage(value)
	if json.Valid(raw) && (!text || value == "null" || strings.HasPrefix(value, `"`)) {
		return raw
	}
	raw, _ = json.Marshal(value) // a text always has a form
	return raw
}

// interruptible returns what from has, up to the end of ctx: somebody who is typing must be able to leave with Ctrl-C.
func interruptible(ctx context.Context, from io.Reader) io.Reader {
	ours, theirs := io.Pipe()
	go func() {
		_, err := io.Copy(theirs, from)
		_ = theirs.CloseWithError(err) // which never fails
	}()
	context.AfterFunc(ctx, func() { _ = ours.CloseWithError(ctx.Err()) })
	return ours
}

// records reads objects, or arrays of them, one after the other.
func records(from io.Reader) (all []json.RawMessage, err error) {
	text := bufio.NewReader(from)
	if mark, _ := text.Peek(3); string(mark) == "\uFEFF" { // which PowerShell begins its files with
		_, _ = text.Discard(3) // it has just been read
	}
	decoder := json.NewDecoder(text)
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
