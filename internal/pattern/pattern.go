// Package pattern has regular expressions that are compiled when they are first needed: most programs never meet the error or the date that needs one,
// and compiling all of them would be most of what the start of a program costs.
package pattern

import (
	"regexp"
	"sync"
)

// Lazy returns a function that returns the compiled expression. It panics, as [regexp.MustCompile] does, when it is first called for an expression
// that is malformed.
func Lazy(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}
