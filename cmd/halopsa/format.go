package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"

	"github.com/halopsa-go/halopsa/cmd/halopsa/internal/table"
)

// format is how records are printed.
type format string

// printer prints the records of one list as they come.
type printer interface {
	add(record any) error
	end() error
}

// printer returns the printer for a format.
func (f format) printer(out io.Writer, columns []string, width int) printer {
	switch f {
	case "json":
		return &jsonPrinter{out, columns}
	case "csv":
		return &csvPrinter{out: csv.NewWriter(out), columns: columns}
	}
	return &tablePrinter{out: out, columns: columns, width: width}
}

// jsonPrinter prints a record a line, with all members beside each other, as HaloPSA has them.
type jsonPrinter struct {
	out     io.Writer
	columns []string
}

func (p *jsonPrinter) add(record any) error {
	r, err := rowOf(record)
	if err != nil {
		return err
	}
	names := r.names
	if p.columns != nil {
		names = p.columns
	}
	var object, line bytes.Buffer
	between := "{"
	for _, name := range names {
		key, _ := json.Marshal(name) // a text always has a form
		fmt.Fprintf(&object, "%s%s:%s", between, key, cmp.Or(string(r.values[name]), "null"))
		between = ","
	}
	object.WriteString(strings.TrimPrefix(between, ",") + "}")
	if err := json.Compact(&line, object.Bytes()); err != nil {
		return err
	}
	_, err = p.out.Write(append(escaped(line.Bytes()), '\n'))
	return err
}

func (p *jsonPrinter) end() error { return nil }

// escaped writes characters that a terminal could obey as JSON escapes, which mean the same: they are in texts only.
func escaped(data []byte) []byte {
	if !bytes.ContainsFunc(data, unprintable) {
		return data
	}
	var b bytes.Buffer
	for _, r := range string(data) {
		if !unprintable(r) {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, "\\u%04x", unit)
		}
	}
	return b.Bytes()
}

func unprintable(r rune) bool { return r != ' ' && !unicode.IsPrint(r) }

// csvPrinter prints a line of names and then a record a line. The names are those of the first record: what a later one has besides is in
// the last column, as JSON.
type csvPrinter struct {
	out     *csv.Writer
	columns []string
	begun   bool
	chosen  bool // the columns are the caller's
}

const others = "(others)"

func (p *csvPrinter) add(record any) error {
	r, err := rowOf(record)
	if err != nil {
		return err
	}
	if !p.begun {
		p.chosen = p.columns != nil
		if !p.chosen {
			p.columns = append(slices.Clone(r.names), others)
		}
		if err := p.out.Write(p.columns); err != nil {
			return err
		}
		p.begun = true
	}
	line := make([]string, len(p.columns))
	for i, name := range p.columns {
		line[i] = r.text(name)
	}
	if !p.chosen {
		rest := map[string]json.RawMessage{}
		for _, name := range r.names {
			if !slices.Contains(p.columns, name) {
				rest[name] = r.values[name]
			}
		}
		if len(rest) > 0 {
			data, err := json.Marshal(rest)
			if err != nil {
				return err
			}
			line[len(line)-1] = string(data)
		}
	}
	if err := p.out.Write(line); err != nil {
		return err
	}
	p.out.Flush()
	return p.out.Error()
}

func (p *csvPrinter) end() error {
	if !p.begun && p.columns != nil {
		_ = p.out.Write(p.columns)
	}
	p.out.Flush()
	return p.out.Error()
}

// tablePrinter gathers rows and prints them once a screenful has come, so that a long list need not be held.
type tablePrinter struct {
	out     io.Writer
	columns []string
	width   int
	rows    []row
}

const screenful = 500

func (p *tablePrinter) add(record any) error {
	r, err := rowOf(record)
	if err != nil {
		return err
	}
	p.rows = append(p.rows, r)
	if len(p.rows) == screenful {
		return p.flush()
	}
	return nil
}

func (p *tablePrinter) end() error { return p.flush() }

func (p *tablePrinter) flush() error {
	if len(p.rows) == 0 {
		return nil
	}
	if p.columns == nil {
		p.columns = p.filled()
	}
	t := table.Table{Head: p.columns, Width: p.width}
	for _, r := range p.rows {
		cells := make([]string, len(p.columns))
		for i, name := range p.columns {
			cells[i] = plain(r.text(name))
			if when := r.when(name); !when.IsZero() {
				cells[i] = when.UTC().Format(time.DateTime)
			}
		}
		t.Rows = append(t.Rows, cells)
	}
	p.rows = p.rows[:0]
	return t.Write(p.out)
}

// filled lists the members that some row has something in, and that are no lists or objects.
func (p *tablePrinter) filled() []string {
	var all []string
	for _, r := range p.rows {
		for _, name := range r.names {
			text := r.text(name)
			if text != "" && text != "0" && text != "false" && text[0] != '{' && text[0] != '[' && !slices.Contains(all, name) {
				all = append(all, name)
			}
		}
	}
	if at := slices.Index(all, "id"); at > 0 {
		all = slices.Insert(slices.Delete(all, at, at+1), 0, "id")
	}
	return all
}
