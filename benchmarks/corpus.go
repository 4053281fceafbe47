package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// The ids of the list have gaps, as the rows of one integration in a shared table do, and all have seven digits.
const (
	firstID = 1_000_000
	idStep  = 3
)

func idAt(position int) int64 { return firstID + idStep*int64(position) }

var (
	people = []string{
		"Müller & Söhne GmbH", "Café Zoë", "Łódź Logistics", "Ángel Núñez S.L.", "東京サポート株式会社", "O'Brien <Retail> Ltd",
	}
	subjects = []string{
		"Printer on floor 2 \"offline\" again", "VPN drops every 30 minutes", "Neuer Arbeitsplatz für Frau Özdemir", "Invoice №4711",
	}
	modules    = []string{"Microsoft Entra ID", "NinjaOne", "QuickBooks Online", "Datto RMM"}
	operations = []string{"GET", "POST", "PATCH"}
)

// corpus makes n integration requests, of about 1.7 kB of JSON each: bodies that hold JSON, so that every quote in them is escaped, headers
// in lines, and text that is not ASCII. The same n gives the same records.
func corpus(n int) []Record {
	random := rand.New(rand.NewPCG(7, 2026)) //nolint:gosec // test data
	all := make([]Record, n)
	for i := range all {
		all[i] = requestAt(i, random)
	}
	return all
}

func requestAt(i int, random *rand.Rand) Record {
	logged := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC).Add(time.Duration(i) * 17_351 * time.Millisecond)
	module := modules[i%len(modules)]
	trail := fmt.Sprintf("%08x-%04x-4%03x-9%03x-%012x",
		random.Uint32(), random.IntN(1<<16), random.IntN(1<<12), random.IntN(1<<12), random.Int64N(1<<48))
	r := Record{
		ID: idAt(i), IsOutgoing: i%3 != 0, Operation: operations[i%len(operations)], Type: "webhook", MSID: int64(10 + i%7),
		RequestBody: payload(i, random), DateLogged: Date{Time: logged}, ResultCode: 200,
		ResponseBody: reply(i, trail, random), URL: fmt.Sprintf("https://api.example.com/v2/tickets/%d?expand=assets,notes", 48_000+i),
		DetailsID: int64(4_000 + i),
		RequestHeaders: "Accept: application/json\r\nContent-Type: application/json; charset=utf-8\r\nUser-Agent: HaloPSA/2.184\r\n" +
			"X-Request-Id: " + trail + "\r\n",
		ResponseHeaders: "Date: " + logged.Format(time.RFC1123) + "\r\nContent-Type: application/json\r\nX-RateLimit-Remaining: " +
			strconv.Itoa(random.IntN(4_000)) + "\r\nStrict-Transport-Security: max-age=31536000\r\n",
		ModuleName: module, Duration: float64(random.IntN(90_000)) / 100, ApplicationID: trail, DetailsIDString: strconv.Itoa(4_000 + i),
		Preserve: i%5 == 0, HasTrace: i%8 == 0,
	}
	if i%11 == 0 {
		r.ResultCode, r.Warning = 429, "The limit of the other side was met."
		r.RetryWebhook, r.RetryWebhookToken, r.FormatAsXML = true, "wh-"+trail, true
	}
	for line := range traces(i) {
		r.Trace = append(r.Trace, Trace{
			ID: int64(i*10 + line + 1), TraceType: line, RelatedID: r.ID, SystemEventID: int64(900 + line),
			Timestamp: Date{Time: logged.Add(time.Duration(line) * 40 * time.Millisecond)}, Log: "Matched " + people[i%len(people)] + " by \"externalid\"",
		})
	}
	return r
}

// traces is how many trace lines a record has: most have none.
func traces(i int) int {
	if i%8 == 0 {
		return 3
	}
	return 0
}

func payload(i int, random *rand.Rand) string {
	return object(map[string]any{
		"summary": subjects[i%len(subjects)], "client": people[i%len(people)], "priority": 1 + i%4, "tickettype": 21,
		"details":   "Reported by phone.\n" + words(random, 32),
		"assets":    []int{random.IntN(9_000), random.IntN(9_000), random.IntN(9_000)},
		"agent":     map[string]any{"id": random.IntN(300), "name": people[(i+1)%len(people)], "email": "agent@example.com"},
		"followers": []string{"first@example.com", "second@example.com"},
	})
}

func reply(i int, trail string, random *rand.Rand) string {
	if i%10 == 9 {
		return "<html><head><title>502 Bad Gateway</title></head><body>\r\n<h1>502 Bad Gateway</h1>\r\n<p>" +
			words(random, 30) + "</p>\r\n</body></html>"
	}
	return object(map[string]any{
		"status": "ok", "id": 48_000 + i, "correlation": trail, "client": people[i%len(people)], "open": i%2 == 0,
		"note": words(random, 17), "score": float64(random.IntN(1_000)) / 10,
	})
}

var vocabulary = strings.Fields("the user cannot reach server since this morning restart did not help asked for a new device which was ordered " +
	"überprüft on site with engineer please call back before noon naïve setup café Wi-Fi configuration changed by policy")

func words(random *rand.Rand, n int) string {
	chosen := make([]string, n)
	for i := range chosen {
		chosen[i] = vocabulary[random.IntN(len(vocabulary))]
	}
	return strings.Join(chosen, " ") + "."
}

func object(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // the maps above can be encoded
	}
	return string(text)
}

// thin returns the records as a list has them whose rows hold little more than numbers.
func thin(records []Record) []Record {
	all := make([]Record, len(records))
	for i, r := range records {
		all[i] = Record{
			ID: r.ID, IsOutgoing: r.IsOutgoing, Operation: r.Operation, Type: r.Type, MSID: r.MSID, DateLogged: r.DateLogged, ResultCode: r.ResultCode,
			DetailsID: r.DetailsID, Duration: r.Duration, ModuleName: r.ModuleName,
		}
	}
	return all
}

// pages builds the JSON of any page of a list from a few records: they repeat, with their own ids.
type pages struct{ rest [][]byte } // the JSON of a record after its id

const idMember = `{"id":`

func newPages(records []Record) *pages {
	p := &pages{}
	for _, r := range records {
		p.rest = append(p.rest, []byte(strings.TrimPrefix(object(r), idMember+strconv.FormatInt(r.ID, 10))))
	}
	return p
}

// appendRecord appends the record at this position of the list.
func (p *pages) appendRecord(to []byte, position int) []byte {
	to = append(to, idMember...)
	to = strconv.AppendInt(to, idAt(position), 10)
	return append(to, p.rest[position%len(p.rest)]...)
}

// appendPage appends a page, from 1, of a list of total records.
func (p *pages) appendPage(to []byte, page, size, total int) []byte {
	begin := min((page-1)*size, total)
	end := min(begin+size, total)
	to = fmt.Appendf(to, `{"page_no":%d,"page_size":%d,"record_count":%d,"integrationrequests":[`, page, size, total)
	for position := begin; position < end; position++ {
		if position > begin {
			to = append(to, ',')
		}
		to = p.appendRecord(to, position)
	}
	return append(to, "]}"...)
}
