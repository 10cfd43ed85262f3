use super::*;
use crate::domain::{Shape, Usage};
use crate::formats::detection::testing::MemoryTree;
use crate::formats::objects::{ImageObject, ImageObjects};
use std::ops::ControlFlow;

fn read(tree: &MemoryTree) -> (Vec<ImageObjects>, crate::formats::detection::Reading) {
    let mut images = Vec::new();
    let reading = (FORMAT.read)(tree, &mut |image| {
        images.push(image);
        ControlFlow::Continue(())
    });
    (images, reading.expect("valid"))
}

#[test]
fn sparse_ids_crowds_rings_and_turned_boxes() {
    let json = r#"{"annotations":[
        {"id":7,"image_id":40,"category_id":0,"bbox":[1,2,3,4],"iscrowd":0,"colour":"red"},
        {"id":8,"image_id":40,"category_id":90,"segmentation":[[0,0,4,0,4,4],[6,6,9,6,9,9]],"area":1},
        {"id":9,"image_id":40,"category_id":90,"segmentation":{"size":[3,3],"counts":[0,4,1,4]},"iscrowd":1},
        {"id":10,"image_id":40,"category_id":0,"bbox":[0,0,4,2],"segmentation":[],"attributes":{"rotation":90.0,"occluded":true}},
        {"id":11,"image_id":41,"category_id":0,"caption":"words"},
        {"id":12,"image_id":99,"category_id":0,"bbox":[1,2,3,4]},
        {"id":13,"image_id":40,"category_id":5,"bbox":[1,2,3]}],
        "images":[{"id":40,"file_name":"a.jpg","width":10,"height":10},{"id":41,"file_name":"b.jpg"},{"id":42,"file_name":"c.jpg"}],
        "categories":[{"id":0,"name":"zero"},{"id":90,"name":"ninety","supercategory":"many"}]}"#;
    let tree = MemoryTree::default()
        .with("annotations/instances_val2017.json", json)
        .with_image("images/a.jpg", [10, 10])
        .with_image("images/d.jpg", [10, 10]);
    let (images, reading) = read(&tree);
    assert_eq!(reading.labels, ["zero", "ninety"]);
    let names: Vec<_> =
        images.iter().map(|image| (image.file_name.as_str(), image.objects.as_ref().map(Vec::len))).collect();
    assert_eq!(names, [("images/a.jpg", Some(5)), ("b.jpg", None), ("c.jpg", Some(0)), ("images/d.jpg", None)]);
    assert_eq!(images[0].usage, Some(Usage::Eval));
    let objects = images[0].objects.as_deref().expect("labeled");
    assert_eq!(objects[0].shape, Shape::rectangle([1.0, 2.0], [4.0, 6.0]));
    assert_eq!(objects[0].said.extra["colour"], "red");
    assert_eq!(objects[1].attributes.group.as_deref(), Some("8"));
    assert_eq!(objects[1].attributes.group, objects[2].attributes.group);
    let Shape::Polygon { points, holes } = &objects[3].shape else { panic!("{:?}", objects[3]) };
    assert_eq!((points.len(), holes.len()), (4, 1));
    assert_eq!(objects[3].said.properties["iscrowd"], true);
    let turned = Shape::RotatedRectangle { center: [2.0, 1.0], size_px: [4.0, 2.0], degrees: 90.0 };
    assert_eq!((&objects[4].shape, objects[4].attributes.occluded), (&turned, Some(true)));
    let mut codes: Vec<_> = reading.warnings.iter().map(|warning| warning.reason.code.as_ref()).collect();
    codes.sort_unstable();
    assert_eq!(codes, ["coco-box", "coco-caption", "coco-descriptions", "format-objects-without-image"]);
}

#[test]
fn a_file_that_is_cut_off_is_refused_as_a_whole() {
    let json = r#"{"images":[{"id":1,"file_name":"a.jpg"}],"categories":[],"annotations":[{"id":1,"ima"#;
    let tree = MemoryTree::default().with("instances.json", json).with_image("a.jpg", [1, 1]);
    let mut images = 0;
    let outcome = (FORMAT.read)(&tree, &mut |_| {
        images += 1;
        ControlFlow::Continue(())
    });
    assert!(outcome.is_err() && images == 0);
}

#[test]
fn images_in_two_files_are_told_once() {
    let image = r#""images":[{"id":1,"file_name":"a.jpg"}],"categories":[{"id":1,"name":"x"}]"#;
    let objects = format!(r#"{{{image},"annotations":[{{"id":1,"image_id":1,"category_id":1,"bbox":[0,0,1,1]}}]}}"#);
    let captions = format!(r#"{{{image},"annotations":[{{"id":1,"image_id":1,"caption":"words"}}]}}"#);
    let tree = MemoryTree::default()
        .with("annotations/captions_train.json", captions)
        .with("annotations/instances_train.json", objects)
        .with_image("images/a.jpg", [4, 4]);
    let (images, reading) = read(&tree);
    assert_eq!(images.len(), 1);
    assert_eq!(images[0].objects.as_ref().map(Vec::len), Some(1));
    assert!(reading.warnings.iter().any(|warning| warning.reason.code == "format-images-twice"));
}

/// The file that is written of an image, and the image that is read again.
fn again(image: ImageObjects) -> (serde_json::Value, ImageObjects) {
    use crate::formats::detection::testing::{MemorySink, MemorySource};
    let source = MemorySource { labels: vec!["x".to_owned()], images: vec![image] };
    let sink = MemorySink::default();
    (FORMAT.write)(&source, &sink).expect("memory does not fail");
    let file = sink.0.borrow()["annotations/instances_default.json"].clone();
    let (mut images, _) = read(&sink.into_tree(&source.images, "images"));
    (serde_json::from_slice(&file).expect("JSON"), images.remove(0))
}

#[test]
fn a_crowd_is_a_mask_wherever_it_comes_from_and_comes_back_as_drawn() {
    for said in [serde_json::Value::from(true), "true".into()] {
        let shape = Shape::polygon(vec![[1.0, 1.0], [30.5, 2.0], [20.0, 25.0]]);
        let mut object = ImageObject::new("x", shape.clone());
        object.said.properties.insert("iscrowd".to_owned(), said);
        let file_name = "a.jpg".to_owned();
        let image =
            ImageObjects { file_name, size_px: Some([40, 30]), objects: Some(vec![object]), ..Default::default() };
        let (file, found) = again(image);
        let annotation = &file["annotations"][0];
        assert_eq!((&annotation["iscrowd"], annotation["segmentation"]["counts"].is_string()), (&1.into(), true));
        let objects = found.objects.expect("labeled");
        assert_eq!((&objects[0].shape, &objects[0].said.properties["iscrowd"]), (&shape, &true.into()));
    }
}

#[test]
fn private_notes_stay_out_of_files() {
    let notes = || {
        let text = r#"{"modelier:as-read":{"usage":"train"},"modelier:foreign":[1],"licence":3}"#;
        serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(text).expect("JSON")
    };
    let mut object = ImageObject::new("x", Shape::rectangle([1.0, 1.0], [3.0, 3.0]));
    object.said.extra = notes();
    let file_name = "a.jpg".to_owned();
    let image = ImageObjects { file_name, objects: Some(vec![object]), extra: notes(), ..Default::default() };
    let text = again(image).0.to_string();
    assert!(!text.contains("modelier:"), "{text}");
    assert_eq!(text.matches("licence\"").count(), 2, "{text}");
}
