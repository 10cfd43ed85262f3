//! `cargo +nightly fuzz run text_brat fuzz/corpus/text_brat fuzz/seeds/text_brat`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::text_brat(bytes));
