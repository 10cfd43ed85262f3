use super::network::{ANCHORS, BOX_VALUES, DARKNET_53, DARKNET_SMALL, Yolo};
use super::targets::{Target, assign};
use super::*;
use crate::domain::Cancel;
use crate::domain::evaluation::MetricName;
use crate::domain::predict::Prediction;
use crate::domain::shape::Bounds;
use crate::domain::traits::LearningObject;
use crate::learning::testing::{Recorded, Samples};
use crate::learning::{LearningError, TrainingOutcome, TrainingRequest, load_predictor, train as run_training};
use burn::module::Module;
use burn::tensor::{Device, Tensor};

fn request(parameters: &[(&str, &str)]) -> TrainingRequest {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    TrainingRequest { parameters, seed: 3, allow_several_labels: false }
}

#[test]
fn both_networks_predict_at_three_scales() {
    let device = Device::flex();
    let small = Yolo::new(DARKNET_SMALL, 3, 1, &device);
    let outputs = small.forward(Tensor::zeros([2, 3, 64, 96], &device));
    let dims: Vec<[usize; 4]> = outputs.iter().map(Tensor::dims).collect();
    let channels = ANCHORS * (BOX_VALUES + 3);
    assert_eq!(dims, [[2, channels, 8, 12], [2, channels, 4, 6], [2, channels, 2, 3]]);
    // As published: 61.6 million weights with the 80 classes of COCO, 40.6 million of them in the darknet.
    let large = Yolo::new(DARKNET_53, 80, 1, &device);
    assert!((61_500_000..62_100_000).contains(&large.num_params()), "{}", large.num_params());
    assert!(small.num_params() < 2_500_000, "{}", small.num_params());
}

#[test]
fn overlap_agrees_with_domain_bounds() {
    let device = Device::flex();
    let boxes = |rows: &[[f32; 4]]| {
        let values: Vec<f32> = rows.iter().flatten().copied().collect();
        Tensor::<2>::from_data(burn::tensor::TensorData::new(values, [rows.len(), 4]), &device)
    };
    let found = [[5.0, 5.0, 10.0, 10.0], [5.0, 5.0, 10.0, 10.0], [0.0, 0.0, 4.0, 8.0]];
    let wanted = [[5.0, 5.0, 10.0, 10.0], [10.0, 5.0, 10.0, 10.0], [20.0, 20.0, 4.0, 4.0]];
    let (complete, plain) = loss::overlap(boxes(&found), boxes(&wanted));
    let plain = plain.into_data().try_into_vec::<f32>().expect("numbers");
    let complete = complete.into_data().try_into_vec::<f32>().expect("numbers");
    for (value, expected) in plain.iter().zip([1.0, 1.0 / 3.0, 0.0]) {
        assert!((value - expected).abs() < 1e-5, "{plain:?}");
    }
    // Distance of the centres over the diagonal around both, squared: 25 of 15² + 10².
    assert!((complete[1] - (1.0 / 3.0 - 25.0 / 325.0)).abs() < 1e-4, "{complete:?}");
    assert!((complete[0] - 1.0).abs() < 1e-4 && complete[2] < -0.5);
}

#[test]
fn the_right_answer_has_less_loss_than_a_wrong_one() {
    let device = Device::flex();
    let anchors = [[[16.0; 2]; 3], [[60.0; 2]; 3], [[160.0; 2]; 3]];
    let target = |x| vec![Target { class: 1, center_size: [x, 24.0, 16.0, 16.0] }];
    let assigned = assign(&[target(20.0)], &anchors, [64, 64]);
    let empty = |cells: usize| Tensor::<4>::full([1, ANCHORS * 7, cells, cells], -8.0, &device);
    let value = |predictions| loss::loss(predictions, &assigned, &device).into_scalar::<f32>();
    let nothing = value(vec![empty(8), empty(4), empty(2)]);
    let mut right = vec![-8.0_f32; ANCHORS * 7 * 64];
    for (place, cell) in assigned[0].places.iter().zip(&assigned[0].cells) {
        let place = usize::try_from(*place).expect("small");
        let (anchor, cell_place) = (place / 64, place % 64);
        let mut set = |number: usize, value: f32| right[(anchor * 7 + number) * 64 + cell_place] = value;
        for (axis, centre) in [20.0, 24.0].into_iter().enumerate() {
            let part: f32 = (centre / 8.0 - cell[axis] + 0.5) / 2.0;
            set(axis, (part / (1.0 - part)).ln());
        }
        for (number, value) in [(2, 0.0), (3, 0.0), (4, 8.0), (6, 8.0)] {
            set(number, value);
        }
    }
    let right = Tensor::<4>::from_data(burn::tensor::TensorData::new(right, [1, ANCHORS * 7, 8, 8]), &device);
    let found = value(vec![right, empty(4), empty(2)]);
    assert!(found < 0.1 && nothing > 5.0, "{found} {nothing}");
}

/// A run on four pictures of squares, which must be learned by heart.
#[test]
fn four_pictures_are_learned_by_heart_and_answered_in_the_guides_form() {
    let samples = Samples::squares(4, 96, 64);
    let (sink, folder) = (Recorded::default(), tempfile::tempdir().expect("a folder"));
    let parameters = [
        ("image_size", "96"),
        ("num_epoch", "120"),
        ("eval_frequency", "30"),
        ("lr", "0.004"),
        ("flips", "none"),
        ("num_classes", "20"),
    ];
    let outcome = run_training(&ENTRY, &request(&parameters), &samples, &sink, &Cancel::default(), folder.path())
        .expect("trained");
    let losses = sink.curve(MetricName::Loss);
    assert!(losses[losses.len() - 10..].iter().sum::<f64>() < losses[..10].iter().sum::<f64>() / 2.0, "{losses:?}");
    assert!(sink.says("num_classes=20"), "what has no effect is named");
    // The pictures to evaluate are copies of those learned.
    let detection = outcome.evaluation.detection.as_ref().expect("a detector");
    assert_eq!((detection.images().len(), outcome.evaluation.trained_on), (4, 4));
    let figure = detection.mean_average_precision(2);
    assert!(figure > 0.9, "{figure} {:?}", sink.curve(MetricName::MeanAveragePrecision));
    let model = folder.path().join(crate::learning::export::MODEL_FOLDER);
    let config: serde_json::Value =
        serde_json::from_slice(&std::fs::read(model.join("config.json")).expect("there")).expect("JSON");
    assert_eq!(config["model_algorithm"], "object_detection");
    assert_eq!(config["metrics"]["accuracy"], config["metrics"]["mean_average_precision"]);
    let predictor = load_predictor(&model).expect("a model");
    let answer = predictor.predict(&samples.files[0]).expect("an image");
    let json = serde_json::to_value(&answer).expect("plain data");
    let Prediction::Detection { detection_classes, detection_boxes, detection_scores } = answer else {
        panic!("{json}")
    };
    assert!(!detection_classes.is_empty() && detection_scores.is_sorted_by(|a, b| a >= b));
    assert_eq!(json["detection_boxes"][0].as_array().map(Vec::len), Some(4));
    let truth = samples.items[0].objects.as_ref().expect("labeled");
    for object in truth {
        let overlap = |edges: &[f64; 4]| crate::domain::detection::bounds_of(edges).iou(&object.bounds);
        assert!(detection_boxes.iter().any(|edges| overlap(edges) > 0.5), "{object:?} in {json}");
    }
    assert!(predictor.predict(b"no image").is_err());
}

#[test]
fn nothing_to_find_is_refused_and_a_request_to_stop_heard() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut samples = Samples::squares(2, 64, 64);
    let sink = Recorded { cancel_at_metric: Some(Cancel::default()), ..Recorded::default() };
    let cancel = sink.cancel_at_metric.clone().expect("just made");
    let stopped = run_training(&ENTRY, &request(&[("image_size", "64")]), &samples, &sink, &cancel, folder.path());
    assert!(matches!(stopped, Err(LearningError::Cancelled)));
    for item in &mut samples.items {
        item.objects = Some(Vec::new());
    }
    let sink = Recorded::default();
    let empty = run_training(&ENTRY, &request(&[]), &samples, &sink, &Cancel::default(), folder.path());
    assert!(matches!(empty, Err(LearningError::NoObjects { .. })));
}

/// What a run on `samples` ends with, and what it said.
fn tiny_run(samples: &Samples, typed: &[(&str, &str)]) -> (Result<TrainingOutcome, LearningError>, Recorded) {
    let mut parameters = vec![("image_size", "64"), ("num_epoch", "2"), ("flips", "none")];
    parameters.retain(|(name, _)| typed.iter().all(|(other, _)| other != name));
    parameters.extend(typed);
    let (sink, folder) = (Recorded::default(), tempfile::tempdir().expect("a folder"));
    let outcome = run_training(&ENTRY, &request(&parameters), samples, &sink, &Cancel::default(), folder.path());
    let losses = sink.curve(MetricName::Loss);
    assert!(losses.iter().all(|loss| loss.is_finite()), "{losses:?}");
    (outcome, sink)
}

#[test]
fn odd_samples_are_trained_on_without_a_fault() {
    // Of two images, one shows nothing; the other has one object and three that are none.
    let mut samples = Samples::squares(1, 96, 64);
    let objects = samples.items[0].objects.as_mut().expect("labeled");
    objects.truncate(1);
    let flat = |min, max| LearningObject { class: 0, bounds: Bounds { min, max }, difficult: false };
    objects.push(flat([5.0, 5.0], [5.0, 30.0]));
    objects.push(flat([5.0, 5.0], [f64::NAN, 30.0]));
    objects.push(flat([300.0, 300.0], [301.0, 301.0]));
    samples.items[1].objects = Some(Vec::new());
    let (outcome, sink) = tiny_run(&samples, &[]);
    let outcome = outcome.expect("trained");
    assert!(sink.says("No image to train on shows dark"), "a label that is never used is named");
    assert_eq!((outcome.evaluation.trained_on, outcome.evaluation.evaluated()), (1, 1));
    assert_eq!(outcome.evaluation.summary().accuracy, 0.0, "nothing to find, and no figure that is no number");

    // One label, and nothing kept aside.
    let mut samples = Samples::squares(2, 64, 64);
    samples.classes.truncate(1);
    samples.items.truncate(2);
    for item in &mut samples.items {
        item.objects.as_mut().expect("labeled").retain(|object| object.class == 0);
    }
    let (outcome, sink) = tiny_run(&samples, &[("split_spec", "1")]);
    assert_eq!(outcome.expect("trained").evaluation.evaluated(), 0);
    assert!(sink.says("Not evaluated"));
}

#[test]
fn a_broken_picture_is_left_out_and_a_wild_rate_ends_with_an_error() {
    let mut samples = Samples::squares(2, 64, 64);
    samples.files[0] = b"no picture".to_vec();
    let (outcome, sink) = tiny_run(&samples, &[]);
    assert_eq!(outcome.expect("trained").evaluation.unreadable, 1);
    assert!(sink.says("Skipped"));
    // Gradients are clipped and steps normalised, so that even the highest rate allowed rarely diverges; if it does,
    // it must be told.
    let (outcome, _) = tiny_run(&samples, &[("lr", "10"), ("num_epoch", "12")]);
    assert!(matches!(outcome, Ok(_) | Err(LearningError::Diverged { .. })), "{outcome:?}");
}

/// The network of the paper learns, too; small pictures, for its steps are thirty times as dear.
#[test]
#[ignore = "trains a network of 60 million weights: a minute or two"]
fn darknet_53_learns() {
    let samples = Samples::squares(4, 64, 64);
    let typed = [("backbone", "darknet_53"), ("num_epoch", "12"), ("lr", "0.0005"), ("eval_frequency", "12")];
    let (outcome, sink) = tiny_run(&samples, &typed);
    let losses = sink.curve(MetricName::Loss);
    eprintln!("{losses:?}");
    assert_eq!(outcome.expect("trained").steps, 12);
    // A dozen steps are few: 5.2 became 4.6.
    assert!(losses[9..].iter().sum::<f64>() < 0.95 * losses[..3].iter().sum::<f64>(), "{losses:?}");
}

/// How good the small network becomes on real images: `cargo test --lib yolo::tests::bccd -- --ignored --nocapture`,
/// with `MODELIER_TEST_LOG=1` for the log and `MODELIER_YOLO=name=value,…` for parameters.
#[test]
#[ignore = "trains for many minutes"]
fn bccd() {
    let Some(samples) = Samples::cells() else { return };
    let typed = std::env::var("MODELIER_YOLO").unwrap_or_default();
    let typed: Vec<(&str, &str)> = typed.split(';').filter_map(|pair| pair.split_once('=')).collect();
    let (sink, folder) = (Recorded::default(), tempfile::tempdir().expect("a folder"));
    let started = std::time::Instant::now();
    let outcome =
        run_training(&ENTRY, &request(&typed), &samples, &sink, &Cancel::default(), folder.path()).expect("trained");
    let detection = outcome.evaluation.detection.as_ref().expect("a detector");
    for scores in outcome.evaluation.by_label() {
        eprintln!("{scores:?}");
    }
    let figure = detection.mean_average_precision(samples.classes.len());
    eprintln!("bccd: mAP {figure:.4} on {} images, {:.1?}", detection.images().len(), started.elapsed());
    assert!(figure > 0.55);
}
