package halopsa

import (
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"slices"
)

// IntegrationExport is a record that HaloPSA has staged for another system to take.
//
// ID identifies the export; what ExportID is, who sets ReadyForImport and which texts of ExportProgress mean something to HaloPSA is not documented by
// HaloPSA. The page docs/exports.md of the repository has what is known of each member.
//
// API: schema IntegrationExport.
type IntegrationExport struct {
	ID             int64  `json:"id"`
	ExportID       string `json:"export_id"`
	ModuleID       int64  `json:"module_id"`
	HaloID         int64  `json:"halo_id"`
	HaloName       string `json:"halo_name"`
	ThirdPartyID   string `json:"third_party_id"`
	ThirdPartyName string `json:"third_party_name"`
	ExportURL      string `json:"export_url"`
	ExportDate     Time   `json:"export_date"`
	ExportProgress string `json:"export_progress"`
	ReadyForImport bool   `json:"ready_for_import"`
	ProgressError  string `json:"progress_error"`
	DetailsID      int64  `json:"details_id"`
	// ExportBody is decoded where it is certain to be base64: a text that ends with the padding "=", a data URI (data:…;base64,…), or one without
	// padding of which a readable text comes. Any other text comes as it is, such as "string" [live].
	ExportBody []byte                  `json:"export_body"`
	ExportData []IntegrationExportData `json:"exportdata"`
	// Warning is a message to the caller that can come with a success.
	Warning string `json:"_warning"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (e IntegrationExport) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", e.ID), slog.String("export_id", e.ExportID), slog.Int64("module_id", e.ModuleID), slog.Int64("halo_id", e.HaloID),
		slog.String("export_progress", e.ExportProgress), slog.Bool("ready_for_import", e.ReadyForImport),
	)
}

// Input returns an input for Update with the ID and the fields that are not zero, parts included. Members in Extra are left out.
//
// A field that was emptied keeps its value in HaloPSA, since the input omits it; use [Set] or [Null] to send it.
func (e IntegrationExport) Input() IntegrationExportInput {
	return IntegrationExportInput{
		ID: nonZero(e.ID), ExportID: nonZero(e.ExportID), ModuleID: nonZero(e.ModuleID), HaloID: nonZero(e.HaloID), HaloName: nonZero(e.HaloName),
		ThirdPartyID: nonZero(e.ThirdPartyID), ThirdPartyName: nonZero(e.ThirdPartyName), ExportURL: nonZero(e.ExportURL),
		ExportDate: nonZero(e.ExportDate), ExportProgress: nonZero(e.ExportProgress), ReadyForImport: nonZero(e.ReadyForImport),
		ProgressError: nonZero(e.ProgressError), DetailsID: nonZero(e.DetailsID), ExportBody: nonEmpty(e.ExportBody),
		ExportData: nonEmpty(inputsOf(e.ExportData, IntegrationExportData.Input)),
	}
}

// IntegrationExportData is one part of an [IntegrationExport].
//
// API: schema IntegrationExportData.
type IntegrationExportData struct {
	ID                  int64  `json:"id"`
	IntegrationExportID int64  `json:"integration_export_id"`
	ThirdPartyID        string `json:"third_party_id"`
	Exported            bool   `json:"exported"`
	// ExportBody is decoded where it is certain to be base64: a text that ends with the padding "=", a data URI (data:…;base64,…), or one without
	// padding of which a readable text comes. Any other text comes as it is, such as "string" [live].
	ExportBody []byte `json:"export_body"`
	// Warning is a message to the caller that can come with a success.
	Warning string `json:"_warning"`
	// Extra holds every member without a field above, by its JSON name; it can hold credentials.
	Extra map[string]json.RawMessage `json:"extra,omitempty"`
}

// LogValue returns the fields that cannot hold credentials.
func (d IntegrationExportData) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int64("id", d.ID), slog.Int64("integration_export_id", d.IntegrationExportID), slog.Bool("exported", d.Exported),
	)
}

// Input returns an input with the fields that are not zero, its id included. Members in Extra are left out.
func (d IntegrationExportData) Input() IntegrationExportDataInput {
	return IntegrationExportDataInput{
		ID: nonZero(d.ID), IntegrationExportID: nonZero(d.IntegrationExportID), ThirdPartyID: nonZero(d.ThirdPartyID),
		Exported: nonZero(d.Exported), ExportBody: nonEmpty(d.ExportBody),
	}
}

// IntegrationExportInput is an integration export to create, or with an ID to change.
type IntegrationExportInput struct {
	// ID names the record that Update changes; Create refuses it.
	ID             Opt[int64]  `json:"id,omitzero"`
	ExportID       Opt[string] `json:"export_id,omitzero" column:"100"`
	ModuleID       Opt[int64]  `json:"module_id,omitzero"`
	HaloID         Opt[int64]  `json:"halo_id,omitzero"`
	HaloName       Opt[string] `json:"halo_name,omitzero"`
	ThirdPartyID   Opt[string] `json:"third_party_id,omitzero" column:"100"`
	ThirdPartyName Opt[string] `json:"third_party_name,omitzero" column:"100"`
	ExportURL      Opt[string] `json:"export_url,omitzero"`
	ExportDate     Opt[Time]   `json:"export_date,omitzero"`
	ExportProgress Opt[string] `json:"export_progress,omitzero" column:"25"`
	ReadyForImport Opt[bool]   `json:"ready_for_import,omitzero"`
	ProgressError  Opt[string] `json:"progress_error,omitzero"`
	DetailsID      Opt[int64]  `json:"details_id,omitzero"`
	// ExportBody is sent as base64.
	ExportBody Opt[[]byte]                       `json:"export_body,omitzero"`
	ExportData Opt[[]IntegrationExportDataInput] `json:"exportdata,omitzero"`
}

func (i IntegrationExportInput) recordID() Opt[int64] { return i.ID }

// addsParts reports whether the input has a part without an id, which each Update adds again.
func (i IntegrationExportInput) addsParts() bool {
	parts, _ := i.ExportData.Get()
	return slices.ContainsFunc(parts, func(part IntegrationExportDataInput) bool { id, ok := part.ID.Get(); return !ok || id <= 0 })
}

// IntegrationExportDataInput is a part of [IntegrationExportInput.ExportData].
type IntegrationExportDataInput struct {
	ID                  Opt[int64]  `json:"id,omitzero"`
	IntegrationExportID Opt[int64]  `json:"integration_export_id,omitzero"`
	ThirdPartyID        Opt[string] `json:"third_party_id,omitzero"`
	Exported            Opt[bool]   `json:"exported,omitzero"`
	ExportBody          Opt[[]byte] `json:"export_body,omitzero"`
}

// IntegrationExportListOptions specifies which integration exports to list; the zero value lists all of them.
//
// A server silently ignores a parameter that it does not know [seen]. Before you deliver an export, check its ModuleID and ReadyForImport too.
type IntegrationExportListOptions struct {
	// ModuleID is the id of an integration module, such as 12.
	ModuleID int64 `url:"moduleId,omitempty"`
	// ReadyForImport chooses the exports that are ready, or with Set(false) those that are not.
	ReadyForImport Opt[bool] `url:"readyForImport,omitempty"`
}

var integrationExport = endpoint{name: "IntegrationExport"}

// IntegrationExportService reads and writes the export queue.
type IntegrationExportService struct{ service }

// List reads the list in one request.
//
// API: GET /IntegrationExport
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationExport
func (s *IntegrationExportService) List(ctx context.Context, opts *IntegrationExportListOptions, ro ...RequestOption) (*Page[IntegrationExport], error) {
	return listOf[IntegrationExport](ctx, clientOf(s), integrationExport, opts, ro)
}

// Pages walks the whole list, which has one page; see [Page] for what it promises.
//
// API: GET /IntegrationExport
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationExport
func (s *IntegrationExportService) Pages(ctx context.Context, opts *IntegrationExportListOptions, ro ...RequestOption) iter.Seq2[*Page[IntegrationExport], error] {
	return pagesOf[IntegrationExport](ctx, clientOf(s), integrationExport, opts, ro)
}

// All walks the whole list record by record; see [Page] for what it promises.
//
// API: GET /IntegrationExport
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationExport
func (s *IntegrationExportService) All(ctx context.Context, opts *IntegrationExportListOptions, ro ...RequestOption) iter.Seq2[*IntegrationExport, error] {
	return allOf[IntegrationExport](ctx, clientOf(s), integrationExport, opts, ro)
}

// Create stages exports and returns them as they were stored; see [BatchError] for what it returns when it fails.
//
// API: POST /IntegrationExport
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationExport
func (s *IntegrationExportService) Create(ctx context.Context, inputs []IntegrationExportInput, ro ...RequestOption) ([]*IntegrationExport, error) {
	return createOf[IntegrationExport](ctx, clientOf(s), integrationExport, inputs, ro)
}

// Update changes exports, as a worker does that reports progress; every input must have an ID. Absent members are not sent; that HaloPSA then leaves
// them unchanged is documented for other resources, not for exports.
//
// An update that adds parts, which has a part without an id in ExportData, would add them again if it were repeated. It is therefore retried like a
// Create: where it may have happened, it is an [ErrOutcomeUnknown].
//
// API: POST /IntegrationExport
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationExport
func (s *IntegrationExportService) Update(ctx context.Context, inputs []IntegrationExportInput, ro ...RequestOption) ([]*IntegrationExport, error) {
	return updateOf[IntegrationExport](ctx, clientOf(s), integrationExport, inputs, ro)
}

// Delete deletes an export.
//
// The 2024 version of HaloPSA has no such endpoint: the call fails with [ErrNotFound].
//
// API: DELETE /IntegrationExport/{id}
// https://halo.halopsa.com/api/swagger/index.html#/IntegrationExport
func (s *IntegrationExportService) Delete(ctx context.Context, id int64, ro ...RequestOption) error {
	return deleteOf(ctx, clientOf(s), integrationExport, id, ro)
}
