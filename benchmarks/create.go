package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/halopsa-go/halopsa"
)

var errNothingKept = errors.New("the texts are empty")

// createContest writes 100 records in one array: ours with inputs whose fields can be absent, and net/http with a struct of plain fields.
func createContest() (*contest, error) {
	records := corpus(usualPage)
	for i := range records {
		records[i].Warning = "" // nearly all responses have none, and ours would look for secrets in each
	}
	body, err := json.Marshal(records) // as the response has them
	if err != nil {
		return nil, err
	}
	hc := memoryClient(body)
	client, err := newOurs(memoryBase, hc)
	if err != nil {
		return nil, err
	}
	inputs := make([]halopsa.IntegrationRequestInput, len(records))
	for i, r := range records {
		inputs[i] = halopsa.IntegrationRequestInput{
			IsOutgoing: halopsa.Set(r.IsOutgoing), Operation: halopsa.Set(r.Operation), Type: halopsa.Set(r.Type), MSID: halopsa.Set(r.MSID),
			RequestBody: halopsa.Set(r.RequestBody), ResponseBody: halopsa.Set(r.ResponseBody), URL: halopsa.Set(r.URL), ResultCode: halopsa.Set(r.ResultCode),
		}
		records[i] = Record{
			IsOutgoing: r.IsOutgoing, Operation: r.Operation, Type: r.Type, MSID: r.MSID, RequestBody: r.RequestBody, ResponseBody: r.ResponseBody, URL: r.URL,
			ResultCode: r.ResultCode,
		}
	}
	c := &contest{title: createTitle, counted: 10, about: "A transport that returns the same 100 records each time. Inputs of eight members each are encoded, and the records of the response decoded."}
	each := func(name string, create func(context.Context) (int, error)) {
		c.entries = append(c.entries, entry{name, func(context.Context) (run, func(context.Context) error, error) {
			return func(ctx context.Context, s *sample) error {
				for range s.n {
					if n, err := create(ctx); err != nil || n != len(records) {
						return fmt.Errorf("%d of %d records: %w", n, len(records), err)
					}
				}
				return nil
			}, nil, nil
		}})
	}
	each(rawName, func(ctx context.Context) (int, error) { return createRaw(ctx, hc, records) })
	each(oursName, func(ctx context.Context) (int, error) {
		created, err := client.IntegrationRequest.Create(ctx, inputs)
		return len(created), err
	})
	return c, nil
}

// createRaw is what a program does without any SDK.
func createRaw(ctx context.Context, hc *http.Client, records []Record) (int, error) {
	body, err := json.Marshal(records)
	if err != nil {
		return 0, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, memoryBase+"/api/"+resource, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := hc.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	var created []Record
	if err := json.NewDecoder(resp.Body).Decode(&created); err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, resp.Body)
	return len(created), err
}
