//! Pascal VOC: real files there and back, files that are meant to fail, and any objects.

use super::element::{Element, parse};
use super::*;
use crate::domain::{ObjectAttributes, Shape, Usage};
use crate::formats::Said;
use crate::formats::detection::testing::{MemorySink, MemorySource, MemoryTree};
use crate::formats::detection::{DetectionFormat, Reading};
use crate::formats::objects::ImageObject;
use proptest::prelude::*;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

/// The shared data; `None` (with a word) where it is absent, which is a failure in CI.
fn shared_data(below: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let folder = std::env::var_os("MODELIER_SHARED_DATA").map_or_else(beside, PathBuf::from).join(below);
    if !folder.is_dir() {
        let required = std::env::var("MODELIER_REQUIRE_DATA").is_ok_and(|value| value == "1");
        assert!(!required, "the shared data is required, but there is no {}", folder.display());
        eprintln!("passed over: there is no {}", folder.display());
        return None;
    }
    Some(folder)
}

fn xml_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(xml_files(&path));
        } else if path.extension().is_some_and(|ending| ending == "xml") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn tree_of(bytes: &[u8]) -> Element<'_> {
    parse(bytes, &mut Vec::new()).expect("XML")
}

/// Asserts that every element of `before` is in `after`, in order, with the same text (numbers by value, empty required
/// fields may be filled); `after` may have more, but only the required fields.
fn assert_same_elements(before: &Element, after: &Element, at: &str) {
    let place = format!("{at}/{}", before.name);
    assert_eq!(before.name, after.name, "{place}");
    assert_eq!(before.attributes, after.attributes, "{place}");
    let same_text = before.trimmed() == after.trimmed()
        || (before.trimmed().is_empty() && before.children.is_empty())
        || before.trimmed().parse::<f64>().ok().is_some_and(|number| after.trimmed().parse() == Ok(number));
    assert!(same_text, "{place}: {:?} became {:?}", before.text, after.text);
    let mut rest = after.children.iter();
    let mut added = Vec::new();
    for child in &before.children {
        let found = loop {
            let Some(candidate) = rest.next() else { panic!("{place}/{} is gone", child.name) };
            if candidate.name == child.name {
                break candidate;
            }
            added.push(candidate.name.clone());
        };
        assert_same_elements(child, found, &place);
    }
    added.extend(rest.map(|child| child.name.clone()));
    let required = ["folder", "size", "segmented", "pose", "truncated", "occluded", "difficult"];
    assert!(added.iter().all(|name| required.contains(&&**name)), "{place} has more: {added:?}");
}

#[test]
fn every_valid_file_is_written_back_with_the_same_elements() {
    for below in ["modelarts/voc", "exchange_formats/voc_dataset", "bccd"] {
        let Some(folder) = shared_data(below) else { return };
        let files: Vec<_> =
            xml_files(&folder).into_iter().filter(|path| !path.iter().any(|p| p == "errorFiles")).collect();
        assert!(files.len() >= 6, "{}", folder.display());
        for path in files {
            let bytes = std::fs::read(&path).expect("a file");
            let file = read(&bytes).unwrap_or_else(|reason| panic!("{}: {reason:?}", path.display()));
            let serious = file.reasons.iter().filter(|reason| reason.code != "voc-field-empty");
            assert_eq!(serious.count(), 0, "{}: {:?}", path.display(), file.reasons);
            let objects = tree_of(&bytes).children.iter().filter(|child| child.name == "object").count();
            assert_eq!(file.image.objects.as_ref().map(Vec::len), Some(objects), "{}", path.display());
            let written = to_bytes(&file.image, Surroundings::default());
            assert_same_elements(&tree_of(&bytes), &tree_of(&written), &path.display().to_string());
            // And what was written says the same again.
            assert_eq!(read(&written).expect("ours").image.objects.map(|o| o.len()), Some(objects));
        }
    }
}

#[test]
fn every_file_that_is_meant_to_fail_says_why() {
    let Some(folder) = shared_data("modelarts/voc/errorFiles") else { return };
    let expected = [
        ("2007_000027_difficult_empty.xml", "voc-field-empty"),
        ("2007_000027_filename_error.xml", "voc-field-empty"),
        ("2007_000027_folder_error.xml", "voc-field-empty"),
        ("2007_000027_object_empty.xml", "voc-object-name"),
        ("2007_000027_object_name_empty.xml", "voc-object-name"),
        ("2007_000027_segmented_empty.xml", "voc-field-empty"),
        ("2007_000027_source_database_empty.xml", "voc-field-empty"),
        ("2007_000027_width_empty.xml", "voc-size"),
        ("empty.xml", "voc-empty"),
        ("emptyAnnotation.xml", "voc-empty"),
        ("labelPropertiesEmpty.xml", "voc-properties-empty"),
        ("labelPropertiesEmpty3.xml", "voc-property-empty"),
        ("twoBndBox.xml", "voc-two-shapes"),
        ("twoBndBox_2007_000027.xml", "voc-part-shapes"),
        ("twoPosition_2007_000027.xml", "voc-part-shapes"),
    ];
    let files = xml_files(&folder);
    assert_eq!(files.len(), expected.len());
    for path in files {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let (_, code) = expected.iter().find(|(known, _)| *known == name).expect("an expectation");
        let bytes = std::fs::read(&path).expect("a file");
        let codes: Vec<String> = match read(&bytes) {
            Err(reason) => vec![reason.code.to_string()],
            Ok(file) => file.reasons.iter().map(|reason| reason.code.to_string()).collect(),
        };
        assert!(codes.iter().any(|found| found == code), "{name}: {codes:?}");
    }
}

#[test]
fn the_guides_shapes_points_and_properties_are_read() {
    let Some(folder) = shared_data("modelarts/voc") else { return };
    let file = |name: &str| read(&std::fs::read(folder.join(name)).expect("a file")).expect("an annotation").image;
    let image = file("000000115967_1556247179208.xml");
    let kinds: Vec<_> = image.objects.iter().flatten().map(|object| object.shape.kind().as_str()).collect();
    assert_eq!(
        kinds,
        [
            "polygon",
            "polygon",
            "dashed",
            "dashed",
            "line",
            "rectangle",
            "rectangle",
            "circle",
            "point",
            "point",
            "point"
        ]
    );
    assert_eq!(image.objects.as_ref().expect("said")[0].said.confidence, Some(0.8));
    let image = file("labelProperties.xml");
    let properties = &image.objects.as_ref().expect("said")[0].said.properties;
    let said: Vec<_> = properties.iter().map(|(key, value)| (key.as_str(), value.as_str().expect("text"))).collect();
    assert_eq!(
        said,
        [("color", "green"), ("属性", "绿色"), ("property", "value"), ("color2", "blue"), ("颜色2", "蓝色")]
    );
}

#[test]
fn the_guides_wrongly_closed_tags_are_put_right_with_a_word() {
    let text = "<annotation><filename>1.jpg</filename><size><width>9</width><height>9</height><depth>3</depth></size>\
        <object><name>a</name><point><x>1<x> <y>2<y></point></object>\
        <object><name>b</name><line><x1>1<x1> <y1>2<y1> <x2>3<x2> <y2>4<y2></line></object>\
        <object><name>c</name><circle><cx>5<cx><cy>6<cy><r>7<r></circle></object></annotation>";
    let file = read(text.as_bytes()).expect("an annotation");
    let shapes: Vec<_> = file.image.objects.iter().flatten().map(|object| object.shape.clone()).collect();
    assert_eq!(
        shapes,
        [
            Shape::Point { at: [1.0, 2.0] },
            Shape::Line { points: [[1.0, 2.0], [3.0, 4.0]], dashed: false },
            Shape::Circle { center: [5.0, 6.0], radius: 7.0 },
        ]
    );
    let codes: Vec<_> = file.reasons.iter().map(|reason| reason.code.as_ref()).collect();
    assert_eq!(codes, ["voc-wrongly-closed"]);
}

#[test]
fn broken_files_name_their_line() {
    for (text, code) in [
        ("<annotation>\n<object>\n</annotation>", "voc-xml"),
        ("<annotation>\n<name>&lol;</name></annotation>", "voc-xml"),
        ("<annotation><a></annotation>", "voc-xml"),
        ("<annotation/><annotation/>", "voc-xml"),
        ("not XML", "voc-xml"),
        ("<annotations><image/></annotations>", "voc-root"),
        ("", "voc-empty"),
        ("  \n", "voc-empty"),
    ] {
        let reason = read(text.as_bytes()).expect_err(text);
        assert_eq!(reason.code, code, "{text}: {reason:?}");
    }
    assert_eq!(read(b"\xFF\xFE<\0").expect_err("UTF-16").code, "voc-encoding");
    let chinese = b"<?xml version='1.0' encoding='GBK'?><annotation><folder>\xC4\xE3</folder></annotation>";
    let reason = read(chinese).expect_err("GBK");
    assert_eq!(reason.arguments, [("encoding".into(), "GBK".into())]);
}

#[test]
fn no_bomb_goes_off() {
    let lol = "<!DOCTYPE a [<!ENTITY lol \"lol\"><!ENTITY lol2 \"&lol;&lol;&lol;&lol;&lol;&lol;&lol;&lol;\">]>\
        <annotation><filename>&lol2;</filename></annotation>";
    assert_eq!(read(lol.as_bytes()).expect_err("an entity").code, "voc-xml");
    let deep = "<annotation>".repeat(100_000);
    assert_eq!(read(deep.as_bytes()).expect_err("too deep").code, "voc-too-large");
    let many = format!("<annotation>{}</annotation>", "<a/>".repeat(2_100_000));
    assert_eq!(read(many.as_bytes()).expect_err("too many").code, "voc-too-large");
}

/// What a fuzz target asks as well.
fn check_stable(bytes: &[u8]) {
    let Ok(file) = read(bytes) else { return };
    let written = to_bytes(&file.image, Surroundings::default());
    let again = read(&written).expect("what we wrote");
    let shapes = |image: &ImageObjects| -> Vec<(String, Shape)> {
        image.objects.iter().flatten().map(|object| (object.label.clone(), object.shape.clone())).collect()
    };
    // One more, where a name had a character that XML cannot hold: it was refused, and is written with a mark instead.
    assert!(shapes(&file.image).len() <= shapes(&again.image).len(), "{}", String::from_utf8_lossy(&written));
}

fn point() -> impl Strategy<Value = [f64; 2]> {
    (-1e4..1e5_f64, -1e4..1e5_f64).prop_map(|(x, y)| [x, y])
}

fn shape() -> impl Strategy<Value = Shape> {
    let ring = || prop::collection::vec(point(), 3..7);
    prop_oneof![
        point().prop_map(|at| Shape::Point { at }),
        (point(), point(), any::<bool>()).prop_map(|(a, b, dashed)| Shape::Line { points: [a, b], dashed }),
        (point(), point()).prop_map(|(a, b)| Shape::rectangle(a, b)),
        (ring(), prop::collection::vec(ring(), 0..3)).prop_map(|(points, holes)| Shape::Polygon { points, holes }),
        prop::collection::vec(point(), 2..7).prop_map(|points| Shape::Polyline { points }),
        (point(), 0.0..300.0_f64).prop_map(|(center, radius)| Shape::Circle { center, radius }),
    ]
}

fn object() -> impl Strategy<Value = ImageObject> {
    let flag = any::<bool>().prop_map(Some);
    let attributes =
        (prop::option::of("[a-zA-Z]{1,9}"), flag.clone(), flag.clone(), flag, prop::option::of("[0-9]{1,3}")).prop_map(
            |(pose, truncated, occluded, difficult, group)| ObjectAttributes {
                pose,
                truncated,
                occluded,
                difficult,
                group,
            },
        );
    let properties = prop::collection::hash_map(
        "[^\\p{Cc}\\p{Cn}\\s][^\\p{Cc}\\p{Cn}]{0,5}",
        "[^\\p{Cn}\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f]{0,8}",
        0..4,
    );
    let label = " ?[^\\p{C}\\p{Z}]([^\\p{C}\\p{Z}]| [^\\p{C}\\p{Z}]){0,8} ?";
    (label, shape(), attributes, prop::option::of(0.0..=1.0_f64), properties).prop_map(
        |(label, shape, attributes, confidence, properties)| {
            let properties = properties.into_iter().map(|(key, value)| (key, value.into())).collect();
            let said = Said { confidence, properties, ..Said::default() };
            ImageObject { attributes, said: said.into(), ..ImageObject::new(label, shape) }
        },
    )
}

/// Everything but the notes on how it was written.
fn plain(mut object: ImageObject) -> ImageObject {
    object.said.extra.clear();
    // Groups are written before other properties; the order of the others stays.
    object
}

#[test]
fn what_tools_write_goes_the_quick_way() {
    let text = "<?xml version=\"1.0\"?>\n<annotation>\n\t<filename>a.jpg</filename>\n\t<size>\n\t\t<width> 5</width>\n\t</size>\n</annotation>\n";
    let root = super::plain::parse(text).expect("plain");
    assert_eq!(Ok(&root), super::element::parse_patiently(text, &mut Vec::new()).as_ref());
    assert_eq!(root.children[1].children[0].text, " 5");
    for odd in [
        "<a>&lt;</a>",
        "<a b=\"c\"></a>",
        "<a><b/></a>",
        "<r>50<r>",
        "<a></b>",
        "<a>",
        "",
        "<a></a><a></a>",
        "<a></a>x",
    ] {
        assert_eq!(super::plain::parse(odd), None, "{odd}");
    }
}

/// XML, most of it well formed, some of it odd.
fn xml() -> impl Strategy<Value = String> {
    let odd = vec![
        "",
        " ",
        "\n\t",
        "x",
        "é",
        "&amp;",
        "<!-- c -->",
        "<a/>",
        "<b c=\"d\">e</b>",
        "<a>",
        "</a>",
        "<![CDATA[x]]>",
        ">",
    ];
    let leaf = prop::sample::select(odd).prop_map(str::to_owned);
    let name = || prop::sample::select(&["annotation", "a", "b", "name"][..]);
    let element = leaf.prop_recursive(5, 60, 5, move |inner| {
        (name(), prop::collection::vec(inner, 0..5))
            .prop_map(|(name, parts)| format!("<{name}>{}</{name}>", parts.concat()))
    });
    let head = prop::sample::select(&["", "\n", "<?xml version=\"1.0\"?>\n", "<?xml ", "<?pi?>", "y"][..]);
    (head, element, prop::sample::select(&["", "\n", "z", "<a></a>"][..]))
        .prop_map(|(head, element, tail)| format!("{head}{element}{tail}"))
}

proptest! {
    #[test]
    fn the_quick_way_reads_as_the_patient_one(text in xml()) {
        if let Some(root) = super::plain::parse(&text) {
            let mut reasons = Vec::new();
            prop_assert_eq!(super::element::parse_patiently(&text, &mut reasons), Ok(root));
            prop_assert!(reasons.is_empty());
        }
    }

    #[test]
    fn any_objects_come_back(objects in prop::collection::vec(object(), 0..5), size_px: Option<[u16; 2]>) {
        let size_px = size_px.map(|[width, height]| [u32::from(width) + 1, u32::from(height) + 1]);
        let image = ImageObjects {
            file_name: "a.jpg".to_owned(), size_px, objects: Some(objects), ..ImageObjects::default()
        };
        let file = read(&to_bytes(&image, Surroundings::default())).expect("ours");
        prop_assert_eq!(&file.image.file_name, "a.jpg");
        prop_assert_eq!(file.image.size_px, size_px);
        let found: Vec<_> = file.image.objects.into_iter().flatten().map(plain).collect();
        prop_assert_eq!(found, image.objects.unwrap_or_default());
    }

    #[test]
    fn a_rotated_rectangle_comes_back_within_a_thousandth(
        center in point(), size in [1.0..500.0_f64, 1.0..500.0_f64], degrees in -180.0..180.0_f64
    ) {
        let shape = Shape::RotatedRectangle { center, size_px: size, degrees };
        let objects = Some(vec![ImageObject::new("a", shape.clone())]);
        let image = ImageObjects { file_name: "a.jpg".to_owned(), objects, ..ImageObjects::default() };
        let file = read(&to_bytes(&image, Surroundings::default())).expect("ours");
        let again = &file.image.objects.as_ref().expect("said")[0];
        prop_assert!(matches!(again.shape, Shape::RotatedRectangle { .. }), "{:?}", again);
        for (a, b) in shape.corners().expect("four").iter().zip(again.shape.corners().expect("four")) {
            prop_assert!(crate::domain::shape::distance(*a, b) < 1e-3);
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        check_stable(&bytes);
    }

    #[test]
    fn no_torn_file_makes_it_panic(cut in 0_usize..2000, swap in 0_usize..2000, byte: u8) {
        let shape = Shape::polygon(vec![[1.0, 2.0], [3.5, 4.0], [5.0, 6.0]]);
        let objects = Some(vec![ImageObject::new("a", shape), ImageObject::new("b", Shape::Point { at: [1.0, 1.0] })]);
        let image = ImageObjects { file_name: "a.jpg".to_owned(), objects, ..ImageObjects::default() };
        let mut bytes = to_bytes(&image, Surroundings::default());
        bytes.truncate(cut.max(1));
        let place = swap % bytes.len();
        bytes[place] = byte;
        check_stable(&bytes);
    }
}

fn read_all(format: &DetectionFormat, tree: &MemoryTree) -> (Vec<ImageObjects>, Reading) {
    let mut images = Vec::new();
    let reading = (format.read)(tree, &mut |image| {
        images.push(image);
        ControlFlow::Continue(())
    });
    (images, reading.expect("readable"))
}

fn rectangle_file(filename: &str, label: &str) -> String {
    format!(
        "<annotation><folder>x</folder><filename>{filename}</filename><size><width>9</width><height>9</height>\
         <depth>3</depth></size><segmented>0</segmented><object><name>{label}</name><bndbox><xmin>1</xmin>\
         <ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox></object></annotation>"
    )
}

#[test]
fn a_folder_pairs_images_and_files_by_name() {
    let tree = MemoryTree::default()
        .with_image("a.jpg", [9, 9])
        .with("a.xml", rectangle_file("wrong.jpg", "cat"))
        .with_image("b.png", [9, 9])
        .with_image("b.jpg", [9, 9])
        .with("b.xml", rectangle_file("b.png", "dog"))
        .with_image("c.jpg", [9, 9])
        .with("elsewhere.xml", rectangle_file("c.jpg", "cat"))
        .with_image("d.jpg", [9, 9])
        .with("gone.xml", rectangle_file("gone.jpg", "cat"))
        .with("broken.xml", "<annotation><filename>");
    let (images, reading) = read_all(&FORMAT, &tree);
    let said: Vec<_> = images
        .iter()
        .map(|image| (image.file_name.as_str(), image.objects.as_ref().map(|objects| objects[0].label.as_str())))
        .collect();
    assert_eq!(
        said,
        [
            ("a.jpg", Some("cat")),
            ("b.png", Some("dog")),
            ("c.jpg", Some("cat")),
            ("gone.jpg", Some("cat")),
            ("b.jpg", None),
            ("d.jpg", None),
        ]
    );
    let codes: Vec<_> = reading.warnings.iter().map(|w| (w.source.as_str(), w.reason.code.as_ref())).collect();
    assert_eq!(codes, [("a.xml", "voc-filename-differs"), ("broken.xml", "voc-xml")]);
    assert_eq!(reading.labels, ["cat", "dog"]);
}

#[test]
fn a_written_folder_reads_back_with_labels_uses_and_unlabeled_images() {
    let with = |name: &str, usage, objects| ImageObjects {
        file_name: name.to_owned(),
        size_px: Some([9, 9]),
        usage,
        objects,
        ..ImageObjects::default()
    };
    let cat = || Some(vec![ImageObject::new("cat", Shape::rectangle([1.0, 2.0], [3.0, 4.0]))]);
    let images = vec![
        with("sub/a.jpg", Some(Usage::Train), cat()),
        with("a.jpg", Some(Usage::Test), cat()),
        with("b.jpg", None, None),
        with("c.jpg", Some(Usage::Eval), Some(Vec::new())),
        with("sub/c.jpg", None, cat()),
        with("d.v2.jpg", Some(Usage::Inference), None),
    ];
    let source = MemorySource { labels: vec!["dog".to_owned(), "cat".to_owned()], images: images.clone() };
    let sink = MemorySink::default();
    (FORMAT.write)(&source, &sink).expect("written");
    let tree = sink.into_tree(&images, FORMAT.image_folder);
    assert!((FORMAT.recognises)(&tree));
    let (found, reading) = read_all(&FORMAT, &tree);
    assert_eq!(reading.labels, ["dog", "cat"]);
    assert_eq!(reading.warnings, []);
    for image in &images {
        let name = format!("JPEGImages/{}", image.file_name);
        let again = found.iter().find(|again| again.file_name == name).expect("there");
        assert_eq!(again.objects.as_ref().map(Vec::len), image.objects.as_ref().map(Vec::len), "{name}");
        assert_eq!(again.usage, image.usage, "{name}");
    }
}

#[test]
fn lists_of_other_tools_say_what_images_are_for() {
    let tree = MemoryTree::default()
        .with_image("JPEGImages/a.jpg", [9, 9])
        .with_image("JPEGImages/b.jpg", [9, 9])
        .with_image("JPEGImages/c.jpg", [9, 9])
        .with_image("JPEGImages/x/d.jpg", [9, 9])
        .with("ImageSets/Main/trainval.txt", "a\nb\n")
        .with_image("SegmentationClass/a.png", [9, 9])
        .with_image("SegmentationObject/a.png", [9, 9])
        .with("ImageSets/Main/val.txt", "b\n")
        .with("ImageSets/Main/test.txt", "/data/VOC/JPEGImages/c.jpg\nd\n");
    let (images, reading) = read_all(&FORMAT, &tree);
    assert_eq!(reading.warnings.iter().map(|warning| warning.reason.code.as_ref()).collect::<Vec<_>>(), ["voc-masks"]);
    let usages: Vec<_> = images.iter().map(|image| image.usage).collect();
    assert_eq!(usages, [Some(Usage::Train), Some(Usage::Eval), Some(Usage::Test), Some(Usage::Test)]);
}

#[test]
fn an_encoding_that_is_no_text_itself_is_an_error_and_no_panic() {
    let bytes = b"<?xml version=\"1.0\" encoding=\xFF\xFE?><annotation/>";
    assert!(read(bytes).is_err());
}
