package wire

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/halopsa-go/halopsa/internal/loose"
)

// Member is what a validation error says of one member of what was sent.
type Member struct {
	Index    int    // of the input that it belongs to, -1 when the error names none
	Name     string // such as "value" or "trace[2].log"; empty for the input as a whole
	Messages []string
}

// Members returns what a validation error says, member by member, or nil for another body.
//
// It can be an object of arrays keyed by the member [live], ASP.NET's ModelState, or errors beside a title, as an object or as an array.
func Members(body []byte) []Member {
	var object map[string]json.RawMessage
	if body = loose.Trim(body); len(body) == 0 || body[0] != '{' || json.Unmarshal(body, &object) != nil {
		return nil
	}
	for name, raw := range object {
		if folded := strings.ToLower(name); folded == "errors" || folded == "modelstate" {
			if members := membersOf(raw, true); members != nil {
				return members
			}
		}
	}
	return membersOf(body, false)
}

// membersOf reads an object in which each member has its messages: an array of texts, or with single one text.
func membersOf(raw json.RawMessage, single bool) []Member {
	var list []any
	if single && json.Unmarshal(raw, &list) == nil {
		return membersOfList(list)
	}
	var object map[string]any
	if json.Unmarshal(raw, &object) != nil || len(object) == 0 {
		return nil
	}
	var members []Member
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !single && aside(key, object[key]) {
			continue
		}
		messages := messagesOf(object[key], single)
		if messages == nil {
			return nil
		}
		index, name := splitKey(key)
		members = append(members, Member{Index: index, Name: name, Messages: messages})
	}
	return members
}

// membersOfList reads an array of errors of which each names its member, such as {"field":"value","message":"is too long"}.
func membersOfList(list []any) []Member {
	var members []Member
	for _, element := range list {
		key := memberOf(element)
		if key == "" {
			return nil
		}
		index, name := splitKey(key)
		members = append(members, Member{Index: index, Name: name, Messages: []string{jsonMessage(element)}})
	}
	return members
}

func messagesOf(value any, single bool) []string {
	list, ok := value.([]any)
	if !ok {
		if text := jsonMessage(value); single && text != "" {
			return []string{text}
		}
		return nil
	}
	messages := make([]string, 0, len(list))
	for _, element := range list {
		if text := jsonMessage(element); text != "" {
			messages = append(messages, text)
		}
	}
	if len(messages) == 0 {
		return nil
	}
	return messages
}

// splitKey takes the input's index off a key such as "[0].value", "$[1]" or "model[2].trace[0].log".
func splitKey(key string) (index int, name string) {
	before, rest, found := strings.Cut(key, "[")
	if !found || strings.ContainsAny(before, ".") && before != "$." {
		return -1, strings.TrimPrefix(strings.TrimPrefix(key, "$"), ".")
	}
	number, rest, found := strings.Cut(rest, "]")
	index, err := strconv.Atoi(number)
	if !found || err != nil || index < 0 {
		return -1, key
	}
	return index, strings.TrimPrefix(rest, ".")
}

// Key is the member as the server names it, "[2].value" for one of the third input.
func (m Member) Key() string {
	if m.Index < 0 {
		return m.Name
	}
	key := "[" + strconv.Itoa(m.Index) + "]"
	if m.Name != "" && m.Name[0] != '[' {
		key += "."
	}
	return key + m.Name
}
