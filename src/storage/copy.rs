//! Copying files into a folder, never over one that is there.

use super::{Doing, FileFacts, IfExists, Location, Result, Storage, StorageError};
use crate::domain::Cancel;
use std::collections::HashSet;
use std::io::{self, Read};

/// Bytes read at once; large enough that a cancelled copy over a slow disk still stops within a moment.
const CHUNK_BYTES: usize = 1 << 18;

/// What copying a file did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copied {
    /// Where the content is now.
    pub location: Location,
    /// False if a file of this name and content was there already: it is used as it is.
    pub is_new: bool,
    /// The name it had, if that was taken — also if only in another case — and it got another one.
    pub renamed_from: Option<Vec<u8>>,
}

/// Copies many files into one folder; it knows the names that are taken without asking each time.
#[derive(Debug)]
pub struct Copier {
    storage: Storage,
    folder: Location,
    /// Names that are taken, as [`folded`].
    taken: HashSet<Vec<u8>>,
}

impl Copier {
    /// Looks at what is in `folder`, which may be missing yet.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn new(storage: Storage, folder: &Location) -> Result<Self> {
        let taken = storage.names(folder)?.iter().map(|name| folded(name)).collect();
        Ok(Self { storage, folder: folder.clone(), taken })
    }

    /// Copies `source` under its own name, or as `name (2).jpg` and so on if that is taken by another content. Names
    /// that differ only in case count as taken: not every file system can tell them apart.
    ///
    /// # Errors
    /// If the source cannot be read or the folder not be written, if the disk is full, or on cancel; then nothing is
    /// left of this file.
    pub fn copy(&mut self, source: &Location, cancel: &Cancel) -> Result<Copied> {
        self.copy_where(source, &|_, _| true, cancel)
    }

    /// As [`Copier::copy`], under a name that `suits`, too: where the names that belong to it must be free as well.
    ///
    /// # Errors
    /// As there.
    pub fn copy_where(
        &mut self,
        source: &Location,
        suits: &dyn Fn(&Self, &[u8]) -> bool,
        cancel: &Cancel,
    ) -> Result<Copied> {
        let facts = self.storage.facts(source)?;
        let name = source.name();
        let same_name = self.folder.join(&name);
        if self.is_same_content(source, facts, &same_name, cancel)? {
            return Ok(Copied { location: same_name, is_new: false, renamed_from: None });
        }
        self.storage.ensure_folder(&self.folder)?;
        for number in 1_u32.. {
            let candidate = if number == 1 { name.clone() } else { numbered(&name, number) };
            if self.is_taken(&candidate) || !suits(self, &candidate) {
                continue;
            }
            let target = self.folder.join(&candidate);
            match self.copy_to(source, &target, cancel) {
                // Somebody else took the name meanwhile.
                Err(StorageError::Exists { .. }) => drop(self.taken.insert(folded(&candidate))),
                Err(error) => return Err(error),
                Ok(()) => {
                    self.taken.insert(folded(&candidate));
                    let renamed_from = (candidate != name).then_some(name);
                    return Ok(Copied { location: target, is_new: true, renamed_from });
                }
            }
        }
        Err(StorageError::Exists { location: same_name })
    }

    /// Copies `source` under exactly this name.
    ///
    /// # Errors
    /// [`StorageError::Exists`] if another content has the name, or as [`Copier::copy`].
    pub fn copy_as(&mut self, source: &Location, name: &[u8], cancel: &Cancel) -> Result<Copied> {
        let target = self.folder.join(name);
        if self.is_same_content(source, self.storage.facts(source)?, &target, cancel)? {
            return Ok(Copied { location: target, is_new: false, renamed_from: None });
        }
        if self.is_taken(name) {
            return Err(StorageError::Exists { location: target });
        }
        self.storage.ensure_folder(&self.folder)?;
        self.copy_to(source, &target, cancel)?;
        self.taken.insert(folded(name));
        let own = source.name();
        Ok(Copied { location: target, is_new: true, renamed_from: (own != name).then_some(own) })
    }

    /// Whether a file of the folder has this name already, in whatever case.
    #[must_use]
    pub fn is_taken(&self, name: &[u8]) -> bool {
        self.taken.contains(&folded(name))
    }

    fn is_same_content(&self, source: &Location, facts: FileFacts, there: &Location, cancel: &Cancel) -> Result<bool> {
        if self.storage.facts(there).is_ok_and(|other| other.size_bytes == facts.size_bytes) {
            return Ok(self.storage.hash_file(source, cancel)? == self.storage.hash_file(there, cancel)?);
        }
        Ok(false)
    }

    fn copy_to(&self, source: &Location, target: &Location, cancel: &Cancel) -> Result<()> {
        let mut reader = self.storage.open(source)?;
        self.storage.write_atomically(target, IfExists::Refuse, |out| {
            pump(&mut *reader, source, cancel, |chunk| {
                out.write_all(chunk).map_err(|cause| StorageError::from_io(cause, target, Doing::Writing))
            })
        })
    }
}

/// Reads `source` to its end in chunks, asking for cancel between them.
pub(super) fn pump(
    reader: &mut dyn Read,
    source: &Location,
    cancel: &Cancel,
    mut take: impl FnMut(&[u8]) -> Result<()>,
) -> Result<()> {
    let mut buffer = vec![0; CHUNK_BYTES];
    loop {
        if cancel.is_cancelled() {
            return Err(StorageError::Cancelled);
        }
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&buffer[..length])?,
            Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
            Err(cause) => return Err(StorageError::from_io(cause, source, Doing::Reading)),
        }
    }
}

/// A name without regard to case, where it is text.
pub(super) fn folded(name: &[u8]) -> Vec<u8> {
    std::str::from_utf8(name).map_or_else(|_| name.to_ascii_lowercase(), |text| text.to_lowercase().into_bytes())
}

/// `photo.jpg` → `photo (2).jpg`; the end of a long name gives way, so that 255 bytes are enough.
fn numbered(name: &[u8], number: u32) -> Vec<u8> {
    const LONGEST_NAME_BYTES: usize = 255;
    let suffix = format!(" ({number})");
    let dot = name.iter().rposition(|&byte| byte == b'.').filter(|&dot| dot > 0 && name.len() - dot <= 16);
    let (stem, extension) = name.split_at(dot.unwrap_or(name.len()));
    let mut room = stem.len().min(LONGEST_NAME_BYTES.saturating_sub(suffix.len() + extension.len()));
    // Not within a character of UTF-8.
    while room < stem.len() && room > 0 && stem[room] & 0b1100_0000 == 0b1000_0000 {
        room -= 1;
    }
    [&stem[..room], suffix.as_bytes(), extension].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_before_the_extension() {
        assert_eq!(numbered(b"photo.jpg", 2), b"photo (2).jpg");
        assert_eq!(numbered(b".hidden", 3), b".hidden (3)");
        assert_eq!(numbered(b"plain", 2), b"plain (2)");
        let long = format!("{}.jpg", "花".repeat(83));
        let name = numbered(long.as_bytes(), 2);
        assert!(name.len() <= 255);
        assert!(std::str::from_utf8(&name).is_ok_and(|name| name.ends_with("花 (2).jpg")));
    }
}
