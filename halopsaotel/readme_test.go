package halopsaotel_test

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(data)
}

// TestREADMEShowsTheExample holds its Go code against the example, which compiles and runs.
func TestREADMEShowsTheExample(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile("example_test.go")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)\n```go\n(.*?)```").FindAllStringSubmatch(readme(t), -1)
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		indented := regexp.MustCompile(`(?m)^(.)`).ReplaceAllString(block[1], "\t$1")
		assert.Contains(t, string(example), indented)
	}
}

// TestREADMENamesAllThatIsRecorded makes calls of every outcome and compares the tables with what was recorded of them.
func TestREADMENamesAllThatIsRecorded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		te := newTelemetry()
		c, h := te.newStandin(t, nil, halopsa.WithRateLimit(3, time.Minute), halopsa.WithTenant("acme"))
		h.Fault(halopsatest.Fault{Status: 503, Header: http.Header{"Retry-After": {"7"}, "X-Request-Id": {"r-1"}}})
		for range 3 {
			_, _ = c.IntegrationError.Get(t.Context(), 17, nil)
		}
		short, cancel := context.WithTimeout(t.Context(), 0)
		defer cancel()
		_, _ = c.IntegrationError.Get(short, 17, nil)

		ofSpans, ofMetrics, metrics := make(map[string]bool), make(map[string]bool), make(map[string]bool)
		for _, span := range te.spans.GetSpans() {
			for name := range valuesOf(span.Attributes) {
				ofSpans[name] = true
			}
		}
		for _, scope := range te.collect(t) {
			for _, m := range scope.Metrics {
				metrics[m.Name] = true
				_, histogram := te.histogram(t, m.Name)
				for _, point := range histogram.DataPoints {
					for name := range valuesOf(point.Attributes.ToSlice()) {
						ofMetrics[name] = true
					}
				}
			}
		}
		assert.Equal(t, ofSpans, firstCells(readme(t), `| attribute |`, ""))
		assert.Equal(t, ofMetrics, firstCells(readme(t), `| attribute |`, "yes"))
		assert.Equal(t, metrics, firstCells(readme(t), `| metric |`, ""))
	})
}

// firstCells returns the names in code in the first column of a table, of the rows whose second cell is as given.
func firstCells(text, head, second string) map[string]bool {
	names := make(map[string]bool)
	_, table, _ := strings.Cut(text, head)
	table, _, _ = strings.Cut(table, "\n\n")
	for row := range strings.Lines(table) {
		cells := strings.Split(row, "|")
		if len(cells) < 3 || second != "" && strings.TrimSpace(cells[2]) != second {
			continue
		}
		for _, name := range regexp.MustCompile("`([a-z0-9_.]+)`").FindAllStringSubmatch(cells[1], -1) {
			names[name[1]] = true
		}
	}
	return names
}

// TestExportedNames wants a doc comment that begins with it, and of each option a place in the README.
func TestExportedNames(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	text := readme(t)
	var names []string
	check := func(doc *ast.CommentGroup, name string) {
		if !ast.IsExported(name) {
			return
		}
		names = append(names, name)
		assert.True(t, strings.HasPrefix(doc.Text(), name+" "), "no doc comment: %s", name)
		if name != "Option" {
			assert.Regexp(t, `\b`+name+`\b`, text)
		}
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, imported := range file.Imports {
			assert.NotContains(t, imported.Path.Value, "/otel/sdk", "the SDK is the program's to choose")
		}
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil {
					check(decl.Doc, decl.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if of, ok := spec.(*ast.TypeSpec); ok {
						check(decl.Doc, of.Name.Name)
					}
				}
			}
		}
	}
	slices.Sort(names)
	assert.Equal(t, []string{"Observe", "Option", "WithBaseURL", "WithMeterProvider", "WithTracerProvider"}, names)
}
