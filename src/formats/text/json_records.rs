//! Texts as objects of JSON, in the spellings of many tools: `{"text":…}` with labels as words, lists or objects, and
//! entities as triples or objects.

use super::{LabeledText, Said, TextEntity, TextLabel, TextSource};
use crate::domain::{Explanation, Warning};
use crate::formats::exchange::{text_of, usage_name};
use crate::formats::manifest::without_notes;
use serde_json::{Map, Value, json};

const TEXT_KEYS: &[&str] = &[
    "text", "文本", "content", "内容", "sentence", "句子", "review", "评论", "data", "document", "body", "query",
    "tweet",
];
const LABEL_KEYS: &[&str] =
    &["labels", "label", "cats", "标签", "类别", "category", "sentiment", "class", "intent", "topic", "target"];
const ENTITY_KEYS: &[&str] = &["entities", "spans", "ents", "实体"];
const START_KEYS: &[&str] = &["start", "start_offset", "begin", "start_idx", "startOffset"];
const END_KEYS: &[&str] = &["end", "end_offset", "stop", "end_idx", "endOffset"];
const NAME_KEYS: &[&str] = &["label", "type", "name", "tag", "entity", "category", "labels"];
const COVERED_KEYS: &[&str] = &["text", "word", "covered", "mention"];
const CATS: &str = "cats";
const USAGE: &str = "usage";
const ID: &str = "id";

/// Takes the first of these fields that is there.
fn take(fields: &mut Map<String, Value>, keys: &[&str]) -> Option<Value> {
    let key = keys.iter().find(|key| fields.get(**key).is_some_and(|value| !value.is_null()))?;
    fields.shift_remove(*key)
}

/// Whether an object holds a text.
#[must_use]
pub fn has_text(fields: &Map<String, Value>) -> bool {
    TEXT_KEYS.iter().any(|key| fields.get(*key).is_some_and(Value::is_string))
}

/// Which fields of a file's objects were taken for labels, to be said once.
#[derive(Clone, Debug, Default)]
pub struct LabelFields {
    /// The one that was taken where there were several, and the others.
    taken: Option<(&'static str, String)>,
    /// Texts whose list of labels, or of entities, is empty.
    empty: u64,
}

impl LabelFields {
    /// Says what was taken for labels where that is not plain.
    pub fn say(self, file: &str, said: &mut Vec<Warning>) {
        if let Some((field, others)) = self.taken {
            let reason = Explanation::bad_input("text-record-labels").with("field", field).with("others", others);
            said.push(Warning::new(file, reason));
        }
        if self.empty > 0 {
            said.push(Warning::new(file, Explanation::bad_input("text-record-empty").with("count", self.empty)));
        }
    }
}

/// Reads one object. Of several fields that look like labels, the first counts, and spaCy's `cats`; the others are kept as
/// they are. Entities are not checked yet; what is not understood goes to `tell`.
///
/// # Errors
/// Why it is no text: `text-record-no-text`.
pub fn read_record(
    fields: Map<String, Value>,
    taken: &mut LabelFields,
    mut tell: impl FnMut(Explanation),
) -> Result<LabeledText, Explanation> {
    let mut fields = without_notes(fields);
    let key = TEXT_KEYS.iter().find(|key| fields.get(**key).is_some_and(Value::is_string));
    let Some(Value::String(words)) = key.and_then(|key| fields.shift_remove(*key)) else {
        return Err(Explanation::bad_input("text-record-no-text"));
    };
    let mut text = LabeledText { text: TextSource::Inline(words), ..LabeledText::default() };
    if let Some(id) = fields.shift_remove(ID).filter(|id| !id.is_null()) {
        text.id = Some(text_of(&id));
    }
    if let Some(usage) = [USAGE, "split"].iter().find_map(|key| super::csv_table::usage_of(fields.get(*key)?.as_str()?))
    {
        text.usage = Some(usage);
        fields.shift_remove(USAGE);
        fields.shift_remove("split");
    }
    // doccano writes an empty list for what nobody has looked at, too.
    let is_empty = |key: &str| fields.get(key).and_then(Value::as_array).is_some_and(Vec::is_empty);
    taken.empty += u64::from(is_empty("label") || (is_empty("entities") && fields.contains_key("relations")));
    for key in ENTITY_KEYS {
        let Some(value) = fields.get(*key) else { continue };
        match entity_list(value) {
            Some(entities) => {
                fields.shift_remove(*key);
                text.entities.get_or_insert_default().extend(entities);
            }
            None if value.is_null() => {}
            None => tell(Explanation::bad_input("text-record-field").with("field", *key)),
        }
    }
    let is_there = |key: &&str| fields.get(*key).is_some_and(|value| !value.is_null());
    let mut found = LABEL_KEYS.iter().copied().filter(|key| *key != CATS).filter(is_there);
    if let Some(key) = found.next() {
        let others = found.collect::<Vec<_>>().join(", ");
        if !others.is_empty() {
            taken.taken.get_or_insert((key, others));
        }
        if let Some(value) = fields.shift_remove(key) {
            read_labels(key, value, &mut text, &mut tell);
        }
    }
    if let Some(value) = take(&mut fields, &[CATS]) {
        read_labels(CATS, value, &mut text, &mut tell);
    }
    text.extra = fields;
    Ok(text)
}

/// A label field: words are classes, triples are entities, and an object may be either.
fn read_labels(key: &str, value: Value, text: &mut LabeledText, tell: &mut impl FnMut(Explanation)) {
    let refused = || Explanation::bad_input("text-record-field").with("field", key);
    match value {
        // Labels with their scores (spaCy), or with what they cover (CLUENER).
        Value::Object(by_name) if by_name.values().all(Value::is_object) && !by_name.is_empty() => {
            let words = text.words().unwrap_or_default().to_owned();
            for (label, stretches) in by_name {
                match covered_stretches(&words, &label, &stretches) {
                    Some(found) => text.entities.get_or_insert_default().extend(found),
                    None => tell(refused()),
                }
            }
        }
        Value::Object(by_name) => text.labels.get_or_insert_default().extend(scored(by_name)),
        Value::Array(list) if list.is_empty() => {
            // Of which kind there is no label, nobody says: of either. But doccano's `label` of classes is as empty where
            // nobody has looked.
            if key != "label" {
                text.labels.get_or_insert_default();
            }
            text.entities.get_or_insert_default();
        }
        Value::Array(list) => {
            let list = Value::Array(list);
            if let Some(entities) = entity_list(&list) {
                text.entities.get_or_insert_default().extend(entities);
                return;
            }
            for value in list.as_array().into_iter().flatten() {
                match label_of(value) {
                    Some(label) => add_label(text, label),
                    None => tell(refused()),
                }
            }
        }
        value => match label_of(&value) {
            Some(label) => add_label(text, label),
            None => tell(refused()),
        },
    }
}

/// A class twice is one decision.
fn add_label(text: &mut LabeledText, label: TextLabel) {
    let labels = text.labels.get_or_insert_default();
    if labels.iter().all(|known| known.label != label.label) {
        labels.push(label);
    }
}

/// Labels with a score each: 1 is set, 0 is not.
pub fn scored(by_name: Map<String, Value>) -> Vec<TextLabel> {
    let is_set = |value: &Value| value.as_f64().map_or(value.as_bool() == Some(true), |score| score >= 0.5);
    by_name.into_iter().filter(|(_, score)| is_set(score)).map(|(name, _)| TextLabel::new(name)).collect()
}

fn label_of(value: &Value) -> Option<TextLabel> {
    match value {
        Value::String(name) => (!name.is_empty()).then(|| TextLabel::new(name.clone())),
        Value::Number(number) => Some(TextLabel::new(number.to_string())),
        Value::Bool(said) => Some(TextLabel::new(said.to_string())),
        Value::Object(fields) => {
            let mut fields = fields.clone();
            let name = take(&mut fields, NAME_KEYS).filter(Value::is_string)?;
            Some(TextLabel { label: text_of(&name), said: Said::of_fields(fields) })
        }
        _ => None,
    }
}

/// `{"covered text": [[first, last], …]}`: the last one is part of the stretch, as the covered text proves.
fn covered_stretches(words: &str, label: &str, stretches: &Value) -> Option<Vec<TextEntity>> {
    let mut found = Vec::new();
    for (covered, places) in stretches.as_object()? {
        for place in places.as_array()? {
            let place = place.as_array()?;
            let (start, last) = (offset(place.first()?)?, offset(place.get(1)?)?);
            let fits = |end: u32| crate::domain::text::covered(words, start, end) == Some(covered.as_str());
            let end = if fits(last) { last } else { last.checked_add(1)? };
            found.push(TextEntity { text: covered.clone(), ..TextEntity::new(label, start, end) });
        }
    }
    Some(found)
}

fn offset(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

/// A list of entities: `[start, end, "label"]` or objects; `None` if it is anything else.
#[must_use]
pub fn entity_list(value: &Value) -> Option<Vec<TextEntity>> {
    value.as_array()?.iter().map(entity).collect()
}

fn entity(value: &Value) -> Option<TextEntity> {
    match value {
        Value::Array(triple) => {
            let [start, end, label] = triple.get(..3)? else { return None };
            Some(TextEntity::new(label.as_str()?, offset(start)?, offset(end)?))
        }
        Value::Object(fields) => {
            let mut fields = fields.clone();
            let (start, end) = (offset(&take(&mut fields, START_KEYS)?)?, offset(&take(&mut fields, END_KEYS)?)?);
            let label = match take(&mut fields, NAME_KEYS)? {
                Value::Array(names) => text_of(names.first()?),
                name => text_of(&name),
            };
            let text = match take(&mut fields, COVERED_KEYS) {
                Some(Value::String(text)) => text,
                _ => String::new(),
            };
            Some(TextEntity { label, start, end, text, said: Said::of_fields(fields) })
        }
        _ => None,
    }
}

/// Entities as objects with what they cover, and with all that is said of them if `with_said`.
#[must_use]
pub fn write_entities(entities: &[TextEntity], with_said: bool) -> Value {
    let object = |entity: &TextEntity| {
        let mut fields = if with_said { entity.said.to_fields() } else { Map::new() };
        fields.insert("label".to_owned(), entity.label.clone().into());
        fields.insert("start".to_owned(), entity.start.into());
        fields.insert("end".to_owned(), entity.end.into());
        fields.insert("text".to_owned(), entity.text.clone().into());
        Value::Object(fields)
    };
    entities.iter().map(object).collect()
}

/// Labels as words, or as objects where something is said of them.
#[must_use]
pub fn write_labels(labels: &[TextLabel]) -> Value {
    let one = |label: &TextLabel| {
        if label.said.is_empty() {
            return Value::from(label.label.clone());
        }
        let mut fields = label.said.to_fields();
        fields.insert("label".to_owned(), label.label.clone().into());
        Value::Object(fields)
    };
    labels.iter().map(one).collect()
}

/// The fields that every text begins with: its number or id, its words, and what the same format said before.
#[must_use]
pub fn begin_record(text: &LabeledText, usage_too: bool) -> Map<String, Value> {
    let mut fields = Map::new();
    if let Some(id) = &text.id {
        // Numbers stay numbers; "007" is none.
        let number = id.parse::<i64>().ok().filter(|number| number.to_string() == *id);
        fields.insert(ID.to_owned(), number.map_or_else(|| json!(id), Value::from));
    }
    fields.insert("text".to_owned(), text.words().unwrap_or_default().into());
    if let Some(usage) = text.usage.filter(|_| usage_too) {
        fields.insert(USAGE.to_owned(), usage_name(usage).into());
    }
    // Beside `labels`, which goes first, other fields that look like labels are not taken for some.
    let is_taken = |key: &str| LABEL_KEYS.contains(&key) && (text.labels.is_none() || key == CATS);
    let is_ours = |key: &str| key == "text" || ENTITY_KEYS.contains(&key) || is_taken(key);
    for (key, value) in &text.extra {
        if !is_ours(key) && !fields.contains_key(key) {
            fields.insert(key.clone(), value.clone());
        }
    }
    fields
}
