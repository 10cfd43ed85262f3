-- Version 3. Second passes of quality control; which samples were drawn is in the body.
CREATE TABLE review (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    dataset INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX review_dataset ON review (dataset);
