//! `cargo +nightly fuzz run decode_image fuzz/corpus/decode_image fuzz/seeds/decode_image`
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| modelier_fuzz::checks::decode_image(bytes));
