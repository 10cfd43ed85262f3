-- Version 5. The one kind of shape that all images of a dataset take; NULL: any kind.
ALTER TABLE dataset ADD COLUMN shape TEXT;
