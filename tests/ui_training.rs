//! The window's pages for training, models and services, driven as a person drives them, on real workspaces and with
//! real workers.

mod common;
#[path = "common/window.rs"]
mod driver;

use common::Workspace;
use driver::{
    StopServices, Window, click, fill, is_enabled, nameless, open, published, says, wait, window, words, workbench,
};
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use modelier::domain::query::SampleFilter;
use modelier::domain::{DatasetType, JobState, TextSplit};
use modelier::ui::pages::Page;
use modelier::workbench::{DeployRequest, StartTraining, Task, Workbench};
use std::path::Path;

/// Stripes of one direction or the other: what edges tell apart, with some noise.
fn write_stripes(path: &Path, across: bool, seed: u32) {
    let picture = image::RgbImage::from_fn(72, 72, |x, y| {
        let place = if across { x } else { y } + seed;
        let noise = (x * 31 + y * 17 + seed * 101) % 23;
        let bright = if (place / 6).is_multiple_of(2) { 220 } else { 40 };
        image::Rgb([u8::try_from(bright + noise).unwrap_or(255); 3])
    });
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder");
    picture.save(path).expect("an image");
}

fn published_stripes(workspace: &Workspace, workbench: &Workbench) -> modelier::domain::Dataset {
    let input = workspace.path("stripes");
    for seed in 0..10 {
        write_stripes(&input.join(format!("across/{seed}.png")), true, seed);
        write_stripes(&input.join(format!("down/{seed}.png")), false, seed);
    }
    published(workspace, workbench, DatasetType::ImageClassification, &input)
}

#[test]
fn empty_pages_say_what_to_do_in_both_languages() {
    let workspace = Workspace::new();
    let workbench = workbench(&workspace);
    let texts = [
        ("en", ["Train a model on a published version", "A model comes from a training job", "train one first"]),
        ("zh-CN", ["用已发布的版本训练模型", "模型来自运行成功的训练作业", "请先训练模型"]),
    ];
    for (language, texts) in texts {
        let mut window = window(&workbench, language);
        for (page, text) in [Page::Training, Page::Models, Page::Services].into_iter().zip(texts) {
            open(&mut window, page);
            wait(&mut window, text, |window| says(window, text));
            assert_eq!(nameless(&window), [""; 0], "{text}");
        }
    }
}

#[test]
fn a_button_without_a_name_would_be_found() {
    let draw = |ui: &mut egui::Ui, _: &mut Option<modelier::ui::App>| {
        for name in ["named", ""] {
            let response = ui.allocate_response(egui::vec2(20.0, 20.0), egui::Sense::click());
            response.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, name));
        }
    };
    let window = egui_kittest::Harness::builder().with_accessibility_check(false).build_ui_state(draw, None);
    assert_eq!(nameless(&window).len(), 1, "{:?}", nameless(&window));
}

#[test]
fn the_form_refuses_what_is_wrong_while_it_is_typed() {
    let workspace = Workspace::new();
    let workbench = workbench(&workspace);
    let dataset = published_stripes(&workspace, &workbench);
    let mut window = window(&workbench, "en");
    open(&mut window, Page::NewTraining { dataset: Some(dataset.id), version: None });
    wait(&mut window, "a form that can be started", |window| is_enabled(window, "Start training"));
    assert_eq!(nameless(&window), [""; 0]);

    fill(&mut window, "image_size", "7");
    assert!(says(&window, "A whole number from 64 to 1024"), "{}", words(&window));
    assert!(!is_enabled(&window, "Start training"));
    click(&mut window, Role::Button, "Default of image_size");
    wait(&mut window, "the default", |window| is_enabled(window, "Start training"));

    fill(&mut window, "split_spec", "train:2");
    wait(&mut window, "a refusal", |window| says(window, "A part such as 0.8, or train:0.8,eval:0.2"));
    assert!(!is_enabled(&window, "Start training"));
    fill(&mut window, "split_spec", "train:0.7,eval:0.3");
    wait(&mut window, "the check", |window| is_enabled(window, "Start training"));
    assert!(!says(&window, "A part such as 0.8"));

    // A dataset's own folder is refused, a folder with files is warned of.
    fill(&mut window, "Output location", &workspace.path("stripes/down").to_string_lossy());
    wait(&mut window, "a refusal", |window| says(window, "belongs to the dataset stripes"));
    assert!(!is_enabled(&window, "Start training"));
    std::fs::create_dir_all(workspace.path("filled/kept")).expect("a folder");
    fill(&mut window, "Output location", &workspace.path("filled").to_string_lossy());
    wait(&mut window, "a warning", |window| says(window, "holds files already"));
    assert!(is_enabled(&window, "Start training"));

    fill(&mut window, "Name of the job", "no spaces!");
    assert!(!is_enabled(&window, "Start training"));
    assert_eq!(workbench.jobs().expect("jobs"), []);
}

#[test]
fn a_training_started_elsewhere_is_counted_and_listed() {
    let workspace = Workspace::new();
    let other = workbench(&workspace);
    let dataset = published_stripes(&workspace, &other);
    let here = workbench(&workspace);
    let mut window = window(&here, "en");
    wait(&mut window, "the first look", |window| says(window, "No jobs running"));

    let endless = [("image_size", "32"), ("max_epoches", "100000"), ("batch_size", "8")];
    let request = StartTraining {
        name: "elsewhere".to_owned(),
        description: String::new(),
        dataset: dataset.id,
        dataset_version: "V001".to_owned(),
        algorithm: "ResNet_v1_50".to_owned(),
        parameters: endless.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        output: workspace.path("results").to_string_lossy().into_owned(),
        allow_mismatch: true,
    };
    other.start_training(&request).expect("started");
    let stop = StopJob(other.clone());
    wait(&mut window, "the count", |window| says(window, "1 job running"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::J);
    wait(&mut window, "the panel", |window| says(window, "Training · elsewhere V001"));
    click(&mut window, Role::Button, "Open");
    let page = Page::TrainingJob { name: "elsewhere".to_owned(), version: Some("V001".to_owned()) };
    wait(&mut window, "the job's page", |window| window.state().as_ref().is_some_and(|app| *app.page() == page));
    drop(stop);
    wait(&mut window, "the end of it", |window| says(window, "No jobs running"));
}

/// Stops the training that a test started, also when it fails.
struct StopJob(Workbench);

impl Drop for StopJob {
    fn drop(&mut self) {
        if let Err(error) = self.0.stop_job("elsewhere", "V001") {
            eprintln!("elsewhere V001: {error}");
        }
    }
}

#[test]
fn a_classifier_is_trained_judged_deployed_and_asked() {
    let workspace = Workspace::new();
    let workbench = workbench(&workspace);
    let _stop = StopServices(workbench.clone());
    let dataset = published_stripes(&workspace, &workbench);
    let mut window = window(&workbench, "en");

    open(&mut window, Page::NewTraining { dataset: Some(dataset.id), version: Some("V001".to_owned()) });
    wait(&mut window, "a form that can be started", |window| is_enabled(window, "Start training"));
    fill(&mut window, "image_size", "72");
    wait(&mut window, "the check", |window| is_enabled(window, "Start training"));
    click(&mut window, Role::Button, "Start training");
    wait(&mut window, "the end of the training", |window| {
        let jobs = workbench.jobs().expect("jobs");
        let failed = jobs.iter().flat_map(|job| &job.versions).find(|version| version.failure.is_some());
        assert!(failed.is_none(), "{failed:?}");
        is_enabled(window, "Deploy…")
    });
    wait(&mut window, "the news of it", |window| says(window, "V001 is trained: Accuracy"));
    let job = workbench.jobs().expect("jobs").remove(0);
    assert_eq!(job.versions[0].parameters.get("image_size").map(String::as_str), Some("72"));

    click(&mut window, Role::Tab, "Log");
    wait(&mut window, "the log", |window| says(window, "image_size = 72"));
    click(&mut window, Role::Tab, "Evaluation");
    wait(&mut window, "the matrix", |window| says(window, "across predicted as across"));
    let evaluation = workbench.job_evaluation(job.job.name.as_str(), "V001").expect("read").expect("evaluated");
    let right = evaluation.confusion()[0][0];
    assert!(right > 0, "two directions of stripes are told apart");
    let share = format!("across predicted as across: {right}, ");
    let cell = words(&window).lines().find(|line| line.starts_with(&share)).expect("the cell").to_owned();
    click(&mut window, Role::Button, &cell);
    wait(&mut window, "the images of the cell", |window| says(window, &format!("across, recognised: {right}")));

    click(&mut window, Role::Button, "Deploy…");
    wait(&mut window, "names that are filled in", |window| is_enabled(window, "Deploy"));
    click(&mut window, Role::Button, "Deploy");
    wait(&mut window, "the token", |window| says(window, "shown this once"));
    click(&mut window, Role::Button, "Open the service");
    wait(&mut window, "the service", |window| says(window, "Running"));
    fill(&mut window, "Picture", &workspace.path("stripes/down/3.png").to_string_lossy());
    click(&mut window, Role::Button, "Ask");
    wait(&mut window, "an answer", |window| says(window, "Predicted label"));
    wait(&mut window, "the call to be counted", |window| says(window, "1 call, 0 failed"));

    open(&mut window, Page::Services);
    wait(&mut window, "the list of services", |window| says(window, "http://127.0.0.1:"));
    open(&mut window, Page::Models);
    wait(&mut window, "the model", |window| says(window, "0.0.1"));
    open(&mut window, Page::Training);
    wait(&mut window, "the job", |window| says(window, "stripes@V001"));
}

#[test]
fn a_trained_job_proposes_labels_for_texts_in_the_window() {
    let workspace = Workspace::new();
    let workbench = workbench(&workspace);
    let input = workspace.path("reviews");
    std::fs::create_dir_all(&input).expect("a folder");
    let (texts, labels): (Vec<_>, Vec<_>) = (0..30)
        .map(|number| match number % 2 {
            0 => (format!("味道很好，下次还会点 {number}"), "good"),
            _ => (format!("送餐太慢了，差评 {number}"), "bad"),
        })
        .unzip();
    std::fs::write(input.join("all.txt"), texts.join("\n")).expect("texts");
    std::fs::write(input.join("all_result.txt"), labels.join("\n")).expect("labels");
    let dataset = published(&workspace, &workbench, DatasetType::TextClassification, &input);
    let start = StartTraining {
        name: "reviews".to_owned(),
        description: String::new(),
        dataset: dataset.id,
        dataset_version: "V001".to_owned(),
        algorithm: "quick_text_classification".to_owned(),
        parameters: [].into(),
        output: workspace.path("results").to_string_lossy().into_owned(),
        allow_mismatch: true,
    };
    workbench.start_training(&start).expect("started");
    let details = workbench.wait_for_job("reviews", "V001", &Task::silent()).expect("ended");
    assert_eq!(details.version.state, JobState::Succeeded, "{:?}", details.version.failure);
    let more = workspace.path("more.txt");
    std::fs::write(&more, "味道好，会再点\n太慢了\n差评，太慢\n").expect("texts");
    workbench.add_texts(dataset.id, &[more], TextSplit::default(), &Task::silent()).expect("added");

    let to_confirm = || workbench.counts(dataset.id, &SampleFilter::default()).expect("counts").to_confirm;
    let mut window = window(&workbench, "en");
    open(&mut window, Page::Labeling { dataset: dataset.id, filter: None });
    click(&mut window, Role::Button, "Label automatically…");
    wait(&mut window, "a job to choose", |window| is_enabled(window, "Start"));
    assert_eq!(nameless(&window), [""; 0]);
    click(&mut window, Role::Button, "Start");
    wait(&mut window, "suggestions", |window| says(window, "3 of 3 texts have suggestions"));
    assert_eq!(to_confirm(), 3);
    assert_eq!(workbench.models().expect("models").len(), 1, "a model was made of the job");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    wait(&mut window, "the undo", |_| to_confirm() == 0);

    let model = workbench.models().expect("models").remove(0);
    let _stop = StopServices(workbench.clone());
    let request = DeployRequest {
        name: "taste".to_owned(),
        description: String::new(),
        model: model.name.to_string(),
        model_version: model.version,
        port: None,
    };
    workbench.deploy(&request, &Task::silent()).expect("deployed");
    open(&mut window, Page::Service { name: "taste".to_owned() });
    let field =
        |window: &Window| window.query_by_role_and_label(Role::MultilineTextInput, "Text to ask about").is_some();
    wait(&mut window, "a field for a text", field);
    window.get_by_role_and_label(Role::MultilineTextInput, "Text to ask about").focus();
    window.run_steps(2);
    window.get_by_role_and_label(Role::MultilineTextInput, "Text to ask about").type_text("太慢了，差评");
    window.run_steps(3);
    assert!(window.query_by_role_and_label(Role::TextInput, "Picture").is_none(), "it is asked about texts only");
    window.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    wait(&mut window, "the answer", |window| says(window, "Predicted label") && says(window, "bad"));
    click(&mut window, Role::Tab, "Call");
    wait(&mut window, "how it is called", |window| says(window, "req_data"));
}
