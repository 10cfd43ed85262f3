//! Edits of a dataset's working state. An edit is a pure function of one sample's record (and of the label list); its
//! inverse is the record as it was, which the catalog's journal keeps.

use super::annotation::{Annotation, AnnotationBody, AnnotationSet};
use super::ids::{LabelId, SampleId};
use super::label::{Color, Label};
use super::names::LabelName;
use super::policy::Actor;
use super::sample::{SampleState, Usage};
use super::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

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
            Self::MergeLabel { from, .. } => Reach::CarriersOf(*from),
            Self::DeleteLabel { label, .. } => Reach::CarriersOf(*label),
            Self::AddLabel { .. } | Self::RenameLabel { .. } | Self::RecolorLabel { .. } | Self::SetLabelKey { .. } => {
                Reach::None
            }
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
            Self::Delete { .. } => "delete-samples",
            Self::Restore { .. } => "restore-samples",
            Self::AddLabel { .. } => "add-label",
            Self::RenameLabel { .. } => "rename-label",
            Self::MergeLabel { .. } => "merge-label",
            Self::RecolorLabel { .. } => "recolor-label",
            Self::SetLabelKey { .. } => "set-label-key",
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
            Self::AddLabel { .. } | Self::RenameLabel { .. } | Self::RecolorLabel { .. } | Self::SetLabelKey { .. } => {
            }
        }
        (after != *before).then_some(after)
    }

    /// The label list after this edit, or `None` if it does not change. Positions stay as they are.
    #[must_use]
    pub fn apply_to_labels(&self, before: &[Label]) -> Option<Vec<Label>> {
        let mut after = before.to_vec();
        match self {
            Self::AddLabel { label } => after.push(label.clone()),
            Self::RenameLabel { label, name } => {
                after.iter_mut().filter(|l| l.id == *label).for_each(|l| l.name = name.clone());
            }
            Self::RecolorLabel { label, color } => {
                after.iter_mut().filter(|l| l.id == *label).for_each(|l| l.color = *color);
            }
            Self::SetLabelKey { label, key } => {
                for other in &mut after {
                    if other.id == *label {
                        other.key = *key;
                    } else if key.is_some() && other.key == *key {
                        other.key = None;
                    }
                }
            }
            Self::MergeLabel { from: label, .. } | Self::DeleteLabel { label, .. } => after.retain(|l| l.id != *label),
            _ => {}
        }
        (after != before).then_some(after)
    }
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
