package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/bytedance/sonic"
	jsonv2 "github.com/go-json-experiment/json"
	goccy "github.com/goccy/go-json"
	"github.com/mailru/easyjson"
	"github.com/minio/simdjson-go"
)

// builds are what a program could put together instead of an SDK: net/http with another decoder. They have no token to fetch, nothing to retry and no
// forms of a value to be lenient with.
func builds() []peer {
	all := []peer{
		netHTTPWith(peer{name: "net/http + json/v2", module: "github.com/go-json-experiment/json", does: "json.UnmarshalRead, which encoding/json/v2 is based on"},
			func(from io.Reader, into any) error { return jsonv2.UnmarshalRead(from, into) }),
		netHTTPWith(peer{name: "net/http + sonic", module: "github.com/bytedance/sonic", does: "io.ReadAll and sonic.Unmarshal, by its default configuration"},
			wholly(sonic.Unmarshal)),
		netHTTPWith(peer{name: "net/http + goccy", module: "github.com/goccy/go-json", does: "io.ReadAll and json.Unmarshal"},
			wholly(goccy.Unmarshal)),
		netHTTPWith(peer{name: "net/http + easyjson", module: "github.com/mailru/easyjson", does: "io.ReadAll and easyjson.Unmarshal, with generated decoders"},
			wholly(func(body []byte, into any) error {
				own, ok := into.(easyjson.Unmarshaler)
				if !ok {
					return fmt.Errorf("%T has no decoder", into)
				}
				return easyjson.Unmarshal(body, own)
			})),
	}
	if simdjson.SupportedCPU() {
		all = append(all, netHTTPWith(peer{name: "net/http + simdjson-go", module: "github.com/minio/simdjson-go", does: "io.ReadAll, simdjson.Parse and a loop over the members by hand"},
			wholly(unmarshalSIMD)))
	}
	return all
}

// bare is net/http without a decoder: what a request takes whoever reads the response.
func bare() peer {
	return netHTTPWith(peer{name: bareName}, func(from io.Reader, _ any) error {
		_, err := io.Copy(io.Discard, from)
		return err
	})
}

// wholly reads a body before it is decoded.
func wholly(decode func(body []byte, into any) error) func(io.Reader, any) error {
	return func(from io.Reader, into any) error {
		body, err := io.ReadAll(from)
		if err != nil {
			return err
		}
		return decode(body, into)
	}
}

// netHTTPWith is net/http with this decoder.
func netHTTPWith(p peer, decode func(from io.Reader, into any) error) peer {
	p.dial = func(base string, hc *http.Client) (*caller, error) {
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
			if err := decode(resp.Body, into); err != nil {
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
	}
	return p
}
