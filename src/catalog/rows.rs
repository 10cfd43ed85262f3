//! Reading and writing one sample's row and annotations.

use super::codes::{
    blob, from_json, layer_code, layer_of, map_of_json, map_to_json, optional_uuid_at, origin_code, origin_of, signed,
    state_code, state_of, text_at, to_json, unsigned, usage_code, usage_of, uuid_at,
};
use super::labels::LabelNumbers;
use super::{CatalogError, Result};
use crate::domain::query::{IncomingSample, SampleRow};
use crate::domain::{
    Annotation, AnnotationBody, AnnotationId, AnnotationSet, LabelId, Media, Sample, SampleId, SampleRecord,
    SampleState, Timestamp, Usage,
};
use rusqlite::{Connection, OptionalExtension, Row, params};

/// A sample's editable part with what only the catalog knows.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub number: i64,
    pub revision: i64,
    pub record: SampleRecord,
    /// Where each of the record's annotations lies: numbers that grow, with gaps.
    pub places: Vec<i64>,
}

/// The row number of a sample.
pub(super) fn sample_number(connection: &Connection, dataset: i64, id: SampleId) -> Result<Option<i64>> {
    let mut statement = connection.prepare_cached("SELECT number FROM sample WHERE dataset = ?1 AND id = ?2")?;
    Ok(statement.query_row(params![dataset, blob(&id.0)], |row| row.get(0)).optional()?)
}

/// The editable part of the sample at `number`; `None` if it was purged.
pub(super) fn read_stored(connection: &Connection, number: i64) -> Result<Option<Stored>> {
    let mut statement =
        connection.prepare_cached("SELECT id, state, usage, deleted, revision FROM sample WHERE number = ?1")?;
    let mut rows = statement.query([number])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let record = SampleRecord {
        id: SampleId(uuid_at(row, 0)?),
        state: state_of(row.get(1)?)?,
        usage: usage_at(row, 2)?,
        deleted: row.get(3)?,
        annotations: Vec::new(),
    };
    let revision = row.get(4)?;
    let (places, annotations) = read_annotations(connection, number)?;
    Ok(Some(Stored { number, revision, record: SampleRecord { annotations, ..record }, places }))
}

/// The whole sample at `number`; `None` if it was purged.
pub(super) fn read_row(connection: &Connection, number: i64) -> Result<Option<SampleRow>> {
    let Some(head) = read_head(connection, number)? else { return Ok(None) };
    Ok(Some(SampleRow { annotations: read_annotations(connection, number)?.1, ..head }))
}

/// The sample at `number` without its annotations; `None` if it was purged.
pub(super) fn read_head(connection: &Connection, number: i64) -> Result<Option<SampleRow>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, source, name, size_bytes, modified, hash, width_px, height_px, orientation, missing, manifest_id,
                extra, added, state, usage, deleted
         FROM sample WHERE number = ?1",
    )?;
    let mut rows = statement.query([number])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let media = Media {
        size_bytes: row.get::<_, Option<i64>>(3)?.map(unsigned),
        modified: row.get::<_, Option<i64>>(4)?.map(Timestamp),
        hash: row.get(5)?,
        width_px: row.get(6)?,
        height_px: row.get(7)?,
        orientation: row.get(8)?,
        missing: row.get(9)?,
    };
    let sample = Sample {
        id: SampleId(uuid_at(row, 0)?),
        source: row.get(1)?,
        name: row.get(2)?,
        media,
        manifest_id: row.get(10)?,
        extra: map_of_json(text_at(row, 11)?)?,
        added: Timestamp(row.get(12)?),
    };
    Ok(Some(SampleRow {
        sample,
        state: state_of(row.get(13)?)?,
        usage: usage_at(row, 14)?,
        deleted: row.get(15)?,
        annotations: Vec::new(),
    }))
}

pub(super) fn usage_at(row: &Row<'_>, index: usize) -> Result<Option<Usage>> {
    row.get::<_, Option<i64>>(index)?.map(usage_of).transpose()
}

/// The annotations of a sample in their order, and the place of each.
fn read_annotations(connection: &Connection, number: i64) -> Result<(Vec<i64>, Vec<Annotation>)> {
    let mut statement = connection.prepare_cached(
        "SELECT annotation.id, layer, layer_id, label.id, body, annotated_by, origin, confidence, hard, properties,
                created, annotation.extra, place
         FROM annotation LEFT JOIN label ON label.number = annotation.label
         WHERE sample = ?1 ORDER BY place",
    )?;
    let mut rows = statement.query([number])?;
    let (mut places, mut annotations) = (Vec::new(), Vec::new());
    while let Some(row) = rows.next()? {
        places.push(row.get(12)?);
        annotations.push(Annotation {
            id: AnnotationId(uuid_at(row, 0)?),
            set: layer_of(row.get(1)?, row.get(2)?)?,
            label: optional_uuid_at(row, 3)?.map(LabelId),
            body: text_at(row, 4)?.map_or(Ok(AnnotationBody::Class), from_json)?,
            annotated_by: row.get(5)?,
            origin: origin_of(row.get(6)?)?,
            confidence: row.get(7)?,
            hard: row.get(8)?,
            properties: map_of_json(text_at(row, 9)?)?,
            created: row.get::<_, Option<i64>>(10)?.map(Timestamp),
            extra: map_of_json(text_at(row, 11)?)?,
        });
    }
    Ok((places, annotations))
}

/// Writes the annotations that differ. Those before and after them keep their rows: deleting the first of ten thousand
/// leaves a gap, and undoing that fills it again.
pub(super) fn write_annotations(
    connection: &Connection,
    labels: &LabelNumbers,
    number: i64,
    (before, places): (&[Annotation], &[i64]),
    after: &[Annotation],
) -> Result<()> {
    let (first, last) = same_ends(before, after);
    let (left, right) = (first, before.len() - last);
    let lower = left.checked_sub(1).and_then(|index| places.get(index)).copied();
    let changed = places.get(left..right).unwrap_or_default();
    let mut new = &after[first..after.len() - last];
    let mut gone = changed;
    let mut own = Vec::new();
    match fitting_places(lower, changed, places.get(right).copied(), new.len()) {
        Some(places) => own = places,
        None => {
            // No room between their neighbours: all that come after are moved on.
            gone = places.get(left..).unwrap_or_default();
            new = &after[first..];
            own.extend((lower.map_or(0, |lower| lower + 1)..).take(new.len()));
        }
    }
    let mut statement = connection.prepare_cached("DELETE FROM annotation WHERE sample = ?1 AND place = ?2")?;
    for place in gone.iter().filter(|place| own.binary_search(place).is_err()) {
        statement.execute(params![number, place])?;
    }
    for (place, annotation) in own.iter().zip(new) {
        let is_there = changed.binary_search(place).ok().and_then(|index| before.get(left + index)) == Some(annotation);
        if !is_there {
            write_annotation(connection, labels, number, *place, annotation)?;
        }
    }
    Ok(())
}

/// How many annotations at the beginning and, of the others, at the end are the same.
pub(super) fn same_ends(before: &[Annotation], after: &[Annotation]) -> (usize, usize) {
    let same = |pair: &(&Annotation, &Annotation)| pair.0 == pair.1;
    let first = before.iter().zip(after).take_while(same).count();
    let rest = before.len().min(after.len()) - first;
    let last = before.iter().rev().zip(after.iter().rev()).take(rest).take_while(same).count();
    (first, last)
}

/// Growing places for `count` annotations between those at `lower` and `upper`, where until now others were at
/// `changed`; `None` if there are too few.
fn fitting_places(lower: Option<i64>, changed: &[i64], upper: Option<i64>, count: usize) -> Option<Vec<i64>> {
    if count <= changed.len() {
        return Some(changed[..count].to_vec());
    }
    let wanted = signed(count as u64);
    let from = match (lower, upper) {
        (Some(lower), _) => lower + 1,
        (None, Some(upper)) => upper.checked_sub(wanted)?.min(0),
        (None, None) => 0,
    };
    let fits = upper.is_none_or(|upper| from.checked_add(wanted).is_some_and(|end| end <= upper));
    fits.then(|| (from..from + wanted).collect())
}

fn write_annotation(
    connection: &Connection,
    labels: &LabelNumbers,
    number: i64,
    place: i64,
    annotation: &Annotation,
) -> Result<()> {
    let label = match annotation.label {
        None => None,
        Some(id) => Some(labels.number(id).ok_or_else(|| CatalogError::LabelUnknown(id.to_string()))?),
    };
    let (layer, layer_id) = layer_code(&annotation.set);
    let body = match &annotation.body {
        AnnotationBody::Class => None,
        other => Some(to_json(other)?),
    };
    let mut statement = connection.prepare_cached(
        "INSERT OR REPLACE INTO annotation (sample, place, id, layer, layer_id, label, body, annotated_by, origin,
             confidence, hard, properties, created, extra)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
    )?;
    statement.execute(params![
        number,
        place,
        blob(&annotation.id.0),
        layer,
        layer_id,
        label,
        body,
        annotation.annotated_by,
        origin_code(annotation.origin),
        annotation.confidence,
        annotation.hard,
        map_to_json(&annotation.properties)?,
        annotation.created.map(|moment| moment.0),
        map_to_json(&annotation.extra)?,
    ])?;
    Ok(())
}

/// Inserts a sample without annotations and returns its row number. The counts are the caller's.
pub(super) fn insert_sample(
    connection: &Connection,
    dataset: i64,
    sample: &Sample,
    record: &SampleRecord,
) -> Result<i64> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO sample (dataset, id, source, source_hash, name, state, usage, deleted, hard, missing, size_bytes,
             modified, hash, width_px, height_px, orientation, manifest_id, extra, added)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
    )?;
    statement.execute(params![
        dataset,
        blob(&sample.id.0),
        sample.source,
        source_hash(&sample.source),
        sample.name,
        state_code(record.state),
        record.usage.map(usage_code),
        record.deleted,
        record.is_hard(),
        sample.media.missing,
        sample.media.size_bytes.map(signed),
        sample.media.modified.map(|moment| moment.0),
        sample.media.hash,
        sample.media.width_px,
        sample.media.height_px,
        sample.media.orientation,
        sample.manifest_id,
        map_to_json(&sample.extra)?,
        sample.added.0,
    ])?;
    Ok(connection.last_insert_rowid())
}

/// Writes what is known of the sample's bytes.
pub(super) fn write_media(connection: &Connection, number: i64, media: &Media) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "UPDATE sample SET size_bytes = ?2, modified = ?3, hash = ?4, width_px = ?5, height_px = ?6, orientation = ?7,
             missing = ?8
         WHERE number = ?1",
    )?;
    statement.execute(params![
        number,
        media.size_bytes.map(signed),
        media.modified.map(|moment| moment.0),
        media.hash,
        media.width_px,
        media.height_px,
        media.orientation,
        media.missing,
    ])?;
    Ok(())
}

/// What the index of sources holds.
pub(super) fn source_hash(source: &str) -> i64 {
    let hash = blake3::hash(source.as_bytes());
    let mut first = [0; 8];
    first.copy_from_slice(&hash.as_bytes()[..8]);
    i64::from_le_bytes(first)
}

/// A record of a sample that nobody has labeled.
pub(super) fn empty_record(id: SampleId) -> SampleRecord {
    SampleRecord { id, state: SampleState::Unlabeled, usage: None, deleted: false, annotations: Vec::new() }
}

/// What a sample becomes when an incoming one takes its place. The sets that it brings are replaced, and the primary
/// one always; second passes and suggestions of which it knows nothing stay.
pub(super) fn replaced(known: Option<&SampleRecord>, incoming: &IncomingSample) -> SampleRecord {
    let mut annotations = incoming.annotations.clone();
    let brings = |set: &AnnotationSet| incoming.annotations.iter().any(|annotation| annotation.set == *set);
    let known = known.into_iter().flat_map(|known| &known.annotations);
    let stays = |set: &AnnotationSet| *set != AnnotationSet::Primary && !brings(set);
    annotations.extend(known.filter(|annotation| stays(&annotation.set)).cloned());
    SampleRecord { state: incoming.state, usage: incoming.usage, annotations, ..empty_record(incoming.sample.id) }
}
