// Command benchmarks measures halopsa against net/http with encoding/json and against the clients of other APIs, on the same work.
//
// It prints a report in Markdown and writes it to RESULTS.md; -quick does as little as shows that everything works, and writes nothing. It
// needs a system that has getrusage.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == serveFlag {
		exit(serve())
	}
	rounds := flag.Int("rounds", 6, "samples of each client in each contest")
	small := flag.Bool("quick", false, "a few seconds, to see that it works: the figures mean nothing and no file is written")
	file := flag.String("out", "RESULTS.md", "the file to write")
	flag.Parse()
	if *small {
		exit(benchmark(context.Background(), quick, min(*rounds, 2), "", os.Stdout, io.Discard))
	}
	exit(benchmark(context.Background(), full, *rounds, *file, os.Stdout, os.Stderr))
}

func exit(err error) {
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// benchmark measures everything, prints the report and writes it to file, unless that is "".
func benchmark(ctx context.Context, size scale, rounds int, file string, out, progress io.Writer) error {
	if rounds < 1 {
		return fmt.Errorf("-rounds %d: at least one is needed", rounds)
	}
	began := time.Now()
	server, err := startServer(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = server.stop() }()
	all, err := contests(server, size)
	if err != nil {
		return err
	}
	measured, err := measure(ctx, all, rounds, size.sample, progress)
	if err != nil {
		return err
	}
	text := report(measured, all, rounds, size, began)
	if _, err := io.WriteString(out, text); err != nil || file == "" {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644) //nolint:gosec // it is committed
}
