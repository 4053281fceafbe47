package main

import (
	"context"
	"net/http"

	"github.com/halopsa-go/halopsa"
)

// ours is this project: client credentials, retries, the watch over 429, everything but the limit of requests per 5 minutes.
func ours() peer {
	return peer{
		name:   oursName,
		module: "github.com/halopsa-go/halopsa",
		does:   "IntegrationRequest.List and Get, with client credentials and without the rate limit",
		dial: func(base string, hc *http.Client) (*caller, error) {
			client, err := newOurs(base, hc)
			return ourCaller(client), err
		},
	}
}

func ourCaller(client *halopsa.Client) *caller {
	return &caller{
		list: func(ctx context.Context, page, size int) (batch, error) {
			got, err := client.IntegrationRequest.List(ctx, &halopsa.IntegrationRequestListOptions{
				ListOptions: halopsa.ListOptions{PageNo: page, PageSize: size},
			})
			return ourPage{got}, err
		},
		get: func(ctx context.Context, id int64) (batch, error) {
			got, err := client.IntegrationRequest.Get(ctx, id, &halopsa.IntegrationRequestGetOptions{IncludeDetails: true})
			return ourRecord{got}, err
		},
	}
}

func newOurs(base string, hc *http.Client) (*halopsa.Client, error) {
	opts := []halopsa.ClientOption{halopsa.WithClientCredentials("id", "secret"), halopsa.WithoutRateLimit()}
	if hc != nil {
		opts = append(opts, halopsa.WithHTTPClient(hc))
	}
	return halopsa.NewClient(base, opts...)
}
