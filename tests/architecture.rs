//! Holds the arrows of `ARCHITECTURE.md`: which module may name which, and which outside crates and parts of `std` a
//! module may name. Works on the text of the sources, so that it needs no build and sees code of every platform.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A module of `src/` and the modules it may name besides itself. `main` is `src/main.rs`.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("formats", &["domain"]),
    ("catalog", &["domain"]),
    ("storage", &["domain"]),
    ("media", &["domain"]),
    ("learning", &["domain", "media"]),
    ("engines", &["domain"]),
    ("serving", &["domain", "media"]),
    ("text", &["domain"]),
    ("workbench", &["domain", "formats", "catalog", "storage", "media", "learning", "engines", "serving"]),
    // A worker is given a job folder; it never opens the catalog.
    ("worker", &["domain", "formats", "storage", "media", "learning", "engines", "serving"]),
    ("cli", &["domain", "text", "workbench", "worker"]),
    ("ui", &["domain", "text", "workbench"]),
    ("main", &["domain", "text", "workbench", "worker", "cli", "ui"]),
];

/// What only some modules may name, by the beginning of the path.
const ONLY_IN: &[(&str, &[&str])] = &[
    ("egui", &["ui", "main"]),
    ("eframe", &["ui", "main"]),
    ("egui_extras", &["ui"]),
    ("egui_plot", &["ui"]),
    ("egui_kittest", &["ui"]),
    ("lucide_icons", &["ui"]),
    ("rfd", &["ui"]),
    ("rusqlite", &["catalog"]),
    ("burn", &["learning"]),
    ("burn_store", &["learning"]),
    ("axum", &["serving"]),
    ("reqwest", &["storage", "engines", "serving", "workbench"]),
    // `ui` waits for the system's file dialogs with it.
    ("tokio", &["storage", "engines", "serving", "workbench", "worker", "ui"]),
    ("fluent_bundle", &["text"]),
    ("clap", &["cli", "main"]),
    ("indicatif", &["cli"]),
];

/// What a module may not name outside its tests: a beginning of the path, or, with a leading `…`, its end.
const NEVER_IN: &[(&str, &[&str])] = &[
    (
        "domain",
        &[
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::thread",
            "std::io",
            "…Instant::now",
            "…SystemTime::now",
            "…Timestamp::now",
            "…Zoned::now",
        ],
    ),
    ("formats", &["std::net", "std::env", "std::process"]),
    ("catalog", &["std::net", "std::env", "std::process"]),
    ("media", &["std::net", "std::env", "std::process"]),
    ("learning", &["std::net", "std::env", "std::process"]),
    ("text", &["std::net", "std::env", "std::process"]),
    ("ui", &["std::net", "std::process"]),
];

/// No file grows past this many lines: split it by subject first.
const LINES_AT_MOST: usize = 700;

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    /// `::`
    Path,
    Sign(char),
}

/// The tokens of a Rust source with their lines; comments, strings, characters and lifetimes are left out.
fn tokens(source: &str) -> Vec<(usize, Token)> {
    let text: Vec<char> = source.chars().collect();
    let at = |index: usize| text.get(index).copied().unwrap_or('\0');
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let (mut found, mut index, mut line) = (Vec::new(), 0, 1);
    while index < text.len() {
        let start = index;
        match at(index) {
            '/' if at(index + 1) == '/' => {
                while index < text.len() && at(index) != '\n' {
                    index += 1;
                }
            }
            '/' if at(index + 1) == '*' => {
                let mut depth = 0;
                loop {
                    match (at(index), at(index + 1)) {
                        ('/', '*') => (depth, index) = (depth + 1, index + 2),
                        ('*', '/') => (depth, index) = (depth - 1, index + 2),
                        _ => index += 1,
                    }
                    if depth == 0 || index >= text.len() {
                        break;
                    }
                }
            }
            '"' => index = after_string(&text, index),
            '\'' => {
                // 'x', '\n' and '\u{1F600}' are characters, 'x without the closing quote is a lifetime.
                if at(index + 1) == '\\' {
                    index += 3;
                    while index < text.len() && at(index) != '\'' {
                        index += 1;
                    }
                    index += 1;
                } else if at(index + 2) == '\'' {
                    index += 3;
                } else {
                    index += 1;
                    while is_word(at(index)) {
                        index += 1;
                    }
                }
            }
            ':' if at(index + 1) == ':' => {
                found.push((line, Token::Path));
                index += 2;
            }
            character if is_word(character) => {
                while is_word(at(index)) {
                    index += 1;
                }
                let word: String = text[start..index].iter().collect();
                let raw_hashes = text[index..].iter().take_while(|&&c| c == '#').count();
                let is_raw = matches!(word.as_str(), "r" | "br" | "cr");
                if is_raw && at(index + raw_hashes) == '"' {
                    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', raw_hashes)).collect();
                    index += raw_hashes + 1;
                    while index < text.len() && !text[index..].starts_with(&end) {
                        index += 1;
                    }
                    index += end.len();
                } else if is_raw && raw_hashes == 1 {
                    index += 1;
                } else {
                    found.push((line, Token::Word(word)));
                }
            }
            character => {
                if !character.is_whitespace() {
                    found.push((line, Token::Sign(character)));
                }
                index += 1;
            }
        }
        line += text[start..index.min(text.len())].iter().filter(|&&c| c == '\n').count();
    }
    found
}

/// The index after the string that begins at `index`.
fn after_string(text: &[char], mut index: usize) -> usize {
    index += 1;
    while index < text.len() && text[index] != '"' {
        index += if text[index] == '\\' { 2 } else { 1 };
    }
    index + 1
}

/// A path that a source names, from its first segment; what stands in `{}` is written out.
#[derive(Debug, PartialEq)]
struct Named {
    line: usize,
    segments: Vec<String>,
    /// Inside `#[cfg(test)] mod … { … }` or in a file of tests.
    in_tests: bool,
}

struct Reader {
    tokens: Vec<(usize, Token)>,
    index: usize,
    found: Vec<Named>,
    /// The modules the reader is in: the file's own, then inline ones.
    modules: Vec<String>,
    in_tests: bool,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.index + ahead).map(|(_, token)| token)
    }

    fn word(&self, ahead: usize) -> Option<&str> {
        match self.peek(ahead) {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    /// Reads one path or tree of paths that follows `prefix`.
    fn tree(&mut self, prefix: &[String]) {
        let line = self.tokens.get(self.index).map_or(0, |(line, _)| *line);
        let mut segments = prefix.to_vec();
        loop {
            match self.peek(0) {
                Some(Token::Word(word)) => {
                    segments.push(word.clone());
                    self.index += 1;
                }
                Some(Token::Sign('{')) if segments.len() > prefix.len() || self.is_use_group() => {
                    self.index += 1;
                    while !matches!(self.peek(0), None | Some(Token::Sign('}'))) {
                        let before = self.index;
                        self.tree(&segments);
                        // `as name`, `,` and `*`.
                        while !matches!(self.peek(0), None | Some(Token::Sign(',' | '}'))) {
                            self.index += 1;
                        }
                        if matches!(self.peek(0), Some(Token::Sign(','))) || self.index == before {
                            self.index += 1;
                        }
                    }
                    self.index += 1;
                    return;
                }
                _ => break,
            }
            if matches!(self.peek(0), Some(Token::Path)) {
                self.index += 1;
            } else {
                break;
            }
        }
        if segments.len() > prefix.len() {
            self.found.push(Named { line, segments: self.absolute(segments), in_tests: self.in_tests });
        }
    }

    /// Whether the `{` here begins a group of a `use`: it follows `use` or `::`.
    fn is_use_group(&self) -> bool {
        let before = self.index.checked_sub(1).and_then(|index| self.tokens.get(index)).map(|(_, token)| token);
        matches!(before, Some(Token::Path)) || matches!(before, Some(Token::Word(word)) if word == "use")
    }

    /// Resolves `self` and `super` at the beginning to `crate::…`.
    fn absolute(&self, segments: Vec<String>) -> Vec<String> {
        let mut here = self.modules.clone();
        let mut rest = segments.as_slice();
        let relative = matches!(rest.first().map(String::as_str), Some("self" | "super"));
        while let Some(first) = rest.first() {
            match first.as_str() {
                "self" => {}
                "super" => {
                    here.pop();
                }
                _ => break,
            }
            rest = &rest[1..];
        }
        if relative {
            ["crate".to_owned()].into_iter().chain(here).chain(rest.iter().cloned()).collect()
        } else {
            segments
        }
    }

    /// Reads until the brace that closes the current module, or the end.
    fn module(&mut self) {
        let mut depth = 0_usize;
        let mut is_test_item = false;
        while let Some(token) = self.peek(0).cloned() {
            match token {
                Token::Sign('#') if self.is_cfg_test() => {
                    is_test_item = true;
                    self.index += 7;
                }
                Token::Word(word) if word == "mod" && matches!(self.peek(2), Some(Token::Sign('{'))) => {
                    let name = self.word(1).unwrap_or_default().to_owned();
                    self.index += 3;
                    let outside = self.in_tests;
                    self.in_tests |= is_test_item;
                    is_test_item = false;
                    self.modules.push(name);
                    self.module();
                    self.modules.pop();
                    self.in_tests = outside;
                }
                Token::Word(word) if word == "use" => {
                    self.index += 1;
                    while matches!(self.peek(0), Some(Token::Path)) {
                        self.index += 1;
                    }
                    self.tree(&[]);
                    is_test_item = false;
                }
                Token::Word(_) => self.tree(&[]),
                Token::Sign('{') => {
                    depth += 1;
                    self.index += 1;
                }
                Token::Sign('}') => {
                    self.index += 1;
                    if depth == 0 {
                        return;
                    }
                    depth -= 1;
                }
                _ => self.index += 1,
            }
        }
    }

    fn is_cfg_test(&self) -> bool {
        matches!(self.peek(1), Some(Token::Sign('[')))
            && self.word(2) == Some("cfg")
            && matches!(self.peek(3), Some(Token::Sign('(')))
            && self.word(4) == Some("test")
    }
}

/// Every path that a source names. `modules` is where the file stands, e.g. `["catalog", "schema"]`.
fn named(modules: &[&str], source: &str) -> Vec<Named> {
    let modules: Vec<String> = modules.iter().map(|&module| module.to_owned()).collect();
    // `src/catalog/tests/…` is declared `#[cfg(test)] mod tests;` where this reader does not see it.
    let in_tests = modules.iter().any(|module| module == "tests" || module == "testing" || module == "checks");
    let mut reader = Reader { tokens: tokens(source), index: 0, found: Vec::new(), modules, in_tests };
    while reader.index < reader.tokens.len() {
        reader.module();
    }
    reader.found
}

fn begins_with(segments: &[String], path: &str) -> bool {
    let path: Vec<&str> = path.split("::").collect();
    segments.len() >= path.len() && segments.iter().zip(&path).all(|(segment, wanted)| segment == wanted)
}

fn ends_with(segments: &[String], path: &str) -> bool {
    let path: Vec<&str> = path.split("::").collect();
    segments.len() >= path.len() && segments[segments.len() - path.len()..].iter().zip(&path).all(|(a, b)| a == b)
}

/// What a source in `modules` names and may not.
fn forbidden(modules: &[&str], source: &str) -> Vec<String> {
    let module = modules.first().copied().unwrap_or("main");
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == module) else {
        return vec![format!("{module} is no module of the table in tests/architecture.rs")];
    };
    let everything: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let mut faults = Vec::new();
    for Named { line, segments, in_tests } in named(modules, source) {
        let path = segments.join("::");
        let mut fault = |why: String| faults.push(format!("line {line}: {path}: {why}"));
        if let [root, target, ..] = segments.as_slice()
            && (root == "crate" || root == "modelier")
            && everything.contains(target.as_str())
            && target != module
            && !allowed.contains(&target.as_str())
        {
            fault(format!("{module} may not name {target}"));
        }
        // `egui` alone may be a variable; a path or an import is the crate.
        for (outside, places) in ONLY_IN {
            if segments.len() > 1 && begins_with(&segments, outside) && !places.contains(&module) {
                fault(format!("{outside} belongs in {}", places.join(", ")));
            }
        }
        for (_, paths) in NEVER_IN.iter().filter(|(name, _)| *name == module && !in_tests) {
            for never in *paths {
                let hit = match never.strip_prefix('…') {
                    Some(end) => ends_with(&segments, end),
                    None => begins_with(&segments, never),
                };
                if hit {
                    fault(format!("{module} may not use {never}"));
                }
            }
        }
    }
    faults
}

fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("src is readable") {
            let path = entry.expect("src is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("sources are UTF-8");
                found.push((path, text));
            }
        }
    }
    found.sort();
    found
}

/// `src/catalog/schema.rs` → `["catalog", "schema"]`, `src/catalog/mod.rs` → `["catalog"]`, `src/main.rs` → `[]`.
fn modules_of(path: &Path) -> Vec<String> {
    let relative = path.strip_prefix(Path::new(env!("CARGO_MANIFEST_DIR")).join("src")).expect("a file in src");
    let mut modules: Vec<String> = relative
        .with_extension("")
        .components()
        .map(|component| component.as_os_str().to_string_lossy().into_owned())
        .collect();
    if modules.last().is_some_and(|last| matches!(last.as_str(), "mod" | "main" | "lib")) {
        modules.pop();
    }
    modules
}

#[test]
fn no_arrow_points_the_wrong_way() {
    let mut faults = Vec::new();
    for (path, text) in sources() {
        let modules = modules_of(&path);
        let modules: Vec<&str> = modules.iter().map(String::as_str).collect();
        let found = forbidden(&modules, &text);
        faults.extend(found.into_iter().map(|fault| format!("{}: {fault}", path.display())));
    }
    assert!(faults.is_empty(), "\n{}", faults.join("\n"));
}

#[test]
fn no_file_is_too_long() {
    let long: Vec<String> = sources()
        .into_iter()
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > LINES_AT_MOST)
        .map(|(path, lines)| format!("{} has {lines} lines", path.display()))
        .collect();
    assert!(long.is_empty(), "more than {LINES_AT_MOST}, split by subject:\n{}", long.join("\n"));
}

#[test]
fn every_module_of_the_library_is_in_the_table() {
    let library = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("src/lib.rs");
    for line in library.lines() {
        if let Some(name) = line.trim().strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
            assert!(ARROWS.iter().any(|(module, _)| *module == name), "{name} is not in the table");
        }
    }
}

#[test]
fn a_forbidden_arrow_is_found_however_it_is_written() {
    for (modules, source) in [
        (&["domain", "sample"][..], "use crate::catalog::Catalog;"),
        (&["domain"], "use crate::{names::NameError, catalog::{Catalog, Query}};"),
        (&["formats", "voc"], "use super::super::storage::Location;"),
        (&["formats", "voc"], "fn f() { let x = crate::media::decode(1); }"),
        (&["formats"], "mod inner { use super::super::media; }"),
        (&["learning"], "#[cfg(test)]\nmod tests { use crate::serving::Gateway; }"),
        (&["worker"], "pub use crate::catalog;"),
        (&["worker", "train"], "type X = crate :: catalog :: Catalog ;"),
        (&["cli"], "use crate::ui::App;"),
        (&["ui"], "use crate::catalog::Catalog;"),
        (&["workbench"], "fn draw(ui: &mut egui::Ui) {}"),
        (&["media"], "use egui::ColorImage;"),
        (&["workbench"], "use {rusqlite::Connection};"),
        (&["workbench"], "use burn::tensor::Tensor;"),
        (&["formats"], "use reqwest::blocking as http;"),
        (&["domain"], "use std::{fs, fmt};"),
        (&["domain"], "fn now() { std::time::SystemTime::now(); }"),
        (&["domain"], "use std::time::Instant; fn now() { let quote = '\"'; Instant::now(); }"),
        (&[], "use modelier::catalog::Catalog;"),
        (&["unheard_of"], ""),
    ] {
        assert!(!forbidden(modules, source).is_empty(), "{modules:?} {source}");
    }
}

#[test]
fn what_is_allowed_or_no_code_passes() {
    for (modules, source) in [
        (&["domain"][..], "use crate::names::NameError; use std::fmt;"),
        (&["domain", "sample"], "use super::{ids::SampleId, names}; fn f<'a>(x: &'a str) -> char { 'a' }"),
        (
            &["domain"],
            "// use crate::catalog::Catalog;\n/* std::fs /* egui::Ui */ */ const X: &str = \"crate::catalog::Catalog\";",
        ),
        (
            &["domain"],
            "const X: &str = r#\"a \" crate::catalog::Catalog \"#; const Y: char = '\\''; const Z: char = '\"';",
        ),
        (&["domain"], "#[cfg(test)]\nmod tests { use std::fs; use super::*; }"),
        (&["learning"], "use crate::media::{decode, tile as t}; use burn::prelude::*;"),
        (&["catalog", "queries"], "use super::schema; use rusqlite::{Connection, params};"),
        (&["workbench"], "use crate::{catalog::Catalog, storage::*};"),
        (&["ui", "pages", "home"], "use super::super::theme; use egui::{Ui, Color32}; fn f(egui: u8) { g(egui); }"),
        (&[], "use modelier::{cli, ui}; fn main() -> eframe::Result { modelier::cli::run() }"),
    ] {
        assert_eq!(forbidden(modules, source), Vec::<String>::new(), "{source}");
    }
}

#[test]
fn clock_in_tests_of_the_domain_is_seen_outside_them_only() {
    let source = "#[cfg(test)]\nmod tests { fn f() { Instant::now(); } }\nfn g() { Instant::now(); }";
    let faults = forbidden(&["domain"], source);
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("line 3"), "{faults:?}");
}
