//! doccano's JSONL, in its three shapes: classes `{"text", "label": ["a"]}`, entities `{"text", "label": [[0, 2, "a"]]}`,
//! and entities with relations `{"text", "entities": [{"id", "label", "start_offset", "end_offset"}], "relations": []}`.
//! Its older `labels` and `annotations`, and `cats` beside entities, are read too. Relations are kept and written back.

use super::json_lines::{heads, read, write_lines};
use super::json_records::begin_record;
use super::{LabeledText, LabeledTexts, TextCarries, TextEntity, TextFormat};
use crate::domain::DatasetType;
use crate::formats::FormatError;
use crate::formats::detection::FileSink;
use crate::formats::exchange::text_of;
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// What the format carries. An empty list of classes stands for what nobody has looked at.
pub const CARRIES: TextCarries = TextCarries { no_class: false, ids: true, fields: true, ..TextCarries::LABELS_ONLY };
/// With relations.
const RELATIONS_CARRY: TextCarries = TextCarries { no_class: true, ..CARRIES };

/// Classes or entities as lists.
pub const FORMAT: TextFormat = TextFormat {
    name: "doccano",
    carries: &CARRIES,
    kinds: &[DatasetType::TextClassification, DatasetType::NamedEntity],
    recognises: |tree| heads(tree).any(|fields| has_label_list(&fields)),
    read,
    write,
};

/// Entities as objects with numbers, with relations.
pub const RELATIONS: TextFormat = TextFormat {
    name: "doccano-relations",
    carries: &RELATIONS_CARRY,
    kinds: &[DatasetType::NamedEntity],
    recognises: |tree| heads(tree).any(|fields| has_offsets(&fields)),
    read,
    write: write_relations,
};

const FILE: &str = "all.jsonl";

/// `"label": ["a"]` or `[[0, 2, "a"]]`, as only doccano writes it beside `text`.
fn has_label_list(fields: &Map<String, Value>) -> bool {
    fields.contains_key("text") && fields.get("label").is_some_and(Value::is_array)
}

fn has_offsets(fields: &Map<String, Value>) -> bool {
    let first = fields.get("entities").and_then(Value::as_array).map(|entities| entities.first());
    match first {
        Some(Some(entity)) => entity.get("start_offset").is_some(),
        Some(None) => fields.contains_key("relations"),
        None => false,
    }
}

fn write(source: &dyn LabeledTexts, sink: &dyn FileSink) -> Result<(), FormatError> {
    let of_entities = source.kind() == DatasetType::NamedEntity;
    write_lines(source, sink, FILE, |text| {
        let mut fields = begin_record(text, false);
        let label = if of_entities { entity_triples(text) } else { class_names(text) };
        if let Some(label) = label {
            fields.insert("label".to_owned(), label);
        }
        fields
    })
}

fn class_names(text: &LabeledText) -> Option<Value> {
    Some(text.labels.as_ref()?.iter().map(|label| Value::from(label.label.clone())).collect())
}

fn entity_triples(text: &LabeledText) -> Option<Value> {
    let triple = |entity: &TextEntity| json!([entity.start, entity.end, entity.label]);
    Some(text.entities.as_ref()?.iter().map(triple).collect())
}

fn write_relations(source: &dyn LabeledTexts, sink: &dyn FileSink) -> Result<(), FormatError> {
    let number = std::cell::Cell::new(0_u64);
    write_lines(source, sink, FILE, |text| {
        let mut fields = begin_record(text, false);
        if let Some(entities) = &text.entities {
            // Relations name entities by their numbers, so one that came keeps its own, unless another has it.
            let own = |entity: &TextEntity| entity.said.extra.get("id").cloned();
            let taken: HashSet<String> = entities.iter().filter_map(own).map(|id| text_of(&id)).collect();
            let mut given = HashSet::new();
            let object = |entity: &TextEntity| {
                let id = own(entity).filter(|id| given.insert(text_of(id))).unwrap_or_else(|| {
                    number.set(number.get() + 1);
                    while taken.contains(&number.get().to_string()) {
                        number.set(number.get() + 1);
                    }
                    number.get().into()
                });
                json!({"id": id, "label": entity.label, "start_offset": entity.start, "end_offset": entity.end})
            };
            fields.insert("entities".to_owned(), entities.iter().map(object).collect());
            fields.entry("relations").or_insert_with(|| json!([]));
        }
        fields
    })
}
