use super::*;
use crate::domain::Shape;
use crate::formats::exchange::Warnings;
use std::ops::ControlFlow;

#[test]
fn percent_turns_choices_and_predictions() {
    let json = r#"[{"id":1,"data":{"image":"/data/upload/3/0a1b2c3d-a%20b.jpg","note":"n"},
        "annotations":[{"was_cancelled":true,"result":[]},{"result":[
          {"id":"x","type":"rectanglelabels","original_width":200,"original_height":100,"image_rotation":0,
           "value":{"x":50,"y":50,"width":10,"height":10,"rotation":90,"rectanglelabels":["a","b"]}},
          {"id":"x","type":"choices","from_name":"state","value":{"choices":["good"]}},
          {"id":"y","type":"polygon","original_width":200,"original_height":100,"value":{"points":[[0,0],[10,0],[10,10]]}},
          {"id":"y","type":"labels","value":{"labels":["c"]}},
          {"id":"z","type":"ellipselabels","original_width":200,"original_height":100,
           "value":{"x":50,"y":50,"radiusX":5,"radiusY":10,"ellipselabels":["e"]}},
          {"id":"b","type":"brushlabels","original_width":200,"original_height":100,"value":{"rle":[1],"brushlabels":["m"]}},
          {"type":"choices","from_name":"scene","value":{"choices":["day"]}}]}],
        "predictions":[{"result":[]}]},
        {"id":2,"data":{"img":"s3://bucket/x/c.jpg"},"annotations":[]},
        {"id":3,"data":{"image":"/data/local-files/?d=images/%E5%9B%BE.jpg"},"annotations":[{"result":[]}]}]"#;
    let (mut images, mut notes) = (Vec::new(), Warnings::default());
    parse(json.as_bytes(), "tasks.json", &mut notes, &mut |image| {
        images.push(image);
        ControlFlow::Continue(())
    })
    .expect("valid");
    let names: Vec<_> =
        images.iter().map(|image| (image.file_name.as_str(), image.objects.as_ref().map(Vec::len))).collect();
    assert_eq!(names, [("a b.jpg", Some(3)), ("x/c.jpg", None), ("images/图.jpg", Some(0))]);
    let objects = images[0].objects.as_deref().expect("labeled");
    let Shape::RotatedRectangle { center, size_px, degrees } = objects[0].shape else { panic!("{:?}", objects[0]) };
    // Turned by a quarter around its top-left corner, it lies to the left of it.
    assert!((center[0] - 95.0).abs() < 1e-9 && (center[1] - 60.0).abs() < 1e-9, "{center:?}");
    assert_eq!((size_px, degrees), ([20.0, 10.0], 90.0));
    assert_eq!((objects[0].label.as_str(), objects[0].said.properties["state"].as_str()), ("a", Some("good")));
    assert_eq!(objects[1].label, "c");
    assert_eq!(objects[2].shape, Shape::Circle { center: [100.0, 50.0], radius: 10.0 });
    assert_eq!(images[0].extra["data"]["note"], "n");
    let codes: Vec<_> = notes.finish().into_iter().map(|warning| warning.reason.code).collect();
    assert_eq!(
        codes,
        ["label-studio-predictions", "label-studio-whole-image", "label-studio-labels", "label-studio-left-out"]
    );
}
