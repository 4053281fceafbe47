package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"sync"

	"github.com/halopsa-go/halopsa"
)

// deviceSync keeps the assets of a tenant in step with the devices of an RMM.
type deviceSync struct {
	halo   *halopsa.Client
	module int64        // of the RMM's integration in HaloPSA
	rmm    *http.Client // whose calls are recorded
	url    string       // of the RMM
	log    *slog.Logger // whose errors are recorded
	told   sync.Map     // devices that are known to have no mapping
}

// asset is one of HaloPSA, with the members that are kept in step.
type asset struct {
	ID        int64               `json:"id,omitzero"`
	Inventory halopsa.Opt[string] `json:"inventory_number,omitzero"`
	Name      string              `json:"key_field"`
	SiteID    int64               `json:"site_id"`
	TypeID    int64               `json:"assettype_id"`
}

// outcome is what one run has done.
type outcome struct{ devices, created, changed, skipped, exported, failed, aside int }

// run makes one pass. What it has not done when it fails is done by the next one.
func (s *deviceSync) run(ctx context.Context) (o outcome, err error) {
	sites, types, known := map[string]int64{}, map[string]int64{}, map[halopsa.Opt[string]]asset{}
	for m, err := range s.halo.IntegrationSiteMapping.All(ctx, &halopsa.IntegrationSiteMappingListOptions{MSID: s.module}) {
		if err != nil {
			return o, err
		}
		if m.ModuleID == s.module { // a server may ignore the filter
			sites[m.ThirdPartyID] = m.HaloID
		}
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
	if _, thin := known[halopsa.Opt[string]{}]; thin && len(known) == 1 { // a row of the list may lack what the record has
		return o, errors.New("no asset comes with an inventory_number: every device would be created again")
	}
	var devices []device
	if err := s.call(ctx, http.MethodGet, "/devices", nil, &devices); err != nil {
		return o, err
	}
	var created, changed []asset
	for _, d := range devices {
		serial := halopsa.Set(d.Serial)
		after := asset{known[serial].ID, serial, d.Name, sites[d.Site], types[d.Kind]}
		switch {
		case after.SiteID == 0 || after.TypeID == 0:
			o.skipped++
			if _, told := s.told.LoadOrStore(d, true); !told { // an error that stays is recorded once
				s.log.ErrorContext(ctx, "the site or the kind of the device is not mapped", "entity_type", "device", "entity_name", d.Name, "endpoint", "GET /devices")
			}
		case after.ID == 0:
			created = append(created, after)
		case after != known[serial]:
			changed = append(changed, after)
		}
	}
	if len(created) > 0 {
		_, err = halopsa.PostOnceOf(ctx, s.halo, halopsa.PathAsset, created, func(a *asset, in asset) bool { return a.Inventory == in.Inventory })
	}
	if len(changed) > 0 { // with an id it is an update, which may be repeated
		_, failure := halopsa.PostOf[asset](ctx, s.halo, halopsa.PathAsset, changed, halopsa.WithIdempotent())
		err = errors.Join(err, failure)
	}
	o.devices, o.created, o.changed = len(devices), len(created), len(changed)
	return o, errors.Join(err, s.export(ctx, &o))
}

// export passes on to the RMM what HaloPSA has staged for it, and says what came of it.
func (s *deviceSync) export(ctx context.Context, o *outcome) error {
	ready := &halopsa.IntegrationExportListOptions{ModuleID: s.module, ReadyForImport: halopsa.Set(true)}
	queue, err := halopsa.Collect(s.halo.IntegrationExport.All(ctx, ready, halopsa.WithBadRow(func(row halopsa.BadRow) error {
		o.aside++
		s.log.WarnContext(ctx, "an export cannot be read", "row", row)
		return nil
	})))
	for _, e := range queue {
		if e.ModuleID != s.module || !e.ReadyForImport { // a filter was ignored
			o.aside++
			continue
		}
		path, done := "/devices/"+url.PathEscape(e.ThirdPartyID), halopsa.IntegrationExportInput{ID: halopsa.Set(e.ID), ReadyForImport: halopsa.Set(false)}
		change, _ := json.Marshal(map[string]string{"name": e.HaloName})
		failure := s.call(ctx, http.MethodPatch, path, change, nil)
		switch {
		case failure == nil:
			o.exported++
			done.ExportProgress, done.ProgressError = halopsa.Set("100%"), halopsa.Null[string]()
		case errors.Is(failure, errRefused):
			o.failed++
			done.ExportProgress, done.ProgressError = halopsa.Set("failed"), halopsa.Set(failure.Error())
			s.log.ErrorContext(ctx, failure.Error(), "entity_type", "export", "entity_id", e.ID, "entity_name", e.HaloName, "endpoint", "PATCH "+path)
		default: // it stays ready for the next pass
			err = errors.Join(err, failure)
			continue
		}
		if _, failure = s.halo.IntegrationExport.Update(ctx, []halopsa.IntegrationExportInput{done}); !errors.Is(failure, halopsa.ErrNotFound) {
			err = errors.Join(err, failure) // ErrNotFound: somebody has deleted it
		}
	}
	return err
}

// call sends body to the RMM and reads the response into into; both are JSON, and nil stands for nothing.
func (s *deviceSync) call(ctx context.Context, method, path string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := s.rmm.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // it has been read
	switch status := resp.StatusCode; {
	case status == http.StatusBadRequest, status == http.StatusNotFound, status == http.StatusGone, status == http.StatusUnprocessableEntity:
		return fmt.Errorf("%s %s: %w with %s", method, path, errRefused, resp.Status)
	case status >= http.StatusMultipleChoices:
		return fmt.Errorf("%s %s: the RMM responded with %s", method, path, resp.Status)
	case into == nil:
		return nil
	}
	return json.NewDecoder(resp.Body).Decode(into)
}
