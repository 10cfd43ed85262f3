-- Version 6. Texts lie in the catalog, so that paging, labeling and searching read no files. What of a text file is one
-- sample; NULL: not a dataset of texts.
ALTER TABLE dataset ADD COLUMN text_split TEXT;

-- The text of a sample, by its row number. The dataset is here as well: a search reads these rows and no others.
CREATE TABLE sample_text (
    number INTEGER PRIMARY KEY REFERENCES sample ON DELETE CASCADE,
    dataset INTEGER NOT NULL,
    text TEXT NOT NULL
) STRICT;
CREATE INDEX sample_text_dataset ON sample_text (dataset);

-- Files that were read into texts, as sync saw them last: one that did not change is not read again.
CREATE TABLE text_file (
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    location TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    modified INTEGER,
    PRIMARY KEY (dataset, location)
) STRICT, WITHOUT ROWID;
