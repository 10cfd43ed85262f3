//! Texts: kept with their samples, fetched, searched.

use super::support::{WINDOW, context, dataset, incoming};
use crate::catalog::{Catalog, CatalogError};
use crate::domain::query::{IncomingSample, OnKnown, SampleFilter, SampleSort};
use crate::domain::{
    Annotation, AnnotationBody, Cancel, DatasetId, DatasetType, Edit, Label, SampleId, TextSplit, Timestamp,
};
use proptest::prelude::*;
use std::ops::ControlFlow;
use tempfile::TempDir;

struct Texts {
    catalog: Catalog,
    dataset: DatasetId,
    labels: Vec<Label>,
    _folder: TempDir,
}

fn text_of(dataset: DatasetId, number: usize, text: &str) -> IncomingSample {
    // Names against the order of adding: texts stand in that.
    let mut incoming = incoming(dataset, &format!("{:03}", 999 - number));
    incoming.text = Some(text.to_owned());
    incoming
}

fn with_texts(texts: &[&str]) -> Texts {
    let folder = tempfile::tempdir().expect("a folder");
    let catalog = Catalog::open(&folder.path().join("catalog.sqlite")).expect("a new catalog");
    let mut made = dataset("reviews");
    (made.kind, made.text_split) = (DatasetType::TextClassification, Some(TextSplit::Paragraph));
    let labels = vec![super::support::label("good", 0)];
    catalog.create_dataset(&made, &labels).expect("a new dataset");
    assert_eq!(catalog.dataset(made.id).expect("there").text_split, Some(TextSplit::Paragraph));
    // Others before and behind, which no search may find.
    let other = dataset("others");
    catalog.create_dataset(&other, &[]).expect("a new dataset");
    let others = |number| [IncomingSample { text: Some("好吃 gut".to_owned()), ..text_of(other.id, number, "") }];
    catalog.receive_samples(other.id, &others(1), OnKnown::KeepAnnotations).expect("received");
    let samples: Vec<_> = texts.iter().enumerate().map(|(number, text)| text_of(made.id, number, text)).collect();
    catalog.receive_samples(made.id, &samples, OnKnown::KeepAnnotations).expect("received");
    catalog.receive_samples(other.id, &others(2), OnKnown::KeepAnnotations).expect("received");
    Texts { catalog, dataset: made.id, labels, _folder: folder }
}

impl Texts {
    fn sample(&self, number: usize) -> SampleId {
        text_of(self.dataset, number, "").sample.id
    }

    fn found(&self, text: &str) -> Vec<SampleId> {
        let filter = SampleFilter { text: text.to_owned(), ..SampleFilter::default() };
        let view = self.catalog.view(self.dataset, &filter, SampleSort::Added, &Cancel::default()).expect("a view");
        let ids = self.catalog.ids(&view, 0..view.len()).expect("ids");
        assert_eq!(self.catalog.counts_filtered(self.dataset, &filter).expect("counted").total, ids.len() as u64);
        let page = self.catalog.page(self.dataset, &filter, 100, None).expect("a page");
        assert_eq!(page.iter().map(|row| row.sample.id).collect::<Vec<_>>(), ids);
        ids
    }
}

#[test]
fn words_characters_and_parts_of_words_are_found() {
    let texts = with_texts(&["这家很好吃", "送餐很慢，100% Slow", "好的，吃了", "Straße 𝄞"]);
    let expect = |text: &str, numbers: &[usize]| {
        assert_eq!(texts.found(text), numbers.iter().map(|&n| texts.sample(n)).collect::<Vec<_>>(), "{text}");
    };
    expect("好吃", &[0]);
    expect("好", &[0, 2]);
    expect("很", &[0, 1]);
    expect("slow", &[1]);
    expect("0% s", &[1]);
    expect("LO", &[1]);
    expect("STRA", &[3]);
    expect("𝄞", &[3]);
    expect(".", &[]);
    expect("没有", &[]);
}

#[test]
fn a_deleted_text_is_found_in_the_trash_only_and_comes_back() {
    let texts = with_texts(&["一", "一二"]);
    let edit = Edit::Delete { samples: vec![texts.sample(0)] };
    texts.catalog.edit(texts.dataset, &edit, &context("ada", 5), WINDOW).expect("deleted");
    assert_eq!(texts.found("一"), [texts.sample(1)]);
    let trash = SampleFilter { text: "一".to_owned(), deleted: true, ..SampleFilter::default() };
    let view = texts.catalog.view(texts.dataset, &trash, SampleSort::Added, &Cancel::default()).expect("a view");
    assert_eq!(view.len(), 1);
    texts.catalog.undo(texts.dataset, WINDOW, &context("ada", 6)).expect("undone");
    assert_eq!(texts.found("一").len(), 2);
}

#[test]
fn texts_are_fetched_in_order_and_clipped_by_code_points() {
    let texts = with_texts(&["一二三四", "é𝄞x"]);
    let ids = [texts.sample(1), SampleId::random(), texts.sample(0)];
    assert_eq!(texts.catalog.texts(texts.dataset, &ids, 2).expect("read"), ["é𝄞", "", "一二"]);
    assert_eq!(texts.catalog.text(texts.dataset, texts.sample(0)).expect("read").as_deref(), Some("一二三四"));
    let mut seen = Vec::new();
    let mut take = |id: SampleId, text: &str| {
        seen.push((id, text.to_owned()));
        ControlFlow::Break(())
    };
    texts.catalog.each_text(texts.dataset, &mut take).expect("read");
    assert_eq!(seen, [(texts.sample(0), "一二三四".to_owned())]);
}

#[test]
fn a_changed_text_takes_the_place_of_the_old_one_and_purging_forgets_it() {
    let texts = with_texts(&["old"]);
    let again = text_of(texts.dataset, 0, "new");
    let receive = |sample: &IncomingSample| {
        let samples = std::slice::from_ref(sample);
        texts.catalog.receive_samples(texts.dataset, samples, OnKnown::KeepAnnotations).expect("received")
    };
    assert_eq!(receive(&again).updated, 1);
    assert_eq!(receive(&again).unchanged, 1);
    assert_eq!((texts.found("old").len(), texts.found("new").len()), (0, 1));
    assert_eq!(receive(&IncomingSample { text: None, ..again }).unchanged, 1);
    texts.catalog.purge_samples(texts.dataset, &[texts.sample(0)]).expect("purged");
    assert!(texts.found("new").is_empty());
}

#[test]
fn files_that_were_read_are_noted() {
    let texts = with_texts(&[]);
    let (file, facts) = ("file:///a.txt".to_owned(), (5, Some(Timestamp(7))));
    texts.catalog.set_text_files(texts.dataset, &[(file.clone(), facts.0, facts.1)]).expect("noted");
    assert_eq!(texts.catalog.text_files(texts.dataset).expect("read").get(&file), Some(&facts));
    texts.catalog.forget_text_file(texts.dataset, &file).expect("forgotten");
    assert!(texts.catalog.text_files(texts.dataset).expect("read").is_empty());
}

#[test]
fn several_edits_undo_as_one() {
    let texts = with_texts(&["a", "b", "c"]);
    let context = context("ada", 5);
    let mut steps = texts.catalog.begin_edits(texts.dataset, "suggest", &context, WINDOW);
    for number in 0..3 {
        let annotation = Annotation::class(texts.labels[0].id, "model/m".to_owned(), Timestamp(3));
        steps.apply(&Edit::suggest("m", vec![(texts.sample(number), vec![annotation])])).expect("applied");
    }
    let receipt = steps.finish();
    assert_eq!((receipt.changed, receipt.code.as_str()), (3, "suggest"));
    assert_eq!(texts.catalog.counts(texts.dataset).expect("counted").to_confirm, 3);
    texts.catalog.undo(texts.dataset, WINDOW, &context).expect("undone");
    assert_eq!(texts.catalog.counts(texts.dataset).expect("counted").unlabeled, 3);
}

#[test]
fn texts_of_datasets_that_grew_side_by_side_are_found_each_in_their_own() {
    let texts = with_texts(&["好吃"]);
    let mut other = dataset("beside");
    (other.kind, other.text_split) = (DatasetType::TextClassification, Some(TextSplit::Line));
    texts.catalog.create_dataset(&other, &[]).expect("a new dataset");
    for number in 1..4 {
        for dataset in [other.id, texts.dataset] {
            let received = [text_of(dataset, number, "好吃 Ja")];
            texts.catalog.receive_samples(dataset, &received, OnKnown::KeepAnnotations).expect("received");
        }
    }
    assert_eq!(texts.found("吃"), [0, 1, 2, 3].map(|number| texts.sample(number)));
    assert_eq!(texts.found("ja"), [1, 2, 3].map(|number| texts.sample(number)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
    #[test]
    fn what_contains_it_is_found_and_nothing_else(
        texts in prop::collection::vec("[ab好吃.%]{0,6}", 1..12), looked_for in "[ab好吃.%]{1,3}",
    ) {
        let borrowed: Vec<&str> = texts.iter().map(String::as_str).collect();
        let fixture = with_texts(&borrowed);
        let expected: Vec<_> =
            (0..texts.len()).filter(|&n| texts[n].contains(&looked_for)).map(|n| fixture.sample(n)).collect();
        prop_assert_eq!(fixture.found(&looked_for), expected);
    }
}

#[test]
fn what_was_decided_about_another_text_is_not_brought_back() {
    let texts = with_texts(&["我在北京", "hello"]);
    let (catalog, dataset, sample) = (&texts.catalog, texts.dataset, texts.sample(0));
    let body = AnnotationBody::Entity { start: 2, end: 4, text: "北京".to_owned() };
    let entity = Annotation::human(texts.labels[0].id, body, "ada".to_owned(), Timestamp(1));
    catalog
        .edit(dataset, &Edit::annotate_many(vec![(sample, vec![entity])]), &context("ada", 5), WINDOW)
        .expect("labeled");
    let receive = |text: &str| {
        catalog.receive_samples(dataset, &[text_of(dataset, 0, text)], OnKnown::KeepAnnotations).expect("received")
    };
    let text = || catalog.text(dataset, sample).expect("read").expect("a text");
    // Entities fit still, or the text they were made on stays.
    let receipt = receive("昨天在北京");
    assert_eq!((receipt.updated, receipt.unfit), (0, vec![(sample, 1)]));
    assert_eq!(text(), "我在北京");
    assert_eq!((receive("我在北京了").updated, text().as_str()), (1, "我在北京了"));
    let refused = catalog.undo(dataset, WINDOW, &context("ada", 5)).expect_err("made on another text");
    assert!(matches!(&refused, CatalogError::UndoConflict { edit, .. } if edit == "sync"), "{refused:?}");

    catalog.edit(dataset, &Edit::ClearLabels { samples: vec![sample] }, &context("ada", 5), WINDOW).expect("cleared");
    assert_eq!((receive("全都不同").updated, text().as_str()), (1, "全都不同"));
    assert!(matches!(catalog.undo(dataset, WINDOW, &context("ada", 5)), Err(CatalogError::UndoConflict { .. })));
    assert_eq!(receive("全都不同").unchanged, 1, "the same text is no change");
    // Another sample is not concerned.
    let edit = Edit::Delete { samples: vec![texts.sample(1)] };
    catalog.edit(dataset, &edit, &context("ada", 5), WINDOW).expect("deleted");
    assert!(catalog.undo(dataset, WINDOW, &context("ada", 5)).expect("undone").is_some());
}
