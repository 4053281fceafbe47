package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// rule is a condition, a bound or a statement of a planner, and one way to take it away.
type rule struct {
	file, fn string
	line     int
	words    string
}

func (r rule) String() string { return fmt.Sprintf("%s:%d %s: %s", r.file, r.line, r.fn, r.words) }

// rewriter makes every rule of the files of a package one that can be taken away when the program runs.
type rewriter struct {
	rules []rule

	fset     *token.FileSet
	src      []byte
	file, fn string
	edits    []edit
}

// edit puts a text in front of what is at a position, or behind what ends there.
type edit struct {
	at     int
	text   string
	behind bool
}

// rewrite returns the source of a file with its rules made removable.
func (w *rewriter) rewrite(name string, src []byte) ([]byte, error) {
	w.fset, w.src, w.file, w.edits = token.NewFileSet(), src, name, nil
	f, err := parser.ParseFile(w.fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	for _, d := range f.Decls {
		if d, ok := d.(*ast.FuncDecl); ok && d.Body != nil && d.Name.Name != "Error" {
			w.fn = d.Name.Name
			w.block(d.Body.List)
		}
	}
	slices.SortStableFunc(w.edits, func(a, b edit) int {
		if a.at == b.at && a.behind != b.behind { // what ends here ends before something begins
			if a.behind {
				return -1
			}
			return 1
		}
		return a.at - b.at
	})
	var out bytes.Buffer
	at := 0
	for _, e := range w.edits {
		out.Write(src[at:e.at])
		out.WriteString(e.text)
		at = e.at
	}
	out.Write(src[at:])
	return out.Bytes(), nil
}

// around puts a call around an expression or braces around a statement. What is around more is to be noted first.
func (w *rewriter) around(n ast.Node, before, after string) {
	behind := edit{w.offset(n.End()), after, true}
	w.edits = append(w.edits, edit{w.offset(n.Pos()), before, false})
	w.edits = slices.Insert(w.edits, w.inner(behind.at), behind)
}

// inner returns where an edit behind this place goes, so that what was noted last ends first.
func (w *rewriter) inner(at int) int {
	for i, e := range w.edits {
		if e.behind && e.at == at {
			return i
		}
	}
	return len(w.edits)
}

// number notes a rule, and returns its number.
func (w *rewriter) number(n ast.Node, how string) int {
	words := strings.Join(strings.Fields(string(w.src[w.offset(n.Pos()):w.offset(n.End())])), " ")
	w.rules = append(w.rules, rule{w.file, w.fn, w.fset.Position(n.Pos()).Line, words + how})
	return len(w.rules)
}

func (w *rewriter) offset(p token.Pos) int { return w.fset.Position(p).Offset }

func (w *rewriter) block(all []ast.Stmt) {
	for _, s := range all {
		w.statement(s)
	}
}

// forSpeed marks a line that makes a planner only faster: nothing misses it but the benchmarks.
const forSpeed = "// for speed"

// statement goes over the rules of a statement, of which it may be one itself.
func (w *rewriter) statement(s ast.Stmt) {
	line, _, _ := bytes.Cut(w.src[w.offset(s.Pos()):], []byte("\n"))
	fast := bytes.Contains(line, []byte(forSpeed))
	switch s := s.(type) {
	case *ast.AssignStmt:
		if fast {
			return
		}
		if s.Tok != token.DEFINE {
			w.drop(s)
		}
		w.all(s.Lhs)
		w.all(s.Rhs)
	case *ast.IncDecStmt:
		w.drop(s)
	case *ast.ExprStmt:
		w.drop(s)
		w.expression(s.X)
	case *ast.IfStmt:
		if s.Init != nil {
			w.simple(s.Init)
		}
		if !fast {
			w.condition(s.Cond)
		}
		w.block(s.Body.List)
		if s.Else != nil {
			w.statement(s.Else)
		}
	case *ast.BlockStmt:
		w.block(s.List)
	case *ast.ForStmt:
		if s.Init != nil {
			w.simple(s.Init)
		}
		if s.Cond != nil {
			w.expression(s.Cond) // without an end a loop proves nothing
		}
		w.block(s.Body.List)
	case *ast.RangeStmt:
		w.expression(s.X)
		w.block(s.Body.List)
	case *ast.SwitchStmt:
		if s.Init != nil {
			w.simple(s.Init)
		}
		for _, c := range s.Body.List {
			c := c.(*ast.CaseClause) //nolint:forcetypeassert // nothing else is there
			for _, e := range c.List {
				if s.Tag == nil {
					w.condition(e)
				}
			}
			w.block(c.Body)
		}
	case *ast.ReturnStmt:
		w.all(s.Results)
	case *ast.DeclStmt, *ast.BranchStmt, *ast.EmptyStmt:
	default:
		panic(fmt.Sprintf("%s: a %T is not known", w.fset.Position(s.Pos()), s))
	}
}

// simple goes over the statement before a condition, which cannot be left out.
func (w *rewriter) simple(s ast.Stmt) {
	if s, ok := s.(*ast.AssignStmt); ok {
		w.all(s.Rhs)
	}
}

// drop notes a statement that can be left out.
func (w *rewriter) drop(s ast.Stmt) {
	k := w.number(s, ": left out")
	w.around(s, fmt.Sprintf("if !removed(%d) { ", k), " }")
}

// condition notes a condition that can be always or never true, and each part of it that can be left out.
func (w *rewriter) condition(e ast.Expr) {
	if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
		whole := map[token.Token]string{token.LAND: "never", token.LOR: "always"}[b.Op]
		k := w.number(e, ": "+whole)
		w.around(e, fmt.Sprintf("%s(%d, ", whole, k), ")")
		w.parts(b, b.Op)
		return
	}
	w.part(e)
	w.expression(e)
}

// part notes a condition that has no parts.
func (w *rewriter) part(e ast.Expr) {
	k := w.number(e, ": always")
	w.number(e, ": never")
	w.around(e, fmt.Sprintf("always(%d, never(%d, ", k, k+1), "))")
}

// parts goes over what a chain of one operator joins.
func (w *rewriter) parts(e ast.Expr, op token.Token) {
	switch b := e.(type) {
	case *ast.BinaryExpr:
		if b.Op == op {
			w.parts(b.X, op)
			w.parts(b.Y, op)
			return
		}
	case *ast.ParenExpr:
		w.parts(b.X, op)
		return
	}
	if b, ok := e.(*ast.BinaryExpr); ok && (b.Op == token.LAND || b.Op == token.LOR) {
		w.condition(e)
		return
	}
	neutral := map[token.Token]string{token.LAND: "always", token.LOR: "never"}[op]
	k := w.number(e, ": "+neutral+" (left out)")
	w.around(e, fmt.Sprintf("%s(%d, ", neutral, k), ")")
	w.expression(e)
}

func (w *rewriter) all(es []ast.Expr) {
	for _, e := range es {
		w.expression(e)
	}
}

// expression goes over the rules within an expression.
func (w *rewriter) expression(e ast.Expr) {
	switch e := e.(type) {
	case *ast.BinaryExpr:
		if e.Op == token.LAND || e.Op == token.LOR {
			w.condition(e)
			return
		}
		w.expression(e.X)
		w.expression(e.Y)
	case *ast.CallExpr:
		if f, ok := e.Fun.(*ast.Ident); ok && (f.Name == "min" || f.Name == "max") && len(e.Args) == 2 {
			k := w.number(e, ": the first")
			w.number(e, ": the second")
			w.edits = append(w.edits, edit{w.offset(f.Pos()), "bound", false}, edit{w.offset(e.Lparen) + 1, fmt.Sprintf("%d, ", k), true})
		}
		w.all(e.Args)
	case *ast.ParenExpr:
		w.expression(e.X)
	case *ast.UnaryExpr:
		w.expression(e.X)
	case *ast.IndexExpr:
		w.expression(e.Index)
	case *ast.CompositeLit:
		for _, el := range e.Elts {
			if kv, ok := el.(*ast.KeyValueExpr); ok {
				el = kv.Value
			}
			w.expression(el)
		}
	case *ast.FuncLit:
		w.block(e.Body.List)
	}
}

// switchboard is what the rewritten files call. RULE is the number of the rule that is away, and SEEN names a file for the numbers of those that ever
// decided something.
const switchboard = `

import (
	"cmp"
	"os"
	"strconv"
	"testing"
)

var (
	away, _ = strconv.Atoi(os.Getenv("RULE"))
	seen    = os.Getenv("SEEN")
	decided [1 << 13]bool
)

func note(k int, does bool) {
	if seen != "" && does && !decided[k] {
		decided[k] = true
	}
}

func removed(k int) bool { note(k, true); return k == away }

func always(k int, is bool) bool { note(k, !is); return is || k == away }

func never(k int, is bool) bool { note(k, is); return is && k != away }

func boundmin[T cmp.Ordered](k int, a, b T) T {
	note(k, b < a)
	note(k+1, a < b)
	if k == away || k+1 != away && a < b {
		return a
	}
	return b
}

func boundmax[T cmp.Ordered](k int, a, b T) T {
	note(k, b > a)
	note(k+1, a > b)
	if k == away || k+1 != away && a > b {
		return a
	}
	return b
}

func RunRules(m *testing.M) int {
	code := m.Run()
	if seen != "" {
		var all []byte
		for k, is := range decided {
			if is {
				all = append(strconv.AppendInt(all, int64(k), 10), '\n')
			}
		}
		if err := os.WriteFile(seen, all, 0o600); err != nil {
			panic(err)
		}
	}
	return code
}
`
