//! A detector trained by a real worker on a version whose objects stand in its manifest and in Pascal VOC files, and the
//! service that answers with it.

use image::codecs::png::PngEncoder;
use image::{ExtendedColorType, ImageEncoder};
use modelier::domain::JobState;
use modelier::domain::evaluation::{Evaluation, MetricName};
use modelier::domain::job_folder::{JobFile, ServeTask, Task, TrainOptions, TrainTask, file};
use modelier::domain::predict::Prediction;
use modelier::engines::{Engine, JobFolder, JobObservation, LocalEngine, StartOptions, read_metrics, tail_log};
use modelier::serving::{Token, client};
use std::fmt::Write as _;
use std::path::Path;
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_modelier");
const PATIENCE: Duration = Duration::from_secs(300);

/// Twelve pictures with a bright square each; of every second one a file says where it is. One has nothing in it, one
/// nobody has looked at, and one refers to a file that is not there.
fn version(folder: &Path) {
    let mut manifest = String::new();
    for number in 0..12_u32 {
        let (left, top, side) = (4 + number * 2, 30 - number * 2, 20);
        let picture = image::RgbImage::from_fn(64, 64, |x, y| {
            let inside = (left..left + side).contains(&x) && (top..top + side).contains(&y) && number != 2;
            image::Rgb(if inside { [240, 230, 60] } else { [30, 60, 90] })
        });
        let path = folder.join(format!("{number}.png"));
        picture.save(&path).expect("written");
        let (right, bottom) = (left + side, top + side);
        let kind = "modelarts/object_detection";
        let annotation = match number {
            2 => Some(serde_json::json!([])),
            4 => None,
            6 => Some(serde_json::json!([{"type": kind, "annotation-loc": "absent.xml"}])),
            _ if number % 2 == 0 => {
                let xml = format!(
                    "<annotation><filename>{number}.png</filename><size><width>64</width><height>64</height></size>\
                     <object><name>square</name><bndbox><xmin>{left}</xmin><ymin>{top}</ymin><xmax>{right}</xmax>\
                     <ymax>{bottom}</ymax></bndbox></object><object><name>square</name><point><x1>5</x1><y1>5</y1>\
                     </point></object></annotation>"
                );
                std::fs::write(folder.join(format!("{number}.xml")), xml).expect("written");
                let place = format!("{number}.xml");
                Some(serde_json::json!([{"type": kind, "annotation-loc": place, "annotation-format": "PASCAL VOC"}]))
            }
            _ => Some(serde_json::json!([{
                "type": kind,
                "name": "square",
                "property": {
                    "@modelarts:shape": "bndbox",
                    "@modelarts:feature": [[left, top], [right, bottom]],
                },
            }])),
        };
        let mut line = serde_json::json!({"source": format!("file://{}", path.display())});
        if let Some(annotation) = annotation {
            line["annotation"] = annotation;
        }
        writeln!(manifest, "{line}").expect("a string");
    }
    std::fs::write(folder.join("V001.manifest"), manifest).expect("written");
}

/// The picture stored a quarter turn to the left, with an EXIF entry that says how it is looked at.
fn turned(path: &Path) -> Vec<u8> {
    let stored = image::load_from_memory(&std::fs::read(path).expect("there")).expect("a picture").to_rgb8();
    let stored = image::imageops::rotate270(&stored);
    let mut bytes = Vec::new();
    let mut encoder = PngEncoder::new(&mut bytes);
    let orientation = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
    encoder.set_exif_metadata(orientation.to_vec()).expect("PNG has a place for it");
    encoder.write_image(&stored, stored.width(), stored.height(), ExtendedColorType::Rgb8).expect("encoded");
    bytes
}

fn wait(folder: &JobFolder, until: impl Fn(&JobObservation) -> bool) -> JobObservation {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let observation = LocalEngine.observe(folder).expect("readable");
        if until(&observation) {
            return observation;
        }
        assert!(Instant::now() < deadline, "waited in vain: {observation:?}\n{}", log(folder));
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn log(folder: &JobFolder) -> String {
    tail_log(folder, 0).map(|tail| tail.text).unwrap_or_default()
}

#[test]
fn a_detector_learns_from_a_version_and_answers_in_the_guides_form() {
    let directory = tempfile::tempdir().expect("a folder");
    version(directory.path());
    let uri = |name: &str| format!("file://{}", directory.path().join(name).display());
    let parameters = [("image_size", "64"), ("num_epoch", "12"), ("lr", "0.004"), ("score_threshold", "0.05")];
    let task = TrainTask {
        name: "squares@V001".to_owned(),
        version: "V001".to_owned(),
        algorithm: "yolo_v3".to_owned(),
        parameters: parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        seed: 1,
        manifest: uri("V001.manifest"),
        dataset: "squares@V001".to_owned(),
        classes: Vec::new(),
        source_map: Vec::new(),
        output: uri("out"),
        options: TrainOptions::default(),
    };
    let folder = JobFolder::create(directory.path().join("train"), &JobFile::new(Task::Train(task))).expect("written");
    LocalEngine.start(&folder, &StartOptions::worker(Path::new(PROGRAM))).expect("starts");
    let ended = wait(&folder, |observation| observation.state.is_final());
    assert_eq!(ended.state, JobState::Succeeded, "{}", log(&folder));
    let said = log(&folder);
    assert!(said.contains("objects of 3 images read from annotation files"), "{said}");
    assert!(said.contains("left out, for they have no area: 3 point"), "{said}");
    assert_eq!(ended.status.warnings.len(), 1, "the file that is not there: {:?}", ended.status.warnings);
    let summary = ended.status.evaluation.expect("evaluated");
    assert_eq!(Some(summary.accuracy), summary.mean_average_precision);
    let metrics = read_metrics(&folder, 0).expect("readable").metrics;
    let figures = metrics.iter().filter(|metric| metric.name == MetricName::MeanAveragePrecision).count();
    assert_eq!(figures, 12, "one a pass");
    let evaluation = std::fs::read(directory.path().join("out/V001").join(file::EVALUATION)).expect("there");
    let evaluation: Evaluation = serde_json::from_slice(&evaluation).expect("an evaluation");
    // Ten pictures of which something is said: eight and two.
    assert_eq!((evaluation.trained_on, evaluation.evaluated(), evaluation.unlabeled), (8, 2, 2));
    assert_eq!(evaluation.classes, ["square"]);

    let (token, hash) = Token::generate();
    let task = ServeTask {
        name: "squares".to_owned(),
        model: uri("out/V001/model"),
        host: "127.0.0.1".to_owned(),
        port: None,
        token_sha256: hash.to_string(),
        request_limit_bytes: 1024 * 1024,
        least_score: None,
    };
    let service = JobFolder::create(directory.path().join("serve"), &JobFile::new(Task::Serve(task))).expect("written");
    LocalEngine.start(&service, &StartOptions::worker(Path::new(PROGRAM))).expect("starts");
    let up = wait(&service, |observation| observation.status.address.is_some() || observation.state.is_final());
    let address = up.status.address.expect("an address");
    let picture = std::fs::read(directory.path().join("3.png")).expect("there");
    let answer = client::predict(&address, token.as_str(), "3.png", picture).expect("answers");
    // The same picture, lying on its side, with an entry that says so: boxes are told in the upright picture.
    let turned = client::predict(&address, token.as_str(), "turned.png", turned(&directory.path().join("3.png")));
    let garbage = client::predict(&address, token.as_str(), "3.png", b"no picture".to_vec());
    LocalEngine.stop(&service, Duration::from_secs(20)).expect("stops");
    assert_eq!(turned.expect("answers"), answer);
    assert!(matches!(garbage, Err(client::CallError::Refused { status: 400, .. })), "{garbage:?}");
    let Prediction::Detection { detection_classes, detection_boxes, detection_scores } = answer else {
        panic!("{answer:?}")
    };
    assert_eq!(detection_classes.len(), detection_boxes.len());
    assert_eq!(detection_classes.len(), detection_scores.len());
    for [top, left, bottom, right] in detection_boxes {
        assert!(0.0 <= top && top <= bottom && bottom <= 64.0 && 0.0 <= left && left <= right && right <= 64.0);
    }
}
