use super::*;
use crate::domain::{Cancel, Explain, SampleSource, Usage};
use crate::learning::testing::{Recorded, Samples};
use crate::learning::{TrainingRequest, load_predictor, split::folds, train as run_training};
use std::collections::BTreeMap;

fn request(parameters: &[(&str, &str)]) -> TrainingRequest {
    let parameters = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    TrainingRequest { parameters, seed: 7, allow_several_labels: false }
}

fn scores(prediction: Prediction) -> Vec<(String, f64)> {
    let Prediction::Classification { scores, .. } = prediction else { panic!("{prediction:?}") };
    scores
}

#[test]
fn colours_are_learned_exported_and_answered() {
    let mut samples = Samples::colors(10, 70, 50);
    samples.add("memory:broken.jpg".to_owned(), &[0], Some(Usage::Train), b"no image".to_vec());
    samples.add("memory:both.png".to_owned(), &[0, 1], None, samples.files[0].clone());
    let (sink, folder) = (Recorded::default(), tempfile::tempdir().expect("a folder"));
    let train = |output: &Path| {
        run_training(&ENTRY, &request(&[("image_size", "64")]), &samples, &sink, &Cancel::default(), output)
    };
    let outcome = train(folder.path()).expect("trained");
    let evaluation = &outcome.evaluation;
    assert_eq!((evaluation.trained_on, evaluation.samples.len()), (24, 6));
    assert_eq!((evaluation.unreadable, evaluation.several_labels), (1, 1));
    assert!((evaluation.summary().accuracy - 1.0).abs() < 1e-9);
    assert!(sink.says("memory:broken.jpg"));
    let losses = sink.curve(MetricName::Loss);
    assert!(losses.last() < losses.first(), "{losses:?}");

    let config: serde_json::Value =
        serde_json::from_slice(&std::fs::read(folder.path().join("model/config.json")).expect("written"))
            .expect("JSON");
    assert_eq!(config["model_type"], "Modelier");
    assert_eq!(config["model_algorithm"], "image_classification");
    assert_eq!(config["metrics"]["accuracy"], 1.0);
    assert_eq!(config["apis"][0]["request"]["data"]["properties"]["images"]["type"], "file");
    assert_eq!(config["modelier"]["refit"], true);
    let stored: Evaluation =
        serde_json::from_slice(&std::fs::read(folder.path().join("evaluation.json")).expect("written")).expect("JSON");
    // Text may round the last digit of a confidence.
    assert_eq!(stored.confusion(), evaluation.confusion());
    assert_eq!((stored.trained_on, stored.unreadable), (24, 1));

    let predictor = load_predictor(&folder.path().join("model")).expect("a model");
    for index in 0..samples.items().len() - 2 {
        let answer = scores(predictor.predict(&samples.files[index]).expect("an image"));
        assert_eq!(answer[0].0, samples.classes[samples.items[index].classes[0]]);
        assert!((answer.iter().map(|(_, score)| score).sum::<f64>() - 1.0).abs() < 1e-9);
        assert!(answer.is_sorted_by(|a, b| a.1 >= b.1));
    }
    assert!(predictor.predict(b"no image").is_err());

    let again = tempfile::tempdir().expect("a folder");
    assert_eq!(train(again.path()).expect("trained"), outcome, "the same seed, the same model");
    let second = load_predictor(&again.path().join("model")).expect("a model");
    let (first, second) = (predictor.predict(&samples.files[4]), second.predict(&samples.files[4]));
    assert_eq!(first.expect("an answer"), second.expect("an answer"));
}

#[test]
fn without_refit_the_evaluated_model_is_exported() {
    let samples = Samples::colors(8, 64, 64);
    let (sink, folder) = (Recorded::default(), tempfile::tempdir().expect("a folder"));
    let parameters = request(&[("image_size", "64"), ("refit", "FALSE")]);
    let outcome =
        run_training(&ENTRY, &parameters, &samples, &sink, &Cancel::default(), folder.path()).expect("trained");
    let predictor = load_predictor(&folder.path().join("model")).expect("a model");
    for evaluated in &outcome.evaluation.samples {
        let index = samples.items.iter().position(|item| item.source == evaluated.source).expect("known");
        let answer = scores(predictor.predict(&samples.files[index]).expect("an image"));
        assert_eq!(answer[0].0, samples.classes[evaluated.predicted]);
        assert!((answer[0].1 - evaluated.confidence).abs() < 1e-6);
    }
}

#[test]
fn everything_trained_on_is_said() {
    let samples = Samples::colors(3, 64, 64);
    let (sink, folder) = (Recorded::default(), tempfile::tempdir().expect("a folder"));
    let parameters = request(&[("image_size", "64"), ("split_spec", "1")]);
    let outcome =
        run_training(&ENTRY, &parameters, &samples, &sink, &Cancel::default(), folder.path()).expect("trained");
    assert!(outcome.evaluation.samples.is_empty());
    assert!(sink.says("Not evaluated"));
}

#[test]
fn cancel_stops_in_the_middle() {
    let samples = Samples::colors(4, 64, 64);
    let cancel = Cancel::default();
    let sink = Recorded { cancel_at_metric: Some(cancel.clone()), ..Recorded::default() };
    let folder = tempfile::tempdir().expect("a folder");
    let stopped = run_training(&ENTRY, &request(&[("image_size", "64")]), &samples, &sink, &cancel, folder.path());
    assert!(matches!(stopped, Err(LearningError::Cancelled)));
    assert!(!folder.path().join("model").exists());
}

#[test]
fn wrong_parameters_are_refused() {
    let samples = Samples::colors(2, 64, 64);
    let folder = tempfile::tempdir().expect("a folder");
    for (name, value) in [("split_spec", "train:2"), ("image_size", "big"), ("unheard", "1"), ("seed", "-1")] {
        let refused = run_training(
            &ENTRY,
            &request(&[(name, value)]),
            &samples,
            &Recorded::default(),
            &Cancel::default(),
            folder.path(),
        );
        assert!(matches!(refused, Err(LearningError::Parameter(_))), "{name}={value}");
    }
}

#[test]
fn texts_with_a_form_of_their_own_are_checked_before_training() {
    for (algorithm, name, right, wrong) in [
        ("quick_image_classification", "split_spec", "train:0.7,eval:0.3", "train:2"),
        ("ResNet_v1_50", "split_spec", "0.7", "half"),
        ("ResNet_v1_50", "learning_rate_strategy", "10:0.001,20:0.0001", "20:0.001,10:0.0001"),
    ] {
        let entry = crate::learning::algorithm(algorithm).expect("an algorithm");
        let check = |value| {
            let typed = request(&[(name, value)]).parameters;
            entry.check(&entry.descriptor.complete(&typed).expect("known names"))
        };
        assert!(check(right).is_ok(), "{algorithm} {name}={right}");
        let refusal = check(wrong).expect_err("refused").explain();
        assert_eq!(refusal.code, "parameter-value", "{algorithm} {name}={wrong}");
        assert!(refusal.bad_input && refusal.arguments.contains(&("name".into(), name.to_owned())));
    }
}

/// The bar of the project's main job, on photographs that the evaluated model has not seen.
#[test]
fn flowers_are_told_apart() {
    let Some(samples) = Samples::flowers(80) else { return };
    let (sink, folder) = (Recorded::default(), tempfile::tempdir().expect("a folder"));
    let started = std::time::Instant::now();
    let outcome =
        run_training(&ENTRY, &request(&[]), &samples, &sink, &Cancel::default(), folder.path()).expect("trained");
    let accuracy = outcome.evaluation.summary().accuracy;
    eprintln!("flowers: accuracy {accuracy:.3} on {}, {:.1?}", outcome.evaluation.samples.len(), started.elapsed());
    assert_eq!(outcome.evaluation.samples.len(), 80);
    assert!(accuracy >= 0.66, "{accuracy}");
}

/// Not a test of anything: estimates the accuracy on new photographs by stratified cross-validation, to be run when
/// the method changes.
#[test]
#[ignore = "takes minutes; run by hand when the method changes"]
fn cross_validate_flowers() {
    let Some(mut samples) = Samples::flowers(80) else { return };
    let examples: Vec<Example> =
        samples.items.iter().enumerate().map(|(item, i)| Example { item, class: i.classes[0] }).collect();
    let mut accuracies = Vec::new();
    let extra: BTreeMap<String, String> = std::env::var("MODELIER_CV_PARAMETERS")
        .unwrap_or_default()
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    for seed in 0..2 {
        let parts = folds(&examples, 5, seed);
        for fold in 0..5 {
            for (item, part) in samples.items.iter_mut().zip(&parts) {
                item.usage = Some(if *part == fold { Usage::Test } else { Usage::Train });
            }
            let folder = tempfile::tempdir().expect("a folder");
            let request = TrainingRequest { parameters: extra.clone(), seed, ..TrainingRequest::default() };
            let outcome =
                run_training(&ENTRY, &request, &samples, &Recorded::default(), &Cancel::default(), folder.path());
            accuracies.push(outcome.expect("trained").evaluation.summary().accuracy);
            eprintln!("seed {seed}, fold {fold}: {:.3}", accuracies[accuracies.len() - 1]);
        }
    }
    let mean = accuracies.iter().sum::<f64>() / accuracies.len() as f64;
    eprintln!("mean accuracy {mean:.4}");
}
