ALTER TABLE tenants ADD COLUMN served BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE tenants SET served = TRUE WHERE EXISTS (SELECT 1 FROM looks WHERE tenant = name AND looked_at IS NOT NULL)
	OR EXISTS (SELECT 1 FROM deliveries WHERE tenant = name);
ALTER TABLE deliveries ADD COLUMN body BYTEA;
ALTER TABLE deliveries ADD COLUMN digest TEXT NOT NULL DEFAULT '';
ALTER TABLE attempts ADD COLUMN digest TEXT NOT NULL DEFAULT '';
CREATE INDEX deliveries_by_state ON deliveries (tenant, state);
