package halopsarecord_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsarecord"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// most is how much a recorder may slow a call.
const most = 50 * time.Microsecond

// instant responds at once with the same response.
type instant struct{ header http.Header }

func (i instant) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		_, _ = io.Copy(io.Discard, req.Body)
		_ = req.Body.Close()
	}
	return &http.Response{StatusCode: http.StatusOK, Header: i.header, Body: io.NopCloser(strings.NewReader(answer)), Request: req}, nil
}

var answer = `{"devices":[` + strings.Repeat(`{"id":12,"name":"PC-7","site":"London","online":true},`, 75) + `{"id":13}]}` // 4 kB

var headers = http.Header{
	"Content-Type": {"application/json"}, "Date": {"Fri, 02 Oct 2026 11:22:33 GMT"}, "Server": {"nginx"}, "X-Request-Id": {"3f2a"}, "Vary": {"Accept"},
	"Cache-Control": {"no-store"}, "Set-Cookie": {"sid=0123456789abcdef; Path=/"}, "Strict-Transport-Security": {"max-age=31536000"},
}

// BenchmarkTransport measures what a recorder adds to a call, and fails where that is more than 50 µs. The calls come faster than they can be
// written, so that most are dropped in the end: the note is taken all the same.
func BenchmarkTransport(b *testing.B) {
	for name, opts := range map[string][]halopsarecord.Option{"headers": nil, "bodies": {halopsarecord.WithBodies(8 << 10)}} {
		b.Run(name, func(b *testing.B) {
			rec := halopsarecord.New(client(b), module, append(opts, halopsarecord.WithMemory(1<<30))...)
			defer closeNow(b, rec)
			added := perCall(b, rec.Transport(instant{headers})) - perCall(b, instant{headers})
			b.ReportMetric(float64(added.Nanoseconds()), "added-ns/op")
			if added > most {
				b.Errorf("a call takes %s longer, and may take %s", added, most)
			}
		})
	}
}

// perCall is how long a call takes: the least average of some rounds, since other programs use the machine too.
func perCall(b *testing.B, transport http.RoundTripper) time.Duration {
	b.Helper()
	const round, rounds = 100, 20
	least := time.Hour
	for range max(b.N/round, rounds) {
		began := time.Now()
		for range round {
			perOne(b, transport)
		}
		least = min(least, time.Since(began)/round)
	}
	return least
}

// BenchmarkHandler measures what a recorder adds to an error in the log.
func BenchmarkHandler(b *testing.B) {
	rec := halopsarecord.New(client(b), module, halopsarecord.WithMemory(1<<30))
	defer closeNow(b, rec)
	logger := slog.New(rec.Handler(nil))
	for b.Loop() {
		logger.Error("no such site", "entity_type", "site", "entity_id", 7, "endpoint", "GET /devices")
	}
	if each := b.Elapsed() / time.Duration(b.N); each > most {
		b.Errorf("a line takes %s longer, and may take %s", each, most)
	}
}

// BenchmarkBatch measures how long the goroutine works for a batch of calls with bodies of 4 kB.
func BenchmarkBatch(b *testing.B) {
	h := halopsatest.NewHandler(halopsatest.WithRateLimit(0, 0))
	c, err := halopsa.NewClient("http://standin.localhost", halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithHTTPClient(&http.Client{Transport: h.Transport()}), halopsa.WithRateLimit(1<<30, time.Hour))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		rec := halopsarecord.New(c, module, halopsarecord.WithBodies(8<<10))
		transport := rec.Transport(instant{headers})
		for range 50 {
			perOne(b, transport)
		}
		if err := rec.Close(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHostile measures the same for texts that are made to be slow, of 64 KiB.
func BenchmarkHostile(b *testing.B) {
	for _, text := range []string{"a:", "key:", "password:", "<a>", "?a=", "x?a=https://", "Bearer ", `{"a":"{\"a\":\"`} {
		b.Run(text, func(b *testing.B) {
			c := client(b)
			body := strings.Repeat(text, 1<<16/len(text))
			for b.Loop() {
				rec := halopsarecord.New(c, module, halopsarecord.WithBodies(1<<16), halopsarecord.WithShare(1))
				req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://rmm.example.com/", strings.NewReader(body))
				if err != nil {
					b.Fatal(err)
				}
				resp, err := rec.Transport(instant{headers}).RoundTrip(req)
				if err != nil {
					b.Fatal(err)
				}
				_ = resp.Body.Close()
				if err := rec.Close(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func perOne(b *testing.B, transport http.RoundTripper) {
	b.Helper()
	req, err := http.NewRequestWithContext(context.Background(), http.MethodPost, "https://rmm.example.com/api/v2/devices?page=2&size=100", strings.NewReader(answer))
	if err != nil {
		b.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer 0123456789abcdef0123456789abcdef")
	req.Header.Set("Content-Type", "application/json")
	resp, err := transport.RoundTrip(req)
	if err != nil {
		b.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
}

// client is one of a tenant without a limit.
func client(b *testing.B) *halopsa.Client {
	return halopsatest.NewHandler(halopsatest.WithRateLimit(0, 0)).Client(b, halopsa.WithoutRateLimit())
}

// closeNow ends a recorder without regard to what is left.
func closeNow(b *testing.B, rec *halopsarecord.Recorder) {
	b.Helper()
	b.StopTimer()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = rec.Close(ctx) // most is left
	b.StartTimer()
}
