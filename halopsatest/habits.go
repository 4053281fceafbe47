package halopsatest

import (
	"net/http"
	"strings"
)

// Habits are how a resource responds. The zero value is honest and does as the live tenant did: it serves any page size, tells the true
// record_count and ends a list with an empty page. Nothing is capped: a tenant that serves 100 for 1,000 asked has PageCap 100.
//
// Habits combine: {NewestFirst: true, FixedSize: 30} is both. For what they cannot say there is Respond, and [Fault] for single requests.
type Habits struct {
	// PageCap is the largest page; 0 means none. A resource without paging parameters then also sends no more, in an envelope.
	PageCap int
	// FixedSize is the size of every page, whatever is asked for; 0 means none.
	FixedSize int
	// DefaultSize is the page sent when paging is ignored or not asked for; 0 is 50. On a tenant it is a setting of the agent [live].
	DefaultSize int
	// TooLarge makes a page of more rows than this fail with the gateway's 504, as a smaller page does not; 0 means never.
	TooLarge int
	// IgnorePaging returns the first DefaultSize records for every page_no.
	IgnorePaging bool
	// IgnoreCount ignores the parameter count, where the resource otherwise honors it. It counts only without paging.
	IgnoreCount bool
	// OffsetByAsked counts the pages by the page_size asked for even where fewer are sent: rows between the pages never come.
	OffsetByAsked bool
	// Overlap begins each page with so many of the last rows of the one before it: rows come twice, and more pages are needed.
	Overlap int
	// Uneven makes some pages shorter than they should be, none of them empty; no row is left out.
	Uneven bool
	// PastEnd is what a page behind the end gets; the default is an empty page.
	PastEnd PastEnd
	// EmptyPage is the page_no of a page that is empty and says record_count 0, whatever the list holds; 0 means none.
	EmptyPage int

	// IgnoreFilters ignores the filters of a list, as tenants do with one whose name they do not know [seen]: all its records are sent.
	IgnoreFilters bool

	// NewestFirst sends lists in descending order where no sort is asked for, or honored.
	NewestFirst bool
	// OrderBy is the member that orders lists where no sort is asked for, or honored; "" is the id.
	OrderBy string
	// IgnoreOrder ignores the parameters order … orderdesc5.
	IgnoreOrder bool
	// Shuffled sends lists in no order, another one each time, where no sort is asked for, or honored.
	Shuffled bool
	// UnstableTies puts records that the sort keys do not tell apart in another order each time, as a database may.
	UnstableTies bool

	// NoRecordCount leaves record_count out of the envelope.
	NoRecordCount bool
	// RecordCount returns the record_count to send; nil is the truth. See [CountPlus], [CountCapped], [CountOfRows] and [CountLate].
	RecordCount func(Listed) int
	// BareArray sends the rows without an envelope, and so without a record_count.
	BareArray bool
	// WrongPageNo echoes a page_no that is not the one asked for.
	WrongPageNo bool
	// Array is the name of the list in the envelope; "" is the tenant's.
	Array string
	// EmptyArray is the name of a further array, an empty one, which stands in the envelope before the true one; "" means none.
	EmptyArray string
	// Nested puts the envelope or array into the member of this name, as {"data":{…}}; "" does not.
	Nested string
	// EmptyList is the body of a list without records, such as "null"; "" is an envelope or array with none.
	EmptyList string
	// ErrorMember is a member with an error text beside the array, which then is empty, under status 200: "load_error", say. "" means none.
	// It takes an envelope, so it has no effect on bare arrays.
	ErrorMember string
	// ErrorFrom is the first page that has ErrorMember; 0 is 1.
	ErrorFrom int

	// Rows is how records are written.
	Rows RowHabits
	// QuietWrites sends an empty body to writes.
	QuietWrites bool
	// Warning is a _warning in each envelope, each written record and each response to a delete; "" means none.
	Warning string

	// Denied is the status, with an empty body, of every request: 401 or 403, for an agent without the right to the resource [live]. The
	// token must be good all the same. 0 means none.
	Denied int
	// Charset writes bodies in this character set and says so: iso-8859-1, windows-1252 (of which only what Latin-1 has) or utf-16. Any
	// other is only said; "" is UTF-8.
	Charset string
	// ContentEncoding compresses bodies by gzip or deflate, whether the client asked for it or not. Any other is only said; "" means none.
	ContentEncoding string
	// Respond changes a response before it is sent; nil does not. It is called outside of any lock, after the operation has been carried
	// out, and may change the store. Requests at the same time call it at the same time.
	Respond func(Request, Response) Response
}

// PastEnd is what a page behind the end of a list gets.
type PastEnd int

// The kinds of pages behind the end.
const (
	// PastEndEmpty is a page without rows.
	PastEndEmpty PastEnd = iota
	// PastEnd404 is a 404.
	PastEnd404
	// PastEnd400 is a 400.
	PastEnd400
	// PastEndFirst is the first page again.
	PastEndFirst
	// PastEndLast is the last page again.
	PastEndLast
)

// RowHabits are how records are written; the zero value writes them as they are stored, without members that are null [live].
type RowHabits struct {
	// IDs is what becomes of the ids in lists; the store and the paths keep the true ones.
	IDs IDs
	// CaseTwins adds to each member that is a text, and to the id, one of the same name with a capital letter and another value. It comes
	// before all others in records with an even id, and after them in the rest.
	CaseTwins bool
	// Nulls sends members that are null, which otherwise are left out.
	Nulls bool
	// Date writes dates, those at the top of a record; nil writes them as they are stored.
	Date func(stored string) string
	// WrongID is added to the id of a record that Get or an update returns.
	WrongID int64
	// GetAsList puts the record that Get returns into an array.
	GetAsList bool
}

// IDs is what becomes of the ids in lists.
type IDs int

// The kinds of ids.
const (
	// IDsTrue leaves them as they are.
	IDsTrue IDs = iota
	// IDsPerParent restarts after every third record.
	IDsPerParent
	// IDsZero is 0 in every row.
	IDsZero
	// IDsZeroText is "0" in every row.
	IDsZeroText
	// IDsEmptyGUID is 00000000-0000-0000-0000-000000000000 in every row.
	IDsEmptyGUID
	// IDsNone leaves the id out.
	IDsNone
	// IDsText is the true id as a text.
	IDsText
	// IDsDecimal is the true id as 12.0.
	IDsDecimal
)

// Listed is a page about to be sent, for [Habits.RecordCount].
type Listed struct {
	// Total is the true number of records, Rows how many the page has, Page its number and Previous the Total of the previous list, or -1 for
	// the first one.
	Total, Rows, Page, Previous int
}

// CountPlus counts n records that never come, such as those that the agent may not see; n less than 0 counts too few.
func CountPlus(n int) func(Listed) int { return func(l Listed) int { return max(l.Total+n, 0) } }

// CountCapped counts no further than most.
func CountCapped(most int) func(Listed) int { return func(l Listed) int { return min(l.Total, most) } }

// CountOfRows counts the rows of the page only.
func CountOfRows() func(Listed) int { return func(l Listed) int { return l.Rows } }

// CountLate tells what was true at the request before.
func CountLate() func(Listed) int {
	return func(l Listed) int {
		if l.Previous < 0 {
			return l.Total
		}
		return l.Previous
	}
}

// SetHabits sets the habits of one resource, in place of those of [WithHabits]. Of those of [Token] only Denied, Charset, ContentEncoding
// and Respond count.
func (h *Handler) SetHabits(resource string, habits Habits) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.habits[strings.ToLower(resource)] = habits
}

// habitsOf requires that h.mu is held.
func (h *Handler) habitsOf(resource string) Habits {
	habits, own := h.habits[strings.ToLower(resource)]
	if !own && resource != Token {
		return h.conf.habits
	}
	return habits
}

// SetMember returns a [Habits.Respond] that sets a member of responses that are a JSON object and a success; others stay.
func SetMember(name string, value any) func(Request, Response) Response {
	return func(_ Request, a Response) Response {
		var object map[string]any
		if a.status() >= http.StatusBadRequest || decode(a.Body, &object) != nil || object == nil {
			return a
		}
		object[name] = value
		changed := JSON(object)
		changed.Status, changed.Header = a.Status, a.Header
		return changed
	}
}
