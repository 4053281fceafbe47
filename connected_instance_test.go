package halopsa_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/halopsa-go/halopsa"
)

var acmeUK = halopsa.ConnectedInstance{
	ID: 2, Name: "ACME UK", APIURL: "https://uk.example/api", AuthURL: "https://uk.example/auth", Tenant: "acmeuk", ClientID: "0d6e1c4a",
	Test: true, TestOK: true, TestResult: raw(`{"version": "2.170"}`), Extra: keptMember,
}

func TestConnectedInstance(t *testing.T) {
	t.Parallel()
	runOperations(t, []operation{
		{
			api: "GET /ConnectedInstance", sent: "/ConnectedInstance",
			answer: "ConnectedInstance/list.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.ConnectedInstance.List(ctx)
			},
			want:    page(acmeUK, 1, -1),
			refused: http.StatusForbidden, reason: halopsa.ErrForbidden,
		},
		{
			api: "GET /ConnectedInstance/{id}", sent: "/ConnectedInstance/2?includedetails=true",
			answer: "ConnectedInstance/get.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.ConnectedInstance.Get(ctx, 2, &halopsa.ConnectedInstanceGetOptions{IncludeDetails: true})
			},
			want:    &acmeUK,
			refused: http.StatusNotFound, reason: halopsa.ErrNotFound,
		},
		{
			api: "POST /ConnectedInstance", sent: "/ConnectedInstance",
			body: "ConnectedInstance/create.request.json", answer: "ConnectedInstance/create.json", status: http.StatusCreated,
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.ConnectedInstance.Create(ctx, []halopsa.ConnectedInstanceInput{{
					Name: halopsa.Set("ACME UK"), APIURL: halopsa.Set("https://uk.example/api"), AuthURL: halopsa.Set("https://uk.example/auth"),
					Tenant: halopsa.Set("acmeuk"), ClientID: halopsa.Set("0d6e1c4a"),
					NewClientSecret: halopsa.Set(halopsa.Secret("s3cret")), Test: halopsa.Set(true),
				}})
			},
			want:    []*halopsa.ConnectedInstance{&acmeUK},
			refused: http.StatusBadRequest, reason: halopsa.ErrInvalid,
		},
		{
			api: "POST /ConnectedInstance", sent: "/ConnectedInstance",
			body: "ConnectedInstance/update.request.json", answer: "ConnectedInstance/update.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return c.ConnectedInstance.Update(ctx, []halopsa.ConnectedInstanceInput{{ID: halopsa.Set[int64](2), Name: halopsa.Set("ACME UK")}})
			},
			want:    []*halopsa.ConnectedInstance{&acmeUK},
			refused: http.StatusUnprocessableEntity, reason: halopsa.ErrInvalid,
		},
		{
			api: "DELETE /ConnectedInstance/{id}", sent: "/ConnectedInstance/2",
			answer: "ConnectedInstance/delete.json",
			call: func(ctx context.Context, c *halopsa.Client) (any, error) {
				return nothing(c.ConnectedInstance.Delete(ctx, 2))
			},
			want:    nil,
			refused: http.StatusConflict, reason: halopsa.ErrConflict,
		},
	})
}
