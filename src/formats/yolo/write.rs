//! Writing `data.yaml`, `classes.txt`, a list for each split, and a label file for each labeled image.

use super::Task;
use crate::domain::shape::Point;
use crate::domain::{Shape, Usage};
use crate::formats::FormatError;
use crate::formats::detection::{FileSink, ObjectSource, stem, write_file};
use crate::formats::exchange::{carried, usage_name};
use crate::formats::objects::Carries;
use std::collections::{BTreeMap, HashMap};
use std::fmt::Write;

pub(super) fn write(
    source: &dyn ObjectSource,
    sink: &dyn FileSink,
    task: Task,
    carries: &Carries,
) -> Result<(), FormatError> {
    let mut labels: Vec<String> = source.labels().to_vec();
    let mut classes: HashMap<String, usize> =
        labels.iter().enumerate().map(|(class, name)| (name.clone(), class)).collect();
    let mut lists: BTreeMap<Option<Usage>, String> = BTreeMap::new();
    source.each(&mut |image| {
        let list = lists.entry(image.usage).or_default();
        let _ = writeln!(list, "./images/{}", image.file_name);
        let Some(objects) = &image.objects else { return Ok(()) };
        // Without its size nothing can be said of its objects: then the image is not labeled. Whoever exports knows.
        let size_px = image.size_px.filter(|size| size.iter().all(|side| *side > 0));
        let Some(size_px) = size_px.or(objects.is_empty().then_some([1, 1])) else { return Ok(()) };
        let mut text = String::new();
        for object in objects {
            let Some(shape) = carried(carries, &object.shape) else { continue };
            let class = *classes.entry(object.label.clone()).or_insert_with(|| {
                labels.push(object.label.clone());
                labels.len() - 1
            });
            let _ = write!(text, "{class}");
            for number in numbers(&shape, task, size_px) {
                let _ = write!(text, " {number}");
            }
            text.push('\n');
        }
        write_file(sink, &format!("labels/{}.txt", stem(&image.file_name)), text.as_bytes())
    })?;
    let is_split = lists.keys().any(Option::is_some);
    let mut yaml = String::from("path: .\n");
    for usage in Usage::ALL {
        let name = usage_name(usage);
        if let Some(list) = lists.get(&Some(usage)) {
            write_file(sink, &format!("{name}.txt"), list.as_bytes())?;
            let _ = writeln!(yaml, "{name}: {name}.txt");
        } else if !is_split && matches!(usage, Usage::Train | Usage::Eval) {
            // Trainers want both; without a split, they are the same images.
            let _ = writeln!(yaml, "{name}: images");
        }
    }
    let _ = writeln!(yaml, "nc: {}\nnames:", labels.len());
    let mut lines = String::new();
    for (class, name) in labels.iter().enumerate() {
        let _ = writeln!(yaml, "  {class}: {}", serde_json::Value::from(name.as_str()));
        let _ = writeln!(lines, "{}", name.replace(['\n', '\r'], " "));
    }
    write_file(sink, "data.yaml", yaml.as_bytes())?;
    write_file(sink, "classes.txt", lines.as_bytes())
}

/// What stands after the class, in shares of the image's sides, in the shortest form that reads back the same.
fn numbers(shape: &Shape, task: Task, size_px: [u32; 2]) -> Vec<f64> {
    let size = size_px.map(f64::from);
    let all = |points: &[Point]| points.iter().flat_map(|[x, y]| [x / size[0], y / size[1]]).collect();
    match (task, shape) {
        (Task::Segment, Shape::Polygon { points, .. }) => all(points),
        (Task::Oriented, shape) => shape.corners().map(|four| all(&four)).unwrap_or_default(),
        _ => {
            let bounds = shape.bounds();
            let [x, y] = bounds.center();
            vec![x / size[0], y / size[1], bounds.width() / size[0], bounds.height() / size[1]]
        }
    }
}
