package halopsa

import (
	"context"
	"iter"
)

// ListOf reads one page of the list at path, such as "Tickets", into records of type T.
//
// T is a custom struct with json tags, which can embed a record of this package; a map works too. By default it reads the first page, sorted
// by id; [WithPage] and [WithSort] change that. Filters are given with [WithQuery].
func ListOf[T any](ctx context.Context, client *Client, path string, opts ...RequestOption) (*Page[T], error) {
	return listOf[T](ctx, client, endpointAt(path), nil, opts)
}

// AllOf walks the whole list at path and yields each record once; see [ListOf] for T and path, [Page] for the promise.
func AllOf[T any](ctx context.Context, client *Client, path string, opts ...RequestOption) iter.Seq2[*T, error] {
	return allOf[T](ctx, client, endpointAt(path), nil, opts)
}

// GetOf reads the record with this id at path, as GetOf[Ticket](ctx, client, "Tickets", 12) does.
func GetOf[T any, I ID](ctx context.Context, client *Client, path string, id I, opts ...RequestOption) (*T, error) {
	return getOf[T](ctx, client, endpointAt(path), id, nil, opts)
}

// PostOf sends inputs, one object or a slice of them, to path as the arrays that HaloPSA expects, and returns the records of the responses.
//
// They are sent in batches of [WithBatchSize]. If one fails, the error is a [BatchError], which has the outcome of each input, and the records
// are those of the written inputs, if the tenant sent them. Every input is treated as a create, which is never repeated when its outcome is
// unknown; [WithIdempotent] changes that, and [PostOnceOf] determines the outcome.
func PostOf[T any](ctx context.Context, client *Client, path string, inputs any, opts ...RequestOption) ([]T, error) {
	return postOf[T](ctx, client, endpointAt(path), inputs, opts)
}

// DeleteOf deletes the record with this id at path.
func DeleteOf[I ID](ctx context.Context, client *Client, path string, id I, opts ...RequestOption) error {
	return deleteOf(ctx, client, endpointAt(path), id, opts)
}
