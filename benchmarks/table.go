package main

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// report is the whole of it in Markdown.
func report(r results, found profiles, counted instructions, without string, contests []*contest, rounds int, size scale, began time.Time) string {
	var out strings.Builder
	out.WriteString("# Benchmarks\n\n")
	if size != full {
		out.WriteString("**A quick run: it shows that everything works. Its figures mean nothing.**\n\n")
	}
	fmt.Fprintf(&out, "Made by `go run .` in this folder, %s, in %d rounds.\n\n", began.UTC().Format("2 January 2006"), rounds)
	out.WriteString(about)
	if len(counted) > 0 {
		without = aboutInstructions
	}
	if without != "" {
		out.WriteString(without + "\n\n")
	}
	writeTargets(&out, r, size)
	writeProfiles(&out, r, found, missedTitles(r, size))
	for _, c := range contests {
		writeContest(&out, r, counted[c.title], c)
	}
	writeVersions(&out)
	return out.String()
}

const about = `Each client is the real one, on its own default transport, makes its requests through its own exported functions, and decodes the
same record. Every round has one sample of every client, in turn, and each round begins with another one. Figures are medians over the
rounds, ratios are medians of the ratios within a round. CPU is that of the whole client process, its garbage collector included. The server
is another process, whose CPU and memory do not count, but it shares the machine, so wall time has its work in it too. B/op and allocs/op
count everything that was allocated in the client process.

`

const aboutInstructions = `Instructions are those of the whole client process, counted by callgrind in another run, on one CPU. They hardly depend on
the load of the machine. Those of the kernel are left out.`

// writeContest writes the table of one contest.
func writeContest(out *strings.Builder, r results, counted map[string]float64, c *contest) {
	fmt.Fprintf(out, "## %s\n\n%s Ratios are to %s.\n\n", c.title, c.about, c.entries[0].name)
	columns := []string{"client", "CPU", "wall", "B", "allocs", "CPU/op", "wall/op", "B/op", "allocs/op"}
	if counted != nil {
		columns = slices.Concat(columns[:2], []string{"instructions"}, columns[2:6], []string{"instructions/op"}, columns[6:])
	}
	if c.server != nil {
		columns = append(columns, "requests/op", "connections", "sent/op")
	}
	if c.heap {
		columns = append(columns, "peak")
	}
	row(out, columns...)
	row(out, append([]string{"---"}, strings.Fields(strings.Repeat("---: ", len(columns)-1))...)...)
	base := c.entries[0].name
	for _, e := range c.entries {
		cells := []string{e.name}
		for _, of := range []metric{cpuTime, wallTime, heapBytes, allocs} {
			cells = append(cells, fmt.Sprintf("%.2f", r.ratio(c.title, e.name, base, of)))
		}
		cells = append(cells, duration(r.median(c.title, e.name, cpuTime)), duration(r.median(c.title, e.name, wallTime)),
			bytesText(r.median(c.title, e.name, heapBytes)), fmt.Sprintf("%.0f", r.median(c.title, e.name, allocs)))
		if counted != nil {
			ratio := fmt.Sprintf("%.2f", counted[e.name]/counted[base])
			cells = slices.Concat(cells[:2], []string{ratio}, cells[2:6], []string{fmt.Sprintf("%.0f", counted[e.name])}, cells[6:])
		}
		if c.server != nil {
			cells = append(cells, fmt.Sprintf("%.0f", r.median(c.title, e.name, requests)),
				fmt.Sprintf("%.0f", r.median(c.title, e.name, connections)), bytesText(r.median(c.title, e.name, sentBytes)))
		}
		if c.heap {
			cells = append(cells, bytesText(largest(r.values(c.title, e.name, peakHeap))))
		}
		row(out, cells...)
	}
	out.WriteString("\n")
}

func row(out *strings.Builder, cells ...string) {
	out.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// duration writes nanoseconds with three digits.
func duration(ns float64) string {
	switch {
	case ns >= 1e9:
		return fmt.Sprintf("%.3g s", ns/1e9)
	case ns >= 1e6:
		return fmt.Sprintf("%.3g ms", ns/1e6)
	}
	return fmt.Sprintf("%.3g µs", ns/1e3)
}

// bytesText writes bytes with three digits, in units of 1024.
func bytesText(bytes float64) string {
	switch {
	case bytes >= 1<<30:
		return fmt.Sprintf("%.3g GiB", bytes/(1<<30))
	case bytes >= 1000<<10:
		return fmt.Sprintf("%.3g MiB", bytes/(1<<20))
	case bytes >= 1000:
		return fmt.Sprintf("%.3g KiB", bytes/(1<<10))
	}
	return fmt.Sprintf("%.0f B", bytes)
}

func largest(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	return most
}

// writeVersions says what was measured, with what and on what.
func writeVersions(out *strings.Builder) {
	fmt.Fprintf(out, "## Versions\n\n%s, %s/%s, %s, GOMAXPROCS %d.\n\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, processor(),
		runtime.GOMAXPROCS(0))
	row(out, "client", "module", "version", "its request")
	row(out, "---", "---", "---", "---")
	for _, p := range slices.Concat(peers(), builds()) {
		module := p.module
		if module == "" {
			module = "standard library"
		}
		row(out, p.name, module, version(p.module), p.does)
	}
}

// version is that of a module in this program.
func version(module string) string {
	if module == "" {
		return runtime.Version()
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dependency := range info.Deps {
			switch {
			case dependency.Path != module:
			case dependency.Replace != nil: // ours
				return halopsa.Version + ", as in this repository"
			default:
				return dependency.Version
			}
		}
	}
	return "unknown"
}

var modelName = regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`)

// processor names the CPU where the system tells.
func processor() string {
	name := "an unnamed CPU"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if found := modelName.FindSubmatch(info); found != nil {
			name = strings.TrimSpace(string(found[1]))
		}
	}
	return fmt.Sprintf("%s with %d cores", name, runtime.NumCPU())
}
