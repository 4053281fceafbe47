package main

import (
	"context"
	"net/http"

	"github.com/google/go-github/v89/github"
)

func goGitHub() peer {
	return peer{
		name:   "go-github",
		module: "github.com/google/go-github/v89",
		does:   "Client.NewRequest and Client.Do, which decodes with json.NewDecoder",
		dial: func(base string, hc *http.Client) (*caller, error) {
			if hc == nil {
				hc = &http.Client{Transport: defaultTransport()} // as http.DefaultTransport, which it would share with others
			}
			base += "/api/"
			client, err := github.NewClient(github.WithHTTPClient(hc), github.WithURLs(&base, &base), github.WithAuthToken(token))
			if err != nil {
				return nil, err
			}
			get := func(ctx context.Context, path, query string, into any) error {
				req, err := client.NewRequest(ctx, http.MethodGet, path+"?"+query, nil)
				if err != nil {
					return err
				}
				_, err = client.Do(req, into)
				return err
			}
			return &caller{
				list: func(ctx context.Context, page, size int) (batch, error) {
					var into envelope
					err := get(ctx, resource, listQuery(page, size).Encode(), &into)
					return &into, err
				},
				get: func(ctx context.Context, id int64) (batch, error) {
					var into Record
					err := get(ctx, recordPath(id), detailsQuery, &into)
					return &into, err
				},
			}, nil
		},
	}
}
