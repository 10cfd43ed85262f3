//! `cargo +nightly fuzz run text_json fuzz/corpus/text_json fuzz/seeds/text_json`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::text_json(bytes));
