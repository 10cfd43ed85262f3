//! Lines of tokens: which column is what, and how tokens become a text.

use super::{DOCUMENT, Place, TEXT, TEXT_JSON, parse};
use std::collections::{BTreeMap, HashSet};

/// Which columns of a file are what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    /// Tabs between columns; else blanks.
    tabs: bool,
    width: usize,
    token: usize,
    /// The columns of tags: more than one where entities are nested.
    tags: Vec<usize>,
}

/// Of a hundred rows of a tag column, so many are tags.
const TAGS_PERCENT: usize = 98;
/// Rows that a file must have whose ending does not say what it is.
const ROWS: usize = 5;

impl Layout {
    /// Of a file that begins like this; `None` if it has no tags. `is_own`: its ending says that it should have.
    pub fn of(head: &str, is_own: bool) -> Option<Self> {
        let lines = || head.lines().filter(|line| !line.trim().is_empty());
        let rows = || lines().filter(|line| !line.starts_with("# ") || line.contains('\t'));
        let tabs = rows().take(200).filter(|line| line.contains('\t')).count() * 2 > rows().take(200).count();
        let rows: Vec<Vec<&str>> = rows().take(5000).map(|line| fields(line, tabs)).collect();
        let mut widths: BTreeMap<usize, usize> = BTreeMap::new();
        for row in &rows {
            *widths.entry(row.len()).or_default() += 1;
        }
        let (width, _) = widths.into_iter().max_by_key(|(_, count)| *count).filter(|(width, _)| *width > 1)?;
        let column = |at: usize| rows.iter().filter_map(move |row| row.get(at).copied());
        let is_tag = |at: usize| {
            let all = column(at).count();
            all > 0 && column(at).filter(|tag| parse(tag).is_some()).count() * 100 >= all * TAGS_PERCENT
        };
        let names = |at: usize| -> HashSet<&str> {
            column(at).filter_map(parse).filter(|tag| tag.0 != Place::Outside).map(|tag| tag.1).collect()
        };
        let last = width - 1;
        if !is_tag(last) || (!is_own && (rows.len() < ROWS || names(last).is_empty())) {
            return None;
        }
        let mut tags = vec![last];
        // A column of phrases beside the names has labels of its own; nested names share theirs.
        if last > 1 && is_tag(last - 1) {
            let (outer, inner) = (names(last - 1), names(last));
            let shared = outer.intersection(&inner).count();
            if shared > 0 && shared * 2 >= outer.len().min(inner.len()) {
                tags.insert(0, last - 1);
            }
        }
        let is_number = width > 2 && column(0).all(|field| field.parse::<u32>().is_ok());
        Some(Self { tabs, width, token: usize::from(is_number), tags })
    }
}

fn fields(line: &str, tabs: bool) -> Vec<&str> {
    if tabs { line.split('\t').collect() } else { line.split(' ').filter(|field| !field.is_empty()).collect() }
}

/// The lines of one text.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    pub tokens: Vec<String>,
    /// Of each column of tags, one for each token.
    pub tags: Vec<Vec<String>>,
    /// What the file says the text is.
    pub text: Option<String>,
}

impl Block {
    pub fn new(layout: &Layout) -> Self {
        Self { tags: vec![Vec::new(); layout.tags.len()], ..Self::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.tokens.is_empty() && self.text.is_none()
    }

    /// Takes one line that is not blank.
    pub fn take(&mut self, line: &str, layout: &Layout) {
        if self.tokens.is_empty() && !line.contains('\t') {
            if let Some(text) = line.strip_prefix(TEXT) {
                self.text = Some(text.to_owned());
                return;
            }
            if let Some(text) = line.strip_prefix(TEXT_JSON) {
                self.text = serde_json::from_str(text).ok();
                return;
            }
        }
        let fields = fields(line, layout.tabs);
        let is_comment = line.starts_with('#') && fields.len() != layout.width;
        if is_comment || (line.starts_with(DOCUMENT) && self.text.is_none()) {
            return;
        }
        // A blank as token is lost where blanks are between the columns.
        let (token, shift) = if fields.len() < layout.width && !layout.tabs && parse(line.trim()).is_some() {
            (" ", layout.width - 1)
        } else {
            (fields.get(layout.token).copied().unwrap_or_default(), 0)
        };
        self.tokens.push(token.to_owned());
        for (tags, column) in self.tags.iter_mut().zip(&layout.tags) {
            tags.push(fields.get(column.saturating_sub(shift)).copied().unwrap_or("O").to_owned());
        }
    }
}

/// What tells whether tokens are joined without blanks.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct JoinCount {
    tokens: u64,
    single: u64,
    chinese: u64,
}

impl JoinCount {
    pub fn add(&mut self, token: &str) {
        self.tokens += 1;
        self.single += u64::from(token.chars().nth(1).is_none());
        self.chinese += u64::from(token.chars().any(is_written_without_blanks));
    }

    /// Where nearly all tokens are single characters, or half of them have Chinese or Japanese ones.
    pub fn without_blanks(&self) -> bool {
        self.single * 20 >= self.tokens * 19 || self.chinese * 2 >= self.tokens
    }
}

/// Chinese characters, kana, and their punctuation.
pub(super) fn is_written_without_blanks(character: char) -> bool {
    matches!(character, '\u{2E80}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{3400}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

pub(super) fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The text of these tokens, and where each of them stands in it: code points, end exclusive.
pub(super) fn join(tokens: &[String], without_blanks: bool) -> (String, Vec<(u32, u32)>) {
    let (mut text, mut places, mut at) = (String::new(), Vec::with_capacity(tokens.len()), 0_u32);
    for token in tokens {
        if !text.is_empty() && !without_blanks {
            text.push(' ');
            at += 1;
        }
        text.push_str(token);
        let end = at.saturating_add(length(token));
        places.push((at, end));
        at = end;
    }
    (text, places)
}

/// Where the tokens stand in a text, one after the other with nothing but blanks between them; `None` if they do not.
pub(super) fn places_in(text: &str, tokens: &[String]) -> Option<Vec<(u32, u32)>> {
    let (mut rest, mut at) = (text, 0_u32);
    let mut places = Vec::with_capacity(tokens.len());
    let skip_blanks = |rest: &mut &str, at: &mut u32| {
        let trimmed = rest.trim_start();
        *at += length(&rest[..rest.len() - trimmed.len()]);
        *rest = trimmed;
    };
    for token in tokens {
        skip_blanks(&mut rest, &mut at);
        rest = rest.strip_prefix(token.as_str())?;
        let end = at.saturating_add(length(token));
        places.push((at, end));
        at = end;
    }
    rest.trim().is_empty().then_some(places)
}
