//! `cargo +nightly fuzz run yolo fuzz/corpus/yolo fuzz/seeds/yolo`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::yolo(bytes));
