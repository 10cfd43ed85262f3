//! `cargo +nightly fuzz run label_studio fuzz/corpus/label_studio fuzz/seeds/label_studio`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::label_studio(bytes));
