package halopsaredis_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa/halopsaredis"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	return string(data)
}

// TestExampleRuns sets the environment, and so cannot run beside others.
func TestExampleRuns(t *testing.T) {
	server := halopsatest.NewServer()
	defer server.Close()
	server.Seed("IntegrationError", map[string]any{"module_name": "Datto RMM", "error": "no such device"})
	redis := newRedis(t)
	knowsAll(t, redis.client(t))
	for name, value := range map[string]string{
		"HALOPSA_URL": server.URL(), "HALOPSA_CLIENT_ID": halopsatest.ClientID, "HALOPSA_CLIENT_SECRET": halopsatest.ClientSecret,
		"REDIS_ADDR": redis.addr, "TOKEN_KEY": strings.Repeat("01", 32),
	} {
		t.Setenv(name, value)
	}
	read, write, err := os.Pipe()
	require.NoError(t, err)
	stdout := os.Stdout
	os.Stdout = write
	Example()
	os.Stdout = stdout
	require.NoError(t, write.Close())
	output, err := io.ReadAll(read)
	require.NoError(t, err)
	assert.Equal(t, "Datto RMM no such device\n", string(output))
	keys, err := redis.client(t).Keys(t.Context(), "*").Result()
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{limitKey, tokenKey}, keys)
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

// TestExportedNames wants a doc comment that begins with it, and of each option a place in the README.
func TestExportedNames(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	text, names := readme(t), 0
	check := func(doc *ast.CommentGroup, name string) {
		if !ast.IsExported(name) {
			return
		}
		names++
		assert.True(t, strings.HasPrefix(doc.Text(), name+" "), "no doc comment: %s", name)
		if strings.HasPrefix(name, "With") || strings.HasPrefix(name, "New") {
			assert.Regexp(t, `\b`+name+`\b`, text)
		}
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		require.NoError(t, err)
		for _, decl := range file.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil || ast.IsExported(strings.TrimLeft(typeName(decl.Recv.List[0].Type), "*")) {
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
	assert.Greater(t, names, 10)
}

func typeName(expr ast.Expr) string {
	if pointer, ok := expr.(*ast.StarExpr); ok {
		expr = pointer.X
	}
	if name, ok := expr.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}

// TestPermissions runs everything as a user who may do no more than the README says, and then without INFO.
func TestPermissions(t *testing.T) {
	t.Parallel()
	server := newRedis(t)
	admin := server.client(t)
	rules := regexp.MustCompile(`(?m)^~halopsa:\*( \+\w+)+$`).FindString(readme(t))
	require.NotEmpty(t, rules)
	user := func(name string, rules ...string) redis.UniversalClient {
		args := []any{"ACL", "SETUSER", name, "on", ">password"}
		for _, rule := range rules {
			args = append(args, rule)
		}
		require.NoError(t, admin.Do(t.Context(), args...).Err())
		client := redis.NewClient(&redis.Options{Addr: server.addr, Username: name, Password: "password"})
		t.Cleanup(func() { assert.NoError(t, client.Close()) })
		return client
	}
	knowsAll(t, admin)
	client := user("least", strings.Fields(rules)...)
	l := newLimiter(t, client, 2)
	grants(t, l, 2)
	waits(t, l, time.Hour)
	key := halopsaredis.WithKey([32]byte{1})
	s := newTokens(t, client, &issuer{life: time.Hour}, key)
	gets(t, s, "canary-1")
	s.Invalidate("canary-1")
	gets(t, s, "canary-2")
	gets(t, newTokens(t, admin, &issuer{}, key), "canary-2")

	blind := newLimiter(t, user("blind", append(strings.Fields(rules), "-info")...), 2)
	waits(t, blind, time.Hour)
	require.NoError(t, admin.Del(t.Context(), limitKey).Err())
	waits(t, newLimiter(t, user("blind"), 2), time.Hour)
}
