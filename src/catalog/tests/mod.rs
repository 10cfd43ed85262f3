//! Tests of the catalog as its callers see it.

mod support;
mod working_state;
