//! The second pass of quality control, through the workbench, with a restart in the middle.

mod common;

use common::{Workspace, write_image};
use modelier::domain::agreement::Match;
use modelier::domain::query::{SampleFilter, SampleSort};
use modelier::domain::review::{self, Keep, ReviewState};
use modelier::domain::{
    Actor, Annotation, AnnotationBody, AnnotationSet, Cancel, DatasetId, Edit, LabelId, SampleId, SampleState, Shape,
    Timestamp,
};
use modelier::workbench::{OpenOptions, Task, Workbench};

fn open(workspace: &Workspace) -> Workbench {
    let executable = env!("CARGO_BIN_EXE_modelier").into();
    let client = "test".to_owned();
    let options =
        OpenOptions { workspace: workspace.path("workspace"), actor: Actor("bob".to_owned()), client, executable };
    Workbench::open(options).expect("a workspace")
}

fn rectangle(label: LabelId, at: f64, set: AnnotationSet) -> Annotation {
    let body = AnnotationBody::shape(Shape::rectangle([at, 2.0], [at + 6.0, 9.0]));
    Annotation { set, ..Annotation::human(label, body, String::new(), Timestamp(0)) }
}

fn draw(sample: SampleId, put: Vec<Annotation>) -> Edit {
    Edit::Annotate { sample, put, remove: Vec::new(), order: Vec::new() }
}

#[test]
fn two_passes_are_compared_and_settled() {
    let workspace = Workspace::new();
    let input = workspace.path("in");
    for number in 0..10 {
        write_image(&input.join(format!("{number}.png")), [number * 20, 9, 9]);
    }
    workspace.create_dataset_of("object-detection", "cells", &input, &["cell", "plate"]);
    let refused = workspace.run(&["review", "start", "cells", "--share", "0.5"]);
    assert_eq!(refused.status.code(), Some(2), "nothing is labeled");

    workspace.create_dataset_of("image-classification", "classes", &input, &["cell"]);
    let refused = workspace.run(&["review", "start", "classes", "--share", "0.5"]);
    assert_eq!(refused.status.code(), Some(2), "classes have no objects to compare");

    let workbench = open(&workspace);
    let dataset = workbench.dataset("cells").expect("the dataset").dataset.id;
    let label = |name| workbench.label(dataset, name).expect("a label").id;
    let (cell, plate) = (label("cell"), label("plate"));
    let names: Vec<String> = (0..10).map(|number| format!("{number}.png")).collect();
    let samples: Vec<SampleId> =
        workbench.find_samples(dataset, &names).expect("found").into_iter().map(|id| id.expect("known")).collect();
    for &sample in &samples[..8] {
        let first = [2.0, 20.0].map(|at| rectangle(cell, at, AnnotationSet::Primary));
        workbench.edit(dataset, &draw(sample, first.to_vec())).expect("drawn");
    }

    let started = workspace.json(&["review", "start", "cells", "--share", "0.3", "--seed", "7"]);
    assert_eq!(started["samples"], 3, "three of eight labeled ones, rounded up");
    let again = workspace.json(&["review", "start", "cells", "--share", "0.3", "--seed", "7"]);
    let id = |value: &serde_json::Value| value["review"].as_str().expect("an id").to_owned();
    let second_round = workbench.review_beginning(dataset, &id(&again)).expect("the other");
    let round = workbench.review_beginning(dataset, &id(&started)).expect("the review");
    assert_eq!(round.samples, second_round.samples, "the same seed draws the same samples");

    // One is drawn alike, one differs, one waits.
    let set = review::set_of(round.id);
    let alike = [2.5, 20.0].map(|at| rectangle(cell, at, set.clone()));
    workbench.edit(dataset, &draw(round.samples[0], alike.to_vec())).expect("drawn");
    let differs = vec![rectangle(plate, 2.0, set.clone())];
    workbench.edit(dataset, &draw(round.samples[1], differs)).expect("drawn");
    for sample in &round.samples[..2] {
        workbench.finish_review_of(round.id, *sample).expect("finished").expect("not done before");
    }
    assert!(workbench.settle_review_of(round.id, round.samples[2], &[]).is_err(), "not looked at yet");
    // What is drawn in a pass is undone there, and the first pass is out of its reach.
    let drawn = draw(round.samples[2], vec![rectangle(plate, 2.0, set.clone())]);
    workbench.edit_within(dataset, &set, &drawn).expect("drawn");
    let undo = || workbench.undo_sample_within(dataset, round.samples[2], &set).expect("undone");
    assert!(undo().is_some());
    assert!(undo().is_none(), "the first pass stays");
    drop(workbench);

    let workbench = open(&workspace);
    let report = workbench.review_report(round.id, &Task::silent()).expect("a report");
    assert_eq!((report.samples, report.done, report.settled), (3, 2, 0));
    assert_eq!((report.agreement.first, report.agreement.second, report.agreement.agreed), (4, 3, 2));
    assert_eq!(report.rows[1].differences, 2, "another label, and one that only the first pass has");
    let shown = workspace.json(&["review", "report", &id(&started), "--dataset", "cells"]);
    assert_eq!((&shown["done"], &shown["by_label"][0]["name"]), (&2.into(), &"cell".into()), "{shown}");

    // What a second pass says is never published, nor does it count.
    let counted = workspace.json(&["dataset", "show", "cells"]);
    assert_eq!(counted["samples"]["labeled"], 8);
    assert_eq!(counted["labels"][1]["count"], 0, "{counted}");

    let settled = workbench.settle_review(round.id, Keep::Second, &Task::silent()).expect("settled");
    assert_eq!(settled, 2);
    let row = |sample| workbench.sample_rows(dataset, &[sample]).expect("rows").remove(0);
    let labels = |sample| {
        let row = row(sample);
        let primary = row.annotations.into_iter().filter(|annotation| annotation.set == AnnotationSet::Primary);
        primary.map(|annotation| annotation.label).collect::<Vec<_>>()
    };
    assert_eq!(labels(round.samples[1]), [Some(plate)]);
    let report = workbench.review_report(round.id, &Task::silent()).expect("a report");
    assert_eq!((report.settled, report.agreement.agreed), (2, 2), "the figures are those from before");

    assert_eq!(report.by_label[0].first, 4, "settled samples count by label, too, as they were");

    // All that was settled at once is one step back.
    workbench.undo(dataset).expect("undone").expect("a step");
    assert_eq!(review::state_of(&row(round.samples[1]).annotations, round.id), ReviewState::Done);
    assert_eq!(labels(round.samples[1]), [Some(cell), Some(cell)]);
    assert_eq!(review::state_of(&row(round.samples[0]).annotations, round.id), ReviewState::Done);

    workspace.json(&["review", "delete", &id(&started), "--dataset", "cells"]);
    assert_eq!(workspace.json(&["review", "list", "cells"]).as_array().map(Vec::len), Some(1));
    assert_eq!(labels(round.samples[0]), [Some(cell), Some(cell)]);
    assert_eq!(row(round.samples[0]).annotations.len(), 2);
}

/// A dataset of texts, a line each, and its samples in their order.
fn texts(workspace: &Workspace, kind: &str, labels: &[&str], lines: &[&str]) -> (Workbench, DatasetId, Vec<SampleId>) {
    let input = workspace.path("texts");
    std::fs::create_dir_all(&input).expect("a folder");
    std::fs::write(input.join("texts.txt"), lines.join("\n")).expect("a file");
    workspace.create_dataset_of(kind, "texts", &input, labels);
    let workbench = open(workspace);
    let dataset = workbench.dataset("texts").expect("the dataset").dataset.id;
    let view = workbench
        .view(dataset, &SampleFilter::default(), SampleSort::Added, &Cancel::default())
        .expect("a view of the texts");
    let samples = workbench.sample_ids(&view, 0..view.len()).expect("samples");
    assert_eq!(samples.len(), lines.len());
    (workbench, dataset, samples)
}

fn said(label: LabelId, body: AnnotationBody, set: &AnnotationSet) -> Annotation {
    Annotation { set: set.clone(), ..Annotation::human(label, body, String::new(), Timestamp(0)) }
}

fn entity(start: u32, end: u32, text: &str) -> AnnotationBody {
    AnnotationBody::Entity { start, end, text: text.to_owned() }
}

/// What the dataset says of a text: its state, and labels with the words they are about.
fn primary(workbench: &Workbench, dataset: DatasetId, sample: SampleId) -> (SampleState, Vec<(LabelId, String)>) {
    let row = workbench.sample_rows(dataset, &[sample]).expect("rows").remove(0);
    let words = |annotation: &Annotation| match &annotation.body {
        AnnotationBody::Entity { text, .. } => text.clone(),
        _ => String::new(),
    };
    let mut found: Vec<_> =
        row.primary().map(|annotation| (annotation.label.expect("a label"), words(annotation))).collect();
    found.sort_by(|a, b| a.1.cmp(&b.1));
    (row.state, found)
}

#[test]
fn two_passes_over_classes_of_texts_agree_beyond_chance_by_so_much() {
    let workspace = Workspace::new();
    let lines: Vec<String> = (0..10).map(|number| format!("The soup was served {number} times")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (workbench, dataset, samples) = texts(&workspace, "text-classification", &["good", "bad"], &lines);
    let label = |name| workbench.label(dataset, name).expect("a label").id;
    let (good, bad) = (label("good"), label("bad"));
    let first = |place: usize| if place < 4 { good } else { bad };
    for (place, &sample) in samples.iter().enumerate() {
        let put = vec![said(first(place), AnnotationBody::Class, &AnnotationSet::Primary)];
        workbench.edit(dataset, &draw(sample, put)).expect("labeled");
    }
    let round = workbench.start_review(dataset, 1.0, Some(3)).expect("a second pass");
    let set = review::set_of(round.id);
    // The second finds the fourth text bad, and is of one mind with the first about all others.
    for (place, &sample) in samples.iter().enumerate() {
        let second = if place == 3 { bad } else { first(place) };
        let put = vec![said(second, AnnotationBody::Class, &set)];
        workbench.edit_within(dataset, &set, &draw(sample, put)).expect("labeled again");
        workbench.finish_review_of(round.id, sample).expect("finished").expect("not done before");
    }
    let report = workbench.review_report(round.id, &Task::silent()).expect("a report");
    assert_eq!((report.done, report.agreement.agreed, report.agreement.other_label), (10, 9, 1));
    // 0.9 agree; 0.4 × 0.3 + 0.6 × 0.7 would by chance.
    let by_chance = 0.4 * 0.3 + 0.6 * 0.7;
    let kappa = (0.9 - by_chance) / (1.0 - by_chance);
    assert!((report.kappa.expect("a figure") - kappa).abs() < 1e-9, "{report:?}");
    assert!(
        (report.by_label[0].kappa.expect("a figure") - kappa).abs() < 1e-9,
        "of two labels, each is the other's no"
    );
    assert_eq!((report.mean_overlap, report.overlapping_share), (None, None), "they say nothing of classes");

    let id = round.id.to_string();
    let shown = workspace.json(&["review", "report", &id, "--dataset", "texts"]);
    assert!((shown["kappa"].as_f64().expect("a figure") - kappa).abs() < 1e-9, "{shown}");
    assert_eq!(shown["kind"], "text-classification");
    let printed = workspace.run(&["review", "report", &id, "--dataset", "texts"]);
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(printed.contains("agreed 90.0 %   kappa 0.78"), "{printed}");

    // Settled: the second is right; then all others at once, and back.
    let difference = |sample| {
        let row = workbench.sample_rows(dataset, &[sample]).expect("rows").remove(0);
        let found = review::compare(&row.annotations, round.id);
        found.into_iter().find(Match::is_difference).expect("a difference")
    };
    let found = difference(samples[3]);
    workbench.settle_review_of(round.id, samples[3], &[(found, Keep::Second)]).expect("settled");
    assert_eq!(primary(&workbench, dataset, samples[3]), (SampleState::Labeled, vec![(bad, String::new())]));
    workbench.undo_sample(dataset, samples[3]).expect("undone").expect("a step");
    assert_eq!(primary(&workbench, dataset, samples[3]).1, [(good, String::new())]);
    let found = difference(samples[3]);
    workbench.settle_review_of(round.id, samples[3], &[(found, Keep::Both)]).expect("settled");
    assert_eq!(primary(&workbench, dataset, samples[3]).1.len(), 2);
    let after = workbench.review_report(round.id, &Task::silent()).expect("a report");
    assert_eq!((after.kappa, after.settled), (report.kappa, 1), "the figures are those from before");
}

#[test]
fn two_passes_over_entities_are_compared_by_their_spans_and_settled_each_way() {
    let workspace = Workspace::new();
    let line = "Ada met Bob in Paris";
    let (workbench, dataset, samples) = texts(&workspace, "named-entity", &["PER", "LOC"], &[line; 3]);
    let label = |name| workbench.label(dataset, name).expect("a label").id;
    let (per, loc) = (label("PER"), label("LOC"));
    let first = AnnotationSet::Primary;
    for &sample in &samples {
        let put = vec![
            said(per, entity(0, 3, "Ada"), &first),
            said(per, entity(8, 11, "Bob"), &first),
            said(loc, entity(15, 20, "Paris"), &first),
        ];
        workbench.edit(dataset, &draw(sample, put)).expect("marked");
    }
    let round = workbench.start_review(dataset, 1.0, Some(3)).expect("a second pass");
    let set = review::set_of(round.id);
    // Twice: one alike, one with another label, one that begins earlier. Once: nothing.
    for (place, &sample) in samples.iter().enumerate() {
        if place < 2 {
            let put = vec![
                said(per, entity(0, 3, "Ada"), &set),
                said(loc, entity(8, 11, "Bob"), &set),
                said(loc, entity(12, 20, "in Paris"), &set),
            ];
            workbench.edit_within(dataset, &set, &draw(sample, put)).expect("marked again");
        }
        workbench.finish_review_of(round.id, sample).expect("finished").expect("not done before");
    }
    let report = workbench.review_report(round.id, &Task::silent()).expect("a report");
    assert_eq!((report.agreement.first, report.agreement.second, report.agreement.agreed), (9, 6, 2));
    // Exactly the same: 2 of 9 and of 6. Overlapping with the same label: 4.
    assert!((report.agreed_share.expect("a figure") - 4.0 / 15.0).abs() < 1e-9);
    assert!((report.overlapping_share.expect("a figure") - 8.0 / 15.0).abs() < 1e-9);
    assert_eq!(report.kappa, None);
    let printed = workspace.run(&["review", "report", &round.id.to_string(), "--dataset", "texts"]);
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    assert!(printed.contains("exact 26.7 %   overlapping 53.3 %"), "{printed}");

    let matches = |sample| {
        let row = workbench.sample_rows(dataset, &[sample]).expect("rows").remove(0);
        review::compare(&row.annotations, round.id)
    };
    let words = |sample| {
        let (state, found) = primary(&workbench, dataset, sample);
        assert_eq!(state, SampleState::Labeled);
        found.into_iter().map(|(label, words)| (label == loc, words)).collect::<Vec<_>>()
    };
    let said = |is_loc, words: &str| (is_loc, words.to_owned());
    let found: Vec<Match> = matches(samples[0]).into_iter().filter(Match::is_difference).collect();
    assert_eq!(found.len(), 2, "a span that begins elsewhere is one difference: {found:?}");
    // The first text: both readings of Bob, neither of Paris.
    let decisions: Vec<_> = found.into_iter().zip([Keep::Both, Keep::Neither]).collect();
    workbench.settle_review_of(round.id, samples[0], &decisions).expect("settled");
    assert_eq!(words(samples[0]), [said(false, "Ada"), said(false, "Bob"), said(true, "Bob")]);
    workbench.undo_sample(dataset, samples[0]).expect("undone").expect("a step");
    assert_eq!(words(samples[0]), [said(false, "Ada"), said(false, "Bob"), said(true, "Paris")]);

    // All at once for the second: where it found nothing, nothing is a decision.
    assert_eq!(workbench.settle_review(round.id, Keep::Second, &Task::silent()).expect("settled"), 3);
    assert_eq!(words(samples[0]), [said(false, "Ada"), said(true, "Bob"), said(true, "in Paris")]);
    assert_eq!(primary(&workbench, dataset, samples[2]), (SampleState::Labeled, Vec::new()));
    workbench.undo(dataset).expect("undone").expect("a step");
    assert_eq!(words(samples[2]).len(), 3);
    assert_eq!(matches(samples[2]).len(), 3);
}
