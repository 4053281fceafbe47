package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime/pprof"
	"slices"
	"strings"
	"time"

	"github.com/google/pprof/profile"
)

// profiles say where our client's CPU time went in a contest, by its title: the share of each part.
type profiles map[string]map[string]float64

// The parts of our client's work, as a reader knows them.
const (
	networkPart  = "net/http, the scheduler and the kernel"
	decodingPart = "decoding the response"
	garbagePart  = "the garbage collector"
	attemptPart  = "the attempt: its header, its timeout, its retries"
	limitPart    = "the watch over 429"
	tokenPart    = "the token"
	requestPart  = "the request: its options, its path, its query"
	standInPart  = "the benchmark's own transport and loop"
)

// parts are the packages of each part; the longest prefix counts. Any other package, such as context, strings or runtime, works for its caller.
var parts = []struct{ prefix, part string }{
	{"net/http.", networkPart}, {"net/http/", networkPart}, {"net.", networkPart}, {"net/textproto.", networkPart}, {"net/netip.", networkPart}, {"bufio.", networkPart},
	{"internal/poll.", networkPart}, {"syscall.", networkPart}, {"internal/runtime/syscall", networkPart}, {"crypto/", networkPart}, {"golang.org/x/net/", networkPart},
	{"github.com/hashicorp/go-retryablehttp.", attemptPart},
	{"github.com/halopsa-go/halopsa/internal/attempt.", attemptPart}, {"github.com/halopsa-go/halopsa/internal/retry.", attemptPart},
	{"github.com/halopsa-go/halopsa/internal/verdict.", attemptPart},
	{"github.com/halopsa-go/halopsa/internal/limit.", limitPart},
	{"github.com/halopsa-go/halopsa/internal/auth.", tokenPart}, {"golang.org/x/oauth2.", tokenPart},
	{"github.com/halopsa-go/halopsa/internal/wire.", decodingPart}, {"github.com/halopsa-go/halopsa/internal/loose.", decodingPart},
	{"github.com/halopsa-go/halopsa.", requestPart},
	{"main.", standInPart}, {"github.com/halopsa-go/halopsa/benchmarks.", standInPart},
}

// collecting are the functions of the runtime below which it collects garbage, some of them in the middle of an allocation.
var collecting = []string{
	"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.gcStart", "runtime.gcMarkDone", "runtime.gcMarkTermination", "runtime.bgsweep", "runtime.bgscavenge",
	"runtime.deductSweepCredit", "runtime.(*sweepLocked).sweep", "runtime.(*mcentral).uncacheSpan", "runtime.wbBufFlush", "runtime.sweepone", "runtime.gcmarknewobject",
}

// partOf returns the part that a stack belongs to, which has the function that was running first and its callers behind it.
func partOf(stack []string) string {
	if slices.ContainsFunc(stack, func(name string) bool {
		return slices.ContainsFunc(collecting, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
	}) {
		return garbagePart
	}
	for _, name := range stack {
		for _, p := range parts {
			if strings.HasPrefix(name, p.prefix) {
				return p.part
			}
		}
	}
	return networkPart // no package's: the runtime looks for a goroutine that can run, or for what the network has brought
}

// profileOurs runs our client again in the contests with these titles, under the profiler of the runtime, which looks a hundred times in a second of CPU
// time: until it has taken this much of that.
func profileOurs(ctx context.Context, contests []*contest, titles []string, long time.Duration, progress io.Writer) (profiles, error) {
	found := profiles{}
	for _, c := range contests {
		at := slices.IndexFunc(c.entries, func(e entry) bool { return e.name == oursName })
		if at < 0 || !slices.Contains(titles, c.title) {
			continue
		}
		var taken bytes.Buffer
		if err := pprof.StartCPUProfile(&taken); err != nil {
			return nil, err
		}
		err := takeFor(ctx, c, c.entries[at], long)
		pprof.StopCPUProfile()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.title, err)
		}
		read, err := profile.Parse(&taken)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.title, err)
		}
		shares, looks := sharesOf(read)
		if looks > 0 {
			found[c.title] = shares
		}
		_, _ = fmt.Fprintf(progress, "profile: %s: %d looks\n", c.title, looks)
	}
	return found, nil
}

// takeFor makes samples until they have taken this much CPU time.
func takeFor(ctx context.Context, c *contest, e entry, long time.Duration) error {
	for used := time.Duration(0); used < long; {
		s, err := take(ctx, c, e, c.n)
		if err != nil {
			return err
		}
		used += max(s.cpu, time.Microsecond)
	}
	return nil
}

// sharesOf adds up a profile by part, and says how many looks it was made of.
func sharesOf(p *profile.Profile) (shares map[string]float64, looks int64) {
	shares = map[string]float64{}
	for _, s := range p.Sample {
		var stack []string
		for _, place := range s.Location {
			for _, line := range place.Line {
				stack = append(stack, line.Function.Name)
			}
		}
		shares[partOf(stack)] += float64(s.Value[0])
		looks += s.Value[0]
	}
	for part := range shares {
		shares[part] /= float64(looks)
	}
	return shares, looks
}

const aboutProfiles = `### What stands in the way

Where our client's CPU time goes in the contests of missed targets, by a profile: the share of each part, and what that is of %s.
What the runtime and the rest of the standard library do counts for the part that asks for it, an allocation too.

`

// writeProfiles writes a table of what the CPU time of missed targets is made of.
func writeProfiles(out *strings.Builder, r results, found profiles, titles []string) {
	titles = slices.DeleteFunc(slices.Clone(titles), func(title string) bool { return found[title] == nil })
	if len(titles) == 0 {
		return
	}
	fmt.Fprintf(out, aboutProfiles, rawName)
	row(out, append([]string{"part"}, titles...)...)
	row(out, append([]string{"---"}, strings.Fields(strings.Repeat("---: ", len(titles)))...)...)
	for _, part := range []string{networkPart, decodingPart, garbagePart, attemptPart, limitPart, tokenPart, requestPart, standInPart} {
		cells := []string{part}
		for _, title := range titles {
			share := found[title][part]
			cells = append(cells, fmt.Sprintf("%.0f %%, %.2f", 100*share, share*r.ratio(title, oursName, rawName, cpuTime)))
		}
		row(out, cells...)
	}
	out.WriteString("\n")
}
