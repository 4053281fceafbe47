package main

import (
	"context"
	"net/http"
	"net/url"

	"github.com/hashicorp/go-tfe"
)

func goTFE() peer {
	return peer{
		name:   "go-tfe",
		module: "github.com/hashicorp/go-tfe",
		does: "Client.NewRequest with options and ClientRequest.DoJSON, its path for plain JSON, which decodes with json.NewDecoder; " +
			"most endpoints of its API are JSON:API",
		dial: func(base string, hc *http.Client) (*caller, error) {
			u, err := url.Parse(base)
			if err != nil {
				return nil, err
			}
			path := u.Path + "/api/"
			u.Path = ""
			client, err := tfe.NewClient(&tfe.Config{Address: u.String(), BasePath: path, Token: token, HTTPClient: hc})
			if err != nil {
				return nil, err
			}
			get := func(ctx context.Context, path string, params, into any) error {
				req, err := client.NewRequest(http.MethodGet, path, params)
				if err != nil {
					return err
				}
				return req.DoJSON(ctx, into)
			}
			return &caller{
				list: func(ctx context.Context, page, size int) (batch, error) {
					var into envelope
					err := get(ctx, resource, &listParams{"id", page, size, true}, &into)
					return &into, err
				},
				get: func(ctx context.Context, id int64) (batch, error) {
					var into Record
					err := get(ctx, recordPath(id), &getParams{true}, &into)
					return &into, err
				},
			}, nil
		},
	}
}
