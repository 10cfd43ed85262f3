//! A folder per label (guide 2.3.2.1): the first folder below the imported one names the label of all images in it.

use super::{Format, Loss};
use crate::domain::{DatasetType, Explain, Explanation, LabelName, Warning};
use std::collections::{BTreeSet, HashMap};

/// This format's line in the table.
pub const FORMAT: Format = Format {
    name: "image-folder",
    reads: true,
    writes: false,
    dataset_types: &[DatasetType::ImageClassification],
    loses: &[Loss::SeveralLabels, Loss::Authorship, Loss::Attributes],
};

/// The endings of image files that can be shown, in lower case.
pub const EXTENSIONS: &[&str] = &["jpg", "jpeg", "jpe", "jfif", "png", "bmp", "gif", "webp", "tif", "tiff"];

/// One image of a folder, and its label if it has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabeledFile {
    /// Which of the given files it is, from 0.
    pub file: usize,
    pub label: Option<LabelName>,
}

/// What a folder brings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FolderReading {
    /// The images, in the order given.
    pub images: Vec<LabeledFile>,
    /// The labels that occur, in order.
    pub labels: BTreeSet<LabelName>,
    pub warnings: Vec<Warning>,
}

/// Whether a file's name ends like that of an image that can be shown.
#[must_use]
pub fn is_image_name(name: &[u8]) -> bool {
    let base = name.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    let Some(dot) = base.iter().rposition(|&byte| byte == b'.').filter(|&dot| dot > 0) else { return false };
    EXTENSIONS.iter().any(|known| base[dot + 1..].eq_ignore_ascii_case(known.as_bytes()))
}

/// Sorts the files of a listing into labels. The names are relative to the imported folder: raw bytes, `/` between
/// parts. Images directly in it come without a label; other files are left out; both are told in the warnings.
pub fn read<'a>(relative_names: impl IntoIterator<Item = &'a [u8]>) -> FolderReading {
    let mut reading = FolderReading::default();
    let mut by_folded_name: HashMap<String, &[u8]> = HashMap::new();
    for (file, relative) in relative_names.into_iter().enumerate() {
        let shown = String::from_utf8_lossy(relative);
        if !is_image_name(relative) {
            let reason = Explanation::bad_input("import-not-an-image");
            reading.warnings.push(Warning::new(shown, reason));
            continue;
        }
        // Two names that a file system without regard to case would take for one.
        if let Ok(text) = std::str::from_utf8(relative)
            && let Some(first) = by_folded_name.insert(text.to_lowercase(), relative)
        {
            let reason = Explanation::bad_input("import-case-twin").with("other", String::from_utf8_lossy(first));
            reading.warnings.push(Warning::new(shown.clone(), reason));
        }
        let label = match label_of(relative) {
            Ok(label) => Some(label),
            Err(reason) => {
                reading.warnings.push(Warning::new(shown, reason));
                None
            }
        };
        if let Some(label) = &label
            && !reading.labels.contains(label)
        {
            reading.labels.insert(label.clone());
        }
        reading.images.push(LabeledFile { file, label });
    }
    reading
}

fn label_of(relative: &[u8]) -> Result<LabelName, Explanation> {
    let Some(slash) = relative.iter().position(|&byte| byte == b'/') else {
        return Err(Explanation::bad_input("import-no-label"));
    };
    let folder = &relative[..slash];
    let name = std::str::from_utf8(folder)
        .map_err(|_| Explanation::bad_input("import-label-not-text").with("folder", String::from_utf8_lossy(folder)))?;
    // The rule broken is the reason; the warning's source says which file.
    LabelName::imported(name).map_err(|error| error.explain())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_folder_is_the_label() {
        let names: [&[u8]; 8] = [
            b"roses/1.jpg",
            b"roses/red/2.JPEG",
            "蒲公英/1.png".as_bytes(),
            b"dining table/x.tiff",
            b"3.webp",
            b"roses/notes.txt",
            b"\xFF\xFE/4.gif",
            b"roses/1.JPG",
        ];
        let reading = read(names);
        let found: Vec<_> =
            reading.images.iter().map(|image| (image.file, image.label.as_ref().map(LabelName::as_str))).collect();
        assert_eq!(
            found,
            [
                (0, Some("roses")),
                (1, Some("roses")),
                (2, Some("蒲公英")),
                (3, Some("dining table")),
                (4, None),
                (6, None),
                (7, Some("roses")),
            ]
        );
        let warnings: Vec<_> = reading.warnings.iter().map(|w| (w.source.as_str(), w.reason.code.as_ref())).collect();
        assert_eq!(
            warnings,
            [
                ("3.webp", "import-no-label"),
                ("roses/notes.txt", "import-not-an-image"),
                ("\u{FFFD}\u{FFFD}/4.gif", "import-label-not-text"),
                ("roses/1.JPG", "import-case-twin"),
            ]
        );
        assert_eq!(reading.labels.len(), 3);
    }

    #[test]
    fn only_endings_of_images_count() {
        assert!(is_image_name(b"a/b.c.JpG"));
        assert!(!is_image_name(b"a.jpg/b"));
        assert!(!is_image_name(b".jpg"));
        assert!(!is_image_name(b"jpg"));
        assert!(!is_image_name(b""));
    }

    #[test]
    fn a_folder_that_cannot_name_a_label_leaves_its_images_unlabeled() {
        let reading = read([&b"a\tb/1.jpg"[..]]);
        assert_eq!(reading.images, [LabeledFile { file: 0, label: None }]);
        assert_eq!(reading.warnings[0].reason.code, "name-character");
    }
}
