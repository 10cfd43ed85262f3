//! Algorithms that learn from texts: `classification` gives labels to whole texts, `entities` finds stretches of them.

mod classification;
mod crf;
mod entities;
mod grams;
mod linear;
mod names;
mod places;
mod tags;
#[cfg(test)]
mod tests;
mod words;

pub(super) use classification::ENTRY as CLASSIFICATION;
pub(super) use entities::ENTRY as ENTITIES;

use super::Run;
use super::error::LearningError;
use crate::domain::{Explain, Explanation};
use rayon::prelude::*;
use thiserror::Error;

/// Why one text could not be used.
#[derive(Debug, Error)]
#[error("the text is no UTF-8")]
struct UnreadableText;

impl Explain for UnreadableText {
    fn explain(&self) -> Explanation {
        Explanation::bad_input("prediction-text-unreadable")
    }
}

/// The text that `bytes` are.
///
/// # Errors
/// If they are no UTF-8.
fn text(bytes: &[u8]) -> Result<&str, Box<dyn Explain + Send + Sync>> {
    std::str::from_utf8(bytes).map_err(|_| Box::new(UnreadableText) as Box<dyn Explain + Send + Sync>)
}

/// Reads the texts of `items` on all cores and keeps what `compute` makes of each with its item. What cannot be read is
/// named in the log and counted.
///
/// # Errors
/// Only if cancelled.
fn load<T: Send>(
    run: &Run<'_>,
    items: &[usize],
    compute: impl Fn(usize, &str) -> T + Sync,
) -> Result<(Vec<(usize, T)>, u64), LearningError> {
    let read: Vec<Result<(usize, T), String>> = items
        .par_iter()
        .filter(|_| !run.cancel.is_cancelled())
        .map(|&item| {
            let problem =
                |error: &dyn std::fmt::Display| format!("Skipped, {error}: {}", run.source.items()[item].source);
            let bytes = run.source.bytes(item).map_err(|error| problem(&error))?;
            let text = std::str::from_utf8(&bytes).map_err(|_| problem(&UnreadableText))?;
            Ok((item, compute(item, text)))
        })
        .collect();
    if run.cancel.is_cancelled() {
        return Err(LearningError::Cancelled);
    }
    let (mut values, mut unreadable) = (Vec::with_capacity(read.len()), 0);
    for value in read {
        match value {
            Ok(value) => values.push(value),
            Err(line) => {
                run.sink.log(&line);
                unreadable += 1;
            }
        }
    }
    Ok((values, unreadable))
}
