//! How fast manifests are read, and with how much memory: a million lines, generated, read as an import reads them.
//!
//! `cargo bench --bench manifest [-- LINES]`

mod common;

use common::lines::line;
use common::memory_mib;
use modelier::formats::manifest::{ManifestReader, ManifestWriter};
use std::fs::File;
use std::io::{BufReader, BufWriter, Write};
use std::time::Instant;

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn rate(lines: u64, start: Instant) -> f64 {
    lines as f64 / start.elapsed().as_secs_f64()
}

fn main() -> std::io::Result<()> {
    let wanted = std::env::args().skip(1).find_map(|argument| argument.parse::<u64>().ok()).unwrap_or(1_000_000);
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("V001.manifest");
    let mut file = BufWriter::new(File::create(&path)?);
    for number in 0..wanted {
        writeln!(file, "{}", line(number))?;
    }
    file.flush()?;
    drop(file);
    println!("file: {wanted} lines, {} MiB", std::fs::metadata(&path)?.len() >> 20);

    let start = Instant::now();
    let (mut records, mut annotations) = (0_u64, 0_u64);
    for line in ManifestReader::new(BufReader::with_capacity(1 << 20, File::open(&path)?), "V001.manifest") {
        let line = line.map_err(std::io::Error::other)?;
        if let Some(record) = line.record {
            records += 1;
            annotations += record.annotations.map_or(0, |list| list.len() as u64);
        }
    }
    assert_eq!((records, annotations), (wanted, wanted));
    println!("read: {:.0} lines/s, {:.2} s", rate(records, start), start.elapsed().as_secs_f64());

    let start = Instant::now();
    let mut writer = ManifestWriter::new(BufWriter::new(File::create(folder.path().join("V002.manifest"))?));
    for line in ManifestReader::new(BufReader::with_capacity(1 << 20, File::open(&path)?), "V001.manifest") {
        if let Some(record) = line.map_err(std::io::Error::other)?.record {
            writer.write(&record)?;
        }
    }
    let lines = writer.lines();
    writer.finish()?;
    println!("read and written: {:.0} lines/s, {:.2} s", rate(lines, start), start.elapsed().as_secs_f64());
    if let Some(peak) = memory_mib("VmHWM:") {
        println!("peak memory: {peak} MiB");
    }
    Ok(())
}
