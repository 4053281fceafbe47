package doctor

import (
	"regexp"
	"slices"
	"strings"
)

var (
	word     = regexp.MustCompile(`\S+`)
	aName    = regexp.MustCompile(`(?i)^(?:` + secretNames + `)s?$`)
	weakName = regexp.MustCompile(`(?i)^(?:token|auth|sig|signature|assertion|session|connection|credential)`) // which sentences continue after in many ways
)

// told takes what a credential is out of the sentence that names it: the word right after the name, as in "with password X", and the word that
// the sentence leads up to, as in "the password of joe was changed to X". Words that a sentence continues with stay.
func told(parts []string) string {
	begin := parts[0][:len(parts[0])-len(parts[2])]
	next := !weakName.MatchString(parts[1]) // the next word may be it
	taken := false                          // the word before was one
	last := ""
	return begin + word.ReplaceAllStringFunc(parts[2], func(w string) string {
		core := strings.Trim(w, `.,:;!?()[]"'`)
		bare := strings.ToLower(core)
		before := last
		last = bare
		switch {
		case strings.Contains(w, hidden):
			next, taken = false, true
		case aName.MatchString(bare):
			next, taken = !weakName.MatchString(bare), false
		case strings.Trim(w, ":=<>-–—→") == "", slices.Contains(verbs, bare), bare == "to" && slices.Contains(changes, before), taken && (bare == "and" || bare == "or"):
			next = true
		case slices.Contains(fillers, bare): // which change nothing
		case slices.Contains(ordinary, bare), slices.Contains(sentences, bare), strings.HasSuffix(bare, "n't"):
			next, taken = false, false
		case next:
			next, taken = false, true
			return strings.Replace(w, core, hidden, 1)
		default:
			taken = false
		}
		return w
	})
}

var (
	// verbs are words after which a sentence says what something is.
	verbs = strings.Fields("is was are were be been entered given ist war est es")
	// changes are those after which it says so with "to".
	changes = strings.Fields("set reset changed change updated update equal")
	fillers = strings.Fields("now currently still key keys value your my its the a an")
	// sentences are words that follow the name of a credential where something is said about it.
	sentences = strings.Fields(`about access account active after again age already also any app application are associated at attempt auth
		authenticate authentication back be been before best bind blank blocked by cache can case change changed changes check client compliant
		complexity configuration configured connection contains correct could create created deleted did different disabled does doesn't due
		during enabled encrypted endpoint enter entered entry exceeded exists expire expires expiring expiry expiration field file flow format
		found generated given grant had hash history id if inactive incorrect information into its least length lifetime limit locked login
		lookup management manager match may mismatch mode more name needed needs never new not notification obtained old only outdated parameter
		permission permissions policies policy prompt protected protection provided provider read recently recovery refresh refused rejected
		renewed request requests requires reset resets response returned role rotated rotation rule rules same saved scopes security server
		session set should signed signing since so soon stored strength supplied sync synchronization that than then there these this those
		times to too type unauthorized update updated usage use used using valid validation vault very via violation weak when where which will
		within without yet`)
)
