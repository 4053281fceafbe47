package main

import (
	"context"

	"github.com/halopsa-go/halopsa"
)

// resources are those of the integration API, in the order in which help names them.
var resources = []resource{
	bind(resource{
		name: "IntegrationError", short: []string{"errors", "error"}, about: "errors that integrations have logged",
		columns: []string{"id", "date", "module_id", "module_name", "entity_type", "entity_name", "error"}, dated: "date",
	}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.IntegrationErrorService { return c.IntegrationError }
		listed(r, of, (*halopsa.IntegrationErrorService).All)
		followable(r, of, (*halopsa.IntegrationErrorService).Follow)
		gotten(r, of, (*halopsa.IntegrationErrorService).Get, &halopsa.IntegrationErrorGetOptions{IncludeDetails: true})
		r.create = written(of, (*halopsa.IntegrationErrorService).Create, (*halopsa.IntegrationErrorService).CreateOnce)
		deleted(r, of, (*halopsa.IntegrationErrorService).Delete)
	}),
	bind(resource{
		name: "IntegrationRequest", short: []string{"requests", "request"}, about: "requests that integrations have made and received",
		columns: []string{"id", "datelogged", "msid", "module_name", "operation", "resultcode", "duration", "url"}, dated: "datelogged",
	}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.IntegrationRequestService { return c.IntegrationRequest }
		listed(r, of, (*halopsa.IntegrationRequestService).All)
		followable(r, of, (*halopsa.IntegrationRequestService).Follow)
		gotten(r, of, (*halopsa.IntegrationRequestService).Get, &halopsa.IntegrationRequestGetOptions{IncludeDetails: true})
		r.create = written(of, (*halopsa.IntegrationRequestService).Create, (*halopsa.IntegrationRequestService).CreateOnce)
		deleted(r, of, (*halopsa.IntegrationRequestService).Delete)
	}),
	bind(resource{
		name: "IntegrationExport", short: []string{"exports", "export"}, about: "exports that wait for another system",
		columns: []string{"id", "module_id", "export_date", "export_id", "halo_name", "third_party_name", "ready_for_import", "export_progress", "progress_error"}, dated: "export_date",
	}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.IntegrationExportService { return c.IntegrationExport }
		listed(r, of, (*halopsa.IntegrationExportService).All)
		r.create = written(of, (*halopsa.IntegrationExportService).Create, (*halopsa.IntegrationExportService).CreateOnce)
		r.update = written(of, (*halopsa.IntegrationExportService).Update, nil)
		deleted(r, of, (*halopsa.IntegrationExportService).Delete)
	}),
	bind(resource{name: "IntegrationDelta", short: []string{"deltas", "delta"}, about: "what has changed for a sync to read"}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.IntegrationDeltaService { return c.IntegrationDelta }
		listed(r, of, (*halopsa.IntegrationDeltaService).All)
		followable(r, of, (*halopsa.IntegrationDeltaService).Follow)
		gottenPlain(r, of, (*halopsa.IntegrationDeltaService).Get)
		r.create = written(of, (*halopsa.IntegrationDeltaService).Create, (*halopsa.IntegrationDeltaService).CreateOnce)
		deleted(r, of, (*halopsa.IntegrationDeltaService).Delete)
	}),
	bind(resource{name: "IntegratorLog", short: []string{"log", "logs"}, about: "lines of the integrator engine's log"}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.IntegratorLogService { return c.IntegratorLog }
		listed(r, of, (*halopsa.IntegratorLogService).All)
		followable(r, of, (*halopsa.IntegratorLogService).Follow)
	}),
	bind(resource{
		name: "IntegratorTrace", short: []string{"traces", "trace"}, about: "runs of the integrator engine",
		columns: []string{"id", "timestamp", "config_id"}, dated: "timestamp",
	}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.IntegratorTraceService { return c.IntegratorTrace }
		listed(r, of, (*halopsa.IntegratorTraceService).All)
		followable(r, of, (*halopsa.IntegratorTraceService).Follow)
		gottenPlain(r, of, (*halopsa.IntegratorTraceService).Get)
	}),
	bind(resource{
		name: "IntegratorSchedule", short: []string{"schedules", "schedule"}, about: "when the integrator engine runs what",
		columns: []string{"id", "config_id", "importnames", "modulelist", "is_running", "last_run", "next_run"},
	}, func(r *resource) {
		listed(r, func(c *halopsa.Client) *halopsa.IntegratorScheduleService { return c.IntegratorSchedule }, (*halopsa.IntegratorScheduleService).All)
	}),
	bind(resource{
		name: "IntegrationFieldMapping", short: []string{"fieldmappings", "fieldmapping"}, about: "how fields are mapped",
		columns: []string{"id", "msid", "name", "thirdpartyname", "typeid", "sync", "xmvalue"},
	}, func(r *resource) {
		listed(r, func(c *halopsa.Client) *halopsa.IntegrationFieldMappingService { return c.IntegrationFieldMapping }, (*halopsa.IntegrationFieldMappingService).All)
	}),
	bind(resource{name: "IntegrationFieldData", short: []string{"fields", "field"}, about: "fields of other systems that can be mapped"}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.IntegrationFieldDataService { return c.IntegrationFieldData }
		listedWhole(r, of, (*halopsa.IntegrationFieldDataService).All)
		gottenPlain(r, of, (*halopsa.IntegrationFieldDataService).Get)
		r.create = written(of, (*halopsa.IntegrationFieldDataService).Create, (*halopsa.IntegrationFieldDataService).CreateOnce)
		r.update = written(of, (*halopsa.IntegrationFieldDataService).Update, nil)
		deleted(r, of, (*halopsa.IntegrationFieldDataService).Delete)
	}),
	bind(resource{name: "IntegrationSiteMapping", short: []string{"sitemappings", "sitemapping"}, about: "which site or client is which in another system"}, func(r *resource) {
		listed(r, func(c *halopsa.Client) *halopsa.IntegrationSiteMappingService { return c.IntegrationSiteMapping }, (*halopsa.IntegrationSiteMappingService).All)
	}),
	bind(resource{name: "IntegrationLookUp", short: []string{"lookups", "lookup"}, about: "values that integrations look up"}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.IntegrationLookUpService { return c.IntegrationLookUp }
		listedWhole(r, of, (*halopsa.IntegrationLookUpService).All)
		r.create = written(of, (*halopsa.IntegrationLookUpService).Create, (*halopsa.IntegrationLookUpService).CreateOnce)
		r.update = written(of, (*halopsa.IntegrationLookUpService).Update, nil)
	}),
	bind(resource{name: "IntegrationRunbookVariableGroup", short: []string{"variables", "variable"}, about: "variables of integration runbooks"}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.IntegrationRunbookVariableGroupService {
			return c.IntegrationRunbookVariableGroup
		}
		listed(r, of, (*halopsa.IntegrationRunbookVariableGroupService).All)
		r.get = func(ctx context.Context, c *halopsa.Client, id string) (any, error) { return of(c).Get(ctx, id, nil) }
	}),
	bind(resource{
		name: "ConnectedInstance", short: []string{"instances", "instance"}, about: "HaloPSA instances that this one is connected to",
		columns: []string{"id", "name", "apiurl", "authurl", "tenant", "clientid"},
	}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.ConnectedInstanceService { return c.ConnectedInstance }
		listedWhole(r, of, (*halopsa.ConnectedInstanceService).All)
		gotten(r, of, (*halopsa.ConnectedInstanceService).Get, nil)
		r.create = written(of, (*halopsa.ConnectedInstanceService).Create, nil)
		r.update = written(of, (*halopsa.ConnectedInstanceService).Update, nil)
		deleted(r, of, (*halopsa.ConnectedInstanceService).Delete)
	}),
	bind(resource{
		name: "IntegrationConfiguration", short: []string{"configurations", "configuration"}, about: "how HaloPSA authenticates to other systems",
		columns: []string{"id", "application_url", "client_id", "tenant", "_isauthorized", "token_expiry", "last_update"},
	}, func(r *resource) {
		of := func(c *halopsa.Client) *halopsa.IntegrationConfigurationService { return c.IntegrationConfiguration }
		listedWhole(r, of, (*halopsa.IntegrationConfigurationService).All)
		gotten(r, of, (*halopsa.IntegrationConfigurationService).Get, nil)
		r.create = written(of, (*halopsa.IntegrationConfigurationService).Create, nil)
		r.update = written(of, (*halopsa.IntegrationConfigurationService).Update, nil)
	}),
}

// bind completes a resource with the methods of its service.
func bind(r resource, methods func(*resource)) resource {
	methods(&r)
	return r
}
