//! Whatever is edited, undoing all of it gives back what was there, and redoing all of it gives back what was made.

use super::support::{Fixture, WINDOW, context, label};
use crate::domain::query::{LabelCount, SampleRow};
use crate::domain::{Annotation, Assign, Color, Edit, Label, LabelId, LabelName, Timestamp, Usage};
use proptest::prelude::*;
use proptest::sample::Index;
use std::time::Duration;

const SAMPLES: usize = 6;

/// An edit before it is known which samples and labels there are.
#[derive(Clone, Debug)]
struct Draft {
    kind: u8,
    samples: Vec<Index>,
    labels: [Index; 2],
    flag: bool,
}

fn draft() -> impl Strategy<Value = Draft> {
    let samples = prop::collection::vec(any::<Index>(), 1..4);
    (0_u8..20, samples, any::<[Index; 2]>(), any::<bool>()).prop_map(|(kind, samples, labels, flag)| Draft {
        kind,
        samples,
        labels,
        flag,
    })
}

fn edit_of(draft: &Draft, fixture: &Fixture, labels: &[Label], step: usize) -> Option<Edit> {
    let samples: Vec<_> = draft.samples.iter().map(|index| fixture.sample(index.index(SAMPLES))).collect();
    if draft.kind == 0 || labels.is_empty() {
        return Some(Edit::AddLabel { label: label(&format!("new{step}"), 9) });
    }
    let [first, second] = draft.labels.map(|index| labels[index.index(labels.len())].id);
    let how = |how| Edit::Assign { samples: samples.clone(), labels: vec![first, second], how };
    Some(match draft.kind {
        1 | 2 => how(Assign::Replace),
        3 | 4 => how(Assign::Add),
        5 => how(Assign::Remove),
        6 => Edit::ReplaceLabel { samples, from: first, to: second },
        7 => Edit::Confirm { samples },
        8 => Edit::SetUsage { samples, usage: draft.flag.then_some(Usage::Test) },
        9 => Edit::SetHard { samples, label: Some(first), hard: draft.flag },
        10 => Edit::SetProperty { samples, label: first, key: "k".into(), value: draft.flag.then(|| "v".into()) },
        11 => Edit::Delete { samples },
        12 => Edit::Restore { samples },
        13 if labels.len() > 1 => Edit::MergeLabel { from: first, into: second },
        13 => Edit::RecolorLabel { label: first, color: Color([1, 2, 3]) },
        14 if draft.flag => {
            Edit::RenameLabel { label: first, name: LabelName::new(&format!("named{step}")).expect("valid") }
        }
        14 => Edit::SetLabelKey { label: first, key: Some('q') },
        15 => Edit::DeleteLabel { label: first, samples: draft.flag },
        16 => Edit::suggest("model", samples.into_iter().map(|sample| (sample, vec![suggestion(first)])).collect()),
        17 => Edit::Accept { samples, annotations: None, at_least: if draft.flag { 0.5 } else { 0.9 } },
        18 => Edit::Refuse { samples, annotations: None },
        _ => Edit::ClearLabels { samples },
    })
}

fn suggestion(label: LabelId) -> Annotation {
    Annotation { confidence: Some(0.7), ..Annotation::class(label, "model/a".to_owned(), Timestamp(3)) }
}

fn everything(fixture: &Fixture) -> (Vec<SampleRow>, Vec<LabelCount>) {
    let ids: Vec<_> = (0..SAMPLES).map(|index| fixture.sample(index)).collect();
    let rows = fixture.catalog.sample_rows(fixture.dataset, &ids).expect("rows");
    (rows, fixture.catalog.labels(fixture.dataset).expect("labels"))
}

fn assert_counts(fixture: &Fixture) {
    assert_eq!(fixture.catalog.rebuild_counts(fixture.dataset).expect("counted").corrected, 0, "counts went wrong");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn undoing_all_gives_back_what_was_there(drafts in prop::collection::vec(draft(), 1..24), small_batches: bool) {
        let mut fixture = Fixture::new(SAMPLES);
        if small_batches {
            fixture.catalog.batch = Duration::ZERO;
        }
        let before = everything(&fixture);
        for (step, draft) in drafts.iter().enumerate() {
            let labels: Vec<_> = everything(&fixture).1.into_iter().map(|count| count.label).collect();
            if let Some(edit) = edit_of(draft, &fixture, &labels, step) {
                fixture.catalog.edit(fixture.dataset, &edit, &context("ada", 10), WINDOW).expect("an edit");
            }
            assert_counts(&fixture);
        }
        let after = everything(&fixture);
        while fixture.undo().is_some() {
            assert_counts(&fixture);
        }
        prop_assert_eq!(&everything(&fixture), &before);
        while fixture.redo().is_some() {
            assert_counts(&fixture);
        }
        prop_assert_eq!(&everything(&fixture), &after);
    }
}
