package halopsa_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// declaredSentinels returns the errors that the package exports for errors.Is, the texts by their names.
func declaredSentinels(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	declared := make(map[string]string)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.VAR {
				continue
			}
			for _, spec := range group.Specs {
				value, ok := spec.(*ast.ValueSpec)
				if !ok || !strings.HasPrefix(value.Names[0].Name, "Err") {
					continue
				}
				call, ok := value.Values[0].(*ast.CallExpr)
				require.True(t, ok, value.Names[0])
				literal, ok := call.Args[0].(*ast.BasicLit)
				require.True(t, ok, value.Names[0])
				text, err := strconv.Unquote(literal.Value)
				require.NoError(t, err)
				declared[value.Names[0].Name] = text
			}
		}
	}
	return declared
}

// TestSentinelsAreListed holds the errors that are declared, those that the tests of every error go through, and those of docs/errors.md together.
func TestSentinelsAreListed(t *testing.T) {
	t.Parallel()
	declared := declaredSentinels(t)
	require.NotEmpty(t, declared)
	tested := make([]string, len(sentinels))
	for i, sentinel := range sentinels {
		tested[i] = sentinel.Error()
	}
	assert.ElementsMatch(t, slices.Collect(maps.Values(declared)), tested)

	sentence := regexp.MustCompile("(?s)`errors.Is` knows (.*?);").FindStringSubmatch(readDocument(t, "docs/errors.md"))
	require.NotNil(t, sentence)
	var listed []string
	for _, name := range regexp.MustCompile("`(Err\\w+)`").FindAllStringSubmatch(sentence[1], -1) {
		listed = append(listed, name[1])
	}
	assert.ElementsMatch(t, slices.Collect(maps.Keys(declared)), listed)
}
