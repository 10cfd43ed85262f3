//! What changed in a folder since it was last looked at: a plan, without touching anything.

use super::{Entry, Result};
use crate::domain::{Explain, SampleId, Timestamp, Warning};
use rayon::prelude::*;
use std::collections::{BTreeMap, HashMap};

/// A sample that lies inside the input, as the catalog knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    pub id: SampleId,
    /// The way from the input, raw bytes.
    pub relative: Vec<u8>,
    pub size_bytes: Option<u64>,
    pub modified: Option<Timestamp>,
    /// BLAKE3 of the content, hex.
    pub hash: Option<String>,
    /// A tombstone.
    pub deleted: bool,
    /// It was not there at the last look.
    pub missing: bool,
}

/// A known sample and a file of the listing, by their indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pair {
    pub known: usize,
    pub file: usize,
}

/// A file that was found under another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// The sample's index.
    pub known: usize,
    /// The index of the file it is now.
    pub file: usize,
    /// The content that proves it.
    pub hash: String,
}

/// What to do. Numbers are indices into what the plan was made from; all lists are in the order of those indices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SyncPlan {
    /// Files that no sample stands for.
    pub added: Vec<usize>,
    /// Samples whose file has another size or time.
    pub changed: Vec<Pair>,
    /// Samples whose file is gone, and was there at the last look.
    pub vanished: Vec<usize>,
    /// Samples whose file was gone and is there again.
    pub reappeared: Vec<Pair>,
    /// Samples whose file has another name now.
    pub renamed: Vec<Renamed>,
    /// Samples that a person deleted and whose file is still there: they stay deleted.
    pub tombstoned: Vec<Pair>,
    /// How many samples are as they were.
    pub unchanged: u64,
    /// Hashes of new files that were worked out on the way, by file.
    pub hashes: BTreeMap<usize, String>,
    /// New files that could not be hashed, and so may be renamed ones.
    pub warnings: Vec<Warning>,
}

/// Compares what is known with what is there. Files of the same size and time are not read; a vanished and a new file
/// of one size are one renamed sample if the known hash is that of the new file, for which alone `hash` is called.
///
/// # Errors
/// Only on cancel, told by `hash`.
pub fn plan_sync(
    known: &[Known],
    files: &[Entry],
    hash: &(dyn Fn(&Entry) -> Result<String> + Sync),
) -> Result<SyncPlan> {
    let mut plan = SyncPlan::default();
    let mut by_relative: HashMap<&[u8], usize> = HashMap::with_capacity(known.len());
    for (index, sample) in known.iter().enumerate() {
        by_relative.entry(&sample.relative).or_insert(index);
    }
    let mut is_there = vec![false; known.len()];
    let mut new = Vec::new();
    for (file, entry) in files.iter().enumerate() {
        let Some(&index) = by_relative.get(entry.relative.as_slice()) else {
            new.push(file);
            continue;
        };
        is_there[index] = true;
        let (sample, pair) = (&known[index], Pair { known: index, file });
        let is_same = sample.size_bytes == Some(entry.size_bytes) && sample.modified == entry.modified;
        match () {
            () if sample.deleted => plan.tombstoned.push(pair),
            () if sample.missing => plan.reappeared.push(pair),
            () if is_same => plan.unchanged += 1,
            () => plan.changed.push(pair),
        }
    }
    let gone: Vec<usize> = (0..known.len()).filter(|&index| !is_there[index] && !known[index].deleted).collect();
    find_renamed(known, files, &gone, &new, hash, &mut plan)?;
    let renamed_samples: std::collections::HashSet<usize> = plan.renamed.iter().map(|renamed| renamed.known).collect();
    let renamed_files: std::collections::HashSet<usize> = plan.renamed.iter().map(|renamed| renamed.file).collect();
    plan.added = new.into_iter().filter(|file| !renamed_files.contains(file)).collect();
    for index in gone.into_iter().filter(|index| !renamed_samples.contains(index)) {
        if known[index].missing { plan.unchanged += 1 } else { plan.vanished.push(index) }
    }
    plan.changed.sort_unstable();
    plan.reappeared.sort_unstable();
    plan.tombstoned.sort_unstable();
    Ok(plan)
}

fn find_renamed(
    known: &[Known],
    files: &[Entry],
    gone: &[usize],
    new: &[usize],
    hash: &(dyn Fn(&Entry) -> Result<String> + Sync),
    plan: &mut SyncPlan,
) -> Result<()> {
    // Without a size or a hash of what is gone nothing can be proved. All empty files are alike and prove nothing.
    let mut gone_by_content: HashMap<(u64, &str), Vec<usize>> = HashMap::new();
    let mut sizes: std::collections::HashSet<u64> = std::collections::HashSet::new();
    for &index in gone {
        if let (Some(size), Some(hash)) = (known[index].size_bytes, &known[index].hash)
            && size > 0
        {
            sizes.insert(size);
            gone_by_content.entry((size, hash)).or_default().push(index);
        }
    }
    let candidates: Vec<usize> = new.iter().copied().filter(|&file| sizes.contains(&files[file].size_bytes)).collect();
    let hashed: Vec<(usize, Result<String>)> =
        candidates.into_par_iter().map(|file| (file, hash(&files[file]))).collect();
    let mut found = Vec::new();
    for (file, result) in hashed {
        match result {
            Ok(hash) => found.push((file, hash)),
            Err(error) if error.is_cancelled() => return Err(error),
            Err(error) => {
                let place = super::display_bytes(&files[file].relative);
                plan.warnings.push(Warning::new(place, error.explain()));
            }
        }
    }
    // Several of one content: those that keep their file name find each other first, the rest go in order.
    let name = |relative: &[u8]| relative.rsplit(|&byte| byte == b'/').next().map(<[u8]>::to_vec);
    for same_name in [true, false] {
        for (file, hash) in &found {
            if plan.renamed.iter().any(|renamed| renamed.file == *file) {
                continue;
            }
            let Some(waiting) = gone_by_content.get_mut(&(files[*file].size_bytes, hash.as_str())) else { continue };
            let fits = |&index: &usize| !same_name || name(&known[index].relative) == name(&files[*file].relative);
            if let Some(position) = waiting.iter().position(fits) {
                let known = waiting.remove(position);
                plan.renamed.push(Renamed { known, file: *file, hash: hash.clone() });
            }
        }
    }
    plan.renamed.sort_by_key(|renamed| renamed.known);
    plan.hashes = found.into_iter().collect();
    Ok(())
}
