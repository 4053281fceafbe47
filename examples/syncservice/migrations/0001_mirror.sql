CREATE TABLE tenants (
	name TEXT PRIMARY KEY,
	source TEXT NOT NULL
);
CREATE TABLE tenant_settings (
	name TEXT PRIMARY KEY,
	url TEXT NOT NULL,
	tenant TEXT NOT NULL DEFAULT '',
	client_id TEXT NOT NULL,
	secret TEXT NOT NULL,
	scope TEXT NOT NULL DEFAULT '',
	auth_url TEXT NOT NULL DEFAULT ''
);
CREATE TABLE looks (
	tenant TEXT NOT NULL,
	log TEXT NOT NULL,
	last_id BIGINT NOT NULL DEFAULT 0,
	quiet BIGINT NOT NULL DEFAULT 0,
	looked_at TIMESTAMP,
	complete_at TIMESTAMP,
	failing_since TIMESTAMP,
	failures BIGINT NOT NULL DEFAULT 0,
	last_error TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (tenant, log)
);
CREATE TABLE integration_errors (
	tenant TEXT NOT NULL,
	id BIGINT NOT NULL,
	module_id BIGINT NOT NULL,
	module_name TEXT NOT NULL,
	detail_id BIGINT NOT NULL,
	entity_type TEXT NOT NULL,
	entity_id BIGINT NOT NULL,
	entity_name TEXT NOT NULL,
	endpoint TEXT NOT NULL,
	error TEXT NOT NULL,
	logged_at TIMESTAMP,
	PRIMARY KEY (tenant, id)
);
CREATE TABLE integration_requests (
	tenant TEXT NOT NULL,
	id BIGINT NOT NULL,
	msid BIGINT NOT NULL,
	module_name TEXT NOT NULL,
	details_id BIGINT NOT NULL,
	outgoing BOOLEAN NOT NULL,
	operation TEXT NOT NULL,
	type TEXT NOT NULL,
	url TEXT NOT NULL,
	result_code BIGINT NOT NULL,
	duration DOUBLE PRECISION NOT NULL,
	logged_at TIMESTAMP,
	PRIMARY KEY (tenant, id)
);
CREATE TABLE deliveries (
	tenant TEXT NOT NULL,
	export_id BIGINT NOT NULL,
	delivery_key TEXT NOT NULL UNIQUE,
	state TEXT NOT NULL CHECK (state IN ('sending', 'delivered', 'withdrawn', 'removed', 'retired')),
	gone BOOLEAN NOT NULL DEFAULT FALSE,
	failures BIGINT NOT NULL DEFAULT 0,
	refusals BIGINT NOT NULL DEFAULT 0,
	last_error TEXT NOT NULL DEFAULT '',
	begun_at TIMESTAMP NOT NULL,
	delivered_at TIMESTAMP,
	removed_at TIMESTAMP,
	PRIMARY KEY (tenant, export_id)
);
CREATE TABLE attempts (
	tenant TEXT NOT NULL,
	export_id BIGINT NOT NULL,
	attempt_until TIMESTAMP NOT NULL,
	PRIMARY KEY (tenant, export_id)
);
CREATE TABLE set_aside (
	tenant TEXT NOT NULL,
	log TEXT NOT NULL,
	record_id TEXT NOT NULL,
	reason TEXT NOT NULL,
	raw TEXT NOT NULL,
	set_aside_at TIMESTAMP NOT NULL,
	PRIMARY KEY (tenant, log, record_id)
);
