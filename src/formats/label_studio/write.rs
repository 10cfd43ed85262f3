//! Writing `tasks.json` and `labeling_config.xml`.

use super::region;
use super::{CARRIES, CONFIG, USAGE};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, ObjectSource, write_file};
use crate::formats::exchange::{carried, usage_name};
use crate::formats::objects::ImageObjects;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Map, Value, json};
use std::fmt::Write as _;

const FILE: &str = "tasks.json";
/// What the tool's local files want escaped in their address.
const QUERY: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'%').add(b'&').add(b'+').add(b'<').add(b'>').add(b'?');

pub(super) fn write(source: &dyn ObjectSource, sink: &dyn FileSink) -> Result<(), FormatError> {
    let mut labels: Vec<String> = source.labels().to_vec();
    let mut known: std::collections::HashSet<String> = labels.iter().cloned().collect();
    sink.write(FILE, &mut |out| {
        let failed = |cause| FormatError::Write { cause, name: FILE.to_owned() };
        out.write_all(b"[").map_err(failed)?;
        let mut number = 0_usize;
        source.each(&mut |image| {
            for object in image.objects.iter().flatten() {
                if known.insert(object.label.clone()) {
                    labels.push(object.label.clone());
                }
            }
            number += 1;
            out.write_all(if number > 1 { b",\n" } else { b"\n" }).map_err(failed)?;
            let task = task(image, number);
            serde_json::to_writer(&mut *out, &task).map_err(|cause| failed(cause.into()))
        })?;
        out.write_all(b"\n]\n").map_err(failed)
    })?;
    write_file(sink, CONFIG, config(&labels).as_bytes())
}

fn task(image: &ImageObjects, number: usize) -> Map<String, Value> {
    let address = format!("/data/local-files/?d=images/{}", utf8_percent_encode(&image.file_name, QUERY));
    let mut data = image.extra.get("data").and_then(Value::as_object).cloned().unwrap_or_default();
    data.insert("image".to_owned(), address.into());
    if let Some(usage) = image.usage {
        data.insert(USAGE.to_owned(), usage_name(usage).into());
    }
    let mut annotations = Vec::new();
    // Without its size nothing can be said of its objects: then the image is not labeled. Whoever exports knows.
    let size_px = image.size_px.filter(|size| size.iter().all(|side| *side > 0));
    let size_px = size_px.or_else(|| image.objects.as_ref().is_some_and(Vec::is_empty).then_some([1, 1]));
    if let (Some(objects), Some(size_px)) = (&image.objects, size_px) {
        let mut results: Vec<Value> = image.extra.get("results").and_then(Value::as_array).cloned().unwrap_or_default();
        for (at, object) in objects.iter().enumerate() {
            let Some(shape) = carried(&CARRIES, &object.shape) else { continue };
            results.extend(region::write(object, &shape, size_px, at + 1));
        }
        annotations.push(json!({"id": number, "was_cancelled": false, "result": results}));
    }
    let mut task = Map::new();
    task.insert("id".to_owned(), number.into());
    task.insert("data".to_owned(), data.into());
    task.insert("annotations".to_owned(), annotations.into());
    task.insert("predictions".to_owned(), json!([]));
    if let Some(meta) = image.extra.get("meta") {
        task.insert("meta".to_owned(), meta.clone());
    }
    task
}

/// The labeling interface that the tasks fit.
fn config(labels: &[String]) -> String {
    let mut text = "<View>\n  <Image name=\"image\" value=\"$image\"/>\n".to_owned();
    let tools = [
        ("RectangleLabels", "rectangle"),
        ("PolygonLabels", "polygon"),
        ("KeyPointLabels", "keypoint"),
        ("EllipseLabels", "ellipse"),
    ];
    for (tool, name) in tools {
        let _ = writeln!(text, "  <{tool} name=\"{name}\" toName=\"image\">");
        for label in labels {
            let label = quick_xml::escape::escape(label.as_str());
            let _ = writeln!(text, "    <Label value=\"{label}\"/>");
        }
        let _ = writeln!(text, "  </{tool}>");
    }
    text.push_str("</View>\n");
    text
}
