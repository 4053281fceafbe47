package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

// netHTTP is what a program does without any SDK, and what the others are compared with.
func netHTTP() peer {
	return peer{
		name: rawName,
		does: "http.Client.Do and json.NewDecoder(resp.Body).Decode",
		dial: func(base string, hc *http.Client) (*caller, error) {
			if hc == nil {
				hc = &http.Client{Transport: defaultTransport()}
			}
			get := func(ctx context.Context, path, query string, into any) error {
				req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/api/"+path+"?"+query, http.NoBody)
				if err != nil {
					return err
				}
				req.Header.Set("Authorization", "Bearer "+token)
				req.Header.Set("Accept", "application/json")
				resp, err := hc.Do(req)
				if err != nil {
					return err
				}
				defer func() { _ = resp.Body.Close() }()
				if resp.StatusCode != http.StatusOK {
					return fmt.Errorf("status %d", resp.StatusCode)
				}
				if err := json.NewDecoder(resp.Body).Decode(into); err != nil {
					return err
				}
				_, err = io.Copy(io.Discard, resp.Body) // so that the connection is used again
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
