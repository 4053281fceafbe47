package halopsa_test

import (
	"bytes"
	"errors"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

const modulePath = "github.com/halopsa-go/halopsa"

// guide is what users read: the README and the pages that it leads to. documents are all texts that are held against the code.
var (
	guide     = append([]string{"README.md"}, filesLike("docs/*.md")...)
	documents = append([]string{"CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"}, guide...)
)

func filesLike(pattern string) []string {
	names, _ := filepath.Glob(pattern) // the pattern is right
	for i, name := range names {
		names[i] = filepath.ToSlash(name)
	}
	return names
}

func readDocument(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(data)
}

// goBlocks are the Go code blocks of a document.
func goBlocks(text string) []string {
	var blocks []string
	for _, match := range regexp.MustCompile("(?s)\n```go\n(.*?)```").FindAllStringSubmatch(text, -1) {
		blocks = append(blocks, match[1])
	}
	return blocks
}

// goCommand runs the go command without network and without the flags of the surrounding test run.
func goCommand(t *testing.T, dir string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-mod=mod -buildvcs=false", "GOPROXY=off", "GOWORK=off")
	var failure bytes.Buffer
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		return "", errors.New(strings.Join(args, " ") + ": " + err.Error() + "\n" + failure.String())
	}
	return string(out), nil
}

// TestFirstProgramOfTheREADMERuns builds it in its own module, as a reader would, and runs it against the stand-in server.
func TestFirstProgramOfTheREADMERuns(t *testing.T) {
	t.Parallel()
	program := goBlocks(readDocument(t, "README.md"))[0]
	require.True(t, strings.HasPrefix(program, "package main\n"), "the first block of the README is no program")
	assert.LessOrEqual(t, strings.Count(program, "\n"), 25, "lines of the first program")

	dir := t.TempDir()
	here, err := filepath.Abs(".")
	require.NoError(t, err)
	module := strings.Replace(readDocument(t, "go.mod"), "module "+modulePath+"\n", "module example.com/reader\n", 1)
	module += "\nrequire " + modulePath + " v0.0.0\n\nreplace " + modulePath + " => " + strconv.Quote(filepath.ToSlash(here)) + "\n"
	for name, text := range map[string]string{"main.go": program, "go.mod": module, "go.sum": readDocument(t, "go.sum")} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	binary := filepath.Join(dir, "program.exe")
	_, err = goCommand(t, dir, "build", "-o", binary, ".")
	require.NoError(t, err)

	server := halopsatest.NewServer()
	defer server.Close()
	server.Seed("IntegrationError",
		map[string]any{"date": "2026-10-02T11:22:33", "module_name": "Datto RMM", "error": "no such device"},
		map[string]any{"date": "2026-10-03T08:00:00", "module_name": "Azure", "error": "no such site"})
	cmd := exec.CommandContext(t.Context(), binary)
	cmd.Env = append(os.Environ(), "HALOPSA_URL="+server.URL(), "HALOPSA_TENANT=",
		"HALOPSA_CLIENT_ID="+halopsatest.ClientID, "HALOPSA_CLIENT_SECRET="+halopsatest.ClientSecret)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	assert.Equal(t, "2026-10-03 08:00 Azure no such site\n2026-10-02 11:22 Datto RMM no such device\n", string(out))
}

// exportData are the files that hold the compiled packages, by import path.
var exportData = sync.OnceValues(func() (map[string]string, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", ".", "./halopsatest", "./halopsarecord") //nolint:noctx // shared by several tests
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOPROXY=off")
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	files := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		files[path] = file
	}
	return files, nil
})

// compiled returns an importer of this module's packages and all that they import.
func compiled(t *testing.T, fset *token.FileSet) types.Importer {
	t.Helper()
	files, err := exportData()
	require.NoError(t, err)
	return importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
}

// snippetHead declares what the snippets of the documents take as given.
const snippetHead = `package snippet

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsarecord"
	"github.com/halopsa-go/halopsa/halopsatest"
)

var (
	t                      *testing.T
	ctx                    context.Context
	client                 *halopsa.Client
	clientID, clientSecret string
	id, cursor             int64
	err                    error
	inputs                 []halopsa.IntegrationErrorInput
)

type Ticket struct {
	ID, StatusID, ClientID int64
	Summary                string
}

func _() {
`

// TestSnippetsOfTheDocumentsCompile type-checks every Go block but the first program. "…" stands for what a reader fills in.
func TestSnippetsOfTheDocumentsCompile(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, name := range documents {
		for i, block := range goBlocks(readDocument(t, name)) {
			if strings.HasPrefix(block, "package ") {
				continue
			}
			checked++
			fset := token.NewFileSet()
			file, err := parser.ParseFile(fset, name, snippetHead+strings.ReplaceAll(block, "…", "")+"\n}\n", parser.SkipObjectResolution)
			require.NoError(t, err, "%s, Go block %d:\n%s", name, i+1, block)
			config := types.Config{Importer: compiled(t, fset), Error: func(err error) {
				// Soft errors are unused variables and imports, which a snippet may have.
				if failure := (types.Error{}); !errors.As(err, &failure) || !failure.Soft {
					assert.NoError(t, err, "%s, Go block %d:\n%s", name, i+1, block)
				}
			}}
			_, _ = config.Check("snippet", fset, []*ast.File{file}, nil) // reported by Error
		}
	}
	assert.Greater(t, checked, 30)
}

var (
	fencedBlock = regexp.MustCompile("(?ms)^```.*?^```$")
	codeSpan    = regexp.MustCompile("`([^`\n]+)`")
)

// TestDocumentsNameWhatExists holds the names in code spans against the packages' exported names, and wants every option and every
// error to be named where users read.
func TestDocumentsNameWhatExists(t *testing.T) {
	t.Parallel()
	imports := compiled(t, token.NewFileSet())
	packages := make(map[string]*types.Scope)
	for _, path := range []string{modulePath, modulePath + "/halopsatest"} {
		pkg, err := imports.Import(path)
		require.NoError(t, err)
		packages[pkg.Name()] = pkg.Scope()
	}
	name := regexp.MustCompile(`^[*&]?(?:(halopsa|halopsatest)\.)?([A-Z]\w*)`)
	ours := regexp.MustCompile(`^(With\w+|From[A-Z]\w*|New[A-Z]\w*|Err[A-Z]\w*|\w+Error)$`)
	tests := regexp.MustCompile(`^(Test|Fuzz)[A-Z]`) // which TestGuaranteesNameTheirTests looks for
	named := make(map[string]bool)
	for _, document := range documents {
		for _, span := range codeSpan.FindAllStringSubmatch(fencedBlock.ReplaceAllString(readDocument(t, document), ""), -1) {
			found := name.FindStringSubmatch(span[1])
			if found == nil || found[1] == "" && !ours.MatchString(found[2]) || tests.MatchString(found[2]) {
				continue
			}
			scope := packages["halopsa"]
			if found[1] != "" {
				scope = packages[found[1]]
			}
			assert.NotNil(t, scope.Lookup(found[2]), "%s names %s, which is not there", document, span[0])
			named[found[2]] = slices.Contains(guide, document) || named[found[2]]
		}
	}
	failure, ok := types.Universe.Lookup("error").Type().Underlying().(*types.Interface)
	require.True(t, ok)
	scope := packages["halopsa"]
	for _, exported := range scope.Names() {
		object := scope.Lookup(exported)
		_, isType := object.(*types.TypeName)
		isError := isType && types.Implements(types.NewPointer(object.Type()), failure)
		if object.Exported() && (isError || strings.HasPrefix(exported, "With") || strings.HasPrefix(exported, "Err")) {
			assert.True(t, named[exported], "neither the README nor docs/ names %s", exported)
		}
	}
}

// anchor is the fragment under which a heading can be reached.
func anchor(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, strings.TrimSpace(heading))
}

func TestLinksOfTheDocumentsResolve(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)\s]+)\)|(?m:^\[[^\]]+\]:\s*(\S+))`)
	heading := regexp.MustCompile(`(?m)^#+ (.+)$`)
	for _, document := range slices.Concat(documents, filesLike("*/README.md"), filesLike("*/*/README.md")) {
		text := fencedBlock.ReplaceAllString(readDocument(t, document), "")
		for _, match := range link.FindAllStringSubmatch(codeSpan.ReplaceAllString(text, ""), -1) {
			target := match[1] + match[2]
			if strings.Contains(target, "://") {
				continue
			}
			file, fragment, hasFragment := strings.Cut(target, "#")
			if file = filepath.Join(filepath.Dir(document), file); strings.HasPrefix(target, "#") {
				file = document
			}
			if !assert.True(t, fileExists(file), "%s links to %s, which is not there", document, target) || !hasFragment {
				continue
			}
			var anchors []string
			for _, found := range heading.FindAllStringSubmatch(fencedBlock.ReplaceAllString(readDocument(t, file), ""), -1) {
				anchors = append(anchors, anchor(found[1]))
			}
			assert.Contains(t, anchors, fragment, "%s links to %s", document, target)
		}
	}
}

func fileExists(name string) bool {
	_, err := os.Stat(filepath.FromSlash(name))
	return err == nil
}

// TestREADMEIsShort: it is a way in, which leads to every page.
func TestREADMEIsShort(t *testing.T) {
	t.Parallel()
	readme := readDocument(t, "README.md")
	assert.LessOrEqual(t, strings.Count(readme, "\n"), 200, "lines of the README")
	for _, page := range guide[1:] {
		assert.Contains(t, readme, "]("+page, "the README does not lead to %s", page)
	}
}

// TestOptionsPageListsThemAll holds its tables against the exported options.
func TestOptionsPageListsThemAll(t *testing.T) {
	t.Parallel()
	var wanted, got []string
	for _, file := range parseFiles(t, ".", false) {
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "With") {
				wanted = append(wanted, fn.Name.Name)
			}
		}
	}
	for line := range strings.Lines(readDocument(t, "docs/options.md")) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		for _, name := range codeSpan.FindAllStringSubmatch(strings.Split(line, "|")[1], -1) {
			got = append(got, name[1])
		}
	}
	require.NotEmpty(t, wanted)
	assert.ElementsMatch(t, wanted, got)
}

func TestPackageDocumentationLeadsToTheVendors(t *testing.T) {
	t.Parallel()
	doc := parseFiles(t, ".", false)["doc.go"].Doc.Text()
	assert.Contains(t, doc, "https://halopsa.com/apidoc/info")
	for _, word := range []string{"module", "connection", "export", "delta", "look-up", "integrator"} {
		assert.Regexp(t, `(?m)^  - (A|An|The) `+word+`\b`, doc, "the words of the integration API lack %s", word)
	}
}

func TestChangelogEntriesBeginWithAName(t *testing.T) {
	t.Parallel()
	entries := regexp.MustCompile(`(?m)^- (.*)`).FindAllStringSubmatch(readDocument(t, "CHANGELOG.md"), -1)
	require.NotEmpty(t, entries)
	for _, entry := range entries {
		assert.Regexp(t, "^`[\\w./]+`(, `[\\w./]+`)*: ", entry[1])
	}
}

func TestChangelogHasTheVersion(t *testing.T) {
	t.Parallel()
	assert.Regexp(t, `(?m)^## \[(Unreleased|`+regexp.QuoteMeta(halopsa.Version)+`)\]`, readDocument(t, "CHANGELOG.md"))
	assert.Contains(t, readDocument(t, "CHANGELOG.md"), halopsa.Version)
}

// TestContributingListsTheChecks holds its table against the functions of .ci/run.
func TestContributingListsTheChecks(t *testing.T) {
	t.Parallel()
	var wanted, got []string
	for _, match := range regexp.MustCompile(`(?m)^check_(\w+)\(\)`).FindAllStringSubmatch(readDocument(t, ".ci/run"), -1) {
		wanted = append(wanted, match[1])
	}
	for _, match := range regexp.MustCompile("(?m)^\\| `(\\w+)` \\|").FindAllStringSubmatch(readDocument(t, "CONTRIBUTING.md"), -1) {
		got = append(got, match[1])
	}
	require.NotEmpty(t, wanted)
	assert.Equal(t, wanted, got)
}

// TestContributingNamesFilesThatExist: its architecture is a map, which must not show what is gone.
func TestContributingNamesFilesThatExist(t *testing.T) {
	t.Parallel()
	named := 0
	for _, span := range codeSpan.FindAllStringSubmatch(fencedBlock.ReplaceAllString(readDocument(t, "CONTRIBUTING.md"), ""), -1) {
		if !regexp.MustCompile(`^[\w./*]+(\.go|/)$`).MatchString(span[1]) || strings.Contains(span[1], "RESOURCE") {
			continue
		}
		named++
		found, err := filepath.Glob(span[1])
		require.NoError(t, err)
		assert.NotEmpty(t, found, "CONTRIBUTING names %s, which is not there", span[0])
	}
	assert.Greater(t, named, 40)
}
