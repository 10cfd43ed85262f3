//! Second passes of quality control. What is drawn in them lies with the samples; here is only what was asked for.

use super::codes::{blob, to_json};
use super::datasets::dataset_number;
use super::rows::sample_number;
use super::training::bodies;
use super::{Catalog, CatalogError, Result, View};
use crate::domain::review::Review;
use crate::domain::{DatasetId, ReviewId, SampleId};
use rusqlite::params;

impl Catalog {
    /// Adds a review.
    ///
    /// # Errors
    /// If its dataset is unknown, or the catalog cannot be written.
    pub fn create_review(&self, review: &Review) -> Result<()> {
        self.write(|transaction| {
            let dataset = dataset_number(transaction, review.dataset)?;
            transaction.execute(
                "INSERT INTO review (id, dataset, body) VALUES (?1, ?2, ?3)",
                params![blob(&review.id.0), dataset, to_json(review)?],
            )?;
            Ok(())
        })
    }

    /// A dataset's reviews, newest first.
    ///
    /// # Errors
    /// If the dataset is unknown, or the catalog cannot be read.
    pub fn reviews(&self, dataset: DatasetId) -> Result<Vec<Review>> {
        self.read(|connection| {
            let dataset = dataset_number(connection, dataset)?;
            bodies(connection, "SELECT body FROM review WHERE dataset = ?1 ORDER BY number DESC", [dataset])
        })
    }

    /// One review.
    ///
    /// # Errors
    /// `review-unknown`, or if the catalog cannot be read.
    pub fn review(&self, id: ReviewId) -> Result<Review> {
        self.read(|connection| {
            bodies(connection, "SELECT body FROM review WHERE id = ?1", [blob(&id.0)])?
                .pop()
                .ok_or_else(|| CatalogError::ReviewUnknown(id.to_string()))
        })
    }

    /// A view of these samples, in this order; unknown ones are left out.
    ///
    /// # Errors
    /// If the dataset is unknown, or the catalog cannot be read.
    pub fn view_of(&self, dataset: DatasetId, samples: &[SampleId]) -> Result<View> {
        self.read(|connection| {
            let number = dataset_number(connection, dataset)?;
            let mut numbers = Vec::with_capacity(samples.len());
            for &sample in samples {
                numbers.extend(sample_number(connection, number, sample)?);
            }
            Ok(View::of(dataset, numbers))
        })
    }

    /// Takes a review off the list. What was drawn in it is removed by edits, before.
    ///
    /// # Errors
    /// If the catalog cannot be written.
    pub fn delete_review(&self, id: ReviewId) -> Result<()> {
        self.write(|transaction| {
            transaction.execute("DELETE FROM review WHERE id = ?1", [blob(&id.0)])?;
            Ok(())
        })
    }
}
