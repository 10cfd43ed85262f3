//! What an annotation says, as the guide's properties write it (tables 2-5, 2-7, 2-8).

use crate::domain::{AnnotationBody, DatasetType, Explanation, Shape};
use serde_json::{Map, Value, json};

const SHAPE: &str = "@modelarts:shape";
const FEATURE: &str = "@modelarts:feature";
const START_INDEX: &str = "@modelarts:start_index";
const END_INDEX: &str = "@modelarts:end_index";
/// As the guide's words spell them beside table 2-5; some writers took that for the name.
const PLAIN_START_INDEX: &str = "start_index";
const PLAIN_END_INDEX: &str = "end_index";
const CONTENT: &str = "@modelarts:content";
const START_TIME: &str = "@modelarts:start_time";
const END_TIME: &str = "@modelarts:end_time";
const SOURCE: &str = "@modelarts:source";

/// The properties that say the body of such an annotation; all others are free.
pub(super) fn keys_of(kind: DatasetType) -> &'static [&'static str] {
    match kind {
        DatasetType::ImageClassification | DatasetType::SoundClassification | DatasetType::TextClassification => &[],
        DatasetType::ObjectDetection => &[SHAPE, FEATURE],
        DatasetType::NamedEntity => &[START_INDEX, END_INDEX, PLAIN_START_INDEX, PLAIN_END_INDEX],
        DatasetType::SpeechContent => &[CONTENT],
        DatasetType::SpeechSegmentation => &[START_TIME, END_TIME, SOURCE, CONTENT],
    }
}

/// Reads the body from the properties. `text` is the sample's text, where it stands in the manifest.
pub(super) fn read(
    kind: DatasetType,
    properties: &Map<String, Value>,
    text: Option<&str>,
) -> Result<AnnotationBody, Explanation> {
    let unreadable = |key: &'static str| {
        Explanation::bad_input("manifest-annotation-property")
            .with("property", key)
            .with("value", properties.get(key).map_or_else(|| "-".to_owned(), shortened))
    };
    match kind {
        DatasetType::ImageClassification | DatasetType::SoundClassification | DatasetType::TextClassification => {
            Ok(AnnotationBody::Class)
        }
        DatasetType::ObjectDetection => {
            let name = properties.get(SHAPE).and_then(Value::as_str).ok_or_else(|| unreadable(SHAPE))?;
            let shape = properties.get(FEATURE).and_then(|feature| shape(name, feature));
            shape.map(AnnotationBody::shape).ok_or_else(|| unreadable(FEATURE))
        }
        DatasetType::NamedEntity => {
            let index = |key, plain: &str| {
                let value = properties.get(key).or_else(|| properties.get(plain));
                value.and_then(whole_number).ok_or_else(|| unreadable(key))
            };
            let (start, end) = (index(START_INDEX, PLAIN_START_INDEX)?, index(END_INDEX, PLAIN_END_INDEX)?);
            if start >= end {
                return Err(unreadable(END_INDEX));
            }
            let covered = match text {
                Some(text) => covered(text, start, end).ok_or_else(|| unreadable(END_INDEX))?,
                None => String::new(),
            };
            Ok(AnnotationBody::Entity { start, end, text: covered })
        }
        DatasetType::SpeechContent => {
            let text = properties.get(CONTENT).and_then(Value::as_str).ok_or_else(|| unreadable(CONTENT))?;
            Ok(AnnotationBody::Transcript { text: text.to_owned() })
        }
        DatasetType::SpeechSegmentation => {
            let time =
                |key| properties.get(key).and_then(Value::as_str).and_then(microseconds).ok_or_else(|| unreadable(key));
            let (start_us, end_us) = (time(START_TIME)?, time(END_TIME)?);
            if start_us > end_us {
                return Err(unreadable(END_TIME));
            }
            let words = |key| match properties.get(key) {
                None => Ok(None),
                Some(Value::String(text)) => Ok(Some(text.clone())),
                Some(_) => Err(unreadable(key)),
            };
            Ok(AnnotationBody::Segment { start_us, end_us, speaker: words(SOURCE)?, text: words(CONTENT)? })
        }
    }
}

/// The properties that say a body, in the guide's order and form.
pub(super) fn write(body: &AnnotationBody) -> Map<String, Value> {
    let fields: Vec<(&str, Value)> = match body {
        AnnotationBody::Class => Vec::new(),
        AnnotationBody::Shape { shape, .. } => {
            let (name, feature) = match shape {
                Shape::Point { at } => ("point", json!([at])),
                Shape::Line { points, dashed: false } => ("line", json!(points)),
                Shape::Line { points, dashed: true } => ("dashed", json!(points)),
                Shape::Rectangle { min, max } => ("bndbox", json!([min, max])),
                Shape::Polygon { points, .. } => ("polygon", json!(points)),
                Shape::RotatedRectangle { .. } => ("polygon", json!(shape.corners())),
                Shape::Polyline { points } => ("polyline", json!(points)),
                Shape::Circle { center, radius } => ("circle", json!([center, [radius]])),
            };
            vec![(SHAPE, name.into()), (FEATURE, feature)]
        }
        AnnotationBody::Entity { start, end, .. } => {
            vec![(START_INDEX, (*start).into()), (END_INDEX, (*end).into())]
        }
        AnnotationBody::Transcript { text } => vec![(CONTENT, text.clone().into())],
        AnnotationBody::Segment { start_us, end_us, speaker, text } => {
            let mut fields = vec![(START_TIME, clock(*start_us).into()), (END_TIME, clock(*end_us).into())];
            fields.extend(speaker.clone().map(|speaker| (SOURCE, speaker.into())));
            fields.extend(text.clone().map(|text| (CONTENT, text.into())));
            fields
        }
    };
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

fn shape(name: &str, feature: &Value) -> Option<Shape> {
    let rows: Vec<Vec<f64>> =
        feature.as_array()?.iter().map(|row| row.as_array()?.iter().map(number).collect()).collect::<Option<_>>()?;
    let points = || rows.iter().map(|row| row.as_slice().try_into().ok()).collect::<Option<Vec<[f64; 2]>>>();
    match name.trim() {
        "point" => points()?.try_into().ok().map(|[at]: [[f64; 2]; 1]| Shape::Point { at }),
        "line" => points()?.try_into().ok().map(|points| Shape::Line { points, dashed: false }),
        "dashed" => points()?.try_into().ok().map(|points| Shape::Line { points, dashed: true }),
        "bndbox" => {
            let [a, b]: [[f64; 2]; 2] = points()?.try_into().ok()?;
            let (min, max) = ([a[0].min(b[0]), a[1].min(b[1])], [a[0].max(b[0]), a[1].max(b[1])]);
            Some(Shape::Rectangle { min, max })
        }
        "polygon" => points().filter(|points| points.len() >= 3).map(Shape::polygon),
        "polyline" => points().filter(|points| points.len() >= 2).map(|points| Shape::Polyline { points }),
        "circle" => match rows.as_slice() {
            [center, radius] => {
                let center = center.as_slice().try_into().ok()?;
                let [radius] = *radius.as_slice() else { return None };
                (radius >= 0.0).then_some(Shape::Circle { center, radius })
            }
            _ => None,
        },
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()).filter(|number| number.is_finite())
}

fn whole_number(value: &Value) -> Option<u32> {
    let whole = value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())?;
    u32::try_from(whole).ok()
}

/// The characters from `start` to before `end`; `None` if the text is shorter.
fn covered(text: &str, start: u32, end: u32) -> Option<String> {
    let length = usize::try_from(end - start).ok()?;
    let covered: String = text.chars().skip(usize::try_from(start).ok()?).take(length).collect();
    (covered.chars().count() == length).then_some(covered)
}

/// Reads `hh:mm:ss.SSS`, also without hours or with up to six digits after the point.
fn microseconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let (clock, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str, longest: usize| {
        let is_number = !part.is_empty() && part.len() <= longest && part.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| part.parse::<i64>().ok()).flatten()
    };
    let mut seconds = 0_i64;
    let parts: Vec<&str> = clock.split(':').collect();
    if !(2..=3).contains(&parts.len()) {
        return None;
    }
    for part in parts {
        seconds = seconds * 60 + digits(part, 6)?;
    }
    let micros = match fraction {
        "" => 0,
        fraction => digits(fraction, 6)? * 10_i64.pow(u32::try_from(6 - fraction.len()).ok()?),
    };
    seconds.checked_mul(1_000_000)?.checked_add(micros)
}

/// Writes `hh:mm:ss.SSS`, with six digits where milliseconds do not suffice.
fn clock(time_us: i64) -> String {
    let time_us = time_us.max(0);
    let (seconds, micros) = (time_us / 1_000_000, time_us % 1_000_000);
    let whole = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if micros % 1000 == 0 { format!("{whole}.{:03}", micros / 1000) } else { format!("{whole}.{micros:06}") }
}

fn shortened(value: &Value) -> String {
    value.to_string().chars().take(80).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_are_read_as_the_guide_writes_them() {
        assert_eq!(microseconds("00:01:10.123"), Some(70_123_000));
        assert_eq!(microseconds("01:10"), Some(70_000_000));
        assert_eq!(microseconds("100:00:00.5"), Some(360_000_500_000));
        for wrong in ["", "10", "-1:00", "a:b", "1:2:3:4", "00:00:00.1234567", "99999999999999:0"] {
            assert_eq!(microseconds(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn offsets_count_code_points() {
        let properties = write(&AnnotationBody::Entity { start: 1, end: 3, text: String::new() });
        let entity = |text| read(DatasetType::NamedEntity, &properties, text);
        let expected = AnnotationBody::Entity { start: 1, end: 3, text: "😀花".to_owned() };
        assert_eq!(entity(Some("a😀花b")), Ok(expected));
        assert!(entity(Some("a😀")).is_err());
        assert!(entity(None).is_ok());
        let plain = Map::from_iter([("start_index".to_owned(), json!("1")), ("end_index".to_owned(), json!(3))]);
        assert_eq!(read(DatasetType::NamedEntity, &plain, Some("a😀花b")), entity(Some("a😀花b")));
    }

    fn point() -> impl Strategy<Value = [f64; 2]> {
        // Quarters, as whole images need them: they survive any way of reading decimals.
        (0_u32..400_000, 0_u32..400_000).prop_map(|(x, y)| [f64::from(x) / 4.0, f64::from(y) / 4.0])
    }

    pub(in crate::formats::manifest) fn any_body() -> impl Strategy<Value = (DatasetType, AnnotationBody)> {
        let shapes = prop_oneof![
            point().prop_map(|at| Shape::Point { at }),
            (point(), point(), any::<bool>()).prop_map(|(a, b, dashed)| Shape::Line { points: [a, b], dashed }),
            (point(), point()).prop_map(|(a, b)| Shape::Rectangle { min: a, max: [a[0] + b[0], a[1] + b[1]] }),
            prop::collection::vec(point(), 3..9).prop_map(Shape::polygon),
            prop::collection::vec(point(), 2..9).prop_map(|points| Shape::Polyline { points }),
            (point(), 0_u32..9999).prop_map(|(center, r)| Shape::Circle { center, radius: f64::from(r) / 4.0 }),
        ];
        let segment = (0_i64..1 << 40, 0_i64..1 << 40, any::<Option<String>>(), any::<Option<String>>());
        prop_oneof![
            Just((DatasetType::ImageClassification, AnnotationBody::Class)),
            Just((DatasetType::SoundClassification, AnnotationBody::Class)),
            Just((DatasetType::TextClassification, AnnotationBody::Class)),
            shapes.prop_map(|shape| (DatasetType::ObjectDetection, AnnotationBody::shape(shape))),
            any::<String>().prop_map(|text| (DatasetType::SpeechContent, AnnotationBody::Transcript { text })),
            (0_u32..1000, 1_u32..1000).prop_map(|(start, length)| {
                let body = AnnotationBody::Entity { start, end: start + length, text: String::new() };
                (DatasetType::NamedEntity, body)
            }),
            segment.prop_map(|(start_us, length, speaker, text)| {
                let body = AnnotationBody::Segment { start_us, end_us: start_us + length, speaker, text };
                (DatasetType::SpeechSegmentation, body)
            }),
        ]
    }

    proptest! {
        #[test]
        fn a_body_survives_its_properties((kind, body) in any_body()) {
            prop_assert_eq!(read(kind, &write(&body), None), Ok(body));
        }
    }
}
