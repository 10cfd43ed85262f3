//! No bytes make the CVAT reader panic.
//!
//! `cargo +nightly fuzz run cvat`
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelier::formats::cvat::{CvatReading, parse};
use std::ops::ControlFlow;

fuzz_target!(|bytes: &[u8]| {
    let _ = parse(bytes, "fuzz", &mut CvatReading::default(), &mut |_| ControlFlow::Continue(()));
});
