//! Boxes and shapes as a table (CSV): a row for each object. What is written has these columns:
//!
//! `image, width, height, label, shape, xmin, ymin, xmax, ymax, points, degrees, group, confidence, usage, attributes`
//!
//! `shape` is a shape's name (`rectangle`, `rotated-rectangle`, `polygon`, `polyline`, `line`, `dashed`, `point`,
//! `circle`), `nothing` for an image labeled with nothing, and empty for an unlabeled image. `points` are `x y` pairs
//! with `;` between them and `|` before each hole. The box is around the shape; of a circle, it is the shape. Rotated
//! rectangles have their four corners, and their clockwise angle in `degrees`. `attributes` is a JSON object.
//!
//! Also read: `filename,width,height,class,xmin,ymin,xmax,ymax` and tables without a header as Keras-RetinaNet has
//! them (`path,x1,y1,x2,y2,class`); `;` or tabs between fields, a BOM, quotes, commas in numbers.

use super::FormatError;
use super::detection::{DetectionFormat, FileSink, FileTree, ImageNames, ObjectSource, Reading, folder_of};
use super::exchange::{Labels, Warnings, rectangle_of_corners, take_fields, to_fields, usage_name, usage_named};
use super::image_folder::is_image_name;
use super::objects::{Carries, ImageObject, ImageObjects, Kept, OtherShapes};
use super::shape_properties::{GROUP, HOLES, ROTATION};
use crate::domain::shape::Point;
use crate::domain::{Explanation, Shape};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet};
use std::io::{BufRead, BufReader, Read};
use std::ops::ControlFlow;

/// What the format carries: everything.
pub const CARRIES: Carries = Carries { other_shapes: OtherShapes::AreLeftOut, kept: Kept::None, ..Carries::EVERYTHING };

/// This format's line in the table.
pub const FORMAT: DetectionFormat = DetectionFormat {
    name: "csv",
    carries: &CARRIES,
    image_folder: "images",
    says_size: true,
    recognises,
    read,
    write,
};

const COLUMNS: [&str; 15] = [
    "image",
    "width",
    "height",
    "label",
    "shape",
    "xmin",
    "ymin",
    "xmax",
    "ymax",
    "points",
    "degrees",
    "group",
    "confidence",
    "usage",
    "attributes",
];
const HEAD_BYTES: u64 = 64 << 10;
/// Column names of other tools.
const SYNONYMS: [(&str, &str); 24] = [
    ("filename", "image"),
    ("file_name", "image"),
    ("file", "image"),
    ("path", "image"),
    ("image_path", "image"),
    ("image_name", "image"),
    ("frame", "image"),
    ("class", "label"),
    ("class_name", "label"),
    ("label_name", "label"),
    ("name", "label"),
    ("x1", "xmin"),
    ("y1", "ymin"),
    ("x2", "xmax"),
    ("y2", "ymax"),
    ("x_min", "xmin"),
    ("y_min", "ymin"),
    ("x_max", "xmax"),
    ("y_max", "ymax"),
    ("image_width", "width"),
    ("image_height", "height"),
    ("score", "confidence"),
    ("split", "usage"),
    ("set", "usage"),
];

/// Where each column stands.
type Columns = HashMap<&'static str, usize>;

fn column_named(name: &str) -> Option<&'static str> {
    let name = name.trim().to_ascii_lowercase().replace([' ', '-'], "_");
    let own = COLUMNS.iter().find(|column| **column == name).copied();
    own.or_else(|| SYNONYMS.iter().find(|(theirs, _)| *theirs == name).map(|(_, ours)| *ours))
}

/// The columns of a header, or those of a table without one; `None` if it is no table of boxes.
fn columns(first: &csv::ByteRecord) -> Option<(Columns, bool)> {
    let fields: Vec<_> = first.iter().map(|field| String::from_utf8_lossy(field).into_owned()).collect();
    let mut columns = Columns::new();
    for (at, field) in fields.iter().enumerate() {
        if let Some(column) = column_named(field) {
            columns.entry(column).or_insert(at);
        }
    }
    let has = |name: &str| columns.contains_key(name);
    if has("image") && (has("label") || has("shape")) && (has("xmin") && has("ymin") || has("points")) {
        return Some((columns, true));
    }
    let is_number = |at: usize| fields.get(at).is_some_and(|field| field.is_empty() || number(field).is_some());
    let headless = fields.len() == 6 && is_image_name(fields[0].trim().as_bytes()) && (1..5).all(is_number);
    let order = ["image", "xmin", "ymin", "xmax", "ymax", "label"];
    headless.then(|| (order.into_iter().enumerate().map(|(at, name)| (name, at)).collect(), false))
}

fn number(field: &str) -> Option<f64> {
    let field = field.trim();
    let number: f64 = field.parse().or_else(|_| field.replace(',', ".").parse()).ok()?;
    number.is_finite().then_some(number)
}

/// The separator that the first line has most of.
fn delimiter(head: &[u8]) -> u8 {
    let line = head.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let count = |delimiter: u8| line.iter().filter(|byte| **byte == delimiter).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|delimiter| count(*delimiter)).unwrap_or(b',')
}

fn reader<R: Read>(input: R) -> std::io::Result<csv::Reader<BufReader<R>>> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let head = input.fill_buf()?;
    let delimiter = delimiter(head);
    if head.starts_with(b"\xEF\xBB\xBF") {
        input.consume(3);
    }
    Ok(csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(input))
}

fn candidates(tree: &dyn FileTree) -> impl Iterator<Item = &str> {
    let is_table = |name: &&str| {
        let name = name.to_ascii_lowercase();
        [".csv", ".tsv"].iter().any(|ending| name.ends_with(ending))
    };
    tree.files().iter().map(String::as_str).filter(is_table)
}

fn looks_like_boxes(tree: &dyn FileTree, name: &str) -> bool {
    let mut first = csv::ByteRecord::new();
    let input = tree.open(name).and_then(|input| reader(input.take(HEAD_BYTES)));
    let read = input.is_ok_and(|mut table| table.read_byte_record(&mut first).unwrap_or(false));
    read && columns(&first).is_some()
}

fn recognises(tree: &dyn FileTree) -> bool {
    candidates(tree).take(5).any(|name| looks_like_boxes(tree, name))
}

/// A row that was read.
struct Row {
    image: String,
    size_px: Option<[u32; 2]>,
    usage: Option<crate::domain::Usage>,
    /// `None`: the image is unlabeled; an empty list: with nothing.
    object: Option<Option<ImageObject>>,
}

fn row(record: &csv::ByteRecord, columns: &Columns) -> Result<Row, Explanation> {
    let text = |name: &str| {
        let field = columns.get(name).and_then(|at| record.get(*at)).unwrap_or_default();
        String::from_utf8_lossy(field).into_owned()
    };
    let refused = |field: &'static str| Explanation::bad_input("csv-field").with("field", field);
    let image = text("image").trim().replace('\\', "/");
    if image.is_empty() {
        return Err(refused("image"));
    }
    let side =
        |name| number(&text(name)).filter(|side| *side >= 1.0 && *side <= f64::from(u32::MAX)).map(|side| side as u32);
    let size_px = side("width").zip(side("height")).map(|(width, height)| [width, height]);
    let usage = usage_named(&text("usage"));
    // Often there is a space after each comma.
    let label = text("label").trim().to_owned();
    let kind = text("shape").trim().to_owned();
    let corner = ["xmin", "ymin", "xmax", "ymax"].map(|name| number(&text(name)));
    let has_box = ["xmin", "ymin", "xmax", "ymax"].iter().any(|name| !text(name).trim().is_empty());
    if label.is_empty() && !has_box && text("points").is_empty() {
        // With our own columns an empty shape is no decision; the others' empty rows say that there is nothing.
        let nothing = kind == "nothing" || !columns.contains_key("shape");
        return Ok(Row { image, size_px, usage, object: nothing.then_some(None) });
    }
    let bounds = match corner {
        [Some(left), Some(top), Some(right), Some(bottom)] => Some(Shape::rectangle([left, top], [right, bottom])),
        _ => None,
    };
    let rings = rings(&text("points")).ok_or_else(|| refused("points"))?;
    let shape = shape(&kind, bounds, rings).filter(Shape::is_valid).ok_or_else(|| refused("shape"))?;
    let mut object = ImageObject::new(label, shape);
    object.said.confidence = number(&text("confidence")).filter(|score| (0.0..=1.0).contains(score));
    let attributes = text("attributes");
    let mut fields: Map<String, Value> = match serde_json::from_str(&attributes) {
        Ok(fields) => fields,
        Err(_) if attributes.trim().is_empty() => Map::new(),
        Err(_) => return Err(refused("attributes")),
    };
    let group = text("group");
    if !group.is_empty() {
        fields.insert(GROUP.to_owned(), group.into());
    }
    if let (Shape::RotatedRectangle { degrees, .. }, Some(said)) = (&mut object.shape, number(&text("degrees"))) {
        *degrees = said;
    }
    take_fields(fields, &mut object);
    Ok(Row { image, size_px, usage, object: Some(Some(object)) })
}

/// `x y;x y|x y;x y`: a ring and its holes.
fn rings(text: &str) -> Option<Vec<Vec<Point>>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    let point = |text: &str| {
        let (x, y) = text.trim().split_once([' ', ','])?;
        Some([number(x)?, number(y)?])
    };
    text.split('|').map(|ring| ring.split(';').filter(|p| !p.trim().is_empty()).map(point).collect()).collect()
}

fn shape(kind: &str, bounds: Option<Shape>, mut rings: Vec<Vec<Point>>) -> Option<Shape> {
    let first = if rings.is_empty() { Vec::new() } else { rings.remove(0) };
    match (kind, first.as_slice()) {
        ("rectangle" | "box" | "bbox", _) => bounds,
        ("", []) => bounds,
        ("" | "polygon", [_, _, _, ..]) => Some(Shape::Polygon { points: first, holes: rings }),
        ("polyline", [_, _, ..]) => Some(Shape::Polyline { points: first }),
        ("line", [a, b]) => Some(Shape::Line { points: [*a, *b], dashed: false }),
        ("dashed", [a, b]) => Some(Shape::Line { points: [*a, *b], dashed: true }),
        ("point", [at]) => Some(Shape::Point { at: *at }),
        ("point", []) => bounds.map(|bounds| Shape::Point { at: bounds.bounds().min }),
        ("circle", _) => {
            let bounds = bounds?.bounds();
            Some(Shape::Circle { center: bounds.center(), radius: bounds.width() / 2.0 })
        }
        ("rotated-rectangle", [a, b, c, d]) => {
            let corners = [*a, *b, *c, *d];
            match rectangle_of_corners(corners, 0.5)? {
                // One that stands upright is still what the row says it is.
                Shape::Rectangle { min, max } => {
                    let size_px = [max[0] - min[0], max[1] - min[1]];
                    let center = [f64::midpoint(min[0], max[0]), f64::midpoint(min[1], max[1])];
                    Some(Shape::RotatedRectangle { center, size_px, degrees: 0.0 })
                }
                turned => Some(turned),
            }
        }
        _ => None,
    }
}

fn read(tree: &dyn FileTree, each: &mut dyn FnMut(ImageObjects) -> ControlFlow<()>) -> Result<Reading, FormatError> {
    let names = ImageNames::new(tree);
    let (mut labels, mut notes) = (Labels::default(), Warnings::default());
    // Rows of one image need not follow each other.
    let mut images: Vec<ImageObjects> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for name in candidates(tree).filter(|name| looks_like_boxes(tree, name)) {
        let failed = |cause| FormatError::Read { cause, name: name.to_owned() };
        let mut table = reader(tree.open(name).map_err(failed)?).map_err(failed)?;
        let mut record = csv::ByteRecord::new();
        let mut layout: Option<Columns> = None;
        let split = usage_named(super::detection::stem(super::detection::base_name(name)));
        loop {
            let line = table.position().line();
            match table.read_byte_record(&mut record) {
                Ok(false) => break,
                Ok(true) => {}
                Err(cause) => {
                    let reason = Explanation::bad_input("csv-record").with("cause", cause);
                    notes.add(name, &line.to_string(), reason);
                    break;
                }
            }
            let layout = match &layout {
                Some(layout) => layout,
                None => {
                    let Some((found, is_header)) = columns(&record) else { break };
                    let found = layout.insert(found);
                    if is_header {
                        continue;
                    }
                    found
                }
            };
            let row = match row(&record, layout) {
                Ok(row) => row,
                Err(reason) => {
                    notes.add(name, &record.position().map_or(line, csv::Position::line).to_string(), reason);
                    continue;
                }
            };
            let found = names.find(&row.image, folder_of(name)).or_else(|| names.find(&row.image, "images"));
            let file_name = found.map_or(row.image, str::to_owned);
            let place = *places.entry(file_name.clone()).or_insert_with(|| {
                images.push(ImageObjects { file_name, ..ImageObjects::default() });
                images.len() - 1
            });
            let image = &mut images[place];
            image.size_px = image.size_px.or(row.size_px);
            image.usage = image.usage.or(row.usage).or(split);
            if let Some(object) = row.object {
                let objects = image.objects.get_or_insert_default();
                if let Some(object) = object {
                    labels.add(&object.label);
                    objects.push(object);
                }
            }
        }
    }
    let seen: HashSet<String> = places.into_keys().collect();
    let unlisted = names.all().filter(|name| !seen.contains(*name));
    let unlisted = unlisted.map(|name| ImageObjects { file_name: name.to_owned(), ..ImageObjects::default() });
    for image in images.into_iter().chain(unlisted) {
        if each(image).is_break() {
            break;
        }
    }
    Ok(Reading { labels: labels.finish(), warnings: notes.finish() })
}

fn write(source: &dyn ObjectSource, sink: &dyn FileSink) -> Result<(), FormatError> {
    sink.write("objects.csv", &mut |out| {
        let failed = |cause: csv::Error| FormatError::Write { cause: cause.into(), name: "objects.csv".to_owned() };
        let mut table = csv::Writer::from_writer(out);
        table.write_record(COLUMNS).map_err(failed)?;
        source.each(&mut |image| {
            let objects = image.objects.as_deref();
            for object in objects.into_iter().flatten() {
                table.write_record(record(image, Some(object), object.shape.kind().as_str())).map_err(failed)?;
            }
            match objects {
                Some([]) => table.write_record(record(image, None, "nothing")).map_err(failed),
                None => table.write_record(record(image, None, "")).map_err(failed),
                _ => Ok(()),
            }
        })?;
        table.flush().map_err(|cause| FormatError::Write { cause, name: "objects.csv".to_owned() })
    })
}

fn record(image: &ImageObjects, object: Option<&ImageObject>, kind: &str) -> Vec<String> {
    let mut cells: HashMap<&str, String> = HashMap::new();
    cells.insert("image", image.file_name.clone());
    if let Some([width, height]) = image.size_px {
        cells.insert("width", width.to_string());
        cells.insert("height", height.to_string());
    }
    cells.insert("shape", kind.to_owned());
    cells.insert("usage", image.usage.map(usage_name).unwrap_or_default().to_owned());
    if let Some(object) = object {
        let bounds = object.shape.bounds();
        cells.insert("label", object.label.clone());
        for (name, number) in ["xmin", "ymin", "xmax", "ymax"].iter().zip([bounds.min, bounds.max].concat()) {
            cells.insert(name, number.to_string());
        }
        let pairs = |points: &[Point]| points.iter().map(|[x, y]| format!("{x} {y}")).collect::<Vec<_>>().join(";");
        let points = match &object.shape {
            Shape::Polygon { points, holes } => {
                std::iter::once(points).chain(holes).map(|ring| pairs(ring)).collect::<Vec<_>>().join("|")
            }
            Shape::Polyline { points } => pairs(points),
            Shape::Line { points, .. } => pairs(points),
            Shape::Point { at } => pairs(&[*at]),
            Shape::RotatedRectangle { .. } => object.shape.corners().map(|four| pairs(&four)).unwrap_or_default(),
            Shape::Rectangle { .. } | Shape::Circle { .. } => String::new(),
        };
        cells.insert("points", points);
        if let Shape::RotatedRectangle { degrees, .. } = &object.shape {
            cells.insert("degrees", degrees.to_string());
        }
        cells.insert("group", object.attributes.group.clone().unwrap_or_default());
        cells.insert("confidence", object.said.confidence.map(|score| score.to_string()).unwrap_or_default());
        let mut fields = to_fields(object);
        for known in [ROTATION, HOLES, GROUP, "modelier:shape"] {
            fields.shift_remove(known);
        }
        if !fields.is_empty() {
            cells.insert("attributes", Value::Object(fields).to_string());
        }
    }
    COLUMNS.iter().map(|column| cells.remove(column).unwrap_or_default()).collect()
}
