//! The names of classes: `data.yaml`, `obj.names`, `classes.txt`. Of YAML only what such files hold is read: names and
//! values, lists and numbered names, in lines or in brackets.

use std::collections::BTreeMap;

/// What a `data.yaml` says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Names {
    /// By class; a gap has no name.
    pub names: BTreeMap<usize, String>,
    /// How many numbers follow a box for its key points.
    pub key_points: usize,
    /// `train`, `val` and `test`: folders or lists.
    pub splits: Vec<(String, String)>,
}

/// Gaps before a class of a higher number are not filled.
const MOST_CLASSES: usize = 10_000;

impl Names {
    /// The first class below the last one that has no name, and how many there are.
    pub fn gaps(&self) -> Option<(usize, usize)> {
        let end = *self.names.keys().next_back()?;
        let first = (0..end).find(|class| !self.names.contains_key(class))?;
        Some((first, (end - self.names.len()).saturating_add(1)))
    }

    /// The labels in the order of the classes. One without a name is called by its number, so that those after it keep
    /// theirs.
    pub fn in_order(&self) -> Vec<String> {
        let end = self.names.keys().next_back().map_or(0, |last| last.saturating_add(1));
        if end > MOST_CLASSES {
            return self.names.values().cloned().collect();
        }
        (0..end).map(|class| self.names.get(&class).cloned().unwrap_or_else(|| class.to_string())).collect()
    }

    /// Names a line, in their order. Empty lines at the end are none.
    #[must_use]
    pub fn of_lines(text: &str) -> Self {
        let lines: Vec<&str> = text.trim_start_matches('\u{FEFF}').lines().map(str::trim).collect();
        let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |at| at + 1);
        let names = lines[..end].iter().enumerate().filter(|(_, name)| !name.is_empty());
        Self { names: names.map(|(at, name)| (at, (*name).to_owned())).collect(), ..Self::default() }
    }
}

/// Reads a `data.yaml`.
#[must_use]
pub fn parse_yaml(text: &str) -> Names {
    let mut found = Names::default();
    let mut lines = text.trim_start_matches('\u{FEFF}').lines().peekable();
    while let Some(line) = lines.next() {
        let line = uncommented(line);
        let Some((key, value)) = line.split_once(':').filter(|_| !line.starts_with([' ', '\t', '-'])) else { continue };
        let (key, mut value) = (unquoted(key), value.trim().to_owned());
        // A list in brackets may go over several lines.
        let open = |value: &str| value.starts_with(['[', '{']) && !value.ends_with([']', '}']);
        while open(&value) {
            let Some(more) = lines.next() else { break };
            value.push(' ');
            value.push_str(uncommented(more).trim());
        }
        let mut items: Vec<String> = Vec::new();
        if value.is_empty() {
            while let Some(next) = lines.peek() {
                let next = uncommented(next);
                let is_item = next.starts_with([' ', '\t', '-']) || next.trim().is_empty();
                if !is_item {
                    break;
                }
                lines.next();
                if !next.trim().is_empty() {
                    items.push(next.trim().to_owned());
                }
            }
        } else if let Some(inner) = value.strip_prefix(['[', '{']) {
            items = separated(inner.trim_end_matches([']', '}']));
        }
        match key.as_str() {
            "names" => {
                for (at, item) in items.iter().enumerate() {
                    let numbered = item
                        .split_once(':')
                        .and_then(|(number, name)| Some((unquoted(number).parse::<usize>().ok()?, unquoted(name))));
                    let (class, name) = match numbered {
                        Some(numbered) if !item.starts_with(['-', '"', '\'']) => numbered,
                        _ => (at, unquoted(item.strip_prefix('-').unwrap_or(item))),
                    };
                    found.names.insert(class, name);
                }
            }
            "kpt_shape" => {
                let sides: Option<Vec<usize>> =
                    items.iter().map(|item| item.trim_start_matches('-').trim().parse().ok()).collect();
                found.key_points = sides
                    .and_then(|sides| sides.iter().try_fold(1_usize, |all, side| all.checked_mul(*side)))
                    .unwrap_or(0);
            }
            "train" | "val" | "test" | "inference" => {
                let places = if items.is_empty() { vec![value.clone()] } else { items };
                for place in places {
                    let place = unquoted(place.strip_prefix("- ").unwrap_or(&place));
                    found.splits.push((key.clone(), place));
                }
            }
            _ => {}
        }
    }
    found
}

/// A line without its comment; `#` within quotes or a word is none.
fn uncommented(line: &str) -> &str {
    let (mut quote, mut before) = (None, ' ');
    for (at, letter) in line.char_indices() {
        match (quote, letter) {
            (None, '#') if before.is_whitespace() => return line[..at].trim_end(),
            (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(letter),
            (Some('"'), '"') if before == '\\' => {}
            (Some(open), letter) if letter == open => quote = None,
            _ => {}
        }
        before = letter;
    }
    line.trim_end()
}

/// The items between commas that are not within quotes.
fn separated(text: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let (mut quote, mut before) = (None, ' ');
    for letter in text.chars() {
        match (quote, letter) {
            (None, ',') => {
                items.push(String::new());
                before = ' ';
                continue;
            }
            (None, '"' | '\'') if !before.is_alphanumeric() => quote = Some(letter),
            (Some('"'), '"') if before == '\\' => {}
            (Some(open), letter) if letter == open => quote = None,
            _ => {}
        }
        before = letter;
        if let Some(item) = items.last_mut() {
            item.push(letter);
        }
    }
    items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

fn unquoted(text: &str) -> String {
    let text = text.trim();
    if text.len() >= 2 && text.starts_with('"') && text.ends_with('"') {
        // What YAML escapes in double quotes, JSON escapes alike.
        return serde_json::from_str(text).unwrap_or_else(|_| text[1..text.len() - 1].to_owned());
    }
    let single = text.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
    single.map_or_else(|| text.to_owned(), |inner| inner.replace("''", "'"))
}
