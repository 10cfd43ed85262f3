//! `cargo +nightly fuzz run text_csv fuzz/corpus/text_csv fuzz/seeds/text_csv`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::text_csv(bytes));
