//! Whole runs on small texts: what is learned comes back from the model folder, and is what was measured.

use crate::domain::predict::Prediction;
use crate::domain::traits::{LearningEntity, LearningItem};
use crate::domain::{Cancel, Usage};
use crate::learning::testing::{Recorded, Samples};
use crate::learning::{LearningError, TrainingOutcome, TrainingRequest, algorithm, load_predictor, train};
use std::collections::BTreeMap;

fn run(
    name: &str,
    samples: &Samples,
    parameters: &[(&str, &str)],
) -> (Result<TrainingOutcome, LearningError>, tempfile::TempDir, Recorded) {
    let folder = tempfile::tempdir().expect("a folder");
    let ledger = Recorded::default();
    let parameters: BTreeMap<_, _> = parameters.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let request = TrainingRequest { parameters, seed: 7, allow_several_labels: false };
    let entry = algorithm(name).expect("in the table");
    let outcome = train(entry, &request, samples, &ledger, &Cancel::default(), folder.path());
    (outcome, folder, ledger)
}

fn reviews() -> Samples {
    let mut samples = Samples { classes: ["bad", "good"].map(str::to_owned).to_vec(), ..Samples::default() };
    let dishes = ["面条", "米饭", "noodles", "борщ", "汤"];
    for (at, dish) in dishes.iter().cycle().take(30).enumerate() {
        for (class, said) in
            [[" 很难吃", " 太慢了", " is cold"], [" 很好吃", " 真不错", " is great"]].iter().enumerate()
        {
            let text = format!("{dish}{} {at}", said[at % 3]);
            samples.add(format!("content://{text}"), &[class], None, text.into_bytes());
        }
    }
    samples
}

#[test]
fn texts_are_told_apart_and_the_model_folder_answers() {
    let (outcome, folder, _) = run("quick_text_classification", &reviews(), &[]);
    let evaluation = outcome.expect("learned").evaluation;
    assert_eq!((evaluation.samples.len(), evaluation.trained_on), (12, 48));
    assert!(evaluation.summary().accuracy > 0.9);
    let model = load_predictor(&folder.path().join("model")).expect("a model");
    assert!(model.takes_text());
    for (text, expected) in [("米饭真不错", "good"), ("The soup is cold", "bad")] {
        let Ok(Prediction::Classification { predicted_label, scores }) = model.predict(text.as_bytes()) else {
            panic!("another answer")
        };
        assert_eq!(predicted_label, expected);
        assert!((scores.iter().map(|(_, score)| score).sum::<f64>() - 1.0).abs() < 1e-9);
    }
    assert!(model.predict(b"").is_ok(), "nothing is a text, too");
    assert!(model.predict(b"\xFF\xFE").is_err(), "but this is none");
    let config = std::fs::read_to_string(folder.path().join("model/config.json")).expect("there");
    let config: serde_json::Value = serde_json::from_str(&config).expect("JSON");
    assert_eq!(config["model_algorithm"], "text_classification");
    assert_eq!(config["apis"][0]["request"]["Content-type"], "application/json");
}

#[test]
fn several_labels_are_questions_of_their_own() {
    let mut samples = Samples { classes: ["price", "taste"].map(str::to_owned).to_vec(), ..Samples::default() };
    for at in 0..40 {
        for (classes, said) in [(&[0][..], "太贵"), (&[1], "好吃"), (&[1, 0], "好吃但是太贵")] {
            let text = format!("{said}{at}");
            samples.add(format!("content://{text}"), classes, None, text.into_bytes());
        }
    }
    let (outcome, folder, _) = run("quick_text_classification", &samples, &[]);
    let evaluation = outcome.expect("learned").evaluation;
    assert!(evaluation.summary().f1 > 0.9 && evaluation.samples.is_empty() && evaluation.evaluated() > 0);
    assert_eq!(evaluation.by_label().len(), 2);
    let model = load_predictor(&folder.path().join("model")).expect("a model");
    let labels = |text: &str| match model.predict(text.as_bytes()) {
        Ok(Prediction::Labels { mut predicted_labels, .. }) => {
            predicted_labels.sort();
            predicted_labels
        }
        other => panic!("{:?}", other.is_ok()),
    };
    assert_eq!(
        (labels("太贵"), labels("好吃但是太贵")),
        (vec!["price".to_owned()], vec!["price".to_owned(), "taste".to_owned()])
    );
    let (refused, _, _) = run("quick_text_classification", &samples, &[("several_labels", "FALSE")]);
    assert_eq!(refused.expect("learned").evaluation.several_labels, 40);
}

fn posts(count: u32) -> Samples {
    let mut samples = Samples { classes: ["LOC", "PER"].map(str::to_owned).to_vec(), ..Samples::default() };
    let (people, places) = (["张三", "李小龙", "王五", "Ada"], ["北京", "上海市", "Paris"]);
    for at in 0..count as usize {
        let (person, place) = (people[at % 4], places[at % 3]);
        let text = format!("😀{person}昨天去了{place}。\r\n{person}没有回来");
        let length = |text: &str| u32::try_from(text.chars().count()).expect("short");
        let mark = |class: usize, before: &str, covered: &str| {
            let start = length(before);
            LearningEntity { class, start, end: start + length(covered) }
        };
        let mut entities = vec![
            mark(1, "😀", person),
            mark(0, &format!("😀{person}昨天去了"), place),
            mark(1, &format!("😀{person}昨天去了{place}。\r\n"), person),
        ];
        if at == 0 {
            // Within another one, across a line end, and beyond the text.
            entities.push(LearningEntity { class: 0, start: 1, end: 2 });
            entities.push(LearningEntity { class: 0, start: 900, end: 901 });
        }
        samples.items.push(LearningItem {
            source: format!("memory:{at}"),
            entities: Some(entities),
            ..LearningItem::default()
        });
        samples.files.push(text.into_bytes());
    }
    samples
}

#[test]
fn entities_are_found_at_code_points_with_their_texts() {
    let (outcome, folder, ledger) = run("text_entity_crf", &posts(40), &[("passes", "6")]);
    let evaluation = outcome.expect("learned").evaluation;
    assert_eq!((evaluation.evaluated(), evaluation.trained_on), (8, 32));
    let summary = evaluation.summary();
    assert!(summary.f1 > 0.95, "{summary:?}");
    assert!(ledger.says("2 entities are not learned"));
    let model = load_predictor(&folder.path().join("model")).expect("a model");
    let text = "😀王五昨天去了北京。";
    let Ok(Prediction::Entities { entities }) = model.predict(text.as_bytes()) else { panic!("another answer") };
    let found: Vec<_> = entities.iter().map(|e| (e.label.as_str(), e.start, e.end, e.text.as_str())).collect();
    assert_eq!(found, [("PER", 1, 3, "王五"), ("LOC", 7, 9, "北京")]);
    assert!(entities.iter().all(|entity| entity.score > 0.3 && entity.score <= 1.0));
    assert!(matches!(model.predict(b""), Ok(Prediction::Entities { entities }) if entities.is_empty()));
}

#[test]
fn texts_without_entities_teach_too_but_not_alone() {
    let mut samples = posts(6);
    for item in &mut samples.items {
        item.entities = Some(Vec::new());
        item.usage = Some(Usage::Train);
    }
    let (outcome, _, _) = run("text_entity_crf", &samples, &[]);
    assert!(matches!(outcome, Err(LearningError::NoEntities { texts: 6, .. })));
    for item in &mut samples.items {
        item.entities = None;
    }
    let (outcome, _, _) = run("text_entity_crf", &samples, &[]);
    assert!(matches!(outcome, Err(LearningError::NoEntities { texts: 0, .. })));
}
