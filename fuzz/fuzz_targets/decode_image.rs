//! Any bytes at all through every way of reading a picture.
#![no_main]

use libfuzzer_sys::fuzz_target;
use modelier::media::image::{Limits, decode, decode_scaled, probe};

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { decoded_bytes: 16 * 1024 * 1024 };
    let _ = probe(bytes);
    let _ = decode(bytes, &limits);
    let _ = decode_scaled(bytes, 64, &limits);
});
