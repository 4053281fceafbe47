package halopsa_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The README names the test that proves each guarantee: those tests must be there.
func TestGuaranteesNameTheirTests(t *testing.T) {
	t.Parallel()
	there := map[string]bool{}
	for _, pattern := range []string{"guarantees/*_test.go", "*_test.go", "internal/*/*_test.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, match := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(string(source), -1) {
				there[match[1]] = true
			}
		}
	}
	named := regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w+)`").FindAllStringSubmatch(readDocument(t, "README.md"), -1)
	assert.Greater(t, len(named), 20)
	for _, match := range named {
		assert.True(t, there[match[1]], "the README names %s, which is not there", match[1])
	}
}
