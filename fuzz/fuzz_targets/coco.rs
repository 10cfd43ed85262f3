//! `cargo +nightly fuzz run coco fuzz/corpus/coco fuzz/seeds/coco`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::coco(bytes));
