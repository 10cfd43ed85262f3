//! The whole window without a screen: flows by keyboard, every page in both languages. The harness panics on a
//! character that no font has, and on a control without a name.

use super::{App, theme};
use crate::domain::{Actor, DatasetType, TextSplit};
use crate::text::Language;
use crate::ui::pages::Page;
use crate::workbench::{NewDataset, OpenOptions, PersonalSettings, Theme, Workbench};
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
fn a_text_dropped_on_the_list_begins_a_dataset_of_its_folder() {
    let mut window = Window::open(Language::English);
    let folder = window.folder.path().join("reviews");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("a.txt"), "很好吃").expect("a text");
    window.harness.input_mut().dropped_files = vec![std::sync::Arc::new(Dropped(folder.join("a.txt")))];
    window.settle();
    let field = window.harness.get_by_role_and_label(Role::TextInput, "Input location");
    assert_eq!(field.accesskit_node().value().as_deref(), folder.to_str());
    // The form of texts asks what one of them is.
    assert!(window.harness.query_by_label("A paragraph").is_some());
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

impl Window {
    /// Steps until something of this name is on the screen.
    fn wait_for(&mut self, text: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let is_there = |window: &Self| {
            window.harness.root().children_recursive().any(|node| {
                let node = node.accesskit_node();
                node.label().or(node.value()).is_some_and(|said| said.contains(text))
            })
        };
        while !is_there(self) {
            assert!(Instant::now() < deadline, "“{text}” does not come");
            std::thread::sleep(Duration::from_millis(10));
            self.harness.step();
        }
        self.settle();
    }

    /// A dataset of objects in images without any, and the page where they are labeled.
    fn detection_dataset(&mut self) -> crate::domain::DatasetId {
        let path = |name: &str| self.folder.path().join(name).to_string_lossy().into_owned();
        std::fs::create_dir_all(path("empty")).expect("a folder");
        let dataset = self.workbench.create_dataset(NewDataset {
            name: "cats".to_owned(),
            description: String::new(),
            kind: DatasetType::ObjectDetection,
            input: path("empty"),
            output: path("out"),
            labels: Vec::new(),
        });
        let dataset = dataset.expect("a dataset").id;
        self.show(Page::Labeling { dataset, filter: None });
        dataset
    }

    /// A folder in COCO with one picture and one box.
    fn coco_folder(&self) -> PathBuf {
        let folder = self.folder.path().join("coco");
        for below in ["images", "annotations"] {
            std::fs::create_dir_all(folder.join(below)).expect("a folder");
        }
        image::RgbImage::from_pixel(32, 24, image::Rgb([60, 30, 90]))
            .save(folder.join("images/a.png"))
            .expect("a picture");
        let annotations = r#"{"images":[{"id":1,"file_name":"a.png","width":32,"height":24}],
            "categories":[{"id":3,"name":"tabby"}],
            "annotations":[{"id":1,"image_id":1,"category_id":3,"bbox":[2,3,10,12],"attributes":{"pose":"Left"}}]}"#;
        std::fs::write(folder.join("annotations/instances_train.json"), annotations).expect("written");
        folder
    }
}

#[test]
fn a_folder_is_recognised_imported_and_exported_with_its_losses_first() {
    let mut window = Window::open(Language::English);
    let folder = window.coco_folder();
    let dataset = window.detection_dataset();
    window.press(Modifiers::COMMAND, Key::I);
    window.type_text(&folder.to_string_lossy());
    window.wait_for("Recognised: COCO");
    assert!(window.harness.query_by_role_and_label(Role::CheckBox, "tabby").is_some());
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_for("1 sample imported");
    let counts = window.workbench.dataset_by_id(dataset).expect("there").counts;
    assert_eq!((counts.total, counts.labeled), (1, 1));

    window.press(Modifiers::COMMAND, Key::E);
    window.wait_for("1 images with 1 objects");
    window.harness.get_by_role_and_label(Role::ComboBox, "Format").click();
    window.settle();
    window.harness.get_by_label("YOLO, rectangles").click();
    window.settle();
    window.wait_for("The pose of one object is lost");
    let to = window.folder.path().join("yolo");
    window.harness.get_by_role_and_label(Role::TextInput, "Into the folder").focus();
    window.settle();
    window.type_text(&to.to_string_lossy());
    assert!(!to.exists(), "nothing is written before it is asked for");
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_for("reading it again found no difference");
    assert_eq!(std::fs::read_to_string(to.join("labels/a.txt")).expect("written").split(' ').next(), Some("0"));
}

#[test]
fn how_texts_are_split_is_chosen_at_import_and_their_encoding_said() {
    let mut window = Window::open(Language::English);
    let folder = window.folder.path().join("reviews");
    std::fs::create_dir_all(&folder).expect("a folder");
    // GB18030.
    std::fs::write(folder.join("a.txt"), b"\xCE\xD2\xD4\xDA\xB1\xB1\xBE\xA9\n\xCE\xD2\n\n\xC4\xCF\xBE\xA9\n")
        .expect("texts");
    let path = |name: &str| window.folder.path().join(name).to_string_lossy().into_owned();
    std::fs::create_dir_all(path("empty")).expect("a folder");
    let new = NewDataset {
        name: "texts".to_owned(),
        description: String::new(),
        kind: DatasetType::TextClassification,
        input: path("empty"),
        output: path("out"),
        labels: Vec::new(),
    };
    let dataset = window.workbench.create_dataset_of_texts(new, TextSplit::Line).expect("a dataset").id;
    window.show(Page::Labeling { dataset, filter: None });
    window.press(Modifiers::COMMAND, Key::I);
    window.type_text(&folder.to_string_lossy());
    window.wait_for("A paragraph");
    window.harness.get_by_label("A paragraph").click();
    window.settle();
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_for("2 samples imported");
    window.wait_for("was read as GB18030");
    let summary = window.workbench.dataset_by_id(dataset).expect("there");
    assert_eq!((summary.counts.total, summary.dataset.text_split), (2, Some(TextSplit::Paragraph)));
    // It has texts now, split as they are: there is no choice any more.
    window.press(Modifiers::COMMAND, Key::I);
    window.type_text(&folder.to_string_lossy());
    window.settle();
    assert!(window.harness.query_by_label("A paragraph").is_none());
}

#[test]
fn a_manifest_of_a_bucket_asks_where_the_bucket_lies() {
    let mut window = Window::open(Language::SimplifiedChinese);
    let photos = window.coco_folder().join("images");
    let manifest = window.folder.path().join("V1.manifest");
    std::fs::write(&manifest, "{\"source\":\"s3://bucket/photos/a.png\"}\n").expect("written");
    let dataset = window.detection_dataset();
    window.press(Modifiers::COMMAND, Key::I);
    window.click(Role::RadioButton, "Manifest 文件");
    window.harness.get_by_role_and_label(Role::TextInput, "Manifest 文件").focus();
    window.settle();
    window.type_text(&manifest.to_string_lossy());
    window.wait_for("s3://bucket/photos/ 在本机的文件夹");
    window.harness.get_by_role_and_label(Role::TextInput, "s3://bucket/photos/ 在本机的文件夹").focus();
    window.settle();
    window.type_text(&photos.to_string_lossy());
    assert_eq!(window.missing_messages(), [""; 0]);
    window.press(Modifiers::NONE, Key::Enter);
    window.wait_for("已导入 1 个样本");
    let map = window.workbench.source_map(dataset).expect("readable");
    assert_eq!(map.len(), 1);
    assert_eq!(map[0].prefix, "s3://bucket/photos/");
    let prints = window.workbench.datasets().expect("readable");
    assert_eq!(prints[0].counts.total, 1);
}
