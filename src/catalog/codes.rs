//! How domain values stand in columns: small numbers for enumerations, 16 bytes for identities, JSON for what is only
//! read as a whole.

use super::{CatalogError, Result};
use crate::domain::{AnnotationSet, Origin, SampleState, Usage};
use rusqlite::Row;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

pub(super) fn state_code(state: SampleState) -> i64 {
    match state {
        SampleState::Unlabeled => 0,
        SampleState::Labeled => 1,
        SampleState::ToConfirm => 2,
    }
}

pub(super) fn state_of(code: i64) -> Result<SampleState> {
    match code {
        0 => Ok(SampleState::Unlabeled),
        1 => Ok(SampleState::Labeled),
        2 => Ok(SampleState::ToConfirm),
        other => Err(CatalogError::Value(format!("sample state {other}"))),
    }
}

pub(super) fn usage_code(usage: Usage) -> i64 {
    match usage {
        Usage::Train => 0,
        Usage::Eval => 1,
        Usage::Test => 2,
        Usage::Inference => 3,
    }
}

pub(super) fn usage_of(code: i64) -> Result<Usage> {
    match code {
        0 => Ok(Usage::Train),
        1 => Ok(Usage::Eval),
        2 => Ok(Usage::Test),
        3 => Ok(Usage::Inference),
        other => Err(CatalogError::Value(format!("usage {other}"))),
    }
}

pub(super) fn origin_code(origin: Origin) -> i64 {
    match origin {
        Origin::Human => 0,
        Origin::Model => 1,
        Origin::Imported => 2,
    }
}

pub(super) fn origin_of(code: i64) -> Result<Origin> {
    match code {
        0 => Ok(Origin::Human),
        1 => Ok(Origin::Model),
        2 => Ok(Origin::Imported),
        other => Err(CatalogError::Value(format!("origin {other}"))),
    }
}

/// The layer of published annotations.
pub(super) const PRIMARY: i64 = 0;
/// The layer of what models propose.
pub(super) const SUGGESTION: i64 = 2;

pub(super) fn layer_code(set: &AnnotationSet) -> (i64, Option<&str>) {
    match set {
        AnnotationSet::Primary => (PRIMARY, None),
        AnnotationSet::Review(id) => (1, Some(id)),
        AnnotationSet::Suggestion(id) => (SUGGESTION, Some(id)),
    }
}

pub(super) fn layer_of(code: i64, id: Option<String>) -> Result<AnnotationSet> {
    match code {
        PRIMARY => Ok(AnnotationSet::Primary),
        1 => Ok(AnnotationSet::Review(id.unwrap_or_default())),
        SUGGESTION => Ok(AnnotationSet::Suggestion(id.unwrap_or_default())),
        other => Err(CatalogError::Value(format!("annotation set {other}"))),
    }
}

/// An identity as it is stored and bound.
pub(super) fn blob(id: &Uuid) -> &[u8] {
    id.as_bytes()
}

/// The identity in column `index`.
pub(super) fn uuid_at(row: &Row<'_>, index: usize) -> Result<Uuid> {
    let bytes = row.get_ref(index)?.as_blob().map_err(|error| CatalogError::Value(error.to_string()))?;
    Uuid::from_slice(bytes).map_err(|error| CatalogError::Value(error.to_string()))
}

/// The identity in column `index`, or `None` where it is NULL.
pub(super) fn optional_uuid_at(row: &Row<'_>, index: usize) -> Result<Option<Uuid>> {
    match row.get_ref(index)? {
        rusqlite::types::ValueRef::Null => Ok(None),
        _ => uuid_at(row, index).map(Some),
    }
}

pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| CatalogError::Value(error.to_string()))
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| CatalogError::Value(error.to_string()))
}

/// JSON of a map, or NULL for an empty one.
pub(super) fn map_to_json(map: &serde_json::Map<String, serde_json::Value>) -> Result<Option<String>> {
    if map.is_empty() { Ok(None) } else { to_json(map).map(Some) }
}

pub(super) fn map_of_json(text: Option<&str>) -> Result<serde_json::Map<String, serde_json::Value>> {
    text.map_or_else(|| Ok(serde_json::Map::new()), from_json)
}

/// The text of column `index`, borrowed from the row.
pub(super) fn text_at<'row>(row: &'row Row<'_>, index: usize) -> Result<Option<&'row str>> {
    row.get_ref(index)?.as_str_or_null().map_err(|error| CatalogError::Value(error.to_string()))
}

/// A count that SQLite keeps signed; what is below zero would be a broken count and reads as zero.
pub(super) fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A size for SQLite, whose numbers end at 2⁶³.
pub(super) fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}
