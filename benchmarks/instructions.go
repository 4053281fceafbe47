package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
)

// instructions are what callgrind has counted for one operation, by contest and client. Unlike CPU time they do not depend on what else the machine does.
type instructions map[string]map[string]float64

// countFlag makes this program do the work of the contests in memory, for callgrind to count.
const countFlag = "-count"

// countFrom and countTo are where callgrind begins to count and where it writes what it has counted.
//
//go:noinline
func countFrom() { marks++ }

//go:noinline
func countTo() { marks++ }

var marks int //nolint:unused // so that the two are not the same code, which a linker may fold

func functionName(f func()) string { return runtime.FuncForPC(reflect.ValueOf(f).Pointer()).Name() }

// work does the counted work of the contests whose titles match only.
func work(ctx context.Context, only string) error {
	all, err := countedContests(only)
	if err != nil {
		return err
	}
	for _, c := range all {
		for _, e := range c.entries {
			do, _, err := e.prepare(ctx)
			if err != nil {
				return fmt.Errorf("%s: %s: %w", c.title, e.name, err)
			}
			if err := do(ctx, &sample{n: max(2, c.counted/8)}); err != nil { // what a client makes for itself at first does not count
				return fmt.Errorf("%s: %s: %w", c.title, e.name, err)
			}
			runtime.GC()
			countFrom()
			err = do(ctx, &sample{n: c.counted})
			countTo()
			if err != nil {
				return fmt.Errorf("%s: %s: %w", c.title, e.name, err)
			}
		}
	}
	return nil
}

func countedContests(only string) ([]*contest, error) {
	title, err := regexp.Compile(only)
	if err != nil {
		return nil, err
	}
	all, err := memoryContests(full)
	if err != nil {
		return nil, err
	}
	var counted []*contest
	for _, c := range all {
		if c.counted > 0 && title.MatchString(c.title) {
			counted = append(counted, c)
		}
	}
	return counted, nil
}

// count runs this program under callgrind, or says in one line why it does not: what has been measured by then must not be lost for it.
func count(ctx context.Context, only string) (counted instructions, without string) {
	counted, err := counting(ctx, only)
	if err != nil {
		return nil, fmt.Sprintf("Instructions were not counted: %s.", err)
	}
	return counted, ""
}

func counting(ctx context.Context, only string) (instructions, error) {
	all, err := countedContests(only)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	valgrind, err := exec.LookPath("valgrind")
	if err != nil {
		return nil, errors.New("valgrind is not installed")
	}
	dir, err := os.MkdirTemp("", "instructions")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	self, err := withNames(ctx, dir)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "counted")
	command := exec.CommandContext(ctx, valgrind, "--tool=callgrind", "--callgrind-out-file="+file, //nolint:gosec // ourselves
		"--zero-before="+functionName(countFrom), "--dump-before="+functionName(countTo), self, countFlag, only)
	// Valgrind knows neither the signals by which Go preempts a goroutine nor this instruction.
	command.Env = append(os.Environ(), "GOMAXPROCS=1", "GODEBUG=asyncpreemptoff=1,cpu.rdtscp=off")
	if said, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("valgrind ended with %w, at last %q", err, lastLine(string(said)))
	}
	counted := instructions{}
	part := 0
	for _, c := range all {
		counted[c.title] = map[string]float64{}
		for _, e := range c.entries {
			part++
			n, err := totals(fmt.Sprintf("%s.%d", file, part))
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", c.title, e.name, err)
			}
			counted[c.title][e.name] = n / float64(c.counted)
		}
	}
	return counted, nil
}

// withNames builds this program with the names of its functions, by which callgrind knows where to begin and to end: go run leaves them out.
func withNames(ctx context.Context, dir string) (program string, err error) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "", errors.New("this program does not say what it was built of")
	}
	program = filepath.Join(dir, "benchmarks")
	if said, err := exec.CommandContext(ctx, "go", "build", "-o", program, info.Path).CombinedOutput(); err != nil { //nolint:gosec // ourselves
		return "", fmt.Errorf("go build ended with %w, at last %q", err, lastLine(string(said)))
	}
	return program, nil
}

func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}

// totals reads how many instructions a file of callgrind is about.
func totals(name string) (float64, error) {
	file, err := os.Open(name) //nolint:gosec // in the folder that was made for it
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if value, ok := strings.CutPrefix(lines.Text(), "summary:"); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("%s has no sum: %w", name, lines.Err())
}
