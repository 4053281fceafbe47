// Command rules takes each rule out of the planners in turn, and reports those without which every check still passes: a condition is always or never
// true, a part of one or a bound is left out, a statement is not executed.
//
//	go run ./.ci/rules internal/paging internal/follow
//	go run ./.ci/rules -stages unit,part -match 'sorted.go:.*uneven' internal/paging
//
// A stage skips the rules that never decide anything in it. A line with the comment "for speed" holds no rule. The command prints the rules that nothing
// misses, and exits with 1 where there are some. Both packages take some hours of two processors.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// notRules are files that hold no decisions: what a walk remembers in, and how it is read ahead.
var notRules = []string{"set.go", "table.go", "reader.go", "flight.go", "deletes.go"}

// stage is a run of checks, which a rule that is needed makes fail.
type stage struct {
	name string
	pkg  string // empty for the planner's own
	args []string
}

// stages go from what takes a second to what takes minutes, so that most rules are missed soon.
var stages = []stage{
	{"one", "", []string{exhaustive, "-events=1"}},
	{"unit", "", []string{"-test.run=.", "-test.skip=TestExhaustive(Walks|Followers)|TestSet|TestStorm"}},
	{"small", "", []string{exhaustive, "-exhaustive", "-events=2", "-records=4"}},
	{"part", "", []string{exhaustive}},
	{"guarantees", "guarantees", []string{"-test.run=Walk|Case|Follow|Matrix|Page|Endless|Hidden|Storm"}},
	{"deep", "", []string{exhaustive, "-exhaustive", "-events=3"}},
}

const exhaustive = "-test.run=^TestExhaustive(Walks|Followers)$"

func main() {
	chosen := flag.String("stages", "one,unit,small,part,guarantees", "the `stages` to go through, of one, unit, small, part, guarantees and deep")
	match := flag.String("match", "", "take out only the rules whose line matches this")
	kinds := flag.String("kinds", "", "let the exhaustive stages have only the kinds whose name contains this")
	jobs := flag.Int("jobs", runtime.NumCPU(), "rules that are tried side by side")
	flag.Parse()
	only, err := regexp.Compile(*match)
	if err == nil {
		var left int
		for _, dir := range flag.Args() {
			p := planner{dir: filepath.Clean(dir), only: only, kinds: *kinds, jobs: *jobs, stages: strings.Split(*chosen, ",")}
			var n int
			n, err = p.check()
			if left += n; err != nil {
				break
			}
		}
		if err == nil && left > 0 {
			err = fmt.Errorf("%d rules are not missed", left)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(1)
	}
}

// planner is a package whose rules are taken out.
type planner struct {
	dir    string
	only   *regexp.Regexp
	kinds  string
	jobs   int
	stages []string

	work  string
	rules []rule
}

// check takes out each rule and returns how many nothing misses.
func (p *planner) check() (left int, err error) {
	if p.work, err = os.MkdirTemp("", "rules"); err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(p.work) }()
	if err := p.prepare(); err != nil {
		return 0, err
	}
	open := make(map[int]string) // rules, and how far they were tried
	for i, r := range p.rules {
		if p.only.MatchString(r.String()) {
			open[i+1] = "decides nothing"
		}
	}
	all := len(open)
	for _, s := range stages {
		if !slices.Contains(p.stages, s.name) {
			continue
		}
		begin, before := time.Now(), len(open)
		if err := p.try(s, open); err != nil {
			return 0, err
		}
		say("%s, %s: %d of %d rules are missed, %s\n", p.dir, s.name, before-len(open), before, time.Since(begin).Round(time.Second))
	}
	for i, r := range p.rules {
		if how, is := open[i+1]; is {
			say("%s (%s)\n", r, how)
		}
	}
	say("%s: %d of %d rules are missed\n", p.dir, all-len(open), all)
	return len(open), nil
}

// say prints a line.
func say(format string, args ...any) { _, _ = fmt.Fprintf(os.Stdout, format, args...) }

// prepare writes the files whose rules can be taken out, and what makes the compiler take them.
func (p *planner) prepare() error {
	paths, err := filepath.Glob(filepath.Join(p.dir, "*.go"))
	if err != nil {
		return err
	}
	replace := make(map[string]string)
	add := func(name, text string) error {
		there, err := filepath.Abs(filepath.Join(p.dir, name))
		if err != nil {
			return err
		}
		replace[there] = filepath.Join(p.work, name)
		return os.WriteFile(replace[there], []byte(text), 0o600)
	}
	var w rewriter
	for _, path := range paths {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") || slices.Contains(notRules, name) {
			continue
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if src, err = w.rewrite(name, src); err != nil {
			return err
		}
		if err := add(name, string(src)); err != nil {
			return err
		}
	}
	p.rules = w.rules
	name := filepath.Base(p.dir)
	if err := add("removed.go", "package "+name+switchboard); err != nil {
		return err
	}
	if err := add("removed_test.go", fmt.Sprintf(testMain, name+"_test", p.dir, name)); err != nil {
		return err
	}
	there, err := filepath.Abs(filepath.Join("guarantees", "removed_test.go"))
	if err != nil {
		return err
	}
	replace[there] = filepath.Join(p.work, "guarantees_test.go")
	if err := os.WriteFile(replace[there], fmt.Appendf(nil, testMain, "guarantees_test", p.dir, name), 0o600); err != nil {
		return err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.work, "overlay.json"), overlay, 0o600)
}

const testMain = `package %s

import (
	"os"
	"testing"

	removable "github.com/halopsa-go/halopsa/%s"
)

func TestMain(m *testing.M) { os.Exit(removable.RunRules(m)) } // of %s
`

// try goes through a stage with each open rule taken out, and closes those that it misses.
func (p *planner) try(s stage, open map[int]string) error {
	if s.pkg == "" {
		s.pkg = p.dir
	}
	binary := filepath.Join(p.work, s.name+".test")
	build := exec.CommandContext(context.Background(), "go", "test", "-c", "-vet=off", "-overlay", filepath.Join(p.work, "overlay.json"), "-o", binary, "./"+s.pkg)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		return fmt.Errorf("compile %s: %w", s.pkg, err)
	}
	if p.kinds != "" && slices.Contains(s.args, exhaustive) {
		s.args = append(slices.Clone(s.args), "-kinds="+p.kinds)
	}
	seen := filepath.Join(p.work, "seen")
	begin := time.Now()
	if out, err := p.run(binary, s, 30*time.Minute, "SEEN="+seen); err != nil {
		return fmt.Errorf("%s fails without any rule taken out: %w\n%s", s.name, err, out)
	}
	most := max(10*time.Second, 5*time.Since(begin))
	numbers, err := os.ReadFile(seen)
	if err != nil {
		return err
	}
	queue := make(chan int)
	var mu sync.Mutex // guards open
	var work sync.WaitGroup
	for range p.jobs {
		work.Go(func() {
			for k := range queue {
				_, err := p.run(binary, s, most, "RULE="+strconv.Itoa(k), "GOMAXPROCS=1")
				mu.Lock()
				if err != nil {
					delete(open, k)
				} else {
					open[k] = s.name + " passes"
				}
				mu.Unlock()
			}
		})
	}
	for _, number := range strings.Fields(string(numbers)) {
		k, err := strconv.Atoi(number)
		if err != nil {
			return err
		}
		mu.Lock()
		_, is := open[k]
		mu.Unlock()
		if is {
			queue <- k
		}
	}
	close(queue)
	work.Wait()
	return nil
}

// run runs the checks of a stage. A run that takes too long has failed, too: without the rule there is no end.
func (p *planner) run(binary string, s stage, most time.Duration, env ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), most, errors.New("it does not end"))
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, append([]string{"-test.failfast", "-test.timeout=0"}, s.args...)...)
	cmd.Dir = s.pkg
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return out[max(0, len(out)-2000):], err
}
