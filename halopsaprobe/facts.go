package halopsaprobe

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// facts are the questions that the documentation leaves open, with what was found.
func facts(r *Report) []Fact {
	all := []Fact{
		{"the members of authinfo", membersText(&r.AuthInfo.Members)},
		{"which lists honor paging", r.by(func(l *List) string { return string(l.Paging) })},
		{"which lists honor page_size", r.by(func(l *List) string { return string(l.PageSize) })},
		{"which lists honor count", r.by(func(l *List) string { return string(l.Count) })},
		{"which lists honor page_size alone", r.by(func(l *List) string { return string(l.SizeAlone) })},
		{"which lists honor order", r.by(func(l *List) string { return string(l.Sort) })},
		{"what record_count says in a page", r.by(func(l *List) string { return string(l.RecordCount.Paged) })},
		{"what record_count says where the default size has cut", r.by(func(l *List) string {
			if l.DefaultSize == 0 {
				return string(MeansUnknown)
			}
			return string(l.RecordCount.ByDefault)
		})},
		{"what record_count says where count has cut", r.by(func(l *List) string { return string(l.RecordCount.ByCount) })},
		{"how many rows come without paging, where there are more", r.by(func(l *List) string { return number(l.DefaultSize) })},
		{"where pages are capped", r.by(func(l *List) string {
			if l.Cap == 0 && l.FixedSize == 0 && l.Paging == Yes && l.Largest > 0 {
				return "not at " + number(l.Largest)
			}
			return number(l.Cap)
		})},
		{"what a page behind the end gets", r.by(func(l *List) string { return string(l.PastEnd) })},
		{"how rows come without order", r.by(func(l *List) string {
			switch {
			case l.Order.Shuffled == Yes:
				return "another order each time"
			case l.Order.Member == "":
				return string(Unknown)
			case l.Order.Desc:
				return l.Order.Member + ", largest first"
			}
			return l.Order.Member
		})},
		{"the form of lists", r.by(func(l *List) string {
			if l.Array != "" {
				return string(l.Shape) + " " + strconv.Quote(l.Array)
			}
			return string(l.Shape)
		})},
		{"how dates are written", r.by(func(l *List) string { return strings.Join(l.Dates, " or ") })},
	}
	if l := r.List("IntegratorSchedule"); l != nil {
		for _, name := range []string{"frequency", "expected_duration", "modules"} {
			all = append(all, Fact{"the type of " + name + " of IntegratorSchedule", l.typeOf(name)})
		}
	}
	if l := r.List("IntegratorLog"); l != nil {
		all = append(all, Fact{"the members of IntegratorLog", membersText(&l.Members)})
	}
	for _, resource := range []string{"IntegratorTrace", "IntegrationRunbookVariableGroup"} {
		if at := slices.IndexFunc(r.Records, func(one Record) bool { return one.Resource == resource }); at >= 0 {
			all = append(all, Fact{"the members of a single " + resource, membersText(&r.Records[at].Members)})
		}
	}
	return all
}

func number(n int) string {
	if n == 0 {
		return string(Unknown)
	}
	return strconv.Itoa(n)
}

// by groups the lists that could be read by what was found, the unknown last.
func (r *Report) by(found func(*List) string) string {
	groups := make(map[string][]string)
	for i := range r.Lists {
		if l := &r.Lists[i]; l.Status == 200 {
			text := found(l)
			if text == "" {
				text = string(Unknown)
			}
			groups[text] = append(groups[text], l.Resource)
		}
	}
	var parts []string
	for _, text := range slices.Sorted(maps.Keys(groups)) {
		if text != string(Unknown) {
			parts = append(parts, text+": "+strings.Join(groups[text], ", "))
		}
	}
	if lists := groups[string(Unknown)]; lists != nil {
		parts = append(parts, "not known: "+strings.Join(lists, ", "))
	}
	if len(parts) == 0 {
		return "not known: no list could be read"
	}
	return strings.Join(parts, "; ")
}

func (l *List) typeOf(name string) string {
	for _, m := range l.Members {
		if m.Name == name {
			return strings.Join(m.Types, " or ")
		}
	}
	return "not known: no row has it"
}

func membersText(members *[]Member) string {
	if len(*members) == 0 {
		return "not known: none came"
	}
	texts := make([]string, len(*members))
	for i, m := range *members {
		texts[i] = fmt.Sprintf("%s (%s)", m.Name, strings.Join(m.Types, " or "))
	}
	return strings.Join(texts, ", ")
}
