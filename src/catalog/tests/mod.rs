//! Tests of the catalog as its callers see it.

mod annotations;
mod batches;
mod file;
mod images;
mod lists;
mod random_edits;
mod replacing;
mod support;
mod texts;
mod working_state;
