package trial

import (
	"context"

	"github.com/halopsa-go/halopsa"
)

// Calls are one call of each row of the retry table.
var Calls = map[string]func(context.Context, *halopsa.Client) error{
	"GET": GetOne, "DELETE": DeleteOne, "Update": UpdateOne, "Create": CreateOne,
}

// GetOne reads the integration error 1.
func GetOne(ctx context.Context, c *halopsa.Client) error {
	_, err := c.IntegrationError.Get(ctx, 1, nil)
	return err
}

// CreateOne writes an integration error.
func CreateOne(ctx context.Context, c *halopsa.Client) error {
	_, err := c.IntegrationError.Create(ctx, []halopsa.IntegrationErrorInput{{Error: halopsa.Set("no such site")}})
	return err
}

// UpdateOne changes the integration export 1.
func UpdateOne(ctx context.Context, c *halopsa.Client) error {
	_, err := c.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{{
		ID: halopsa.Set[int64](1), ExportProgress: halopsa.Set("50 %"),
	}})
	return err
}

// DeleteOne deletes the integration error 1.
func DeleteOne(ctx context.Context, c *halopsa.Client) error {
	return c.IntegrationError.Delete(ctx, 1)
}

// Traces returns a call that lists the traces of c.
func Traces(c *halopsa.Client) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := c.IntegratorTrace.List(ctx, nil)
		return err
	}
}
