//! Import of texts: of records whose text stands in the manifest, and of exchange formats.

use super::import::Import;
use super::text_records::{fit_entities, text_placement};
use super::{Result, Workbench};
use crate::domain::query::IncomingSample;
use crate::domain::text_origin::text_hash;
use crate::domain::{Dataset, Explain, Explanation, LabelId, TextMark, TextOrigin, Warning};
use crate::formats::manifest::{IncomingContext, ManifestRecord, to_incoming};
use crate::storage::Location;
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

impl Workbench {
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
        let Some(origin) = TextOrigin::parse(&record.source).filter(|_| !text.is_empty()) else {
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
        match file.map(|file| self.workbench.read_text_file(file)) {
            // It is told as a whole how many are missing.
            None => {}
            Some(Err(error)) => reasons.push(error.explain()),
            Some(Ok(text)) => {
                fit_entities(incoming, &text, reasons);
                incoming.text = Some(text);
            }
        }
    }

    pub(super) fn warn(&self, place: &str, reasons: Vec<Explanation>) {
        let warnings = reasons.into_iter().map(|reason| Warning::new(place, reason));
        self.report.borrow_mut().warnings.extend(warnings);
    }
}
