package halopsa_test

import (
	"go/ast"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryExportedNameHasADocComment covers the two packages that users import.
func TestEveryExportedNameHasADocComment(t *testing.T) {
	t.Parallel()
	for _, folder := range []string{".", "halopsatest"} {
		for name, file := range parseFiles(t, folder, false) {
			for _, undocumented := range undocumentedNames(file) {
				assert.Fail(t, "no doc comment", "%s: %s", name, undocumented)
			}
		}
	}
}

// undocumentedNames are the exported names of a file without a comment of their own or, for constants and variables, of their group.
func undocumentedNames(file *ast.File) []string {
	var names []string
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			of := receiver(decl)
			if decl.Name.IsExported() && (of == "" || ast.IsExported(of)) && !says(decl.Doc, decl.Name.Name) {
				names = append(names, strings.TrimPrefix(of+"."+decl.Name.Name, "."))
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if spec.Name.IsExported() && !says(spec.Doc, spec.Name.Name) && !says(decl.Doc, spec.Name.Name) {
						names = append(names, spec.Name.Name)
					}
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						if name.IsExported() && spec.Doc.Text() == "" && spec.Comment.Text() == "" && decl.Doc.Text() == "" {
							names = append(names, name.Name)
						}
					}
				}
			}
		}
	}
	return names
}

// says reports whether a comment is there and begins with the name, as go doc shows it.
func says(doc *ast.CommentGroup, name string) bool {
	first, _, _ := strings.Cut(strings.TrimSpace(doc.Text()), " ")
	return strings.TrimRight(first, ".,:") == name
}

func TestNoFileIsLong(t *testing.T) {
	t.Parallel()
	const longest = 400
	files := 0
	require.NoError(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && len(entry.Name()) > 1 && strings.HasPrefix(entry.Name(), "."):
			return fs.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		files++
		data, err := os.ReadFile(path)
		if err == nil {
			assert.LessOrEqual(t, strings.Count(string(data), "\n"), longest, path)
		}
		return err
	}))
	assert.NotZero(t, files)
}
