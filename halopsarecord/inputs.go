package halopsarecord

import (
	"cmp"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/halopsa-go/halopsa"
)

// column returns how many characters HaloPSA stores of a field of an input, as package halopsa has it. [db]
func column[I any](field string) int {
	f, _ := reflect.TypeFor[I]().FieldByName(field)
	length, _, _ := strings.Cut(f.Tag.Get("column"), ",")
	n, _ := strconv.Atoi(length)
	return n
}

var (
	operationLength  = column[halopsa.IntegrationRequestInput]("Operation")
	typeLength       = column[halopsa.IntegrationRequestInput]("Type")
	urlLength        = column[halopsa.IntegrationRequestInput]("URL")
	entityTypeLength = column[halopsa.IntegrationErrorInput]("EntityType")
	entityNameLength = column[halopsa.IntegrationErrorInput]("EntityName")
	endpointLength   = column[halopsa.IntegrationErrorInput]("Endpoint")
	errorLength      = column[halopsa.IntegrationErrorInput]("Error")
)

// cut is a text that fits.
func cut(text string, longest int) halopsa.Opt[string] {
	return halopsa.Set(halopsa.Truncate(text, longest))
}

// requestInputs makes what is written of calls. Members that exist only since 2026, such as duration, are left out: an older tenant may refuse
// them.
func (r *Recorder) requestInputs(calls []*call) []halopsa.IntegrationRequestInput {
	cleaned := make([]*cleanCall, len(calls))
	var learned []string
	for i, c := range calls {
		cleaned[i] = newCleanCall(&r.conf, c)
		learned = append(learned, cleaned[i].learned...)
	}
	known := r.memory.redactor(learned)
	inputs := make([]halopsa.IntegrationRequestInput, len(calls))
	for i, c := range cleaned {
		inputs[i] = r.requestInput(calls[i], c, func(text string) string { return c.without(known, text) })
	}
	return inputs
}

// cleanCall is the texts of a call, without the credentials that stand in them by name or can be told by their looks.
type cleanCall struct {
	*cleaner
	host, url, sent, came, request, answer string
}

func newCleanCall(conf *config, c *call) *cleanCall {
	k := &cleanCall{cleaner: newCleaner(conf), host: c.host}
	if k.host == "" {
		k.host = c.url.Host
	}
	k.sent, k.came, k.url = k.headers(c.sent), k.headers(c.came), k.cleaner.url(&c.url)
	k.request, k.answer = k.body(c.request, c.sent), k.body(c.answer, c.came)
	if c.failure != "" {
		k.answer = "no response: " + k.text(c.failure)
	}
	return k
}

func (r *Recorder) requestInput(c *call, k *cleanCall, without func(string) string) halopsa.IntegrationRequestInput {
	method := c.method
	if method == "" {
		method = http.MethodGet
	}
	input := halopsa.IntegrationRequestInput{
		IsOutgoing: halopsa.Set(true), MSID: halopsa.Set(r.module), DateLogged: halopsa.Set(halopsa.NewTime(c.began)),
		Operation: cut(without(method), operationLength), Type: cut(without(k.host), typeLength), URL: cut(without(k.url), urlLength),
		RequestHeaders: halopsa.Set(without(k.sent)),
	}
	if c.status > 0 {
		input.ResultCode, input.ResponseHeaders = halopsa.Set(c.status), halopsa.Set(without(k.came))
	}
	if k.request != "" {
		input.RequestBody = halopsa.Set(without(k.request))
	}
	if k.answer != "" {
		input.ResponseBody = halopsa.Set(without(k.answer))
	}
	if r.conf.details > 0 {
		input.DetailsID = halopsa.Set(r.conf.details)
	}
	return input
}

// errorInputs makes what is written of errors. None of their texts may be null. [db]
func (r *Recorder) errorInputs(faults []*fault) []halopsa.IntegrationErrorInput {
	cleaned := make([]*cleaner, len(faults))
	texts := make([][4]string, len(faults))
	var learned []string
	for i, f := range faults {
		k := newCleaner(&r.conf)
		texts[i] = [4]string{k.text(f.entityType), k.text(f.entityName), k.text(f.endpoint), k.text(f.errors)}
		cleaned[i] = k
		learned = append(learned, k.learned...)
	}
	known := r.memory.redactor(learned)
	inputs := make([]halopsa.IntegrationErrorInput, len(faults))
	for i, f := range faults {
		text := func(n, longest int) halopsa.Opt[string] { return cut(cleaned[i].without(known, texts[i][n]), longest) }
		inputs[i] = halopsa.IntegrationErrorInput{
			ModuleID: halopsa.Set(r.module), Date: halopsa.Set(halopsa.NewTime(f.when)),
			EntityType: text(0, entityTypeLength), EntityName: text(1, entityNameLength), Endpoint: text(2, endpointLength), Error: text(3, errorLength),
		}
		if f.entityID > 0 {
			inputs[i].EntityID = halopsa.Set(f.entityID)
		}
		if detail := cmp.Or(f.detailID, r.conf.details); detail > 0 {
			inputs[i].DetailID = halopsa.Set(detail)
		}
	}
	return inputs
}
