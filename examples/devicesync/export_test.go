package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

// bench is a sync with its tenant and its RMM.
type bench struct {
	*deviceSync
	tenant  *halopsatest.Server
	fake    *fakeRMM
	log     *bytes.Buffer
	renamed []string // the paths of the PATCH requests
}

// newBench returns a bench; first sees each PATCH before the RMM does, and can respond in its place by returning true.
func newBench(t *testing.T, first func(b *bench, w http.ResponseWriter) bool) *bench {
	t.Helper()
	b := &bench{tenant: newTenant(), fake: &fakeRMM{devices: demoDevices()}, log: new(bytes.Buffer)}
	t.Cleanup(b.tenant.Close)
	b.tenant.ClearFaults()
	rmm := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPatch {
			b.renamed = append(b.renamed, r.URL.Path)
			if first(b, w) {
				return
			}
		}
		b.fake.ServeHTTP(w, r)
	}))
	t.Cleanup(rmm.Close)
	client, err := halopsa.NewClient(b.tenant.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	require.NoError(t, err)
	b.deviceSync = &deviceSync{halo: client, module: module, rmm: rmm.Client(), url: rmm.URL, log: slog.New(slog.NewTextHandler(b.log, nil))}
	return b
}

func passOn(*bench, http.ResponseWriter) bool { return false }

// ready returns which exports are ready.
func (b *bench) ready() (names []string) {
	for _, e := range b.tenant.Stored("IntegrationExport") {
		if e["ready_for_import"] == true {
			names = append(names, e["halo_name"].(string)) //nolint:errcheck,forcetypeassert // each has a name
		}
	}
	return names
}

// TestFiltersThatTheServerIgnoresAreAppliedHere: mappings and exports of other modules, and exports that are not ready, change nothing.
func TestFiltersThatTheServerIgnoresAreAppliedHere(t *testing.T) {
	t.Parallel()
	b := newBench(t, passOn)
	b.tenant.Seed("IntegrationExport",
		map[string]any{"module_id": module + 1, "third_party_id": "S-003", "halo_name": "OTHER MODULE", "ready_for_import": true},
		map[string]any{"module_id": module, "third_party_id": "S-004", "halo_name": "NOT READY", "ready_for_import": false})
	b.tenant.Seed("IntegrationSiteMapping", map[string]any{"module_id": module + 1, "third_party_id": "lima", "halo_id": 23})
	for _, list := range []string{"IntegrationExport", "IntegrationSiteMapping"} {
		b.tenant.SetHabits(list, halopsatest.Habits{Respond: func(r halopsatest.Request, resp halopsatest.Response) halopsatest.Response {
			if r.Method == http.MethodGet {
				return halopsatest.JSON(b.tenant.Stored(list))
			}
			return resp
		}})
	}
	o, err := b.run(t.Context())
	require.NoError(t, err)
	assert.Equal(t, outcome{devices: 5, created: 2, changed: 1, skipped: 2, exported: 1, failed: 1, aside: 2}, o)
	assert.Equal(t, []string{"/devices/S-002", "/devices/S-999"}, b.renamed)
	assert.Equal(t, []string{"OTHER MODULE"}, b.ready())
}

// TestExportsBesideOneThatCannotBeReadComeOnce: the others are passed on, and in one pass only.
func TestExportsBesideOneThatCannotBeReadComeOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, passOn)
	b.tenant.Seed("IntegrationExport",
		map[string]any{"module_id": module, "third_party_id": "S-003", "halo_name": "BAD", "ready_for_import": true, "export_date": "yesterday"},
		map[string]any{"module_id": module, "third_party_id": "S-003", "halo_name": "AFTER", "ready_for_import": true})
	for range 3 {
		o, err := b.run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 1, o.aside)
	}
	assert.Equal(t, []string{"/devices/S-002", "/devices/S-999", "/devices/S-003"}, b.renamed)
	assert.Equal(t, []string{"BAD"}, b.ready())
	assert.Contains(t, b.log.String(), "an export cannot be read")
}

// TestExportsOutliveAnRMMThatIsAway: one pass cannot deliver, and says so; the next one can.
func TestExportsOutliveAnRMMThatIsAway(t *testing.T) {
	t.Parallel()
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable} {
		away := true
		b := newBench(t, func(_ *bench, w http.ResponseWriter) bool {
			if away {
				w.WriteHeader(status)
			}
			return away
		})
		o, err := b.run(t.Context())
		require.ErrorContains(t, err, "PATCH /devices/S-999: the RMM responded with")
		assert.Equal(t, outcome{devices: 5, created: 2, changed: 1, skipped: 2}, o)
		assert.Equal(t, []string{"LAPTOP-OF-ADA", "GONE"}, b.ready(), status)
		away = false
		o, err = b.run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, outcome{devices: 5, skipped: 2, exported: 1, failed: 1}, o)
		assert.Empty(t, b.ready())
	}
}

// TestExportsOutliveOneThatIsDeleted: the report about the others arrives.
func TestExportsOutliveOneThatIsDeleted(t *testing.T) {
	t.Parallel()
	for gone := range int64(2) {
		b := newBench(t, func(b *bench, _ http.ResponseWriter) bool {
			b.tenant.Remove("IntegrationExport", gone+1)
			return false
		})
		for range 2 {
			_, err := b.run(t.Context())
			require.NoError(t, err)
		}
		assert.Equal(t, []string{"/devices/S-002", "/devices/S-999"}, b.renamed)
		assert.Empty(t, b.ready())
	}
}

// TestDevicesWithoutAMappingAreReportedOnce: an error that stays is in the log once, and again when the device changes.
func TestDevicesWithoutAMappingAreReportedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, passOn)
	for range 3 {
		o, err := b.run(t.Context())
		require.NoError(t, err)
		assert.Equal(t, 2, o.skipped)
	}
	assert.Equal(t, 2, strings.Count(b.log.String(), "is not mapped"))
	b.fake.devices[3].Kind = "plotter"
	_, err := b.run(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 3, strings.Count(b.log.String(), "is not mapped"))
}
