//! `cargo +nightly fuzz run csv fuzz/corpus/csv fuzz/seeds/csv`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::csv(bytes));
