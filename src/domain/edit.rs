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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach<'a> {
    None,
    Samples(&'a [SampleId]),
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
            | Self::Delete { samples }
            | Self::Restore { samples } => Reach::Samples(samples),
            Self::Annotate { sample, .. } => Reach::Samples(std::slice::from_ref(sample)),
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
            Self::Confirm { .. } => after.state = SampleState::Labeled,
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
            Self::Delete { .. } => after.deleted = true,
            Self::Restore { .. } => after.deleted = false,
            Self::DeleteLabel { label, samples } => {
                let carried = after.carries(*label);
                after.annotations.retain(|annotation| annotation.label != Some(*label));
                if carried && after.primary().next().is_none() {
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
        Assign::Remove if !carries_any => record.state = SampleState::Unlabeled,
        // Taking away a label that was not there decides nothing.
        Assign::Remove => {}
        Assign::Add if labels.is_empty() => {}
        Assign::Add | Assign::Replace => {
            record.state = if carries_any { SampleState::Labeled } else { SampleState::Unlabeled };
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
    if record.primary().next().is_some() {
        record.state = SampleState::Labeled;
    } else if had_objects {
        record.state = SampleState::Unlabeled;
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

    proptest! {
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
