//! Pages for the command line: by name (texts: in the order of adding), each beginning after the last sample of the one before.

use super::conditions::Conditions;
use super::datasets::dataset_number;
use super::receive::known_sample;
use super::rows::read_row;
use super::texts::is_of_texts;
use super::{Catalog, Result};
use crate::domain::query::{SampleFilter, SampleRow};
use crate::domain::{Cancel, DatasetId, SampleId};
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
        let texts = self.texts_found(dataset, filter, &Cancel::default())?;
        self.read(|transaction| {
            let dataset = dataset_number(transaction, dataset)?;
            let conditions = Conditions::read(transaction, dataset, filter, texts)?;
            // The row values compare as the index is ordered.
            let (after_name, after_number) = match after {
                None => (String::new(), 0),
                Some(id) => {
                    let number = known_sample(transaction, dataset, id)?;
                    let sql = "SELECT name FROM sample WHERE number = ?1";
                    (transaction.query_row(sql, [number], |row| row.get(0))?, number)
                }
            };
            let mut statement = transaction.prepare_cached(if is_of_texts(transaction, dataset)? {
                // By the row numbers: the plus keeps SQLite from an index it would have to sort.
                "SELECT number FROM sample WHERE +dataset = ?1 AND number > ?3 ORDER BY number"
            } else {
                "SELECT number FROM sample WHERE dataset = ?1 AND (name, number) > (?2, ?3) ORDER BY name, number"
            })?;
            let mut found = statement.query(params![dataset, after_name, after_number])?;
            let mut rows = Vec::new();
            while rows.len() < limit {
                let Some(row) = found.next()? else { break };
                let number = row.get(0)?;
                if conditions.pass(number) {
                    rows.extend(read_row(transaction, number)?);
                }
            }
            Ok(rows)
        })
    }
}
