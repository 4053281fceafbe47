package main

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
)

// longestPage is the largest page that is measured.
const longestPage = 1000

// peer is a client that takes part, through its own exported way of making a request.
type peer struct {
	name   string
	module string // "" is the standard library
	does   string // how it makes a request, for the report
	// dial makes the client of the API below base, on its own default transport unless hc says otherwise.
	dial func(base string, hc *http.Client) (*caller, error)
}

// caller is a client that is ready to call.
type caller struct {
	list func(ctx context.Context, page, size int) (batch, error)
	get  func(ctx context.Context, id int64) (batch, error)
}

// peers are all that take part. The first is what the others are compared with.
func peers() []peer {
	return []peer{netHTTP(), ours(), goGitHub(), goGitLab(), goTFE(), goResty(), linode()}
}

const (
	resource = "IntegrationRequest"
	token    = "benchmark"
)

// listParams are the parameters of a page, for the clients that encode a struct.
type listParams struct {
	Order     string `url:"order"`
	PageNo    int    `url:"page_no"`
	PageSize  int    `url:"page_size"`
	Pageinate bool   `url:"pageinate"`
}

type getParams struct {
	IncludeDetails bool `url:"includedetails"`
}

// listQuery is the same for those that take values.
func listQuery(page, size int) url.Values {
	return url.Values{
		"order": {"id"}, "page_no": {strconv.Itoa(page)}, "page_size": {strconv.Itoa(size)}, "pageinate": {"true"},
	}
}

func recordPath(id int64) string { return resource + "/" + strconv.FormatInt(id, 10) }

const detailsQuery = "includedetails=true"

// defaultTransport is net/http's default, in a copy so that no two clients share connections.
func defaultTransport() *http.Transport {
	return http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck,forcetypeassert // nothing here replaces it
}
