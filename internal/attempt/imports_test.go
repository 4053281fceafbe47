package attempt_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOnlyHereIsRetryablehttpKnown reads the imports of every file of the module.
func TestOnlyHereIsRetryablehttpKnown(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	var knows []string
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != root:
			_, err := os.Stat(filepath.Join(path, "go.mod"))
			if err == nil || entry.Name() == "testdata" || strings.HasPrefix(entry.Name(), ".") {
				return filepath.SkipDir // another module, or no Go of this one
			}
		case strings.HasSuffix(path, ".go"):
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
			if err != nil {
				return err
			}
			for _, imported := range file.Imports {
				if strings.Contains(imported.Path.Value, "hashicorp/go-retryablehttp") {
					name, err := filepath.Rel(root, path)
					if err != nil {
						return err
					}
					knows = append(knows, filepath.ToSlash(name))
				}
			}
		}
		return nil
	}))
	assert.Equal(t, []string{"internal/attempt/attempt.go"}, knows)
}
