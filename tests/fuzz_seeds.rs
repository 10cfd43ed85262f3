//! The inputs that fuzzing is given and those it found, on stable Rust: as they are, and cut off or changed in single
//! bytes. `fuzz/src/checks.rs` says what is asked of every reader.

use modelier::{domain, formats, media};
use std::fs;
use std::path::{Path, PathBuf};

#[path = "../fuzz/src/checks.rs"]
mod checks;

fn fuzz_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The names in a folder, without their endings, in order.
fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(fuzz_folder().join(folder)).expect("a folder").map(|entry| entry.expect("an entry"));
    let stem = |path: PathBuf| path.file_stem().expect("a name").to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.map(|entry| stem(entry.path())).collect();
    names.sort();
    names
}

/// The seeds of a target, by their paths.
fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let folder = fuzz_folder().join("seeds").join(target);
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.map(|path| (path.clone(), fs::read(path).expect("a seed"))).collect()
}

#[test]
fn every_target_has_seeds_and_is_built() {
    let targets: Vec<&str> = checks::TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names("seeds"), targets);
    assert_eq!(names("fuzz_targets"), targets);
    let manifest = fs::read_to_string(fuzz_folder().join("Cargo.toml")).expect("the manifest");
    for target in targets {
        assert!(manifest.contains(&format!("name = \"{target}\"")), "{target} is not in fuzz/Cargo.toml");
        assert!(seeds(target).len() >= 2, "{target}");
    }
}

#[test]
fn seeds_are_replayed() {
    for (target, check) in checks::TARGETS {
        for (path, bytes) in seeds(target) {
            eprintln!("{}", path.display());
            check(&bytes);
        }
    }
}

/// A number that depends on nothing but those before it (xorshift).
fn next(state: &mut u64) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state >> 33).unwrap_or_default()
}

#[test]
fn seeds_that_are_cut_off_or_changed_are_no_surprise_either() {
    // What stands at the joints of these formats, and what numbers must not be.
    let tokens: [&[u8]; 8] = [b"\"", b"<", b"]", b",", b"-", b"e999", b"\0", "图".as_bytes()];
    for (target, check) in checks::TARGETS {
        for (path, bytes) in seeds(target) {
            eprintln!("{}", path.display());
            let mut state = 0x9E37_79B9_7F4A_7C15 ^ bytes.len() as u64;
            for round in 0..60 {
                let at = next(&mut state) % (bytes.len() + 1);
                let mut changed = bytes.clone();
                match round % 4 {
                    0 => changed.truncate(at),
                    1 => drop(changed.splice(
                        at..(at + 1).min(bytes.len()),
                        tokens[next(&mut state) % tokens.len()].iter().copied(),
                    )),
                    2 => drop(changed.drain(at..(at + 1 + next(&mut state) % 9).min(bytes.len()))),
                    _ => {
                        if let Some(byte) = changed.get_mut(at) {
                            *byte ^= 1 << (next(&mut state) % 8);
                        }
                    }
                }
                check(&changed);
            }
        }
    }
}
