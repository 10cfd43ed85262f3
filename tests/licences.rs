//! Holds deny.toml's list of licences on machines that have no cargo-deny: what is linked into the program on this
//! platform, as `cargo tree` says.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The quoted words of the lines from `start` to the first line that is `]`, comments aside.
fn quoted(text: &str, start: &str) -> BTreeSet<String> {
    let list = text.split(start).nth(1).unwrap_or_default();
    list.lines()
        .skip(1)
        .take_while(|line| line.trim() != "]")
        .filter(|line| !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split('"').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>())
        .collect()
}

/// Whether the terms of an SPDX expression (`A OR B`, `(A OR B) AND C`, the old `A/B`) can be met with `allowed`.
fn is_met(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.replace(" / ", " OR ").replace('/', " OR ");
    let mut rest = expression.trim();
    let mut parts: Vec<String> = Vec::new();
    // Split at AND outside of parentheses; OR binds looser, but crates that use both write the parentheses.
    let mut depth = 0;
    let mut start = 0;
    for (index, character) in rest.char_indices() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 && rest[index..].starts_with(" AND ") {
            parts.push(rest[start..index].to_owned());
            start = index + " AND ".len();
        }
    }
    rest = &rest[start..];
    parts.push(rest.to_owned());
    parts.iter().all(|part| {
        let part = part.trim().trim_start_matches('(').trim_end_matches(')');
        part.split(" OR ").any(|licence| allowed.contains(licence.trim()))
    })
}

#[test]
fn every_crate_that_is_linked_has_an_allowed_licence() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let rules = std::fs::read_to_string(folder.join("deny.toml")).expect("deny.toml");
    let allowed = quoted(&rules, "\nallow = [");
    let exceptions = quoted(&rules, "\nexceptions = [");
    assert!(allowed.contains("MIT") && exceptions.contains("option-ext"), "deny.toml is not read as it is written");

    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--edges", "normal", "--prefix", "none", "--format", "{p}|{l}"])
        .current_dir(folder)
        .output()
        .expect("cargo runs");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8_lossy(&tree.stdout);
    let mut faults = BTreeSet::new();
    let mut seen = 0;
    for line in tree.lines() {
        let Some((package, licence)) = line.split_once('|') else { continue };
        let licence = licence.trim_end_matches(" (*)");
        let name = package.split(' ').next().unwrap_or_default();
        seen += 1;
        if !is_met(licence, &allowed) && !exceptions.contains(name) {
            faults.insert(format!("{package}: {licence}"));
        }
    }
    assert!(seen > 100, "only {seen} crates: is this the whole tree?\n{tree}");
    assert!(faults.is_empty(), "not in deny.toml:\n{}", faults.into_iter().collect::<Vec<_>>().join("\n"));
}

#[test]
fn expressions_are_read() {
    let allowed: BTreeSet<String> = ["MIT", "Apache-2.0", "ISC"].map(str::to_owned).into();
    for (expression, met) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("MIT/GPL-2.0", true),
        ("MIT AND GPL-2.0", false),
        ("(GPL-2.0 OR MIT) AND ISC", true),
        ("(GPL-2.0 OR MIT) AND MPL-2.0", false),
        ("", false),
    ] {
        assert_eq!(is_met(expression, &allowed), met, "{expression}");
    }
}
