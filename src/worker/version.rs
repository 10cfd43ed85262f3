//! A published version as something to learn from: which files it names, whether they are still what it recorded, and
//! their bytes.

use super::WorkerError;
use super::objects::LineObject;
use crate::domain::traits::{LearningEntity, LearningItem, LearningObject};
use crate::domain::{Cancel, Explain, Explanation, SampleSource, Usage};
use crate::formats::text::decode;
use crate::storage::{Location, SourceMap, Storage, StorageError, is_content, resolve_source};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use thiserror::Error;

/// What a line of a manifest says that matters here.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    /// As written: a URI, a relative path, or `content://text`.
    pub source: String,
    /// The classes it carries, in order.
    pub labels: Vec<String>,
    pub usage: Option<Usage>,
    pub size_bytes: Option<u64>,
    /// BLAKE3, hex, or a bucket's `etag:…`.
    pub hash: Option<String>,
    /// For detection; `None` where nobody has said what is in the image.
    pub objects: Option<Vec<LineObject>>,
    /// For named entities; `None` where nobody has said what is in the text.
    pub entities: Option<Vec<LineEntity>>,
}

/// An entity of a line, in code points of its text, end exclusive.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LineEntity {
    pub label: String,
    pub start: u32,
    pub end: u32,
}

/// A version's lines as a source of samples.
pub(super) struct VersionSource {
    storage: Storage,
    classes: Vec<String>,
    items: Vec<LearningItem>,
    records: Vec<Record>,
    /// Whether bytes that do not match are handed out all the same.
    lenient: bool,
    /// Whether samples are texts: files in any encoding are handed out as UTF-8 without a mark, as they were labeled.
    of_texts: bool,
}

struct Record {
    place: Place,
    size_bytes: Option<u64>,
    hash: Option<String>,
}

enum Place {
    /// The sample is the text itself.
    Text(String),
    File(Location),
    /// In a bucket that the source map does not know, or named wrongly.
    Nowhere(String),
}

/// Why a file is not what the version recorded.
#[derive(Debug, Error)]
pub(super) enum Mismatch {
    #[error("is not there: {0}")]
    Missing(String),
    #[error("had {recorded} bytes, now it has {found}")]
    Size { recorded: u64, found: u64 },
    #[error("has another content")]
    Content,
    #[error(transparent)]
    Storage(StorageError),
}

impl Explain for Mismatch {
    fn explain(&self) -> Explanation {
        match self {
            Self::Missing(reason) => Explanation::failure("worker-media-missing").with("reason", reason),
            Self::Size { .. } | Self::Content => Explanation::failure("worker-media-changed").with("reason", self),
            Self::Storage(error) => error.explain(),
        }
    }
}

impl VersionSource {
    /// The `lines` of the version at `manifest`. Without `classes`, those the lines carry, sorted; labels that are not
    /// among `classes` are dropped.
    pub(super) fn new(
        storage: Storage,
        manifest: &Location,
        map: &SourceMap,
        classes: &[String],
        lines: Vec<Line>,
        lenient: bool,
    ) -> Self {
        let folder = manifest.parent().unwrap_or_else(|| manifest.clone());
        let classes: Vec<String> = if classes.is_empty() {
            let carried: BTreeSet<&String> = lines.iter().flat_map(|line| &line.labels).collect();
            carried.into_iter().cloned().collect()
        } else {
            classes.to_vec()
        };
        let index: HashMap<&str, usize> =
            classes.iter().enumerate().map(|(class, name)| (name.as_str(), class)).collect();
        let (mut items, mut records) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
        for line in lines {
            let (source, place) = locate(&line.source, &folder, map);
            let mut of_item: Vec<usize> = Vec::with_capacity(line.labels.len());
            for class in line.labels.iter().filter_map(|label| index.get(label.as_str()).copied()) {
                if !of_item.contains(&class) {
                    of_item.push(class);
                }
            }
            let object = |object: LineObject| {
                let class = index.get(object.label.as_str()).copied()?;
                Some(LearningObject { class, bounds: object.bounds, difficult: object.difficult })
            };
            let objects = line.objects.map(|objects| objects.into_iter().filter_map(object).collect());
            let entity = |entity: LineEntity| {
                let class = index.get(entity.label.as_str()).copied()?;
                Some(LearningEntity { class, start: entity.start, end: entity.end })
            };
            let entities = line.entities.map(|entities| entities.into_iter().filter_map(entity).collect());
            items.push(LearningItem { source, classes: of_item, usage: line.usage, objects, entities });
            records.push(Record { place, size_bytes: line.size_bytes, hash: line.hash });
        }
        Self { storage, classes, items, records, lenient, of_texts: false }
    }

    /// The same, of texts or not.
    pub(super) fn of_texts(self, of_texts: bool) -> Self {
        Self { of_texts, ..self }
    }

    /// The samples that learning may look at: labeled, and not set aside for inference.
    fn used(&self) -> Vec<usize> {
        let is_labeled =
            |item: &LearningItem| !item.classes.is_empty() || item.objects.is_some() || item.entities.is_some();
        let used = |item: &LearningItem| is_labeled(item) && item.usage != Some(Usage::Inference);
        (0..self.items.len()).filter(|index| used(&self.items[*index])).collect()
    }

    /// Compares every file that will be used with what the version recorded. Answers those that do not match, in
    /// order, and how many were compared. `progress` is told from 0 to 1.
    ///
    /// # Errors
    /// Only on cancel.
    pub(super) fn mismatches(
        &self,
        cancel: &Cancel,
        progress: &(dyn Fn(f64) + Sync),
    ) -> Result<(Vec<(usize, Mismatch)>, usize), WorkerError> {
        let used = self.used();
        let done = AtomicUsize::new(0);
        let compared: Vec<Option<(usize, Mismatch)>> = used
            .par_iter()
            .with_max_len(64)
            .map(|&index| {
                let mismatch = if cancel.is_cancelled() { None } else { self.compare(index, cancel).err() };
                let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                progress(done as f64 / used.len() as f64);
                mismatch.map(|mismatch| (index, mismatch))
            })
            .collect();
        if cancel.is_cancelled() {
            return Err(WorkerError::Cancelled);
        }
        Ok((compared.into_iter().flatten().collect(), used.len()))
    }

    fn compare(&self, index: usize, cancel: &Cancel) -> Result<(), Mismatch> {
        let record = &self.records[index];
        let file = match &record.place {
            Place::Text(_) => return Ok(()),
            Place::Nowhere(reason) => return Err(Mismatch::Missing(reason.clone())),
            Place::File(file) => file,
        };
        let found = self.storage.facts(file).map_err(missing)?.size_bytes;
        check_size(record, found)?;
        if record.blake3().is_some() {
            let hash = self.storage.hash_file(file, cancel).map_err(missing)?;
            check_hash(record, || hash)?;
        }
        Ok(())
    }

    fn read(&self, index: usize) -> Result<Vec<u8>, Mismatch> {
        let Some(record) = self.records.get(index) else {
            return Err(Mismatch::Missing(format!("there is no sample {index}")));
        };
        let bytes = match &record.place {
            Place::Text(text) => return Ok(text.clone().into_bytes()),
            Place::Nowhere(reason) => return Err(Mismatch::Missing(reason.clone())),
            Place::File(file) => self.storage.read(file, None).map_err(missing)?,
        };
        // It may have changed since all files were compared: training takes hours.
        if !self.lenient {
            check_size(record, bytes.len() as u64)?;
            check_hash(record, || blake3::hash(&bytes).to_hex().to_string())?;
        }
        Ok(if self.of_texts { decode(&bytes).text.into_bytes() } else { bytes })
    }
}

impl Record {
    /// The recorded BLAKE3; an etag says nothing about a file here.
    fn blake3(&self) -> Option<&str> {
        self.hash.as_deref().filter(|hash| hash.len() == 64 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
    }
}

fn check_size(record: &Record, found: u64) -> Result<(), Mismatch> {
    match record.size_bytes {
        Some(recorded) if recorded != found => Err(Mismatch::Size { recorded, found }),
        _ => Ok(()),
    }
}

fn check_hash(record: &Record, hash: impl FnOnce() -> String) -> Result<(), Mismatch> {
    match record.blake3() {
        Some(recorded) if !recorded.eq_ignore_ascii_case(&hash()) => Err(Mismatch::Content),
        _ => Ok(()),
    }
}

fn missing(error: StorageError) -> Mismatch {
    match error {
        StorageError::NotFound { .. } => Mismatch::Missing(error.to_string()),
        error => Mismatch::Storage(error),
    }
}

/// Where the file that a manifest in `folder` names is.
///
/// # Errors
/// Why that cannot be known.
pub(super) fn locate_file(source: &str, folder: &Location, map: &SourceMap) -> Result<Location, String> {
    match locate(source, folder, map).1 {
        Place::File(file) => Ok(file),
        Place::Nowhere(reason) => Err(reason),
        Place::Text(_) => Err("it is a text".to_owned()),
    }
}

/// A file that is not there.
pub(super) fn missing_explanation(reason: &str) -> Explanation {
    Mismatch::Missing(reason.to_owned()).explain()
}

/// A source's name for people and where its bytes are.
fn locate(source: &str, folder: &Location, map: &SourceMap) -> (String, Place) {
    if is_content(source) {
        let text = source.strip_prefix("content://").unwrap_or(source).to_owned();
        return (source.to_owned(), Place::Text(text));
    }
    match resolve_source(source, folder, folder, map) {
        Ok(resolved) => {
            let uri = resolved.uri;
            let nowhere = || Place::Nowhere("its bucket has no folder here".to_owned());
            (uri, resolved.place.map_or_else(nowhere, Place::File))
        }
        Err(error) => (source.to_owned(), Place::Nowhere(error.to_string())),
    }
}

impl SampleSource for VersionSource {
    fn classes(&self) -> &[String] {
        &self.classes
    }

    fn items(&self) -> &[LearningItem] {
        &self.items
    }

    fn bytes(&self, index: usize) -> Result<Vec<u8>, Box<dyn Explain + Send + Sync>> {
        self.read(index).map_err(|mismatch| Box::new(mismatch) as Box<dyn Explain + Send + Sync>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn line(folder: &Path, name: &str, content: &[u8], label: &str) -> Line {
        std::fs::write(folder.join(name), content).expect("written");
        Line {
            source: Location::from_path(&folder.join(name)).to_uri(),
            labels: if label.is_empty() { Vec::new() } else { vec![label.to_owned()] },
            usage: None,
            size_bytes: Some(content.len() as u64),
            hash: Some(blake3::hash(content).to_hex().to_string()),
            ..Line::default()
        }
    }

    fn source(folder: &Path, lines: Vec<Line>, lenient: bool) -> VersionSource {
        let manifest = Location::from_path(&folder.join("V001.manifest"));
        VersionSource::new(Storage::new(), &manifest, &SourceMap::default(), &[], lines, lenient)
    }

    #[test]
    fn classes_come_from_the_lines_unless_they_are_given() {
        let directory = tempfile::tempdir().expect("a folder");
        let mut lines = vec![line(directory.path(), "b", b"1", "tulips"), line(directory.path(), "a", b"2", "roses")];
        lines[0].labels.push("roses".to_owned());
        lines[0].labels.push("tulips".to_owned());
        let source = source(directory.path(), lines.clone(), false);
        assert_eq!(source.classes(), ["roses", "tulips"]);
        assert_eq!(source.items()[0].classes, [1, 0], "in the line's order, each once");
        let manifest = Location::from_path(&directory.path().join("V001.manifest"));
        let given = ["tulips".to_owned()];
        let source = VersionSource::new(Storage::new(), &manifest, &SourceMap::default(), &given, lines, false);
        assert_eq!((source.items()[0].classes.len(), source.items()[1].classes.len()), (1, 0));
    }

    #[test]
    fn files_that_are_not_what_the_version_recorded_are_told_apart() {
        let directory = tempfile::tempdir().expect("a folder");
        let folder = directory.path();
        let lines = vec![
            line(folder, "same", b"same", "a"),
            line(folder, "longer", b"short", "a"),
            line(folder, "other", b"other", "b"),
            line(folder, "gone", b"gone", "b"),
            line(folder, "unlabeled", b"unlabeled", ""),
            Line { source: "s3://bucket/x.jpg".to_owned(), labels: vec!["b".to_owned()], ..Line::default() },
            Line { source: "content://good 好".to_owned(), labels: vec!["a".to_owned()], ..Line::default() },
        ];
        std::fs::write(folder.join("longer"), "longer").expect("written");
        std::fs::write(folder.join("other"), "thero").expect("written");
        std::fs::remove_file(folder.join("gone")).expect("removed");
        std::fs::remove_file(folder.join("unlabeled")).expect("removed");
        let strict = source(folder, lines.clone(), false);
        let (mismatches, compared) = strict.mismatches(&Cancel::default(), &|_| {}).expect("not cancelled");
        assert_eq!(compared, 6, "what is not learned from is not compared");
        let indices: Vec<_> = mismatches.iter().map(|(index, _)| *index).collect();
        assert_eq!(indices, [1, 2, 3, 5]);
        assert!(matches!(mismatches[0].1, Mismatch::Size { recorded: 5, found: 6 }));
        assert!(matches!(mismatches[1].1, Mismatch::Content));
        assert!(matches!(mismatches[2].1, Mismatch::Missing(_)));
        assert!(matches!(mismatches[3].1, Mismatch::Missing(_)));
        assert!(strict.bytes(2).is_err(), "changed bytes are not handed out");
        assert_eq!(strict.bytes(0).ok().as_deref(), Some(&b"same"[..]));
        assert_eq!(strict.bytes(6).ok(), Some("good 好".as_bytes().to_vec()));
        let lenient = source(folder, lines, true);
        assert_eq!(lenient.bytes(2).ok().as_deref(), Some(&b"thero"[..]), "unless that is allowed");
        assert!(lenient.bytes(3).is_err() && lenient.bytes(99).is_err());
    }

    #[test]
    fn files_of_texts_are_handed_out_as_they_were_labeled() {
        let directory = tempfile::tempdir().expect("a folder");
        let words = "我在北京，天气很好。";
        let (chinese, _, _) = encoding_rs::GB18030.encode(words);
        let lines = vec![
            line(directory.path(), "mark.txt", &[&b"\xEF\xBB\xBF"[..], words.as_bytes()].concat(), "a"),
            line(directory.path(), "gb.txt", &chinese, "a"),
        ];
        let as_files = source(directory.path(), lines.clone(), false);
        assert!(as_files.bytes(0).is_ok_and(|bytes| bytes.starts_with(b"\xEF\xBB\xBF")));
        let source = source(directory.path(), lines, false).of_texts(true);
        for index in 0..2 {
            assert_eq!(source.bytes(index).ok().as_deref(), Some(words.as_bytes()));
        }
    }

    #[test]
    fn comparing_stops_on_request() {
        let directory = tempfile::tempdir().expect("a folder");
        let source = source(directory.path(), vec![line(directory.path(), "a", b"a", "a")], false);
        let cancel = Cancel::default();
        cancel.cancel();
        assert!(matches!(source.mismatches(&cancel, &|_| {}), Err(WorkerError::Cancelled)));
    }
}
