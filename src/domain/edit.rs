//! Edits of a dataset's working state. An edit is a pure function of one sample's record (and of the label list); its
//! inverse is the record as it was, which the catalog's journal keeps.

use super::annotation::{Annotation, AnnotationBody, AnnotationSet, Origin};
use super::ids::{AnnotationId, LabelId, SampleId};
use super::label::{Color, Label};
use super::names::LabelName;
use super::policy::Actor;
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
        record.state = SampleState::Unlabeled;
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
mod tests {
    use super::*;
    use crate::domain::Shape;
    use proptest::prelude::*;

    fn context() -> EditContext {
        EditContext { actor: Actor("ada".to_owned()), now: Timestamp(1_000) }
    }

    fn unlabeled() -> SampleRecord {
        let id = SampleId::random();
        SampleRecord { id, state: SampleState::Unlabeled, usage: None, deleted: false, annotations: Vec::new() }
    }

    fn assigned(record: &SampleRecord, labels: &[LabelId], how: Assign) -> SampleRecord {
        let edit = Edit::Assign { samples: vec![record.id], labels: labels.to_vec(), how };
        edit.apply(record, &context()).unwrap_or_else(|| record.clone())
    }

    #[test]
    fn assigning_labels_confirms_and_removing_the_last_returns_to_unlabeled() {
        let (cat, dog) = (LabelId::random(), LabelId::random());
        let labeled = assigned(&unlabeled(), &[cat, dog], Assign::Add);
        assert_eq!((labeled.state, labeled.annotations.len()), (SampleState::Labeled, 2));
        assert_eq!(labeled.annotations[0].annotated_by, "human/ada");
        let one = assigned(&labeled, &[cat], Assign::Remove);
        assert_eq!((one.state, one.annotations.len()), (SampleState::Labeled, 1));
        let none = assigned(&one, &[dog], Assign::Remove);
        assert_eq!((none.state, none.annotations.len()), (SampleState::Unlabeled, 0));
    }

    #[test]
    fn replacing_keeps_the_annotation_of_a_label_that_stays() {
        let (cat, dog) = (LabelId::random(), LabelId::random());
        let labeled = assigned(&unlabeled(), &[cat], Assign::Replace);
        let replaced = assigned(&labeled, &[cat, dog], Assign::Replace);
        assert_eq!(replaced.annotations[0], labeled.annotations[0]);
    }

    #[test]
    fn labeled_with_nothing_is_a_decision_that_removal_does_not_undo() {
        let record = unlabeled();
        let confirmed = Edit::Confirm { samples: vec![record.id] }.apply(&record, &context()).expect("a change");
        assert_eq!((confirmed.state, confirmed.annotations.len()), (SampleState::Labeled, 0));
    }

    #[test]
    fn merging_labels_leaves_one_annotation() {
        let (cat, kitten) = (LabelId::random(), LabelId::random());
        let both = assigned(&unlabeled(), &[cat, kitten], Assign::Add);
        let merged = Edit::MergeLabel { from: kitten, into: cat }.apply(&both, &context()).expect("a change");
        assert_eq!(merged.annotations.len(), 1);
        assert_eq!(merged.annotations[0].label, Some(cat));
    }

    #[test]
    fn deleting_a_label_with_its_samples_spares_those_that_carry_another() {
        let (cat, dog) = (LabelId::random(), LabelId::random());
        let edit = Edit::DeleteLabel { label: cat, samples: true };
        let only = assigned(&unlabeled(), &[cat], Assign::Replace);
        assert!(edit.apply(&only, &context()).expect("a change").deleted);
        let both = assigned(&unlabeled(), &[cat, dog], Assign::Replace);
        assert!(!edit.apply(&both, &context()).expect("a change").deleted);
    }

    fn annotated(record: &SampleRecord, put: &[Annotation], remove: &[AnnotationId]) -> SampleRecord {
        let (put, remove, order) = (put.to_vec(), remove.to_vec(), Vec::new());
        let edit = Edit::Annotate { sample: record.id, put, remove, order };
        edit.apply(record, &context()).expect("a change")
    }

    #[test]
    fn removing_the_last_shape_returns_to_unlabeled_and_a_mark_keeps_the_author() {
        let body = AnnotationBody::shape(Shape::rectangle([0.0, 0.0], [4.0, 4.0]));
        let drawn = Annotation::human(LabelId::random(), body, "human/bob".to_owned(), Timestamp(5));
        let one = annotated(&unlabeled(), std::slice::from_ref(&drawn), &[]);
        assert_eq!((one.state, one.annotations[0].annotated_by.as_str()), (SampleState::Labeled, "human/ada"));
        let bobs = SampleRecord { annotations: vec![drawn.clone()], ..one };
        let marked = annotated(&bobs, &[Annotation { hard: Some(true), ..drawn.clone() }], &[]);
        assert_eq!(marked.annotations[0].annotated_by, "human/bob");
        let none = annotated(&marked, &[], &[drawn.id]);
        assert_eq!((none.state, none.annotations.len()), (SampleState::Unlabeled, 0));
    }

    #[test]
    fn order_moves_those_named_to_the_top() {
        let shape = |x| AnnotationBody::shape(Shape::Point { at: [x, 0.0] });
        let drawn =
            [0.0, 1.0, 2.0].map(|x| Annotation::human(LabelId::random(), shape(x), String::new(), Timestamp(0)));
        let all = annotated(&unlabeled(), &drawn, &[]);
        let order = vec![drawn[0].id];
        let edit = Edit::Annotate { sample: all.id, put: Vec::new(), remove: Vec::new(), order };
        let after = edit.apply(&all, &context()).expect("a change");
        let ids: Vec<_> = after.annotations.iter().map(|annotation| annotation.id).collect();
        assert_eq!(ids, [drawn[1].id, drawn[2].id, drawn[0].id]);
    }

    #[test]
    fn one_edit_changes_name_colour_and_key_and_takes_the_key_from_its_holder() {
        let label = |name: &str, key: Option<char>, position| Label {
            id: LabelId::random(),
            name: LabelName::new(name).expect("a name"),
            color: Color::of_label(0),
            key,
            position,
            extra: serde_json::Map::new(),
        };
        let labels = [label("rose", Some('1'), 0), label("tulip", Some('2'), 1)];
        let name = LabelName::new("peony").expect("a name");
        let edit = Edit::ModifyLabel { label: labels[0].id, name, color: Color::of_label(5), key: Some('2') };
        let after = edit.apply_to_labels(&labels).expect("a change");
        assert_eq!((after[0].name.as_str(), after[0].color, after[0].key), ("peony", Color::of_label(5), Some('2')));
        assert_eq!(after[1].key, None);
        assert_eq!(edit.apply_to_labels(&after), None);
    }

    #[test]
    fn a_deleted_sample_is_only_restored() {
        let deleted = SampleRecord { deleted: true, ..unlabeled() };
        assert_eq!(Edit::Confirm { samples: vec![deleted.id] }.apply(&deleted, &context()), None);
        assert!(Edit::Restore { samples: vec![deleted.id] }.apply(&deleted, &context()).is_some());
    }

    fn suggestion(label: LabelId, confidence: f64) -> Annotation {
        let annotation = Annotation::class(label, "model/reviews".to_owned(), Timestamp(5));
        Annotation { confidence: Some(confidence), ..annotation }
    }

    fn suggested(record: &SampleRecord, put: Vec<Annotation>) -> Option<SampleRecord> {
        Edit::suggest("reviews", vec![(record.id, put)]).apply(record, &context())
    }

    #[test]
    fn a_suggestion_waits_and_is_the_persons_once_accepted() {
        let (good, bad) = (LabelId::random(), LabelId::random());
        let waiting = suggested(&unlabeled(), vec![suggestion(good, 0.9), suggestion(bad, 0.4)]).expect("a change");
        assert_eq!((waiting.state, waiting.primary().count()), (SampleState::ToConfirm, 0));
        let accept = |at_least| Edit::Accept { samples: vec![waiting.id], annotations: None, at_least };
        assert_eq!(accept(0.95).apply(&waiting, &context()), None);
        let part = accept(0.5).apply(&waiting, &context()).expect("a change");
        assert_eq!((part.state, part.primary().count()), (SampleState::ToConfirm, 1));
        let all = accept(0.0).apply(&part, &context()).expect("a change");
        assert_eq!((all.state, all.primary().count()), (SampleState::Labeled, 2));
        assert!(all.primary().all(|annotation| annotation.annotated_by == "human/ada"));
        assert!(all.primary().all(|annotation| annotation.origin == Origin::Human && annotation.confidence.is_none()));
    }

    #[test]
    fn labeled_samples_get_no_suggestions_and_a_decision_answers_them() {
        let (good, bad) = (LabelId::random(), LabelId::random());
        let labeled = assigned(&unlabeled(), &[good], Assign::Replace);
        assert_eq!(suggested(&labeled, vec![suggestion(bad, 0.9)]), None);
        let waiting = suggested(&unlabeled(), vec![suggestion(bad, 0.9)]).expect("a change");
        let decided = assigned(&waiting, &[good], Assign::Replace);
        assert_eq!((decided.state, decided.annotations.len()), (SampleState::Labeled, 1));
        let again = suggested(&waiting, vec![suggestion(good, 0.7)]).expect("a change");
        assert_eq!(again.annotations.len(), 1, "new suggestions take the place of the old ones");
        assert_eq!(suggested(&waiting, Vec::new()).expect("a change").state, SampleState::Unlabeled);
    }

    #[test]
    fn the_last_refusal_returns_to_unlabeled_unless_a_person_said_something() {
        let (good, bad) = (LabelId::random(), LabelId::random());
        let waiting = suggested(&unlabeled(), vec![suggestion(good, 0.9), suggestion(bad, 0.4)]).expect("a change");
        let refuse = |record: &SampleRecord, annotations| {
            Edit::Refuse { samples: vec![record.id], annotations }.apply(record, &context()).expect("a change")
        };
        let one = refuse(&waiting, Some(vec![waiting.annotations[0].id]));
        assert_eq!((one.state, one.annotations.len()), (SampleState::ToConfirm, 1));
        assert_eq!(refuse(&one, None).state, SampleState::Unlabeled);
        let first = vec![waiting.annotations[0].id];
        let accept = Edit::Accept { samples: vec![waiting.id], annotations: Some(first), at_least: 0.0 };
        let part = accept.apply(&waiting, &context()).expect("a change");
        assert_eq!(refuse(&part, None).state, SampleState::Labeled);
    }

    #[test]
    fn many_samples_are_annotated_each_with_its_own() {
        let label = LabelId::random();
        let entity = |start| {
            let body = AnnotationBody::Entity { start, end: start + 1, text: "字".to_owned() };
            Annotation::human(label, body, String::new(), Timestamp(0))
        };
        let records = [unlabeled(), unlabeled(), unlabeled()];
        let put =
            vec![(records[2].id, vec![entity(2)]), (records[0].id, vec![entity(0)]), (records[2].id, vec![entity(3)])];
        let edit = Edit::annotate_many(put);
        let Reach::Samples(reach) = edit.reach() else { panic!("it names samples") };
        assert_eq!(reach.len(), 2);
        let counts = records.each_ref().map(|record| {
            edit.apply(record, &context()).map_or(0, |after| {
                assert_eq!(after.state, SampleState::Labeled);
                after.annotations.len()
            })
        });
        assert_eq!(counts, [1, 0, 2]);
    }

    #[test]
    fn clearing_takes_labels_and_suggestions_but_no_second_pass() {
        let label = LabelId::random();
        let mut record = assigned(&unlabeled(), &[label], Assign::Replace);
        let review = AnnotationSet::Review("1".to_owned());
        record.annotations.push(Annotation { set: review, ..suggestion(label, 0.5) });
        let clear = Edit::ClearLabels { samples: vec![record.id] };
        let cleared = clear.apply(&record, &context()).expect("a change");
        assert_eq!((cleared.state, cleared.annotations.len()), (SampleState::Unlabeled, 1));
        assert_eq!(clear.apply(&cleared, &context()), None);
    }

    proptest! {
        #[test]
        fn what_is_to_be_confirmed_has_suggestions_and_nothing_else_has(
            steps in prop::collection::vec((0_u8..7, 0_usize..3, 0_u8..10), 0..40),
        ) {
            let labels: Vec<_> = (0..3).map(|_| LabelId::random()).collect();
            let mut record = unlabeled();
            for (what, label, tenths) in steps {
                let (samples, sure) = (vec![record.id], f64::from(tenths) / 10.0);
                let named = record.annotations.get(label).map(|annotation| vec![annotation.id]);
                let edit = match what {
                    0 | 1 => Edit::suggest("m", vec![(record.id, vec![suggestion(labels[label], sure)])]),
                    2 => Edit::Accept { samples, annotations: named, at_least: sure },
                    3 => Edit::Refuse { samples, annotations: named },
                    4 => Edit::Assign { samples, labels: vec![labels[label]], how: Assign::Add },
                    5 => Edit::ClearLabels { samples },
                    _ => Edit::Confirm { samples },
                };
                record = edit.apply(&record, &context()).unwrap_or(record);
                let waits = record.annotations.iter().any(is_suggestion);
                prop_assert_eq!(record.state == SampleState::ToConfirm, waits);
                for label in &labels {
                    prop_assert!(record.primary().filter(|a| a.label == Some(*label)).count() <= 1);
                }
            }
        }

        #[test]
        fn a_sample_never_carries_a_label_twice(steps in prop::collection::vec((0_usize..4, 0_u8..3), 0..40)) {
            let labels: Vec<_> = (0..4).map(|_| LabelId::random()).collect();
            let mut record = unlabeled();
            for (label, how) in steps {
                let how = [Assign::Replace, Assign::Add, Assign::Remove][usize::from(how)];
                record = assigned(&record, &[labels[label]], how);
                for label in &labels {
                    prop_assert!(record.primary().filter(|a| a.label == Some(*label)).count() <= 1);
                }
                prop_assert_eq!(record.state == SampleState::Labeled, !record.annotations.is_empty());
            }
        }
    }
}
