//! The window, driven as a person drives it, on a workspace of a test.

#![allow(dead_code, reason = "each test file uses a part")]

use crate::common::Workspace;
use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use modelier::domain::{Actor, Dataset, DatasetType};
use modelier::ui::App;
use modelier::ui::pages::Page;
use modelier::workbench::{
    ImportRequest, ImportSource, NewDataset, OpenOptions, PersonalSettings, PublishRequest, Task, Workbench,
};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long anything may take: two workers on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(240);

pub type Window = Harness<'static, Option<App>>;

pub fn workbench(workspace: &Workspace) -> Workbench {
    Workbench::open(OpenOptions {
        workspace: workspace.path("workspace"),
        actor: Actor("ada".to_owned()),
        client: "window".to_owned(),
        executable: PathBuf::from(env!("CARGO_BIN_EXE_modelier")),
    })
    .expect("a workspace")
}

pub fn window(workbench: &Workbench, language: &str) -> Window {
    let workbench = workbench.clone();
    let settings =
        PersonalSettings { language: Some(language.to_owned()), tour_seen: true, ..PersonalSettings::default() };
    let draw = move |ui: &mut egui::Ui, app: &mut Option<App>| match app {
        // Fonts that are set now are there in the next frame.
        None => *app = Some(App::new(ui.ctx(), workbench.clone(), settings.clone(), None).expect("an application")),
        Some(app) => {
            app.logic(ui.ctx());
            app.ui(ui);
        }
    };
    let mut window = Harness::builder().with_size([1440.0, 2000.0]).build_ui_state(draw, None);
    window.run_steps(3);
    window
}

pub fn open(window: &mut Window, page: Page) {
    window.state_mut().as_mut().expect("an application").open(page);
    window.run_steps(3);
}

/// Draws frames until `done`, as a window does.
pub fn wait(window: &mut Window, what: &str, done: impl Fn(&Window) -> bool) {
    let begun = Instant::now();
    loop {
        window.step();
        if done(window) {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "waited too long for {what}; the window says:\n{}", words(window));
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub fn words(window: &Window) -> String {
    let labels = window.root().children_recursive().filter_map(|node| {
        let node = node.accesskit_node();
        node.label().or(node.value())
    });
    labels.collect::<Vec<_>>().join("\n")
}

pub fn says(window: &Window, text: &str) -> bool {
    words(window).contains(text)
}

pub fn click(window: &mut Window, role: Role, name: &str) {
    wait(window, name, |window| window.query_by_role_and_label(role, name).is_some());
    // A person clicks what stands still: a dialog that has just got its contents moves once more.
    window.run_steps(2);
    window.get_by_role_and_label(role, name).click();
    window.run_steps(3);
}

/// Replaces what a field holds.
pub fn fill(window: &mut Window, name: &str, text: &str) {
    wait(window, name, |window| window.query_by_role_and_label(Role::TextInput, name).is_some());
    window.get_by_role_and_label(Role::TextInput, name).focus();
    window.run_steps(2);
    window.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.run_steps(1);
    window.get_by_role_and_label(Role::TextInput, name).type_text(text);
    window.run_steps(3);
}

pub fn is_enabled(window: &Window, button: &str) -> bool {
    let found = window.query_by_role_and_label(Role::Button, button);
    found.is_some_and(|node| !node.accesskit_node().is_disabled())
}

/// Stops what a test leaves running, also when it fails.
pub struct StopServices(pub Workbench);

impl Drop for StopServices {
    fn drop(&mut self) {
        for service in self.0.services().unwrap_or_default() {
            if let Err(error) = self.0.delete_service(service.name.as_str()) {
                eprintln!("{}: {error}", service.name);
            }
        }
    }
}

/// A dataset of what is in the folder `input`, imported with its labels and published as V001; called as the folder is.
pub fn published(workspace: &Workspace, workbench: &Workbench, kind: DatasetType, input: &Path) -> Dataset {
    let folder = input.to_string_lossy().into_owned();
    let name = input.file_name().expect("a name").to_string_lossy().into_owned();
    let dataset = workbench
        .create_dataset(NewDataset {
            name,
            description: String::new(),
            kind,
            input: folder.clone(),
            output: workspace.path("versions").to_string_lossy().into_owned(),
            labels: Vec::new(),
        })
        .expect("a dataset");
    let source = ImportSource::Folder(folder);
    let request = ImportRequest { source, with_labels: true, only_hard: false, labels: Vec::new(), copy: false };
    workbench.import(dataset.id, &request, &Task::silent()).expect("imported");
    workbench.publish(dataset.id, &PublishRequest::default(), &Task::silent()).expect("published");
    dataset
}

/// What a person can act on, or has to see, must be named for those who do not see it.
const NAMED: [Role; 12] = [
    Role::Button,
    Role::CheckBox,
    Role::RadioButton,
    Role::ComboBox,
    Role::TextInput,
    Role::MultilineTextInput,
    Role::Slider,
    Role::SpinButton,
    Role::Tab,
    Role::Link,
    Role::Image,
    Role::ProgressIndicator,
];

/// Controls of the window without a name, told by their role and place.
pub fn nameless(window: &Window) -> Vec<String> {
    let nodes = window.root().children_recursive().filter_map(|node| {
        let node = node.accesskit_node();
        let has_name = node.label().is_some_and(|label| !label.trim().is_empty());
        (NAMED.contains(&node.role()) && !has_name && !node.is_hidden())
            .then(|| format!("{:?} {:?} {:?}", node.role(), node.value(), node.bounding_box()))
    });
    nodes.collect()
}
