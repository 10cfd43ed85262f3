use super::body::tests::any_body;
use super::*;
use crate::domain::{Color, DatasetId, Label};
use crate::domain::{Explain, LabelId, LabelName, SampleState, Timestamp, Usage, VersionName};
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// The real files; `None` where they are not there.
fn real_files() -> Option<PathBuf> {
    let folder = std::env::var_os("MODELIER_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from)
        .join("modelarts");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("MODELIER_REQUIRE_DATA").is_none(), "the real manifests are missing");
    eprintln!("skipped: the real manifests are not there");
    None
}

fn lines(text: &[u8]) -> Vec<ManifestLine> {
    ManifestReader::new(text, "m").map(|line| line.expect("a readable manifest")).collect()
}

fn record(text: &str) -> ManifestRecord {
    let mut lines = lines(text.as_bytes());
    assert_eq!(lines.len(), 1);
    let line = lines.remove(0);
    line.record.unwrap_or_else(|| panic!("{:?}", line.warnings))
}

fn codes(text: &[u8]) -> Vec<(String, String)> {
    lines(text)
        .iter()
        .flat_map(|line| &line.warnings)
        .map(|warning| (warning.source.clone(), warning.reason.code.to_string()))
        .collect()
}

fn written(records: &[ManifestRecord]) -> Vec<u8> {
    let mut writer = ManifestWriter::new(Vec::new());
    for record in records {
        writer.write(record).expect("memory does not fail");
    }
    assert_eq!(writer.lines(), records.len() as u64);
    writer.finish().expect("memory does not fail")
}

fn as_value(record: &ManifestRecord) -> Value {
    serde_json::from_slice(&written(std::slice::from_ref(record))).expect("our own JSON")
}

/// What a record becomes on its way through a workspace and back.
fn through_the_domain(record: &ManifestRecord, kind: DatasetType) -> ManifestRecord {
    let names = std::cell::RefCell::new(Vec::<(LabelId, LabelName)>::new());
    let label = |name: &str, id: Option<LabelId>| {
        let mut names = names.borrow_mut();
        if let Some((id, _)) = names.iter().find(|(_, known)| known.as_str() == name) {
            return Some(*id);
        }
        let id = id.unwrap_or_else(LabelId::random);
        names.push((id, LabelName::imported(name).expect("checked by the reader")));
        Some(id)
    };
    let context = IncomingContext { kind, now: Timestamp(1), label: &label };
    let placement = Placement::file(DatasetId::random(), &record.source, None);
    let incoming = to_incoming(record.clone(), placement, &context, &mut Vec::new());
    // The catalog keeps it as JSON.
    let kept = serde_json::to_string(&incoming.annotations).expect("JSON");
    let annotations: Vec<crate::domain::Annotation> = serde_json::from_str(&kept).expect("our own JSON");
    let label_name = |id| names.borrow().iter().find(|(known, _)| *known == id).map(|(_, name)| name.clone());
    to_record(&incoming.sample, incoming.state, incoming.usage, &annotations, kind, &label_name)
}

fn without_label_ids(mut value: Value) -> Value {
    for annotation in value.get_mut("annotation").and_then(Value::as_array_mut).into_iter().flatten() {
        annotation.as_object_mut().map(|fields| fields.shift_remove(LABEL_ID));
    }
    value
}

#[test]
fn real_manifests_come_back_with_every_field() {
    let Some(folder) = real_files() else { return };
    let (mut files, mut records) = (0, 0);
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
        if !name.ends_with(".manifest") || name.contains("binary") {
            continue;
        }
        files += 1;
        let text = std::fs::read_to_string(&path).expect("readable");
        let expected: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        let lines = lines(text.as_bytes());
        assert_eq!(lines.len(), expected.len(), "{name}");
        for (line, expected) in lines.iter().zip(&expected) {
            let record = line.record.as_ref().unwrap_or_else(|| panic!("{name}: {:?}", line.warnings));
            assert_eq!(&as_value(record), expected, "{name}:{}", line.number);
            let kind = record.annotations.iter().flatten().next().map_or(DatasetType::ObjectDetection, |a| a.kind);
            let back = without_label_ids(as_value(&through_the_domain(record, kind)));
            assert_eq!(&back, expected, "{name}:{} through a workspace", line.number);
            let is_expected = |w: &crate::domain::Warning| {
                w.reason.code == "manifest-detection-file"
                    || (name.starts_with("audio_content_inference") && w.reason.code == "manifest-annotation-name")
            };
            assert!(line.warnings.iter().all(is_expected), "{name}: {:?}", line.warnings);
            records += 1;
        }
    }
    assert!(files >= 12 && records >= 1850, "{files} files, {records} records");
}

#[test]
fn the_flowers_of_v010_are_read_in_full() {
    let Some(folder) = real_files() else { return };
    let text = std::fs::read(folder.join("V010.manifest")).expect("readable");
    let lines = lines(&text);
    assert_eq!(lines.len(), 1779);
    let labels: std::collections::BTreeSet<&str> =
        lines.iter().filter_map(|line| line.record.as_ref()).flat_map(ManifestRecord::label_names).collect();
    assert!(labels.contains("sunflowers") && labels.contains("向日葵"), "{labels:?}");
    let first = lines[0].record.as_ref().expect("a record");
    assert_eq!((first.usage, first.id.as_deref()), (Some(Usage::Train), Some("0018d384b32f6d931e06540eba0019d1")));
    let annotation = &first.annotations.as_ref().expect("labeled")[0];
    assert_eq!(annotation.annotated_by.as_deref(), Some("human/username/username"));
    assert_eq!(annotation.created, Timestamp::parse("2019-03-30 17:22:31"));
    assert!(first.fits(DatasetType::ImageClassification) && !first.is_hard());
}

#[test]
fn carbondata_is_refused_with_its_name() {
    let Some(folder) = real_files() else { return };
    for name in ["binary1557487619292.manifest", "obsbinary1557717977531.manifest"] {
        let text = std::fs::read(folder.join(name)).expect("readable");
        let mut reader = ManifestReader::new(text.as_slice(), name);
        let error = reader.next().expect("a line").expect_err("refused");
        assert_eq!(error.explain().code, "manifest-carbondata");
        assert!(reader.next().is_none());
    }
}

#[test]
fn the_guides_example_is_read_and_written_in_its_order() {
    let line = r#"{"annotation":[{"creation-time":"2019-01-23 11:30:30","confidence":0.8,"name":"animal","hard":"true","annotated-by":"modelarts/active-learning","property":{"color":"white"},"type":"modelarts/image_classification","new":[1]}],"inference-loc":"/out","mine":{"a":null},"id":"0162","usage":"TRAIN","source":"s3://path/to/image1.jpg"}"#;
    let record = record(line);
    assert!(record.is_hard());
    assert_eq!(record.inference_loc(), Some("/out"));
    let annotation = &record.annotations.as_ref().expect("labeled")[0];
    assert_eq!((annotation.confidence, annotation.hard), (Some(0.8), Some(true)));
    let text = String::from_utf8(written(&[record])).expect("text");
    assert_eq!(
        text,
        concat!(
            r#"{"source":"s3://path/to/image1.jpg","usage":"TRAIN","id":"0162","annotation":[{"#,
            r#""type":"modelarts/image_classification","name":"animal","property":{"color":"white"},"hard":"true","#,
            r#""annotated-by":"modelarts/active-learning","creation-time":"2019-01-23 11:30:30","confidence":0.8,"#,
            r#""new":[1]}],"inference-loc":"/out","mine":{"a":null}}"#,
            "\n"
        )
    );
}

#[test]
fn unusual_forms_are_understood_and_kept() {
    let line = r#"{" source ":"content://Bob is here","usage":"Eval","inference_loc":"x","hard":true,"annotation":
        {"type":" text_entity ","name":7,"hard":"True","annotated_by":"human","confidence":"0.5","creation-time":"2019-01-23T11:30:30Z",
         "property":"{\"@modelarts:start_index\":\"0\",\"@modelarts:end_index\":3,\"x\":1}"}}"#;
    let record = record(&line.replace('\n', " "));
    assert_eq!((record.usage, record.hard(), record.inference_loc()), (Some(Usage::Eval), Some(true), Some("x")));
    let annotation = &record.annotations.as_ref().expect("labeled")[0];
    assert_eq!(annotation.kind, DatasetType::NamedEntity);
    assert_eq!(annotation.name.as_deref(), Some("7"));
    assert_eq!((annotation.hard, annotation.confidence), (Some(true), Some(0.5)));
    let entity = crate::domain::AnnotationBody::Entity { start: 0, end: 3, text: "Bob".to_owned() };
    assert_eq!(annotation.body, entity);
    assert_eq!(Value::Object(annotation.properties.clone()), json!({"x": 1}));
    let back = as_value(&record);
    assert_eq!(back["usage"], "Eval");
    assert_eq!(back["annotation"][0]["name"], 7);
    assert_eq!(back["annotation"][0]["hard"], "True");
    assert_eq!(back["annotation"][0]["confidence"], "0.5");
    assert_eq!(back["annotation"][0]["creation-time"], "2019-01-23T11:30:30Z");
    assert!(back["annotation"][0]["property"].is_string());
    // What changed is written in the usual form, the rest stays.
    let mut changed = record.clone();
    let annotation = &mut changed.annotations.as_mut().expect("labeled")[0];
    annotation.hard = Some(false);
    annotation.properties.insert("y".to_owned(), json!(2));
    let back = as_value(&changed);
    assert_eq!(back["annotation"][0]["hard"], "false");
    assert_eq!(back["annotation"][0]["property"]["y"], 2);
    assert_eq!(back["annotation"][0]["confidence"], "0.5");
    assert!(!back.to_string().contains("as-read"));
}

#[test]
fn types_are_known_by_their_last_part() {
    for (text, kind) in [
        ("modelarts/image_classification", DatasetType::ImageClassification),
        ("sound_classification", DatasetType::SoundClassification),
        ("modelarts/ audio_content", DatasetType::SpeechContent),
        ("x/y/Object_Detection", DatasetType::ObjectDetection),
    ] {
        assert_eq!(type_named(text), Some(kind), "{text}");
    }
    assert_eq!(type_named("modelarts/text_triplet"), None);
}

#[test]
fn broken_lines_are_told_and_the_rest_goes_on() {
    let text = b"\xEF\xBB\xBF{\"source\":\"a\"}\r\n\n   \n{\"source\":\n[1]\n{\"usage\":\"TRAIN\"}\n{\"source\":\"\xFF\"}\n{\"source\":5}\n{\"source\":\"b\",\"usage\":\"LATER\",\"annotation\":[{\"type\":\"modelarts/text_triplet\"},{\"type\":\"modelarts/image_classification\"},3]}\n{\"source\":\"c\"}";
    let lines = lines(text);
    let good: Vec<_> = lines.iter().filter_map(|l| Some((l.number, l.record.as_ref()?.source.as_str()))).collect();
    assert_eq!(good, [(1, "a"), (9, "b"), (10, "c")]);
    let told = codes(text);
    let told: Vec<_> = told.iter().map(|(source, code)| (source.as_str(), code.as_str())).collect();
    assert_eq!(
        told,
        [
            ("m:4", "manifest-line-broken"),
            ("m:5", "manifest-line-not-object"),
            ("m:6", "manifest-no-source"),
            ("m:7", "manifest-line-encoding"),
            ("m:8", "manifest-no-source"),
            ("m:9", "manifest-usage"),
            ("m:9", "manifest-annotation-type"),
            ("m:9", "manifest-annotation-name"),
            ("m:9", "manifest-annotation-not-object"),
        ]
    );
    let kept = as_value(lines[6].record.as_ref().expect("a record"));
    assert_eq!(kept["usage"], "LATER");
    assert_eq!(kept["annotation"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_line_without_end_does_not_fill_the_memory() {
    let mut text = vec![b'x'; 1 << 20];
    text.extend_from_slice(b"\n{\"source\":\"a\"}\n");
    let reader = ManifestReader::new(text.as_slice(), "m").limited_to((1 << 20) - 10);
    let lines: Vec<_> = reader.map(|line| line.expect("a line")).collect();
    assert_eq!(lines[0].warnings[0].reason.code, "manifest-line-too-long");
    assert_eq!(lines[1].record.as_ref().map(|record| record.source.as_str()), Some("a"));
    let nested = format!("{{\"source\":\"a\",\"x\":{}", "[".repeat(100_000));
    assert_eq!(codes(nested.as_bytes())[0].1, "manifest-line-broken");
}

#[test]
fn other_encodings_and_broken_disks_end_the_reading() {
    let utf_16: Vec<u8> = [0xFF, 0xFE].into_iter().chain("{}".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let error = ManifestReader::new(utf_16.as_slice(), "m").next().expect("a line").expect_err("refused");
    assert_eq!(error.explain().code, "manifest-encoding");
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the cable"))
        }
    }
    let mut reader = ManifestReader::new(std::io::BufReader::new(Broken), "m");
    assert_eq!(reader.next().expect("an end").expect_err("broken").explain().code, "format-io");
    assert!(reader.next().is_none());
}

#[test]
fn unlabeled_labeled_with_nothing_and_unwanted_labels_differ() {
    let unlabeled = record(r#"{"source":"a.jpg"}"#);
    let nothing = record(r#"{"source":"a.jpg","annotation":[]}"#);
    let cat = record(
        r#"{"source":"a.jpg","hard":"true","annotation":[{"type":"image_classification","name":"cat"},{"type":"image_classification","name":"cat"}]}"#,
    );
    let other = record(r#"{"source":"a.jpg","annotation":[{"type":"audio_classification","name":"cat"}]}"#);
    let id = LabelId::random();
    let incoming = |record: &ManifestRecord, wanted: bool| {
        let label = |_: &str, _: Option<LabelId>| wanted.then_some(id);
        let context = IncomingContext { kind: DatasetType::ImageClassification, now: Timestamp(1), label: &label };
        let placement = Placement::file(DatasetId::random(), "file:///in/a.jpg", Some(b"a.jpg"));
        let mut reasons = Vec::new();
        let incoming = to_incoming(record.clone(), placement, &context, &mut reasons);
        (incoming, reasons)
    };
    assert_eq!(incoming(&unlabeled, true).0.state, SampleState::Unlabeled);
    assert_eq!(incoming(&nothing, true).0.state, SampleState::Labeled);
    assert_eq!(incoming(&cat, false).0.state, SampleState::Unlabeled);
    let (sample, _) = incoming(&cat, true);
    assert_eq!((sample.state, sample.annotations.len()), (SampleState::Labeled, 1));
    assert_eq!(sample.annotations[0].hard, Some(true), "the sample's mark is its annotation's");
    assert_eq!(sample.annotations[0].annotated_by, "human");
    assert_eq!(sample.sample.name, "a.jpg");
    let (sample, reasons) = incoming(&other, true);
    assert_eq!((sample.state, reasons[0].code.as_ref()), (SampleState::Unlabeled, "manifest-other-type"));
    let name = |_| LabelName::new("cat").ok();
    let back = |record: &ManifestRecord| {
        let (incoming, _) = incoming(record, true);
        let (kind, annotations) = (DatasetType::ImageClassification, &incoming.annotations);
        as_value(&to_record(&incoming.sample, incoming.state, incoming.usage, annotations, kind, &name))
    };
    assert!(back(&unlabeled).get("annotation").is_none());
    assert_eq!(back(&nothing)["annotation"], json!([]));
    assert_eq!(back(&other)["annotation"][0]["type"], "audio_classification");
    let published = back(&cat);
    assert_eq!(published["annotation"][0][LABEL_ID], id.to_string());
    assert!(published["annotation"][0].get("annotated-by").is_none(), "what was not said stays unsaid");
}

#[test]
fn a_published_version_says_size_hash_and_label_ids() {
    let (cat, time) = (LabelId::random(), Timestamp::parse("2026-01-02 03:04:05").expect("a time"));
    let placement = Placement::file(DatasetId::random(), "file:///in/a%20b.jpg", Some(b"a b.jpg"));
    let sample = crate::domain::Sample {
        id: placement.id,
        source: placement.source,
        name: placement.name,
        media: crate::domain::Media { size_bytes: Some(5), hash: Some("00ff".to_owned()), ..Default::default() },
        manifest_id: None,
        extra: Map::new(),
        added: time,
    };
    let annotation = crate::domain::Annotation::class(cat, "human/ada".to_owned(), time);
    let name = |_| LabelName::imported("dining table").ok();
    let kind = DatasetType::ImageClassification;
    let record = to_record(&sample, SampleState::Labeled, Some(Usage::Test), &[annotation], kind, &name);
    let expected = json!({
        "source": "file:///in/a%20b.jpg", "usage": "TEST",
        "annotation": [{
            "type": "modelarts/image_classification", "name": "dining table", "annotated-by": "human/ada",
            "creation-time": "2026-01-02 03:04:05", "modelier:label-id": cat.to_string(),
        }],
        "modelier:size": 5, "modelier:blake3": "00ff",
    });
    assert_eq!(as_value(&record), expected);
    let again = lines(&written(std::slice::from_ref(&record))).remove(0);
    assert_eq!((again.record, again.warnings.len()), (Some(record), 0));
    // A suggestion that nobody confirmed stays out.
    let waiting = to_record(&sample, SampleState::ToConfirm, None, &[], kind, &name);
    assert_eq!(waiting.annotations, None);
}

#[test]
fn the_label_list_is_read_back_and_newer_ones_are_refused() {
    let label = Label {
        id: LabelId::random(),
        name: LabelName::imported("dining table").expect("a name"),
        color: Color([1, 2, 3]),
        key: Some('1'),
        position: 0,
        extra: Map::new(),
    };
    let version = VersionName::numbered(1);
    assert_eq!(PublishedLabels::file_name(&version), "V001.labels.json");
    let labels = PublishedLabels::new(DatasetId::random(), version, &[label]);
    assert_eq!(PublishedLabels::from_bytes(&labels.to_bytes(), "x").expect("ours"), labels);
    let code = |text: &[u8]| PublishedLabels::from_bytes(text, "x").expect_err("refused").explain().code;
    assert_eq!(code(b"{\"schema_version\":9}"), "labels-newer");
    assert_eq!(code(b"\xFF"), "labels-damaged");
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-c0-9:. -]{0,9}".prop_map(Value::from),
        Just(json!("true")),
        Just(json!("modelarts/image_classification")),
        Just(json!("2019-01-23 11:30:30")),
        Just(json!(0.25)),
        Just(json!("{\"a\":1}")),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((any_key(), inner), 0..7)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn any_key() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "source",
            " source",
            "usage",
            "id",
            "annotation",
            "type",
            "name",
            "property",
            "hard",
            "annotated-by",
            "annotated_by",
            "creation-time",
            "creation_time",
            "confidence",
            "inference_loc",
            SIZE,
            BLAKE3,
            LABEL_ID,
            AS_READ,
            FOREIGN,
            "@modelarts:content",
        ])
        .prop_map(str::to_owned),
        "[a-z]{0,3}",
    ]
}

fn any_annotation() -> impl Strategy<Value = ManifestAnnotation> {
    let said = (any::<Option<bool>>(), prop::option::of("[a-z/]{0,9}"), prop::option::of(0_i64..4_000_000_000));
    (any_body(), "[a-zA-Z花 .]{1,9}", said, prop::option::of(0_u32..=64), any::<bool>()).prop_map(
        |((kind, body), name, (hard, annotated_by, seconds), confidence, has_id)| ManifestAnnotation {
            label_id: has_id.then(LabelId::random),
            hard,
            annotated_by,
            created: seconds.map(|seconds| Timestamp(seconds * 1000)),
            confidence: confidence.map(|part| f64::from(part) / 64.0),
            ..ManifestAnnotation::new(kind, Some(name), body)
        },
    )
}

proptest! {
    #[test]
    fn a_record_is_read_as_it_was_written(
        source in "[a-z/:. 花]{0,20}[a-z]",
        usage in prop::option::of(prop::sample::select(Usage::ALL.to_vec())),
        id in any::<Option<String>>(),
        annotations in prop::option::of(prop::collection::vec(any_annotation(), 0..4)),
        media in any::<(Option<u64>, Option<String>)>(),
    ) {
        let record = ManifestRecord {
            usage, id, annotations, size_bytes: media.0, hash: media.1, ..ManifestRecord::new(source)
        };
        let line = lines(&written(std::slice::from_ref(&record))).remove(0);
        prop_assert_eq!(line.warnings.len(), 0, "{:?}", line.warnings);
        prop_assert_eq!(line.record, Some(record));
    }

    /// Whatever is understood of any JSON stays as it is however often it is written and read.
    #[test]
    fn any_json_is_read_alike_after_writing(fields in prop::collection::vec((any_key(), any_value()), 0..9)) {
        let mut fields: Map<String, Value> = fields.into_iter().collect();
        fields.insert("source".to_owned(), json!("a.jpg"));
        let text = serde_json::to_vec(&fields).expect("JSON");
        if let Some(Ok(ManifestLine { record: Some(first), .. })) = ManifestReader::new(text.as_slice(), "m").next() {
            let again = lines(&written(std::slice::from_ref(&first))).remove(0).record;
            prop_assert_eq!(again, Some(first.clone()));
            let kind = first.annotations.iter().flatten().next().map_or(DatasetType::NamedEntity, |a| a.kind);
            let once = through_the_domain(&first, kind);
            prop_assert_eq!(without_label_ids(as_value(&through_the_domain(&once, kind))), without_label_ids(as_value(&once)));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for line in ManifestReader::new(bytes.as_slice(), "m") {
            if line.is_err() { break; }
        }
    }
}
