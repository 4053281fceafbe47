package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"github.com/linode/linodego"
)

func linode() peer {
	return peer{
		name:   "linodego",
		module: "github.com/linode/linodego",
		does:   "Client.R with SetResult and Get, as its own endpoints do",
		dial: func(base string, hc *http.Client) (*caller, error) {
			client := linodego.NewClient(hc)
			client.SetBaseURL(base)
			client.SetAPIVersion("api") // the last segment of its base path
			client.SetToken(token)
			return restyCaller(func(ctx context.Context, path string, params url.Values, into any) error {
				resp, err := client.R(ctx).SetQueryParamsFromValues(params).SetResult(into).Get(path)
				if err == nil && resp.IsError() {
					err = fmt.Errorf("status %d", resp.StatusCode())
				}
				return err
			}), nil
		},
	}
}
