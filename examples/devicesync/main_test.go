package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func TestDeviceSync(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	for _, want := range []string{
		"first pass: 5 devices, 2 assets created, 1 changed, 2 skipped; 1 exports passed on, 1 failed, 0 set aside\n",
		"second pass: 5 devices, 0 assets created, 1 changed, 2 skipped; 0 exports passed on, 0 failed, 0 set aside\n",
		": GET 200\n", ": PATCH 204\n", ": PATCH 404\n",
		": device PRINTER-04: the site or the kind of the device is not mapped\n",
		": export GONE: PATCH /devices/S-999: the RMM refused it with 404 Not Found\n",
	} {
		assert.Contains(t, out.String(), want)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, run(stopped, &out), context.Canceled)
}

// TestDeviceSyncInBadWeather: whatever becomes of the writes, each asset is there once after the pass that says so.
func TestDeviceSyncInBadWeather(t *testing.T) {
	t.Parallel()
	for _, kind := range []halopsatest.Kind{halopsatest.HTML504, halopsatest.Reset, halopsatest.Truncated} {
		for _, applied := range []bool{false, true} {
			t.Run(fmt.Sprint(kind, " applied ", applied), func(t *testing.T) {
				t.Parallel()
				tenant := newTenant()
				defer tenant.Close()
				tenant.ClearFaults()
				tenant.Fault(halopsatest.Fault{Method: http.MethodPost, Kind: kind, Applied: applied, Times: 2, Match: func(r *http.Request) bool {
					return !strings.HasSuffix(r.URL.Path, "/token")
				}})
				rmm := httptest.NewServer(&fakeRMM{devices: demoDevices()})
				defer rmm.Close()
				client, err := halopsa.NewClient(tenant.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret),
					halopsa.WithSettleTime(0), halopsa.WithBackoff(0, 0))
				require.NoError(t, err)
				s := &deviceSync{halo: client, module: module, rmm: rmm.Client(), url: rmm.URL, log: slog.New(slog.DiscardHandler)}
				o, err := s.run(t.Context())
				require.NoError(t, err)
				assert.Equal(t, outcome{devices: 5, created: 2, changed: 1, skipped: 2, exported: 1, failed: 1}, o)
				var serials []string
				for _, stored := range tenant.Stored(halopsa.PathAsset) {
					serials = append(serials, fmt.Sprint(stored["inventory_number"]))
				}
				assert.ElementsMatch(t, []string{"S-001", "S-002", "S-003"}, serials)
				o, err = s.run(t.Context())
				require.NoError(t, err)
				assert.Equal(t, outcome{devices: 5, changed: 1, skipped: 2}, o, "the device that HaloPSA renamed")
				o, err = s.run(t.Context())
				require.NoError(t, err)
				assert.Equal(t, outcome{devices: 5, skipped: 2}, o, "nothing is left to do")
			})
		}
	}
}

// TestRowsWithoutTheNumberEndTheSync: if the rows of the list were thinner than the records, each pass would create every device again.
func TestRowsWithoutTheNumberEndTheSync(t *testing.T) {
	t.Parallel()
	tenant, rmm := halopsatest.NewServer(), httptest.NewServer(&fakeRMM{devices: demoDevices()})
	defer tenant.Close()
	defer rmm.Close()
	tenant.Seed(halopsa.PathAsset, map[string]any{"key_field": "SRV-01", "site_id": 21})
	client, err := halopsa.NewClient(tenant.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	require.NoError(t, err)
	_, err = (&deviceSync{halo: client, module: module, rmm: rmm.Client(), url: rmm.URL, log: slog.New(slog.DiscardHandler)}).run(t.Context())
	require.ErrorContains(t, err, "no asset comes with an inventory_number")
}

// TestTheSyncIsShort: what an integration writes by hand fits a page.
func TestTheSyncIsShort(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("sync.go")
	require.NoError(t, err)
	assert.LessOrEqual(t, strings.Count(string(source), "\n"), 155)
}
