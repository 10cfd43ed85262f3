//! `cargo +nightly fuzz run rle fuzz/corpus/rle fuzz/seeds/rle`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::rle(bytes));
