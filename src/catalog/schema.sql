-- Version 1. `number` is a row number: it never leaves the catalog and is never used again.
CREATE TABLE dataset (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    kind TEXT NOT NULL,
    input TEXT NOT NULL,
    output TEXT NOT NULL,
    folder TEXT NOT NULL,
    created INTEGER NOT NULL,
    modified INTEGER NOT NULL,
    current_version BLOB
) STRICT;

-- A deleted label keeps its row, so that undo can bring it back. `revision` is the journal entry that left it so.
CREATE TABLE label (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    color TEXT NOT NULL,
    shortcut TEXT,
    position INTEGER NOT NULL,
    extra TEXT,
    deleted INTEGER NOT NULL DEFAULT 0,
    revision INTEGER NOT NULL DEFAULT 0,
    UNIQUE (dataset, id)
) STRICT;
-- Not unique: while a change of many labels runs, one that comes may have the name of one that goes.
CREATE INDEX label_name ON label (dataset, name) WHERE deleted = 0;

-- `revision` names the content: the journal entry that left it so, 0 as first received. Undo brings the old one back.
CREATE TABLE sample (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    id BLOB NOT NULL,
    source TEXT NOT NULL,
    -- The first bytes of the source's BLAKE3: an index of whole URIs would be as large as the table.
    source_hash INTEGER NOT NULL,
    name TEXT NOT NULL,
    state INTEGER NOT NULL,
    usage INTEGER,
    deleted INTEGER NOT NULL,
    hard INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    size_bytes INTEGER,
    modified INTEGER,
    hash TEXT,
    width_px INTEGER,
    height_px INTEGER,
    orientation INTEGER,
    manifest_id TEXT,
    extra TEXT,
    added INTEGER NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    UNIQUE (dataset, id)
) STRICT;
CREATE INDEX sample_state_name ON sample (dataset, deleted, state, name);
-- The row number stands before the state so that this order breaks ties by it.
CREATE INDEX sample_name ON sample (dataset, deleted, name, number, state);
CREATE INDEX sample_source ON sample (source_hash);
CREATE INDEX sample_hard ON sample (dataset) WHERE hard = 1;
CREATE INDEX sample_missing ON sample (dataset) WHERE missing = 1;
CREATE INDEX sample_usage ON sample (dataset, usage) WHERE usage IS NOT NULL;

-- `layer`: 0 primary, 1 review, 2 suggestion; `layer_id` says which review or suggestion.
CREATE TABLE annotation (
    sample INTEGER NOT NULL REFERENCES sample ON DELETE CASCADE,
    place INTEGER NOT NULL,
    id BLOB NOT NULL,
    layer INTEGER NOT NULL,
    layer_id TEXT,
    label INTEGER REFERENCES label,
    body TEXT,
    annotated_by TEXT NOT NULL,
    origin INTEGER NOT NULL,
    confidence REAL,
    hard INTEGER,
    properties TEXT,
    created INTEGER,
    extra TEXT,
    PRIMARY KEY (sample, place)
) STRICT, WITHOUT ROWID;
CREATE INDEX annotation_label ON annotation (label, layer, sample);
CREATE INDEX annotation_properties ON annotation (sample) WHERE properties IS NOT NULL;

-- Undeleted samples by state; with a label, those that carry it in the layer. `label` 0 and `layer` 0: all of them.
CREATE TABLE counts (
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    label INTEGER NOT NULL,
    layer INTEGER NOT NULL,
    state INTEGER NOT NULL,
    samples INTEGER NOT NULL,
    PRIMARY KEY (dataset, label, layer, state)
) STRICT, WITHOUT ROWID;

-- `kind`: 0 edit, 1 undo, 2 redo, 3 what cannot be undone (an import that changed known samples).
-- `undone_by` is the entry that took this one back. `labels` is compressed, like the images.
CREATE TABLE journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    client TEXT NOT NULL,
    actor TEXT NOT NULL,
    code TEXT NOT NULL,
    kind INTEGER NOT NULL,
    at INTEGER NOT NULL,
    samples INTEGER NOT NULL DEFAULT 0,
    labels BLOB,
    undone_by INTEGER,
    size_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX journal_client ON journal (dataset, client, number);
CREATE INDEX journal_at ON journal (at);

-- What the samples were before an entry, a row for each batch of it, compressed.
CREATE TABLE image (
    entry INTEGER NOT NULL REFERENCES journal ON DELETE CASCADE,
    batch INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (entry, batch)
) STRICT, WITHOUT ROWID;

-- The rest is small: the whole as JSON, beside what is searched for or must be unique.
CREATE TABLE dataset_version (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL,
    UNIQUE (dataset, name)
) STRICT;

CREATE TABLE training_job (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE job_version (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    job INTEGER NOT NULL REFERENCES training_job ON DELETE CASCADE,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL,
    UNIQUE (job, name)
) STRICT;

CREATE TABLE model (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    body TEXT NOT NULL,
    UNIQUE (name, version)
) STRICT;

CREATE TABLE service (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE message (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE activity (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    state TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE workspace_setting (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
