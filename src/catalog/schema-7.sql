-- Version 7. Whether a manifest brought samples: then a version takes copies of the media along unless it is said otherwise.
ALTER TABLE dataset ADD COLUMN from_manifest INTEGER NOT NULL DEFAULT 0;
-- Of earlier imports, only traces are left: ids of samples, and media in buckets.
UPDATE dataset SET from_manifest = 1 WHERE number IN (
    SELECT dataset FROM sample WHERE manifest_id IS NOT NULL
        OR (source NOT LIKE 'file:%' AND source NOT LIKE 'content:%')
);
