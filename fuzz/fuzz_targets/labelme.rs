//! `cargo +nightly fuzz run labelme fuzz/corpus/labelme fuzz/seeds/labelme`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::labelme(bytes));
