//! Edits of a dataset's working state. An edit is a pure function of one sample's record (and of the label list); its
//! inverse is the record as it was, which the catalog's journal keeps.

use super::annotation::{Annotation, AnnotationBody, AnnotationSet, Origin};
use super::ids::{AnnotationId, LabelId, ReviewId, SampleId};
use super::label::{Color, Label};
use super::names::LabelName;
use super::policy::Actor;
use super::review::{self, Keep};
use super::sample::{SampleState, Usage};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// How labels are assigned to samples that may have some already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Assign {
    /// The given labels and no others; no labels at all makes the sample unlabeled.
    Replace,
    Add,
    /// A sample that loses its last label returns to unlabeled.
    Remove,
}

/// A change of the working state. The samples are named, never implied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "kebab-case")]
pub enum Edit {
    /// Sets, adds or removes class labels; what is set is confirmed at once.
    Assign {
        samples: Vec<SampleId>,
        labels: Vec<LabelId>,
        how: Assign,
    },
    /// One label of these samples becomes another one.
    ReplaceLabel {
        samples: Vec<SampleId>,
        from: LabelId,
        to: LabelId,
    },
    /// Declares the samples labeled as they are, with nothing if they have nothing.
    Confirm {
        samples: Vec<SampleId>,
    },
    SetUsage {
        samples: Vec<SampleId>,
        usage: Option<Usage>,
    },
    /// Marks annotations as hard or not: those with `label`, or all of them.
    SetHard {
        samples: Vec<SampleId>,
        label: Option<LabelId>,
        hard: bool,
    },
    /// Sets a free property of the annotations with `label`, or removes it.
    SetProperty {
        samples: Vec<SampleId>,
        label: LabelId,
        key: String,
        value: Option<String>,
    },
    /// Draws, changes and removes annotations of one sample: shapes of an image, stretches of a text or recording.
    Annotate {
        sample: SampleId,
        /// Takes the place of the annotation with its id, or comes after the others.
        put: Vec<Annotation>,
        remove: Vec<AnnotationId>,
        /// The order of those named here; the others stand before them, as they were. Later ones are drawn above.
        order: Vec<AnnotationId>,
    },
    /// Adds annotations to many samples at once: each takes the place of the one with its id, or comes after the others.
    /// Make it with [`Edit::annotate_many`]: the samples are in the order of their ids, each once.
    AnnotateMany {
        put: Vec<(SampleId, Vec<Annotation>)>,
    },
    /// What a model proposes for samples that nobody has decided about; it takes the place of what was proposed before.
    /// Labeled samples are left alone. Make it with [`Edit::suggest`].
    Suggest {
        model: String,
        put: Vec<(SampleId, Vec<Annotation>)>,
    },
    /// Suggestions become a person's own annotations: those named, or all of the samples; of these, the ones that the
    /// model is at least so sure of (0 to 1; one without a confidence counts as 1). A sample whose last suggestion is
    /// taken is labeled; until then it stays to be confirmed.
    Accept {
        samples: Vec<SampleId>,
        annotations: Option<Vec<AnnotationId>>,
        at_least: f64,
    },
    /// Takes suggestions away: those named, or all of the samples. A sample without any left is labeled if a person
    /// has annotated it, else unlabeled.
    Refuse {
        samples: Vec<SampleId>,
        annotations: Option<Vec<AnnotationId>>,
    },
    /// Takes all labels and suggestions away: back to unlabeled. Second passes stay.
    ClearLabels {
        samples: Vec<SampleId>,
    },
    /// Settles what two passes over these samples differ in, always for the same side; see [`review::settle`]. Samples
    /// whose second pass is not done, or that are settled, stay as they are.
    SettleReview {
        samples: Vec<SampleId>,
        review: ReviewId,
        keep: Keep,
    },
    /// Leaves tombstones, which sync respects. Files are not touched.
    Delete {
        samples: Vec<SampleId>,
    },
    Restore {
        samples: Vec<SampleId>,
    },
    AddLabel {
        label: Label,
    },
    /// Renames without touching a sample. The new name must be free; merging is [`Edit::MergeLabel`].
    RenameLabel {
        label: LabelId,
        name: LabelName,
    },
    /// `from` disappears; what carried it carries `into`.
    MergeLabel {
        from: LabelId,
        into: LabelId,
    },
    RecolorLabel {
        label: LabelId,
        color: Color,
    },
    /// Gives a label a key; a label that had it loses it.
    SetLabelKey {
        label: LabelId,
        key: Option<char>,
    },
    /// Name, colour and key of a label in one step, as a form changes them. The rules of the single edits hold.
    ModifyLabel {
        label: LabelId,
        name: LabelName,
        color: Color,
        key: Option<char>,
    },
    /// Deletes a label, and with `samples` the samples that carry only it as well.
    DeleteLabel {
        label: LabelId,
        samples: bool,
    },
}

/// Which samples an edit may touch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach<'a> {
    None,
    Samples(Cow<'a, [SampleId]>),
    /// All samples that carry the label.
    CarriersOf(LabelId),
}

/// The part of a sample that edits change: what the journal keeps before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SampleRecord {
    pub id: SampleId,
    pub state: SampleState,
    pub usage: Option<Usage>,
    /// A tombstone: the sample is deleted, but can be restored.
    pub deleted: bool,
    /// Annotations of all sets; edits touch the primary one.
    pub annotations: Vec<Annotation>,
}

impl SampleRecord {
    /// A sample is hard if one of its primary annotations is.
    #[must_use]
    pub fn is_hard(&self) -> bool {
        self.primary().any(|annotation| annotation.hard == Some(true))
    }

    /// The annotations that are published.
    pub fn primary(&self) -> impl Iterator<Item = &Annotation> {
        self.annotations.iter().filter(|annotation| annotation.set == AnnotationSet::Primary)
    }

    fn carries(&self, label: LabelId) -> bool {
        self.primary().any(|annotation| annotation.label == Some(label))
    }

    fn primary_with(&mut self, label: Option<LabelId>) -> impl Iterator<Item = &mut Annotation> {
        self.annotations.iter_mut().filter(move |annotation| {
            annotation.set == AnnotationSet::Primary && (label.is_none() || annotation.label == label)
        })
    }
}

/// Who edits, and when.
#[derive(Clone, Debug)]
pub struct EditContext {
    pub actor: Actor,
    pub now: Timestamp,
}

impl Edit {
    /// Adds annotations to many samples in one step.
    #[must_use]
    pub fn annotate_many(put: Vec<(SampleId, Vec<Annotation>)>) -> Self {
        Self::AnnotateMany { put: in_order(put) }
    }

    /// What a model proposes, in one step.
    #[must_use]
    pub fn suggest(model: impl Into<String>, put: Vec<(SampleId, Vec<Annotation>)>) -> Self {
        Self::Suggest { model: model.into(), put: in_order(put) }
    }

    /// Which samples may change.
    #[must_use]
    pub fn reach(&self) -> Reach<'_> {
        match self {
            Self::Assign { samples, .. }
            | Self::ReplaceLabel { samples, .. }
            | Self::Confirm { samples }
            | Self::SetUsage { samples, .. }
            | Self::SetHard { samples, .. }
            | Self::SetProperty { samples, .. }
            | Self::Accept { samples, .. }
            | Self::Refuse { samples, .. }
            | Self::ClearLabels { samples }
            | Self::SettleReview { samples, .. }
            | Self::Delete { samples }
            | Self::Restore { samples } => Reach::Samples(Cow::Borrowed(samples)),
            Self::Annotate { sample, .. } => Reach::Samples(Cow::Borrowed(std::slice::from_ref(sample))),
            Self::AnnotateMany { put } | Self::Suggest { put, .. } => {
                Reach::Samples(Cow::Owned(put.iter().map(|(sample, _)| *sample).collect()))
            }
            Self::MergeLabel { from, .. } => Reach::CarriersOf(*from),
            Self::DeleteLabel { label, .. } => Reach::CarriersOf(*label),
            Self::AddLabel { .. }
            | Self::RenameLabel { .. }
            | Self::RecolorLabel { .. }
            | Self::SetLabelKey { .. }
            | Self::ModifyLabel { .. } => Reach::None,
        }
    }

    /// A stable name of what was done, for the journal and the undo menu: Fluent `edit-{name}`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Assign { how: Assign::Replace, .. } => "assign",
            Self::Assign { how: Assign::Add, .. } => "assign-add",
            Self::Assign { how: Assign::Remove, .. } => "assign-remove",
            Self::ReplaceLabel { .. } => "replace-label",
            Self::Confirm { .. } => "confirm",
            Self::SetUsage { .. } => "set-usage",
            Self::SetHard { .. } => "set-hard",
            Self::SetProperty { .. } => "set-property",
            Self::Annotate { .. } => "annotate",
            Self::AnnotateMany { .. } => "annotate-many",
            Self::Suggest { .. } => "suggest",
            Self::Accept { .. } => "accept",
            Self::Refuse { .. } => "refuse",
            Self::ClearLabels { .. } => "clear-labels",
            Self::SettleReview { .. } => review::SETTLE_EDIT,
            Self::Delete { .. } => "delete-samples",
            Self::Restore { .. } => "restore-samples",
            Self::AddLabel { .. } => "add-label",
            Self::RenameLabel { .. } => "rename-label",
            Self::MergeLabel { .. } => "merge-label",
            Self::RecolorLabel { .. } => "recolor-label",
            Self::SetLabelKey { .. } => "set-label-key",
            Self::ModifyLabel { .. } => "modify-label",
            Self::DeleteLabel { .. } => "delete-label",
        }
    }

    /// The record after this edit, or `None` if nothing changes.
    #[must_use]
    pub fn apply(&self, before: &SampleRecord, context: &EditContext) -> Option<SampleRecord> {
        if before.deleted && !matches!(self, Self::Restore { .. }) {
            return None;
        }
        let mut after = before.clone();
        match self {
            Self::Assign { labels, how, .. } => assign(&mut after, labels, *how, context),
            Self::ReplaceLabel { from, to, .. } => replace_label(&mut after, *from, *to, Some(context)),
            Self::MergeLabel { from, into } => replace_label(&mut after, *from, *into, None),
            Self::Confirm { .. } => {
                after.state = SampleState::Labeled;
                after.annotations.retain(|annotation| !is_suggestion(annotation));
            }
            Self::SetUsage { usage, .. } => after.usage = *usage,
            Self::SetHard { label, hard, .. } => {
                for annotation in after.primary_with(*label) {
                    if annotation.hard.unwrap_or(false) != *hard {
                        annotation.hard = Some(*hard);
                    }
                }
            }
            Self::SetProperty { label, key, value, .. } => {
                for annotation in after.primary_with(Some(*label)) {
                    match value {
                        Some(value) => {
                            annotation.properties.insert(key.clone(), Value::String(value.clone()));
                        }
                        None => {
                            annotation.properties.shift_remove(key);
                        }
                    }
                }
            }
            Self::Annotate { put, remove, order, .. } => annotate(&mut after, put, remove, order, context),
            Self::AnnotateMany { put } => annotate(&mut after, put_for(put, before.id), &[], &[], context),
            Self::Suggest { model, put } => suggest(&mut after, model, put_for(put, before.id)),
            Self::Accept { annotations, at_least, .. } => {
                accept(&mut after, annotations.as_deref(), *at_least, context);
            }
            Self::Refuse { annotations, .. } => refuse(&mut after, annotations.as_deref()),
            Self::ClearLabels { .. } => {
                after.annotations.retain(|annotation| matches!(annotation.set, AnnotationSet::Review(_)));
                after.state = SampleState::Unlabeled;
            }
            Self::SettleReview { review, keep, .. } => {
                let settlement = review::settle_all(before.id, &before.annotations, *review, *keep);
                return settlement.and_then(|edit| edit.apply(before, context));
            }
            Self::Delete { .. } => after.deleted = true,
            Self::Restore { .. } => after.deleted = false,
            Self::DeleteLabel { label, samples } => {
                let carried = after.carries(*label);
                after.annotations.retain(|annotation| annotation.label != Some(*label));
                let waits = after.state == SampleState::ToConfirm;
                if waits && !after.annotations.iter().any(is_suggestion) {
                    after.state = without_suggestions(&after);
                }
                if carried && !waits && after.primary().next().is_none() {
                    after.state = SampleState::Unlabeled;
                    after.deleted = *samples;
                }
            }
            Self::AddLabel { .. }
            | Self::RenameLabel { .. }
            | Self::RecolorLabel { .. }
            | Self::SetLabelKey { .. }
            | Self::ModifyLabel { .. } => {}
        }
        (after != *before).then_some(after)
    }

    /// The label list after this edit, or `None` if it does not change. Positions stay as they are.
    #[must_use]
    pub fn apply_to_labels(&self, before: &[Label]) -> Option<Vec<Label>> {
        let mut after = before.to_vec();
        match self {
            Self::AddLabel { label } => {
                release_key(&mut after, label.key);
                after.push(label.clone());
            }
            Self::RenameLabel { label, name } => {
                after.iter_mut().filter(|l| l.id == *label).for_each(|l| l.name = name.clone());
            }
            Self::RecolorLabel { label, color } => {
                after.iter_mut().filter(|l| l.id == *label).for_each(|l| l.color = *color);
            }
            Self::SetLabelKey { label, key } => {
                release_key(&mut after, *key);
                after.iter_mut().filter(|l| l.id == *label).for_each(|l| l.key = *key);
            }
            Self::ModifyLabel { label, name, color, key } => {
                release_key(&mut after, *key);
                for changed in after.iter_mut().filter(|l| l.id == *label) {
                    changed.name = name.clone();
                    changed.color = *color;
                    changed.key = *key;
                }
            }
            Self::MergeLabel { from: label, .. } | Self::DeleteLabel { label, .. } => after.retain(|l| l.id != *label),
            _ => {}
        }
        (after != before).then_some(after)
    }
}

/// A key belongs to one label: who had it loses it.
fn release_key(labels: &mut [Label], key: Option<char>) {
    labels.iter_mut().filter(|label| key.is_some() && label.key == key).for_each(|label| label.key = None);
}

fn assign(record: &mut SampleRecord, labels: &[LabelId], how: Assign, context: &EditContext) {
    let is_class =
        |annotation: &Annotation| annotation.set == AnnotationSet::Primary && annotation.body == AnnotationBody::Class;
    match how {
        Assign::Replace => record.annotations.retain(|annotation| {
            !is_class(annotation) || annotation.label.is_some_and(|label| labels.contains(&label))
        }),
        Assign::Remove => record.annotations.retain(|annotation| {
            !is_class(annotation) || annotation.label.is_none_or(|label| !labels.contains(&label))
        }),
        Assign::Add => {}
    }
    if how != Assign::Remove {
        for &label in labels {
            if !record.carries(label) {
                record.annotations.push(Annotation::class(label, context.actor.annotated_by(), context.now));
            }
        }
    }
    let carries_any = record.primary().next().is_some();
    match how {
        // What a model proposed waits on.
        Assign::Remove if record.state == SampleState::ToConfirm => {}
        Assign::Remove if !carries_any => record.state = SampleState::Unlabeled,
        // Taking away a label that was not there decides nothing.
        Assign::Remove => {}
        Assign::Add if labels.is_empty() => {}
        Assign::Add | Assign::Replace => {
            record.state = if carries_any { SampleState::Labeled } else { SampleState::Unlabeled };
            // A person has decided: what a model proposed is answered.
            record.annotations.retain(|annotation| !is_suggestion(annotation));
        }
    }
}

fn annotate(
    record: &mut SampleRecord,
    put: &[Annotation],
    remove: &[AnnotationId],
    order: &[AnnotationId],
    context: &EditContext,
) {
    let had_objects = record.primary().next().is_some();
    // A text without any class is unlabeled; an image or text with nothing in it can be so by decision.
    let had_class = record.primary().any(|annotation| annotation.body == AnnotationBody::Class);
    let place_of: HashMap<AnnotationId, usize> =
        record.annotations.iter().enumerate().map(|(place, annotation)| (annotation.id, place)).collect();
    for annotation in put {
        let mut annotation = annotation.clone();
        let before = place_of.get(&annotation.id).map(|place| &record.annotations[*place]);
        // Who says *what* set it; a mark or a property beside it does not change that.
        if before.is_none_or(|before| (&before.label, &before.body) != (&annotation.label, &annotation.body)) {
            annotation.annotated_by = context.actor.annotated_by();
            annotation.created = Some(context.now);
            annotation.origin = Origin::Human;
        }
        match place_of.get(&annotation.id) {
            Some(place) => record.annotations[*place] = annotation,
            None => record.annotations.push(annotation),
        }
    }
    let remove: HashSet<_> = remove.iter().collect();
    record.annotations.retain(|annotation| !remove.contains(&annotation.id));
    if !order.is_empty() {
        let rank: HashMap<_, _> = order.iter().zip(1_usize..).collect();
        record.annotations.sort_by_key(|annotation| rank.get(&annotation.id).copied().unwrap_or(0));
    }
    // With suggestions left, there is something to confirm yet.
    if record.state == SampleState::ToConfirm && record.annotations.iter().any(is_suggestion) {
        return;
    }
    if record.primary().next().is_some() {
        record.state = SampleState::Labeled;
    } else if had_objects {
        let is_settled = !had_class && put.iter().any(review::is_settlement);
        record.state = if is_settled { SampleState::Labeled } else { SampleState::Unlabeled };
    }
}

/// In the order of the samples; what is put for one twice is put together.
fn in_order(mut put: Vec<(SampleId, Vec<Annotation>)>) -> Vec<(SampleId, Vec<Annotation>)> {
    put.sort_by_key(|(sample, _)| *sample);
    put.dedup_by(|later, earlier| {
        let is_same = later.0 == earlier.0;
        if is_same {
            earlier.1.append(&mut later.1);
        }
        is_same
    });
    put
}

/// What is put for a sample, of a list in the order of the samples.
fn put_for(put: &[(SampleId, Vec<Annotation>)], sample: SampleId) -> &[Annotation] {
    let found = put.binary_search_by_key(&sample, |(sample, _)| *sample).ok();
    found.and_then(|place| put.get(place)).map_or(&[], |(_, annotations)| annotations)
}

fn is_suggestion(annotation: &Annotation) -> bool {
    matches!(annotation.set, AnnotationSet::Suggestion(_))
}

fn suggest(record: &mut SampleRecord, model: &str, put: &[Annotation]) {
    if record.state == SampleState::Labeled {
        return;
    }
    record.annotations.retain(|annotation| !is_suggestion(annotation));
    record.annotations.extend(put.iter().map(|annotation| Annotation {
        set: AnnotationSet::Suggestion(model.to_owned()),
        origin: Origin::Model,
        ..annotation.clone()
    }));
    if !put.is_empty() {
        record.state = SampleState::ToConfirm;
    } else if record.state == SampleState::ToConfirm {
        record.state = without_suggestions(record);
    }
}

/// The state of a sample that loses its last suggestion.
fn without_suggestions(record: &SampleRecord) -> SampleState {
    if record.primary().next().is_some() { SampleState::Labeled } else { SampleState::Unlabeled }
}

fn accept(record: &mut SampleRecord, chosen: Option<&[AnnotationId]>, at_least: f64, context: &EditContext) {
    let is_meant = |annotation: &Annotation| {
        is_suggestion(annotation)
            && chosen.is_none_or(|chosen| chosen.contains(&annotation.id))
            && annotation.confidence.unwrap_or(1.0) >= at_least
    };
    let (meant, mut annotations): (Vec<_>, Vec<_>) = record.annotations.drain(..).partition(is_meant);
    let any = !meant.is_empty();
    for annotation in meant {
        // What a person said already is not said twice.
        let is_known = annotations.iter().any(|known: &Annotation| {
            known.set == AnnotationSet::Primary && (&known.label, &known.body) == (&annotation.label, &annotation.body)
        });
        if !is_known {
            annotations.push(Annotation {
                set: AnnotationSet::Primary,
                annotated_by: context.actor.annotated_by(),
                origin: Origin::Human,
                confidence: None,
                created: Some(context.now),
                ..annotation
            });
        }
    }
    record.annotations = annotations;
    if any && !record.annotations.iter().any(is_suggestion) {
        record.state = SampleState::Labeled;
    }
}

fn refuse(record: &mut SampleRecord, chosen: Option<&[AnnotationId]>) {
    let had_any = record.annotations.iter().any(is_suggestion);
    record.annotations.retain(|annotation| {
        !is_suggestion(annotation) || chosen.is_some_and(|chosen| !chosen.contains(&annotation.id))
    });
    let is_last_gone = had_any && !record.annotations.iter().any(is_suggestion);
    if is_last_gone && record.state == SampleState::ToConfirm {
        record.state = without_suggestions(record);
    }
}

/// `context` is given where a person decided about these samples, so that the label counts as set now.
fn replace_label(record: &mut SampleRecord, from: LabelId, to: LabelId, context: Option<&EditContext>) {
    if from == to || !record.annotations.iter().any(|annotation| annotation.label == Some(from)) {
        return;
    }
    let has_target = record.carries(to);
    let duplicate = |annotation: &Annotation| {
        has_target
            && annotation.set == AnnotationSet::Primary
            && annotation.body == AnnotationBody::Class
            && annotation.label == Some(from)
    };
    record.annotations.retain(|annotation| !duplicate(annotation));
    for annotation in record.annotations.iter_mut().filter(|annotation| annotation.label == Some(from)) {
        annotation.label = Some(to);
        if let Some(context) = context {
            annotation.annotated_by = context.actor.annotated_by();
            annotation.created = Some(context.now);
        }
    }
}

#[cfg(test)]
#[path = "edit_tests.rs"]
mod tests;
