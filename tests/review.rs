//! The second pass of quality control, through the workbench, with a restart in the middle.

mod common;

use common::{Workspace, write_image};
use modelier::domain::review::{self, Keep, ReviewState};
use modelier::domain::{Actor, Annotation, AnnotationBody, AnnotationSet, Edit, LabelId, SampleId, Shape, Timestamp};
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
