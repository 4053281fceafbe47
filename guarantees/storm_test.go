package guarantees_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

var (
	stormSeed = flag.Uint64("storm.seed", 20261002, "seed of TestStorm")
	stormFor  = flag.Duration("storm.for", 0, "how long TestStorm goes on; 0 is for 20,000 operations")
)

const (
	stormWorkers    = 8
	stormOperations = 20_000
)

// storm is what its workers share.
type storm struct {
	client   *halopsa.Client
	h        *halopsatest.Handler
	attempts *attempts
	left     atomic.Int64
	until    time.Time // with -storm.for
	done     tally     // operations, by what the caller was told
}

// goesOn takes one operation.
func (s *storm) goesOn() bool {
	if *stormFor > 0 {
		return time.Now().Before(s.until)
	}
	return s.left.Add(-1) >= 0
}

// stormWorker works on the records of one module, and keeps the books of what it has been told.
type stormWorker struct {
	*storm
	t       *testing.T
	name    string
	module  int64
	random  *rand.Rand
	written int
	tables  []*stormTable
}

// stormTable is a resource as a worker uses it, with the text of each record that must be there.
type stormTable struct {
	name   string
	ledger map[int64]string
	create func(texts []string, ro ...halopsa.RequestOption) (ids []int64, texts2 []string, err error)
	once   func(texts []string, ro ...halopsa.RequestOption) (ids []int64, err error)
	update func(id int64, text string, ro ...halopsa.RequestOption) error
	remove func(id int64, ro ...halopsa.RequestOption) error
	get    func(id int64) (string, error)
	list   func(pageNo int) (map[int64]string, error)
	walk   func() (map[int64]string, error)
}

// TestStorm lets 8 workers write and read over TCP in bad weather. Afterwards the store holds what the workers were told, entry for entry,
// where they have read back each write whose outcome was unknown.
//
// go test -run Storm -storm.seed 7 -storm.for 10m
func TestStorm(t *testing.T) { // not in parallel: it has workers enough, and alone it takes less than half a minute
	begin := time.Now()
	s := &storm{h: halopsatest.NewHandler(halopsatest.WithRateLimit(0, 0)), until: begin.Add(*stormFor)}
	s.left.Store(stormOperations)
	network := &http.Transport{MaxIdleConnsPerHost: stormWorkers}
	defer network.CloseIdleConnections()
	s.attempts = &attempts{next: network, underWay: make(map[string]chan struct{}), lost: make(map[string][]chan struct{})}
	server := stormServer(t, s.h, s.attempts)
	sky := &weather{seed: *stormSeed, sources: make(map[string]*rand.Rand)}
	s.h.FaultFunc(sky.choose)
	var err error
	s.client, err = halopsa.NewClient(server.URL, halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
		halopsa.WithHTTPClient(&http.Client{Transport: s.attempts}), halopsa.WithoutRateLimit(), halopsa.WithMaxRetries(3),
		halopsa.WithBackoff(200*time.Microsecond, 2*time.Millisecond))
	require.NoError(t, err)

	workers := make([]*stormWorker, stormWorkers)
	var running sync.WaitGroup
	for i := range workers {
		workers[i] = newStormWorker(t, s, i)
		running.Go(workers[i].work)
	}
	running.Wait()
	for _, w := range workers {
		w.attempts.settle(w.name)
		for _, table := range w.tables {
			assert.Equal(t, w.stored(table.name), table.ledger, "seed %d: the %s of worker %s", *stormSeed, table.name, w.name)
		}
	}
	records := s.h.Len("IntegrationError") + s.h.Len("IntegrationExport")
	faulty := 0
	for _, n := range sky.struck.counts {
		faulty += n
	}
	share, operations := float64(faulty)/float64(sky.answers.counts["all"]), 0
	for _, n := range s.done.counts {
		operations += n
	}
	if *stormFor == 0 {
		assert.Equal(t, stormOperations, operations)
		assert.GreaterOrEqual(t, share, 0.3, "the share of faulty responses")
	}
	for _, f := range stormFaults {
		assert.NotZero(t, sky.struck.counts[f.name], "%s has struck", f.name)
	}
	t.Logf("seed %d: %d requests, %d (%.1f %%) of the answers faulty, %d tokens, %d records left, %s", *stormSeed, sky.answers.counts["all"],
		faulty, 100*share, s.h.TokensIssued(), records, time.Since(begin).Round(time.Millisecond))
	t.Logf("operations: %v", s.done.counts)
	t.Logf("faults: %v", sky.struck.counts)
}

func newStormWorker(t *testing.T, s *storm, i int) *stormWorker {
	t.Helper()
	w := &stormWorker{storm: s, t: t, name: strconv.Itoa(i + 1), module: int64(100 + i), random: rand.New(rand.NewPCG(*stormSeed, uint64(1_000+i)))}
	w.tables = []*stormTable{w.integrationErrors(), w.integrationExports()}
	return w
}

// stored is what the server holds of a worker's records.
func (w *stormWorker) stored(resource string) map[int64]string {
	text := map[string]string{"IntegrationError": "entity_name", "IntegrationExport": "halo_name"}[resource]
	all := make(map[int64]string)
	for _, record := range w.h.Stored(resource) {
		if fmt.Sprint(record["module_id"]) == strconv.FormatInt(w.module, 10) {
			id, err := record["id"].(json.Number).Int64()
			assert.NoError(w.t, err)
			all[id] = fmt.Sprint(record[text])
		}
	}
	return all
}

// work does operations until the storm is over.
func (w *stormWorker) work() {
	for n := 1; w.goesOn() && !w.t.Failed(); n++ {
		table := w.tables[w.random.IntN(len(w.tables))]
		if n%400 == 0 {
			w.h.RevokeTokens()
		}
		var ro []halopsa.RequestOption
		if n%1_000 == 0 { // the response will not come in time, also if the server has done what it was asked
			ro = append(ro, halopsa.WithHeader(stuckHeader, "yes"), halopsa.WithTimeout(200*time.Millisecond), halopsa.WithoutRetry())
		}
		ids := slices.Sorted(maps.Keys(table.ledger))
		switch dice := w.random.IntN(100); {
		case len(ids) == 0, dice < 25 && len(ids) < 12, len(ro) > 0:
			if len(ro) == 0 && w.random.IntN(2) == 0 {
				w.createOnce(table)
			} else {
				w.create(table, ro)
			}
		case dice < 45:
			w.delete(table, ids[w.random.IntN(len(ids))])
		case dice < 70:
			if table.update != nil {
				w.update(table, ids[w.random.IntN(len(ids))])
			} else {
				w.get(table, ids[w.random.IntN(len(ids))])
			}
		case dice < 85 && table.get != nil:
			w.get(table, ids[w.random.IntN(len(ids))])
		case dice < 95:
			w.list(table, 1+w.random.IntN(3))
		default:
			w.walk(table)
		}
		w.attempts.settle(w.name)
	}
}

// text is one that no other record has.
func (w *stormWorker) text() string {
	w.written++
	return fmt.Sprintf("worker %s, text %d", w.name, w.written)
}

func (w *stormWorker) create(table *stormTable, ro []halopsa.RequestOption) {
	texts := make([]string, 1+w.random.IntN(4))
	for i := range texts {
		texts[i] = w.text()
	}
	ids, answered, err := table.create(texts, append(ro, halopsa.WithBatchSize(2))...)
	w.done.add("create " + string(verdictOf(err)))
	written := len(texts)
	var batch *halopsa.BatchError
	if err != nil && assert.ErrorAs(w.t, err, &batch) {
		written = len(batch.Written)
	}
	assert.Equal(w.t, texts[:written], answered, "create: %v", err)
	for i, id := range ids {
		table.ledger[id] = texts[i]
	}
	if batch != nil && len(batch.Unknown) > 0 {
		w.lookFor(table, texts, batch.Unknown)
	}
}

// createOnce creates too, and need not be told twice.
func (w *stormWorker) createOnce(table *stormTable) {
	texts := make([]string, 1+w.random.IntN(4))
	for i := range texts {
		texts[i] = w.text()
	}
	ids, err := table.once(texts, halopsa.WithBatchSize(2), halopsa.WithSettleTime(0))
	w.done.add("create once " + string(verdictOf(err)))
	written := make([]int, len(texts))
	for i := range written {
		written[i] = i
	}
	var batch *halopsa.BatchError
	if err != nil && assert.ErrorAs(w.t, err, &batch) {
		written = batch.Written
	}
	for _, i := range written {
		assert.NotZero(w.t, ids[i], err)
		table.ledger[ids[i]] = texts[i]
	}
	if batch != nil && len(batch.Unknown) > 0 {
		w.lookFor(table, texts, batch.Unknown)
	}
}

// lookFor puts the inputs whose outcome is unknown into the ledger if they are there. None may be there more than once: a server stores one record
// for an attempt, and there must not have been another one after it.
func (w *stormWorker) lookFor(table *stormTable, texts []string, unknown []int) {
	copies := make(map[string]int)
	for id, text := range w.readBack(table) {
		for _, i := range unknown {
			if text == texts[i] {
				table.ledger[id] = text
				copies[text]++
			}
		}
	}
	for text, n := range copies {
		assert.Equal(w.t, 1, n, "copies of %s, which was written once", text)
	}
}

func (w *stormWorker) update(table *stormTable, id int64) {
	old, text := table.ledger[id], w.text()
	err := table.update(id, text)
	w.done.add("update " + string(verdictOf(err)))
	switch verdictOf(err) {
	case happened:
		table.ledger[id] = text
	case unknown:
		table.ledger[id] = w.readBack(table)[id]
		assert.Contains(w.t, []string{old, text}, table.ledger[id])
	}
}

func (w *stormWorker) delete(table *stormTable, id int64) {
	err := table.remove(id)
	w.done.add("delete " + string(verdictOf(err)))
	if verdictOf(err) != unknown { // it can be for want of the text of a 404
		assert.NotErrorIs(w.t, err, halopsa.ErrNotFound)
	}
	switch verdictOf(err) {
	case happened:
		delete(table.ledger, id)
	case unknown:
		if _, there := w.readBack(table)[id]; !there {
			delete(table.ledger, id)
		}
	}
}

func (w *stormWorker) get(table *stormTable, id int64) {
	text, err := table.get(id)
	if w.read("get", err) {
		assert.Equal(w.t, table.ledger[id], text)
	}
}

func (w *stormWorker) list(table *stormTable, pageNo int) {
	records, err := table.list(pageNo)
	if w.read("list", err) {
		for id, text := range records {
			assert.Equal(w.t, table.ledger[id], text)
		}
	}
}

func (w *stormWorker) walk(table *stormTable) {
	records, err := table.walk()
	if w.read("walk", err) {
		assert.Equal(w.t, table.ledger, records)
	}
}

// read counts a read, which may fail in such weather, but not as a write does, nor by finding less than there is.
func (w *stormWorker) read(op string, err error) bool {
	if err == nil {
		w.done.add(op + " read")
		return true
	}
	w.done.add(op + " failed")
	for _, wrong := range []error{halopsa.ErrOutcomeUnknown, halopsa.ErrNotFound, halopsa.ErrIncomplete, context.DeadlineExceeded} {
		assert.NotErrorIs(w.t, err, wrong)
	}
	return false
}

// readBack reads a worker's records however often it takes.
func (w *stormWorker) readBack(table *stormTable) map[int64]string {
	w.attempts.settle(w.name)
	for range 100 {
		records, err := table.walk()
		if err == nil {
			return records
		}
	}
	assert.Fail(w.t, "nothing can be read back")
	return nil
}
