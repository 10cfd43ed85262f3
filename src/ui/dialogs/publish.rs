//! Publishing a version (guide 2.5).

use super::{DESCRIPTION_LIMIT, Dialog, DialogFrame, name_fault};
use crate::domain::query::DatasetSummary;
use crate::domain::{DatasetId, Description, VersionName};
use crate::text::format;
use crate::ui::backend::Query;
use crate::ui::context::Context;
use crate::ui::icons::Icon;
use crate::ui::notifications::Notification;
use crate::ui::pages::Page;
use crate::ui::widgets::{self, Field};
use crate::workbench::{ActivityKind, PublishRequest};

/// The form's state.
pub struct Publish {
    dataset: DatasetId,
    facts: Query<DatasetId, (DatasetSummary, String, bool)>,
    version: Option<String>,
    description: String,
    /// `None` until it is known what is usual for the dataset.
    include_media: Option<bool>,
    just_opened: bool,
}

impl Publish {
    /// The form for a dataset.
    #[must_use]
    pub fn new(dataset: DatasetId) -> Self {
        Self {
            dataset,
            facts: Query::default(),
            version: None,
            description: String::new(),
            include_media: None,
            just_opened: true,
        }
    }

    fn start(&self, context: &Context<'_>, name: String) {
        let dataset = self.dataset;
        let version = self.version.as_ref().map(|version| version.trim().to_owned());
        let request =
            PublishRequest { version, description: self.description.clone(), include_media: self.include_media };
        let publish = context
            .backend
            .run(ActivityKind::Publish, &name, move |workbench, task| workbench.publish(dataset, &request, task));
        context.follow(publish, move |context, outcome| {
            if let Ok(version) = outcome {
                let arguments = [
                    ("name", name.as_str().into()),
                    ("version", version.name.to_string().into()),
                    ("files", version.files.into()),
                    ("labeled", version.labeled.into()),
                ];
                let notification = Notification::success(context.tr_with("publish-done", &arguments));
                let notification = notification.with_warnings(context, version.warning().as_slice());
                context.notify(notification.with_action(context.tr("versions-title"), Page::Versions { dataset }));
            }
        });
    }
}

impl Dialog for Publish {
    fn ui(&mut self, egui: &egui::Context, context: &Context<'_>) -> bool {
        let dataset = self.dataset;
        let facts = self.facts.get(context.backend, &dataset, move |workbench| {
            let summary = workbench.dataset_by_id(dataset)?;
            let usual = workbench.includes_media_by_default(&summary.dataset)?;
            Ok((summary, workbench.next_version_name(dataset)?, usual))
        });
        let facts = facts.cloned();
        if let (None, Some((_, next, usual))) = (&self.version, &facts) {
            self.version = Some(next.clone());
            self.include_media = Some(*usual);
        }
        let name = facts.as_ref().map(|(summary, ..)| summary.dataset.name.to_string());
        let title = context.tr_with("publish-title", &[("name", name.clone().unwrap_or_default().into())]);
        let valid = self.version.as_ref().is_some_and(|version| VersionName::new(version.trim()).is_ok())
            && Description::new(&self.description).is_ok();
        let failure = self.facts.failure().cloned();
        let footer = DialogFrame::new("publish", title)
            .confirm(context.tr("publish-confirm"), Icon::Upload)
            .enabled(valid)
            .failure(failure.as_ref())
            .show(egui, context, |ui| {
                let (Some(version), Some((summary, ..))) = (&mut self.version, &facts) else {
                    widgets::loading(ui, context, self.facts.waiting_for());
                    return;
                };
                let counts = summary.counts;
                let arguments = [
                    ("labeled", format::count(counts.labeled).into()),
                    ("unlabeled", format::count(counts.total.saturating_sub(counts.labeled)).into()),
                ];
                widgets::weak(ui, context, context.tr_with("publish-what", &arguments));
                let fault = name_fault(context, version.trim(), VersionName::new);
                let field = Field::new(context.tr("publish-version")).error(fault.as_deref());
                let field = field.note(context.tr("publish-version-note"));
                field.focus(std::mem::take(&mut self.just_opened)).show(ui, context, version);
                let fault = name_fault(context, &self.description, Description::new);
                let field = Field::new(context.tr("description")).limit(DESCRIPTION_LIMIT).rows(3);
                field.error(fault.as_deref()).show(ui, context, &mut self.description);
                if let Some(include_media) = &mut self.include_media {
                    widgets::check_box(ui, context, include_media, &context.tr("publish-include-media"));
                }
            });
        if let (true, Some(name)) = (footer.confirmed, name) {
            self.start(context, name);
            return false;
        }
        !footer.closed
    }
}
