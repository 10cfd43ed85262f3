use super::*;
use crate::formats::detection::testing::MemoryTree;
use std::ops::ControlFlow;

fn read_all(tree: &dyn FileTree) -> (Vec<LabeledText>, TextReading) {
    let mut texts = Vec::new();
    let reading = read(tree, &mut |text| {
        texts.push(text);
        ControlFlow::Continue(())
    });
    (texts, reading.unwrap())
}

fn told(text: &LabeledText) -> (String, Vec<(String, u32, u32)>) {
    let entities = text.entities.iter().flatten();
    let entities = entities.map(|entity| (format!("{}={}", entity.label, entity.text), entity.start, entity.end));
    (text.words().unwrap().to_owned(), entities.collect())
}

fn tree(name: &str, text: &str) -> MemoryTree {
    MemoryTree::default().with(name, text)
}

#[test]
fn columns_and_schemes_of_the_shared_tasks_are_known() {
    let text = "-DOCSTART- -X- -X- O\n\nEU NNP I-NP I-ORG\nrejects VBZ I-VP O\nGerman JJ I-NP I-MISC\nlamb NN I-NP O\n\n\
                Peter NNP I-NP I-PER\nMary NNP I-NP B-PER\n";
    let (texts, reading) = read_all(&tree("train.txt", text));
    let expected = vec![("ORG=EU".to_owned(), 0, 2), ("MISC=German".to_owned(), 11, 17)];
    assert_eq!(told(&texts[0]), ("EU rejects German lamb".to_owned(), expected));
    assert_eq!(told(&texts[1]).1, [("PER=Peter".to_owned(), 0, 5), ("PER=Mary".to_owned(), 6, 10)]);
    assert_eq!(reading.said[0].reason.arguments[0].1, "IOB1");
    assert_eq!(texts[0].place, Some(("train.txt".to_owned(), 3)));
}

#[test]
fn nested_names_stand_in_two_columns() {
    let text = "# source\n1\tUniversität\tB-ORG\tO\n2\tHamburg\tI-ORG\tB-LOC\n\n1\tIn\tO\tO\n2\tUlm\tB-LOC\tO\n\n";
    let (texts, _) = read_all(&tree("a.conll", text));
    let expected = vec![("ORG=Universität Hamburg".to_owned(), 0, 19), ("LOC=Hamburg".to_owned(), 12, 19)];
    assert_eq!(told(&texts[0]), ("Universität Hamburg".to_owned(), expected));
}

#[test]
fn characters_are_joined_without_blanks() {
    let text = "酸\tB-LOC\r\n菜\tE-LOC\r\n \tO\r\n#\tO\r\n😀\tS-MOOD\r\n";
    let (texts, reading) = read_all(&tree("a.bioes", text));
    let expected = vec![("LOC=酸菜".to_owned(), 0, 2), ("MOOD=😀".to_owned(), 4, 5)];
    assert_eq!(told(&texts[0]), ("酸菜 #😀".to_owned(), expected));
    assert_eq!(reading.said[0].reason.arguments[0].1, "BIOES");
}

#[test]
fn tokens_are_proved_against_the_text_that_is_given() {
    let text = "# text = Hello, Ulm!\nHello\tO\n,\tO\nUlm\tB-LOC\n!\tO\n\n# text = other\nUlm\tB-LOC\n\n";
    let (texts, reading) = read_all(&tree("a.conll", text));
    assert_eq!(told(&texts[0]), ("Hello, Ulm!".to_owned(), vec![("LOC=Ulm".to_owned(), 7, 10)]));
    assert_eq!(told(&texts[1]).0, "Ulm");
    assert_eq!(reading.warnings[0].reason.code, "conll-text");
}

#[test]
fn prose_is_no_table_of_tokens() {
    assert!(!(FORMAT.recognises)(&tree("a.txt", "one two\nthree four\n\nfive six\nseven eight\nnine O\nx y\n")));
    assert!(!(FORMAT.recognises)(&tree("a.txt", "just words\n")));
}

/// The corpus read plainly: characters and their tags, and the stretches of each label.
fn plainly(corpus: &str) -> Vec<(String, Vec<(String, u32, u32)>)> {
    let mut all = Vec::new();
    for block in corpus.split("\n\n").filter(|block| !block.trim().is_empty()) {
        let rows: Vec<(&str, &str)> = block.lines().filter_map(|line| line.split_once('\t')).collect();
        let characters: Vec<&str> = rows.iter().map(|(token, _)| *token).collect();
        let mut entities = Vec::new();
        let mut at = 0;
        while at < rows.len() {
            // A few posts begin an entity with `I-`, as every scorer reads them.
            let tag = rows[at].1;
            let Some(label) = tag.strip_prefix("B-").or_else(|| tag.strip_prefix("I-")) else {
                at += 1;
                continue;
            };
            let after = (at + 1..rows.len()).find(|next| rows[*next].1 != format!("I-{label}")).unwrap_or(rows.len());
            // A token is a character nearly everywhere, but some are several code points.
            let length = |tokens: &[&str]| tokens.concat().chars().count() as u32;
            let (start, end) = (length(&characters[..at]), length(&characters[..after]));
            entities.push((format!("{label}={}", characters[at..after].concat()), start, end));
            at = after;
        }
        all.push((characters.concat(), entities));
    }
    all
}

#[test]
fn every_entity_of_the_posts_covers_what_the_corpus_says() {
    let folder = std::env::var("MODELIER_SHARED_DATA")
        .map_or_else(|_| std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), Into::into);
    for file in ["train.conll", "dev.conll"] {
        let Ok(corpus) = std::fs::read_to_string(folder.join("weibo_ner").join(file)) else {
            assert!(std::env::var("MODELIER_REQUIRE_DATA").is_err(), "no posts in {}", folder.display());
            eprintln!("skipped: no posts");
            return;
        };
        let (texts, reading) = read_all(&tree(file, &corpus));
        assert_eq!(texts.iter().map(told).collect::<Vec<_>>(), plainly(&corpus));
        assert!(reading.warnings.iter().all(|warning| warning.reason.code == "conll-broken"), "{:?}", reading.warnings);
        assert_eq!(reading.said.len(), 2);
    }
}
