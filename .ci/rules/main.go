// Command rules takes each rule out of the planners in turn, and reports those without which every check still passes: a condition is always or never
// true, a part of one or a bound is left out, a statement is not executed.
//
//	go run ./.ci/rules internal/paging internal/follow
//	go run ./.ci/rules -stages unit,part -match 'sorted.go:.*uneven' internal/paging
//
// A stage skips the rules that never decide anything in it, and leaves one out only in the tests and kinds where it does. A line with the comment
// "for speed" holds no rule. The command prints the rules that nothing misses, and exits with 1 where there are some. Both packages take some hours of two
// processors. With -from only those rules are tried that an earlier run has printed.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
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
	name       string
	pkg        string // empty for the planner's own
	tests      string // those that match, without the exhaustive ones
	exhaustive bool   // the exhaustive ones only
	more       []string
}

// stages go from what takes a second to what takes minutes, so that most rules are missed soon.
var stages = []stage{
	{name: "one", exhaustive: true, more: []string{"-events=1"}},
	{name: "unit", tests: "."},
	{name: "small", exhaustive: true, more: []string{"-exhaustive", "-events=2", "-records=4"}},
	{name: "part", exhaustive: true},
	{name: "guarantees", pkg: "guarantees", tests: "Walk|Case|Follow|Matrix|Page|Endless|Hidden|Storm"},
	{name: "deep", exhaustive: true, more: []string{"-exhaustive", "-events=3"}},
}

func main() {
	chosen := flag.String("stages", "one,unit,small,part,guarantees", "the `stages` to go through, of one, unit, small, part, guarantees and deep")
	match := flag.String("match", "", "take out only the rules whose line matches this")
	kinds := flag.String("kinds", "", "let the exhaustive stages have only the kinds whose name matches this")
	from := flag.String("from", "", "take out only the rules that this `file` names, which an earlier run has printed")
	jobs := flag.Int("jobs", runtime.NumCPU(), "rules that are tried side by side")
	flag.Parse()
	err := func() error {
		p := planner{jobs: *jobs, stages: strings.Split(*chosen, ",")}
		var err error
		if p.only, err = regexp.Compile(*match); err != nil {
			return err
		}
		if p.kinds, err = regexp.Compile(*kinds); err != nil {
			return err
		}
		if *from != "" {
			text, err := os.ReadFile(*from)
			if err != nil {
				return err
			}
			p.from = strings.Split(string(text), "\n")
		}
		return p.checkAll(flag.Args())
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(1)
	}
}

// planner is a package whose rules are taken out.
type planner struct {
	dir    string
	only   *regexp.Regexp
	from   []string // lines that begin with the rules to take out; all if empty
	kinds  *regexp.Regexp
	jobs   int
	stages []string

	work  string
	rules []rule
}

// checkAll takes out the rules of several planners.
func (p *planner) checkAll(dirs []string) error {
	left := 0
	for _, dir := range dirs {
		p.dir = filepath.Clean(dir)
		n, err := p.check()
		if err != nil {
			return err
		}
		left += n
	}
	if left > 0 {
		return fmt.Errorf("%d rules are not missed", left)
	}
	return nil
}

// chosen reports whether a rule is to be taken out. An earlier run may have printed it with another line.
func (p *planner) chosen(r rule) bool {
	before, after := r.file+":", fmt.Sprintf(" %s: %s (", r.fn, r.words)
	return p.only.MatchString(r.String()) && (len(p.from) == 0 || slices.ContainsFunc(p.from, func(line string) bool {
		rest, of := strings.CutPrefix(line, before)
		return of && strings.HasPrefix(strings.TrimLeft(rest, "0123456789"), after)
	}))
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
		if p.chosen(r) {
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

// part is what of a stage is run at once: some of its tests, or kinds of its exhaustive check.
type part struct {
	names []string
	took  time.Duration // with no rule taken out
	rules map[int]bool  // those that decide something in it
}

// args returns what runs a part of a stage.
func (s stage) args(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = regexp.QuoteMeta(name)
	}
	only := "^(" + strings.Join(quoted, "|") + ")$"
	if s.exhaustive {
		return append([]string{"-test.run=^TestExhaustive(Walks|Followers)$", "-kinds=" + only}, s.more...)
	}
	return append([]string{"-test.run=" + only}, s.more...)
}

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
	parts, err := p.parts(binary, s)
	if err != nil {
		return err
	}
	all := slices.Sorted(maps.Keys(open))
	queue := make(chan int)
	var mu sync.Mutex // guards open
	var work sync.WaitGroup
	for range p.jobs {
		work.Go(func() {
			for k := range queue {
				missed, tried := false, false
				for _, part := range parts {
					if missed || !part.rules[k] {
						continue
					}
					_, err := p.run(binary, s.pkg, s.args(part.names), max(10*time.Second, 8*part.took), "RULE="+strconv.Itoa(k), "GOMAXPROCS=1")
					missed, tried = err != nil, true
				}
				mu.Lock()
				switch {
				case missed:
					delete(open, k)
				case tried:
					open[k] = s.name + " passes"
					fmt.Fprintf(os.Stderr, "so far not missed: %s (%s)\n", p.rules[k-1], open[k])
				}
				mu.Unlock()
			}
		})
	}
	for _, k := range all {
		queue <- k
	}
	close(queue)
	work.Wait()
	return nil
}

// parts runs a stage with no rule taken out, and returns its parts, those first that take the least. What takes less than a second goes together.
func (p *planner) parts(binary string, s stage) (parts []part, err error) {
	list := p.tests
	if s.exhaustive {
		list = p.noted
	}
	names, err := list(binary, s)
	if err != nil {
		return nil, err
	}
	singles := make([]part, 0, len(names))
	for _, name := range names {
		one, err := p.part(binary, s, name)
		if err != nil {
			return nil, err
		}
		singles = append(singles, one)
	}
	slices.SortFunc(singles, func(a, b part) int { return cmp.Compare(a.took, b.took) })
	for _, one := range singles {
		if n := len(parts); n > 0 && parts[n-1].took+one.took < time.Second {
			last := &parts[n-1]
			last.names, last.took = append(last.names, one.names...), last.took+one.took
			maps.Copy(last.rules, one.rules)
		} else {
			parts = append(parts, one)
		}
	}
	return parts, nil
}

// noted returns the kinds whose requests are noted.
func (p *planner) noted(string, stage) (names []string, err error) {
	noted, err := os.ReadFile(filepath.Join(p.dir, "testdata", "requests.txt"))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(noted)) {
		if kind, _, _ := strings.Cut(line, ": "); p.kinds.MatchString(kind) {
			names = append(names, kind)
		}
	}
	return names, nil
}

// tests returns the tests of a stage that is not exhaustive.
func (p *planner) tests(binary string, s stage) (names []string, err error) {
	list := exec.CommandContext(context.Background(), binary, "-test.list="+s.tests)
	list.Dir = s.pkg
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the tests of %s: %w", s.pkg, err)
	}
	for name := range strings.Lines(string(out)) {
		if name = strings.TrimSpace(name); (strings.HasPrefix(name, "Test") || strings.HasPrefix(name, "Fuzz")) && !strings.HasPrefix(name, "TestExhaustive") {
			names = append(names, name)
		}
	}
	return names, nil
}

// part runs a part of a stage with no rule taken out.
func (p *planner) part(binary string, s stage, name string) (part, error) {
	seen := filepath.Join(p.work, "seen")
	begin := time.Now()
	if out, err := p.run(binary, s.pkg, s.args([]string{name}), 30*time.Minute, "SEEN="+seen); err != nil {
		return part{}, fmt.Errorf("%s fails without any rule taken out: %w\n%s", name, err, out)
	}
	one := part{names: []string{name}, took: time.Since(begin), rules: make(map[int]bool)}
	numbers, err := os.ReadFile(seen)
	if err != nil {
		return part{}, err
	}
	for _, number := range strings.Fields(string(numbers)) {
		k, err := strconv.Atoi(number)
		if err != nil {
			return part{}, err
		}
		one.rules[k] = true
	}
	return one, nil
}

// run runs checks. A run that takes too long has failed, too: without the rule there is no end.
func (p *planner) run(binary, pkg string, args []string, most time.Duration, env ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), most, errors.New("it does not end"))
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, append([]string{"-test.failfast", "-test.timeout=0"}, args...)...)
	cmd.Dir = pkg
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	return out[max(0, len(out)-2000):], err
}
