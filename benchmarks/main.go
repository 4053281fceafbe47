// Command benchmarks measures halopsa against net/http with encoding/json and against the clients of other APIs, on the same work.
//
// It prints a report in Markdown and writes it to RESULTS.md; -quick does as little as shows that everything works, and writes nothing. It
// needs a system that has getrusage.
package main

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == serveFlag {
		exit(serve())
	}
	if len(os.Args) > 2 && os.Args[1] == countFlag {
		exit(work(context.Background(), os.Args[2]))
	}
	rounds := flag.Int("rounds", 6, "samples of each client in each contest")
	small := flag.Bool("quick", false, "a few seconds, to see that it works: the figures mean nothing and no file is written")
	file := flag.String("out", "RESULTS.md", "the file to write, none if empty")
	only := flag.String("only", "", "a regular expression: measure the contests whose titles match it, and write no file")
	flag.Parse()
	if *small {
		exit(benchmark(context.Background(), job{size: quick, rounds: min(*rounds, 2), only: *only}, os.Stdout, io.Discard))
	}
	if *only != "" {
		*file = ""
	}
	exit(benchmark(context.Background(), job{full, *rounds, *only, *file}, os.Stdout, os.Stderr))
}

func exit(err error) {
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// job is what is to be measured, and how.
type job struct {
	size   scale
	rounds int
	only   string // a regular expression for the titles of the contests, "" for all of them
	file   string // that the report is written to, "" for none
}

// benchmark measures what the job says and prints the report.
func benchmark(ctx context.Context, j job, out, progress io.Writer) error {
	if j.rounds < 1 {
		return fmt.Errorf("-rounds %d: at least one is needed", j.rounds)
	}
	only, err := regexp.Compile(j.only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	began := time.Now()
	server, err := startServer(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = server.stop() }()
	all, err := contests(server, j.size)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c *contest) bool { return !only.MatchString(c.title) })
	measured, err := measure(ctx, all, j.rounds, j.size.sample, progress)
	if err != nil {
		return err
	}
	found, err := profileOurs(ctx, all, missedTitles(measured, j.size), 10*j.size.sample, progress)
	if err != nil {
		return err
	}
	counted, without := instructions(nil), "Instructions are not counted in a quick run."
	if j.size == full {
		begin := time.Now()
		counted, without = count(ctx, j.only)
		_, _ = fmt.Fprintf(progress, "instructions: %s\n", cmp.Or(without, time.Since(begin).Round(time.Millisecond).String()))
	}
	text := report(measured, found, counted, without, all, j.rounds, j.size, began)
	if _, err := io.WriteString(out, text); err != nil || j.file == "" {
		return err
	}
	return os.WriteFile(j.file, []byte(text), 0o644) //nolint:gosec // it is committed
}
