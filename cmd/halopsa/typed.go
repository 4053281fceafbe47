package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// The functions below bind the methods of a service, which all have one form, to a resource. S is the service, O its options, T its
// record and I its input.

type listMethod[S, O, T any] func(S, context.Context, *O, ...halopsa.RequestOption) iter.Seq2[*T, error]

// listed binds a list with options.
func listed[S, O, T any](r *resource, of func(*halopsa.Client) S, all listMethod[S, O, T]) {
	r.filters, r.sorts = parameters(reflect.TypeFor[O]())
	r.list = func(ctx context.Context, c *halopsa.Client, s selection) (iter.Seq2[any, error], error) {
		opts, err := optionsOf[O](r, s)
		if err != nil {
			return nil, err
		}
		return anyOf(all(of(c), ctx, opts, s.options...)), nil
	}
}

// listedWhole binds a list that has no options.
func listedWhole[S, T any](r *resource, of func(*halopsa.Client) S, all func(S, context.Context, ...halopsa.RequestOption) iter.Seq2[*T, error]) {
	listed(r, of, func(s S, ctx context.Context, _ *struct{}, ro ...halopsa.RequestOption) iter.Seq2[*T, error] {
		return all(s, ctx, ro...)
	})
}

// followable binds a log.
func followable[S, O, T any](r *resource, of func(*halopsa.Client) S,
	follow func(S, context.Context, int64, time.Duration, *O, ...halopsa.RequestOption) iter.Seq2[halopsa.Followed[T], error],
) {
	r.follow = func(ctx context.Context, c *halopsa.Client, after int64, every time.Duration, s selection) (iter.Seq2[followed, error], error) {
		opts, err := optionsOf[O](r, s)
		if err != nil {
			return nil, err
		}
		return func(yield func(followed, error) bool) {
			for f, err := range follow(of(c), ctx, after, every, opts, s.options...) {
				if !yield(followed{f.Record, f.Cursor}, err) {
					return
				}
			}
		}, nil
	}
}

// gotten binds a Get with options, of which none are given.
func gotten[S, O, T any](r *resource, of func(*halopsa.Client) S, get func(S, context.Context, int64, *O, ...halopsa.RequestOption) (*T, error), opts *O) {
	r.get = func(ctx context.Context, c *halopsa.Client, id string) (any, error) {
		n, err := number(id)
		if err != nil {
			return nil, err
		}
		return get(of(c), ctx, n, opts)
	}
}

// gottenPlain binds a Get without options.
func gottenPlain[S, T any](r *resource, of func(*halopsa.Client) S, get func(S, context.Context, int64, ...halopsa.RequestOption) (*T, error)) {
	gotten(r, of, func(s S, ctx context.Context, id int64, _ *struct{}, ro ...halopsa.RequestOption) (*T, error) {
		return get(s, ctx, id, ro...)
	}, nil)
}

// deleted binds a Delete.
func deleted[S any](r *resource, of func(*halopsa.Client) S, remove func(S, context.Context, int64, ...halopsa.RequestOption) error) {
	r.delete = func(ctx context.Context, c *halopsa.Client, id string) error {
		n, err := number(id)
		if err != nil {
			return err
		}
		return remove(of(c), ctx, n)
	}
}

func number(id string) (int64, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is not an id: it is a number above 0", id)
	}
	return n, nil
}

// written binds a Create or Update, and once the CreateOnce that goes with a Create, or nil.
func written[S, I, T any](of func(*halopsa.Client) S, method func(S, context.Context, []I, ...halopsa.RequestOption) ([]*T, error),
	createOnce func(S, context.Context, []I, halopsa.Match[T, I], ...halopsa.RequestOption) ([]*T, error),
) *write {
	return &write{
		texts: texts(reflect.TypeFor[I]()), keys: createOnce != nil,
		veil: func(inputs any) any {
			all := slices.Clone(inputs.([]I))
			for i := range all {
				veil(reflect.ValueOf(&all[i]).Elem())
			}
			return all
		},
		read: func(inputs []json.RawMessage) (any, error) {
			all := make([]I, len(inputs))
			for i, input := range inputs {
				decoder := json.NewDecoder(bytes.NewReader(input))
				decoder.DisallowUnknownFields()
				if err := decoder.Decode(&all[i]); err != nil {
					return nil, inputError[I](i, len(inputs), input, err)
				}
			}
			return all, nil
		},
		send: func(ctx context.Context, c *halopsa.Client, inputs any, key []string) ([]any, error) {
			var records []*T
			var err error
			if len(key) == 0 {
				records, err = method(of(c), ctx, inputs.([]I))
			} else {
				records, err = createOnce(of(c), ctx, inputs.([]I), sameBy[T, I](key))
			}
			return some(records), err
		},
	}
}

// some returns the records that are there.
func some[T any](records []*T) []any {
	all := make([]any, 0, len(records))
	for _, record := range records {
		if record != nil {
			all = append(all, record)
		}
	}
	return all
}

// sameBy compares a record with an input by the members of a key.
func sameBy[T, I any](key []string) halopsa.Match[T, I] {
	return func(record *T, input I) bool {
		a, b := membersOf(record), membersOf(input)
		return !slices.ContainsFunc(key, func(name string) bool { return !same(a[name], b[name]) })
	}
}

// same reports whether a record's member is what an input has. HaloPSA may write a number as a text, and keeps dates in steps of 3.33 ms.
func same(of, in json.RawMessage) bool {
	a, b := plainValue(of), plainValue(in)
	if a == nil || b == nil {
		return false
	}
	var stored, sent halopsa.Time
	if json.Unmarshal(of, &stored) == nil && json.Unmarshal(in, &sent) == nil && !sent.IsZero() {
		return stored.Sub(sent.Time).Abs() < 4*time.Millisecond
	}
	if _, texts := a.(string); !texts || reflect.TypeOf(a) != reflect.TypeOf(b) {
		return reflect.DeepEqual(a, b) || strings.TrimSuffix(fmt.Sprint(a), ".0") == strings.TrimSuffix(fmt.Sprint(b), ".0")
	}
	return a == b
}

// plainValue decodes JSON, with numbers as they are written.
func plainValue(data json.RawMessage) (value any) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if decoder.Decode(&value) != nil {
		return nil
	}
	return value
}

// texts are the members of an input that are texts.
func texts(input reflect.Type) map[string]bool {
	all := map[string]bool{}
	for i := range input.NumField() {
		name, _, _ := strings.Cut(input.Field(i).Tag.Get("json"), ",")
		kind := input.Field(i).Type.String()
		all[name] = kind == "string" || strings.HasSuffix(kind, "[string]") || strings.HasSuffix(kind, "Secret]")
	}
	return all
}

// membersOf returns the members of a record or an input.
func membersOf(of any) (all map[string]json.RawMessage) {
	data, err := json.Marshal(of)
	if err != nil || json.Unmarshal(data, &all) != nil {
		return nil
	}
	return all
}

// inputError says what is wrong with an input and what its members are.
func inputError[I any](i, of int, input json.RawMessage, err error) error {
	reason := strings.TrimPrefix(err.Error(), "json: ")
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		reason = fmt.Sprintf("%s cannot be a %s", kind.Field, kind.Value)
	case !strings.Contains(reason, "unknown field"): // of a value, which does not know whose it is
		for name, value := range membersOf(input) {
			one, _ := json.Marshal(map[string]json.RawMessage{name: value}) // of what was JSON
			if json.Unmarshal(one, new(I)) != nil {
				reason = name + ": " + reason
			}
		}
	}
	reason = strings.Replace(reason, "unknown field", "there is no member", 1)
	if of > 1 {
		reason = fmt.Sprintf("input %d: %s", i, reason)
	}
	return fmt.Errorf("%s; the members are %s", reason, strings.Join(members(reflect.TypeFor[I]()), ", "))
}

// members lists the JSON names of a struct's fields.
func members(t reflect.Type) []string {
	var all []string
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); name != "" && name != "-" {
			all = append(all, name)
		}
	}
	return all
}

// parameters lists the query parameters that options have a field for, and whether they can sort.
func parameters(options reflect.Type) (filters []string, sorts bool) {
	for i := range options.NumField() {
		field := options.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("url"), ",")
		switch {
		case field.Name == "Sort":
			sorts = true
		case name != "" && name != "-" && name != "count": // a walk cannot have a count
			filters = append(filters, name)
		}
	}
	return filters, sorts
}

// optionsOf puts a selection into the options of a list.
func optionsOf[O any](r *resource, s selection) (*O, error) {
	opts := new(O)
	v := reflect.ValueOf(opts).Elem()
	if len(s.sort) > 0 {
		field := v.FieldByName("Sort")
		if !field.IsValid() {
			return nil, fmt.Errorf("%s cannot be sorted: the API has no parameter for it", r.name)
		}
		field.Set(reflect.ValueOf(s.sort))
	}
	if size := v.FieldByName("PageSize"); s.size > 0 && size.IsValid() {
		size.SetInt(int64(s.size))
	}
	for _, f := range s.filters {
		at := slices.IndexFunc(reflect.VisibleFields(v.Type()), func(field reflect.StructField) bool {
			name, _, _ := strings.Cut(field.Tag.Get("url"), ",")
			return strings.EqualFold(name, f.name) && name != "count" && name != "-"
		})
		if at < 0 {
			if len(r.filters) == 0 {
				return nil, fmt.Errorf("%s has no filters", r.name)
			}
			return nil, fmt.Errorf("%s has no filter %q; it has %s", r.name, f.name, strings.Join(r.filters, ", "))
		}
		if err := assign(v.FieldByIndex(reflect.VisibleFields(v.Type())[at].Index), f.value); err != nil {
			return nil, fmt.Errorf("filter %s: %w", f.name, err)
		}
	}
	return opts, nil
}

// assign sets a field of options from the text of a flag.
func assign(field reflect.Value, text string) error {
	if field.Kind() == reflect.String {
		field.SetString(text)
		return nil
	}
	if field.Kind() == reflect.Slice {
		text = "[" + text + "]"
	}
	if err := json.Unmarshal([]byte(text), field.Addr().Interface()); err != nil {
		kind := "a number"
		switch {
		case field.Kind() == reflect.Bool || strings.Contains(field.Type().String(), "[bool]"):
			kind = "true or false"
		case field.Kind() == reflect.Slice:
			kind = "numbers with commas between them"
		}
		return fmt.Errorf("%q is not %s", text, kind)
	}
	return nil
}

// postTo binds writes to a resource that has no type.
func postTo(path string) *write {
	return &write{
		keys: true,
		veil: func(inputs any) any { return inputs },
		read: func(inputs []json.RawMessage) (any, error) { return inputs, nil },
		send: func(ctx context.Context, c *halopsa.Client, inputs any, key []string) ([]any, error) {
			if len(key) > 0 {
				records, err := halopsa.PostOnceOf(ctx, c, path, inputs.([]json.RawMessage), sameBy[json.RawMessage, json.RawMessage](key))
				return some(records), err
			}
			records, err := halopsa.PostOf[json.RawMessage](ctx, c, path, inputs)
			var all []any
			for i := range records {
				if len(records[i]) > 0 {
					all = append(all, &records[i])
				}
			}
			return all, err
		},
	}
}
