//! What a table is like, from its beginning: the separator, a header, which column holds the text and which the label.

use std::collections::{HashMap, HashSet};

/// How a table stands in its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableLayout {
    /// Between fields.
    pub delimiter: u8,
    pub has_header: bool,
    /// The columns' names; made-up ones (`1`, `2`, …) without a header.
    pub columns: Vec<String>,
    pub text: usize,
    pub label: Option<usize>,
    pub entities: Option<usize>,
    pub usage: Option<usize>,
    pub id: Option<usize>,
    /// Between several labels in one field.
    pub label_separator: Option<char>,
    /// Whether some fields stand in quotes.
    pub has_quotes: bool,
    /// Whether all rows have the same number of fields, which is more than the header names.
    pub has_more_columns: bool,
}

/// So many rows are looked at.
const ROWS: usize = 500;
/// A separator must part so many of a hundred rows into the same number of fields.
const ALIKE_PERCENT: usize = 90;
/// So many rows make a habit.
const ROWS_ALIKE: usize = 3;
/// A label is no longer than this, in code points, where no name says that it is one.
const LABEL_LENGTH: usize = 40;
/// A beginning of so many bytes may break off within a row.
const CUT_BYTES: usize = 128 << 10;
/// What no table has between its fields: the table of a single column.
const NO_DELIMITER: u8 = 0x1F;

/// The header of a table of classes that we wrote: its labels are parted as we part them.
pub(super) const OUR_HEADER: [&str; 4] = ["text", "labels", "usage", "id"];

/// Names of columns, the surest first.
const TEXT_NAMES: &[&str] = &[
    "text",
    "文本",
    "sentence",
    "review",
    "content",
    "comment",
    "评论",
    "内容",
    "句子",
    "正文",
    "评价",
    "文章",
    "原文",
    "语句",
    "document",
    "body",
    "message",
    "tweet",
    "utterance",
    "question",
    "query",
    "sms",
    "summary",
    "title",
    "标题",
];
const LABEL_NAMES: &[&str] = &[
    "labels",
    "label",
    "标签",
    "类别",
    "sentiment",
    "category",
    "class",
    "分类",
    "情感",
    "情感倾向",
    "标注",
    "类目",
    "target",
    "tag",
    "tags",
    "topic",
    "intent",
    "emotion",
    "polarity",
    "categories",
    "classes",
    "情绪",
    "意图",
    "主题",
];
const ENTITY_NAMES: &[&str] = &["entities", "实体"];
const USAGE_NAMES: &[&str] = &["usage", "split", "用途"];
const ID_NAMES: &[&str] = &["id", "编号", "序号"];

impl TableLayout {
    /// Looks at the beginning of a table. `None` if there is no row in it.
    #[must_use]
    pub fn sniff(head: &str) -> Option<Self> {
        let (delimiter, rows) = parted(head)?;
        let first = rows.first()?;
        let width = usual_width(&rows);
        let named = |names: &[&str]| {
            let is_named = |name: &&str| first.iter().position(|field| clean(field) == *name);
            names.iter().find_map(is_named)
        };
        let (text, label) = (named(TEXT_NAMES), named(LABEL_NAMES));
        let body = rows.get(1..).unwrap_or_default();
        // A text may itself be called "text"; a second row with the same field says that it is no header.
        let is_name = |column: Option<usize>| {
            column.is_some_and(|at| {
                body.iter().take(20).filter(|row| row.get(at) == first.get(at)).count() * 2 <= body.len()
            })
        };
        let is_named_header = is_name(text) || (is_name(label) && first.len() > 1);
        let has_header = is_named_header || looks_like_header(first, body, width);
        let body = if has_header { body } else { &rows[..] };
        let statistics: Vec<Column> = (0..width).map(|at| Column::of(body, at)).collect();
        let names = has_header && is_named_header;
        let label = label.filter(|_| names);
        let others = [ENTITY_NAMES, USAGE_NAMES, ID_NAMES].map(|names| named(names).filter(|_| has_header));
        let text = text.filter(|_| names).or_else(|| longest(&statistics, label))?;
        let label = label.filter(|label| *label != text);
        let label = label.or_else(|| label_column(&statistics, text, |at| at == text || others.contains(&Some(at))));
        let columns: Vec<String> = if has_header {
            first.iter().map(|name| name.trim().to_owned()).collect()
        } else {
            (1..=width).map(|number| number.to_string()).collect()
        };
        let [entities, usage, id] = others.map(|at| at.filter(|at| *at != text && Some(*at) != label));
        let is_ours = *first == OUR_HEADER;
        let label_separator = if is_ours { Some('|') } else { label.and_then(|at| separator(body, at)) };
        let has_more_columns =
            body.len() >= ROWS_ALIKE && body.iter().all(|row| row.len() == width) && width > columns.len();
        Some(Self {
            delimiter,
            has_header,
            columns,
            text,
            label,
            entities,
            usage,
            id,
            label_separator,
            has_quotes: has_quotes(head, delimiter),
            has_more_columns,
        })
    }

    /// A name of a column, for people.
    #[must_use]
    pub fn column(&self, at: usize) -> &str {
        self.columns.get(at).map_or("", String::as_str)
    }
}

/// Whether a field begins with a quote.
fn has_quotes(head: &str, delimiter: u8) -> bool {
    let bytes = head.as_bytes();
    let begins = |before: u8| before == delimiter || matches!(before, b'\r' | b'\n');
    bytes.first() == Some(&b'"') || bytes.windows(2).any(|pair| pair[1] == b'"' && begins(pair[0]))
}

fn clean(name: &str) -> String {
    name.trim().trim_start_matches('\u{FEFF}').to_lowercase()
}

fn rows(head: &str, delimiter: u8) -> Vec<Vec<String>> {
    let mut table =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(head.as_bytes());
    let fields = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    table.records().map_while(Result::ok).take(ROWS).map(fields).collect()
}

/// The rows, parted by the separator that makes most of them alike.
fn parted(head: &str) -> Option<(u8, Vec<Vec<String>>)> {
    let mut best: Option<(usize, usize, u8, Vec<Vec<String>>)> = None;
    for delimiter in *b",\t;|" {
        let mut rows = rows(head, delimiter);
        // The last one may be cut off.
        if rows.len() > 2 && head.len() >= CUT_BYTES {
            rows.pop();
        }
        let width = usual_width(&rows);
        let alike = rows.iter().filter(|row| row.len() == width).count() * 100 / rows.len().max(1);
        let known = rows.first().map_or(0, |first| {
            let all = [TEXT_NAMES, LABEL_NAMES, ENTITY_NAMES, USAGE_NAMES, ID_NAMES];
            first.iter().filter(|name| all.iter().any(|names| names.contains(&clean(name).as_str()))).count()
        });
        let is_better =
            best.as_ref().is_none_or(|(most_known, most_alike, ..)| (known, alike) > (*most_known, *most_alike));
        if width > 1 && (alike >= ALIKE_PERCENT || known > 1) && is_better {
            best = Some((known, alike, delimiter, rows));
        }
    }
    if let Some((_, _, delimiter, rows)) = best {
        return Some((delimiter, rows));
    }
    let rows = rows(head, NO_DELIMITER);
    (!rows.is_empty()).then_some((NO_DELIMITER, rows))
}

fn usual_width(rows: &[Vec<String>]) -> usize {
    let mut widths: HashMap<usize, usize> = HashMap::new();
    for row in rows {
        *widths.entry(row.len()).or_default() += 1;
    }
    widths.into_iter().max_by_key(|(width, count)| (*count, *width)).map_or(0, |(width, _)| width)
}

/// What a column looks like.
struct Column {
    filled: usize,
    distinct: usize,
    /// Code points of a field, on average.
    length: usize,
    longest: usize,
    is_number: bool,
}

impl Column {
    fn of(rows: &[Vec<String>], at: usize) -> Self {
        let fields: Vec<&str> = rows
            .iter()
            .filter_map(|row| row.get(at))
            .map(|field| field.trim())
            .filter(|field| !field.is_empty())
            .collect();
        let distinct = fields.iter().collect::<HashSet<_>>().len();
        let lengths = || fields.iter().map(|field| field.chars().count());
        Self {
            filled: fields.len(),
            distinct,
            length: lengths().sum::<usize>() / fields.len().max(1),
            longest: lengths().max().unwrap_or(0),
            is_number: !fields.is_empty() && fields.iter().all(|field| field.parse::<f64>().is_ok()),
        }
    }

    /// Few values that come again and again.
    fn repeats(&self) -> bool {
        self.filled > 1 && self.longest <= LABEL_LENGTH && self.distinct * 2 <= self.filled
    }
}

/// The column of long fields that are no numbers.
fn longest(columns: &[Column], but: Option<usize>) -> Option<usize> {
    let others = columns.iter().enumerate().filter(|(at, _)| Some(*at) != but);
    others.max_by_key(|(at, column)| (!column.is_number, column.length, std::cmp::Reverse(*at))).map(|(at, _)| at)
}

/// The column with the fewest values that repeat. In a table of a few rows, the only other short one.
fn label_column(columns: &[Column], text: usize, is_taken: impl Fn(usize) -> bool) -> Option<usize> {
    let others = || columns.iter().enumerate().filter(|(at, _)| !is_taken(*at));
    let repeating = others().filter(|(_, column)| column.repeats());
    repeating.min_by_key(|(at, column)| (column.distinct, *at)).map(|(at, _)| at).or_else(|| {
        let mut short = others().filter(|(_, column)| {
            let is_short =
                column.longest <= LABEL_LENGTH && columns.get(text).is_none_or(|text| column.length <= text.length);
            (1..8).contains(&column.filled) && is_short && !column.is_number
        });
        short.next().map(|(at, _)| at).filter(|_| short.next().is_none())
    })
}

/// Without names that are known: a first row of short words that occur nowhere below, where some column repeats.
fn looks_like_header(first: &[String], body: &[Vec<String>], width: usize) -> bool {
    let is_word = |field: &String| {
        let field = field.trim();
        !field.is_empty() && field.chars().count() <= 30 && field.parse::<f64>().is_err()
    };
    if first.len() != width || body.len() < 3 || !first.iter().all(is_word) {
        return false;
    }
    let is_new = |at: usize| body.iter().all(|row| row.get(at) != first.get(at));
    (0..width).any(|at| Column::of(body, at).repeats() && is_new(at))
}

/// What stands between several labels of one field: there it is, and its parts are labels elsewhere, too.
fn separator(rows: &[Vec<String>], at: usize) -> Option<char> {
    // Only different fields count: the same name with a comma in it is no two labels, however often it comes.
    let fields: HashSet<&str> = rows.iter().filter_map(|row| row.get(at)).map(|field| field.trim()).collect();
    ['|', ';', ',', '#', '，', '、', '；'].into_iter().find(|separator| {
        let mut parts: HashMap<&str, usize> = HashMap::new();
        let mut joined = 0_usize;
        for field in fields.iter().filter(|field| !field.is_empty() && !field.starts_with('[')) {
            joined += usize::from(field.contains(*separator));
            for part in field.split(*separator) {
                *parts.entry(part.trim()).or_default() += 1;
            }
        }
        joined > 0 && !parts.contains_key("") && parts.values().filter(|count| **count > 1).count() * 2 >= parts.len()
    })
}
