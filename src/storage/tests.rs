use super::*;
use crate::domain::Explain;
use crate::domain::traits::Silent;
use proptest::prelude::*;
use std::fs;
use std::path::Path;

fn list(folder: &Path, excluded: &[&Path]) -> Listing {
    let options = ListOptions {
        excluded: excluded.iter().map(|path| Location::from_path(path)).collect(),
        ..ListOptions::default()
    };
    Storage::new().list(&Location::from_path(folder), &options, &Cancel::default(), &Silent).expect("a readable folder")
}

fn names(listing: &Listing) -> Vec<String> {
    listing.files.iter().map(|entry| display_bytes(&entry.relative)).collect()
}

fn put(folder: &Path, relative: &str, content: &str) {
    let path = folder.join(relative);
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(path, content).expect("written");
}

#[test]
fn a_listing_is_nested_sorted_and_without_hidden_files() {
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["b/2.jpg", "b/1.jpg", "a.jpg", ".hidden/x.jpg", "b/.modelier-dataset.json", "c/d/e/f.jpg", "out/V001"]
    {
        put(folder.path(), name, name);
    }
    let listing = list(folder.path(), &[&folder.path().join("out")]);
    assert_eq!(names(&listing), ["a.jpg", "b/1.jpg", "b/2.jpg", "c/d/e/f.jpg"]);
    assert_eq!(listing.files[0].size_bytes, 5);
    assert!(listing.files[0].modified.is_some());
    assert_eq!(listing.files[1].location, Location::from_path(&folder.path().join("b/1.jpg")));
    assert!(listing.warnings.is_empty());
}

#[cfg(unix)]
#[test]
fn links_are_survived() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    put(folder.path(), "a/1.jpg", "1");
    put(elsewhere.path(), "2.jpg", "2");
    symlink(folder.path(), folder.path().join("a/loop")).expect("a link");
    symlink("..", folder.path().join("a/up")).expect("a link");
    symlink(folder.path().join("a"), folder.path().join("again")).expect("a link");
    symlink("self", folder.path().join("self")).expect("a link");
    symlink("nowhere", folder.path().join("broken.jpg")).expect("a link");
    symlink(elsewhere.path(), folder.path().join("else")).expect("a link");
    symlink(elsewhere.path(), elsewhere.path().join("inner-loop")).expect("a link");
    symlink("a/1.jpg", folder.path().join("one.jpg")).expect("a link");
    let listing = list(folder.path(), &[]);
    assert_eq!(names(&listing), ["a/1.jpg", "else/2.jpg", "one.jpg"]);
    let told: Vec<_> = listing.warnings.iter().map(|w| (w.source.as_str(), w.reason.code.as_ref())).collect();
    assert_eq!(
        told,
        [
            ("a/loop", "listing-link-back"),
            ("a/up", "listing-link-back"),
            ("again", "listing-link-back"),
            ("broken.jpg", "listing-broken-link"),
            ("else/inner-loop", "listing-link-back"),
            ("self", "listing-file-unreadable"),
        ]
    );
    // An excluded folder stays excluded under another name.
    assert_eq!(names(&list(folder.path(), &[elsewhere.path()])), ["a/1.jpg", "one.jpg"]);
}

#[cfg(unix)]
#[test]
fn names_that_are_no_text_and_pipes_do_no_harm() {
    use std::os::unix::ffi::OsStrExt;
    let folder = tempfile::tempdir().expect("a folder");
    let name = std::ffi::OsStr::from_bytes(b"\xFF\xFE.jpg");
    fs::write(folder.path().join(name), "x").expect("written");
    let pipe = folder.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).expect("a pipe");
    let listing = list(folder.path(), &[]);
    assert_eq!(listing.files[0].relative, b"\xFF\xFE.jpg");
    assert_eq!(listing.warnings[0].reason.code, "listing-not-a-file");
    let again = Location::from_uri(&listing.files[0].location.to_uri()).expect("our own URI");
    assert_eq!(Storage::new().read(&again, None).expect("readable"), b"x");
    // Opening a pipe would wait for ever.
    let error = Storage::new().read(&Location::from_path(&pipe), None).expect_err("no file");
    assert_eq!(error.explain().code, "location-not-a-file");
}

#[test]
fn what_cannot_be_listed_says_why() {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "file", "x");
    let code = |place: Location| {
        let result = Storage::new().list(&place, &ListOptions::default(), &Cancel::default(), &Silent);
        result.expect_err("refused").explain().code
    };
    assert_eq!(code(Location::from_path(&folder.path().join("nothing"))), "location-not-found");
    assert_eq!(code(Location::from_path(&folder.path().join("file"))), "location-not-a-folder");
    assert_eq!(code(Location::from_uri("s3://bucket/photos").expect("a bucket")), "location-scheme");
    let cancel = Cancel::default();
    cancel.cancel();
    let place = Location::from_path(folder.path());
    let result = Storage::new().list(&place, &ListOptions::default(), &cancel, &Silent);
    assert!(result.expect_err("cancelled").is_cancelled());
}

#[test]
fn reading_has_a_limit() {
    let folder = tempfile::tempdir().expect("a folder");
    put(folder.path(), "five", "12345");
    let place = Location::from_path(&folder.path().join("five"));
    assert_eq!(Storage::new().read(&place, Some(5)).expect("small enough"), b"12345");
    assert_eq!(Storage::new().read(&place, Some(4)).expect_err("too large").explain().code, "location-too-large");
    let hash = Storage::new().hash_file(&place, &Cancel::default()).expect("readable");
    assert_eq!(hash, blake3::hash(b"12345").to_hex().to_string());
}

#[test]
fn a_failed_write_leaves_nothing_and_a_new_file_overwrites_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Location::from_path(&folder.path().join("V001.manifest"));
    let storage = Storage::new();
    let result: Result<()> = storage.write_atomically(&place, IfExists::Refuse, |out| {
        let _ = out.write_all(&[b'x'; 200_000]);
        Err(StorageError::Cancelled)
    });
    assert!(result.expect_err("cancelled").is_cancelled());
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    storage.write_new(&place, b"first").expect("written");
    assert_eq!(storage.write_new(&place, b"second").expect_err("taken").explain().code, "location-exists");
    // Somebody is faster while we write.
    let late = folder.path().join("late");
    let result: Result<()> = storage.write_atomically(&Location::from_path(&late), IfExists::Refuse, |out| {
        fs::write(&late, "theirs").expect("written");
        out.write_all(b"ours").map_err(|cause| StorageError::from_io(cause, &place, Doing::Writing))
    });
    assert_eq!(result.expect_err("taken").explain().code, "location-exists");
    assert_eq!(fs::read(&late).expect("readable"), b"theirs");
    storage.replace(&place, b"third").expect("replaced");
    assert_eq!(storage.read(&place, None).expect("readable"), b"third");
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "no pending files");
    let nowhere = Location::from_path(&folder.path().join("missing/x"));
    assert_eq!(storage.write_new(&nowhere, b"").expect_err("no folder").explain().code, "location-not-found");
}

#[test]
fn of_two_writers_one_wins() {
    let folder = tempfile::tempdir().expect("a folder");
    let place = Location::from_path(&folder.path().join("V001.manifest"));
    let wins = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8_u8)
            .map(|id| {
                scope.spawn({
                    let place = &place;
                    move || Storage::new().write_new(place, &[id; 4096])
                })
            })
            .collect();
        writers
            .into_iter()
            .filter(|_| true)
            .map(|writer| writer.join().expect("no panic"))
            .filter(|r| r.is_ok())
            .count()
    });
    assert_eq!(wins, 1);
    let content = fs::read(folder.path().join("V001.manifest")).expect("readable");
    assert!(content.len() == 4096 && content.iter().all(|byte| *byte == content[0]));
}

#[cfg(unix)]
#[test]
fn the_fallback_without_a_safe_rename_overwrites_nothing_either() {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fs::write(&from, "new").expect("written");
    fs::write(&to, "old").expect("written");
    let error = local::move_without_overwriting(&from, &to).expect_err("taken");
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    let error = local::link_without_overwriting(&from, &to).expect_err("taken");
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    let error = local::reserve_and_move(&from, &to).expect_err("taken");
    assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
    assert_eq!(fs::read(&to).expect("readable"), b"old");
    fs::remove_file(&to).expect("removed");
    local::link_without_overwriting(&from, &to).expect("moved");
    local::reserve_and_move(&to, &from).expect("moved");
    assert_eq!(fs::read(&from).expect("readable"), b"new");
    assert!(!to.exists());
}

/// A file system of its own that is full after a few pages; `None` where it may not be mounted.
#[cfg(target_os = "linux")]
fn tiny_disk() -> Option<(tempfile::TempDir, impl Drop)> {
    struct Mounted(std::path::PathBuf);
    impl Drop for Mounted {
        fn drop(&mut self) {
            let _ = std::process::Command::new("umount").arg(&self.0).status();
        }
    }
    let folder = tempfile::tempdir().ok()?;
    let status = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=64k", "modelier-test"])
        .arg(folder.path())
        .stderr(std::process::Stdio::null())
        .status();
    let mounted = Mounted(folder.path().to_owned());
    if status.is_ok_and(|status| status.success()) {
        Some((folder, mounted))
    } else {
        std::mem::drop(mounted);
        None
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_and_leaves_nothing_half_written() {
    let Some((folder, _mounted)) = tiny_disk() else {
        eprintln!("skipped: no file system may be mounted here");
        return;
    };
    let storage = Storage::new();
    let place = Location::from_path(&folder.path().join("V001.manifest"));
    storage.write_new(&Location::from_path(&folder.path().join("small")), b"fits").expect("fits");
    // The caller wraps the failure in words of its own; the disk's reason still comes through.
    let result: Result<()> = storage.write_atomically(&place, IfExists::Refuse, |out| {
        out.write_all(&[b'x'; 1 << 20]).map_err(|cause| StorageError::Io { location: place.clone(), cause })
    });
    assert_eq!(result.expect_err("full").explain().code, "disk-full");
    let names = storage.names(&Location::from_path(folder.path())).expect("readable");
    assert_eq!(names, [b"small".to_vec()]);
    let source = tempfile::NamedTempFile::new().expect("a file");
    fs::write(source.path(), vec![7; 1 << 20]).expect("written");
    let copied =
        storage.copy_into(&Location::from_path(folder.path()), &Location::from_path(source.path()), &Cancel::default());
    assert_eq!(copied.expect_err("full").explain().code, "disk-full");
    assert_eq!(storage.free_bytes(&Location::from_path(folder.path())).expect("known"), Some(60 << 10));
}

#[cfg(unix)]
#[test]
fn an_output_that_cannot_be_written_is_found_before_publishing() {
    let folder = tempfile::tempdir().expect("a folder");
    let storage = Storage::new();
    let place = |relative: &str| Location::from_path(&folder.path().join(relative));
    storage.check_writable(&place("not/yet/there")).expect("could be made");
    assert!(!folder.path().join("not").exists());
    put(folder.path(), "file", "x");
    let error = storage.check_writable(&place("file/below")).expect_err("a file is no folder");
    assert_eq!(error.explain().code, "location-not-a-folder");
    let error = storage.ensure_folder(&place("file")).expect_err("a file is no folder");
    assert_eq!(error.explain().code, "location-not-a-folder");
    // Root may write everywhere but in the kernel's own trees.
    let error = storage.check_writable(&Location::from_path(Path::new("/proc"))).expect_err("the kernel's");
    assert!(!error.explain().bad_input || error.explain().code == "location-not-found", "{error}");
    assert!(storage.free_bytes(&place("not/yet/there")).expect("known").is_some_and(|bytes| bytes > 0));
}

#[test]
fn copies_find_a_free_name_and_are_not_repeated() {
    let (from, to) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    put(from.path(), "a/photo.jpg", "one");
    put(from.path(), "b/photo.jpg", "two");
    put(from.path(), "c/PHOTO.JPG", "three");
    let mut copier = Copier::new(Storage::new(), &Location::from_path(&to.path().join("new"))).expect("a folder");
    let mut copy = |relative: &str| {
        copier.copy(&Location::from_path(&from.path().join(relative)), &Cancel::default()).expect("copied")
    };
    assert!(copy("a/photo.jpg").is_new);
    assert!(!copy("a/photo.jpg").is_new);
    assert_eq!(copy("b/photo.jpg").location.name(), b"photo (2).jpg");
    let other_case = copy("c/PHOTO.JPG");
    assert_eq!(other_case.location.name(), b"PHOTO (3).JPG");
    assert_eq!(other_case.renamed_from.as_deref(), Some(&b"PHOTO.JPG"[..]));
    assert_eq!(names(&list(to.path(), &[])), ["new/PHOTO (3).JPG", "new/photo (2).jpg", "new/photo.jpg"]);
    assert_eq!(fs::read(to.path().join("new/photo.jpg")).expect("readable"), b"one");
}

/// Run by hand: `cargo test --lib storage:: -- --ignored --nocapture`.
#[test]
#[ignore = "a measurement"]
fn a_hundred_thousand_files_are_listed_quickly() {
    let folder = tempfile::tempdir().expect("a folder");
    for group in 0..100 {
        let path = folder.path().join(format!("{group:03}"));
        fs::create_dir(&path).expect("made");
        for file in 0..1000 {
            fs::File::create(path.join(format!("{file:04}.jpg"))).expect("made");
        }
    }
    let start = std::time::Instant::now();
    assert_eq!(list(folder.path(), &[]).files.len(), 100_000);
    eprintln!("100,000 files listed in {:?}", start.elapsed());
}

fn known(relative: &str, size: u64, time: i64, hash: Option<&str>) -> Known {
    Known {
        id: crate::domain::SampleId::random(),
        relative: relative.as_bytes().to_vec(),
        size_bytes: Some(size),
        modified: Some(Timestamp(time)),
        hash: hash.map(str::to_owned),
        deleted: false,
        missing: false,
    }
}

fn file(relative: &str, size_bytes: u64, time: i64) -> Entry {
    let location = Location::from_path(Path::new("/input")).join(relative);
    Entry { location, relative: relative.as_bytes().to_vec(), size_bytes, modified: Some(Timestamp(time)) }
}

#[test]
fn a_sync_sees_what_changed() {
    let mut samples = vec![
        known("same.jpg", 1, 1, None),
        known("changed.jpg", 1, 1, None),
        known("gone.jpg", 1, 1, None),
        known("back.jpg", 1, 1, None),
        known("deleted.jpg", 1, 1, None),
        known("deleted-and-gone.jpg", 1, 1, None),
        known("still-missing.jpg", 1, 1, None),
    ];
    samples[3].missing = true;
    samples[4].deleted = true;
    samples[5].deleted = true;
    samples[6].missing = true;
    let files = [
        file("back.jpg", 1, 1),
        file("changed.jpg", 1, 2),
        file("deleted.jpg", 1, 1),
        file("new.jpg", 9, 1),
        file("same.jpg", 1, 1),
    ];
    let plan = plan_sync(&samples, &files, &|_| panic!("nothing to hash")).expect("a plan");
    assert_eq!(plan.added, [3]);
    assert_eq!(plan.changed, [Pair { known: 1, file: 1 }]);
    assert_eq!(plan.vanished, [2]);
    assert_eq!(plan.reappeared, [Pair { known: 3, file: 0 }]);
    assert_eq!(plan.tombstoned, [Pair { known: 4, file: 2 }]);
    assert_eq!((plan.unchanged, plan.renamed.len()), (2, 0));
}

#[test]
fn a_renamed_file_is_one_sample_if_its_content_proves_it() {
    let samples = [
        known("a/1.jpg", 10, 1, Some("rose")),
        known("a/2.jpg", 10, 1, Some("rose")),
        known("b.jpg", 20, 1, None),
        known("c.jpg", 30, 1, Some("tulip")),
        known("empty", 0, 1, Some("nothing")),
    ];
    let files = [
        file("b2.jpg", 20, 1),
        file("c2.jpg", 30, 1),
        file("empty2", 0, 1),
        file("x.jpg", 10, 9),
        file("z/1.jpg", 10, 9),
    ];
    let hash = |entry: &Entry| match entry.relative.as_slice() {
        b"c2.jpg" => Ok("another tulip".to_owned()),
        b"x.jpg" | b"z/1.jpg" => Ok("rose".to_owned()),
        other => panic!("{} need not be read", display_bytes(other)),
    };
    let plan = plan_sync(&samples, &files, &hash).expect("a plan");
    let renamed: Vec<_> = plan.renamed.iter().map(|renamed| (renamed.known, renamed.file)).collect();
    assert_eq!(renamed, [(0, 4), (1, 3)], "the same file name finds itself first");
    assert_eq!(plan.vanished, [2, 3, 4]);
    assert_eq!(plan.added, [0, 1, 2]);
    assert_eq!(plan.hashes[&1], "another tulip");
    let unreadable = |entry: &Entry| Err(StorageError::NotFound { location: entry.location.clone() });
    let plan = plan_sync(&samples, &files, &unreadable).expect("a plan");
    assert_eq!((plan.renamed.len(), plan.added.len(), plan.warnings.len()), (0, 5, 3));
    assert!(plan_sync(&samples, &files, &|_| Err(StorageError::Cancelled)).expect_err("cancelled").is_cancelled());
}

proptest! {
    /// Each known sample and each file has exactly one place in a plan.
    #[test]
    fn a_plan_loses_and_doubles_nothing(
        samples in prop::collection::btree_map(0_u8..12, (0_u64..3, 0_i64..2, prop::option::of(0_u8..3), any::<(bool, bool)>()), 0..12),
        files in prop::collection::btree_map(0_u8..12, (0_u64..3, 0_i64..2, 0_u8..3), 0..12),
    ) {
        let samples: Vec<Known> = samples
            .into_iter()
            .map(|(name, (size, time, hash, (deleted, missing)))| {
                let hash = hash.map(|hash| hash.to_string());
                Known { deleted, missing, ..known(&name.to_string(), size, time, hash.as_deref()) }
            })
            .collect();
        let contents: std::collections::BTreeMap<String, u8> =
            files.iter().map(|(name, (_, _, content))| (name.to_string(), *content)).collect();
        let files: Vec<Entry> = files.into_iter().map(|(name, (size, time, _))| file(&name.to_string(), size, time)).collect();
        let plan = plan_sync(&samples, &files, &|entry| Ok(contents[&display_bytes(&entry.relative)].to_string())).expect("a plan");
        let mut seen_files: Vec<usize> = plan.added.clone();
        for pair in plan.changed.iter().chain(&plan.reappeared).chain(&plan.tombstoned) {
            seen_files.push(pair.file);
            prop_assert_eq!(&samples[pair.known].relative, &files[pair.file].relative);
        }
        seen_files.extend(plan.renamed.iter().map(|renamed| renamed.file));
        seen_files.sort_unstable();
        let twice = seen_files.windows(2).any(|two| two[0] == two[1]);
        prop_assert!(!twice);
        let same = files.iter().filter(|f| samples.iter().any(|s| {
            s.relative == f.relative && !s.deleted && !s.missing && s.size_bytes == Some(f.size_bytes) && s.modified == f.modified
        })).count();
        prop_assert_eq!(seen_files.len() + same, files.len());
        for renamed in &plan.renamed {
            prop_assert_eq!(samples[renamed.known].hash.as_deref(), Some(renamed.hash.as_str()));
            prop_assert!(!samples[renamed.known].deleted);
        }
        for &gone in &plan.vanished {
            prop_assert!(!samples[gone].missing && !samples[gone].deleted);
        }
    }
}
