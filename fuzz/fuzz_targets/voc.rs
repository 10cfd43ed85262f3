//! `cargo +nightly fuzz run voc fuzz/corpus/voc fuzz/seeds/voc`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::voc(bytes));
