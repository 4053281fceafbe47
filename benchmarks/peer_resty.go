package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/go-resty/resty/v2"
)

func goResty() peer {
	return peer{
		name:   "resty",
		module: "github.com/go-resty/resty/v2",
		does:   "Request.SetResult and Get, which reads the whole body and decodes it with json.Unmarshal",
		dial: func(base string, hc *http.Client) (*caller, error) {
			client := resty.New()
			if hc != nil {
				client = resty.NewWithClient(hc)
			}
			client.SetBaseURL(base+"/api").SetAuthToken(token).SetHeader("Accept", "application/json")
			get := func(ctx context.Context, path string, params url.Values, into any) error {
				resp, err := client.R().SetContext(ctx).SetQueryParamsFromValues(params).SetResult(into).Get(path)
				if err == nil && resp.IsError() {
					err = fmt.Errorf("status %d", resp.StatusCode())
				}
				return err
			}
			return restyCaller(get), nil
		},
	}
}

// restyCaller serves resty and linodego, which is built on it. Both decode into what SetResult was given.
func restyCaller(get func(ctx context.Context, path string, params url.Values, into any) error) *caller {
	return &caller{
		list: func(ctx context.Context, page, size int) (batch, error) {
			var into envelope
			err := get(ctx, resource, listQuery(page, size), &into)
			return &into, err
		},
		get: func(ctx context.Context, id int64) (batch, error) {
			var into Record
			err := get(ctx, recordPath(id), url.Values{"includedetails": {"true"}}, &into)
			return &into, err
		},
	}
}
