package halopsaprobe

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// Format is the version of the file that a report is written as. A file of a later one is not read.
const Format = 1

// Report is what [Run] found out about a tenant.
type Report struct {
	// Format is [Format].
	Format int `json:"format"`
	// At is when the probe began, in UTC.
	At time.Time `json:"at"`
	// SDK is the version of package halopsa.
	SDK string `json:"sdk"`
	// Requests is how many requests were sent, without those for a token.
	Requests int `json:"requests"`
	// Complete is false where the probe ended early, or had no requests left for all of its questions.
	Complete bool `json:"complete"`
	// AuthInfo is what the tenant says of itself without a token; see GET /authinfo.
	AuthInfo Record `json:"authinfo"`
	// Lists are the habits of each list, in the order in which they were asked.
	Lists []List `json:"lists"`
	// Records are what single records have.
	Records []Record `json:"records"`
	// Facts are the questions that HaloPSA's documentation leaves open, with what was found.
	Facts []Fact `json:"facts"`
}

// Answer says whether a statement is true.
type Answer string

// Values of [Answer].
const (
	Yes Answer = "yes"
	No  Answer = "no"
	// Unknown means that it was not tested, or that the tenant's records do not show it: an empty list shows little.
	Unknown Answer = "unknown"
)

func answer(yes bool) Answer {
	if yes {
		return Yes
	}
	return No
}

// Shape is the form of a response.
type Shape string

// The shapes.
const (
	// Envelope is an object with the list in it, beside the members of paging.
	Envelope Shape = "envelope"
	// Array is the rows without an envelope.
	Array Shape = "array"
	// Object is a single object without a list.
	Object Shape = "object"
	// Null, EmptyText and Empty are a list without records, as "null", "\"\"" and nothing at all.
	Null      Shape = "null"
	EmptyText Shape = "empty text"
	Empty     Shape = "empty"
	// Page is HTML: somebody in front of HaloPSA.
	Page Shape = "page"
	// Other is anything else, or none at all.
	Other Shape = "other"
)

// PastEnd is what a page behind the end of a list gets.
type PastEnd string

// The kinds of pages behind the end.
const (
	PastEndUnknown PastEnd = "unknown"
	PastEndEmpty   PastEnd = "empty"
	PastEnd404     PastEnd = "404"
	PastEnd400     PastEnd = "400"
	PastEndFirst   PastEnd = "first"
	PastEndLast    PastEnd = "last"
)

// Meaning is what a record_count counts.
type Meaning string

// The meanings.
const (
	// MeansUnknown is one that the records of the tenant do not tell apart from others.
	MeansUnknown Meaning = "unknown"
	// MeansAbsent is no record_count at all.
	MeansAbsent Meaning = "absent"
	// MeansTotal is the records of the whole list.
	MeansTotal Meaning = "total"
	// MeansRows is the rows of the response.
	MeansRows Meaning = "rows"
	// MeansMore is more than there are records, by RecordCount.Off.
	MeansMore Meaning = "more"
	// MeansFewer is fewer than there are records.
	MeansFewer Meaning = "fewer"
)

// IDs is how the ids of rows are.
type IDs string

// The kinds of ids.
const (
	IDsUnknown   IDs = "unknown"
	IDsNumber    IDs = "number"
	IDsText      IDs = "text"
	IDsDecimal   IDs = "decimal"
	IDsNone      IDs = "none"
	IDsZero      IDs = "zero"
	IDsZeroText  IDs = "zero text"
	IDsEmptyGUID IDs = "empty guid"
	IDsRepeating IDs = "repeating"
)

// List holds the habits of one list. A number of 0 means that the value is unknown or absent.
type List struct {
	// Resource is its name, such as "IntegrationError".
	Resource string `json:"resource"`
	// Status is the HTTP status of the list, 0 where no response came. 401 and 403 are a missing right, 404 is a version without it.
	Status int `json:"status"`
	// EmptyBody says that a refusal came without a body.
	EmptyBody bool `json:"empty_body,omitempty"`
	// Shape is that of the list.
	Shape Shape `json:"shape"`
	// EmptyShape is the shape of a list without records, or "" where it has some.
	EmptyShape Shape `json:"empty_shape,omitempty"`
	// Array is the name of the list in the envelope.
	Array string `json:"array,omitempty"`
	// OtherArrays are the names of empty arrays beside it.
	OtherArrays []string `json:"other_arrays,omitempty"`
	// Nested is the name of the member that holds the envelope or the array.
	Nested string `json:"nested,omitempty"`

	// Paging is whether page_no leads to other rows.
	Paging Answer `json:"paging"`
	// PageSize is whether page_size is honored, up to Cap.
	PageSize Answer `json:"page_size"`
	// DefaultSize is how many rows come without paging, where the list has more.
	DefaultSize int `json:"default_size,omitempty"`
	// FixedSize is how many rows come whatever page_size says.
	FixedSize int `json:"fixed_size,omitempty"`
	// Cap is the largest page, where the list has more rows and AskedSize were asked for.
	Cap       int `json:"cap,omitempty"`
	AskedSize int `json:"asked_size,omitempty"`
	// Largest is how many rows the largest page had that came.
	Largest int `json:"largest,omitempty"`
	// TooLarge is the size of a page that failed with a gateway's error; ServedSize is the size of the largest one that did not.
	TooLarge   int `json:"too_large,omitempty"`
	ServedSize int `json:"served_size,omitempty"`
	// OffsetByAsked is whether a page begins where the pages before would end if they had the size that was asked for, not the capped one: the
	// rows between never come.
	OffsetByAsked Answer `json:"offset_by_asked"`
	// Overlap is how many rows of a page come again on the next one.
	Overlap int `json:"overlap,omitempty"`
	// Uneven is whether a page can be short and be followed by another one.
	Uneven Answer `json:"uneven"`
	// EmptyPage is a page_no that is empty although rows follow.
	EmptyPage int `json:"empty_page,omitempty"`
	// WrongPageNo is whether the envelope says another page_no than was asked for.
	WrongPageNo Answer `json:"wrong_page_no"`
	// PastEnd is what a page behind the end gets.
	PastEnd PastEnd `json:"past_end"`

	// Count is whether count is honored, SizeAlone whether page_size is without the other parameters of paging.
	Count     Answer `json:"count"`
	SizeAlone Answer `json:"size_alone"`
	// Sort is whether order and orderdesc are honored.
	Sort Answer `json:"sort"`
	// Order is how the rows come without order.
	Order Order `json:"order"`
	// UnstableTies is whether rows that order does not tell apart come in another order each time.
	UnstableTies Answer `json:"unstable_ties"`

	// RecordCount is what record_count says.
	RecordCount RecordCount `json:"record_count"`
	// IDs is how the ids of rows are.
	IDs IDs `json:"ids"`
	// CaseTwins is whether rows have members whose names differ in case only, Nulls whether members are null.
	CaseTwins Answer `json:"case_twins"`
	Nulls     Answer `json:"nulls"`
	// Dates are the layouts of dates, as package time has them. "/Date(ms)/" is that of ASP.NET.
	Dates []string `json:"dates,omitempty"`
	// ErrorMember is a member with an error in it beside the array of a success; ErrorFrom is the first page that has it.
	ErrorMember string `json:"error_member,omitempty"`
	ErrorFrom   int    `json:"error_from,omitempty"`
	// Warning is whether the envelope has a _warning.
	Warning Answer `json:"warning"`
	// Charset is the character set that the response names, where that is not UTF-8.
	Charset string `json:"charset,omitempty"`

	// Envelope are the members beside the list, Members those of its rows.
	Envelope []Member `json:"envelope,omitempty"`
	Members  []Member `json:"members,omitempty"`
	// OtherNames is how many further members were left out, since their names could be values.
	OtherNames int `json:"other_names,omitempty"`
	// Requests are those that were sent.
	Requests []Request `json:"requests"`
}

// Order is how the rows of a list come where no order is asked for.
type Order struct {
	// Member is the one whose values are in order, or "".
	Member string `json:"member,omitempty"`
	// Desc is true for the largest value first.
	Desc bool `json:"desc,omitempty"`
	// Shuffled is whether the same request gets another order each time.
	Shuffled Answer `json:"shuffled"`
}

// RecordCount is what record_count says, in responses that differ in what was asked for.
type RecordCount struct {
	// Paged is its meaning in a page, ByDefault in a response that the default size has cut, ByCount in one that count has cut.
	Paged     Meaning `json:"paged"`
	ByDefault Meaning `json:"by_default"`
	ByCount   Meaning `json:"by_count"`
	// Said is what it says in a page, and Off how many records more that are than there are; negative is fewer.
	Said int `json:"said,omitempty"`
	Off  int `json:"off,omitempty"`
}

// Member is a name in an object, with the types of its values.
type Member struct {
	// Name is the member's; of a member of a nested object it is a path such as "trace[].log".
	Name string `json:"name"`
	// Types are those of its values: "null", "boolean", "integer", "decimal", "text", "empty text", "date", "date with zone", "no date",
	// "text of a number", "text of a boolean", "guid", "array" and "object".
	Types []string `json:"types"`
}

// Record is what a single record, or another object, has.
type Record struct {
	// Resource is its name, such as "IntegratorTrace".
	Resource string `json:"resource"`
	// Status is the HTTP status, 0 where no response came.
	Status int `json:"status"`
	// Shape is that of the response; an array is one of a single record.
	Shape Shape `json:"shape"`
	// WrongID is whether the record has another id than the one that was asked for.
	WrongID Answer `json:"wrong_id"`
	// Members and OtherNames are as in [List].
	Members    []Member `json:"members,omitempty"`
	OtherNames int      `json:"other_names,omitempty"`
}

// Request is one that was sent, and the numbers of its response.
type Request struct {
	// Query is what was asked for.
	Query string `json:"query"`
	// Status is the HTTP status, 0 where no response came; Failure says why in a word.
	Status  int    `json:"status"`
	Failure string `json:"failure,omitempty"`
	// Rows is how many rows came; RecordCount, PageNo and PageSize are what the envelope says, -1 where it does not.
	Rows        int `json:"rows"`
	RecordCount int `json:"record_count"`
	PageNo      int `json:"page_no"`
	PageSize    int `json:"page_size"`
	// Bytes is the size of the body, Milliseconds how long it took.
	Bytes        int   `json:"bytes"`
	Milliseconds int64 `json:"milliseconds"`
}

// Fact is an open question and what was found.
type Fact struct {
	// Question is what is not documented.
	Question string `json:"question"`
	// Found is what the tenant does, or that it could not be told.
	Found string `json:"found"`
}

// List returns the habits of a resource, or nil where the report has none.
func (r *Report) List(resource string) *List {
	for i := range r.Lists {
		if r.Lists[i].Resource == resource {
			return &r.Lists[i]
		}
	}
	return nil
}

// WriteJSON writes the report as the file that [Read] reads. The error is that of w.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false) // the queries are to be read
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// Read reads a report that [Report.WriteJSON] has written. It returns an error if from is not a report, or has a later [Format].
func Read(from io.Reader) (*Report, error) {
	var r Report
	if err := json.NewDecoder(from).Decode(&r); err != nil {
		return nil, fmt.Errorf("halopsaprobe: no report of a probe: %w", err)
	}
	switch {
	case r.Format < 1:
		return nil, errors.New("halopsaprobe: no report of a probe: it names no format")
	case r.Format > Format:
		return nil, fmt.Errorf("halopsaprobe: the report is of format %d, and this version reads up to %d", r.Format, Format)
	}
	return &r, nil
}
