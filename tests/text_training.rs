//! From texts to a service that is called over HTTP, by the program alone: reviews of meals, and posts with entities.

mod common;

use common::{Workspace, shared_data};
use serde_json::{Value, json};
use std::path::Path;

/// One review in so many is kept from training, to ask the service about.
const KEPT: usize = 5;
/// Texts of one request.
const BATCH: usize = 400;
/// What must be right of the reviews kept from training; scikit-learn's n-grams and logistic regression reach 0.896.
const LEAST_RIGHT: f64 = 0.895;
/// A CRF with plain features of characters reaches so much on other posts.
const LEAST_F1: f64 = 0.51;

/// Trains on the version V001 of `dataset`, deploys the model and returns where the service is, with its token.
fn trained_and_deployed(workspace: &Workspace, dataset: &str, algorithm: &str) -> (String, String) {
    let (version, models) = (format!("{dataset}@V001"), workspace.path("models").to_string_lossy().into_owned());
    let start = ["train", "start", dataset, "--algorithm", algorithm, "--dataset", &version];
    let job = workspace.json(&[&start[..], &["--output", &models, "--wait"]].concat());
    assert_eq!(job["state"], "succeeded", "{job}");
    workspace.json(&["model", "import", "--job", &format!("{dataset}@V001"), "--name", dataset]);
    let deployed = workspace.json(&["service", "deploy", dataset, "--model", dataset]);
    let text = |name: &str| deployed[name].as_str().expect("a text").to_owned();
    (text("address"), text("token"))
}

/// Asks a service about texts, in batches.
fn ask((address, token): &(String, String), texts: &[&str]) -> Vec<Value> {
    let client = reqwest::blocking::Client::new();
    let mut answers = Vec::new();
    for (number, batch) in texts.chunks(BATCH).enumerate() {
        let items: Vec<Value> = batch.iter().map(|text| json!({"text": text, "place": number})).collect();
        let request = json!({"meta": {"uuid": format!("batch {number}")}, "data": {"req_data": items}});
        let answer = client.post(address).header("X-Auth-Token", token).json(&request).send().expect("an answer");
        let mut answer: Value = answer.error_for_status().expect("200").json().expect("JSON");
        assert_eq!(answer["meta"]["uuid"], format!("batch {number}"));
        let Value::Array(items) = answer["data"]["resp_data"].take() else { panic!("no list: {answer}") };
        assert!(items.iter().zip(batch).all(|(item, text)| item["text"] == **text && item["place"] == number));
        answers.extend(items);
    }
    assert_eq!(answers.len(), texts.len());
    answers
}

fn dataset_of(workspace: &Workspace, kind: &str, name: &str, file: &Path, format: &[&str]) -> Value {
    let input = workspace.path(&format!("{name}-in"));
    std::fs::create_dir_all(&input).expect("a folder");
    workspace.create_dataset_of(kind, name, &input, &[]);
    let file = file.to_string_lossy();
    let imported = workspace.json(&[&["dataset", "import", name, "--dir", &file], format].concat());
    workspace.json(&["dataset", "publish", name]);
    imported
}

#[test]
fn reviews_are_learned_served_and_proposed() {
    let Some(data) = shared_data() else { return };
    let workspace = Workspace::new();
    let all = std::fs::read_to_string(data.join("waimai_reviews/train.csv")).expect("the reviews");
    let mut lines = all.lines();
    let mut learned = vec![lines.next().expect("a header").to_owned()];
    let (mut asked, mut unlabeled): (Vec<(&str, String)>, Vec<String>) = Default::default();
    for (place, line) in lines.enumerate() {
        // Quoted reviews are learned from: the reader of tables is tested elsewhere.
        match line.split_once(',') {
            Some((label, text)) if place % KEPT == 0 && !text.contains('"') => asked.push((label, text.to_owned())),
            _ => learned.push(line.to_owned()),
        }
    }
    unlabeled.extend(asked.iter().take(50).map(|(_, text)| text.clone()));
    let file = workspace.path("reviews.csv");
    std::fs::write(&file, learned.join("\n")).expect("written");
    dataset_of(&workspace, "text-classification", "reviews", &file, &[]);
    let service = trained_and_deployed(&workspace, "reviews", "quick_text_classification");

    let texts: Vec<&str> = asked.iter().map(|(_, text)| text.as_str()).collect();
    let answers = ask(&service, &texts);
    let right = answers.iter().zip(&asked).filter(|(answer, (label, _))| answer["predicted_label"] == *label).count();
    let share = right as f64 / asked.len() as f64;
    eprintln!("{right} of {} reviews right: {share:.4}", asked.len());
    assert!(share >= LEAST_RIGHT, "{right} of {} right", asked.len());
    assert!(answers.iter().all(|answer| answer["scores"].as_array().is_some_and(|scores| scores.len() == 2)));

    let client = reqwest::blocking::Client::new();
    let wrong = client.post(&service.0).header("X-Auth-Token", &service.1).json(&json!({"data": {}})).send();
    let wrong = wrong.expect("an answer");
    assert_eq!(wrong.status(), 400);
    assert_eq!(wrong.json::<Value>().expect("JSON")["error_code"], "req-data-missing");

    // The same model proposes labels for texts that nobody has labeled.
    let input = workspace.path("new");
    std::fs::create_dir_all(&input).expect("a folder");
    std::fs::write(input.join("new.txt"), unlabeled.join("\n")).expect("written");
    workspace.create_dataset_of("text-classification", "new", &input, &["0", "1"]);
    workspace.json(&["dataset", "sync", "new"]);
    let report = workspace.json(&["dataset", "auto-label", "new", "--model", "reviews", "--at-least", "0.5"]);
    assert_eq!((&report["asked"], &report["suggested"]), (&json!(50), &json!(50)), "{report}");
    let again = workspace.json(&["dataset", "auto-label", "new", "--model", "reviews"]);
    assert_eq!(again["asked"], 0, "what waits to be confirmed is not asked about again");
}

/// Texts and entities of a CoNLL file with one character a line: label, start and end.
fn posts(text: &str) -> Vec<(String, Vec<(String, u64, u64)>)> {
    let mut posts = Vec::new();
    let (mut post, mut entities, mut at) = (String::new(), Vec::<(String, u64, u64)>::new(), 0_u64);
    for line in text.lines().chain([""]) {
        let Some((character, tag)) = line.split_once('\t') else {
            if at > 0 {
                posts.push((std::mem::take(&mut post), std::mem::take(&mut entities)));
                at = 0;
            }
            continue;
        };
        post.push_str(character);
        if let Some(label) = tag.strip_prefix("B-") {
            entities.push((label.to_owned(), at, at + 1));
        } else if let Some(last) = entities.last_mut().filter(|_| tag.starts_with("I-")) {
            last.2 = at + 1;
        }
        at += character.chars().count() as u64;
    }
    posts
}

#[test]
fn entities_are_learned_and_served() {
    let Some(data) = shared_data() else { return };
    let workspace = Workspace::new();
    let file = data.join("weibo_ner/train.conll");
    dataset_of(&workspace, "named-entity", "posts", &file, &["--format", "conll"]);
    let service = trained_and_deployed(&workspace, "posts", "text_entity_crf");
    // The development part: what is learned with was chosen on it; the test part is for others to ask about.
    let posts = posts(&std::fs::read_to_string(data.join("weibo_ner/dev.conll")).expect("posts"));
    let texts: Vec<&str> = posts.iter().map(|(text, _)| text.as_str()).collect();
    let (mut right, mut there, mut found) = (0, 0, 0);
    for (answer, (text, truth)) in ask(&service, &texts).iter().zip(&posts) {
        let entities = answer["entities"].as_array().expect("entities");
        (there, found) = (there + truth.len(), found + entities.len());
        for entity in entities {
            let number = |name: &str| entity[name].as_u64().expect("a number");
            let (start, end) = (number("start"), number("end"));
            let covered: String = text.chars().skip(start as usize).take((end - start) as usize).collect();
            assert_eq!(entity["text"], covered);
            let label = entity["label"].as_str().expect("a label");
            right +=
                usize::from(truth.iter().any(|(name, from, to)| (name.as_str(), *from, *to) == (label, start, end)));
        }
    }
    let f1 = 2.0 * right as f64 / (there + found) as f64;
    eprintln!("{right} right of {there} entities, {found} found: F1 {f1:.4}");
    assert!(f1 >= LEAST_F1, "F1 {f1:.4}");
}
