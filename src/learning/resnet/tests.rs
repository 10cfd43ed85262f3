use super::network::ResNet50;
use super::*;
use crate::domain::algorithm::ParameterError;
use crate::domain::evaluation::MetricName;
use crate::domain::predict::Prediction;
use crate::domain::{Cancel, Predictor};
use crate::learning::testing::{Recorded, Samples};
use crate::learning::weights::{self, Values};
use crate::learning::{LearningError, TrainingOutcome, TrainingRequest, load_predictor, train as run_training};
use burn::tensor::{Device, Tensor, TensorData};
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

fn request(parameters: &[(&str, &str)]) -> TrainingRequest {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    TrainingRequest { parameters, seed: 3, allow_several_labels: false }
}

/// A run on few tiny images; the tests below look at different parts of what it leaves.
struct Trained {
    folder: tempfile::TempDir,
    samples: Samples,
    sink: Recorded,
    outcome: TrainingOutcome,
}

fn trained() -> &'static Trained {
    static TRAINED: OnceLock<Trained> = OnceLock::new();
    TRAINED.get_or_init(|| {
        let samples = Samples::colors(10, 40, 36);
        let (sink, folder) = (Recorded::default(), tempfile::tempdir().expect("a folder"));
        let parameters = [
            ("image_size", "32"),
            ("max_epochs", "12"),
            ("evaluate_every_n_epochs", "4"),
            ("batch_size", "8"),
            ("learning_rate_strategy", "0.001"),
            ("num_gpus", "4"),
        ];
        let outcome = run_training(&ENTRY, &request(&parameters), &samples, &sink, &Cancel::default(), folder.path())
            .expect("trained");
        Trained { folder, samples, sink, outcome }
    })
}

#[test]
fn the_loss_falls_and_all_is_reported() {
    let Trained { sink, outcome, .. } = trained();
    assert_eq!((outcome.steps, outcome.evaluation.trained_on, outcome.evaluation.samples.len()), (36, 24, 6));
    let losses = sink.curve(MetricName::Loss);
    assert_eq!(losses.len(), 36);
    assert!(losses[24..].iter().sum::<f64>() < losses[..12].iter().sum::<f64>(), "{losses:?}");
    assert_eq!(sink.curve(MetricName::EvalLoss).len(), 3);
    assert_eq!(sink.curve(MetricName::EvalAccuracy).len(), 3);
    assert_eq!(sink.curve(MetricName::LearningRate), [0.001; 36]);
    assert!(sink.says("num_gpus=4"), "what has no effect is named");
    let fractions = sink.fractions.lock().expect("unpoisoned");
    assert!(fractions.is_sorted() || fractions.last() == Some(&1.0));
}

#[test]
fn the_export_answers_as_it_was_evaluated() {
    let Trained { folder, samples, outcome, .. } = trained();
    let predictor = load_predictor(&folder.path().join("model")).expect("a model");
    for evaluated in &outcome.evaluation.samples {
        let index = samples.items.iter().position(|item| item.source == evaluated.source).expect("known");
        let Prediction::Classification { scores, .. } =
            predictor.predict(&samples.files[index]).map_err(|error| error.to_string()).expect("an image")
        else {
            panic!("a classifier answered")
        };
        assert!((scores[0].1 - evaluated.confidence).abs() < 1e-4, "{scores:?} {evaluated:?}");
    }
}

#[test]
fn the_exported_tensors_are_torchvisions() {
    let weights = weights::read(&trained().folder.path().join("model/model.safetensors")).expect("weights");
    // 53 convolutions, 53 normalisations of five tensors, and the last layer.
    assert_eq!(weights.len(), 53 + 53 * 5 + 2);
    let shape = |name: &str| weights.get(name).map_or_else(|| vec![usize::MAX], |tensor| tensor.shape.clone());
    for (name, expected) in [
        ("conv1.weight", &[64, 3, 7, 7][..]),
        ("bn1.running_mean", &[64]),
        ("bn1.num_batches_tracked", &[]),
        ("layer1.0.conv1.weight", &[64, 64, 1, 1]),
        ("layer1.0.downsample.0.weight", &[256, 64, 1, 1]),
        ("layer1.0.downsample.1.running_var", &[256]),
        ("layer1.2.conv3.weight", &[256, 64, 1, 1]),
        ("layer2.0.conv2.weight", &[128, 128, 3, 3]),
        ("layer2.3.bn3.bias", &[512]),
        ("layer3.5.conv2.weight", &[256, 256, 3, 3]),
        ("layer4.0.downsample.0.weight", &[2048, 1024, 1, 1]),
        ("layer4.2.bn3.weight", &[2048]),
        ("fc.weight", &[3, 2048]),
        ("fc.bias", &[3]),
    ] {
        assert_eq!(shape(name), expected, "{name}");
    }
    // torchvision's resnet50 has 25,557,032 parameters for 1,000 classes.
    let parameters: usize = weights
        .iter()
        .filter(|(name, _)| !name.contains("running") && !name.contains("num_batches"))
        .map(|(_, tensor)| tensor.shape.iter().product::<usize>())
        .sum();
    assert_eq!(parameters, 25_557_032 - 997 * 2049);
    assert_eq!(weights["layer3.1.bn2.num_batches_tracked"].values, Values::I64(vec![36]));
}

#[test]
fn pytorch_gives_the_same_outputs() {
    let has_torch = |python: &&str| {
        Command::new(python).args(["-c", "import torch, numpy"]).output().is_ok_and(|output| output.status.success())
    };
    let Some(python) = ["python3", "/usr/bin/python3"].into_iter().find(has_torch) else {
        eprintln!("skipped: python3 has no torch");
        return;
    };
    let (batch, side) = (2, 64);
    let values: Vec<f32> = (0..batch * 3 * side * side).map(|at| ((at * 7919 % 1009) as f32 / 504.5) - 1.0).collect();
    let folder = tempfile::tempdir().expect("a folder");
    let images = folder.path().join("images.f32");
    std::fs::write(&images, values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>()).expect("written");
    let weights_path = trained().folder.path().join("model/model.safetensors");

    let device = Device::flex();
    let mut network = ResNet50::new(3, 0, &device);
    assert_eq!(network.load(weights::read(&weights_path).expect("weights"), &device), Ok(None));
    let ours: Vec<f32> = network
        .forward(Tensor::from_data(TensorData::new(values, [batch, 3, side, side]), &device))
        .into_data()
        .try_into_vec()
        .expect("numbers");

    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/learning/resnet/torch_outputs.py");
    let output = Command::new(python)
        .args([script.as_path(), &weights_path, &images])
        .args([batch.to_string(), side.to_string()])
        .output()
        .expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let theirs: Vec<f32> = serde_json::from_slice(&output.stdout).expect("numbers");
    assert_eq!(ours.len(), theirs.len());
    for (ours, theirs) in ours.iter().zip(&theirs) {
        assert!((ours - theirs).abs() < 1e-3 * theirs.abs().max(1.0), "{ours} is not {theirs}");
    }
}

#[test]
fn training_starts_from_given_weights() {
    let Trained { folder, samples, .. } = trained();
    let weights_path = folder.path().join("model/model.safetensors").display().to_string();
    let mut two = Samples::colors(4, 40, 36);
    two.classes.truncate(2);
    two.items.iter_mut().for_each(|item| item.classes[0] %= 2);
    for (samples, says) in [(samples, "Started from"), (&two, "The last layer starts anew")] {
        let (sink, output) = (Recorded::default(), tempfile::tempdir().expect("a folder"));
        let parameters = request(&[
            ("image_size", "32"),
            ("max_epoches", "1"),
            ("pretrained", &weights_path),
            ("learning_rate_strategy", "0.000001"),
        ]);
        run_training(&ENTRY, &parameters, samples, &sink, &Cancel::default(), output.path()).expect("trained");
        assert!(sink.says(says), "{says}");
        let before = weights::read(Path::new(&weights_path)).expect("weights");
        let after = weights::read(&output.path().join("model/model.safetensors")).expect("weights");
        let first = |weights: &weights::Weights| match &weights["conv1.weight"].values {
            Values::F32(values) => values.clone(),
            Values::I64(_) => Vec::new(),
        };
        assert!(first(&before).iter().zip(first(&after)).all(|(a, b)| (a - b).abs() < 1e-3));
    }
    let missing = request(&[("pretrained", "/nowhere/weights.safetensors"), ("image_size", "32")]);
    let refused = run_training(&ENTRY, &missing, samples, &Recorded::default(), &Cancel::default(), folder.path());
    assert!(matches!(refused, Err(LearningError::Weights { .. })));
}

#[test]
fn cancel_stops_between_steps() {
    let cancel = Cancel::default();
    let sink = Recorded { cancel_at_metric: Some(cancel.clone()), ..Recorded::default() };
    let folder = tempfile::tempdir().expect("a folder");
    let parameters = request(&[("image_size", "32"), ("batch_size", "4")]);
    let stopped = run_training(&ENTRY, &parameters, &Samples::colors(4, 36, 36), &sink, &cancel, folder.path());
    assert!(matches!(stopped, Err(LearningError::Cancelled)));
    assert_eq!(sink.curve(MetricName::Loss).len(), 1);
    assert!(!folder.path().join("model").exists());
}

#[test]
fn a_diverging_run_says_so() {
    let folder = tempfile::tempdir().expect("a folder");
    let parameters =
        request(&[("image_size", "32"), ("batch_size", "4"), ("learning_rate_strategy", "1e30"), ("max_epoches", "9")]);
    let samples = Samples::colors(4, 36, 36);
    let diverged = run_training(&ENTRY, &parameters, &samples, &Recorded::default(), &Cancel::default(), folder.path());
    assert!(matches!(diverged, Err(LearningError::Diverged { .. })), "{diverged:?}");
}

#[test]
fn every_optimizer_learns() {
    let samples = Samples::colors(3, 36, 36);
    for parameters in [
        &[("optimizer", "adam"), ("learning_rate_strategy", "0.001")][..],
        &[("optimizer", "sgd"), ("use_lars", "TRUE"), ("learning_rate_strategy", "1")],
        &[("optimizer", "dymomentumw"), ("max_lr", "0.01"), ("min_lr", "0.001"), ("cooldown", "0.001")],
        &[("use_lr_schedule", "lcd"), ("max_lr", "0.01"), ("min_lr", "0.0001"), ("lr_warmup_strategy", "exponential")],
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut all = vec![("image_size", "32"), ("max_epoches", "1"), ("batch_size", "4"), ("split_spec", "1")];
        all.extend(parameters);
        let sink = Recorded::default();
        let outcome = run_training(&ENTRY, &request(&all), &samples, &sink, &Cancel::default(), folder.path());
        assert!(outcome.is_ok(), "{parameters:?}: {outcome:?}");
        assert!(sink.curve(MetricName::Loss).iter().all(|loss| loss.is_finite()));
    }
}

#[test]
fn the_guides_parameters_are_read() {
    let entry = crate::learning::algorithm("resnet_v1_50").expect("known in any case");
    let typed = [("max_epochs", "5"), ("learning_rate_strategy", "10:0.001,20:0.0001")];
    let complete = entry.descriptor.complete(&request(&typed).parameters).expect("valid");
    assert_eq!(complete["max_epoches"], "5");
    assert_eq!(complete["split_spec"], "train:0.8,eval:0.2");
    assert!(!complete.contains_key("image_size"), "left to the algorithm");
    let refused = entry.descriptor.complete(&request(&[("optimizer", "magic")]).parameters);
    assert!(matches!(refused, Err(ParameterError::Value { .. })));
}

/// The size that the project's main job asks for; minutes in a development build.
#[test]
#[ignore = "takes minutes; run by hand when the network or the loop changes"]
fn flowers_at_64_pixels() {
    let Some(samples) = Samples::flowers(80) else { return };
    let (sink, folder) = (Recorded::default(), tempfile::tempdir().expect("a folder"));
    let started = std::time::Instant::now();
    let parameters = request(&[("image_size", "64"), ("max_epoches", "3")]);
    let outcome = run_training(&ENTRY, &parameters, &samples, &sink, &Cancel::default(), folder.path());
    let losses = sink.curve(MetricName::Loss);
    eprintln!("{losses:.3?} {:.1?} {:?}", started.elapsed(), outcome.map(|o| o.evaluation.summary()));
    let mean = |part: &[f64]| part.iter().sum::<f64>() / part.len() as f64;
    assert!(mean(&losses[20..]) < mean(&losses[..10]));
}

#[test]
fn one_image_is_answered_at_another_size() {
    let predictor: Box<dyn Predictor> = load_predictor(&trained().folder.path().join("model")).expect("a model");
    let flat = crate::learning::images::tests::png(900, 3, [1, 2, 3], 1);
    assert!(predictor.predict(&flat).is_ok());
    assert!(predictor.predict(b"\xff\xd8\xff").is_err());
}
