package halopsatest_test

// This file is the code of README.md, block by block; page_claims_test.go holds the two together.

import (
	"context"
	"errors"
	"iter"
	"maps"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// ErrorLog is the part of *halopsa.IntegrationErrorService that PerModule calls.
type ErrorLog interface {
	All(context.Context, *halopsa.IntegrationErrorListOptions, ...halopsa.RequestOption) iter.Seq2[*halopsa.IntegrationError, error]
}

// PerModule counts the integration errors of each module.
func PerModule(ctx context.Context, log ErrorLog) (map[int64]int, error) {
	counts := make(map[int64]int)
	for e, err := range log.All(ctx, nil) {
		if err != nil {
			return nil, err
		}
		counts[e.ModuleID]++
	}
	return counts, nil
}

type fakeLog struct {
	records iter.Seq2[*halopsa.IntegrationError, error]
}

func (f fakeLog) All(context.Context, *halopsa.IntegrationErrorListOptions, ...halopsa.RequestOption) iter.Seq2[*halopsa.IntegrationError, error] {
	return f.records
}

func TestPerModule(t *testing.T) {
	a, b := &halopsa.IntegrationError{ModuleID: 12}, &halopsa.IntegrationError{ModuleID: 13}
	for name, test := range map[string]struct {
		log     fakeLog
		want    map[int64]int
		wantErr error
	}{
		"nothing":          {fakeLog{halopsatest.Records[*halopsa.IntegrationError]()}, map[int64]int{}, nil},
		"two modules":      {fakeLog{halopsatest.Records(a, b, a)}, map[int64]int{12: 2, 13: 1}, nil},
		"fails in between": {fakeLog{halopsatest.RecordsThenError(halopsa.ErrServer, a)}, nil, halopsa.ErrServer},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := PerModule(t.Context(), test.log)
			if !maps.Equal(got, test.want) || !errors.Is(err, test.wantErr) {
				t.Errorf("got %v, %v; want %v, %v", got, err, test.want, test.wantErr)
			}
		})
	}
}

func TestPerModuleWhenHaloAnswers504InMidWalk(t *testing.T) {
	client, server := halopsatest.NewClient(t, halopsa.WithBackoff(0, 0))
	for range 250 {
		server.Seed("IntegrationError", map[string]any{"module_id": 12})
	}
	server.Fault(halopsatest.Fault{Resource: "IntegrationError", After: 1, Times: -1, Kind: halopsatest.HTML504})
	if counts, err := PerModule(t.Context(), client.IntegrationError); !errors.Is(err, halopsa.ErrServer) {
		t.Errorf("got %v, %v: part of the log was taken for all of it", counts, err)
	}
}

func TestPerModuleWaitsForTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := halopsatest.NewHandler()
		h.Seed("IntegrationError", map[string]any{"module_id": 12})
		h.Fault(halopsatest.Fault{Resource: "IntegrationError", Status: 429, Header: http.Header{"Retry-After": {"60"}}})
		client := h.Client(t)
		began := time.Now()
		if _, err := PerModule(t.Context(), client.IntegrationError); err != nil || time.Since(began) < time.Minute {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}
