//! Pages for the command line: by name, each beginning after the last sample of the one before.

use super::codes::{state_code, text_at};
use super::datasets::dataset_number;
use super::receive::known_sample;
use super::rows::read_row;
use super::views::Conditions;
use super::{Catalog, Result};
use crate::domain::query::{SampleFilter, SampleRow};
use crate::domain::{DatasetId, SampleId};
use rusqlite::params;

impl Catalog {
    /// Up to `limit` samples that a filter finds, by name, beginning after `after`.
    ///
    /// # Errors
    /// `dataset-unknown`, `label-unknown`, `sample-unknown` for `after`, or if the catalog cannot be read.
    pub fn page(
        &self,
        dataset: DatasetId,
        filter: &SampleFilter,
        limit: usize,
        after: Option<SampleId>,
    ) -> Result<Vec<SampleRow>> {
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let conditions = Conditions::read(transaction, dataset, filter)?;
            // The row values compare as the index is ordered.
            let (after_name, after_number) = match after {
                None => (String::new(), 0),
                Some(id) => {
                    let number = known_sample(transaction, dataset, id)?;
                    let sql = "SELECT name FROM sample WHERE number = ?1";
                    (transaction.query_row(sql, [number], |row| row.get(0))?, number)
                }
            };
            let by_state = if filter.state.is_some() { "state = ?5" } else { "?5 IS NULL" };
            let sql = format!(
                "SELECT number, {}, state FROM sample
                 WHERE dataset = ?1 AND deleted = ?2 AND (name, number) > (?3, ?4) AND {by_state} {}
                 ORDER BY name, number",
                conditions.name_column(),
                conditions.sql(6),
            );
            let mut statement = transaction.prepare_cached(&sql)?;
            let state = filter.state.map(state_code);
            let pattern = conditions.pattern();
            let parameters = params![dataset, filter.deleted, after_name, after_number, state, pattern];
            let mut found = statement.query(parameters)?;
            let mut rows = Vec::new();
            while rows.len() < limit {
                let Some(row) = found.next()? else { break };
                let number = row.get(0)?;
                if conditions.pass(number, row.get(2)?, text_at(row, 1)?.unwrap_or_default()) {
                    rows.extend(read_row(transaction, number)?);
                }
            }
            Ok(rows)
        })
    }
}
