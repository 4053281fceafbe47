package halopsa_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/halopsa-go/halopsa"
)

// Records are said to be missing only where the server says that there are more.
func TestPaginationErrorSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	for text, e := range map[string]halopsa.PaginationError{
		"halopsa: X.All: 2 of 9 records missing after page 3: r":                   {RecordCount: 9, Seen: 7},
		"halopsa: X.All: whether records are missing is not known after page 3: r": {RecordCount: -1, Seen: 60},
		"halopsa: Y.All: whether records are missing is not known after page 3: r": {RecordCount: 7, Seen: 7},
	} {
		e.Op, e.Page, e.Reason = text[9:14], 3, "r"
		assert.Equal(t, text, e.Error())
	}
}
