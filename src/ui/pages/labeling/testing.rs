//! A window over a workspace of its own with a few pictures: what the tests of labeling pages share.

use crate::domain::query::{SampleFilter, SampleRow, SampleSort};
use crate::domain::{Actor, Cancel, DatasetId, DatasetType};
use crate::ui::App;
use crate::ui::pages::Page;
use crate::ui::theme;
use crate::workbench::{NewDataset, NewLabel, OpenOptions, PersonalSettings, Task, Workbench};
use egui::{Event, Key, Modifiers};
use egui_kittest::Harness;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// A dataset to be made, of pictures of one colour each.
pub(in crate::ui::pages) struct Plan<'a> {
    pub name: &'a str,
    pub kind: DatasetType,
    pub pictures: u8,
    pub size_px: [u32; 2],
    pub labels: &'a [&'a str],
}

/// The window with its workspace.
pub(in crate::ui::pages) struct Room {
    pub(in crate::ui::pages) harness: Harness<'static, Option<App>>,
    pub(in crate::ui::pages) workbench: Workbench,
    pub(in crate::ui::pages) dataset: DatasetId,
    /// Last: deleted after the application has let go of it.
    pub(in crate::ui::pages) folder: tempfile::TempDir,
}

/// Writes `picture-0.png` and so on.
pub(in crate::ui::pages) fn write_pictures(folder: &Path, pictures: u8, size_px: [u32; 2]) {
    std::fs::create_dir_all(folder).expect("a temporary folder");
    for index in 0..pictures {
        let color = image::Rgb([index * 40, 120, 200 - index * 20]);
        let picture = image::RgbImage::from_pixel(size_px[0], size_px[1], color);
        picture.save(folder.join(format!("picture-{index}.png"))).expect("a picture");
    }
}

fn open(workspace: &Path) -> Workbench {
    Workbench::open(OpenOptions {
        workspace: workspace.to_owned(),
        actor: Actor("ada".to_owned()),
        client: "test".to_owned(),
        executable: PathBuf::from("modelier"),
    })
    .expect("a workspace")
}

fn window(workbench: &Workbench, dataset: DatasetId) -> Harness<'static, Option<App>> {
    let settings = PersonalSettings {
        language: Some("en".to_owned()),
        name: Some("ada".to_owned()),
        tour_seen: true,
        ..PersonalSettings::default()
    };
    let for_app = workbench.clone();
    Harness::builder()
        .with_size(egui::vec2(1280.0, 800.0))
        .with_max_steps(64)
        .with_context_setup(theme::install)
        .build_ui_state(
            move |ui, app: &mut Option<App>| {
                let app = app.get_or_insert_with(|| {
                    let mut app = App::new(ui.ctx(), for_app.clone(), settings.clone(), None).expect("threads");
                    app.open(Page::Labeling { dataset, filter: None });
                    app
                });
                app.logic(ui.ctx());
                app.ui(ui);
            },
            None,
        )
}

impl Room {
    pub(in crate::ui::pages) fn of(plan: &Plan<'_>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        write_pictures(&folder.path().join("input"), plan.pictures, plan.size_px);
        Self::of_folder(folder, plan.name, plan.kind, plan.labels)
    }

    /// A dataset of object detection, of pictures of these sizes.
    pub(in crate::ui::pages) fn of_sizes(labels: &[&str], sizes_px: &[[u32; 2]]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (index, size_px) in sizes_px.iter().enumerate() {
            let aside = folder.path().join("aside");
            write_pictures(&aside, 1, *size_px);
            std::fs::create_dir_all(folder.path().join("input")).expect("a folder");
            let picture = folder.path().join("input").join(format!("picture-{index}.png"));
            std::fs::rename(aside.join("picture-0.png"), picture).expect("a picture");
        }
        Self::of_folder(folder, "sizes", DatasetType::ObjectDetection, labels)
    }

    /// A dataset of texts, from files by their names.
    pub(in crate::ui::pages) fn of_texts(kind: DatasetType, labels: &[&str], files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let input = folder.path().join("input");
        std::fs::create_dir_all(&input).expect("a folder");
        for (name, text) in files {
            std::fs::write(input.join(name), text).expect("a file");
        }
        Self::of_folder(folder, "texts", kind, labels)
    }

    fn of_folder(folder: tempfile::TempDir, name: &str, kind: DatasetType, labels: &[&str]) -> Self {
        let input = folder.path().join("input");
        let workbench = open(&folder.path().join("workspace"));
        let label = |name: &&str| NewLabel { name: (*name).to_owned(), color: None };
        let dataset = workbench
            .create_dataset(NewDataset {
                name: name.to_owned(),
                description: String::new(),
                kind,
                input: input.display().to_string(),
                output: folder.path().join("output").display().to_string(),
                labels: labels.iter().map(label).collect(),
            })
            .expect("a dataset")
            .id;
        workbench.sync(dataset, &Task::silent()).expect("a sync");
        Self::enter(workbench, dataset, folder)
    }

    fn enter(workbench: Workbench, dataset: DatasetId, folder: tempfile::TempDir) -> Self {
        let harness = window(&workbench, dataset);
        let mut room = Self { harness, workbench, dataset, folder };
        room.settle();
        room
    }

    /// The window closes and opens anew on the same workspace.
    pub(in crate::ui::pages) fn restart(self) -> Self {
        let Self { harness, workbench, dataset, folder } = self;
        drop(harness);
        drop(workbench);
        Self::enter(open(&folder.path().join("workspace")), dataset, folder)
    }

    /// Draws until nothing is under way and what came of it has been drawn.
    pub(in crate::ui::pages) fn settle(&mut self) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let mut quiet = 0;
        while quiet < 4 {
            assert!(Instant::now() < deadline, "the page does not come to rest");
            self.harness.step();
            let idle = self.harness.state().as_ref().is_some_and(|app| app.backend().is_idle());
            quiet = if idle { quiet + 1 } else { 0 };
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub(in crate::ui::pages) fn press(&mut self, key: Key) {
        self.press_with(Modifiers::NONE, key);
    }

    pub(in crate::ui::pages) fn press_with(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.settle();
    }

    pub(in crate::ui::pages) fn type_text(&mut self, text: &str) {
        self.harness.event(Event::Text(text.to_owned()));
        self.settle();
    }

    pub(in crate::ui::pages) fn rows(&self) -> Vec<SampleRow> {
        let (filter, cancel) = (SampleFilter::default(), Cancel::default());
        let kind = self.workbench.dataset_by_id(self.dataset).expect("the dataset").dataset.kind;
        let sort = if kind.is_text() { SampleSort::Added } else { SampleSort::Name };
        let view = self.workbench.view(self.dataset, &filter, sort, &cancel).expect("a view");
        self.workbench.rows(&view, 0..view.len()).expect("rows")
    }
}
