//! `cargo +nightly fuzz run text_conll fuzz/corpus/text_conll fuzz/seeds/text_conll`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::text_conll(bytes));
