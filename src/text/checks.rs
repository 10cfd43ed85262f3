//! What the compiler cannot check of messages: both languages say the same things, and what the code asks for exists.

use super::Language;
use super::messages::{SOURCES, lookup};
use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The variables of each message and attribute (`id`, `id.attribute`).
type Variables = BTreeMap<String, BTreeSet<String>>;

fn in_call(arguments: &CallArguments<&str>, found: &mut BTreeSet<String>) {
    arguments.positional.iter().for_each(|argument| in_inline(argument, found));
    arguments.named.iter().for_each(|argument| in_inline(&argument.value, found));
}

fn in_inline(expression: &InlineExpression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        InlineExpression::VariableReference { id } => {
            found.insert(id.name.to_owned());
        }
        InlineExpression::FunctionReference { arguments, .. } => in_call(arguments, found),
        InlineExpression::Placeable { expression } => in_expression(expression, found),
        _ => {}
    }
}

fn in_expression(expression: &Expression<&str>, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Inline(inline) => in_inline(inline, found),
        Expression::Select { selector, variants } => {
            in_inline(selector, found);
            for variant in variants {
                in_pattern(&variant.value, found);
            }
        }
    }
}

fn in_pattern(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            in_expression(expression, found);
        }
    }
}

fn variables(pattern: &Pattern<&str>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    in_pattern(pattern, &mut found);
    found
}

/// Every message and attribute of a language, and what is wrong with its files.
fn read(language: Language) -> (Variables, Vec<String>) {
    let mut messages = Variables::new();
    let mut faults = Vec::new();
    for source in SOURCES {
        let place = format!("{}/{}.ftl", language.tag(), source.name);
        let resource = parse(source.text(language)).unwrap_or_else(|(resource, errors)| {
            faults.extend(errors.iter().map(|error| format!("{place}: {error}")));
            resource
        });
        for entry in &resource.body {
            let Entry::Message(message) = entry else { continue };
            let id = message.id.name.to_owned();
            for attribute in &message.attributes {
                messages.insert(format!("{id}.{}", attribute.id.name), variables(&attribute.value));
            }
            let value = message.value.as_ref().map(variables).unwrap_or_default();
            if messages.insert(id.clone(), value).is_some() {
                faults.push(format!("{place}: {id} is there twice"));
            }
        }
    }
    (messages, faults)
}

fn manifest_folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources_of_the_program() -> Vec<(PathBuf, String)> {
    let mut folders = vec![manifest_folder().join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the source folder is readable") {
            let path = entry.expect("the source folder is readable").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("text/checks.rs") {
                let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
                let is_test = |part: &std::ffi::OsStr| part == "tests" || part == "tests.rs" || part == "testing.rs";
                if path.strip_prefix(manifest_folder()).is_ok_and(|path| path.iter().any(is_test)) {
                    continue;
                }
                // Tests may invent codes and ids.
                let program = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
                found.push((path, program));
            }
        }
    }
    found.sort();
    found
}

/// The string literal at the start of `text`, white space aside, and what follows it.
fn leading_literal(text: &str) -> Option<(&str, &str)> {
    let (literal, rest) = text.trim_start().strip_prefix('"')?.split_once('"')?;
    Some((literal, rest))
}

/// What follows the parenthesis that closes the call `text` is in.
fn after_call(text: &str) -> Option<&str> {
    let mut depth = 1;
    let mut in_string = false;
    let mut escaped = false;
    for (index, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            '(' if !in_string => depth += 1,
            ')' if !in_string => {
                depth -= 1;
                if depth == 0 {
                    return Some(&text[index + 1..]);
                }
            }
            _ => {}
        }
    }
    None
}

/// Every `failure("code")` and `bad_input("code")` with the names of the `.with("name", …)` chained to it.
fn explanations(program: &str) -> Vec<(String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for constructor in ["failure(", "bad_input("] {
        for (start, _) in program.match_indices(constructor) {
            let Some((code, rest)) = leading_literal(&program[start + constructor.len()..]) else { continue };
            let mut names = BTreeSet::new();
            let mut rest = after_call(rest).unwrap_or_default();
            while let Some(call) = rest.trim_start().strip_prefix(".with(") {
                let Some((name, arguments)) = leading_literal(call) else { break };
                names.insert(name.to_owned());
                rest = after_call(arguments).unwrap_or_default();
            }
            found.push((code.to_owned(), names));
        }
    }
    found
}

/// Every literal id given to `tr` or `tr_with`.
fn asked_for(program: &str) -> Vec<String> {
    let mut found = Vec::new();
    for function in ["tr(", "tr_with("] {
        for (start, _) in program.match_indices(function) {
            if program[..start].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
                continue;
            }
            let call = &program[start + function.len()..];
            let first_argument_end = call.find([',', '(', ')']).unwrap_or(0);
            let literal = leading_literal(call).or_else(|| leading_literal(call[first_argument_end..].get(1..)?));
            if let Some((id, _)) = literal {
                found.push(id.to_owned());
            }
        }
    }
    found
}

#[test]
fn the_files_have_no_slip_and_no_message_twice() {
    for language in Language::ALL {
        let (_, faults) = read(language);
        assert!(faults.is_empty(), "{}", faults.join("\n"));
    }
}

#[test]
fn both_languages_have_the_same_messages_attributes_and_variables() {
    let (english, _) = read(Language::English);
    let (chinese, _) = read(Language::SimplifiedChinese);
    let mut faults = Vec::new();
    for (id, variables) in &english {
        match chinese.get(id) {
            None => faults.push(format!("zh-CN lacks {id}")),
            Some(other) if other != variables => faults.push(format!("{id}: {variables:?} and {other:?}")),
            Some(_) => {}
        }
    }
    faults.extend(chinese.keys().filter(|id| !english.contains_key(*id)).map(|id| format!("en lacks {id}")));
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_file_of_messages_is_part_of_the_program() {
    for language in Language::ALL {
        let folder = manifest_folder().join("assets/locales").join(language.tag());
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .expect("the folder of the language")
            .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        let mut listed: Vec<String> = SOURCES.iter().map(|source| format!("{}.ftl", source.name)).collect();
        listed.sort();
        assert_eq!(names, listed, "list it in src/text/messages.rs");
    }
}

#[test]
fn every_code_has_a_message_a_next_step_and_its_arguments() {
    let (messages, _) = read(Language::English);
    let mut faults = BTreeSet::new();
    for (path, program) in sources_of_the_program() {
        for (code, names) in explanations(&program) {
            for id in [format!("error-{code}"), format!("error-{code}.next")] {
                match messages.get(&id) {
                    None => {
                        faults.insert(format!("{}: errors.ftl lacks {id}", path.display()));
                    }
                    Some(variables) => {
                        let missing: Vec<_> = variables.difference(&names).collect();
                        if !missing.is_empty() {
                            faults.insert(format!("{}: {id} wants {missing:?}", path.display()));
                        }
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn every_message_that_the_program_asks_for_exists() {
    let (messages, _) = read(Language::English);
    let mut faults = BTreeSet::new();
    for (path, program) in sources_of_the_program() {
        for id in asked_for(&program) {
            // An id put together while running (`state-{state}`): at least one message must fit.
            let exists = match (id.split_once('{'), id.rsplit_once('}')) {
                (Some((start, _)), Some((_, end))) => {
                    messages.keys().any(|message| message.starts_with(start) && message.ends_with(end))
                }
                _ => lookup(Language::English, &id, &[]).is_some(),
            };
            if !exists {
                faults.insert(format!("{}: no message {id}", path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn the_scan_of_the_sources_finds_what_it_is_for() {
    let program = r#"
        Explanation::bad_input(
            "a-code",
        ).with("one", f("(", 1)).with("two", 2);
        self.failure("b-code");
        let text = tr(language, "first-id"); context.tr("second-id"); tr_with(self.language(), "third", &[]); attr("x");
    "#;
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(
        explanations(program),
        [("b-code".to_owned(), names(&[])), ("a-code".to_owned(), names(&["one", "two"]))]
    );
    assert_eq!(asked_for(program), ["first-id", "second-id"]);
}
