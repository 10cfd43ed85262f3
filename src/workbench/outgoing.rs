//! What an export goes through, the working state of one moment or a version, and how a format's part in it ends.

use super::{Error, Result, Workbench};
use crate::catalog::Moment;
use crate::domain::{DatasetId, DatasetVersion, Explanation, LabelId, VersionState};
use crate::formats::FormatError;
use std::cell::RefCell;

/// Where samples come from.
#[derive(Clone, Copy)]
pub(super) enum Samples<'a> {
    /// The working state.
    OfMoment(&'a Moment<'a>),
    OfVersion(&'a DatasetVersion),
}

impl Workbench {
    /// Calls `work` with the samples of the named version, or of the working state, and their labels. The working state is
    /// of one moment, however often it is gone through.
    pub(super) fn with_samples<T>(
        &self,
        dataset: DatasetId,
        version: Option<&str>,
        work: impl FnOnce(Samples<'_>, Vec<(LabelId, String)>) -> Result<T>,
    ) -> Result<T> {
        let version = version.map(|name| self.version(dataset, name)).transpose()?;
        let Some(version) = version else {
            return self.catalog().in_a_moment(dataset, |moment| {
                let (labels, _) = moment.labels()?;
                let labels = labels.into_iter().map(|label| (label.id, label.name.to_string())).collect();
                work(Samples::OfMoment(moment), labels)
            })?;
        };
        if version.state != VersionState::Normal {
            return Err(Error::refused(Explanation::bad_input("version-not-normal").with("name", &version.name)));
        }
        let labels = version.labels.iter().map(|(id, name)| (*id, name.to_string())).collect();
        work(Samples::OfVersion(&version), labels)
    }
}

/// How a format that was given samples ended. What the format `refused` is its own error; why the samples ended early
/// otherwise is kept in `failure`, and the format is told to stop.
pub(super) fn for_format(
    refused: Option<FormatError>,
    gone_through: Result<()>,
    failure: &RefCell<Option<Error>>,
) -> std::result::Result<(), FormatError> {
    match (refused, gone_through) {
        (Some(error), _) => Err(error),
        (None, Err(error)) => {
            *failure.borrow_mut() = Some(error);
            Err(FormatError::Stopped)
        }
        (None, Ok(())) => Ok(()),
    }
}
