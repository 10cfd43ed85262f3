use super::*;
use crate::domain::Shape;
use crate::formats::objects::ImageObjects;
use std::ops::ControlFlow;

fn images(xml: &str) -> (Vec<ImageObjects>, CvatReading) {
    let mut reading = CvatReading::default();
    let mut images = Vec::new();
    parse(xml.as_bytes(), "annotations.xml", &mut reading, &mut |image| {
        images.push(image);
        ControlFlow::Continue(())
    })
    .expect("valid");
    (images, reading)
}

#[test]
fn every_shape_of_an_image() {
    let xml = r#"<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version>
        <meta><job><labels><label><name>z</name></label><label><name>a &amp; b</name></label></labels></job></meta>
        <image id="0" name="a.jpg" width="20" height="10" subset="Train" task_id="5">
        <box label="a &amp; b" source="file" occluded="1" xtl="0" ytl="2" xbr="4" ybr="4" rotation="90" z_order="3">
          <attribute name="colour">red</attribute></box>
        <points label="z" points="1,2;3,4"/>
        <polyline label="z" points="1,2;3,4"/>
        <ellipse label="z" cx="5" cy="5" rx="2" ry="2"/><ellipse label="z" cx="5" cy="5" rx="2" ry="1" rotation="30"/>
        <mask label="z" rle="1, 1, 0, 2" left="3" top="2" width="2" height="2"/>
        <cuboid label="z" xtl1="1"/><polygon label="" points="1,2;3,4;5,6"/><polygon label="z" points="1,2;x,4;5,6"/>
        </image></annotations>"#;
    let (images, reading) = images(xml);
    assert_eq!(reading.labels.finish(), ["z", "a & b"]);
    assert_eq!(images[0].extra["task_id"], "5");
    let objects = images[0].objects.as_deref().expect("listed");
    assert_eq!(objects[0].shape, Shape::RotatedRectangle { center: [2.0, 3.0], size_px: [4.0, 2.0], degrees: 90.0 });
    assert_eq!(objects[0].said.properties["colour"], "red");
    assert_eq!((objects[0].said.extra["z_order"].as_str(), objects[0].attributes.occluded), (Some("3"), Some(true)));
    assert!(objects[1].attributes.group.is_some() && objects[1].attributes.group == objects[2].attributes.group);
    assert!(matches!(objects[3].shape, Shape::Line { dashed: false, .. }));
    assert_eq!(objects[4].shape, Shape::Circle { center: [5.0, 5.0], radius: 2.0 });
    assert!(matches!(&objects[5].shape, Shape::Polygon { points, .. } if points.len() == 64));
    assert!((objects[6].shape.area() - 3.0).abs() < 1e-9, "{:?}", objects[6]);
    assert_eq!(objects[6].shape.bounds().min, [3.0, 2.0]);
    let codes: Vec<_> = reading.warnings.finish().into_iter().map(|warning| warning.reason.code).collect();
    assert_eq!(codes, ["format-ellipse", "cvat-left-out", "cvat-no-label", "cvat-shape"]);
}

#[test]
fn broken_xml_is_refused_and_tracks_are_told() {
    let parse = |xml: &str| {
        let mut reading = CvatReading::default();
        let outcome = super::parse(xml.as_bytes(), "a.xml", &mut reading, &mut |_| ControlFlow::Continue(()));
        (outcome.is_ok(), reading.warnings.finish().len())
    };
    assert_eq!(parse("<annotations><track id=\"0\"><box/></track></annotations>"), (true, 1));
    for broken in [
        "",
        "<annotation/>",
        "<annotations><image",
        "<annotations><image></b></annotations>",
        "<annotations>&x;<a>&x;</a></annotations>",
    ] {
        assert!(!parse(broken).0, "{broken}");
    }
}
