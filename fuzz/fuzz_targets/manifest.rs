//! `cargo +nightly fuzz run manifest fuzz/corpus/manifest fuzz/seeds/manifest`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::manifest(bytes));
