//! The use cases: what the window and the command line can do with a workspace. The only writer of the catalog.
//! Every change is checked, journaled and undoable; long work is a task with progress, cancel and a record that is
//! still there after a restart.
//!
//! All functions block: the command line calls them directly, the window from threads of its own (`ui::backend`).

mod activities;
mod activity_records;
mod add_images;
mod add_texts;
mod annotation_files;
mod auto_labeling;
mod convert;
mod datasets;
mod demo;
mod edits;
mod error;
mod export;
mod export_check;
mod export_texts;
mod export_writer;
mod import;
mod import_objects;
mod import_preview;
mod import_texts;
mod incoming_batch;
mod models;
mod occurrences;
mod outgoing;
mod pictures;
mod publish;
mod publish_files;
mod reviews;
mod samples;
mod services;
mod settings;
mod source_map;
mod sync;
mod text_files;
mod text_listing;
mod text_records;
mod text_sync;
mod texts;
mod tiles;
mod training;
mod tree;
mod unfinished;
mod versions;
mod words;
mod workspace;

pub use crate::media::image::Making;
pub use activities::{Activity, ActivityId, ActivityKind, ActivityState, Task};
pub use add_images::{AddImagesReport, PickedImage};
pub use add_texts::{AddTextsReport, PickedText, TextLook};
pub use auto_labeling::{AutoLabelReport, AutoLabeling, LabelingModel};
pub use convert::{ConvertReport, ConvertRequest, convert};
pub use datasets::{DatasetChanges, DeletionPreview, NewDataset, NewLabel};
pub use demo::DemoReport;
pub use error::Error;
pub use export::{ExportReport, ExportRequest, LossCount, detection_format_names, text_format_names};
pub use import::{ImportReport, ImportRequest, ImportSource};
pub use import_preview::{ImportPreview, WarningCount};
pub use import_texts::is_format_of_split_texts;
pub use models::NewModel;
pub use occurrences::{Find, Hit, OccurrencePreview, Occurrences, Scope};
pub use pictures::Picture;
pub use publish::PublishRequest;
pub use reviews::{LabelAgreement, ReviewReport, ReviewedSample};
pub use samples::View;
pub use services::{DeployRequest, Deployed};
pub use settings::{PersonalSettings, Theme};
pub use source_map::SourceMapping;
pub use sync::SyncReport;
pub use text_listing::is_text_file;
pub use tiles::{LargePicture, Opened, TiledPicture};
pub use training::{JobDetails, JobSummary, StartTraining};
pub use words::{prepare_words, words};
pub use workspace::{OpenOptions, Workbench, default_workspace};

/// What the use cases return.
pub type Result<T> = std::result::Result<T, Error>;
