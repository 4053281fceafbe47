package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/halopsa-go/halopsa"
)

// report writes the progress and the error of an export, which an empty problem clears.
//
// An update whose outcome is unknown is read back. The error is an ErrNotFound if the export is gone.
func (q *exportQueue) report(ctx context.Context, export *halopsa.IntegrationExport, progress, problem string) error {
	input := halopsa.IntegrationExportInput{
		ID: halopsa.Set(export.ID), ExportProgress: halopsa.Set(progress), ProgressError: halopsa.Null[string](),
	}
	if problem != "" {
		input.ProgressError = halopsa.Set(problem)
	}
	_, err := q.client.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{input})
	if !errors.Is(err, halopsa.ErrOutcomeUnknown) {
		return err
	}
	switch stored, back := q.readBack(ctx, export.ID); {
	case back != nil:
		return errors.Join(err, back)
	case stored == nil:
		return fmt.Errorf("export %d: %w", export.ID, halopsa.ErrNotFound)
	case stored.ExportProgress == progress && stored.ProgressError == problem:
		return nil
	}
	return err
}

// remove deletes a delivered export in HaloPSA. What fails is tried again in the next pass, which finds the export in state delivered.
func (q *exportQueue) remove(ctx context.Context, export *halopsa.IntegrationExport) error {
	err := q.client.IntegrationExport.Delete(ctx, export.ID)
	missing := errors.Is(err, halopsa.ErrNotFound)
	if missing || errors.Is(err, halopsa.ErrOutcomeUnknown) {
		stored, back := q.readBack(ctx, export.ID)
		switch {
		case back != nil:
			err = errors.Join(err, back)
		case stored == nil:
			err = nil
		case missing: // the version of 2024 cannot delete exports
			err = q.retire(ctx, export)
		}
	}
	if err != nil {
		q.logger.WarnContext(ctx, "a delivered export could not be deleted yet", "export", export.ID, "error", err)
		return nil
	}
	q.logger.DebugContext(ctx, "deleted", "export", export.ID)
	return q.store.removed(ctx, export.ID, q.now())
}

// retire takes an export that cannot be deleted out of those that are ready.
func (q *exportQueue) retire(ctx context.Context, export *halopsa.IntegrationExport) error {
	_, err := q.client.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{{
		ID: halopsa.Set(export.ID), ReadyForImport: halopsa.Set(false), ExportProgress: halopsa.Set("100%"), ProgressError: halopsa.Null[string](),
	}})
	return err
}

// readBack finds an export, or nil if there is none. The API has no operation for a single one.
func (q *exportQueue) readBack(ctx context.Context, id int64) (*halopsa.IntegrationExport, error) {
	for export, err := range q.client.IntegrationExport.All(ctx, nil) {
		if err != nil {
			return nil, err
		}
		if export.ID == id {
			return export, nil
		}
	}
	return nil, nil //nolint:nilnil // that there is none is what it was asked for
}
