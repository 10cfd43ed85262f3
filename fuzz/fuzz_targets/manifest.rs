//! No bytes make the manifest reader panic, and what it understood it understands alike after writing.
//!
//! `cargo +nightly fuzz run manifest`
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelier::formats::manifest::{ManifestReader, ManifestWriter};

fuzz_target!(|bytes: &[u8]| {
    for line in ManifestReader::new(bytes, "fuzz").map_while(Result::ok) {
        let Some(record) = line.record else { continue };
        let mut writer = ManifestWriter::new(Vec::new());
        writer.write(&record).expect("memory does not fail");
        let text = writer.finish().expect("memory does not fail");
        let again = ManifestReader::new(text.as_slice(), "fuzz").next().expect("a line").expect("our own line");
        // Fractions of many digits may differ in the last bit after reading, so only that it is read is asked.
        assert_eq!(again.record.map(|record| record.source), Some(record.source));
    }
});
