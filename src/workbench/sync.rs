//! Sync: what the input location holds becomes the dataset's samples (guide 2.4.1).

use super::incoming_batch::IncomingBatch;
use super::text_listing::TextFiles;
use super::{Result, Task, Workbench};
use crate::domain::query::IncomingSample;
use crate::domain::{
    Dataset, DatasetId, DatasetType, Explanation, Label, Media, Sample, SampleId, SampleState, TextOrigin, Timestamp,
    Warning,
};
use crate::formats::text::TextReading;
use crate::formats::{image_folder, voc};
use crate::storage::{Entry, Known, ListOptions, Location, SyncPlan, display_bytes, plan_sync};
use serde::Serialize;
use std::collections::{HashMap, HashSet};

/// What a sync found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SyncReport {
    pub added: u64,
    pub changed: u64,
    pub renamed: u64,
    pub vanished: u64,
    pub reappeared: u64,
    pub unchanged: u64,
    /// Files that a person deleted from the dataset and that stay out.
    pub deleted: u64,
    /// What was recognised in files of texts without being told: an encoding, columns. Nothing is wrong with it.
    pub said: Vec<Warning>,
    pub warnings: Vec<Warning>,
}

/// Samples looked at or changed at a time: large enough to be fast, small enough that another writer waits only briefly.
pub(super) const BATCH: usize = 2_000;

impl Workbench {
    /// Reads the input location: new files become samples, vanished ones are marked missing, renamed ones keep their
    /// labels. Files that did not change in size and time are not read.
    ///
    /// # Errors
    /// If the input location is not there, or on cancel.
    pub fn sync(&self, dataset: DatasetId, task: &Task) -> Result<SyncReport> {
        let dataset = self.dataset_by_id(dataset)?.dataset;
        let input = Location::from_uri(&dataset.input)?;
        let excluded = self.published_folders()?;
        let listing = self.storage().list(
            &input,
            &ListOptions { excluded, ..ListOptions::default() },
            &task.cancel,
            task.progress(),
        )?;
        let mut report = SyncReport { warnings: listing.warnings, ..SyncReport::default() };
        let (files, others): (Vec<Entry>, Vec<Entry>) = match dataset.text_split.filter(|_| dataset.kind.is_text()) {
            None => listing.files.into_iter().partition(|entry| image_folder::is_image_name(&entry.relative)),
            Some(_) => {
                let texts = TextFiles::of(listing.files, &dataset);
                texts.warn_of_unused(&dataset, &mut report.warnings);
                self.sync_pieces(&dataset, &input, &texts.in_pieces, task, &mut report)?;
                (texts.whole, Vec::new())
            }
        };
        let sidecars =
            if dataset.kind == DatasetType::ObjectDetection { sidecars(&files, &others) } else { HashMap::new() };
        let mut labels: HashMap<String, Label> = HashMap::new();
        if !sidecars.is_empty() {
            let known = self.labels(dataset.id)?.into_iter().map(|count| count.label);
            labels.extend(known.map(|label| (label.name.to_string(), label)));
        }
        report.warnings.extend(case_twins(&files));
        task.report("sync-hashing", 0, None);
        let known = self.known_inside(&dataset, &input)?;
        let hash = |entry: &Entry| self.storage().hash_file(&entry.location, &task.cancel);
        let mut plan = plan_sync(&known, &files, &hash)?;
        task.check()?;
        let renamed_by_time = renamed_by_time(&known, &files, &mut plan);
        report.warnings.append(&mut plan.warnings);

        let renamed = plan.renamed.iter().map(|found| (found.known, found.file, Some(found.hash.clone())));
        for (from, to, hash) in renamed.chain(renamed_by_time.iter().map(|&(from, to)| (from, to, None))) {
            let mut sample = file_sample(&dataset, &files[to], self.now());
            sample.media.hash = hash.or_else(|| known[from].hash.clone());
            self.catalog().rename_sample(dataset.id, known[from].id, &sample)?;
            report.renamed += 1;
        }
        let gone: Vec<SampleId> = plan.vanished.iter().map(|&index| known[index].id).collect();
        self.catalog().mark_missing(dataset.id, &gone, true)?;
        let back: Vec<SampleId> = plan.reappeared.iter().map(|pair| known[pair.known].id).collect();
        self.catalog().mark_missing(dataset.id, &back, false)?;

        let added: HashSet<usize> = plan.added.iter().copied().collect();
        let changed = plan.changed.iter().chain(&plan.reappeared).map(|pair| pair.file);
        let incoming: Vec<usize> = plan.added.iter().copied().chain(changed).collect();
        let _bulk = self.catalog().bulk()?;
        let (mut batch, mut reading) = (IncomingBatch::default(), TextReading::default());
        // Files that did not come in after all.
        let (mut not_added, mut not_changed) = (0, 0);
        for (number, &file) in incoming.iter().enumerate() {
            task.check()?;
            let mut sample = file_sample(&dataset, &files[file], self.now());
            sample.media.hash = plan.hashes.get(&file).cloned();
            // Annotation files come in for new images only.
            let sidecar = sidecars.get(&file).filter(|_| added.contains(&file));
            let sample = match sidecar {
                None if dataset.kind.is_text() => self.whole_text(sample, &files[file].location, &mut reading)?,
                None => Some(unlabeled(sample)),
                Some(sidecar) => {
                    Some(self.read_sidecar(dataset.id, sample, sidecar, &mut labels, &mut report.warnings)?)
                }
            };
            match sample {
                None if added.contains(&file) => not_added += 1,
                None => not_changed += 1,
                Some(sample) => {
                    if batch.push(sample) {
                        task.report("sync-saving", number as u64, Some(incoming.len() as u64));
                        not_changed +=
                            self.receive_files(&dataset, &batch.take(), &mut report.warnings)?.unfit.len() as u64;
                    }
                }
            }
        }
        not_changed += self.receive_files(&dataset, &batch.take(), &mut report.warnings)?.unfit.len() as u64;
        report.said.append(&mut reading.said);
        report.warnings.append(&mut reading.warnings);
        // Texts of files are counted already.
        report.added += plan.added.len() as u64 - not_added;
        report.changed += (plan.changed.len() as u64).saturating_sub(not_changed);
        report.vanished += plan.vanished.len() as u64;
        report.reappeared += plan.reappeared.len() as u64;
        report.deleted += plan.tombstoned.len() as u64;
        report.unchanged += plan.unchanged;
        Ok(report)
    }

    /// The folders that datasets publish into: they may lie inside an input and are never read as one.
    pub(super) fn published_folders(&self) -> Result<Vec<Location>> {
        let mut folders = Vec::new();
        for summary in self.catalog().datasets()? {
            let output = Location::from_uri(&summary.dataset.output)?;
            folders.push(output.join(&summary.dataset.folder));
            // The whole output location, unless it is above what is read.
            if !Location::from_uri(&summary.dataset.input)?.is_within(&output) {
                folders.push(output);
            }
        }
        Ok(folders)
    }

    /// The samples whose files lie inside the input location.
    fn known_inside(&self, dataset: &Dataset, input: &Location) -> Result<Vec<Known>> {
        let mut known = Vec::new();
        for print in self.catalog().sample_fingerprints(dataset.id)? {
            if dataset.kind.is_text() && TextOrigin::parse(&print.source).is_some() {
                continue;
            }
            let Ok(location) = Location::from_uri(&print.source) else { continue };
            let Some(relative) = location.relative_to(input).filter(|relative| !relative.is_empty()) else { continue };
            known.push(Known {
                id: print.id,
                relative,
                size_bytes: print.size_bytes,
                modified: print.modified,
                hash: print.hash,
                deleted: print.deleted,
                missing: print.missing,
            });
        }
        Ok(known)
    }
}

/// The Pascal VOC file of each image that has one, by the image's place in `images`.
fn sidecars(images: &[Entry], others: &[Entry]) -> HashMap<usize, Location> {
    let names: Vec<String> = images.iter().chain(others).map(|entry| display_bytes(&entry.relative)).collect();
    let places: HashMap<&str, usize> = names.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
    let pairs = voc::pairs(&names);
    let found = pairs.into_iter().filter_map(|(image, file)| {
        let file = *places.get(file)?;
        Some((*places.get(image)?, others.get(file.checked_sub(images.len())?)?.location.clone()))
    });
    found.collect()
}

/// Names that a file system without regard to case would take for one.
fn case_twins(files: &[Entry]) -> Vec<Warning> {
    let mut seen: HashMap<String, &Entry> = HashMap::with_capacity(files.len());
    let mut warnings = Vec::new();
    for entry in files {
        let name = display_bytes(&entry.relative);
        if let Some(other) = seen.insert(name.to_lowercase(), entry) {
            let reason = Explanation::bad_input("import-case-twin").with("other", display_bytes(&other.relative));
            warnings.push(Warning::new(name, reason));
        }
    }
    warnings
}

/// A sample that stands for a file inside the input location.
pub(super) fn file_sample(dataset: &Dataset, entry: &Entry, now: Timestamp) -> Sample {
    Sample {
        id: SampleId::of_file(dataset.id, &entry.relative),
        source: entry.location.to_uri(),
        name: display_bytes(&entry.relative),
        media: Media { size_bytes: Some(entry.size_bytes), modified: entry.modified, ..Media::default() },
        manifest_id: None,
        extra: serde_json::Map::new(),
        added: now,
    }
}

pub(super) fn unlabeled(sample: Sample) -> IncomingSample {
    IncomingSample { sample, state: SampleState::Unlabeled, usage: None, annotations: Vec::new(), text: None }
}

/// Files that were never read have no known content to prove a new name by. Renaming keeps size and time: where one
/// vanished and one new file alone share both (times are kept to the millisecond), they are taken for one. The pairs
/// leave the plan's other lists.
fn renamed_by_time(known: &[Known], files: &[Entry], plan: &mut SyncPlan) -> Vec<(usize, usize)> {
    type Trace = (u64, Timestamp);
    let mut gone: HashMap<Trace, Vec<usize>> = HashMap::new();
    for &index in &plan.vanished {
        let sample = &known[index];
        if let (Some(size), Some(modified), None) = (sample.size_bytes, sample.modified, &sample.hash)
            && size > 0
        {
            gone.entry((size, modified)).or_default().push(index);
        }
    }
    let mut new: HashMap<Trace, Vec<usize>> = HashMap::new();
    for &file in &plan.added {
        if let Some(modified) = files[file].modified {
            new.entry((files[file].size_bytes, modified)).or_default().push(file);
        }
    }
    let mut pairs: Vec<(usize, usize)> = gone
        .iter()
        .filter_map(|(trace, gone)| match (gone.as_slice(), new.get(trace).map(Vec::as_slice)) {
            ([from], Some([to])) => Some((*from, *to)),
            _ => None,
        })
        .collect();
    pairs.sort_unstable();
    let (from, to): (HashSet<usize>, HashSet<usize>) = pairs.iter().copied().unzip();
    plan.vanished.retain(|index| !from.contains(index));
    plan.added.retain(|file| !to.contains(file));
    pairs
}
