//! What is asked of every reader of foreign bytes: no panic, only valid shapes, and what was understood is understood
//! alike after writing. The fuzz targets feed these random bytes; `tests/fuzz_seeds.rs` replays the kept inputs on
//! stable Rust. Whoever includes this file has `domain`, `formats` and `media` beside it.

use super::domain::shape::Bounds;
use super::domain::{DatasetType, LabelName, Shape, ShapeKind, TextSplit};
use super::formats::FormatError;
use super::formats::detection::{DetectionFormat, FileSink, FileTree, ObjectSource};
use super::formats::exchange::carried;
use super::formats::manifest::{ManifestReader, ManifestWriter};
use super::formats::mask::Mask;
use super::formats::objects::{ImageObject, ImageObjects};
use super::formats::text::{self, LabeledText, LabeledTexts, TextFormat};
use super::formats::{coco, cvat, image_folder, label_studio, labelme, object_table, voc, yolo};
use super::media::image::{Limits, decode, decode_scaled, probe};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;

/// A fuzz target: its name, which its seeds' folder has too, and what it asks.
pub type Target = (&'static str, fn(&[u8]));

/// All targets. A new one is a line here, a file in `fuzz_targets/` and a folder in `seeds/`.
pub const TARGETS: &[Target] = &[
    ("coco", coco),
    ("csv", csv),
    ("cvat", cvat),
    ("decode_image", decode_image),
    ("label_studio", label_studio),
    ("labelme", labelme),
    ("manifest", manifest),
    ("rle", rle),
    ("text_brat", text_brat),
    ("text_conll", text_conll),
    ("text_csv", text_csv),
    ("text_decode", text_decode),
    ("text_json", text_json),
    ("voc", voc),
    ("yolo", yolo),
];

/// The images of a folder that is read: `a.jpg` and `b.png`.
const IMAGE_SIZE_PX: [u32; 2] = [640, 480];

pub fn coco(bytes: &[u8]) {
    survives(&coco::FORMAT, &[("annotations/instances_train.json", bytes)]);
}

pub fn csv(bytes: &[u8]) {
    survives(&object_table::FORMAT, &[("labels.csv", bytes)]);
}

pub fn cvat(bytes: &[u8]) {
    survives(&cvat::FORMAT, &[("annotations.xml", bytes)]);
}

pub fn label_studio(bytes: &[u8]) {
    survives(&label_studio::FORMAT, &[("export.json", bytes)]);
}

pub fn labelme(bytes: &[u8]) {
    survives(&labelme::FORMAT, &[("a.json", bytes)]);
}

pub fn voc(bytes: &[u8]) {
    survives(&voc::FORMAT, &[("a.xml", bytes)]);
}

/// The part before a line `---` is the labels of an image, the rest the names.
pub fn yolo(bytes: &[u8]) {
    let mark = b"\n---\n";
    let place = bytes.windows(mark.len()).position(|window| window == mark);
    let (labels, names) =
        place.map_or((bytes, b"names: [a, b]".as_slice()), |at| (&bytes[..at], &bytes[at + mark.len()..]));
    for format in [&yolo::DETECT, &yolo::SEGMENT, &yolo::ORIENTED] {
        survives(format, &[("a.txt", labels), ("data.yaml", names)]);
    }
}

/// Any bytes at all through every way of reading a picture.
pub fn decode_image(bytes: &[u8]) {
    let limits = Limits { decoded_bytes: 16 * 1024 * 1024 };
    let _ = probe(bytes);
    let _ = decode(bytes, &limits);
    let _ = decode_scaled(bytes, 64, &limits);
}

pub fn manifest(bytes: &[u8]) {
    for line in ManifestReader::new(bytes, "fuzz").map_while(Result::ok) {
        let Some(record) = line.record else { continue };
        let mut writer = ManifestWriter::new(Vec::new());
        writer.write(&record).expect("memory does not fail");
        let text = writer.finish().expect("memory does not fail");
        let again = ManifestReader::new(text.as_slice(), "fuzz").next().expect("a line").expect("our own line");
        // Fractions of many digits may differ in the last bit after reading, so only that it is read is asked.
        assert_eq!(again.record.map(|record| record.source), Some(record.source));
    }
}

/// Width, height and the compressed text of a mask: outlines cover the pixels they were made of.
pub fn rle(bytes: &[u8]) {
    let [width, height, text @ ..] = bytes else { return };
    let size_px = [u32::from(*width), u32::from(*height)];
    let Ok(mask) = Mask::from_text(size_px, text) else { return };
    assert_eq!(Mask::from_text(size_px, mask.to_text().as_bytes()).as_ref(), Ok(&mask));
    let Ok(shapes) = mask.to_polygons() else { return };
    let rings = shapes.iter().filter_map(|shape| match shape {
        Shape::Polygon { points, holes } => Some((points.as_slice(), holes.as_slice())),
        _ => None,
    });
    assert_eq!(Mask::of_polygons(size_px, rings), Ok(mask));
}

/// A text and what stands in its annotation file.
pub fn text_brat(bytes: &[u8]) {
    text_survives(&text::brat::FORMAT, &[("a.ann", bytes), ("a.txt", "Ann 去了 Ulm, 😀\r\nand back".as_bytes())]);
}

pub fn text_conll(bytes: &[u8]) {
    text_survives(&text::conll::FORMAT, &[("a.conll", bytes)]);
}

pub fn text_csv(bytes: &[u8]) {
    text_survives(&text::csv_table::FORMAT, &[("a.csv", bytes)]);
}

/// Any bytes are some text, and that text survives.
pub fn text_decode(bytes: &[u8]) {
    let found = text::decode(bytes).text;
    for split in TextSplit::ALL {
        let count = text::pieces(&found, split).map(|piece| piece.text.len()).sum::<usize>();
        assert!(count <= found.len());
    }
    assert_eq!(text::decode(&text::decode::encode(&found)).text, found);
}

pub fn text_json(bytes: &[u8]) {
    for format in [&text::json_lines::FORMAT, &text::doccano::RELATIONS, &text::doccano::FORMAT] {
        text_survives(format, &[("a.jsonl", bytes)]);
    }
    for format in [&text::label_studio::FORMAT, &text::spacy::FORMAT] {
        text_survives(format, &[("a.json", bytes)]);
    }
}

struct Texts(DatasetType, Vec<LabeledText>);

impl LabeledTexts for Texts {
    fn kind(&self) -> DatasetType {
        self.0
    }

    fn labels(&self) -> &[String] {
        &[]
    }

    fn each(&self, each: &mut dyn FnMut(&LabeledText) -> Result<(), FormatError>) -> Result<(), FormatError> {
        self.1.iter().try_for_each(each)
    }
}

fn read_texts(format: &TextFormat, tree: &Tree) -> Option<Vec<LabeledText>> {
    let mut texts = Vec::new();
    (format.read)(tree, &mut |text| {
        texts.push(text);
        ControlFlow::Continue(())
    })
    .ok()?;
    Some(texts)
}

/// Reads files, writes what was understood, and reads as many entities in that again.
fn text_survives(format: &TextFormat, files: &[(&str, &[u8])]) {
    let tree = Tree::new(files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())));
    let _ = (format.recognises)(&tree);
    let Some(mut texts) = read_texts(format, &tree) else { return };
    texts.retain(|text| text.words().is_some_and(|words| !text::pieces::is_blank(words)));
    for text in &mut texts {
        let words: Vec<char> = text.words().unwrap_or_default().chars().collect();
        for entity in text.entities.iter().flatten() {
            let covered: String = words[entity.start as usize..entity.end as usize].iter().collect();
            assert_eq!(covered, entity.text, "{}", format.name);
        }
        // What is no name is no label of the program either.
        text.entities.iter_mut().for_each(|entities| entities.retain(|entity| is_label(&entity.label)));
        text.labels.iter_mut().for_each(|labels| labels.retain(|label| is_label(&label.label)));
    }
    for kind in format.kinds {
        let source = Texts(*kind, texts.clone());
        let sink = Sink::default();
        (format.write)(&source, &sink).expect("memory does not fail");
        let found = read_texts(format, &Tree::new(sink.0.into_inner())).expect("what was written");
        if *kind != DatasetType::NamedEntity {
            continue;
        }
        let entities = |texts: &[LabeledText]| {
            let all = texts.iter().flat_map(|text| text.entities.iter().flatten());
            let mut all: Vec<_> = all.map(|entity| (entity.label.clone(), entity.start, entity.end)).collect();
            all.sort();
            all
        };
        let kept = texts.iter().map(|text| {
            let kept = text
                .entities
                .as_ref()
                .map(|entities| text::kept_entities(format.carries, entities).into_iter().cloned().collect::<Vec<_>>());
            LabeledText { entities: kept, ..LabeledText::default() }
        });
        assert_eq!(entities(&found), entities(&kept.collect::<Vec<_>>()), "{}", format.name);
    }
}

fn is_label(name: &str) -> bool {
    LabelName::imported(name).is_ok() && !name.contains(char::is_whitespace)
}

/// Files in memory.
#[derive(Default)]
struct Tree {
    names: Vec<String>,
    files: BTreeMap<String, Vec<u8>>,
}

impl Tree {
    fn new(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        let files: BTreeMap<_, _> = files.into_iter().collect();
        Self { names: files.keys().cloned().collect(), files }
    }
}

impl FileTree for Tree {
    fn files(&self) -> &[String] {
        &self.names
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(self.files.get(name).ok_or(io::ErrorKind::NotFound)?.as_slice()))
    }

    fn image_size_px(&self, name: &str) -> Option<[u32; 2]> {
        (self.files.contains_key(name) && image_folder::is_image_name(name.as_bytes())).then_some(IMAGE_SIZE_PX)
    }
}

#[derive(Default)]
struct Sink(RefCell<BTreeMap<String, Vec<u8>>>);

impl FileSink for Sink {
    fn write(
        &self,
        name: &str,
        fill: &mut dyn FnMut(&mut dyn Write) -> Result<(), FormatError>,
    ) -> Result<(), FormatError> {
        let mut bytes = Vec::new();
        fill(&mut bytes)?;
        self.0.borrow_mut().insert(name.to_owned(), bytes);
        Ok(())
    }
}

struct Source(Vec<ImageObjects>);

impl ObjectSource for Source {
    fn labels(&self) -> &[String] {
        &[]
    }

    fn each(&self, each: &mut dyn FnMut(&ImageObjects) -> Result<(), FormatError>) -> Result<(), FormatError> {
        self.0.iter().try_for_each(each)
    }
}

fn read(format: &DetectionFormat, tree: &Tree) -> Option<Vec<ImageObjects>> {
    let mut images = Vec::new();
    (format.read)(tree, &mut |image| {
        images.push(image);
        ControlFlow::Continue(())
    })
    .ok()?;
    Some(images)
}

/// Reads a folder with these files and two images, writes what was understood, and reads that again.
fn survives(format: &DetectionFormat, files: &[(&str, &[u8])]) {
    let images = ["a.jpg", "b.png"].map(|name| (name.to_owned(), Vec::new()));
    let tree = Tree::new(files.iter().map(|(name, bytes)| ((*name).to_owned(), bytes.to_vec())).chain(images));
    let _ = (format.recognises)(&tree);
    let Some(mut images) = read(format, &tree) else { return };
    for (at, image) in images.iter_mut().enumerate() {
        // The program names the images that it writes, and knows their size.
        image.file_name = format!("{at}.jpg");
        image.size_px = Some(IMAGE_SIZE_PX);
        for object in image.objects.iter().flatten() {
            assert!(object.shape.is_valid(), "{object:?}");
        }
        if let Some(objects) = &mut image.objects {
            // What is no name is no label of the program either.
            objects.retain(|object| LabelName::imported(&object.label).is_ok());
        }
    }
    let source = Source(images);
    let sink = Sink::default();
    (format.write)(&source, &sink).expect("memory does not fail");
    let folder = if format.image_folder.is_empty() { String::new() } else { format!("{}/", format.image_folder) };
    let name = |image: &ImageObjects| format!("{folder}{}", image.file_name);
    let written = sink.0.into_inner();
    let again = Tree::new(written.into_iter().chain(source.0.iter().map(|image| (name(image), Vec::new()))));
    let found = read(format, &again).expect("what was written");
    for image in &source.0 {
        let again = found.iter().find(|found| found.file_name == name(image)).and_then(|found| found.objects.as_ref());
        let mut rest: Vec<&ImageObject> = again.into_iter().flatten().collect();
        let expected = image.objects.iter().flatten();
        let expected = expected.filter_map(|object| Some((object, carried(format.carries, &object.shape)?)));
        for (object, shape) in expected {
            let is_carried = format.carries.shapes.contains(&object.shape.kind());
            let fits = |found: &&ImageObject| {
                found.label == object.label
                    && (!is_carried || is_alike(object.shape.kind(), found.shape.kind()))
                    && are_near(&shape.bounds(), &found.shape.bounds())
            };
            let place = rest.iter().position(fits);
            let place = place.unwrap_or_else(|| panic!("{}: {object:?} is none of {rest:?}", format.name));
            rest.remove(place);
        }
        assert!(rest.is_empty(), "{}: {rest:?} of {image:?}", format.name);
    }
}

/// Whether a shape of one kind may come back as one of the other: a rectangle that is turned by nothing is upright.
fn is_alike(before: ShapeKind, after: ShapeKind) -> bool {
    let is_rectangle = |kind| matches!(kind, ShapeKind::Rectangle | ShapeKind::RotatedRectangle);
    before == after || is_rectangle(before) && is_rectangle(after)
}

/// Whether sides are the same but for rounding.
fn are_near(a: &Bounds, b: &Bounds) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-2 + 1e-6 * a.abs().max(b.abs());
    (0..2).all(|axis| near(a.min[axis], b.min[axis]) && near(a.max[axis], b.max[axis]))
}
