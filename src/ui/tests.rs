//! The whole window without a screen: flows by keyboard, every page in both languages. The harness panics on a
//! character that no font has, and on a control without a name.

use super::{App, theme};
use crate::domain::Actor;
use crate::text::Language;
use crate::ui::pages::Page;
use crate::workbench::{OpenOptions, PersonalSettings, Theme, Workbench};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

struct Window {
    harness: Harness<'static, Option<App>>,
    workbench: Workbench,
    folder: tempfile::TempDir,
}

impl Window {
    fn open(language: Language) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let workbench = Workbench::open(OpenOptions {
            workspace: folder.path().join("workspace"),
            actor: Actor("ada".to_owned()),
            client: "window".to_owned(),
            executable: PathBuf::from("modelier"),
        })
        .expect("a workspace");
        let settings = PersonalSettings { language: Some(language.tag().to_owned()), ..PersonalSettings::default() };
        let for_app = workbench.clone();
        let harness = Harness::builder()
            .with_size([1280.0, 800.0])
            .with_context_setup(move |context| theme::install_for(context, language))
            .build_ui_state(
                move |ui, app: &mut Option<App>| {
                    let app = app.get_or_insert_with(|| {
                        App::new(ui.ctx(), for_app.clone(), settings.clone(), None).expect("threads")
                    });
                    app.logic(ui.ctx());
                    app.ui(ui);
                },
                None,
            );
        let mut window = Self { harness, workbench, folder };
        window.settle();
        window
    }

    /// Steps until no work is under way any more, then looks at the names of all controls.
    fn settle(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut quiet = 0;
        while quiet < 6 {
            assert!(Instant::now() < deadline, "the window does not come to rest");
            self.harness.step();
            let idle = self.app().backend().is_idle();
            quiet = if idle { quiet + 1 } else { 0 };
            if !idle {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        self.harness.check_accessibility();
    }

    fn app(&self) -> &App {
        self.harness.state().as_ref().expect("made in the first frame")
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.settle();
    }

    fn click(&mut self, role: Role, name: &str) {
        self.harness.get_by_role_and_label(role, name).click();
        self.settle();
    }

    fn show(&mut self, page: Page) {
        self.harness.state_mut().as_mut().expect("made in the first frame").open(page);
        self.settle();
    }

    /// Three small pictures in a folder of a label.
    fn pictures(&self) -> PathBuf {
        let folder = self.folder.path().join("flowers");
        std::fs::create_dir_all(folder.join("roses")).expect("a folder");
        for index in 0..3_u8 {
            let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([index * 60, 30, 90]));
            picture.save(folder.join("roses").join(format!("{index}.png"))).expect("a picture");
        }
        folder
    }

    fn dataset_of(&mut self, folder: &Path) -> crate::domain::DatasetId {
        self.press(Modifiers::COMMAND, Key::N);
        self.type_text(&folder.to_string_lossy());
        self.press(Modifiers::NONE, Key::Enter);
        self.workbench.datasets().expect("readable")[0].dataset.id
    }

    /// Texts on the screen that are ids of messages nobody wrote.
    fn missing_messages(&self) -> Vec<String> {
        let is_id = |text: &str| {
            let prefixes = ["command-", "column-", "create-", "settings-", "version", "tour-", "first-run", "delete-"];
            let more = ["import-", "publish-", "status-", "nav-", "edit-", "type-", "scene-", "error-", "phase-"];
            !text.contains(' ')
                && prefixes.iter().chain(&more).any(|prefix| text.starts_with(prefix))
                && text.contains('-')
        };
        let labels = self.harness.root().children_recursive().filter_map(|node| node.accesskit_node().label());
        labels.filter(|label| is_id(label)).collect()
    }
}

#[test]
fn a_dataset_is_created_by_keyboard_alone() {
    let mut window = Window::open(Language::English);
    let pictures = window.pictures();
    window.press(Modifiers::COMMAND, Key::N);
    assert!(window.harness.query_by_role_and_label(Role::TextInput, "Input location").is_some());
    window.type_text(&pictures.to_string_lossy());
    window.press(Modifiers::NONE, Key::Enter);
    let datasets = window.workbench.datasets().expect("readable");
    assert_eq!(datasets.len(), 1);
    assert_eq!(datasets[0].dataset.name.as_str(), "flowers");
    assert_eq!(datasets[0].counts.total, 3);
    assert_eq!(*window.app().page(), Page::Labeling { dataset: datasets[0].dataset.id, filter: None });
}

#[test]
fn a_refused_dataset_keeps_the_form_open_and_says_why() {
    let mut window = Window::open(Language::English);
    window.press(Modifiers::COMMAND, Key::N);
    window.type_text(&window.folder.path().join("not-there").to_string_lossy());
    window.press(Modifiers::NONE, Key::Enter);
    assert!(window.workbench.datasets().expect("readable").is_empty());
    assert!(window.harness.query_by_role_and_label(Role::TextInput, "Input location").is_some());
    window.press(Modifiers::NONE, Key::Escape);
    assert!(window.harness.query_by_role_and_label(Role::TextInput, "Input location").is_none());
}

#[test]
fn the_palette_finds_commands_and_datasets() {
    let mut window = Window::open(Language::English);
    let pictures = window.pictures();
    let dataset = window.dataset_of(&pictures);
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("settings");
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(*window.app().page(), Page::Settings);
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("flowers");
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(*window.app().page(), Page::Labeling { dataset, filter: None });
}

#[test]
fn a_version_is_published_and_listed() {
    let mut window = Window::open(Language::English);
    let pictures = window.pictures();
    let dataset = window.dataset_of(&pictures);
    window.show(Page::Versions { dataset });
    window.press(Modifiers::COMMAND, Key::P);
    window.press(Modifiers::NONE, Key::Enter);
    let versions = window.workbench.versions(dataset).expect("readable");
    assert_eq!(versions.len(), 1);
    assert!(window.harness.query_all_by_label("V001").next().is_some());
}

#[test]
fn settings_change_language_and_theme_at_once() {
    let mut window = Window::open(Language::English);
    window.show(Page::Settings);
    window.click(Role::RadioButton, "Dark");
    assert_eq!(window.app().settings().theme, Theme::Dark);
    window.click(Role::RadioButton, "简体中文");
    assert_eq!(window.app().settings().language.as_deref(), Some("zh-CN"));
    assert!(window.harness.query_all_by_label("设置").next().is_some());
}

#[test]
fn no_shortcut_fires_while_someone_types() {
    let mut window = Window::open(Language::English);
    window.show(Page::Settings);
    window.harness.get_by_role_and_label(Role::TextInput, "Your name").focus();
    window.settle();
    window.press(Modifiers::ALT, Key::ArrowLeft);
    assert_eq!(*window.app().page(), Page::Settings);
    window.press(Modifiers::COMMAND, Key::K);
    window.type_text("go to datasets");
    window.press(Modifiers::NONE, Key::Enter);
    assert_eq!(*window.app().page(), Page::Datasets);
}

#[test]
fn every_page_and_dialog_has_words_and_glyphs_in_both_languages() {
    for language in Language::ALL {
        let mut window = Window::open(language);
        let mut missing = window.missing_messages();
        window.press(Modifiers::NONE, Key::F1);
        for _ in 0..5 {
            window.press(Modifiers::NONE, Key::ArrowRight);
            missing.extend(window.missing_messages());
        }
        window.press(Modifiers::NONE, Key::Escape);
        let pictures = window.pictures();
        let dataset = window.dataset_of(&pictures);
        for page in [Page::Datasets, Page::Versions { dataset }, Page::Settings] {
            window.show(page);
            missing.extend(window.missing_messages());
        }
        window.show(Page::Versions { dataset });
        for (modifiers, key) in
            [(Modifiers::COMMAND, Key::P), (Modifiers::COMMAND, Key::I), (Modifiers::COMMAND, Key::N)]
        {
            window.press(modifiers, key);
            missing.extend(window.missing_messages());
            window.press(Modifiers::NONE, Key::Escape);
        }
        for name in ["delete", "modify"] {
            window.press(Modifiers::COMMAND, Key::K);
            window.type_text(name);
            missing.extend(window.missing_messages());
            window.press(Modifiers::NONE, Key::Enter);
            missing.extend(window.missing_messages());
            window.press(Modifiers::NONE, Key::Escape);
        }
        for key in [Key::J, Key::M] {
            window.press(Modifiers::COMMAND, key);
            missing.extend(window.missing_messages());
        }
        assert!(missing.is_empty(), "{}: {missing:?}", language.tag());
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_folder_dropped_on_the_list_begins_a_dataset() {
    let mut window = Window::open(Language::English);
    let pictures = window.pictures();
    window.harness.input_mut().dropped_files = vec![std::sync::Arc::new(Dropped(pictures.clone()))];
    window.settle();
    let field = window.harness.get_by_role_and_label(Role::TextInput, "Input location");
    assert_eq!(field.accesskit_node().value().as_deref(), pictures.to_str());
}

#[test]
fn delete_on_the_list_asks_before_a_dataset_goes() {
    let mut window = Window::open(Language::English);
    let pictures = window.pictures();
    window.dataset_of(&pictures);
    window.show(Page::Datasets);
    window.press(Modifiers::NONE, Key::ArrowDown);
    window.press(Modifiers::NONE, Key::Delete);
    assert!(window.harness.query_all_by_label_contains("Delete").count() > 1);
    window.press(Modifiers::NONE, Key::Escape);
    assert_eq!(window.workbench.datasets().expect("readable").len(), 1);
}
