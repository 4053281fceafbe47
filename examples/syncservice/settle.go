package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/halopsa-go/halopsa"
)

// report writes the progress and the error of an export, which an empty problem clears.
//
// An update whose outcome is unknown is read back. The error is an ErrNotFound if the export is gone.
func (w *deliverWorker[D, T]) report(ctx context.Context, t *tenant, id int64, progress, problem string) error {
	input := halopsa.IntegrationExportInput{ID: halopsa.Set(id), ExportProgress: halopsa.Set(progress), ProgressError: halopsa.Null[string]()}
	if problem != "" {
		input.ProgressError = halopsa.Set(problem)
	}
	_, err := t.client.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{input})
	if !errors.Is(err, halopsa.ErrOutcomeUnknown) {
		return err
	}
	switch stored, back := readBack(ctx, t, id); {
	case back != nil:
		return errors.Join(err, back)
	case stored == nil:
		return fmt.Errorf("export %d: %w", id, halopsa.ErrNotFound)
	case stored.ExportProgress == progress && stored.ProgressError == problem:
		return nil
	}
	return err
}

const (
	// mostRefusals is how often HaloPSA may refuse to delete an export before it is retired.
	mostRefusals = 6
	// firstRefusal is the pause after the first of them; each is twice as long as the one before.
	firstRefusal = 15 * time.Second
)

// remove deletes a delivered export in HaloPSA, and returns the state that it has then: removed, or retired where HaloPSA does not delete it.
func (w *deliverWorker[D, T]) remove(ctx context.Context, t *tenant, id int64, d delivery) (string, error) {
	if d.gone {
		return removed, nil
	}
	err := t.client.IntegrationExport.Delete(ctx, id)
	if err == nil {
		return removed, nil
	}
	if missing := errors.Is(err, halopsa.ErrNotFound); missing || errors.Is(err, halopsa.ErrOutcomeUnknown) {
		stored, back := readBack(ctx, t, id)
		switch {
		case back != nil:
			return "", errors.Join(err, back)
		case stored == nil:
			return removed, nil
		case missing: // the version of 2024 cannot delete exports
			return w.retire(ctx, t, id, err)
		}
	}
	var refused *halopsa.APIError
	if !errors.As(err, &refused) || passes(refused.StatusCode) {
		return "", err
	}
	if d.refusals+1 >= mostRefusals {
		return w.retire(ctx, t, id, err)
	}
	pause := firstRefusal << d.refusals
	w.logger.WarnContext(ctx, "HaloPSA refuses to delete a delivered export", "tenant", t.Name, "export", id, "refusals", d.refusals+1, "pause", pause, "error", err)
	_, noted := w.db.pool.exec(ctx, `UPDATE deliveries SET refusals = refusals + 1 WHERE tenant = $1 AND export_id = $2`, t.Name, id)
	return "", errors.Join(&pausedError{err, pause}, noted)
}

// pausedError is one after which a pause is due.
type pausedError struct {
	error
	pause time.Duration
}

func (e *pausedError) Unwrap() error { return e.error }

// passes reports whether a status says nothing of the export, but of the limit, or of what stands in front of HaloPSA and is down. Any other one comes
// again however often it is asked for, 401 too, which some paths respond for good [live].
func passes(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status > http.StatusNotImplemented
}

// retire takes an export that cannot be deleted out of those that are ready. Where that is refused too, the ledger alone says that it is over.
func (w *deliverWorker[D, T]) retire(ctx context.Context, t *tenant, id int64, why error) (string, error) {
	if _, err := readBack(ctx, t, id); err != nil { // it is more than this export that fails
		return "", errors.Join(why, err)
	}
	_, err := t.client.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{{
		ID: halopsa.Set(id), ReadyForImport: halopsa.Set(false), ExportProgress: halopsa.Set("100%"), ProgressError: halopsa.Null[string](),
	}})
	var refused *halopsa.APIError
	if err != nil && (!errors.As(err, &refused) || passes(refused.StatusCode)) {
		return "", err
	}
	return retired, w.retired(ctx, w.db.pool, t, id, errors.Join(why, err))
}

// retired tells of an export that stays in HaloPSA although it was delivered.
func (f *fleet[D, T]) retired(ctx context.Context, db querier, t *tenant, id int64, why error) error {
	f.counted(t, retired)
	f.logger.ErrorContext(ctx, "a delivered export is retired: it stays in HaloPSA", "tenant", t.Name, "export", id, "error", why)
	_, err := db.exec(ctx, `UPDATE deliveries SET last_error = $3 WHERE tenant = $1 AND export_id = $2`, t.Name, id, text(why.Error()))
	return err
}

// readBack finds an export, or nil if there is none. The API has no operation for a single one.
func readBack(ctx context.Context, t *tenant, id int64) (*halopsa.IntegrationExport, error) {
	others := halopsa.WithBadRow(func(row halopsa.BadRow) error {
		if other, ok := numberOf(row); ok && other != id {
			return nil
		}
		return fmt.Errorf("export %d cannot be read back: %s", id, row)
	})
	for export, err := range t.client.IntegrationExport.All(ctx, nil, others) {
		if err != nil {
			return nil, err
		}
		if export.ID == id {
			return export, nil
		}
	}
	return nil, nil //nolint:nilnil // that there is none is what it was asked for
}
