package halopsa_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHandlersEndNoTest: a handler and a responder run on a goroutine of the server or the transport, where FailNow ends that goroutine and not
// the test, which then hears of a connection that broke off. What they find wrong they assert, or record.
func TestHandlersEndNoTest(t *testing.T) {
	t.Parallel()
	packages := make(map[string][]*ast.File)
	fset := token.NewFileSet()
	require.NoError(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") && !strings.HasPrefix(filepath.ToSlash(path), "internal/trial/") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
		return err
	}))
	handlers := 0
	trial := ending(packages[filepath.Join("internal", "trial")], "trial.", nil)
	for _, files := range packages {
		ends := ending(files, "", trial)
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				body := handlerBody(n)
				if body == nil {
					return true
				}
				handlers++
				for _, call := range endingCalls(body, ends) {
					assert.Fail(t, "a handler can end its test", "%s calls %s", fset.Position(n.Pos()), call)
				}
				return true
			})
		}
	}
	assert.Greater(t, handlers, 100)
}

// handlerBody is the body of a function that takes a request, as handlers, responders, transports and faults do, or nil.
func handlerBody(n ast.Node) *ast.BlockStmt {
	var of *ast.FuncType
	var body *ast.BlockStmt
	switch n := n.(type) {
	case *ast.FuncLit:
		of, body = n.Type, n.Body
	case *ast.FuncDecl:
		of, body = n.Type, n.Body
	default:
		return nil
	}
	var types []string
	for _, field := range of.Params.List {
		types = append(types, typeText(field.Type))
	}
	switch strings.Join(types, ",") {
	case "http.ResponseWriter,*http.Request", "*http.Request", "halopsatest.Request":
		return body
	}
	return nil
}

func typeText(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return "*" + typeText(e.X)
	case *ast.SelectorExpr:
		return typeText(e.X) + "." + e.Sel.Name
	case *ast.Ident:
		return e.Name
	}
	return "?"
}

// failsNow are the calls that end the goroutine.
var failsNow = regexp.MustCompile(`^(require\.\w+|(t|tb|b|f)\.(FailNow|Fatal|Fatalf|Skip\w*))$`)

// ending are the functions of files that can end a test, by the name that calls have for them.
func ending(files []*ast.File, prefix string, known map[string]bool) map[string]bool {
	ends := make(map[string]bool)
	for name := range known {
		ends[name] = true
	}
	for before := -1; before != len(ends); {
		before = len(ends)
		for _, file := range files {
			for _, decl := range file.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil && f.Recv == nil && len(endingCalls(f.Body, ends)) > 0 {
					ends[prefix+f.Name.Name] = true
				}
			}
		}
	}
	return ends
}

// endingCalls are the calls in a body that can end the test. What a function in it does is that function's.
func endingCalls(body *ast.BlockStmt, ends map[string]bool) (calls []string) {
	ast.Inspect(body, func(n ast.Node) bool {
		if handlerBody(n) != nil {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok {
			if name := typeText(call.Fun); failsNow.MatchString(name) || ends[name] {
				calls = append(calls, name)
			}
		}
		return true
	})
	return calls
}
