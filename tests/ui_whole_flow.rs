//! The whole job in the window by keyboard alone: a dataset is created, labeled, published, trained on, deployed, asked
//! about and deleted again. No pointer event is sent; what has no key is reached with Tab, as a person does.

mod common;

use common::Workspace;
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use modelier::domain::predict::Prediction;
use modelier::domain::query::{SampleFilter, SampleRow, SampleSort};
use modelier::domain::service::ServiceState;
use modelier::domain::{Actor, AnnotationSet, Cancel, DatasetId, DatasetType, JobState, SampleState, VersionState};
use modelier::ui::App;
use modelier::ui::pages::Page;
use modelier::workbench::{OpenOptions, PersonalSettings, Workbench};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long anything may take: a worker on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);
/// How many times Tab may be pressed to reach something.
const TABS: usize = 150;
const IMAGES: usize = 24;
const LABELS: [&str; 2] = ["across", "down"];

struct Window {
    harness: Harness<'static, Option<App>>,
    workbench: Workbench,
}

impl Window {
    fn open(workbench: &Workbench) -> Self {
        let for_app = workbench.clone();
        let settings = PersonalSettings {
            language: Some("en".to_owned()),
            name: Some("ada".to_owned()),
            tour_seen: true,
            ..PersonalSettings::default()
        };
        let draw = move |ui: &mut egui::Ui, app: &mut Option<App>| match app {
            // Fonts that are set now are there in the next frame.
            None => *app = Some(App::new(ui.ctx(), for_app.clone(), settings.clone(), None).expect("an application")),
            Some(app) => {
                app.logic(ui.ctx());
                app.ui(ui);
            }
        };
        let harness = Harness::builder().with_size([1280.0, 800.0]).build_ui_state(draw, None);
        let mut window = Self { harness, workbench: workbench.clone() };
        window.harness.run_steps(3);
        window.settle();
        window
    }

    fn app(&self) -> &App {
        self.harness.state().as_ref().expect("made in the first frame")
    }

    /// Draws frames until nothing is under way and what came of it has been drawn.
    fn settle(&mut self) {
        let mut quiet = 0;
        let begun = Instant::now();
        while quiet < 4 {
            assert!(begun.elapsed() < PATIENCE, "the window does not come to rest; it says:\n{}", self.words());
            self.harness.step();
            let idle = self.app().backend().is_idle();
            quiet = if idle { quiet + 1 } else { 0 };
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    /// Draws frames until `done`.
    fn wait(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        let begun = Instant::now();
        while !done(self) {
            assert!(begun.elapsed() < PATIENCE, "waited too long for {what}; the window says:\n{}", self.words());
            std::thread::sleep(Duration::from_millis(20));
            self.harness.step();
        }
        self.harness.run_steps(3);
    }

    fn words(&self) -> String {
        let labels = self.harness.root().children_recursive().filter_map(|node| {
            let node = node.accesskit_node();
            let focus = if node.is_focused() { "[focus] " } else { "" };
            node.label().or(node.value()).map(|text| format!("{focus}{text}"))
        });
        labels.collect::<Vec<_>>().join("\n")
    }

    fn says(&self, text: &str) -> bool {
        self.words().contains(text)
    }

    fn is_enabled(&self, button: &str) -> bool {
        let found = self.harness.query_by_role_and_label(Role::Button, button);
        found.is_some_and(|node| !node.accesskit_node().is_disabled())
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(3);
    }

    /// A press whose consequences are awaited.
    fn press_and_settle(&mut self, modifiers: Modifiers, key: Key) {
        self.press(modifiers, key);
        self.settle();
    }

    fn has_focus(&self, role: Role, name: &str) -> bool {
        self.harness.query_all_by_role_and_label(role, name).any(|node| node.accesskit_node().is_focused())
    }

    /// Presses Tab until this has the focus.
    fn tab_to(&mut self, role: Role, name: &str) {
        for _ in 0..TABS {
            if self.has_focus(role, name) {
                return;
            }
            self.press(Modifiers::NONE, Key::Tab);
        }
        panic!("Tab does not reach {name}; the window says:\n{}", self.words());
    }

    /// Goes to a button and presses it.
    fn push(&mut self, name: &str) {
        self.tab_to(Role::Button, name);
        self.press(Modifiers::NONE, Key::Enter);
    }

    fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.run_steps(3);
    }

    /// Goes to a field and replaces what it holds.
    fn fill(&mut self, name: &str, text: &str) {
        self.tab_to(Role::TextInput, name);
        self.press(Modifiers::COMMAND, Key::A);
        self.type_text(text);
    }

    /// The state and the labels of every image, in the order of their names.
    fn samples(&self, dataset: DatasetId) -> Vec<(SampleState, Vec<String>)> {
        let table = self.workbench.labels(dataset).expect("labels");
        let view = self
            .workbench
            .view(dataset, &SampleFilter::default(), SampleSort::Name, &Cancel::default())
            .expect("a view");
        let rows = self.workbench.rows(&view, 0..view.len()).expect("rows");
        let names = |row: &SampleRow| {
            let primary = row.annotations.iter().filter(|annotation| annotation.set == AnnotationSet::Primary);
            let labels = primary.filter_map(|annotation| {
                let known = table.iter().find(|known| Some(known.label.id) == annotation.label);
                known.map(|known| known.label.name.as_str().to_owned())
            });
            labels.collect()
        };
        rows.iter().map(|row| (row.state, names(row))).collect()
    }
}

/// Stops what the test leaves running, also when it fails.
struct StopServices(Workbench);

impl Drop for StopServices {
    fn drop(&mut self) {
        for service in self.0.services().unwrap_or_default() {
            if let Err(error) = self.0.delete_service(service.name.as_str()) {
                eprintln!("{}: {error}", service.name);
            }
        }
    }
}

/// Which label an image of this number has: no folder and no name says so, a person sees it.
fn label_of(image: usize) -> usize {
    (image / 3) % 2
}

/// Stripes of one direction or the other, with some noise.
fn write_stripes(path: &Path, across: bool, seed: u32) {
    let picture = image::RgbImage::from_fn(72, 72, |x, y| {
        let place = if across { x } else { y } + seed;
        let noise = (x * 31 + y * 17 + seed * 101) % 23;
        let bright = if (place / 6).is_multiple_of(2) { 220 } else { 40 };
        image::Rgb([u8::try_from(bright + noise).unwrap_or(255); 3])
    });
    picture.save(path).expect("an image");
}

/// The images, all in one folder.
fn write_images(folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    for image in 0..IMAGES {
        let seed = u32::try_from(image).expect("a small number");
        write_stripes(&folder.join(format!("image-{image:02}.png")), label_of(image) == 0, seed);
    }
}

#[test]
fn from_a_folder_to_a_service_by_keyboard_alone() {
    let workspace = Workspace::new();
    let workbench = Workbench::open(OpenOptions {
        workspace: workspace.path("workspace"),
        actor: Actor("ada".to_owned()),
        client: "window".to_owned(),
        executable: PathBuf::from(env!("CARGO_BIN_EXE_modelier")),
    })
    .expect("a workspace");
    let _stop = StopServices(workbench.clone());
    let input = workspace.path("photos");
    write_images(&input);
    let mut window = Window::open(&workbench);

    let dataset = create_dataset(&mut window, &input, &workspace.path("versions"));
    label_all(&mut window, dataset);
    publish(&mut window, dataset);
    let job = train(&mut window, dataset);
    let service = deploy(&mut window, &job);
    ask(&window, &service, &workspace);
    stop_and_delete(&mut window, &service);
}

fn create_dataset(window: &mut Window, input: &Path, output: &Path) -> DatasetId {
    window.press(Modifiers::COMMAND, Key::N);
    assert!(window.has_focus(Role::TextInput, "Input location"), "the form begins where one types first");
    window.type_text(&input.to_string_lossy());
    window.fill("Name", "stripes");
    window.fill("Output location", &output.to_string_lossy());
    window.push("Add a label");
    window.type_text(LABELS[0]);
    // Enter begins the next label; in an empty one it creates the dataset.
    window.press(Modifiers::NONE, Key::Enter);
    window.type_text(LABELS[1]);
    window.press(Modifiers::NONE, Key::Enter);
    window.press_and_settle(Modifiers::NONE, Key::Enter);

    let datasets = window.workbench.datasets().expect("datasets");
    assert_eq!(datasets.len(), 1, "{}", window.words());
    let (dataset, counts) = (&datasets[0].dataset, datasets[0].counts);
    assert_eq!((dataset.name.as_str(), dataset.kind), ("stripes", DatasetType::ImageClassification));
    assert_eq!((counts.total, counts.labeled), (24, 0));
    assert!(dataset.output.trim_end_matches('/').ends_with("/versions"), "{}", dataset.output);
    let labels = window.workbench.labels(dataset.id).expect("labels");
    assert_eq!(labels.iter().map(|known| known.label.name.as_str()).collect::<Vec<_>>(), LABELS);
    assert_eq!(*window.app().page(), Page::Labeling { dataset: dataset.id, filter: None });
    dataset.id
}

fn label_all(window: &mut Window, dataset: DatasetId) {
    for image in 0..IMAGES {
        let key = [Key::Num1, Key::Num2][label_of(image)];
        window.press_and_settle(Modifiers::NONE, key);
    }
    let expected: Vec<_> =
        (0..IMAGES).map(|image| (SampleState::Labeled, vec![LABELS[label_of(image)].to_owned()])).collect();
    assert_eq!(window.samples(dataset), expected);
}

fn publish(window: &mut Window, dataset: DatasetId) {
    window.press_and_settle(Modifiers::COMMAND, Key::P);
    window.press_and_settle(Modifiers::NONE, Key::Enter);
    let versions = window.workbench.versions(dataset).expect("versions");
    assert_eq!(versions.len(), 1, "{}", window.words());
    let version = &versions[0];
    assert_eq!((version.name.as_str(), version.state), ("V001", VersionState::Normal));
    assert_eq!((version.files, version.labeled), (24, 24));
}

/// Trains and returns the job's name.
fn train(window: &mut Window, dataset: DatasetId) -> String {
    window.press_and_settle(Modifiers::COMMAND, Key::T);
    assert_eq!(*window.app().page(), Page::NewTraining { dataset: Some(dataset), version: None });
    window.wait("a form that can be started", |window| window.is_enabled("Start training"));
    window.fill("image_size", "72");
    window.wait("the check", |window| window.is_enabled("Start training"));
    window.press(Modifiers::COMMAND, Key::Enter);
    window.wait("the page of the job", |window| matches!(window.app().page(), Page::TrainingJob { .. }));
    window.wait("the end of the training", |window| {
        let jobs = window.workbench.jobs().expect("jobs");
        jobs.iter().flat_map(|job| &job.versions).all(|version| version.state.is_final())
    });
    let jobs = window.workbench.jobs().expect("jobs");
    assert_eq!(jobs.len(), 1);
    let version = &jobs[0].versions[0];
    assert_eq!((version.state, &version.failure), (JobState::Succeeded, &None));
    assert_eq!((version.dataset, version.dataset_label.as_str()), (dataset, "stripes@V001"));
    assert_eq!(version.algorithm, "quick_image_classification");
    assert_eq!(version.parameters.get("image_size").map(String::as_str), Some("72"));
    let name = jobs[0].job.name.to_string();
    assert!(window.workbench.job_evaluation(&name, "V001").expect("readable").is_some(), "it was judged");
    name
}

/// Deploys what was trained, from the job's page, and returns the service's name.
fn deploy(window: &mut Window, job: &str) -> String {
    window.wait("what can be done with the model", |window| window.is_enabled("Deploy…"));
    window.push("Deploy…");
    window.wait("names that are filled in", |window| window.is_enabled("Deploy"));
    assert!(window.has_focus(Role::TextInput, "Service name"), "{}", window.words());
    window.press(Modifiers::NONE, Key::Enter);
    window.wait("the token", |window| window.says("shown this once"));
    window.press(Modifiers::NONE, Key::Enter);
    window.wait("the page of the service", |window| matches!(window.app().page(), Page::Service { .. }));

    let services = window.workbench.services().expect("services");
    assert_eq!(services.len(), 1);
    assert_eq!(services[0].state, ServiceState::Running, "{:?}", services[0].failure);
    let models = window.workbench.models().expect("models");
    assert_eq!(models.len(), 1);
    let trained = window.workbench.job(job, None).expect("the job").version.id;
    assert_eq!(models[0].source, Some(trained), "the model knows what it was made by");
    services[0].name.to_string()
}

fn ask(window: &Window, service: &str, workspace: &Workspace) {
    for (index, label) in LABELS.iter().enumerate() {
        let path = workspace.path(&format!("unseen-{label}.png"));
        write_stripes(&path, index == 0, 40);
        let bytes = std::fs::read(&path).expect("an image");
        let Prediction::Classification { predicted_label, scores } =
            window.workbench.predict(service, "unseen.png", bytes).expect("an answer")
        else {
            panic!("an image classifier answered")
        };
        assert_eq!(predicted_label, *label, "{scores:?}");
        assert_eq!(scores.len(), LABELS.len());
    }
    assert_eq!(window.workbench.service(service).expect("the service").failed_calls, 0);
}

fn stop_and_delete(window: &mut Window, service: &str) {
    window.wait("the service's page", |window| window.is_enabled("Stop"));
    window.push("Stop");
    window.wait("the end of the service", |window| {
        window.workbench.service(service).expect("the service").state == ServiceState::Stopped
    });
    window.wait("the page to say so", |window| window.is_enabled("Start"));
    window.push(&format!("Actions of {service}"));
    window.push("Delete…");
    let question = format!("Delete the service {service}?");
    window.wait("the question", |window| window.says(&question));
    window.press(Modifiers::NONE, Key::Enter);
    window.wait("the list of services", |window| *window.app().page() == Page::Services);
    assert_eq!(window.workbench.services().expect("services"), []);
    assert_eq!(window.workbench.models().expect("models").len(), 1, "the model stays");
}
