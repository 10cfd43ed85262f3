//! From photographs to a service that is called over HTTP, by the program alone.

mod common;

use common::{Workspace, shared_data};

/// The part of the photographs that is kept from training, to ask the service about: the last of each class.
const ASKED_OF_EACH: usize = 10;

#[test]
fn a_quick_classifier_is_trained_deployed_and_called() {
    let Some(data) = shared_data() else { return };
    let workspace = Workspace::new();
    let input = workspace.path("photos");
    let mut asked = Vec::new();
    for class in ["daisy", "dandelion", "roses", "sunflowers", "tulips"] {
        let mut files: Vec<_> = std::fs::read_dir(data.join("flowers").join(class))
            .expect("photographs")
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        let kept = files.split_off(files.len() - ASKED_OF_EACH);
        asked.extend(kept.into_iter().map(|path| (class, path)));
        std::fs::create_dir_all(input.join(class)).expect("a folder");
        for file in files {
            std::fs::copy(&file, input.join(class).join(file.file_name().expect("a name"))).expect("copied");
        }
    }
    let folder = input.to_string_lossy().into_owned();
    let models = workspace.path("models").to_string_lossy().into_owned();
    workspace.create_dataset("flowers", &input, &[]);
    workspace.json(&["dataset", "import", "flowers", "--dir", &folder]);
    workspace.json(&["dataset", "publish", "flowers"]);

    let job = workspace.json(&[
        "train",
        "start",
        "quick",
        "--algorithm",
        "quick_image_classification",
        "--dataset",
        "flowers@V001",
        "--output",
        &models,
        "--wait",
    ]);
    assert_eq!((&job["state"], &job["version"]), (&"succeeded".into(), &"V001".into()), "{job}");
    assert_eq!(job["evaluation"]["confusion"].as_array().map(Vec::len), Some(5));
    assert!(workspace.path("models/V001/model/config.json").is_file());

    let model = workspace.json(&["model", "import", "--job", "quick@V001", "--name", "flowers"]);
    assert_eq!(model["version"], "0.0.1");
    let deployed = workspace.json(&["service", "deploy", "flowers", "--model", "flowers@0.0.1"]);
    assert_eq!(deployed["state"], "running");
    let (address, token) =
        (deployed["address"].as_str().expect("an address"), deployed["token"].as_str().expect("a token"));

    let client = reqwest::blocking::Client::new();
    let ask = |token: &str, path: &std::path::Path| {
        let form = reqwest::blocking::multipart::Form::new().file("images", path).expect("a file");
        client.post(address).header("X-Auth-Token", token).multipart(form).send().expect("an answer")
    };
    assert_eq!(ask("wrong", &asked[0].1).status(), 401);
    let mut right = 0;
    for (class, path) in &asked {
        let answer: serde_json::Value = ask(token, path).error_for_status().expect("200").json().expect("JSON");
        let scores = answer["scores"].as_array().expect("scores");
        assert_eq!(scores.len(), 5);
        assert_eq!(scores[0][0], answer["predicted_label"]);
        right += usize::from(answer["predicted_label"] == *class);
    }
    // Chance is one in five; the algorithm's own figures are in `benches/README.md`.
    assert!(right * 2 > asked.len(), "{right} of {} right", asked.len());

    let by_command = workspace.json(&["service", "predict", "flowers", "--file", &asked[0].1.to_string_lossy()]);
    assert!(by_command["predicted_label"].is_string());
    let shown = workspace.json(&["service", "stop", "flowers"]);
    assert_eq!(shown["state"], "stopped");
    assert!(shown["calls"].as_u64().expect("a count") >= asked.len() as u64, "{shown}");
    let started = workspace.json(&["service", "start", "flowers"]);
    assert_eq!(started["address"], deployed["address"], "the address survives");
    assert!(ask(token, &asked[0].1).status().is_success(), "the token survives");
    workspace.json(&["service", "delete", "flowers"]);
    assert_eq!(workspace.json(&["service", "list"]), serde_json::json!([]));
}
