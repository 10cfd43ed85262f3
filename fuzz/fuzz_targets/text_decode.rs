//! `cargo +nightly fuzz run text_decode fuzz/corpus/text_decode fuzz/seeds/text_decode`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::text_decode(bytes));
