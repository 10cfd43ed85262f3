//! `cargo +nightly fuzz run cvat fuzz/corpus/cvat fuzz/seeds/cvat`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::cvat(bytes));
