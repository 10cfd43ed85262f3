//! The objects that a version's manifest says are in its images, and those in the Pascal VOC files it refers to.

use super::WorkerError;
use super::report::Report;
use super::version::locate_file;
use crate::domain::shape::Bounds;
use crate::domain::{AnnotationBody, Cancel, DatasetType, MetricSink, ObjectAttributes, Shape, ShapeKind, Warning};
use crate::formats::manifest::ManifestRecord;
use crate::formats::voc;
use crate::storage::{Location, SourceMap, Storage};
use std::collections::BTreeMap;

/// An object of a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LineObject {
    pub(super) label: String,
    pub(super) bounds: Bounds,
    pub(super) difficult: bool,
}

/// Reads objects, and counts what is not used as it is.
pub(super) struct ObjectReader<'a> {
    pub(super) storage: Storage,
    /// Where the manifest lies.
    pub(super) folder: Location,
    pub(super) map: &'a SourceMap,
    pub(super) report: &'a Report,
    pub(super) counts: Counts,
}

/// What became of shapes that are no upright rectangles.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    left_out: BTreeMap<ShapeKind, u64>,
    as_rectangle: BTreeMap<ShapeKind, u64>,
    files: u64,
}

impl Counts {
    /// The object of a shape; `None` for one without extent.
    fn object(&mut self, label: &str, shape: &Shape, attributes: &ObjectAttributes) -> Option<LineObject> {
        let kind = shape.kind();
        let bounds = shape.bounds();
        let is_flat = matches!(kind, ShapeKind::Point | ShapeKind::Line | ShapeKind::Dashed | ShapeKind::Polyline);
        // Also refuses what is not a number.
        if is_flat || !(bounds.area() > 0.0 && bounds.area().is_finite()) {
            *self.left_out.entry(kind).or_default() += 1;
            return None;
        }
        if kind != ShapeKind::Rectangle {
            *self.as_rectangle.entry(kind).or_default() += 1;
        }
        Some(LineObject { label: label.to_owned(), bounds, difficult: attributes.difficult == Some(true) })
    }

    /// Lines for the log.
    pub(super) fn lines(&self) -> Vec<String> {
        let list = |counts: &BTreeMap<ShapeKind, u64>| {
            counts.iter().map(|(kind, count)| format!("{count} {kind}")).collect::<Vec<_>>().join(", ")
        };
        let mut lines = Vec::new();
        if self.files > 0 {
            lines.push(format!("objects of {} images read from annotation files", self.files));
        }
        if !self.as_rectangle.is_empty() {
            lines.push(format!("learned as the upright rectangle around them: {}", list(&self.as_rectangle)));
        }
        if !self.left_out.is_empty() {
            lines.push(format!("left out, for they have no area: {}", list(&self.left_out)));
        }
        lines
    }
}

impl ObjectReader<'_> {
    /// The objects of a record; `None` if nobody has said what is in the image.
    ///
    /// # Errors
    /// Only on cancel.
    pub(super) fn read(
        &mut self,
        record: &mut ManifestRecord,
        cancel: &Cancel,
    ) -> Result<Option<Vec<LineObject>>, WorkerError> {
        let mut objects = record.annotations.as_ref().map(|_| Vec::new());
        for annotation in record.annotations.iter().flatten() {
            let AnnotationBody::Shape { shape, attributes } = &annotation.body else { continue };
            let (DatasetType::ObjectDetection, Some(label)) = (annotation.kind, &annotation.name) else { continue };
            let object = self.counts.object(label, shape, attributes);
            objects.get_or_insert_default().extend(object);
        }
        for file in record.take_detection_files() {
            if cancel.is_cancelled() {
                return Err(WorkerError::Cancelled);
            }
            match self.read_file(file.location()) {
                Ok(found) => objects.get_or_insert_default().extend(found),
                Err(warning) => {
                    let text = format!("{}: {}", warning.source, warning.reason.code);
                    self.report.warn(warning, &text);
                    // Half of an image's objects would teach that the others are background.
                    return Ok(None);
                }
            }
        }
        Ok(objects)
    }

    fn read_file(&mut self, place: &str) -> Result<Vec<LineObject>, Warning> {
        let file = locate_file(place, &self.folder, self.map)
            .map_err(|reason| Warning::new(place, super::version::missing_explanation(&reason)))?;
        // A version that was moved as a whole has its files beside its manifest.
        let file = if self.storage.is_file(&file) { file } else { self.folder.join(file.name()) };
        let bytes = self
            .storage
            .read(&file, Some(voc::MAX_FILE_BYTES))
            .map_err(|error| Warning::new(place, crate::domain::Explain::explain(&error)))?;
        let read = voc::read(&bytes).map_err(|reason| Warning::new(place, reason))?;
        if let Some(reason) = read.refused {
            return Err(Warning::new(place, reason));
        }
        for reason in read.reasons {
            let text = format!("{place}: {}", reason.code);
            self.report.warn(Warning::new(place, reason), &text);
        }
        self.counts.files += 1;
        let objects = read.image.objects.unwrap_or_default();
        Ok(objects.iter().filter_map(|o| self.counts.object(&o.label, &o.shape, &o.attributes)).collect())
    }

    /// Tells what was counted.
    pub(super) fn tell(&self) {
        for line in self.counts.lines() {
            self.report.log(&line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_without_area_are_left_out_and_counted() {
        let mut counts = Counts::default();
        let said = ObjectAttributes { difficult: Some(true), ..ObjectAttributes::default() };
        let square = Shape::rectangle([1.0, 2.0], [5.0, 8.0]);
        let object = counts.object("a", &square, &said).expect("an object");
        assert_eq!((object.bounds, object.difficult), (square.bounds(), true));
        let circle = Shape::Circle { center: [10.0, 10.0], radius: 4.0 };
        let object = counts.object("a", &circle, &ObjectAttributes::default()).expect("an object");
        assert_eq!((object.bounds.min, object.difficult), ([6.0, 6.0], false));
        for flat in [
            Shape::Point { at: [1.0, 1.0] },
            Shape::Line { points: [[0.0, 0.0], [5.0, 5.0]], dashed: true },
            Shape::rectangle([1.0, 1.0], [1.0, 9.0]),
        ] {
            assert_eq!(counts.object("a", &flat, &said), None, "{flat:?}");
        }
        let lines = counts.lines().join("\n");
        assert!(lines.contains("1 circle") && lines.contains("1 dashed") && lines.contains("1 point"), "{lines}");
    }

    #[test]
    fn an_image_of_which_a_file_says_only_half_is_not_learned() {
        use crate::domain::JobState;
        use crate::engines::JobFolder;
        use crate::formats::manifest::ManifestReader;

        let directory = tempfile::tempdir().expect("a folder");
        let path = |name: &str| directory.path().join(name);
        let object = |inside: &str| {
            format!(
                "<object>{inside}<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>"
            )
        };
        let good = object("<name>cat</name>");
        let twice = object("<name>cat</name><point><x>1</x><y>1</y></point>");
        std::fs::write(path("whole.xml"), format!("<annotation>{good}</annotation>")).expect("written");
        std::fs::write(path("two.xml"), format!("<annotation>{good}{twice}</annotation>")).expect("written");
        std::fs::write(path("unnamed.xml"), format!("<annotation>{}{good}</annotation>", object(""))).expect("written");
        let folder = JobFolder::at(directory.path());
        let report = Report::open(folder.clone()).expect("opens");
        let (map, place) = (SourceMap::default(), Location::from_path(directory.path()));
        let (storage, counts) = (Storage::new(), Counts::default());
        let mut reader = ObjectReader { storage, folder: place, map: &map, report: &report, counts };
        let mut learned = |file: &str| {
            let file = format!(r#"{{"type":"modelarts/object_detection","annotation-loc":"{file}"}}"#);
            let line = format!(r#"{{"source":"a.jpg","annotation":[{file}]}}"#);
            let line = ManifestReader::new(line.as_bytes(), "test").next().expect("a line").expect("readable");
            let mut record = line.record.expect("a record");
            reader.read(&mut record, &Cancel::default()).expect("not cancelled").map(|objects| objects.len())
        };
        assert_eq!(learned("whole.xml"), Some(1));
        assert_eq!((learned("two.xml"), learned("unnamed.xml")), (None, None));
        report.finish(JobState::Failed, None).expect("written");
        let status = folder.read_status().expect("reads").expect("there");
        let codes: Vec<_> = status.warnings.iter().map(|warning| warning.reason.code.as_ref()).collect();
        assert_eq!(codes, ["voc-two-shapes", "voc-object-name"]);
    }
}
