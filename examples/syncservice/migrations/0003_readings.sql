ALTER TABLE looks ADD COLUMN settled_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE looks ADD COLUMN marked_id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE looks ADD COLUMN marked_at TIMESTAMP;
ALTER TABLE looks ADD COLUMN newest_id BIGINT;
UPDATE looks SET settled_id = last_id, marked_id = last_id;
