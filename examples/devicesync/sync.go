package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"github.com/halopsa-go/halopsa"
)

// deviceSync keeps the assets of a tenant in step with the devices of an RMM.
type deviceSync struct {
	halo   *halopsa.Client
	module int64        // of the RMM's integration in HaloPSA
	rmm    *http.Client // whose calls are recorded
	url    string       // of the RMM
	log    *slog.Logger // whose errors are recorded
}

// device is one of the RMM.
type device struct {
	Serial string `json:"serial"`
	Name   string `json:"name"`
	Site   string `json:"site"`
	Kind   string `json:"kind"`
}

// asset is one of HaloPSA, with the members that are kept in step.
type asset struct {
	ID        int64  `json:"id,omitzero"`
	Inventory string `json:"inventory_number"`
	Name      string `json:"key_field"`
	SiteID    int64  `json:"site_id"`
	TypeID    int64  `json:"assettype_id"`
}

// outcome is what one run has done.
type outcome struct{ devices, created, changed, skipped, exported, failed int }

// run makes one pass. What it has not done when it fails is done by the next one.
func (s *deviceSync) run(ctx context.Context) (o outcome, err error) {
	sites, types, known := map[string]int64{}, map[string]int64{}, map[string]asset{}
	for m, err := range s.halo.IntegrationSiteMapping.All(ctx, &halopsa.IntegrationSiteMappingListOptions{MSID: s.module}) {
		if err != nil {
			return o, err
		}
		sites[m.ThirdPartyID] = m.HaloID
	}
	for l, err := range s.halo.IntegrationLookUp.All(ctx) {
		if err != nil {
			return o, err
		}
		if id, err := strconv.ParseInt(l.Value, 10, 64); err == nil && l.ModuleID == s.module {
			types[l.ThirdPartyID] = id
		}
	}
	for a, err := range halopsa.AllOf[asset](ctx, s.halo, halopsa.PathAsset) {
		if err != nil {
			return o, err
		}
		known[a.Inventory] = *a
	}
	var devices []device
	if err := s.call(ctx, http.MethodGet, "/devices", nil, &devices); err != nil {
		return o, err
	}
	var created, changed []asset
	for _, d := range devices {
		before := known[d.Serial]
		after := asset{before.ID, d.Serial, d.Name, sites[d.Site], types[d.Kind]}
		switch {
		case after.SiteID == 0 || after.TypeID == 0:
			o.skipped++
			s.log.ErrorContext(ctx, "the site or the kind of the device is not mapped", "entity_type", "device", "entity_name", d.Name, "endpoint", "GET /devices")
		case before.ID == 0:
			created = append(created, after)
		case before != after:
			changed = append(changed, after)
		}
	}
	if len(created) > 0 {
		_, err := halopsa.PostOnceOf(ctx, s.halo, halopsa.PathAsset, created, func(a *asset, in asset) bool { return a.Inventory == in.Inventory })
		if err != nil {
			return o, err
		}
	}
	if len(changed) > 0 { // with an id it is an update, which may be repeated
		if _, err := halopsa.PostOf[asset](ctx, s.halo, halopsa.PathAsset, changed, halopsa.WithIdempotent()); err != nil {
			return o, err
		}
	}
	o.devices, o.created, o.changed = len(devices), len(created), len(changed)
	return o, s.export(ctx, &o)
}

// export passes on to the RMM what HaloPSA has staged for it, and says what came of it.
func (s *deviceSync) export(ctx context.Context, o *outcome) error {
	ready := &halopsa.IntegrationExportListOptions{ModuleID: s.module, ReadyForImport: halopsa.Set(true)}
	var done []halopsa.IntegrationExportInput
	for e, err := range s.halo.IntegrationExport.All(ctx, ready) {
		if err != nil {
			return err
		}
		input := halopsa.IntegrationExportInput{
			ID: halopsa.Set(e.ID), ReadyForImport: halopsa.Set(false), ExportProgress: halopsa.Set("100%"), ProgressError: halopsa.Null[string](),
		}
		path := "/devices/" + url.PathEscape(e.ThirdPartyID)
		if err := s.call(ctx, http.MethodPatch, path, map[string]string{"name": e.HaloName}, nil); err != nil {
			o.failed++
			input.ExportProgress, input.ProgressError = halopsa.Set("failed"), halopsa.Set(halopsa.Truncate(err.Error(), 2000))
			s.log.ErrorContext(ctx, err.Error(), "entity_type", "export", "entity_id", e.ID, "entity_name", e.HaloName, "endpoint", "PATCH "+path)
		}
		done = append(done, input)
	}
	o.exported = len(done) - o.failed
	if len(done) == 0 {
		return nil
	}
	_, err := s.halo.IntegrationExport.Update(ctx, done)
	return err
}

// call sends body to the RMM and reads the response into into; both are JSON, and nil stands for nothing.
func (s *deviceSync) call(ctx context.Context, method, path string, body map[string]string, into any) error {
	var payload bytes.Buffer
	if body != nil {
		_ = json.NewEncoder(&payload).Encode(body) // a map of texts
	}
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, &payload)
	if err != nil {
		return err
	}
	resp, err := s.rmm.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it has been read
	switch {
	case resp.StatusCode >= http.StatusMultipleChoices:
		return fmt.Errorf("%s %s: the RMM responded with %s", method, path, resp.Status)
	case into == nil:
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
