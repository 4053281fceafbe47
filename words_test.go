package halopsa_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wordExceptions are the places where a phrase of the left side is the right one.
var wordExceptions = []struct {
	file   string         // a path, or a folder that ends in a slash; "" is every file
	phrase string         // as it is found
	line   *regexp.Regexp // of the line it is in
	why    string
}{
	{"", "DOUBLE", regexp.MustCompile(`DOUBLE PRECISION`), "a type of PostgreSQL"},
	{"", "authorisation", regexp.MustCompile(`authentication authorisation authorization`), "words that are read, not written"},
	{"", "lookup", regexp.MustCompile(`lookup management manager`), "words that are read, not written"},
	{"halopsatest/check.go", "double", regexp.MustCompile(`convert string to double`), "HaloPSA's message, which the stand-in sends"},
	{"halopsaprobe/report.go", "Answer", regexp.MustCompile(`Answer says|\[Answer\]`), "the name of a type"},
}

// word is a line of the word list: the phrases that are not to be written, and what is written in their place.
type word struct {
	not     *regexp.Regexp
	instead string
}

// wordList reads the table of CONTRIBUTING. "…" in a phrase stands for one to three words.
func wordList(t *testing.T) []word {
	t.Helper()
	_, section, found := strings.Cut(readDocument(t, "CONTRIBUTING.md"), "\n### Words\n")
	require.True(t, found, "CONTRIBUTING has no section Words")
	section, _, _ = strings.Cut(section, "\n## ")
	var list []word
	for line := range strings.Lines(section) {
		columns := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(columns) != 2 || strings.HasPrefix(columns[0], "-") || strings.TrimSpace(columns[0]) == "not" {
			continue
		}
		var phrases []string
		for phrase := range strings.SplitSeq(columns[0], ",") {
			fields := strings.Fields(phrase)
			for i, field := range fields {
				if field == "…" {
					fields[i] = `\S+(?:\s+\S+){0,2}`
				} else {
					fields[i] = regexp.QuoteMeta(field)
				}
			}
			phrases = append(phrases, strings.Join(fields, `\s+`))
		}
		list = append(list, word{regexp.MustCompile(`(?i)\b(?:` + strings.Join(phrases, "|") + `)\b`), strings.TrimSpace(columns[1])})
	}
	require.Greater(t, len(list), 15)
	return list
}

// misused is a phrase that stands where another one is meant.
type misused struct{ place, phrase, instead string }

// search returns the phrases of text, whose first line is the given one of the file.
func search(list []word, file string, first int, text string) []misused {
	var all []misused
	for _, word := range list {
		for _, at := range word.not.FindAllStringIndex(text, -1) {
			phrase := strings.Join(strings.Fields(text[at[0]:at[1]]), " ")
			line := text[strings.LastIndexByte(text[:at[0]], '\n')+1:]
			line, _, _ = strings.Cut(line, "\n")
			if excepted(file, phrase, line) {
				continue
			}
			place := file + ":" + strconv.Itoa(first+strings.Count(text[:at[0]], "\n"))
			all = append(all, misused{place, phrase, word.instead})
		}
	}
	return all
}

func excepted(file, phrase, line string) bool {
	for _, e := range wordExceptions {
		inFile := e.file == "" || e.file == file || strings.HasSuffix(e.file, "/") && strings.HasPrefix(file, e.file)
		if inFile && strings.EqualFold(e.phrase, phrase) && e.line.MatchString(line) {
			return true
		}
	}
	return false
}

// blank replaces what matches by spaces, so that the lines keep their numbers.
func blank(pattern *regexp.Regexp, text string) string {
	return pattern.ReplaceAllStringFunc(text, func(found string) string {
		return strings.Map(func(r rune) rune {
			if r == '\n' {
				return r
			}
			return ' '
		}, found)
	})
}

// prose is a document without its code and without the word list itself.
func prose(text string) string {
	text = blank(codeSpan, blank(fencedBlock, text))
	return blank(regexp.MustCompile(`(?s)\n### Words\n.*?\n## `), text)
}

// commentText is what comments say, with a line for each of the file's.
func commentText(group *ast.CommentGroup) string {
	var text strings.Builder
	for _, comment := range group.List {
		text.WriteString(strings.TrimPrefix(comment.Text, "//") + "\n")
	}
	return text.String()
}

// shownDocs are the comments of a file that go doc shows: of the package and of what is exported.
func shownDocs(file *ast.File) []*ast.CommentGroup {
	docs := []*ast.CommentGroup{file.Doc}
	members := func(list *ast.FieldList) {
		for _, field := range list.List {
			if len(field.Names) == 0 || slices.ContainsFunc(field.Names, (*ast.Ident).IsExported) {
				docs = append(docs, field.Doc, field.Comment)
			}
		}
	}
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			example := strings.HasPrefix(decl.Name.Name, "Example")
			if decl.Name.IsExported() && (decl.Recv == nil || ast.IsExported(receiver(decl))) || example {
				docs = append(docs, decl.Doc)
			}
		case *ast.GenDecl:
			shown := false
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					if !spec.Name.IsExported() {
						continue
					}
					docs = append(docs, spec.Doc, spec.Comment)
					switch of := spec.Type.(type) {
					case *ast.StructType:
						members(of.Fields)
					case *ast.InterfaceType:
						members(of.Methods)
					}
				case *ast.ValueSpec:
					if !slices.ContainsFunc(spec.Names, (*ast.Ident).IsExported) {
						continue
					}
					docs = append(docs, spec.Doc, spec.Comment)
				default:
					continue
				}
				shown = true
			}
			if shown {
				docs = append(docs, decl.Doc)
			}
		}
	}
	return slices.DeleteFunc(docs, func(doc *ast.CommentGroup) bool { return doc == nil })
}

// misusedInCode returns the phrases of a Go file: in what go doc shows, and in its texts, which are those of errors, log lines and commands.
func misusedInCode(t *testing.T, list []word, name string) []misused {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
	require.NoError(t, err)
	var all []misused
	if !strings.HasPrefix(name, "internal/") && !strings.Contains(name, "/internal/") {
		for _, doc := range shownDocs(file) {
			all = append(all, search(list, name, fset.Position(doc.Pos()).Line, commentText(doc))...)
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field: // not its tag
			if node.Tag != nil {
				node.Tag = nil
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(node.Value); err == nil && node.Kind == token.STRING && strings.ContainsAny(text, " \n") {
				all = append(all, search(list, name, fset.Position(node.Pos()).Line, text)...)
			}
		}
		return true
	})
	return all
}

// readableFiles are the files of the repository whose texts somebody reads: documents, and Go files but tests and what only tests use.
func readableFiles(t *testing.T) (markdown, code []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		path = filepath.ToSlash(path)
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != "." && (strings.HasPrefix(name, ".") || name == "testdata" || path == "internal/trial" || name == "pagetest"):
			return filepath.SkipDir
		case strings.HasSuffix(name, ".md"):
			markdown = append(markdown, path)
		case strings.HasSuffix(name, ".go") && (!strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "example")):
			code = append(code, path)
		}
		return nil
	}))
	return markdown, code
}

// TestWords finds phrases of CONTRIBUTING's word list in documents, in what go doc shows, and in the texts of errors, log lines and commands.
func TestWords(t *testing.T) {
	t.Parallel()
	list := wordList(t)
	markdown, code := readableFiles(t)
	require.Greater(t, len(markdown), 5)
	require.Greater(t, len(code), 100)
	var all []misused
	for _, name := range markdown {
		all = append(all, search(list, name, 1, prose(readDocument(t, name)))...)
	}
	for _, name := range code {
		all = append(all, misusedInCode(t, list, name)...)
	}
	for _, found := range all {
		assert.Fail(t, "a phrase of the word list", "%s: %q: write %s", found.place, found.phrase, found.instead)
	}
}

func TestWordsAreFound(t *testing.T) {
	t.Parallel()
	list := wordList(t)
	for text, want := range map[string][]string{
		"The answer, once\nmore, goes on for ever.": {"answer", "once more", "goes on", "for ever"},
		"It must be a module of its own.":           {"of its own"},
		"What the client MAKES of it is none.":      {"MAKES of", "is none"},
		"A response of its owner continues again.":  nil,
		"unanswered, redoubled, the meanwhiles":     nil,
	} {
		var got []string
		for _, found := range search(list, "a.go", 1, text) {
			got = append(got, found.phrase)
		}
		assert.ElementsMatch(t, want, got, text)
	}
	code := "Code says `the answer`\n```\nmeanwhile\n```\nand prose is in vain.\n"
	assert.Equal(t, []misused{{"a.md:5", "in vain", "needlessly"}}, search(list, "a.md", 1, prose(code)))
	assert.True(t, excepted("examples/syncservice/store.go", "double", "x DOUBLE PRECISION"))
}
