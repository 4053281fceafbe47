package doctor

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/halopsa-go/halopsa"
)

// logLine is a line of the engine's log.
type logLine struct {
	module  int64
	date    time.Time
	message string
}

// readLine reads what HaloPSA publishes no schema for: each member under the names that tenants may give it.
func readLine(l *halopsa.IntegratorLog) (line logLine) {
	members := make(map[string]json.RawMessage, len(l.Extra))
	for name, value := range l.Extra {
		members[strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))] = value
	}
	line.module = first[int64](members, "moduleid", "msid")
	line.date = first[halopsa.Time](members, "date", "datelogged", "timestamp", "datetime").Time
	line.message = first[string](members, "message", "log", "text")
	return line
}

// first returns the first of the members that is a T and is not zero.
func first[T comparable](members map[string]json.RawMessage, names ...string) (zero T) {
	for _, name := range names {
		var value T
		if raw := members[name]; raw != nil && json.Unmarshal(raw, &value) == nil && value != zero {
			return value
		}
	}
	return zero
}
