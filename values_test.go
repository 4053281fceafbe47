package halopsa_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-querystring/query"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
)

func TestTimeFromJSON(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 10, 2, 11, 22, 33, 0, time.UTC)
	tests := map[string]time.Time{
		`"2026-10-02T11:22:33"`:            at,
		`"2026-10-02T11:22:33Z"`:           at,
		`"2026-10-02T11:22:33.4"`:          at.Add(400 * time.Millisecond),
		`"2026-10-02T11:22:33.457"`:        at.Add(457 * time.Millisecond),
		`"2026-10-02T11:22:33.4571234"`:    at.Add(457_123_400 * time.Nanosecond),
		`"2026-10-02T11:22:33.4571234Z"`:   at.Add(457_123_400 * time.Nanosecond),
		`"2026-10-02T13:22:33+02:00"`:      at,
		`"2026-10-02T13:22:33\u002b02:00"`: at,
		`"2026-10-02T05:22:33.000-06:00"`:  at,
		`"0001-01-01T00:00:00"`:            {},
		`"1899-12-30T00:00:00"`:            {},
		`"1900-01-01T00:00:00"`:            {},
		`"1900-01-01T00:00:00Z"`:           {},
		`""`:                               {},
		`null`:                             {},
	}
	for text, want := range tests {
		got := halopsa.NewTime(at) // what was there before must go
		require.NoError(t, json.Unmarshal([]byte(text), &got), text)
		assert.True(t, want.Equal(got.Time), "%s: %s", text, got)
		assert.Equal(t, want.IsZero(), got.IsZero(), text)
		assert.Equal(t, time.UTC, got.Location(), text)
	}
	for _, text := range []string{`"soon"`, `"2026-13-02T11:22:33"`, `12`, `true`, `{}`, `[]`, `"2026-10-02T11:22:33`, `"\x"`} {
		var got halopsa.Time
		require.Error(t, json.Unmarshal([]byte(text), &got), text)
		require.Error(t, got.UnmarshalJSON([]byte(text)), text)
	}
}

func TestTimeToJSON(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CEST", 2*60*60)
	tests := map[string]halopsa.Time{
		`null`:                             {},
		`"2026-10-02T11:22:33Z"`:           halopsa.NewTime(time.Date(2026, 10, 2, 13, 22, 33, 0, berlin)),
		`"2026-10-02T11:22:33.457Z"`:       {Time: time.Date(2026, 10, 2, 13, 22, 33, 457_000_000, berlin)},
		`"2026-10-02T11:22:33.123456789Z"`: halopsa.NewTime(time.Date(2026, 10, 2, 11, 22, 33, 123_456_789, time.UTC)),
	}
	for want, at := range tests {
		data, err := json.Marshal(at)
		require.NoError(t, err)
		assert.Equal(t, want, string(data))
		var back halopsa.Time
		require.NoError(t, json.Unmarshal(data, &back))
		assert.True(t, at.Equal(back.Time))
	}
	assert.Equal(t, time.UTC, halopsa.NewTime(time.Date(2026, 10, 2, 13, 22, 33, 0, berlin)).Location())
}

// optional has an Opt of each kind that records and options have.
type optional struct {
	Flag   halopsa.Opt[bool]           `json:"flag,omitzero" url:"flag,omitempty"`
	Number halopsa.Opt[int64]          `json:"number,omitzero" url:"number,omitempty"`
	Ratio  halopsa.Opt[float64]        `json:"ratio,omitzero" url:"ratio,omitempty"`
	Text   halopsa.Opt[string]         `json:"text,omitzero" url:"text,omitempty"`
	Date   halopsa.Opt[halopsa.Time]   `json:"date,omitzero" url:"date,omitempty"`
	Key    halopsa.Opt[halopsa.Secret] `json:"key,omitzero" url:"key,omitempty"`
}

func TestOptInJSONAndQueries(t *testing.T) {
	t.Parallel()
	at := halopsa.NewTime(time.Date(2026, 10, 2, 11, 22, 33, 0, time.UTC))
	tests := map[string]struct {
		value       optional
		json, query string
	}{
		"absent": {optional{}, `{}`, ""},
		"zero values": {optional{
			halopsa.Set(false), halopsa.Set[int64](0), halopsa.Set(0.0), halopsa.Set(""), halopsa.Set(halopsa.Time{}), halopsa.Set(halopsa.Secret("")),
		}, `{"flag":false,"number":0,"ratio":0,"text":"","date":null,"key":""}`, "date=0001-01-01T00%3A00%3A00Z&flag=false&key=&number=0&ratio=0&text="},
		"values": {optional{
			halopsa.Set(true), halopsa.Set[int64](1 << 60), halopsa.Set(0.5), halopsa.Set("a&b"), halopsa.Set(at), halopsa.Set(halopsa.Secret("s3cret")),
		}, `{"flag":true,"number":1152921504606846976,"ratio":0.5,"text":"a&b","date":"2026-10-02T11:22:33Z","key":"s3cret"}`,
			"date=2026-10-02T11%3A22%3A33Z&flag=true&key=s3cret&number=1152921504606846976&ratio=0.5&text=a%26b"},
		"null": {optional{
			halopsa.Null[bool](), halopsa.Null[int64](), halopsa.Null[float64](), halopsa.Null[string](), halopsa.Null[halopsa.Time](), halopsa.Null[halopsa.Secret](),
		}, `{"flag":null,"number":null,"ratio":null,"text":null,"date":null,"key":null}`, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, err := json.Marshal(test.value)
			require.NoError(t, err)
			assert.JSONEq(t, test.json, string(data))
			values, err := query.Values(test.value)
			require.NoError(t, err)
			assert.Equal(t, test.query, values.Encode())
			var back optional
			require.NoError(t, json.Unmarshal(data, &back))
			if name != "zero values" { // a zero Time is sent as null
				assert.Equal(t, test.value, back)
			}
		})
	}
}

func TestOptStates(t *testing.T) {
	t.Parallel()
	var absent halopsa.Opt[int]
	for name, test := range map[string]struct {
		opt            halopsa.Opt[int]
		value          int
		set, null, out bool
		text, goText   string
	}{
		"absent": {absent, 0, false, false, true, "<absent>", "<absent>"},
		"null":   {halopsa.Null[int](), 0, false, true, false, "<null>", "<null>"},
		"zero":   {halopsa.Set(0), 0, true, false, false, "0", "0"},
		"value":  {halopsa.Set(7), 7, true, false, false, "7", "7"},
	} {
		value, ok := test.opt.Get()
		assert.Equal(t, test.value, value, name)
		assert.Equal(t, test.set, ok, name)
		assert.Equal(t, test.null, test.opt.IsNull(), name)
		assert.Equal(t, test.out, test.opt.IsZero(), name)
		assert.Equal(t, test.text, fmt.Sprint(test.opt), name)
		assert.Equal(t, test.goText, fmt.Sprintf("%#v", test.opt), name)
		assert.Equal(t, "{"+test.text+"}", fmt.Sprintf("%v", struct{ O halopsa.Opt[int] }{test.opt}), name)
		value2 := test.opt.LogValue().Resolve()
		assert.Equal(t, test.text, value2.String(), name)
		var q url.Values = map[string][]string{}
		require.NoError(t, test.opt.EncodeValues("n", &q))
		assert.Equal(t, test.set, q.Has("n"), name)
	}
	assert.Equal(t, "   7|07|\"a\"|1.50", fmt.Sprintf("%4d|%02d|%q|%.2f", halopsa.Set(7), halopsa.Set(7), halopsa.Set("a"), halopsa.Set(1.5)))
	assert.Equal(t, slog.KindInt64, halopsa.Set(7).LogValue().Kind())
	assert.Equal(t, slog.KindTime, halopsa.Set(date).LogValue().Kind())
	assert.Equal(t, "[1 2]", halopsa.Set([]int{1, 2}).LogValue().String())

	// What was there before must go, whatever comes.
	opt := halopsa.Set(7)
	require.NoError(t, json.Unmarshal([]byte("null"), &opt))
	assert.Equal(t, halopsa.Null[int](), opt)
	require.Error(t, json.Unmarshal([]byte(`"seven"`), &opt))
	assert.Equal(t, halopsa.Null[int](), opt)
}

// TestSecretIsNeverShown prints it alone and inside of everything that records and inputs are made of.
func TestSecretIsNeverShown(t *testing.T) {
	t.Parallel()
	secret := halopsa.Secret("canary")
	type held struct {
		Name string         `json:"name"`
		Key  halopsa.Secret `json:"key"`
	}
	values := map[string]any{
		"alone":            secret,
		"pointer":          &secret,
		"slice":            []halopsa.Secret{secret},
		"array":            [1]halopsa.Secret{secret},
		"map":              map[string]halopsa.Secret{"k": secret},
		"map by it":        map[halopsa.Secret]int{secret: 1},
		"struct":           held{"n", secret},
		"struct pointer":   &held{"n", secret},
		"slice of structs": []held{{"n", secret}},
		"interface":        struct{ V any }{secret},
		"opt":              halopsa.Set(secret),
		"opt pointer":      halopsa.Set(&secret),
		"opt slice":        halopsa.Set([]halopsa.Secret{secret}),
		"opt struct":       halopsa.Set(held{"n", secret}),
		"opt in a struct":  struct{ Key halopsa.Opt[halopsa.Secret] }{halopsa.Set(secret)},
		"record":           halopsa.ConnectedInstance{NewClientSecret: secret},
		"record pointer":   &halopsa.IntegrationRequest{RetryWebhookToken: secret},
		"input":            halopsa.ConnectedInstanceInput{NewClientSecret: halopsa.Set(secret)},
		"inputs":           []halopsa.IntegrationRequestInput{{RetryWebhookToken: halopsa.Set(secret)}},
	}
	for name, value := range values {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "% x", "%d", "%08v", "%-20s", "%T is %v"} {
				args := []any{value}
				if verb == "%T is %v" {
					args = append(args, value)
				}
				text := fmt.Sprintf(verb, args...)
				assert.NotContains(t, text, "canary", verb)
				assert.NotContains(t, text, "63616e617279", "%s: in hexadecimal", verb)
				assert.NotContains(t, text, "63 61 6e 61 72 79", verb)
			}
			assert.NotContains(t, fmt.Sprint(value)+fmt.Sprintln(value)+fmt.Errorf("failed with %v", value).Error(), "canary")
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("x", "value", value)
			assert.NotContains(t, log.String(), "canary")
			if _, valuer := value.(slog.LogValuer); valuer {
				slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "value", value)
				assert.NotContains(t, log.String(), "canary")
			}
			data, err := json.Marshal(value)
			require.NoError(t, err)
			if name != "map by it" {
				assert.Contains(t, string(data), "canary", "JSON is how the API is sent it")
			}
		})
	}
}

func TestSecretItself(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "canary", halopsa.Secret("canary").Reveal())
	assert.Equal(t, "[redacted]", halopsa.Secret("canary").String())
	assert.Equal(t, `"[redacted]"`, halopsa.Secret("canary").GoString())
	assert.Equal(t, "[redacted]", fmt.Sprintf("%v", halopsa.Secret("canary")))
	assert.Empty(t, halopsa.Secret("").String(), "one can see that there is none")
	assert.Empty(t, fmt.Sprint(halopsa.Secret("")))
	assert.Equal(t, "[redacted]", halopsa.Secret("canary").LogValue().String())
	var secret halopsa.Secret
	require.NoError(t, json.Unmarshal([]byte(`"canary"`), &secret))
	assert.Equal(t, "canary", secret.Reveal())
	assert.Equal(t, halopsa.Secret("canary"), secret)
}
