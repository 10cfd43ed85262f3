//! How files of texts come into a dataset: pairs with labels, encodings, files that change, vanish or hold odd things.
//! Nothing may be lost or left out without a word.

mod common;

use common::Workspace;
use encoding_rs::GB18030;
use modelier::domain::query::{SampleFilter, SampleSort};
use modelier::domain::{
    Actor, Annotation, AnnotationBody, Cancel, DatasetId, DatasetType, Edit, Explain, SampleState, TextSplit,
    Timestamp, Warning,
};
use modelier::workbench::{
    AddTextsReport, ImportReport, ImportRequest, ImportSource, NewDataset, OpenOptions, SyncReport, Task, Workbench,
};
use serde_json::Value;
use std::path::{Path, PathBuf};

struct Bench {
    workbench: Workbench,
    dataset: DatasetId,
    workspace: Workspace,
}

fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

impl Bench {
    fn of(kind: DatasetType, split: TextSplit) -> Self {
        let workspace = Workspace::new();
        let workbench = Workbench::open(OpenOptions {
            workspace: workspace.path("workspace"),
            actor: Actor("ada".to_owned()),
            client: "window".to_owned(),
            executable: env!("CARGO_BIN_EXE_modelier").into(),
        })
        .expect("the workspace");
        std::fs::create_dir_all(workspace.path("in")).expect("a folder");
        let new = NewDataset {
            name: "texts".to_owned(),
            description: String::new(),
            kind,
            input: path_text(&workspace.path("in")),
            output: path_text(&workspace.path("out")),
            labels: Vec::new(),
        };
        let dataset = workbench.create_dataset_of_texts(new, split).expect("a dataset").id;
        Self { workbench, dataset, workspace }
    }

    fn reviews() -> Self {
        Self::of(DatasetType::TextClassification, TextSplit::Line)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.workspace.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, bytes).expect("written");
        path
    }

    fn sync(&self) -> SyncReport {
        self.workbench.sync(self.dataset, &Task::silent()).expect("synced")
    }

    fn add(&self, paths: &[PathBuf], split: TextSplit) -> AddTextsReport {
        self.workbench.add_texts(self.dataset, paths, split, &Task::silent()).expect("added")
    }

    fn import(&self, from: &Path) -> ImportReport {
        let source = ImportSource::Folder(path_text(from));
        let request = ImportRequest { source, with_labels: true, only_hard: false, labels: Vec::new(), copy: false };
        self.workbench.import(self.dataset, &request, &Task::silent()).expect("imported")
    }

    /// Texts in their order with their labels.
    fn said(&self) -> Vec<(String, String)> {
        let table = self.workbench.labels(self.dataset).expect("labels");
        let name = |annotation: &Annotation| {
            let found = table.iter().find(|count| Some(count.label.id) == annotation.label);
            found.expect("a known label").label.name.to_string()
        };
        let filter = SampleFilter::default();
        let view = self.workbench.view(self.dataset, &filter, SampleSort::Added, &Cancel::default()).expect("a view");
        let rows = self.workbench.rows(&view, 0..view.len()).expect("rows");
        let of_row = |row: &modelier::domain::query::SampleRow| {
            let labels: Vec<_> = row.primary().map(name).collect();
            (self.workbench.text(self.dataset, row.sample.id).expect("a text").to_string(), labels.join("+"))
        };
        rows.iter().map(of_row).collect()
    }

    fn ids(&self) -> Vec<modelier::domain::SampleId> {
        let filter = SampleFilter::default();
        let rows = self.workbench.sample_page(self.dataset, &filter, 1_000, None).expect("a page");
        rows.into_iter().map(|row| row.sample.id).collect()
    }
}

fn codes(warnings: &[Warning]) -> Vec<&str> {
    warnings.iter().map(|warning| warning.reason.code.as_ref()).collect()
}

fn pairs(said: &[(&str, &str)]) -> Vec<(String, String)> {
    said.iter().map(|(text, labels)| ((*text).to_owned(), (*labels).to_owned())).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

#[test]
fn a_pair_keeps_its_labels_where_its_names_are_taken() {
    let bench = Bench::reviews();
    bench.write("in/x.txt", "there before\n");
    bench.sync();
    let (text, result) = (bench.write("new/x.txt", "好\n差\n"), bench.write("new/x_result.txt", "p\nn\n"));
    // From the command line, in any order; the labels come even if only the text is named.
    let added = bench.workspace.json(&["sample", "add", "texts", &path_text(&result), &path_text(&text)]);
    assert_eq!((&added["added"], &added["files"]), (&Value::from(2), &Value::from(1)), "{added}");
    assert_eq!(bench.said(), pairs(&[("there before", ""), ("好", "p"), ("差", "n")]));
    let copied = |name: &str| bench.workspace.path("in").join(name).is_file();
    assert!(copied("x (2).txt") && copied("x (2)_result.txt") && !copied("x_result.txt"));
    let report = bench.sync();
    assert_eq!((report.added, report.vanished, report.unchanged), (0, 0, 3), "{report:?}");

    // The same texts again, with other labels and with more of them: no text comes twice.
    let text = bench.write("one/y.txt", "a\nb\n");
    assert_eq!(bench.add(&[text], TextSplit::Line).added, 2);
    bench.write("two/y_result.txt", "\np\n");
    let text = bench.write("two/y.txt", "a\nb\n");
    let report = bench.add(std::slice::from_ref(&text), TextSplit::Line);
    assert_eq!((report.added, report.known, report.labeled), (0, 2, 1), "{report:?}");
    bench.write("two/y_result.txt", "q\nn\n");
    let report = bench.add(&[text], TextSplit::Line);
    assert_eq!((report.added, report.labeled, codes(&report.warnings)), (0, 1, vec!["text-label-kept"]), "{report:?}");
    assert_eq!(bench.said()[3..], pairs(&[("a", "q"), ("b", "p")]));
    assert_eq!(bench.sync().added, 0);
}

#[test]
fn labels_that_come_later_fill_what_nobody_touched() {
    let bench = Bench::reviews();
    bench.write("in/x.txt", "a\nb\nc\nd\n");
    bench.sync();
    let own = bench.workbench.add_label(bench.dataset, "own", None).expect("a label").id;
    let ids = bench.ids();
    let assign = |sample| {
        let put = vec![Annotation::human(own, AnnotationBody::Class, String::new(), Timestamp(1))];
        bench.workbench.edit(bench.dataset, &Edit::annotate_many(vec![(sample, put)])).expect("labeled");
    };
    assign(ids[1]);
    assign(ids[2]);
    bench.workbench.edit(bench.dataset, &Edit::ClearLabels { samples: vec![ids[2]] }).expect("cleared");
    bench.write("in/x_result.txt", "p\np\np\n\n");
    let report = bench.sync();
    assert_eq!((report.added, report.changed, report.unchanged), (0, 1, 3), "{report:?}");
    assert_eq!(bench.said(), pairs(&[("a", "p"), ("b", "own"), ("c", ""), ("d", "")]), "a person's decision stays");
    // Both are named: the label that differs, and the one that was cleared.
    assert_eq!(codes(&report.warnings), ["text-label-kept"; 2]);
    assert!(codes(&bench.sync().warnings).is_empty(), "told once");

    // A label that was renamed here does not come back with the file that brought it.
    let label = bench.workbench.label(bench.dataset, "p").expect("a label").id;
    bench.workbench.rename_label(bench.dataset, label, "good", false).expect("renamed");
    bench.write("in/x_result.txt", "p\np\np\n \n");
    bench.sync();
    let names: Vec<_> = bench.workbench.labels(bench.dataset).expect("labels");
    assert!(names.iter().all(|count| count.label.name.as_str() != "p"), "{names:?}");
}

#[test]
fn labels_of_lines_that_are_no_samples_are_left_out_with_a_word() {
    for (kind, split) in [
        (DatasetType::TextClassification, TextSplit::Paragraph),
        (DatasetType::TextClassification, TextSplit::File),
        (DatasetType::NamedEntity, TextSplit::Line),
    ] {
        let bench = Bench::of(kind, split);
        bench.write("in/x.txt", "a\nb\n");
        bench.write("in/x_result.txt", "p\nq\n");
        assert_eq!(codes(&bench.sync().warnings), ["text-result-unused"], "{kind} {split}");
        assert!(bench.said().iter().all(|(text, labels)| labels.is_empty() && (text.contains('a') || text == "b")));
        bench.write("more/y.txt", "c\n");
        bench.write("more/y_result.txt", "p\n");
        let report = bench.add(&[bench.workspace.path("more")], split);
        assert_eq!((report.added, codes(&report.warnings)), (1, vec!["text-result-unused"]), "{kind} {split}");
        bench.write("other/z.txt", "c\n");
        bench.write("other/z_result.txt", "p\n");
        let report = bench.import(&bench.workspace.path("other"));
        assert_eq!((report.imported, codes(&report.warnings)), (1, vec!["text-result-unused"]), "{kind} {split}");
    }
}

#[test]
fn one_pair_that_does_not_fit_keeps_no_other_out() {
    let bench = Bench::reviews();
    bench.write("from/x.txt", "a\nb\n");
    bench.write("from/x_result.txt", "p\n");
    let source = ImportSource::Folder(path_text(&bench.workspace.path("from")));
    let request = ImportRequest { source, with_labels: true, only_hard: false, labels: Vec::new(), copy: false };
    let refused = bench.workbench.import(bench.dataset, &request, &Task::silent()).expect_err("refused").explain();
    let named = |name: &str| refused.arguments.iter().any(|(_, value)| value.ends_with(name));
    assert!(refused.code == "text-result-lines" && named("x.txt") && named("x_result.txt"), "{refused:?}");
    bench.write("from/y.txt", "c\nd");
    bench.write("from/y_result.txt", "p\n");
    let report = bench.import(&bench.workspace.path("from"));
    assert_eq!((report.imported, codes(&report.warnings)), (2, vec!["text-result-lines"]), "{report:?}");
    assert_eq!(bench.said(), pairs(&[("c", "p"), ("d", "")]));
}

#[test]
fn a_changed_file_never_lies_under_entities_of_its_old_text() {
    let bench = Bench::of(DatasetType::NamedEntity, TextSplit::File);
    bench.write("in/a.txt", "我在北京");
    bench.sync();
    let (sample, city) = (bench.ids()[0], bench.workbench.add_label(bench.dataset, "city", None).expect("a label").id);
    let body = AnnotationBody::Entity { start: 2, end: 4, text: "北京".to_owned() };
    let put = vec![Annotation::human(city, body, String::new(), Timestamp(1))];
    let edit = Edit::Annotate { sample, put, remove: Vec::new(), order: Vec::new() };
    bench.workbench.edit(bench.dataset, &edit).expect("labeled");
    // By import as by sync: the text that was labeled stays, and that is told.
    bench.write("in/a.txt", "昨天我在北京");
    let report = bench.import(&bench.workspace.path("in"));
    assert_eq!((report.imported, codes(&report.warnings)), (0, vec!["text-changed"]), "{report:?}");
    let report = bench.sync();
    assert_eq!((report.changed, codes(&report.warnings)), (0, vec!["text-changed"]), "{report:?}");
    assert_eq!(bench.said(), pairs(&[("我在北京", "city")]));
    // Without the entity it comes in, and the entity does not come back over other words.
    bench.workbench.edit(bench.dataset, &Edit::ClearLabels { samples: vec![sample] }).expect("cleared");
    assert_eq!(bench.sync().changed, 1);
    let refused = bench.workbench.undo(bench.dataset).expect_err("another text").explain();
    assert_eq!(refused.code, "undo-conflict");
    assert_eq!(bench.said(), pairs(&[("昨天我在北京", "")]));
}

#[test]
fn how_whole_files_stood_is_said_wherever_they_come_in() {
    let bench = Bench::of(DatasetType::TextClassification, TextSplit::File);
    let chinese = "送餐速度很快，菜品也不错！\r\n就这样吧";
    let (gb18030, _, _) = GB18030.encode(chinese);
    let mut broken = chinese.repeat(3).into_bytes();
    broken.truncate(broken.len() - 1);
    let write = |folder: &str| {
        bench.write(&format!("{folder}/a.txt"), &gb18030);
        bench.write(&format!("{folder}/b.txt"), [b"\xFF\xFE".to_vec(), utf16(chinese)].concat());
        bench.write(&format!("{folder}/c.txt"), [&b"\xEF\xBB\xBF"[..], chinese.as_bytes()].concat());
        bench.write(&format!("{folder}/d.txt"), &broken);
        bench.workspace.path(folder)
    };
    let check = |said: &[Warning], warnings: &[Warning]| {
        assert_eq!(codes(said), ["text-encoding", "text-encoding", "text-bom", "text-bom"]);
        assert_eq!(codes(warnings), ["text-replaced"]);
    };
    write("in");
    let report = bench.sync();
    check(&report.said, &report.warnings);
    let report = bench.add(&[write("added")], TextSplit::File);
    check(&report.said, &report.warnings);
    let report = bench.import(&write("imported"));
    check(&report.said, &report.warnings);
    assert!(bench.said().iter().filter(|(text, _)| text == chinese).count() >= 6);
}

#[test]
fn tables_in_chinese_encodings_come_in_with_labels_and_lines_within_texts() {
    let texts = ["他说：\"好\"，\r\n就走了", " 两边有空格 ", "一行,\n又一行", "𠮷野家 😀"];
    let labels = ["正面", "负面", "正面", "负面"];
    let mut table = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    table.write_record(["标签", "内容"]).expect("written");
    for (label, text) in labels.iter().zip(texts) {
        table.write_record([*label, text]).expect("written");
    }
    let table = String::from_utf8(table.into_inner().expect("written")).expect("UTF-8");
    let (gb18030, _, failed) = GB18030.encode(&table);
    assert!(!failed);
    let expected: Vec<_> =
        texts.iter().zip(labels).map(|(text, label)| ((*text).to_owned(), label.to_owned())).collect();
    let marked = [b"\xFF\xFE".to_vec(), utf16(&table)].concat();
    for (bytes, encoding) in [(gb18030.into_owned(), "GB18030"), (utf16(&table), "UTF-16LE"), (marked, "UTF-16LE")] {
        let bench = Bench::reviews();
        let file = bench.write("from/reviews.csv", bytes);
        let added = bench.workspace.json(&["sample", "add", "texts", &path_text(&file)]);
        assert_eq!(added["added"], 4, "{added}");
        assert_eq!(bench.said(), expected, "{encoding}");
        let said = added["said"].as_array().expect("a list");
        assert_eq!(said[0]["code"], "text-encoding");
        assert!(said[0]["reason"].as_str().expect("words").contains(encoding), "{added}");
        let columns = said.last().expect("columns")["reason"].as_str().expect("words");
        assert!(columns.contains("内容") && columns.contains("标签") && columns.contains("quotes"), "{columns}");
        assert_eq!(added["warnings"], Value::Array(Vec::new()));
    }
}

#[test]
fn odd_files_are_told_of_and_keep_nothing_from_coming_in() {
    let bench = Bench::reviews();
    bench.write("in/good.txt", "no line end at the end");
    bench.write("in/empty.txt", "");
    bench.write("in/empty.csv", "");
    bench.write("in/old.txt", "one\rtwo\rthree\r");
    bench.write("in/zeros.txt", "a\0b\n\0\n");
    bench.write("in/folder.txt/inner.txt", "inside\n");
    let report = bench.sync();
    assert_eq!(codes(&report.warnings), ["text-file-empty", "text-file-empty", "text-cr-lines"], "{report:?}");
    let mut said: Vec<_> = bench.said().into_iter().map(|(text, _)| text).collect();
    said.sort();
    assert_eq!(said, ["\0", "a\0b", "inside", "no line end at the end", "one\rtwo\rthree\r"]);

    // Files that are no texts, not there, or gone between the look and the adding.
    let (there, gone) = (bench.write("more/a.txt", "a new one\n"), bench.write("more/b.txt", "gone\n"));
    let picture = bench.write("more/c.png", "no text");
    let paths = [there, gone.clone(), picture.clone(), bench.workspace.path("more/never.txt")];
    let looks = bench.workbench.look_at_texts(bench.dataset, &paths, TextSplit::Line, &Task::silent()).expect("looked");
    let codes_seen: Vec<_> =
        looks.iter().map(|look| look.look.as_ref().map_err(|error| error.code.to_string())).collect();
    assert!(codes_seen[0].is_ok() && codes_seen[1].is_ok(), "{codes_seen:?}");
    assert!(codes_seen[2].is_err() && codes_seen[3] == Err("text-file-name".to_owned()), "{codes_seen:?}");
    std::fs::remove_file(gone).expect("removed");
    let report = bench.add(&paths, TextSplit::Line);
    assert_eq!((report.added, report.warnings.len()), (1, 3), "{report:?}");
    assert!(!bench.workspace.path("in/c.png").exists(), "what is no text is not copied");
    for warning in &report.warnings {
        assert!(!warning.source.is_empty());
    }
}

#[test]
fn how_texts_are_split_is_chosen_where_they_come_in() {
    let bench = Bench::reviews();
    let file = path_text(&bench.write("from/a.txt", "a\nb\n\nc\n"));
    let imported = bench.workspace.json(&["dataset", "import", "texts", "--dir", &file, "--split", "paragraph"]);
    assert_eq!(imported["imported"], 2, "{imported}");
    assert_eq!(bench.said(), pairs(&[("a\nb", ""), ("c", "")]));
    let refused = bench.workspace.run(&["sample", "add", "texts", &file, "--split", "file"]);
    assert_eq!(refused.status.code(), Some(2), "there are texts that are split otherwise");
    let summary = bench.workbench.dataset_by_id(bench.dataset).expect("there");
    assert_eq!((summary.counts.total, summary.dataset.text_split), (2, Some(TextSplit::Paragraph)));
    let filter = SampleFilter { state: Some(SampleState::Unlabeled), ..SampleFilter::default() };
    assert_eq!(bench.workbench.counts(bench.dataset, &filter).expect("counts").total, 2);
}
