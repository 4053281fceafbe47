package guarantees_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/halopsa-go/halopsa/internal/page"
	"github.com/halopsa-go/halopsa/internal/page/pagetest"
	"github.com/halopsa-go/halopsa/internal/trial"
)

// logServer serves a log over HTTP as its list says. It is safe for concurrent use.
type logServer struct {
	mu     sync.Mutex
	list   pagetest.Server
	rows   map[int64]string // what is served for an id; otherwise an object with the id alone
	before func(n int)      // called before the n-th response, with mu held; nil is none
	asked  []string         // the queries so far
}

func (s *logServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	s.asked = append(s.asked, r.URL.RawQuery)
	if s.before != nil {
		s.before(len(s.asked))
	}
	number := func(name string) int {
		n, _ := strconv.Atoi(q.Get(name))
		return n
	}
	ids, count := s.list.Serve(page.Request{
		Page: max(1, number("page_no")), Size: number("page_size"), Count: number("count"), Newest: q.Get("orderdesc") == "true",
	})
	rows := make([]string, len(ids))
	for i, id := range ids {
		if rows[i] = s.rows[id]; rows[i] == "" {
			rows[i] = fmt.Sprintf(`{"id":%d}`, id)
		}
	}
	total := ""
	if count >= 0 {
		total = fmt.Sprintf(`"record_count":%d,`, count)
	}
	trial.AnswersJSON(`{`+total+`"results":[`+strings.Join(rows, ",")+`]}`)(w, r)
}

// requests returns how many there were so far.
func (s *logServer) requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}
