//! The window: pages, dialogs and widgets over the workbench. Pages read a borrowed [`Context`] and send commands; what
//! takes time runs in [`backend`] threads.

mod app;
pub mod backend;
pub mod canvas;
mod chrome;
pub mod commands;
pub mod context;
pub mod dialogs;
pub mod icons;
pub mod notifications;
pub mod pages;
mod palette;
mod running_jobs;
pub mod text_view;
pub mod theme;
mod tour;
pub mod widgets;

#[cfg(test)]
mod tests;

pub use app::{App, RunError, run};
pub use context::{Context, UiCommand};

/// How the window starts.
#[derive(Clone, Debug)]
pub struct Options {
    /// The workspace's folder.
    pub workspace: std::path::PathBuf,
    /// Make the sample dataset, unless it is there, and open it.
    pub sample: bool,
}
