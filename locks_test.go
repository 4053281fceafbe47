package halopsa_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLocksSayWhoHoldsThem: a lock guards the fields below it. A method that uses one of them, or a method that requires the lock, locks it, or
// its comment says that the caller has.
func TestLocksSayWhoHoldsThem(t *testing.T) {
	t.Parallel()
	packages := make(map[string][]*ast.File)
	fset := token.NewFileSet()
	require.NoError(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution|parser.ParseComments)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
		return err
	}))
	checked := 0
	for _, files := range packages {
		structs := make(map[string]*ast.StructType)
		for _, file := range files {
			ast.Inspect(file, func(n ast.Node) bool {
				if spec, ok := n.(*ast.TypeSpec); ok {
					if of, ok := spec.Type.(*ast.StructType); ok {
						structs[spec.Name.Name] = of
					}
				}
				return true
			})
		}
		guarded := make(map[string]map[string]bool) // the fields below a lock, by type
		for name, of := range structs {
			if fields := belowLock(of, structs); fields != nil {
				guarded[name] = fields
			}
		}
		for _, file := range files { // and the methods that require it
			for _, decl := range file.Decls {
				if method, ok := decl.(*ast.FuncDecl); ok && guarded[receiver(method)] != nil && strings.Contains(method.Doc.Text(), ".mu is held") {
					guarded[receiver(method)][method.Name.Name] = true
				}
			}
		}
		for _, file := range files {
			for _, decl := range file.Decls {
				method, ok := decl.(*ast.FuncDecl)
				if !ok || method.Recv == nil || len(method.Recv.List[0].Names) == 0 {
					continue
				}
				lock := method.Recv.List[0].Names[0].Name + ".mu"
				locks, uses := uses(method, guarded[receiver(method)])
				if len(uses) == 0 {
					continue
				}
				checked++
				assert.True(t, locks || strings.Contains(method.Doc.Text(), "requires that "+lock+" is held"),
					"%s: %s uses %s: say that it requires that %s is held", fset.Position(method.Pos()), method.Name.Name, strings.Join(slices.Compact(uses), ", "), lock)
			}
		}
	}
	assert.Greater(t, checked, 50)
}

// belowLock are the fields of a struct below its mutex mu, with those of what is embedded there, or nil without a mutex.
func belowLock(of *ast.StructType, structs map[string]*ast.StructType) map[string]bool {
	var fields map[string]bool
	for _, field := range of.Fields.List {
		kind := typeText(field.Type)
		if len(field.Names) > 0 && field.Names[0].Name == "mu" && (kind == "sync.Mutex" || kind == "sync.RWMutex") {
			fields = make(map[string]bool)
			continue
		}
		names := field.Names
		if embedded := structs[kind]; len(names) == 0 && embedded != nil {
			for _, inner := range embedded.Fields.List {
				names = append(names, inner.Names...)
			}
		}
		for _, name := range names {
			if fields != nil {
				fields[name.Name] = true
			}
		}
	}
	return fields
}

// uses tells whether a method locks its receiver's mu, and which of the fields it uses.
func uses(method *ast.FuncDecl, fields map[string]bool) (locks bool, used []string) {
	of := method.Recv.List[0].Names[0].Name
	ast.Inspect(method, func(n ast.Node) bool {
		if address, ok := n.(*ast.UnaryExpr); ok && address.Op == token.AND { // for a function to use
			return false
		}
		if at, ok := n.(*ast.SelectorExpr); ok {
			text := typeText(at)
			locks = locks || text == of+".mu.Lock" || text == of+".mu.RLock"
			if name, ok := strings.CutPrefix(text, of+"."); ok && fields[name] {
				used = append(used, name)
			}
		}
		return true
	})
	return locks, used
}
