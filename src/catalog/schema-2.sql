-- Version 2. Names and states change at different times: an edit of labels no longer touches the index of names.
DROP INDEX sample_state_name;
DROP INDEX sample_name;
CREATE INDEX sample_name ON sample (dataset, name);
CREATE INDEX sample_state ON sample (dataset, deleted, state);

-- Grows whenever a sample row comes, goes for good or gets another name: the order of names stays the same until then.
ALTER TABLE dataset ADD COLUMN membership INTEGER NOT NULL DEFAULT 0;

-- Foreign prefixes and the folders that hold what they named: JSON, a list of pairs.
ALTER TABLE dataset ADD COLUMN source_map TEXT;
