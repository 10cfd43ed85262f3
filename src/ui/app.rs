//! The application: owns the pages and dialogs, carries out the commands they send.

use super::backend::Backend;
use super::chrome::Chrome;
use super::commands::{Command, Shortcuts};
use super::context::{Context, Follower, UiCommand};
use super::dialogs::Dialog;
use super::notifications::{Notification, Notifications};
use super::pages::{Page, Pages, UndoScope};
use super::palette::Palette;
use super::theme::{self, Tokens};
use super::tour::Tour;
use super::{Options, dialogs};
use crate::domain::query::JournalEntry;
use crate::domain::{Actor, DatasetId, Explain, Explanation, Timestamp};
use crate::text::Language;
use crate::ui::backend::Query;
use crate::workbench::{OpenOptions, PersonalSettings, Theme, Workbench, is_text_file};
use egui::{ThemePreference, Ui};
use std::cell::RefCell;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

/// The name under which the window's edits stand in the journal: stable, so that undo survives a restart.
const CLIENT: &str = "window";

/// How long closing waits for what is still being written.
const CLOSES_WITHIN: Duration = Duration::from_secs(10);

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error(transparent)]
    Workbench(#[from] crate::workbench::Error),
    #[error("no window can be opened ({0})")]
    Window(String),
    #[error("the window's threads cannot be started ({0})")]
    Threads(std::io::Error),
}

impl Explain for RunError {
    fn explain(&self) -> Explanation {
        match self {
            Self::Workbench(error) => error.explain(),
            Self::Window(cause) => Explanation::failure("window").with("cause", cause),
            Self::Threads(cause) => Explanation::failure("no-thread").with("cause", cause),
        }
    }
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// If the workspace cannot be opened, or there is no display.
pub fn run(options: Options) -> Result<(), RunError> {
    let settings_path = PersonalSettings::default_path();
    let (settings, unreadable) = settings_path.as_deref().map(PersonalSettings::load).unwrap_or_default();
    let workbench = Workbench::open(OpenOptions {
        workspace: options.workspace,
        actor: actor_of(&settings),
        client: CLIENT.to_owned(),
        executable: std::env::current_exe().unwrap_or_else(|_| PathBuf::from("modelier")),
    })?;
    let native = eframe::NativeOptions {
        renderer: eframe::Renderer::Glow,
        viewport: egui::ViewportBuilder::default()
            .with_title("Modelier")
            .with_app_id("modelier")
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([880.0, 560.0])
            .with_drag_and_drop(true)
            .with_icon(icon()),
        ..Default::default()
    };
    let sample = options.sample;
    let create = Box::new(move |creation: &eframe::CreationContext<'_>| -> Result<Box<dyn eframe::App>, _> {
        let mut app = App::new(&creation.egui_ctx, workbench, settings, settings_path)?;
        for explanation in unreadable {
            app.pending_failures.push(explanation);
        }
        if sample {
            app.pages.open_sample();
        }
        Ok(Box::new(app))
    });
    eframe::run_native("modelier", native, create).map_err(|error| RunError::Window(error.to_string()))
}

/// The window's icon, drawn from `packaging/modelier.svg` at 128 pixels; none if it cannot be read.
fn icon() -> egui::IconData {
    eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icons/modelier-128.png")).unwrap_or_default()
}

/// Who acts: the name in settings, else the system's user.
fn actor_of(settings: &PersonalSettings) -> Actor {
    let system = || ["USER", "USERNAME", "LOGNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let name = settings.name.clone().filter(|name| !name.trim().is_empty());
    Actor(name.or_else(system).unwrap_or_default())
}

/// What stays the same while a frame is drawn; lent to everything as a [`Context`].
pub(super) struct Core {
    pub backend: Backend,
    pub tokens: Tokens,
    pub language: Language,
    pub settings: PersonalSettings,
    pub shortcuts: Shortcuts,
    pub now: Timestamp,
    pub commands: RefCell<Vec<UiCommand>>,
}

impl Core {
    pub fn context(&self) -> Context<'_> {
        Context {
            backend: &self.backend,
            tokens: &self.tokens,
            language: self.language,
            settings: &self.settings,
            shortcuts: &self.shortcuts,
            now: self.now,
            commands: &self.commands,
        }
    }
}

/// What undo and redo would do next.
pub(super) type UndoState = (Option<JournalEntry>, Option<JournalEntry>);

/// The window's application.
pub struct App {
    pub(super) core: Core,
    settings_path: Option<PathBuf>,
    pages: Pages,
    page: Page,
    history: Vec<Page>,
    opened: bool,
    dialogs: Vec<Box<dyn Dialog>>,
    notifications: Notifications,
    palette: Palette,
    chrome: Chrome,
    tour: Tour,
    undo_state: Query<UndoScope, UndoState>,
    pending_failures: Vec<Explanation>,
    followers: Vec<Follower>,
    /// The language whose fonts are installed.
    installed_for: Option<Language>,
}

impl App {
    /// An application on an open workspace. Settings are written to `settings_path` when they change; `None` keeps
    /// them in memory, for tests.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn new(
        egui: &egui::Context,
        workbench: Workbench,
        settings: PersonalSettings,
        settings_path: Option<PathBuf>,
    ) -> Result<Self, RunError> {
        let core = Core {
            backend: Backend::new(workbench, egui.clone()).map_err(RunError::Threads)?,
            tokens: Tokens::dark(),
            language: Language::default(),
            shortcuts: Shortcuts::new(&settings.shortcuts),
            settings,
            now: Timestamp::from_system_time(SystemTime::now()),
            commands: RefCell::default(),
        };
        let mut app = Self {
            core,
            settings_path,
            pages: Pages::default(),
            page: Page::Datasets,
            history: Vec::new(),
            opened: false,
            dialogs: Vec::new(),
            notifications: Notifications::default(),
            palette: Palette::default(),
            chrome: Chrome::default(),
            tour: Tour::default(),
            undo_state: Query::default(),
            pending_failures: Vec::new(),
            followers: Vec::new(),
            installed_for: None,
        };
        app.apply_settings(egui);
        Ok(app)
    }

    /// The backend, for tests that wait until it is idle.
    #[must_use]
    pub fn backend(&self) -> &Backend {
        &self.core.backend
    }

    /// The page that is shown.
    #[must_use]
    pub fn page(&self) -> &Page {
        &self.page
    }

    /// The personal settings.
    #[must_use]
    pub fn settings(&self) -> &PersonalSettings {
        &self.core.settings
    }

    /// Shows a page, as a link would.
    pub fn open(&mut self, page: Page) {
        self.core.context().open(page);
    }

    /// The window closes: what was drawn is handed over and written before the threads end with the program.
    pub fn close(&mut self) {
        self.pages.leave(&self.core.context());
        self.core.backend.finish_writing(CLOSES_WITHIN);
    }

    /// Collects what threads have done and carries out what the last frame asked for. Draws nothing.
    pub fn logic(&mut self, egui: &egui::Context) {
        self.core.now = Timestamp::from_system_time(SystemTime::now());
        self.core.tokens = Tokens::of(egui);
        if !self.opened {
            self.opened = true;
            self.pages.screen(&self.page).open(&self.page, &self.core.context());
        }
        let failures = std::mem::take(&mut self.pending_failures).into_iter().chain(self.core.backend.take_failures());
        for explanation in failures.collect::<Vec<_>>() {
            let notification = Notification::failure(&self.core.context(), &explanation);
            self.notifications.add(egui, notification, self.core.now);
        }
        let dataset = self.pages.screen(&self.page).dataset();
        if let Some(scope) = self.pages.screen(&self.page).undo_scope() {
            let wanted = scope.clone();
            self.undo_state.get(&self.core.backend, &scope, move |workbench| match &wanted {
                UndoScope::Dataset(dataset) => workbench.undo_state(*dataset),
                UndoScope::Image(dataset, sample, set) => workbench.undo_state_within(*dataset, *sample, set),
                UndoScope::Nothing => Ok((None, None)),
            });
        }
        let blocked = !self.dialogs.is_empty() || self.tour.is_open();
        if !self.palette.is_open() {
            let has_canvas = self.pages.screen(&self.page).has_canvas();
            let pressed = self.core.shortcuts.consume(egui, |command| match command {
                Command::ZoomIn | Command::ZoomOut | Command::ZoomReset => true,
                _ => !blocked && applies(command, dataset.is_some(), has_canvas, &self.page),
            });
            for command in pressed {
                self.run_command(egui, command);
            }
        }
        self.take_dropped_files(egui);
        let context = self.core.context();
        self.followers.retain_mut(|follower| !follower(&context));
        let commands = std::mem::take(&mut *self.core.commands.borrow_mut());
        for command in commands {
            self.carry_out(egui, command);
        }
    }

    /// Draws the window.
    pub fn ui(&mut self, ui: &mut Ui) {
        let context = self.core.context();
        let screen = self.pages.screen(&self.page);
        let undo_state = screen.undo_scope().and_then(|scope| self.undo_state.of(&scope));
        self.chrome.ui(ui, &context, &self.page, !self.history.is_empty(), screen, &mut self.notifications, undo_state);
        let egui = ui.ctx().clone();
        self.dialogs.retain_mut(|dialog| dialog.ui(&egui, &context));
        let screen = self.pages.screen(&self.page);
        let (has_dataset, has_canvas) = (screen.dataset().is_some(), screen.has_canvas());
        self.palette.ui(&egui, &context, |command| applies(command, has_dataset, has_canvas, &self.page));
        self.tour.ui(&egui, &context);
        self.notifications.toasts_ui(ui, &context);
        drop_hint_ui(ui, &context);
        if !self.core.commands.borrow().is_empty() {
            egui.request_repaint();
        }
    }

    fn carry_out(&mut self, egui: &egui::Context, command: UiCommand) {
        match command {
            UiCommand::Open(page) => {
                if page != self.page {
                    self.history.push(std::mem::replace(&mut self.page, page));
                    if self.history.len() > 50 {
                        self.history.remove(0);
                    }
                }
                self.pages.screen(&self.page).open(&self.page, &self.core.context());
            }
            UiCommand::Back => {
                if let Some(page) = self.history.pop() {
                    self.page = page;
                    self.pages.screen(&self.page).open(&self.page, &self.core.context());
                }
            }
            UiCommand::Show(dialog) => self.dialogs.push(dialog),
            UiCommand::Notify(notification) => self.notifications.add(egui, notification, self.core.now),
            UiCommand::Run(command) => self.run_command(egui, command),
            UiCommand::SaveSettings(settings) => self.save_settings(egui, *settings),
            UiCommand::StartTour => self.tour.start(&self.core.context()),
            UiCommand::Follow(follower) => self.followers.push(follower),
        }
        egui.request_repaint();
    }

    fn run_command(&mut self, egui: &egui::Context, command: Command) {
        let context = self.core.context();
        let screen = self.pages.screen(&self.page);
        if screen.command(command, &context) {
            return;
        }
        let dataset = screen.dataset();
        match command {
            Command::Palette => self.palette.open(),
            Command::CreateDataset => context.show(dialogs::CreateDataset::default()),
            Command::GoDatasets => context.open(Page::Datasets),
            Command::GoTraining => context.open(Page::Training),
            Command::GoModels => context.open(Page::Models),
            Command::GoServices => context.open(Page::Services),
            Command::GoSettings => context.open(Page::Settings),
            Command::Back => context.send(UiCommand::Back),
            Command::Jobs => self.chrome.toggle_jobs(&mut self.notifications),
            Command::Messages => self.chrome.toggle_messages(&mut self.notifications),
            Command::ToggleNavigation => self.chrome.toggle_navigation(),
            Command::ToggleInspector => self.chrome.toggle_inspector(),
            Command::Tour => self.tour.start(&self.core.context()),
            Command::ZoomIn => self.change_settings(|settings| settings.zoom = (settings.zoom + 0.1).min(2.5)),
            Command::ZoomOut => self.change_settings(|settings| settings.zoom = (settings.zoom - 0.1).max(0.6)),
            Command::ZoomReset => self.change_settings(|settings| settings.zoom = 1.0),
            Command::ToggleTheme => {
                let theme = if self.core.tokens.dark { Theme::Light } else { Theme::Dark };
                self.change_settings(|settings| settings.theme = theme);
            }
            Command::ToggleLanguage => {
                let place = Language::ALL.iter().position(|language| *language == self.core.language).unwrap_or(0);
                let next = Language::ALL[(place + 1) % Language::ALL.len()];
                self.change_settings(|settings| settings.language = Some(next.tag().to_owned()));
            }
            _ => {
                if let Some(dataset) = dataset {
                    run_on_dataset(&context, command, dataset);
                }
            }
        }
        egui.request_repaint();
    }

    fn change_settings(&self, change: impl FnOnce(&mut PersonalSettings)) {
        let mut settings = self.core.settings.clone();
        change(&mut settings);
        self.core.context().send(UiCommand::SaveSettings(Box::new(settings)));
    }

    fn save_settings(&mut self, egui: &egui::Context, settings: PersonalSettings) {
        if settings == self.core.settings {
            return;
        }
        self.core.settings = settings;
        self.apply_settings(egui);
        if let Some(path) = self.settings_path.clone() {
            let settings = self.core.settings.clone();
            self.core.backend.write(move |_| settings.save(&path));
        }
    }

    fn apply_settings(&mut self, egui: &egui::Context) {
        let settings = &self.core.settings;
        egui.set_theme(match settings.theme {
            Theme::System => ThemePreference::System,
            Theme::Light => ThemePreference::Light,
            Theme::Dark => ThemePreference::Dark,
        });
        egui.set_zoom_factor(settings.zoom.clamp(0.5, 3.0));
        let chosen = settings.language.as_deref().and_then(Language::from_locale);
        let language = chosen.unwrap_or_else(|| Language::detect(|name| std::env::var(name).ok()));
        if self.installed_for != Some(language) {
            self.installed_for = Some(language);
            theme::install_for(egui, language);
        }
        self.core.language = language;
        self.core.shortcuts = Shortcuts::new(&settings.shortcuts);
        self.core.tokens = Tokens::of(egui);
        self.core.backend.workbench().set_actor(actor_of(settings));
    }

    /// A folder dropped on the window becomes a dataset, and so does the folder of a file, unless the page has a use for
    /// it.
    fn take_dropped_files(&mut self, egui: &egui::Context) {
        let paths: Vec<PathBuf> =
            egui.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_path_buf()).collect());
        let Some(first) = paths.first() else { return };
        let context = self.core.context();
        if !self.dialogs.is_empty() || self.pages.screen(&self.page).dropped(&paths, &context) {
            return;
        }
        let form = match first.parent().filter(|_| !first.is_dir()) {
            None => dialogs::CreateDataset::of_folder(first),
            Some(folder) if is_text_file(first) => dialogs::CreateDataset::of_texts(folder),
            Some(folder) => dialogs::CreateDataset::of_folder(folder),
        };
        context.show(form);
    }
}

impl eframe::App for App {
    fn logic(&mut self, egui: &egui::Context, _frame: &mut eframe::Frame) {
        self.logic(egui);
    }

    fn ui(&mut self, ui: &mut Ui, _frame: &mut eframe::Frame) {
        self.ui(ui);
    }

    fn on_exit(&mut self, _gl: Option<&eframe::glow::Context>) {
        self.close();
    }

    fn clear_color(&self, _visuals: &egui::Visuals) -> [f32; 4] {
        self.core.tokens.page.to_normalized_gamma_f32()
    }
}

/// Says what happens to a folder that is being dragged over the window.
fn drop_hint_ui(ui: &Ui, context: &Context<'_>) {
    if ui.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let layer = egui::LayerId::new(egui::Order::Tooltip, egui::Id::unique("drop-hint"));
    let painter = ui.ctx().layer_painter(layer);
    let rect = ui.ctx().content_rect();
    painter.rect_filled(rect, 0, context.tokens.backdrop);
    let inner = rect.shrink(theme::space::L);
    painter.rect_stroke(inner, theme::CORNER, egui::Stroke::new(2.0, context.tokens.focus), egui::StrokeKind::Inside);
    let font = egui::FontId::new(theme::text_size::TITLE, theme::bold_family());
    painter.text(inner.center(), egui::Align2::CENTER_CENTER, context.tr("drop-here"), font, egui::Color32::WHITE);
}

/// Whether a command means something on this page.
fn applies(command: Command, has_dataset: bool, has_canvas: bool, page: &Page) -> bool {
    use super::commands::Scope;
    match command.scope() {
        Scope::Everywhere => true,
        Scope::Dataset => has_dataset,
        Scope::Canvas => has_canvas,
        Scope::Labeling => matches!(page, Page::Labeling { .. }),
    }
}

/// Commands about one dataset that are the same on every page.
pub(super) fn run_on_dataset(context: &Context<'_>, command: Command, dataset: DatasetId) {
    match command {
        Command::ImportDataset => context.show(dialogs::ImportDataset::new(dataset)),
        Command::SyncDataset => dialogs::start_sync(context, dataset),
        Command::Publish => context.show(dialogs::Publish::new(dataset)),
        Command::ExportDataset => context.show(dialogs::ExportDataset::new(dataset)),
        Command::ModifyDataset => context.show(dialogs::ModifyDataset::new(dataset)),
        Command::DeleteDataset => context.show(dialogs::DeleteDataset::new(dataset)),
        Command::LabelDataset => context.open(Page::Labeling { dataset, filter: None }),
        Command::Versions => context.open(Page::Versions { dataset }),
        Command::Reviews => context.open(Page::Reviews { dataset }),
        Command::Train => context.open(Page::NewTraining { dataset: Some(dataset), version: None }),
        Command::Undo => drop(context.backend.undo(dataset)),
        Command::Redo => drop(context.backend.redo(dataset)),
        _ => {}
    }
}
