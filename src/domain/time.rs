//! Moments in time. The domain is told the time, it never asks for it.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A moment, in milliseconds since 1970-01-01 00:00:00 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// The form the guide's manifests use (table 2-4).
const MANIFEST_FORM: &str = "%Y-%m-%d %H:%M:%S";

impl Timestamp {
    /// The system's clock. Called at the edges (`workbench`, `worker`), never in `domain`.
    #[must_use]
    pub fn from_system_time(time: std::time::SystemTime) -> Self {
        let millis = match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_millis()).unwrap_or(i64::MAX),
            Err(before) => -i64::try_from(before.duration().as_millis()).unwrap_or(i64::MAX),
        };
        Self(millis)
    }

    /// Reads `2019-01-23 11:30:30` (taken as UTC) or an RFC 3339 time; `None` if it is neither.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(instant) = text.parse::<jiff::Timestamp>() {
            return Some(Self(instant.as_millisecond()));
        }
        let civil = DateTime::strptime(MANIFEST_FORM, text).or_else(|_| text.parse::<DateTime>()).ok()?;
        let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
        Some(Self(zoned.timestamp().as_millisecond()))
    }

    /// `2019-01-23 11:30:30`, in UTC; seconds are the manifest's precision.
    #[must_use]
    pub fn to_manifest(self) -> String {
        match jiff::Timestamp::from_millisecond(self.0) {
            Ok(instant) => instant.to_zoned(TimeZone::UTC).strftime(MANIFEST_FORM).to_string(),
            Err(_) => "1970-01-01 00:00:00".to_owned(),
        }
    }

    /// `2019-01-23T11:30:30.250Z`, for `--json`.
    #[must_use]
    pub fn to_rfc3339(self) -> String {
        jiff::Timestamp::from_millisecond(self.0).map_or_else(|_| self.0.to_string(), |instant| instant.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_form_survives_a_round_trip() {
        let moment = Timestamp::parse("2019-01-23 11:30:30").expect("the guide's own example");
        assert_eq!(moment.0, 1_548_243_030_000);
        assert_eq!(moment.to_manifest(), "2019-01-23 11:30:30");
    }

    #[test]
    fn rfc_3339_is_read_with_its_offset() {
        assert_eq!(Timestamp::parse("2019-01-23T12:30:30+01:00"), Timestamp::parse("2019-01-23 11:30:30"));
        assert_eq!(Timestamp::parse("yesterday"), None);
    }
}
