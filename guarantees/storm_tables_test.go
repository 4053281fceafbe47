package guarantees_test

import (
	"iter"

	"github.com/halopsa-go/halopsa"
)

// asWorker puts the worker's name on a request.
func (w *stormWorker) asWorker(ro []halopsa.RequestOption) []halopsa.RequestOption {
	return append([]halopsa.RequestOption{halopsa.WithHeader(workerHeader, w.name)}, ro...)
}

// told returns the ids and the texts of records.
func told[T any](records []*T, of func(*T) (int64, string)) (ids []int64, texts []string) {
	texts = []string{}
	for _, record := range records {
		if record != nil {
			id, text := of(record)
			ids, texts = append(ids, id), append(texts, text)
		}
	}
	return ids, texts
}

// idsOf returns the ids of records, 0 where there is none.
func idsOf[T any](records []*T, of func(*T) (int64, string)) []int64 {
	ids := make([]int64, len(records))
	for i, record := range records {
		if record != nil {
			ids[i], _ = of(record)
		}
	}
	return ids
}

// collected is what a walk yields.
func collected[T any](seq iter.Seq2[*T, error], of func(*T) (int64, string)) (map[int64]string, error) {
	all := make(map[int64]string)
	for record, err := range seq {
		if err != nil {
			return nil, err
		}
		id, text := of(record)
		all[id] = text
	}
	return all, nil
}

// integrationErrors are written and deleted, and read in every way.
func (w *stormWorker) integrationErrors() *stormTable {
	service, ctx := w.client.IntegrationError, w.t.Context()
	of := func(e *halopsa.IntegrationError) (int64, string) { return e.ID, e.EntityName }
	inputs := func(texts []string) []halopsa.IntegrationErrorInput {
		inputs := make([]halopsa.IntegrationErrorInput, len(texts))
		for i, text := range texts {
			inputs[i] = halopsa.IntegrationErrorInput{ModuleID: halopsa.Set(w.module), EntityName: halopsa.Set(text)}
		}
		return inputs
	}
	return &stormTable{
		name: "IntegrationError", ledger: make(map[int64]string),
		create: func(texts []string, ro ...halopsa.RequestOption) ([]int64, []string, error) {
			records, err := service.Create(ctx, inputs(texts), w.asWorker(ro)...)
			ids, answered := told(records, of)
			return ids, answered, err
		},
		once: func(texts []string, ro ...halopsa.RequestOption) ([]int64, error) {
			records, err := service.CreateOnce(ctx, inputs(texts), byName, w.asWorker(ro)...)
			return idsOf(records, of), err
		},
		remove: func(id int64, ro ...halopsa.RequestOption) error { return service.Delete(ctx, id, w.asWorker(ro)...) },
		get: func(id int64) (string, error) {
			record, err := service.Get(ctx, id, nil, w.asWorker(nil)...)
			if err != nil {
				return "", err
			}
			return record.EntityName, nil
		},
		list: func(pageNo int) (map[int64]string, error) {
			page, err := service.List(ctx, &halopsa.IntegrationErrorListOptions{
				ModuleID: w.module, ListOptions: halopsa.ListOptions{PageNo: pageNo, PageSize: 10},
			}, w.asWorker(nil)...)
			if err != nil {
				return nil, err
			}
			records := make(map[int64]string)
			for i := range page.Records {
				id, text := of(&page.Records[i])
				records[id] = text
			}
			return records, nil
		},
		walk: func() (map[int64]string, error) {
			return collected(service.All(ctx, &halopsa.IntegrationErrorListOptions{
				ModuleID: w.module, ListOptions: halopsa.ListOptions{PageSize: 15},
			}, w.asWorker(nil)...), of)
		},
	}
}

// integrationExports are changed too, and have one page.
func (w *stormWorker) integrationExports() *stormTable {
	service, ctx := w.client.IntegrationExport, w.t.Context()
	of := func(e *halopsa.IntegrationExport) (int64, string) { return e.ID, e.HaloName }
	inputs := func(texts []string) []halopsa.IntegrationExportInput {
		inputs := make([]halopsa.IntegrationExportInput, len(texts))
		for i, text := range texts {
			inputs[i] = halopsa.IntegrationExportInput{ModuleID: halopsa.Set(w.module), HaloName: halopsa.Set(text)}
		}
		return inputs
	}
	match := func(record *halopsa.IntegrationExport, input halopsa.IntegrationExportInput) bool {
		return input.HaloName == halopsa.Set(record.HaloName)
	}
	walk := func() (map[int64]string, error) {
		return collected(service.All(ctx, &halopsa.IntegrationExportListOptions{ModuleID: w.module}, w.asWorker(nil)...), of)
	}
	return &stormTable{
		name: "IntegrationExport", ledger: make(map[int64]string),
		create: func(texts []string, ro ...halopsa.RequestOption) ([]int64, []string, error) {
			records, err := service.Create(ctx, inputs(texts), w.asWorker(ro)...)
			ids, answered := told(records, of)
			return ids, answered, err
		},
		once: func(texts []string, ro ...halopsa.RequestOption) ([]int64, error) {
			records, err := service.CreateOnce(ctx, inputs(texts), match, w.asWorker(ro)...)
			return idsOf(records, of), err
		},
		update: func(id int64, text string, ro ...halopsa.RequestOption) error {
			_, err := service.Update(ctx, []halopsa.IntegrationExportInput{{ID: halopsa.Set(id), HaloName: halopsa.Set(text)}}, w.asWorker(ro)...)
			return err
		},
		remove: func(id int64, ro ...halopsa.RequestOption) error { return service.Delete(ctx, id, w.asWorker(ro)...) },
		list:   func(int) (map[int64]string, error) { return walk() },
		walk:   walk,
	}
}
