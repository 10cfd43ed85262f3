use super::*;
use crate::domain::{Shape, Usage};
use crate::formats::detection::testing::MemoryTree;
use std::ops::ControlFlow;

#[test]
fn data_yaml_in_all_its_spellings() {
    let names = |text: &str| parse_yaml(text).names.into_values().collect::<Vec<_>>();
    assert_eq!(names("names: [a, 'b c', \"d, e\"]  # three\n"), ["a", "b c", "d, e"]);
    assert_eq!(names("nc: 2\nnames:\n- a\n- 'it''s'\ntrain: x\n"), ["a", "it's"]);
    assert_eq!(
        names("names:\n  0: person\n  1: \"车: red\"\n  # no name\n  2: traffic light\n"),
        ["person", "车: red", "traffic light"]
    );
    assert_eq!(names("names: ['a',\n  'b',\n  'c']\n"), ["a", "b", "c"]);
    assert_eq!(names("names: {0: a, 2: c}"), ["a", "c"]);
    assert_eq!(parse_yaml("names: {0: a, 2: c}").names.keys().copied().collect::<Vec<_>>(), [0, 2]);
    assert_eq!(parse_yaml("kpt_shape: [17, 3]\nval: images/val\n").key_points, 51);
    assert_eq!(Names::of_lines("\u{FEFF}z\r\na\r\n\r\n").names.into_values().collect::<Vec<_>>(), ["z", "a"]);
}

#[test]
fn lines_of_all_tasks() {
    let read = |text: &str, task| parse_line(text, [100, 50], task, 0);
    let found = read("3 0.5 0.5 0.2 0.4", None).expect("a box");
    assert_eq!((found.class, found.shape), (3, Shape::rectangle([40.0, 15.0], [60.0, 35.0])));
    assert_eq!(read("3 0.133333 0.300000 0.266667 0.2 0.9", None).expect("a box").confidence, Some(0.9));
    let corners = "0 0.1 0.2 0.3 0.2 0.3 0.6 0.1 0.6";
    assert_eq!(read(corners, None).expect("four").shape, Shape::rectangle([10.0, 10.0], [30.0, 30.0]));
    assert!(matches!(read(corners, Some(Task::Segment)).expect("four").shape, Shape::Polygon { .. }));
    let skew = "0 0.1 0.2 0.3 0.3 0.3 0.6 0.1 0.9";
    assert!(matches!(read(skew, None).expect("four").shape, Shape::Polygon { .. }));
    for (line, problem) in [
        ("0 1 2", "count"),
        ("-1 0 0 1 1", "class"),
        ("0 a 0 1 1", "number"),
        ("0 40 30 20 10", "range"),
        ("0 NaN 0 1 1", "number"),
    ] {
        assert_eq!(read(line, None).expect_err(line), problem);
    }
}

#[test]
fn missing_files_empty_files_and_lists() {
    let tree = MemoryTree::default()
        .with("data.yaml", "names: [x, y]\ntrain: train.txt\nval: images/val\n")
        .with("train.txt", "./images/a.jpg\ndata/images/gone.jpg\n")
        .with("labels/a.txt", "1 0.5 0.5 0.5 0.5\n7 0.5 0.5 0.5 0.5\nbroken\n")
        .with("labels/b.txt", "")
        .with("labels/lost.txt", "0 0.5 0.5 0.5 0.5")
        .with("labels/val/d.txt", "")
        .with("README.txt", "words")
        .with_image("images/a.jpg", [10, 10])
        .with_image("images/b.jpg", [10, 10])
        .with_image("images/c.jpg", [10, 10])
        .with_image("images/val/d.jpg", [10, 10]);
    let mut images = Vec::new();
    let reading = (DETECT.read)(&tree, &mut |image| {
        images.push((image.file_name, image.objects.map(|objects| objects.len()), image.usage));
        ControlFlow::Continue(())
    })
    .expect("valid");
    let named = |name: &str, objects, usage| (name.to_owned(), objects, usage);
    assert_eq!(
        images,
        [
            named("images/a.jpg", Some(2), Some(Usage::Train)),
            named("images/b.jpg", Some(0), None),
            named("images/c.jpg", None, None),
            named("images/val/d.jpg", Some(0), Some(Usage::Eval)),
            named("data/images/gone.jpg", None, Some(Usage::Train)),
        ]
    );
    assert_eq!(reading.labels, ["x", "y", "7"]);
    let codes: Vec<_> = reading.warnings.iter().map(|w| (w.source.as_str(), w.reason.code.as_ref())).collect();
    assert_eq!(
        codes,
        [
            ("labels/a.txt: 2", "yolo-class-unnamed"),
            ("labels/a.txt: 3", "yolo-line"),
            ("labels/lost.txt", "yolo-label-without-image"),
        ]
    );
}

#[test]
fn classes_after_a_gap_keep_their_numbers() {
    for (file, text) in [("data.yaml", "names: {0: a, 2: c}\n"), ("classes.txt", "a\n\nc\n")] {
        let tree =
            MemoryTree::default().with(file, text).with("a.txt", "2 0.5 0.5 0.5 0.5\n").with_image("a.jpg", [10, 10]);
        let mut labels = Vec::new();
        let reading = (DETECT.read)(&tree, &mut |image| {
            labels.extend(image.objects.into_iter().flatten().map(|object| object.label));
            ControlFlow::Continue(())
        });
        let reading = reading.expect("valid");
        assert_eq!((labels, reading.labels), (vec!["c".to_owned()], ["a", "1", "c"].map(str::to_owned).to_vec()));
        let codes: Vec<_> = reading.warnings.iter().map(|w| (w.source.as_str(), w.reason.code.as_ref())).collect();
        assert_eq!(codes, [(file, "yolo-names-gap")]);
    }
}
