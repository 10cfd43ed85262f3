//! No bytes make the Pascal VOC reader panic, and what it understood it understands alike after writing.
//!
//! `cargo +nightly fuzz run voc fuzz/corpus/voc fuzz/seeds/voc`
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelier::formats::voc::{Surroundings, read, to_bytes};

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = read(bytes) else { return };
    let written = to_bytes(&file.image, Surroundings::default());
    let again = read(&written).expect("what we wrote");
    assert_eq!(again.image.objects.map(|objects| objects.len()), file.image.objects.map(|objects| objects.len()));
});
