//! Texts from files to files: manifests whose texts stand in them, lines of files, entities, versions, exports that are
//! imported again.

mod common;

use common::{Workspace, shared_data};
use modelier::domain::query::{SampleFilter, SampleRow, SampleSort};
use modelier::domain::{
    Actor, Annotation, AnnotationBody, Cancel, DatasetId, DatasetType, Edit, Explain, SampleState, TextSplit, Timestamp,
};
use modelier::workbench::{
    ExportRequest, Find, ImportRequest, ImportSource, NewDataset, Occurrences, OpenOptions, PublishRequest, Scope,
    Task, Workbench, text_format_names,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn open(workspace: &Workspace) -> Workbench {
    let options = OpenOptions {
        workspace: workspace.path("workspace"),
        actor: Actor("ada".to_owned()),
        client: "window".to_owned(),
        executable: env!("CARGO_BIN_EXE_modelier").into(),
    };
    Workbench::open(options).expect("the workspace")
}

fn create(workspace: &Workspace, workbench: &Workbench, name: &str, kind: DatasetType, split: TextSplit) -> DatasetId {
    let input = workspace.path(&format!("{name}-in"));
    std::fs::create_dir_all(&input).expect("a folder");
    let new = NewDataset {
        name: name.to_owned(),
        description: String::new(),
        kind,
        input: path_text(&input),
        output: path_text(&workspace.path(&format!("{name}-out"))),
        labels: Vec::new(),
    };
    workbench.create_dataset_of_texts(new, split).expect("a dataset").id
}

fn import(workbench: &Workbench, dataset: DatasetId, source: ImportSource) -> modelier::workbench::ImportReport {
    let request = ImportRequest { source, with_labels: true, only_hard: false, labels: Vec::new(), copy: false };
    workbench.import(dataset, &request, &Task::silent()).expect("imported")
}

fn import_manifest(workbench: &Workbench, dataset: DatasetId, manifest: &Path) -> modelier::workbench::ImportReport {
    import(workbench, dataset, ImportSource::Manifest(path_text(manifest)))
}

fn publish(workbench: &Workbench, dataset: DatasetId) -> PathBuf {
    let version = workbench.publish(dataset, &PublishRequest::default(), &Task::silent()).expect("published");
    PathBuf::from(version.manifest.strip_prefix("file://").expect("a local file"))
}

fn rows(workbench: &Workbench, dataset: DatasetId, filter: &SampleFilter) -> Vec<SampleRow> {
    let view = workbench.view(dataset, filter, SampleSort::Added, &Cancel::default()).expect("a view");
    workbench.rows(&view, 0..view.len()).expect("rows")
}

fn all(workbench: &Workbench, dataset: DatasetId) -> Vec<SampleRow> {
    rows(workbench, dataset, &SampleFilter::default())
}

/// What a dataset says: texts in their order, state, labels by name, spans with what they cover.
type Said = Vec<(String, SampleState, Vec<(String, Option<(u32, u32, String)>)>)>;

fn said(workbench: &Workbench, dataset: DatasetId) -> Said {
    let labels = workbench.labels(dataset).expect("labels");
    let name = |annotation: &Annotation| {
        let found = labels.iter().find(|count| Some(count.label.id) == annotation.label);
        found.expect("a known label").label.name.to_string()
    };
    let span = |annotation: &Annotation| match &annotation.body {
        AnnotationBody::Entity { start, end, text } => Some((*start, *end, text.clone())),
        _ => None,
    };
    all(workbench, dataset)
        .iter()
        .map(|row| {
            let text = workbench.text(dataset, row.sample.id).expect("a text").to_string();
            (text, row.state, row.primary().map(|annotation| (name(annotation), span(annotation))).collect())
        })
        .collect()
}

/// Every span covers what it says.
fn assert_covered(said: &Said) {
    for (text, _, labels) in said {
        for (start, end, covered) in labels.iter().filter_map(|(_, span)| span.as_ref()) {
            let found: String = text.chars().skip(*start as usize).take((end - start) as usize).collect();
            assert_eq!(&found, covered);
        }
    }
}

#[test]
fn the_platforms_text_manifests_come_in_are_published_and_come_back() {
    let Some(data) = shared_data() else { return };
    let workspace = Workspace::new();
    let workbench = open(&workspace);
    for (name, kind) in
        [("text_classification", DatasetType::TextClassification), ("text_entity", DatasetType::NamedEntity)]
    {
        let dataset = create(&workspace, &workbench, name, kind, TextSplit::Line);
        let manifest = data.join("modelarts").join(format!("{name}.manifest"));
        let lines = std::fs::read_to_string(&manifest).expect("read").lines().filter(|line| !line.is_empty()).count();
        let report = import_manifest(&workbench, dataset, &manifest);
        assert_eq!((report.imported, report.warnings.len()), (lines as u64, 0), "{:?}", report.warnings);
        let before = said(&workbench, dataset);
        assert_covered(&before);
        assert!(before.iter().all(|(_, state, labels)| *state == SampleState::Labeled && !labels.is_empty()));
        assert_eq!(import_manifest(&workbench, dataset, &manifest).imported, 0, "importing twice changes nothing");

        let published = publish(&workbench, dataset);
        for line in std::fs::read_to_string(&published).expect("read").lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            assert!(line["source"].as_str().expect("a source").starts_with("content://"), "{line}");
        }
        let again = create(&workspace, &workbench, &format!("{name}2"), kind, TextSplit::Line);
        import_manifest(&workbench, again, &published);
        assert_eq!(said(&workbench, again), before);
        assert_eq!(import_manifest(&workbench, dataset, &published).imported, 0, "its own version changes nothing");
    }
}

#[test]
fn a_version_set_current_brings_texts_labels_and_spans_back() {
    let workspace = Workspace::new();
    let workbench = open(&workspace);
    let dataset = create(&workspace, &workbench, "posts", DatasetType::NamedEntity, TextSplit::Line);
    let manifest = workspace.path("posts.manifest");
    let entity = |start: u32, end: u32| {
        format!(
            r#"{{"type":"modelarts/text_entity","name":"city","property":{{"@modelarts:start_index":{start},"@modelarts:end_index":{end}}}}}"#
        )
    };
    let lines = [
        format!(r#"{{"source":"content://𝄞在北京","annotation":[{}]}}"#, entity(2, 4)),
        r#"{"source":"content://同样"}"#.to_owned(),
        r#"{"source":"content://同样","annotation":[]}"#.to_owned(),
        format!(r#"{{"source":"content://短","annotation":[{}]}}"#, entity(0, 5)),
    ];
    std::fs::write(&manifest, lines.join("\n")).expect("written");
    let report = import_manifest(&workbench, dataset, &manifest);
    assert_eq!(report.imported, 4);
    assert_eq!(report.warnings.len(), 1, "a span beyond its text is told: {:?}", report.warnings);
    let before = said(&workbench, dataset);
    assert_eq!(before[0].2, [("city".to_owned(), Some((2, 4, "北京".to_owned())))]);
    assert_eq!(before.iter().filter(|(text, ..)| text == "同样").count(), 2, "equal texts are two samples");
    publish(&workbench, dataset);

    let ids: Vec<_> = all(&workbench, dataset).iter().map(|row| row.sample.id).collect();
    workbench.edit(dataset, &Edit::ClearLabels { samples: ids.clone() }).expect("cleared");
    workbench.edit(dataset, &Edit::Delete { samples: vec![ids[1], ids[2]] }).expect("deleted");
    publish(&workbench, dataset);
    let diff = workbench.diff_versions(dataset, "V001", "V002").expect("compared");
    assert_eq!((diff.samples_added.len(), diff.samples_removed.len()), (0, 2), "{diff:?}");
    workbench.set_current_version(dataset, "V001", &Task::silent()).expect("set");
    assert_eq!(said(&workbench, dataset), before);
    assert_eq!(all(&workbench, dataset).iter().map(|row| row.sample.id).collect::<Vec<_>>(), ids);
    workbench.undo(dataset).expect("undone");
    assert_eq!(all(&workbench, dataset).len(), 2);
}

#[test]
fn entities_that_do_not_cover_what_they_say_are_refused() {
    let workspace = Workspace::new();
    let workbench = open(&workspace);
    let dataset = create(&workspace, &workbench, "posts", DatasetType::NamedEntity, TextSplit::Line);
    let manifest = workspace.path("posts.manifest");
    std::fs::write(&manifest, "{\"source\":\"content://我在北京，他也在北京\"}\n{\"source\":\"content://北京\"}\n")
        .expect("written");
    import_manifest(&workbench, dataset, &manifest);
    let city = workbench.add_label(dataset, "city", None).expect("a label").id;
    let sample = all(&workbench, dataset)[0].sample.id;
    let entity = |start, end, text: &str| {
        let body = AnnotationBody::Entity { start, end, text: text.to_owned() };
        Annotation::human(city, body, String::new(), Timestamp(1))
    };
    for wrong in [entity(2, 4, "南京"), entity(3, 5, "北京"), entity(2, 40, "北京"), entity(4, 2, "北京")] {
        let edits = [
            Edit::Annotate { sample, put: vec![wrong.clone()], remove: Vec::new(), order: Vec::new() },
            Edit::annotate_many(vec![(sample, vec![wrong.clone()])]),
            Edit::suggest("model", vec![(sample, vec![wrong])]),
        ];
        for edit in edits {
            let error = workbench.edit(dataset, &edit).expect_err("refused").explain();
            assert_eq!(error.code, "entity-text");
        }
    }
    let right = vec![entity(2, 4, "北京")];
    workbench.edit(dataset, &Edit::annotate_many(vec![(sample, right)])).expect("an edit");

    // Every other occurrence, in the sample and in the whole dataset; the known one is not doubled.
    let find = |scope| Occurrences { find: Find::Text("北京".to_owned()), label: city, scope };
    let task = Task::silent();
    let here = workbench.preview_occurrences(dataset, &find(Scope::Sample(sample)), &task).expect("a preview");
    assert_eq!((here.hits, here.samples), (1, 1));
    assert_eq!((here.shown[0].start, here.shown[0].end), (8, 10));
    let everywhere = workbench.preview_occurrences(dataset, &find(Scope::Dataset), &task).expect("a preview");
    assert_eq!((everywhere.hits, everywhere.samples), (2, 2));
    assert_eq!(workbench.label_occurrences(dataset, &find(Scope::Dataset), &task).expect("labeled").changed, 2);
    let after = said(&workbench, dataset);
    assert_covered(&after);
    assert_eq!(after.iter().map(|(_, _, labels)| labels.len()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(workbench.preview_occurrences(dataset, &find(Scope::Dataset), &task).expect("a preview").hits, 0);
    workbench.undo(dataset).expect("undone");
    assert_eq!(said(&workbench, dataset).iter().map(|(_, _, labels)| labels.len()).collect::<Vec<_>>(), [1, 0]);
}

#[test]
fn lines_of_files_are_samples_that_keep_their_labels_wherever_they_move() {
    let workspace = Workspace::new();
    let workbench = open(&workspace);
    let dataset = create(&workspace, &workbench, "reviews", DatasetType::TextClassification, TextSplit::Line);
    let file = |name: &str| workspace.path("reviews-in").join(name);
    std::fs::write(file("a.txt"), "很好吃\r\n\r\n送餐慢\r\n很好吃\r\n").expect("written");
    std::fs::write(file("a_result.txt"), "good\n\nbad slow bad\n\n").expect("written");
    let sync = || workbench.sync(dataset, &Task::silent()).expect("synced");
    let report = sync();
    assert_eq!((report.added, report.warnings.len()), (3, 0), "{:?}", report.warnings);
    let labels = |said: &Said| -> Vec<(String, Vec<String>)> {
        let names = |labels: &[(String, _)]| labels.iter().map(|(name, _)| name.clone()).collect();
        said.iter().map(|(text, _, labels)| (text.clone(), names(labels))).collect()
    };
    let expected = |good: &str| {
        vec![
            ("很好吃".to_owned(), vec![good.to_owned()]),
            ("送餐慢".to_owned(), vec!["bad".to_owned(), "slow".to_owned()]),
            ("很好吃".to_owned(), Vec::new()),
        ]
    };
    assert_eq!(labels(&said(&workbench, dataset)), expected("good"));
    let report = sync();
    assert_eq!((report.added, report.unchanged, report.vanished), (0, 3, 0), "a file that did not change");

    // Another order and one more line: nothing is lost, nothing comes twice. A deleted line stays out.
    let ids: Vec<_> = all(&workbench, dataset).iter().map(|row| row.sample.id).collect();
    workbench.edit(dataset, &Edit::Delete { samples: vec![ids[2]] }).expect("deleted");
    std::fs::remove_file(file("a_result.txt")).expect("removed");
    std::fs::write(file("a.txt"), "新的一行\n很好吃\n很好吃\n").expect("written");
    let report = sync();
    assert_eq!((report.added, report.unchanged, report.vanished, report.deleted), (1, 1, 1, 1));
    let after = all(&workbench, dataset);
    assert_eq!(after.len(), 3);
    assert!(after[1].sample.media.missing, "a line that is gone is marked, its labels stay");
    assert_eq!(after[0].sample.id, ids[0]);

    // A line that is there again is the same sample; a renamed file holds the same samples.
    std::fs::write(file("a.txt"), "新的一行\n很好吃\n送餐慢\n很好吃\n").expect("written");
    assert_eq!(sync().reappeared, 1);
    let before = said(&workbench, dataset);
    std::fs::rename(file("a.txt"), file("b.txt")).expect("renamed");
    let report = sync();
    assert_eq!((report.renamed, report.added, report.vanished, report.deleted), (4, 0, 0, 1), "{report:?}");
    assert_eq!(said(&workbench, dataset), before);
    assert!(
        all(&workbench, dataset).iter().all(|row| row.sample.source.contains("b.txt#") && !row.sample.media.missing)
    );
    std::fs::remove_file(file("b.txt")).expect("removed");
    assert_eq!(sync().vanished, 3);
    assert_eq!(said(&workbench, dataset), before, "the texts stay");
    let after_rename = all(&workbench, dataset)[0].sample.id;
    let (moved, warnings) = workbench.trash_files(dataset, &[after_rename]).expect("asked");
    assert_eq!((moved, warnings[0].reason.code.as_ref()), (0, "text-file-stays"));

    std::fs::write(file("c.txt"), "one\ntwo\n").expect("written");
    std::fs::write(file("c_result.txt"), "good\n").expect("written");
    let warnings = sync().warnings;
    assert_eq!(warnings.iter().map(|warning| warning.reason.code.as_ref()).collect::<Vec<_>>(), ["text-result-lines"]);
}

#[test]
fn a_whole_file_is_a_sample_whose_labels_outlive_a_change() {
    let workspace = Workspace::new();
    let workbench = open(&workspace);
    let dataset = create(&workspace, &workbench, "articles", DatasetType::NamedEntity, TextSplit::File);
    let file = workspace.path("articles-in").join("a.txt");
    std::fs::write(&file, "我在北京\n他也在").expect("written");
    let sync = || workbench.sync(dataset, &Task::silent()).expect("synced");
    assert_eq!(sync().added, 1);
    let sample = all(&workbench, dataset)[0].sample.clone();
    assert_eq!(
        (sample.name.as_str(), &*workbench.text(dataset, sample.id).expect("a text")),
        ("a.txt", "我在北京\n他也在")
    );
    let city = workbench.add_label(dataset, "city", None).expect("a label").id;
    let body = AnnotationBody::Entity { start: 2, end: 4, text: "北京".to_owned() };
    let put = vec![Annotation::human(city, body, String::new(), Timestamp(1))];
    let edit = Edit::Annotate { sample: sample.id, put, remove: Vec::new(), order: Vec::new() };
    workbench.edit(dataset, &edit).expect("labeled");
    let published = publish(&workbench, dataset);
    let again = create(&workspace, &workbench, "articles2", DatasetType::NamedEntity, TextSplit::Line);
    import_manifest(&workbench, again, &published);
    assert_eq!(said(&workbench, again), said(&workbench, dataset));
    assert_covered(&said(&workbench, again));

    std::fs::write(&file, "我在北京\n他也在，还有更多").expect("written");
    assert_eq!((sync().changed, workbench.text(dataset, sample.id).expect("a text").ends_with("更多")), (1, true));
    std::fs::write(&file, "昨天我在北京").expect("written");
    let warnings = sync().warnings;
    assert_eq!(warnings.iter().map(|warning| warning.reason.code.as_ref()).collect::<Vec<_>>(), ["text-changed"]);
    assert_covered(&said(&workbench, dataset));
}

fn class_names(said: &Said) -> Vec<&str> {
    let mut names: Vec<&str> = said.iter().flat_map(|(_, _, labels)| labels).map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

#[test]
fn a_table_of_reviews_comes_in_with_its_labels_is_published_and_comes_back() {
    let Some(data) = shared_data() else { return };
    let workspace = Workspace::new();
    let workbench = open(&workspace);
    let table = data.join("waimai_reviews/train.csv");
    let dataset = create(&workspace, &workbench, "reviews", DatasetType::TextClassification, TextSplit::Line);
    let report = import(&workbench, dataset, ImportSource::Folder(path_text(&table)));
    assert_eq!((report.imported, report.warnings.len()), (9_987, 0), "{:?}", report.warnings.first());
    let before = said(&workbench, dataset);
    assert_eq!(class_names(&before), ["0", "1"]);
    assert!(before.iter().all(|(_, state, labels)| *state == SampleState::Labeled && labels.len() == 1));
    assert_eq!(import(&workbench, dataset, ImportSource::Folder(path_text(&table))).imported, 0);

    let published = publish(&workbench, dataset);
    let again = create(&workspace, &workbench, "reviews2", DatasetType::TextClassification, TextSplit::Line);
    assert_eq!(import_manifest(&workbench, again, &published).imported, 9_987);
    assert_eq!(said(&workbench, again), before);

    // The same file beside the dataset: by sync, and by adding.
    let synced = create(&workspace, &workbench, "reviews3", DatasetType::TextClassification, TextSplit::Line);
    let report = workbench.add_texts(synced, &[table], TextSplit::Line, &Task::silent()).expect("added");
    assert_eq!((report.files, report.added, report.warnings.len()), (1, 9_987, 0));
    assert_eq!(said(&workbench, synced), before);
    let report = workbench.sync(synced, &Task::silent()).expect("synced");
    assert_eq!((report.added, report.unchanged), (0, 9_987));
}

#[test]
fn posts_with_entities_come_in_are_published_and_come_back() {
    let Some(data) = shared_data() else { return };
    let workspace = Workspace::new();
    let workbench = open(&workspace);
    for part in ["dev", "train"] {
        let (name, folder) = (format!("{part}.conll"), workspace.path(&format!("conll-{part}")));
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::copy(data.join("weibo_ner").join(&name), folder.join(&name)).expect("copied");
        let dataset = create(&workspace, &workbench, part, DatasetType::NamedEntity, TextSplit::Line);
        let report = import(&workbench, dataset, ImportSource::Folder(path_text(&folder)));
        let before = said(&workbench, dataset);
        assert_covered(&before);
        assert!(!before.is_empty());
        // What the corpus itself says: a token a line; B- begins an entity, and so does I- where none of its label goes on.
        let corpus = std::fs::read_to_string(folder.join(&name)).expect("read");
        let (mut begun, mut broken, mut going_on) = (0, 0_usize, None);
        for line in corpus.lines() {
            let tag = line.split_whitespace().nth(1).unwrap_or("O");
            let (mark, label) = tag.split_once('-').map_or((tag, None), |(mark, label)| (mark, Some(label)));
            let is_broken = mark == "I" && going_on != label;
            begun += usize::from(mark == "B" || is_broken);
            broken += usize::from(is_broken);
            going_on = label;
        }
        assert_eq!(before.iter().map(|(_, _, labels)| labels.len()).sum::<usize>(), begun);
        let told: Vec<_> = report.warnings.iter().map(|warning| &warning.reason).collect();
        match told.as_slice() {
            [] => assert_eq!(broken, 0),
            [reason] => {
                assert_eq!(reason.code, "conll-broken");
                assert_eq!(reason.arguments[0], ("count".into(), broken.to_string()));
            }
            more => panic!("{more:?}"),
        }
        let published = publish(&workbench, dataset);
        let again = create(&workspace, &workbench, &format!("{part}2"), DatasetType::NamedEntity, TextSplit::Line);
        import_manifest(&workbench, again, &published);
        assert_eq!(said(&workbench, again), before);
    }
}

#[test]
fn entities_of_a_version_never_land_on_other_words_of_a_changed_file() {
    let workspace = Workspace::new();
    let workbench = open(&workspace);
    let dataset = create(&workspace, &workbench, "posts", DatasetType::NamedEntity, TextSplit::File);
    let file = workspace.path("posts-in/a.txt");
    std::fs::write(&file, "我在北京\n").expect("written");
    workbench.sync(dataset, &Task::silent()).expect("synced");
    let label = workbench.add_label(dataset, "city", None).expect("a label").id;
    let sample = all(&workbench, dataset)[0].sample.id;
    let body = AnnotationBody::Entity { start: 2, end: 4, text: "北京".to_owned() };
    let put = vec![(sample, vec![Annotation::human(label, body, String::new(), Timestamp::default())])];
    workbench.edit(dataset, &Edit::annotate_many(put)).expect("labeled");
    let published = publish(&workbench, dataset);
    let again = create(&workspace, &workbench, "again", DatasetType::NamedEntity, TextSplit::File);
    import_manifest(&workbench, again, &published);
    assert_eq!(said(&workbench, again)[0].2.len(), 1, "the file is as it was");

    std::fs::write(&file, "你们我在北京\n").expect("written");
    let other = create(&workspace, &workbench, "other", DatasetType::NamedEntity, TextSplit::File);
    let report = import_manifest(&workbench, other, &published);
    assert!(report.warnings.iter().any(|warning| warning.reason.code == "entity-text"), "{:?}", report.warnings);
    let rows = said(&workbench, other);
    assert_eq!((rows[0].1, rows[0].2.len()), (SampleState::Unlabeled, 0));
}

#[test]
fn every_format_says_what_it_loses_and_brings_the_rest_back() {
    let workspace = Workspace::new();
    let workbench = open(&workspace);
    for (kind, annotation) in [
        (DatasetType::TextClassification, r#"{"type":"modelarts/text_classification","name":"good"}"#),
        (
            DatasetType::NamedEntity,
            r#"{"type":"modelarts/text_entity","name":"city","property":{"@modelarts:start_index":2,"@modelarts:end_index":4}}"#,
        ),
    ] {
        let dataset = create(&workspace, &workbench, kind.as_str(), kind, TextSplit::Line);
        let manifest = workspace.path("posts.manifest");
        let line = |text: &str| format!(r#"{{"source":"content://{text}","annotation":[{annotation}]}}"#);
        let lines = [line("𝄞在北京，很好"), line("他在北京"), line("她在南京 too")];
        std::fs::write(&manifest, lines.join("\n")).expect("written");
        assert!(import_manifest(&workbench, dataset, &manifest).warnings.is_empty());
        let before = said(&workbench, dataset);
        for format in text_format_names(kind) {
            let folder = workspace.path(&format!("{kind}-{format}"));
            let request = ExportRequest {
                format: format.to_owned(),
                folder: path_text(&folder),
                version: None,
                with_images: false,
            };
            let preview = workbench.export_preview(dataset, &request, &Task::silent()).expect("a preview");
            assert_eq!((preview.images, preview.labeled), (3, 3));
            assert!(!folder.exists(), "a preview writes nothing");
            let report = workbench.export(dataset, &request, &Task::silent()).expect("exported");
            assert!(report.differences.is_empty(), "{format}: {:?}", report.differences);
            let again = create(&workspace, &workbench, &format!("{kind}-{format}"), kind, TextSplit::Line);
            let source = ImportSource::Format { name: format.to_owned(), folder: path_text(&folder) };
            let imported = import(&workbench, again, source);
            assert_eq!((imported.imported, imported.warnings.len()), (3, 0), "{format}: {:?}", imported.warnings);
            assert_eq!(said(&workbench, again), before, "{format}");
        }
    }
}

#[test]
fn texts_are_added_found_and_labeled_from_the_command_line() {
    let workspace = Workspace::new();
    let input = workspace.path("in");
    std::fs::create_dir_all(&input).expect("a folder");
    let (input, output) = (path_text(&input), path_text(&workspace.path("out")));
    let file = workspace.path("posts.txt");
    // GB18030, which is recognised and said.
    std::fs::write(&file, b"\xCE\xD2\xD4\xDA\xB1\xB1\xBE\xA9\n\nhello\n\n\xC4\xCF\xBE\xA9\n").expect("written");
    let create = ["dataset", "create", "posts", "--type", "named-entity", "--input", &input, "--output", &output];
    let made = workspace.json(&[&create[..], &["--split", "paragraph", "--label", "city"]].concat());
    assert_eq!(made["split"], "paragraph");
    let added = workspace.json(&["sample", "add", "posts", &path_text(&file)]);
    assert_eq!((&added["added"], &added["files"]), (&Value::from(3), &Value::from(1)));
    assert_eq!(added["said"][0]["code"], "text-encoding", "{added}");
    let found = workspace.json(&["sample", "list", "posts", "--text", "京"]);
    let found = found.as_array().expect("a list");
    assert_eq!(found.iter().map(|row| row["text"].as_str().expect("a text")).collect::<Vec<_>>(), ["我在北京", "南京"]);
    let id = found[0]["id"].as_str().expect("an id");
    assert_eq!(workspace.json(&["label", "entity", "posts", id, "--span", "2..4=city"])["changed"], 1);
    let refused = workspace.run(&["label", "entity", "posts", id, "--span", "2..9=city"]);
    assert_eq!(refused.status.code(), Some(2));
    let occurrences = ["label", "occurrences", "posts", "--label", "city", "--pattern", "[南北]京"];
    assert_eq!(workspace.json(&[&occurrences[..], &["--dry-run"]].concat())["hits"], 1);
    assert_eq!(workspace.json(&occurrences)["samples"], 1);
    let labeled = workspace.json(&["sample", "list", "posts", "--state", "labeled"]);
    assert_eq!(labeled[0]["entities"][0]["text"], "北京");
    let to = path_text(&workspace.path("exported"));
    let exported = workspace.json(&["dataset", "export", "posts", "--format", "doccano", "--to", &to]);
    assert_eq!((&exported["objects"], &exported["differences"]), (&Value::from(2), &Value::Array(Vec::new())));
    assert_eq!(workspace.json(&["label", "clear", "posts", id])["changed"], 1);
    assert_eq!(workspace.json(&["dataset", "show", "posts"])["samples"]["labeled"], 1);
}
