//! What every exchange format must do: what it carries survives there and back, the report before writing names all
//! else, and no bytes make it panic.

use super::detection::testing::{MemorySink, MemorySource};
use super::detection::{DETECTION_FORMATS, DetectionFormat, FileTree};
use super::exchange::carried;
use super::objects::{Carries, ImageObject, ImageObjects, LossReport};
use super::{Loss, Said};
use crate::domain::shape::{Point, distance};
use crate::domain::{ObjectAttributes, Shape, Timestamp, Usage};
use proptest::prelude::*;
use serde_json::{Map, json};
use std::ops::ControlFlow;

const SIZE: [u32; 2] = [640, 480];
const NAMES: [&str; 7] = ["coco", "labelme", "label-studio", "cvat", "csv", "yolo", "yolo-segment"];

fn formats() -> impl Iterator<Item = &'static DetectionFormat> {
    let named = |format: &&DetectionFormat| NAMES.contains(&format.name) || format.name == "yolo-obb";
    DETECTION_FORMATS.iter().filter(named)
}

fn point() -> impl Strategy<Value = Point> {
    let on_the_way = (0.0..640.0_f64, 0.0..480.0_f64).prop_map(|(x, y)| [x, y]);
    let whole = (0_u32..640, 0_u32..480).prop_map(|(x, y)| [f64::from(x), f64::from(y)]);
    prop_oneof![on_the_way, whole]
}

fn shape() -> impl Strategy<Value = Shape> {
    let ring = || prop::collection::vec(point(), 3..7);
    prop_oneof![
        (point(), point()).prop_map(|(a, b)| Shape::rectangle(a, b)),
        point().prop_map(|at| Shape::Point { at }),
        (point(), point(), any::<bool>()).prop_map(|(a, b, dashed)| Shape::Line { points: [a, b], dashed }),
        prop::collection::vec(point(), 2..6).prop_map(|points| Shape::Polyline { points }),
        ring().prop_map(Shape::polygon),
        (ring(), prop::collection::vec(ring(), 1..3)).prop_map(|(points, holes)| Shape::Polygon { points, holes }),
        (200.0..400.0_f64, 200.0..300.0_f64, 4.0..150.0_f64, 4.0..150.0_f64, 1.0..179.0_f64).prop_map(
            |(x, y, width, height, degrees)| {
                Shape::RotatedRectangle { center: [x, y], size_px: [width, height], degrees }
            }
        ),
        (point(), 0.5..50.0_f64).prop_map(|(center, radius)| Shape::Circle { center, radius }),
    ]
}

fn attributes() -> impl Strategy<Value = ObjectAttributes> {
    let maybe = || prop::option::of(any::<bool>());
    (prop::option::of("[A-Z][a-z]{2,6}"), maybe(), maybe(), maybe(), prop::option::of("[1-3]|part [ab]")).prop_map(
        |(pose, truncated, occluded, difficult, group)| ObjectAttributes {
            pose,
            truncated,
            occluded,
            difficult,
            group,
        },
    )
}

fn object() -> impl Strategy<Value = ImageObject> {
    let properties = prop::collection::vec(("[a-z颜色]{1,5}|iscrowd|pose", "[a-z0-9 <&\"'；,]{0,6}"), 0..3);
    let said = (prop::option::of("human/[a-z]{1,4}"), prop::option::of(0_i64..2_000_000_000_000));
    (
        ("[a-c]|标签|d \"&'<>,;", shape(), attributes()),
        prop::option::of(any::<bool>()),
        prop::option::of(0.0..1.0_f64),
        properties,
        said,
    )
        .prop_map(|((label, shape, attributes), hard, confidence, properties, (by, at))| {
            let said = Said {
                hard,
                confidence,
                properties: properties.into_iter().map(|(name, value)| (name, value.into())).collect::<Map<_, _>>(),
                annotated_by: by,
                created: at.map(Timestamp),
                extra: Map::new(),
            };
            ImageObject { attributes, said: said.into(), ..ImageObject::new(label, shape) }
        })
}

fn images() -> impl Strategy<Value = Vec<ImageObjects>> {
    let usage = prop::option::of(prop::sample::select(Usage::ALL.to_vec()));
    let image = (prop::option::of(prop::collection::vec(object(), 0..5)), usage);
    prop::collection::vec(image, 1..5).prop_map(|images| {
        let name = |at: usize| ["a.jpg", "b c.png", "d/图 1.jpg", "e&f.jpeg"][at].to_owned();
        let images = images.into_iter().enumerate();
        images
            .map(|(at, (objects, usage))| ImageObjects {
                file_name: name(at),
                size_px: Some(SIZE),
                objects,
                usage,
                ..ImageObjects::default()
            })
            .collect()
    })
}

/// What is left of an object on its way through a format, by what the format says of itself.
fn reduced(carries: &Carries, object: &ImageObject) -> Option<ImageObject> {
    let mut left = ImageObject { shape: carried(carries, &object.shape)?.into_owned(), ..object.clone() };
    let attributes = &mut left.attributes;
    attributes.pose = attributes.pose.take().filter(|_| carries.pose);
    attributes.truncated = attributes.truncated.filter(|_| carries.truncated);
    attributes.occluded = attributes.occluded.filter(|_| carries.occluded);
    attributes.difficult = attributes.difficult.filter(|_| carries.difficult);
    attributes.group = attributes.group.take().filter(|_| carries.group);
    left.said.hard = left.said.hard.filter(|_| carries.hard);
    left.said.confidence = left.said.confidence.filter(|_| carries.confidence);
    if !carries.properties {
        left.said.properties.clear();
    }
    if !carries.authorship {
        (left.said.annotated_by, left.said.created) = (None, None);
    }
    Some(left)
}

fn near(a: Point, b: Point) -> bool {
    distance(a, b) < 2e-3
}

fn rings_near(a: &[Point], b: &[Point]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(*a, *b))
}

fn shapes_alike(a: &Shape, b: &Shape) -> bool {
    match (a, b) {
        (Shape::Rectangle { .. }, Shape::Rectangle { .. }) => rings_near(&a.corners().unwrap(), &b.corners().unwrap()),
        (Shape::RotatedRectangle { .. }, Shape::RotatedRectangle { .. }) => {
            rings_near(&a.corners().unwrap(), &b.corners().unwrap())
        }
        (Shape::Polygon { points, holes }, Shape::Polygon { points: other, holes: others }) => {
            rings_near(points, other)
                && holes.len() == others.len()
                && holes.iter().zip(others).all(|(a, b)| rings_near(a, b))
        }
        (Shape::Polyline { points }, Shape::Polyline { points: other }) => rings_near(points, other),
        (Shape::Line { points, dashed }, Shape::Line { points: other, dashed: too }) => {
            dashed == too && rings_near(points, other)
        }
        (Shape::Point { at }, Shape::Point { at: other }) => near(*at, *other),
        (Shape::Circle { center, radius }, Shape::Circle { center: other, radius: too }) => {
            near(*center, *other) && (radius - too).abs() < 2e-3
        }
        // One that a format writes as a polygon comes back with its angle.
        (Shape::Polygon { points, .. }, Shape::RotatedRectangle { .. }) => rings_near(points, &b.corners().unwrap()),
        _ => false,
    }
}

fn alike(expected: &ImageObject, found: &ImageObject) -> bool {
    let plain = |object: &ImageObject| {
        let mut object = ImageObject { shape: Shape::Point { at: [0.0; 2] }, ..object.clone() };
        object.said.extra.clear();
        // Maps are equal whatever their order.
        object
    };
    shapes_alike(&expected.shape, &found.shape) && plain(expected) == plain(found)
}

fn read(format: &DetectionFormat, tree: &dyn FileTree) -> (Vec<ImageObjects>, super::detection::Reading) {
    let mut images = Vec::new();
    let reading = (format.read)(tree, &mut |image| {
        images.push(image);
        ControlFlow::Continue(())
    });
    (images, reading.expect("what was written"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn what_a_format_carries_survives_there_and_back(images in images()) {
        for format in formats() {
            let source = MemorySource { labels: vec!["c".to_owned(), "unused".to_owned()], images: images.clone() };
            let sink = MemorySink::default();
            (format.write)(&source, &sink).expect("memory does not fail");
            let tree = sink.into_tree(&images, format.image_folder);
            // A folder of images without any annotation file is nobody's.
            let written = images.iter().any(|image| image.objects.is_some()) || format.name != "labelme";
            prop_assert!(!written || (format.recognises)(&tree) || format.name.starts_with("yolo-"), "{}", format.name);
            let (found, reading) = read(format, &tree);
            prop_assert_eq!(found.len(), images.len(), "{}", format.name);
            prop_assert!(
                reading.warnings.iter().all(|warning| warning.reason.code == "cvat-images-without-shapes"),
                "{}: {:?}", format.name, reading.warnings
            );
            // These two have no list of labels.
            if !["labelme", "csv"].contains(&format.name) {
                prop_assert_eq!(&reading.labels[..2], &["c".to_owned(), "unused".to_owned()][..], "{}", format.name);
            }
            let folder = if format.image_folder.is_empty() { String::new() } else { format!("{}/", format.image_folder) };
            for image in &images {
                let name = format!("{folder}{}", image.file_name);
                let again = found.iter().find(|again| again.file_name == name);
                let again = again.unwrap_or_else(|| panic!("{}: {name} of {:?}", format.name, found));
                prop_assert_eq!(again.usage, image.usage.filter(|_| format.carries.usage), "{}", format.name);
                prop_assert_eq!(again.objects.is_some(), image.objects.is_some(), "{}", format.name);
                let (Some(before), Some(after)) = (&image.objects, &again.objects) else { continue };
                let expected: Vec<ImageObject> = before.iter().filter_map(|object| reduced(format.carries, object)).collect();
                prop_assert_eq!(expected.len(), after.len(), "{}: {:#?}", format.name, after);
                // Parts of one object come together.
                let mut rest: Vec<&ImageObject> = after.iter().collect();
                for object in &expected {
                    let place = rest.iter().position(|found| alike(object, found));
                    prop_assert!(place.is_some(), "{}: {:#?}\nis none of\n{:#?}", format.name, object, rest);
                    rest.remove(place.unwrap_or_default());
                }
            }
        }
    }

    #[test]
    fn a_report_is_empty_where_nothing_differs(images in images()) {
        for format in formats() {
            let mut report = LossReport::default();
            for image in &images {
                report.add(format.carries, image);
            }
            let same = images.iter().all(|image| {
                (format.carries.usage || image.usage.is_none())
                    && image.objects.iter().flatten().all(|object| {
                        let mut object = object.clone();
                        // Not hard is what an object is anyway.
                        object.said.hard = object.said.hard.filter(|hard| *hard);
                        reduced(format.carries, &object).as_ref() == Some(&object)
                    })
            });
            prop_assert_eq!(report.is_empty(), same, "{}: {:?}", format.name, report);
        }
    }

    #[test]
    fn torn_files_never_panic(images in images(), cut in 0.0..1.0_f64, byte in any::<u8>()) {
        for format in formats() {
            let source = MemorySource { labels: vec!["c".to_owned()], images: images.clone() };
            let sink = MemorySink::default();
            (format.write)(&source, &sink).expect("memory does not fail");
            let torn = MemorySink::default();
            for (name, mut bytes) in sink.0.into_inner() {
                let at = (bytes.len() as f64 * cut) as usize;
                if byte % 2 == 0 {
                    bytes.truncate(at);
                } else if at < bytes.len() {
                    bytes[at] = byte;
                }
                torn.0.borrow_mut().insert(name, bytes);
            }
            let tree = torn.into_tree(&images, format.image_folder);
            let _ = (format.recognises)(&tree);
            let _ = (format.read)(&tree, &mut |_| ControlFlow::Continue(()));
        }
    }
}

#[test]
fn fields_of_other_formats_come_back_or_are_reported() {
    let part = json!({"layout": ["name", ["part", "", [["name", "ear"]]], "#shape"]});
    let fields = [("keypoints", json!([1, 2, 2])), ("z_order", json!("3")), ("modelier:voc", part)];
    for format in DETECTION_FORMATS {
        for (name, value) in &fields {
            let mut object = ImageObject::new("a", Shape::rectangle([1.0, 2.0], [30.0, 40.0]));
            object.said.extra.insert((*name).to_owned(), value.clone());
            let image = ImageObjects {
                file_name: "a.jpg".to_owned(),
                size_px: Some(SIZE),
                objects: Some(vec![object]),
                ..ImageObjects::default()
            };
            let mut report = LossReport::default();
            report.add(format.carries, &image);
            let source = MemorySource { labels: vec!["a".to_owned()], images: vec![image] };
            let sink = MemorySink::default();
            (format.write)(&source, &sink).expect("memory does not fail");
            let (found, _) = read(format, &sink.into_tree(&source.images, format.image_folder));
            let comes_back = found[0].objects.as_ref().expect("labeled")[0].said.extra.contains_key(*name);
            assert_eq!(report.0.contains_key(&Loss::Kept), !comes_back, "{}: {name}", format.name);
        }
    }
}

/// A folder of the shared data as a tree; `None` where it is absent.
fn real_tree(folder: &str) -> Option<super::detection::testing::MemoryTree> {
    let data = std::env::var_os("MODELIER_SHARED_DATA").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"),
        std::path::PathBuf::from,
    );
    let root = data.join("exchange_formats").join(folder);
    if !root.is_dir() {
        assert!(std::env::var_os("MODELIER_REQUIRE_DATA").is_none(), "the shared data is missing: {}", root.display());
        eprintln!("skipped: no shared data");
        return None;
    }
    let mut tree = super::detection::testing::MemoryTree::default();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("readable").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).expect("below").to_string_lossy().into_owned();
            if super::image_folder::is_image_name(name.as_bytes()) {
                tree = tree.with_image(&name, [15, 10]);
            } else {
                tree = tree.with(&name, std::fs::read(&path).expect("readable"));
            }
        }
    }
    Some(tree)
}

/// The sample sets: format, folder, number of images, labeled images and objects, and what must be told.
const SAMPLES: [(&str, &str, [usize; 3], &[&str]); 20] = [
    (
        "coco",
        "coco_dataset/coco",
        [2, 2, 3],
        &["coco-keypoints", "format-images-twice", "coco-panoptic", "coco-caption"],
    ),
    ("coco", "coco_dataset/coco_instances", [2, 2, 3], &[]),
    ("coco", "coco_dataset/coco_roboflow", [2, 2, 3], &[]),
    ("coco", "coco_dataset/mmdet_coco", [2, 2, 3], &[]),
    ("coco", "coco_dataset/coco_stuff", [2, 2, 3], &[]),
    ("coco", "coco_dataset/coco_person_keypoints", [2, 2, 3], &["coco-keypoints"]),
    ("coco", "coco_dataset/coco_captions", [2, 0, 0], &["coco-caption"]),
    ("coco", "coco_dataset/coco_labels", [2, 0, 0], &["coco-image-label"]),
    ("coco", "coco_dataset/coco_panoptic", [2, 0, 0], &["coco-panoptic"]),
    ("coco", "coco_dataset/coco_image_info", [2, 0, 0], &[]),
    ("cvat", "cvat_dataset/for_images/export_task", [2, 2, 4], &["cvat-no-label"]),
    ("cvat", "cvat_dataset/for_images/export_project", [6, 6, 18], &[]),
    ("cvat", "cvat_dataset/for_video", [3, 0, 0], &["cvat-video"]),
    ("labelme", "labelme_dataset", [1, 1, 7], &["labelme-mask-box"]),
    ("voc", "voc_dataset/voc_dataset1", [2, 1, 2], &[]),
    ("voc", "voc_dataset/voc_dataset2", [5, 5, 4], &["voc-field-empty"]),
    ("voc", "voc_dataset/voc_dataset3", [1, 1, 1], &[]),
    ("yolo", "yolo_dataset/strict", [1, 1, 2], &[]),
    ("yolo", "yolo_dataset/labels", [2, 2, 4], &[]),
    ("yolo", "yolo_dataset/annotations", [1, 1, 2], &[]),
];

#[test]
fn what_other_tools_wrote_is_read_and_comes_back() {
    for (name, folder, expected, codes) in SAMPLES {
        let Some(tree) = real_tree(folder) else { return };
        let first = DETECTION_FORMATS.iter().find(|format| (format.recognises)(&tree)).expect(folder);
        assert_eq!(first.name, name, "{folder}");
        let (images, reading) = read(first, &tree);
        let labeled = images.iter().filter(|image| image.objects.is_some()).count();
        let objects = images.iter().flat_map(|image| image.objects.iter().flatten()).count();
        assert_eq!([images.len(), labeled, objects], expected, "{folder}: {:?}", reading.warnings);
        let told: Vec<&str> = reading.warnings.iter().map(|warning| warning.reason.code.as_ref()).collect();
        for code in codes {
            assert!(told.contains(code), "{folder}: {code} is not among {told:?}");
        }
        comes_back(folder, first, images, reading.labels);
    }
}

/// The object without marks that say no: some formats must write one where nothing was said.
fn without_noes(object: &ImageObject) -> ImageObject {
    let mut object = object.clone();
    let attributes = &mut object.attributes;
    for mark in [&mut attributes.truncated, &mut attributes.occluded, &mut attributes.difficult] {
        *mark = mark.filter(|said| *said);
    }
    object
}

/// Writes what was read in the same format and reads it again: what differs is what the report names.
fn comes_back(folder: &str, format: &DetectionFormat, mut images: Vec<ImageObjects>, labels: Vec<String>) {
    let mut report = LossReport::default();
    for (at, image) in images.iter_mut().enumerate() {
        report.add(format.carries, image);
        image.file_name = format!("{at}.jpg");
        image.size_px = image.size_px.or(Some(SIZE));
    }
    assert!(report.is_empty(), "{folder}: {report:?}");
    let source = MemorySource { labels, images };
    let sink = MemorySink::default();
    (format.write)(&source, &sink).expect("memory does not fail");
    let (found, reading) = read(format, &sink.into_tree(&source.images, format.image_folder));
    assert_eq!(reading.labels, source.labels, "{folder}");
    for image in &source.images {
        let again = found.iter().find(|found| found.file_name.ends_with(&image.file_name)).expect(folder);
        assert_eq!(again.objects.is_some(), image.objects.is_some(), "{folder}");
        assert_eq!(again.usage, image.usage, "{folder}");
        let plain = |image: &ImageObjects| image.objects.iter().flatten().map(without_noes).collect::<Vec<_>>();
        let mut rest = plain(again);
        for object in &plain(image) {
            let place = rest.iter().position(|found| alike(object, found));
            assert!(place.is_some(), "{folder}: {object:#?}\nis none of\n{rest:#?}");
            rest.remove(place.unwrap_or_default());
        }
        assert!(rest.is_empty(), "{folder}: {rest:#?}");
    }
}

#[test]
fn no_sample_of_objects_is_passed_over() {
    let Some(tree) = real_tree("") else { return };
    let endings = [".json", ".xml", ".names", ".txt", ".csv", ".yaml"];
    let is_annotation = |name: &&String| endings.iter().any(|ending| name.ends_with(ending));
    for name in tree.files().iter().filter(is_annotation) {
        let is_read = SAMPLES.iter().any(|(_, folder, ..)| name.starts_with(&format!("{folder}/")));
        assert!(is_read || name.starts_with("imagenet_dataset/"), "{name}");
    }
}
