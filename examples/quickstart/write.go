package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/halopsa-go/halopsa"
)

// writeSomething logs an error, queues an export and reports its progress, and deletes both.
func writeSomething(ctx context.Context, client *halopsa.Client, out io.Writer) (err error) {
	logged, err := client.IntegrationError.Create(ctx, []halopsa.IntegrationErrorInput{{
		ModuleID: halopsa.Set[int64](12), ModuleName: halopsa.Set("Quickstart"),
		Error: halopsa.Set("a test of the quickstart"), Date: halopsa.Set(halopsa.NewTime(time.Now())),
	}})
	if err != nil {
		return err
	}
	if logged[0] == nil {
		return errors.New("the error was logged, but the response does not say under which id")
	}
	fmt.Fprintf(out, "\nlogged error %d\n", logged[0].ID)
	defer tidy(ctx, out, &err, "error", logged[0].ID, client.IntegrationError.Delete)

	queued, err := client.IntegrationExport.Create(ctx, []halopsa.IntegrationExportInput{{
		ModuleID: halopsa.Set[int64](12), HaloName: halopsa.Set("Quickstart"),
		ReadyForImport: halopsa.Set(true), ExportBody: halopsa.Set([]byte(`{"hello":"world"}`)),
	}})
	if err != nil {
		return err
	}
	if queued[0] == nil {
		return errors.New("the export was queued, but the response does not say under which id")
	}
	id := queued[0].ID
	fmt.Fprintf(out, "queued export %d\n", id)
	defer tidy(ctx, out, &err, "export", id, client.IntegrationExport.Delete)

	for _, progress := range []string{"50%", "100%"} {
		if _, err := client.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{{
			ID: halopsa.Set(id), ExportProgress: halopsa.Set(progress),
		}}); err != nil {
			return err
		}
		fmt.Fprintf(out, "export %d at %s\n", id, progress)
	}
	return nil
}

// tidy deletes what was made, also after Ctrl-C.
func tidy(ctx context.Context, out io.Writer, failure *error, what string, id int64, remove func(context.Context, int64, ...halopsa.RequestOption) error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 20*time.Second)
	defer cancel()
	if err := remove(ctx, id); err != nil {
		*failure = errors.Join(*failure, err)
		return
	}
	fmt.Fprintf(out, "deleted %s %d\n", what, id)
}
