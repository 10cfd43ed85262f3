//! Syncing a dataset with its input location. No form: it begins at once and reports.

use crate::domain::DatasetId;
use crate::ui::context::Context;
use crate::ui::notifications::Notification;
use crate::workbench::{ActivityKind, SyncReport};

/// Reads the input location again; what it found is told when it is done.
pub fn start_sync(context: &Context<'_>, dataset: DatasetId) {
    let name = context.backend.spawn(move |workbench| workbench.dataset_by_id(dataset));
    context.follow(name, move |context, outcome| {
        // The list shows why a dataset cannot be read.
        let Ok(summary) = outcome else { return };
        let name = summary.dataset.name.to_string();
        let sync = context.backend.run(ActivityKind::Sync, &name, move |workbench, task| workbench.sync(dataset, task));
        context.follow(sync, move |context, outcome| {
            if let Ok(report) = outcome {
                context.notify(notification(context, &name, &report));
            }
        });
    });
}

/// What a sync did, in a sentence.
pub(super) fn notification(context: &Context<'_>, name: &str, report: &SyncReport) -> Notification {
    let parts: Vec<String> = [
        ("sync-added", report.added),
        ("sync-changed", report.changed),
        ("sync-renamed", report.renamed),
        ("sync-vanished", report.vanished),
        ("sync-reappeared", report.reappeared),
        ("sync-kept-deleted", report.deleted),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(id, count)| context.tr_with(id, &[("count", count.into())]))
    .collect();
    let what = if parts.is_empty() { context.tr("sync-nothing-new") } else { parts.join(" · ") };
    let text = context.tr_with("sync-done", &[("name", name.into()), ("what", what.into())]);
    Notification::success(text).with_said(context, &report.said).with_warnings(context, &report.warnings)
}
