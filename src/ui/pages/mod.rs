//! The pages. Each keeps its own state, reads the borrowed context and sends commands.

mod datasets;
mod first_run;
mod labeling;
mod models;
mod reviews;
mod services;
mod settings;
mod training;
mod version_diff;
mod versions;

use super::commands::Command;
use super::context::Context;
use crate::domain::query::SampleFilter;
use crate::domain::{AnnotationSet, DatasetId, ReviewId, SampleId};
use egui::Ui;
use std::path::PathBuf;

/// Where the window is.
#[derive(Clone, Debug, PartialEq)]
pub enum Page {
    /// The list; the first-run page while there is no dataset.
    Datasets,
    /// Labeling a dataset, with a filter to begin with.
    Labeling {
        dataset: DatasetId,
        filter: Option<SampleFilter>,
    },
    Versions {
        dataset: DatasetId,
    },
    /// The second passes of a dataset.
    Reviews {
        dataset: DatasetId,
    },
    /// How far a second pass is, and how far the two agree.
    Review {
        dataset: DatasetId,
        review: ReviewId,
    },
    /// Labeling the images of a second pass.
    ReviewDrawing {
        dataset: DatasetId,
        review: ReviewId,
    },
    /// Settling where two passes differ, beginning with an image; `None`: the one that differs most.
    ReviewSettling {
        dataset: DatasetId,
        review: ReviewId,
        sample: Option<SampleId>,
    },
    /// The list of training jobs.
    Training,
    /// The form for a new job, with what is known already.
    NewTraining {
        dataset: Option<DatasetId>,
        version: Option<String>,
    },
    /// A job; `None`: its latest version.
    TrainingJob {
        name: String,
        version: Option<String>,
    },
    Models,
    Services,
    Service {
        name: String,
    },
    Settings,
}

/// An entry of the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Datasets,
    Training,
    Models,
    Services,
    Settings,
}

impl Page {
    /// The navigation entry it belongs to.
    #[must_use]
    pub fn section(&self) -> Section {
        match self {
            Self::Datasets
            | Self::Labeling { .. }
            | Self::Versions { .. }
            | Self::Reviews { .. }
            | Self::Review { .. }
            | Self::ReviewDrawing { .. }
            | Self::ReviewSettling { .. } => Section::Datasets,
            Self::Training | Self::NewTraining { .. } | Self::TrainingJob { .. } => Section::Training,
            Self::Models => Section::Models,
            Self::Services | Self::Service { .. } => Section::Services,
            Self::Settings => Section::Settings,
        }
    }
}

/// A step of the breadcrumb: its text, and the page it leads to.
pub struct Crumb {
    pub text: String,
    pub page: Option<Page>,
}

/// What undo and redo act on.
#[derive(Clone, Debug, PartialEq)]
pub enum UndoScope {
    Dataset(DatasetId),
    /// One set of annotations of one image.
    Image(DatasetId, SampleId, AnnotationSet),
    /// A canvas without an image.
    Nothing,
}

/// What every page offers the frame.
pub trait Screen {
    /// Called when the page is shown, with what it is to show.
    fn open(&mut self, page: &Page, context: &Context<'_>);

    /// The page's title.
    fn title(&self, context: &Context<'_>) -> String;

    /// What stands before the title, e.g. the list the page was opened from.
    fn crumbs(&self, _context: &Context<'_>) -> Vec<Crumb> {
        Vec::new()
    }

    /// The main action and others, at the top right; laid out from right to left, so the main action comes first.
    fn actions_ui(&mut self, _ui: &mut Ui, _context: &Context<'_>) {}

    /// The page itself.
    fn ui(&mut self, ui: &mut Ui, context: &Context<'_>);

    /// Whether it has something for the inspector now.
    fn has_inspector(&self) -> bool {
        false
    }

    /// The inspector's contents.
    fn inspector_ui(&mut self, _ui: &mut Ui, _context: &Context<'_>) {}

    /// The dataset that undo, redo, publish and the like act on.
    fn dataset(&self) -> Option<DatasetId> {
        None
    }

    /// What undo and redo act on: the dataset, or the image that is shown.
    fn undo_scope(&self) -> Option<UndoScope> {
        self.dataset().map(UndoScope::Dataset)
    }

    /// Whether it shows the canvas of object detection now.
    fn has_canvas(&self) -> bool {
        false
    }

    /// Whether undo and redo stand in its head.
    fn shows_undo(&self) -> bool {
        self.dataset().is_some()
    }

    /// Carries out a command; `false` leaves it to the frame.
    fn command(&mut self, _command: Command, _context: &Context<'_>) -> bool {
        false
    }

    /// The window closes: what has not been handed over yet is.
    fn leave(&mut self, _context: &Context<'_>) {}

    /// Takes files and folders dropped on the window; `false` leaves them to the frame.
    fn dropped(&mut self, _paths: &[PathBuf], _context: &Context<'_>) -> bool {
        false
    }
}

/// One of each page; they keep their state while others are shown.
#[derive(Default)]
pub(super) struct Pages {
    datasets: datasets::DatasetsPage,
    labeling: labeling::LabelingPage,
    versions: versions::VersionsPage,
    reviews: reviews::ReviewsPage,
    training: training::TrainingPage,
    models: models::ModelsPage,
    services: services::ServicesPage,
    settings: settings::SettingsPage,
}

impl Pages {
    /// Makes the sample dataset, unless it is there, and opens it.
    pub fn open_sample(&mut self) {
        self.datasets.open_sample();
    }

    /// The window closes.
    pub fn leave(&mut self, context: &Context<'_>) {
        self.labeling.leave(context);
        self.reviews.leave(context);
    }

    pub fn screen(&mut self, page: &Page) -> &mut dyn Screen {
        match page {
            Page::Datasets => &mut self.datasets,
            Page::Labeling { .. } => &mut self.labeling,
            Page::Versions { .. } => &mut self.versions,
            Page::Reviews { .. } | Page::Review { .. } | Page::ReviewDrawing { .. } | Page::ReviewSettling { .. } => {
                &mut self.reviews
            }
            Page::Training | Page::NewTraining { .. } | Page::TrainingJob { .. } => &mut self.training,
            Page::Models => &mut self.models,
            Page::Services | Page::Service { .. } => &mut self.services,
            Page::Settings => &mut self.settings,
        }
    }
}
