//! Detection annotations that stand in a file of their own (guide, table 2-6): `annotation-loc` says where. What such a
//! file cannot say of its objects (identity of the label, author, time, hard marks) stands beside it in the manifest.

use super::annotation::{hard_value, truth};
use super::{LABEL_ID, ManifestAnnotation, ManifestRecord, plain_key, type_name, type_named};
use crate::domain::{DatasetType, Timestamp};
use crate::formats::Said;
use crate::formats::objects::{ImageObject, ImageObjects};
use crate::formats::voc;
use serde_json::{Map, Value, json};

/// How the guide names the files.
const FORMAT_NAME: &str = "PASCAL VOC";
/// Our own field: what the file cannot say of its objects, in their order.
const OBJECTS: &str = "modelier:objects";
/// Where the image keeps the fields of its entry that we do not know.
const ENTRY: &str = "entry";

/// An annotation that refers to a Pascal VOC file, as it came.
#[derive(Clone, Debug, PartialEq)]
pub struct DetectionFile(Map<String, Value>);

impl DetectionFile {
    /// The entry, if it refers to a file of a known form.
    pub(super) fn new(value: &Value) -> Option<Self> {
        let entry = Self(value.as_object()?.clone());
        let is_detection = entry.text("type").and_then(type_named) == Some(DatasetType::ObjectDetection);
        let format = entry.text("annotation-format").unwrap_or(FORMAT_NAME);
        let is_known = format.trim().eq_ignore_ascii_case(FORMAT_NAME);
        let has_place = entry.text("annotation-loc").is_some_and(|place| !place.trim().is_empty());
        (is_detection && is_known && has_place).then_some(entry)
    }

    /// Where the file is: a URI, or a path that starts at the manifest's folder; verbatim.
    #[must_use]
    pub fn location(&self) -> &str {
        self.text("annotation-loc").unwrap_or_default().trim()
    }

    /// The entry as it came.
    #[must_use]
    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    pub(super) fn fields(&self) -> &Map<String, Value> {
        &self.0
    }

    fn field(&self, key: &str) -> Option<&Value> {
        self.0.iter().find(|(name, _)| plain_key(name) == key).map(|(_, value)| value)
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.field(key)?.as_str()
    }
}

impl ManifestRecord {
    /// Whether there are files that say this record's objects.
    #[must_use]
    pub fn has_detection_files(&self) -> bool {
        !self.detection.is_empty()
    }

    /// Takes the files that say this record's objects, to be read.
    pub fn take_detection_files(&mut self) -> Vec<DetectionFile> {
        std::mem::take(&mut self.detection)
    }

    /// Makes the objects of a file annotations of this record, together with what its entry says of them.
    pub fn attach(&mut self, file: &DetectionFile, image: ImageObjects) {
        let objects = image.objects.unwrap_or_default();
        let notes = file.field(OBJECTS).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let names = notes.iter().map(|note| note.get("name").and_then(Value::as_str).map(str::trim));
        // A file that was edited elsewhere has other objects than those the notes are of. Space around a name may be
        // lost on the way through other tools.
        let is_same = names.eq(objects.iter().map(|object| Some(object.label.trim())));
        self.size_px = self.size_px.or(image.size_px);
        let hard = file.field("hard").and_then(truth);
        let author = file.text("annotated-by");
        let created = file.text("creation-time");
        let annotations = self.annotations.get_or_insert_default();
        for (index, mut object) in objects.into_iter().enumerate() {
            let note = is_same.then(|| notes.get(index)).flatten();
            let said = |key: &str| note.and_then(|note| note.get(key));
            let body = object.body();
            let in_file = object.said.take();
            let label = said("name").and_then(Value::as_str).map_or(object.label, str::to_owned);
            let mut annotation = ManifestAnnotation::new(DatasetType::ObjectDetection, Some(label), body);
            annotation.label_id = said(LABEL_ID).and_then(Value::as_str).and_then(|id| id.parse().ok());
            annotation.hard = if note.is_some() { said("hard").and_then(truth) } else { hard };
            annotation.annotated_by = said("annotated-by").and_then(Value::as_str).or(author).map(str::to_owned);
            let time = if note.is_some() { said("creation-time").and_then(Value::as_str) } else { created };
            annotation.created = time.and_then(Timestamp::parse);
            annotation.properties = in_file.properties;
            for (key, value) in said("properties").and_then(Value::as_object).into_iter().flatten() {
                // Unless the file says something else by now.
                if let Some(text) =
                    annotation.properties.get_mut(key).filter(|text| text.as_str() == Some(&value.to_string()))
                {
                    *text = value.clone();
                }
            }
            annotation.confidence = in_file.confidence;
            annotation.extra = in_file.extra;
            if let Some(Value::Object(extra)) = said("extra") {
                annotation.extra.extend(extra.clone());
            }
            annotations.push(annotation);
        }
        let mut kept = match image.extra.get(voc::KEPT) {
            Some(Value::Object(kept)) => kept.clone(),
            _ => Map::new(),
        };
        let known = ["type", "annotation-loc", "annotation-format", "hard", "annotated-by", "creation-time", OBJECTS];
        let rest: Map<String, Value> = file
            .0
            .iter()
            .filter(|(key, _)| !known.contains(&plain_key(key)))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        if !rest.is_empty() {
            kept.insert(ENTRY.to_owned(), Value::Object(rest));
        }
        if kept.is_empty() {
            return;
        }
        match self.extra.get_mut(voc::KEPT) {
            Some(Value::Object(before)) => voc::merge_notes(before, kept),
            _ => {
                self.extra.insert(voc::KEPT.to_owned(), Value::Object(kept));
            }
        }
    }

    /// Moves this record's objects into a file at `location`, and returns what that file says. `None` for an unlabeled
    /// record, which has no file.
    pub fn detach(&mut self, location: &str, file_name: &str, size_px: Option<[u32; 2]>) -> Option<ImageObjects> {
        let annotations = self.annotations.as_mut()?;
        let is_object = |annotation: &ManifestAnnotation| annotation.kind == DatasetType::ObjectDetection;
        let (found, rest): (Vec<_>, Vec<_>) = std::mem::take(annotations).into_iter().partition(is_object);
        *annotations = rest;
        let latest = found.iter().max_by_key(|annotation| annotation.created);
        let mut entry = Map::new();
        entry.insert("type".to_owned(), format!("modelarts/{}", type_name(DatasetType::ObjectDetection)).into());
        entry.insert("annotation-loc".to_owned(), location.into());
        entry.insert("annotation-format".to_owned(), FORMAT_NAME.into());
        if found.iter().any(|annotation| annotation.hard == Some(true)) {
            entry.insert("hard".to_owned(), hard_value(true));
        }
        let author = latest.and_then(|annotation| annotation.annotated_by.clone());
        entry.insert("annotated-by".to_owned(), author.unwrap_or_else(|| "human".to_owned()).into());
        if let Some(created) = latest.and_then(|annotation| annotation.created) {
            entry.insert("creation-time".to_owned(), created.to_manifest().into());
        }
        let kept = self.extra.shift_remove(voc::KEPT);
        if let Some(Value::Object(rest)) = kept.as_ref().and_then(|kept| kept.get(ENTRY)) {
            let new = rest.iter().filter(|(key, _)| !entry.contains_key(*key)).collect::<Vec<_>>();
            let new: Map<String, Value> = new.into_iter().map(|(key, value)| (key.clone(), value.clone())).collect();
            entry.extend(new);
        }
        let notes: Vec<Value> = found.iter().map(note_of).collect();
        if !notes.is_empty() {
            entry.insert(OBJECTS.to_owned(), notes.into());
        }
        self.detection.insert(0, DetectionFile(entry));
        let objects = found.into_iter().filter_map(object_of).collect();
        let extra = kept.map(|kept| Map::from_iter([(voc::KEPT.to_owned(), kept)])).unwrap_or_default();
        Some(ImageObjects {
            file_name: file_name.to_owned(),
            size_px,
            channels: None,
            objects: Some(objects),
            usage: self.usage,
            extra,
        })
    }
}

/// What a VOC file cannot say of an object.
fn note_of(annotation: &ManifestAnnotation) -> Value {
    let mut note = json!({ "name": annotation.name });
    if let Some(id) = annotation.label_id {
        note[LABEL_ID] = id.to_string().into();
    }
    if let Some(hard) = annotation.hard {
        note["hard"] = hard.into();
    }
    if let Some(author) = &annotation.annotated_by {
        note["annotated-by"] = author.clone().into();
    }
    if let Some(created) = annotation.created {
        note["creation-time"] = created.to_manifest().into();
    }
    // A file has only text.
    let typed = annotation.properties.iter().filter(|(_, value)| !value.is_string());
    let typed: Map<String, Value> = typed.map(|(key, value)| (key.clone(), value.clone())).collect();
    if !typed.is_empty() {
        note["properties"] = Value::Object(typed);
    }
    let mut extra = annotation.extra.clone();
    extra.retain(|key, _| !super::record::is_private(key));
    if !extra.is_empty() {
        note["extra"] = Value::Object(extra);
    }
    note
}

fn object_of(annotation: ManifestAnnotation) -> Option<ImageObject> {
    let crate::domain::AnnotationBody::Shape { shape, attributes } = annotation.body else { return None };
    let said = Said {
        hard: annotation.hard,
        confidence: annotation.confidence,
        properties: annotation.properties,
        annotated_by: annotation.annotated_by,
        created: annotation.created,
        extra: annotation.extra,
    };
    Some(ImageObject { label: annotation.name?, shape, attributes, said: said.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{LabelId, ObjectAttributes, Shape};
    use crate::formats::manifest::{ManifestReader, ManifestWriter};

    fn read(text: &[u8]) -> ManifestRecord {
        let line = ManifestReader::new(text, "test").next().expect("a line").expect("readable");
        assert_eq!(line.warnings, []);
        line.record.expect("a record")
    }

    #[test]
    fn objects_go_into_a_file_and_come_back_with_what_it_cannot_say() {
        let mut record = ManifestRecord::new("file:///a/b.jpg");
        let attributes = ObjectAttributes { difficult: Some(true), ..ObjectAttributes::default() };
        let body = crate::domain::AnnotationBody::Shape { shape: Shape::rectangle([1.0, 2.0], [3.0, 4.0]), attributes };
        let mut annotation = ManifestAnnotation::new(DatasetType::ObjectDetection, Some("cat".to_owned()), body);
        annotation.label_id = Some(LabelId::random());
        annotation.hard = Some(true);
        annotation.annotated_by = Some("human/ada".to_owned());
        annotation.created = Timestamp::parse("2026-01-02 03:04:05");
        annotation.extra.insert("unknown".to_owned(), json!({ "kept": 1 }));
        let properties = json!({ "count": 1, "sure": true, "colour": "red", "parts": [1, 2.5] });
        annotation.properties = properties.as_object().cloned().unwrap_or_default();
        record.annotations = Some(vec![annotation.clone()]);
        let image = record.detach("file:///v/b.xml", "b.jpg", Some([9, 9])).expect("labeled");
        let bytes = voc::to_bytes(&image, voc::Surroundings::default());
        let mut writer = ManifestWriter::new(Vec::new());
        writer.write(&record).expect("memory");
        let line = writer.finish().expect("memory");
        let text = String::from_utf8_lossy(&line);
        assert!(text.contains(r#""annotation-format":"PASCAL VOC""#) && text.contains(r#""hard":"true""#), "{text}");

        let mut again = read(&line);
        assert!(again.fits(DatasetType::ObjectDetection) && !again.fits(DatasetType::ImageClassification));
        for file in again.take_detection_files() {
            assert_eq!(file.location(), "file:///v/b.xml");
            let image = voc::read(&bytes).expect("ours").image;
            again.attach(&file, image);
        }
        let found = &again.annotations.as_ref().expect("labeled")[0];
        // What a file must say, it says.
        let filled = ObjectAttributes {
            difficult: Some(true),
            truncated: Some(false),
            occluded: Some(false),
            ..ObjectAttributes::default()
        };
        let crate::domain::AnnotationBody::Shape { attributes, .. } = &found.body else { panic!("{found:?}") };
        assert_eq!(*attributes, filled);
        assert_eq!(found.label_id, annotation.label_id);
        assert_eq!((found.hard, &found.annotated_by), (Some(true), &annotation.annotated_by));
        assert_eq!(found.created, annotation.created);
        assert_eq!(found.extra.get("unknown"), annotation.extra.get("unknown"));
        assert_eq!(found.properties, annotation.properties, "numbers stay numbers");
        assert_eq!(again.size_px, Some([9, 9]));
    }

    #[test]
    fn a_label_keeps_the_space_around_it() {
        let mut record = ManifestRecord::new("file:///a/b.jpg");
        let body = crate::domain::AnnotationBody::shape(Shape::rectangle([1.0, 2.0], [3.0, 4.0]));
        let mut annotation = ManifestAnnotation::new(DatasetType::ObjectDetection, Some(" big cat ".to_owned()), body);
        annotation.label_id = Some(LabelId::random());
        record.annotations = Some(vec![annotation.clone()]);
        let image = record.detach("b.xml", "b.jpg", None).expect("labeled");
        let bytes = voc::to_bytes(&image, voc::Surroundings::default());
        let ours = voc::read(&bytes).expect("ours").image;
        assert_eq!(ours.objects.as_ref().expect("labeled")[0].label, " big cat ");
        let file = record.take_detection_files().remove(0);
        // What another tool trimmed is the same object.
        let trimmed = String::from_utf8(bytes).expect("text").replace("> big cat <", ">big cat<");
        for image in [ours, voc::read(trimmed.as_bytes()).expect("theirs").image] {
            let mut again = ManifestRecord::new("file:///a/b.jpg");
            again.attach(&file, image);
            let found = &again.annotations.expect("labeled")[0];
            assert_eq!((found.name.as_deref(), found.label_id), (Some(" big cat "), annotation.label_id));
        }
    }

    #[test]
    fn two_files_of_one_image_keep_what_both_say() {
        let file = DetectionFile(Map::new());
        let read = |inside: &str| {
            let text = format!("<annotation><folder>x</folder><filename>a.jpg</filename>{inside}</annotation>");
            voc::read(text.as_bytes()).expect("an annotation").image
        };
        let mut record = ManifestRecord::new("a.jpg");
        record.attach(&file, read("<source><database>one</database></source><object><name>a</name></object>"));
        record.attach(&file, read("<owner>two</owner><object><name>b</name></object>"));
        let image = record.detach("a.xml", "a.jpg", None).expect("labeled");
        let text = String::from_utf8(voc::to_bytes(&image, voc::Surroundings::default())).expect("text");
        for part in ["<database>one", "<owner>two", "<name>a<", "<name>b<"] {
            assert_eq!(text.matches(part).count(), 1, "{part} in {text}");
        }
        assert_eq!(text.matches("<folder>").count(), 1, "{text}");
    }

    #[test]
    fn nothing_here_is_a_file_without_objects() {
        let mut record = ManifestRecord { annotations: Some(Vec::new()), ..ManifestRecord::new("a.jpg") };
        let image = record.detach("a.xml", "a.jpg", None).expect("labeled");
        assert_eq!(image.objects, Some(Vec::new()));
        assert_eq!(record.take_detection_files().len(), 1);
        let mut unlabeled = ManifestRecord::new("a.jpg");
        assert!(unlabeled.detach("a.xml", "a.jpg", None).is_none());
        assert!(unlabeled.take_detection_files().is_empty());
    }
}
