// Command devicesync keeps the assets of a tenant in step with the devices of an RMM: it reads the mappings, creates and changes assets, works the
// export queue, and logs its own calls and errors into HaloPSA. The sync itself is sync.go.
//
// The tenant and the RMM run in its own process, so that it needs no configuration. For the first write, a gateway that has given up
// responds instead of HaloPSA: the assets are created exactly once all the same.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/signal"
	"time"

	"github.com/halopsa-go/halopsa"
	"github.com/halopsa-go/halopsa/halopsarecord"
	"github.com/halopsa-go/halopsa/halopsatest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "devicesync:", err)
		os.Exit(1)
	}
}

// module is the id of the RMM's integration.
const module = 12

// run makes two passes, the second after a device was renamed in HaloPSA, and shows what was recorded.
func run(ctx context.Context, out io.Writer) error {
	tenant, rmm := newTenant(), &fakeRMM{devices: demoDevices()}
	defer tenant.Close()
	server := httptest.NewServer(rmm)
	defer server.Close()
	client, err := halopsa.NewClient(tenant.URL(), halopsa.WithClientCredentials(halopsatest.ClientID, halopsatest.ClientSecret))
	if err != nil {
		return err
	}
	rec := halopsarecord.New(client, module)
	s := &deviceSync{
		halo: client, module: module, url: server.URL,
		rmm: &http.Client{Transport: rec.Transport(nil), Timeout: time.Minute}, log: slog.New(rec.Handler(slog.DiscardHandler)),
	}
	for _, pass := range []string{"first", "second"} {
		o, err := s.run(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%s pass: %d devices, %d assets created, %d changed, %d skipped; %d exports passed on, %d failed, %d set aside\n",
			pass, o.devices, o.created, o.changed, o.skipped, o.exported, o.failed, o.aside)
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := rec.Close(last); err != nil { // sends what is left
		return err
	}
	return show(ctx, client, out)
}

// show prints the integration's log, as HaloPSA has it.
func show(ctx context.Context, client *halopsa.Client, out io.Writer) error {
	fmt.Fprintln(out, "\nrecorded in HaloPSA:")
	for r, err := range client.IntegrationRequest.All(ctx, &halopsa.IntegrationRequestListOptions{ModuleID: module}) {
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "  request %d: %s %d\n", r.ID, r.Operation, r.ResultCode)
	}
	for e, err := range client.IntegrationError.All(ctx, &halopsa.IntegrationErrorListOptions{ModuleID: module}) {
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "  error %d: %s %s: %s\n", e.ID, e.EntityType, e.EntityName, e.Error)
	}
	return nil
}

// newTenant is a stand-in with mappings, a device that is known and one that was renamed there, and a gateway that gives up on a write.
func newTenant() *halopsatest.Server {
	h := halopsatest.NewServer()
	for i, site := range []string{"rome", "oslo"} {
		h.Seed("IntegrationSiteMapping", map[string]any{"module_id": module, "third_party_id": site, "halo_id": 21 + i, "halo_site_name": site})
	}
	for i, kind := range []string{"server", "laptop"} {
		h.Seed("IntegrationLookUp", map[string]any{"module_id": module, "third_party_id": kind, "value": fmt.Sprint(101 + i)})
	}
	h.Seed(halopsa.PathAsset, asset{Inventory: halopsa.Set("S-001"), Name: "SRV-01 (old)", SiteID: 21, TypeID: 101})
	h.Seed("IntegrationExport",
		map[string]any{"module_id": module, "third_party_id": "S-002", "halo_name": "LAPTOP-OF-ADA", "ready_for_import": true},
		map[string]any{"module_id": module, "third_party_id": "S-999", "halo_name": "GONE", "ready_for_import": true})
	h.Fault(halopsatest.Fault{Method: http.MethodPost, Resource: halopsa.PathAsset, Kind: halopsatest.HTML504, Applied: true})
	return h
}

func demoDevices() []device {
	return []device{
		{"S-001", "SRV-01", "rome", "server"}, {"S-002", "LAPTOP-02", "rome", "laptop"}, {"S-003", "SRV-03", "oslo", "server"},
		{"S-004", "PRINTER-04", "oslo", "printer"}, {"S-005", "LAPTOP-05", "lima", "laptop"},
	}
}
