//! No bytes make the COCO reader panic.
//!
//! `cargo +nightly fuzz run coco`
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = modelier::formats::coco::parse(bytes, "fuzz");
});
