-- Version 4. An entry that changed one sample names it: on a canvas, undo takes back this sample's latest entry.
ALTER TABLE journal ADD COLUMN sample INTEGER;
CREATE INDEX journal_sample ON journal (sample, number) WHERE sample IS NOT NULL;
