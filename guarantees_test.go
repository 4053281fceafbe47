package halopsa_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// guaranteeLine is a line of the README's table: a guarantee, the file that proves it, and its tests.
var guaranteeLine = regexp.MustCompile(`(?m)^\|.*\| \[(\w+)\]\(guarantees/(\w+)_test\.go\) \| (.*) \|$`)

// testsIn returns the file of each test of the files that match, by the test's name.
func testsIn(t *testing.T, pattern string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	require.NoError(t, err)
	in := make(map[string]string)
	for _, file := range files {
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(string(source), -1) {
			in[match[1]] = file
		}
	}
	return in
}

// TestGuaranteesNameTheirTests: each line of the README's table is a file of guarantees, where the tests that it names are, or in files whose
// names begin with that file's. The rules of the planners are proven beside them. There is no other file.
func TestGuaranteesNameTheirTests(t *testing.T) {
	t.Parallel()
	readme := readDocument(t, "README.md")
	proofs, rules := testsIn(t, "guarantees/*_test.go"), testsIn(t, "internal/*/*_test.go")
	named := 0
	var subjects []string
	for _, line := range guaranteeLine.FindAllStringSubmatch(readme, -1) {
		subject := line[2]
		assert.Equal(t, subject, line[1], "the text of a link")
		subjects = append(subjects, subject)
		proven := false
		for _, test := range regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w+)`").FindAllStringSubmatch(line[3], -1) {
			named++
			file := filepath.Base(proofs[test[1]])
			switch {
			case proofs[test[1]] != "":
				assert.True(t, strings.HasPrefix(file, subject+"_"), "%s is in %s, not in a file of %s", test[1], file, subject)
				proven = true
			default:
				assert.NotEmpty(t, rules[test[1]], "the README names %s, which is not there", test[1])
			}
		}
		assert.True(t, proven, "%s names no test of guarantees", subject)
	}
	assert.Greater(t, named, 20)
	assert.Len(t, regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w+)`").FindAllString(readme, -1), named, "tests are named in that table alone")
	own := testsIn(t, "*_test.go")
	for _, page := range filesLike("docs/*.md") {
		for _, test := range regexp.MustCompile("`((?:Test|Fuzz)[A-Z]\\w+)`").FindAllStringSubmatch(readDocument(t, page), -1) {
			assert.NotEmpty(t, proofs[test[1]]+rules[test[1]]+own[test[1]], "%s names %s, which is not there", page, test[1])
		}
	}

	for test, file := range proofs {
		has := false
		for _, subject := range subjects {
			has = has || strings.HasPrefix(filepath.Base(file), subject+"_")
		}
		assert.True(t, has, "%s of %s proves no line of the README", test, file)
	}
}
