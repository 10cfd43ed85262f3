//! Import of texts: of records whose text stands in the manifest, and of exchange formats.

use super::error::unless_failed;
use super::import::{Import, ImportReport};
use super::text_listing::{PieceFile, TextFiles, result_of};
use super::text_records::{fit_entities, text_placement, too_long};
use super::tree::FolderTree;
use super::{Error, Result, Task, Workbench};
use crate::domain::query::IncomingSample;
use crate::domain::text_origin::text_hash;
use crate::domain::{Dataset, DatasetType, Explain, Explanation, LabelId, LabelName, TextMark, TextOrigin, Warning};
use crate::formats::manifest::{IncomingContext, ManifestRecord, Placement, to_incoming};
use crate::formats::text::{
    LabeledText, TEXT_FORMATS, TextFormat, TextReading, TextSource, csv_table, pieces::is_blank, result_pairs,
    text_format,
};
use crate::storage::{Copier, Entry, ListOptions, Listing, Location, display_bytes};
use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};

/// Which sample a text is that comes without a place. The dataset's own text of that content comes first, be it a line
/// of a file or a text that came before; so importing twice updates, and equal texts are told apart by their order.
#[derive(Default)]
pub(super) struct ImportedTexts {
    known: OnceCell<HashMap<String, Vec<TextOrigin>>>,
    /// How many of each content came.
    seen: RefCell<HashMap<String, u32>>,
}

impl ImportedTexts {
    /// Makes the source of a record say which text it is, if its text stands in the manifest; else false.
    pub fn place(&self, import: &Import<'_>, record: &mut ManifestRecord) -> Result<bool> {
        if !import.dataset.kind.is_text() {
            return Ok(false);
        }
        let Some(text) = record.content().map(str::to_owned) else { return Ok(false) };
        let origin = record.origin.take().and_then(|origin| TextOrigin::parse(&origin));
        let said = origin.filter(|origin| origin.mark().hash == text_hash(&text));
        let origin = match said {
            Some(origin) => origin,
            None => self.origin_of(import.workbench, import.dataset, &text)?,
        };
        record.source = origin.to_string();
        record.text = Some(text);
        Ok(true)
    }

    /// Which text the next one of this content is.
    pub fn origin_of(&self, workbench: &Workbench, dataset: &Dataset, text: &str) -> Result<TextOrigin> {
        let known = match self.known.get() {
            Some(known) => known,
            None => {
                let known = workbench.texts_by_content(dataset)?;
                self.known.get_or_init(|| known)
            }
        };
        let hash = text_hash(text);
        let mut seen = self.seen.borrow_mut();
        let count = seen.entry(hash.clone()).or_default();
        *count += 1;
        let origins = known.get(&hash).map_or(&[][..], Vec::as_slice);
        if let Some(origin) = origins.get(*count as usize - 1) {
            return Ok(origin.clone());
        }
        let inline = origins.iter().filter_map(|origin| match origin {
            TextOrigin::Inline(mark) => Some(mark.occurrence),
            TextOrigin::Piece(..) => None,
        });
        let beyond = *count - u32::try_from(origins.len()).unwrap_or(u32::MAX);
        let occurrence = inline.max().unwrap_or(0) + beyond;
        Ok(TextOrigin::Inline(TextMark { hash, occurrence }))
    }
}

/// The text formats that a tree looks like, the likeliest first.
pub(super) fn recognised_texts(tree: &FolderTree, kind: DatasetType) -> impl Iterator<Item = &'static TextFormat> {
    TEXT_FORMATS.iter().filter(move |format| format.kinds.contains(&kind) && (format.recognises)(tree))
}

/// The text format of that name.
pub(super) fn known_text_format(name: &str) -> Result<&'static TextFormat> {
    text_format(name).ok_or_else(|| {
        let known = TEXT_FORMATS.iter().map(|format| format.name).collect::<Vec<_>>().join(", ");
        Error::refused(Explanation::bad_input("format-unknown").with("format", name).with("known", known))
    })
}

/// Whether a format's texts are lines and rows of files that are their sources, as sync reads them.
fn is_of_files(format: &TextFormat) -> bool {
    is_format_of_split_texts(format.name)
}

/// Whether a text format of this name is one whose `.txt` are split as the dataset says.
#[must_use]
pub fn is_format_of_split_texts(name: &str) -> bool {
    [csv_table::FORMAT.name, result_pairs::FORMAT.name].contains(&name)
}

impl Workbench {
    /// The files of a folder, or the file itself with the one that labels its lines.
    pub(super) fn list_texts(&self, from: &Location, task: &Task) -> Result<Listing> {
        if !self.storage().is_file(from) {
            let options = ListOptions { excluded: self.published_folders()?, ..ListOptions::default() };
            return Ok(self.storage().list(from, &options, &task.cancel, task.progress())?);
        }
        let mut files = Vec::new();
        let folder = from.parent().unwrap_or_else(|| from.clone());
        let result =
            result_of(&from.name()).map(|name| folder.join(name)).filter(|place| self.storage().is_file(place));
        for location in std::iter::once(from.clone()).chain(result) {
            let facts = self.storage().facts(&location)?;
            let relative = location.name();
            files.push(Entry { location, relative, size_bytes: facts.size_bytes, modified: facts.modified });
        }
        Ok(Listing { files, ..Listing::default() })
    }

    /// The dataset's texts that are no files of their own by content, in the order of adding.
    fn texts_by_content(&self, dataset: &Dataset) -> Result<HashMap<String, Vec<TextOrigin>>> {
        let mut known: HashMap<String, Vec<TextOrigin>> = HashMap::new();
        for print in self.catalog().sample_fingerprints(dataset.id)? {
            if let Some(origin) = TextOrigin::parse(&print.source) {
                known.entry(origin.mark().hash.clone()).or_default().push(origin);
            }
        }
        Ok(known)
    }
}

impl Import<'_> {
    /// Takes a record whose text stands in the manifest, placed by [`ImportedTexts::place`].
    pub(super) fn text_record(
        &self,
        record: ManifestRecord,
        place: &str,
        unknown_labels: &mut BTreeSet<String>,
    ) -> Result<()> {
        let text = record.text.clone().unwrap_or_default();
        let Some(origin) = TextOrigin::parse(&record.source).filter(|_| !is_blank(&text)) else {
            self.skip(place, Explanation::bad_input("text-empty"));
            return Ok(());
        };
        unknown_labels.extend(self.unknown_labels(&record));
        let mut reasons = Vec::new();
        let lookup = |name: &str, _: Option<LabelId>| self.manifest_label(name);
        let context = IncomingContext { kind: self.dataset.kind, now: self.workbench.now(), label: &lookup };
        let placement = text_placement(self.dataset, &self.input, &origin, &text);
        let mut incoming = to_incoming(record, placement, &context, &mut reasons);
        fit_entities(&mut incoming, &text, &mut reasons);
        self.warn(place, reasons);
        self.push(incoming)
    }

    /// Reads the text of a sample that is a whole file, and checks what it is said to cover.
    pub(super) fn read_text(
        &self,
        incoming: &mut IncomingSample,
        file: Option<&Location>,
        reasons: &mut Vec<Explanation>,
    ) {
        let mut reading = TextReading::default();
        let text = file.map(|file| self.workbench.read_text_file(file, &mut reading));
        self.tell(reading);
        match text {
            // It is told as a whole how many are missing.
            None => {}
            Some(Err(error)) => reasons.push(error.explain()),
            Some(Ok(text)) => {
                fit_entities(incoming, &text, reasons);
                incoming.text = Some(text);
            }
        }
    }

    /// Reads a folder or a file of a text format; of the one that it looks like, where none is named. Lines and rows of
    /// files keep their place there; texts that stand in exchange files alone are told by their content.
    pub(super) fn texts(self, format: Option<&TextFormat>, from: &Location) -> Result<ImportReport> {
        let kind = self.dataset.kind;
        if let Some(format) = format.filter(|format| !format.kinds.contains(&kind)) {
            return Err(Error::refused(
                Explanation::bad_input("format-other-type").with("format", format.name).with("type", kind),
            ));
        }
        let listing = self.workbench.list_texts(from, self.task)?;
        let tree = FolderTree::new(self.workbench.storage(), listing.clone());
        self.report.borrow_mut().warnings.extend(listing.warnings.iter().cloned());
        match format.or_else(|| recognised_texts(&tree, kind).next()) {
            Some(format) if !is_of_files(format) => self.text_records(format, &tree)?,
            _ => self.text_lines(listing.files)?,
        }
        self.finish()
    }

    /// Files whose lines, rows or wholes are texts.
    fn text_lines(&self, files: Vec<Entry>) -> Result<()> {
        let split = self.dataset.text_split.unwrap_or_default();
        let files = TextFiles::of(files, self.dataset);
        files.warn_of_unused(self.dataset, &mut self.report.borrow_mut().warnings);
        let TextFiles { whole, in_pieces, .. } = files;
        let is_one_of_many = whole.len() + in_pieces.len() > 1;
        let mut copiers = HashMap::new();
        for file in whole {
            self.task.check()?;
            let Some((entry, relative)) = self.placed(&file, None, &mut copiers)? else { continue };
            let mut placement = Placement::file(self.dataset.id, &entry.location.to_uri(), relative.as_deref());
            placement.name = relative.as_deref().map_or(placement.name, display_bytes);
            let mut reading = TextReading::default();
            let text = self.workbench.read_text_file(&entry.location, &mut reading);
            self.tell(reading);
            match text {
                Ok(text) if is_blank(&text) => {
                    self.skip(&entry.location.to_string(), Explanation::bad_input("text-empty"));
                }
                Ok(text) => self.take_text(&display_bytes(&entry.relative), placement, text, LabeledText::default())?,
                Err(error) => self.skip(&entry.location.to_string(), error.explain()),
            }
        }
        for PieceFile { entry, result } in in_pieces {
            let Some((entry, _)) = self.placed(&entry, None, &mut copiers)? else { continue };
            let uri = entry.location.to_uri();
            let file = PieceFile { entry, result };
            let (mut failure, mut counts) = (None, HashMap::<String, u32>::new());
            let mut reading = TextReading::default();
            let read = self.workbench.each_text_of_file(split, &file, &mut reading, &mut |text, said| {
                let hash = text_hash(&text);
                let occurrence = counts.entry(hash.clone()).or_default();
                *occurrence += 1;
                let origin = TextOrigin::Piece(uri.clone(), TextMark { hash, occurrence: *occurrence });
                let place = said.place.as_ref().map(|(name, line)| format!("{name}:{line}")).unwrap_or_default();
                let placement = text_placement(self.dataset, &self.input, &origin, &text);
                unless_failed(self.take_text(&place, placement, text, said), &mut failure)
            });
            if let Some(error) = failure {
                return Err(error);
            }
            match read {
                Err(error) if is_one_of_many && error.is_of_file() => {
                    self.skip(&file.entry.location.to_string(), error.explain());
                }
                read => read?,
            }
            self.tell(reading);
        }
        Ok(())
    }

    /// Texts that stand in exchange files, or files that those name.
    fn text_records(&self, format: &TextFormat, tree: &FolderTree) -> Result<()> {
        let (mut failure, mut copiers) = (None, HashMap::new());
        let reading =
            (format.read)(tree, &mut |text| unless_failed(self.text_of_record(tree, text, &mut copiers), &mut failure));
        if let Some(error) = failure {
            return Err(error);
        }
        let reading = reading?;
        self.make_wanted_labels(&reading.labels)?;
        self.tell(reading);
        Ok(())
    }

    /// Reports what was recognised in files and what was not understood.
    fn tell(&self, reading: TextReading) {
        let mut report = self.report.borrow_mut();
        report.said.extend(reading.said);
        report.warnings.extend(reading.warnings);
    }

    fn text_of_record(
        &self,
        tree: &FolderTree,
        mut said: LabeledText,
        copiers: &mut HashMap<String, Copier>,
    ) -> Result<()> {
        let place = said.place.as_ref().map(|(name, line)| format!("{name}:{line}")).unwrap_or_default();
        match std::mem::take(&mut said.text) {
            TextSource::Inline(text) if is_blank(&text) => {
                self.skip(&place, Explanation::bad_input("text-empty"));
                Ok(())
            }
            TextSource::Inline(text) => {
                let origin = self.texts.origin_of(self.workbench, self.dataset, &text)?;
                let placement = text_placement(self.dataset, &self.input, &origin, &text);
                self.take_text(&place, placement, text, said)
            }
            TextSource::File(name) => {
                let Some(entry) = tree.entry(&name) else {
                    self.skip(&name, Explanation::bad_input("export-media-missing"));
                    return Ok(());
                };
                let Some((entry, relative)) = self.placed(entry, None, copiers)? else { return Ok(()) };
                let mut placement = Placement::file(self.dataset.id, &entry.location.to_uri(), relative.as_deref());
                placement.name = relative.as_deref().map_or(placement.name, display_bytes);
                let mut reading = TextReading::default();
                let text = self.workbench.read_text_file(&entry.location, &mut reading)?;
                self.tell(reading);
                self.take_text(&name, placement, text, said)
            }
        }
    }

    /// Takes one text, if it is asked for.
    fn take_text(&self, place: &str, placement: Placement, text: String, said: LabeledText) -> Result<()> {
        self.task.check()?;
        if let Some(reason) = too_long(&text) {
            self.skip(place, reason);
            return Ok(());
        }
        let request = self.request;
        let labels = said.labels.iter().flatten().map(|label| (&label.label, label.said.hard));
        let entities = said.entities.iter().flatten().map(|entity| (&entity.label, entity.said.hard));
        let is_asked = (request.labels.is_empty() && !request.only_hard) || {
            let all: Vec<_> = labels.chain(entities).collect();
            (request.labels.is_empty() || all.iter().any(|(label, _)| self.is_wanted_label(label)))
                && (!request.only_hard || all.iter().any(|(_, hard)| *hard == Some(true)))
        };
        if !is_asked {
            self.report.borrow_mut().skipped += 1;
            return Ok(());
        }
        let mut label = |name: LabelName| {
            if self.is_wanted_label(name.as_str()) { self.label(name).map(Some) } else { Ok(None) }
        };
        let (incoming, reasons) = self.workbench.incoming_text(self.dataset, placement, text, said, &mut label)?;
        self.warn(place, reasons);
        self.push(incoming)
    }

    pub(super) fn warn(&self, place: &str, reasons: Vec<Explanation>) {
        let warnings = reasons.into_iter().map(|reason| Warning::new(place, reason));
        self.report.borrow_mut().warnings.extend(warnings);
    }
}
