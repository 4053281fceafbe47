package main

import (
	"context"
	"net/http"

	gitlab "gitlab.com/gitlab-org/api/client-go/v2"
)

func goGitLab() peer {
	return peer{
		name:   "go-gitlab",
		module: "gitlab.com/gitlab-org/api/client-go/v2",
		does:   "Client.NewRequest with options and Client.Do, which decodes with json.NewDecoder",
		dial: func(base string, hc *http.Client) (*caller, error) {
			opts := []gitlab.ClientOptionFunc{gitlab.WithBaseURL(base + "/api/v4/")}
			if hc != nil {
				opts = append(opts, gitlab.WithHTTPClient(hc))
			}
			client, err := gitlab.NewClient(token, opts...)
			if err != nil {
				return nil, err
			}
			get := func(ctx context.Context, path string, params, into any) error {
				req, err := client.NewRequest(http.MethodGet, path, params, []gitlab.RequestOptionFunc{gitlab.WithContext(ctx)})
				if err != nil {
					return err
				}
				_, err = client.Do(req, into)
				return err
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
