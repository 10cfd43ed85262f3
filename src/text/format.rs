//! Numbers, sizes and times as people read them. Digits are grouped with commas in both languages.

use super::{Language, tr, tr_with};
use crate::domain::Timestamp;
use jiff::tz::TimeZone;
use std::time::Duration;

/// Puts commas between groups of three digits of a plain decimal number; anything else stays as it is.
pub(super) fn group(number: &str) -> String {
    let (sign, unsigned) = match number.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", number),
    };
    let (whole, fraction) = unsigned.split_at(unsigned.find('.').unwrap_or(unsigned.len()));
    if whole.len() < 4 || !whole.bytes().all(|byte| byte.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut grouped = String::with_capacity(number.len() + whole.len() / 3);
    grouped.push_str(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped.push_str(fraction);
    grouped
}

/// A count with separators: `1,234,567`.
#[must_use]
pub fn count(number: impl TryInto<i128>) -> String {
    number.try_into().map_or_else(|_| "?".to_owned(), |number: i128| group(&number.to_string()))
}

/// A number with exactly `decimals` digits after the point: `1,234.50`. What is not a number is `–`.
#[must_use]
pub fn decimal(number: f64, decimals: usize) -> String {
    if number.is_finite() { group(&format!("{number:.decimals$}")) } else { "–".to_owned() }
}

/// A share of 1 as percent, with `decimals` digits after the point: `63.2%`. What is not a number is `–`.
#[must_use]
pub fn percent(fraction: f64, decimals: usize) -> String {
    if fraction.is_finite() { format!("{}%", decimal(fraction * 100.0, decimals)) } else { "–".to_owned() }
}

/// A size in decimal units, as file managers show it: `999 B`, `1.5 kB`, `23 MB`.
#[must_use]
#[allow(clippy::cast_precision_loss, reason = "rounded to three digits anyway")]
pub fn bytes(size: u64) -> String {
    const UNITS: [&str; 6] = ["kB", "MB", "GB", "TB", "PB", "EB"];
    if size < 1000 {
        return format!("{size} B");
    }
    let mut amount = size as f64 / 1000.0;
    let mut unit = 0;
    // 999.5 would round up to four digits.
    while amount >= 999.5 && unit + 1 < UNITS.len() {
        amount /= 1000.0;
        unit += 1;
    }
    let decimals = usize::from(amount < 9.95);
    format!("{amount:.decimals$} {}", UNITS[unit])
}

/// How long something took or will take, in its two leading units: `45 ms`, `12 s`, `3 min 20 s`, `2 h 5 min`.
#[must_use]
pub fn duration(language: Language, duration: Duration) -> String {
    let seconds = duration.as_secs();
    if duration < Duration::from_secs(1) {
        let milliseconds = u64::from(duration.subsec_millis());
        tr_with(language, "duration-milliseconds", &[("milliseconds", milliseconds.into())])
    } else if seconds < 60 {
        tr_with(language, "duration-seconds", &[("seconds", seconds.into())])
    } else if seconds < 3600 {
        let arguments = [("minutes", (seconds / 60).into()), ("seconds", (seconds % 60).into())];
        tr_with(language, "duration-minutes", &arguments)
    } else {
        let arguments = [("hours", (seconds / 3600).into()), ("minutes", (seconds % 3600 / 60).into())];
        tr_with(language, "duration-hours", &arguments)
    }
}

/// How long ago: `just now`, `3 minutes ago`, `yesterday`. A moment after `now` (another machine's clock) is `just now`
/// within a minute, else `in a moment`.
#[must_use]
pub fn relative(language: Language, then: Timestamp, now: Timestamp) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    const MONTH: i64 = 30 * DAY;
    const YEAR: i64 = 365 * DAY;
    let seconds = now.0.saturating_sub(then.0) / 1000;
    let (id, count) = match seconds {
        ..=-60 => return tr(language, "time-in-future"),
        -59..MINUTE => return tr(language, "time-just-now"),
        MINUTE..HOUR => ("time-minutes-ago", seconds / MINUTE),
        HOUR..DAY => ("time-hours-ago", seconds / HOUR),
        DAY..MONTH => ("time-days-ago", seconds / DAY),
        MONTH..YEAR => ("time-months-ago", seconds / MONTH),
        _ => ("time-years-ago", seconds / YEAR),
    };
    tr_with(language, id, &[("count", count.into())])
}

/// The exact local time, for a hover: `2026-11-22 16:05:12`.
#[must_use]
pub fn exact(then: Timestamp) -> String {
    exact_in(then, &TimeZone::system())
}

/// The exact time in a time zone.
#[must_use]
pub fn exact_in(then: Timestamp, zone: &TimeZone) -> String {
    jiff::Timestamp::from_millisecond(then.0).map_or_else(
        |_| "–".to_owned(),
        |instant| instant.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn digits_are_grouped_from_the_right() {
        for (plain, grouped) in [
            ("0", "0"),
            ("999", "999"),
            ("1000", "1,000"),
            ("-1234567", "-1,234,567"),
            ("1234.5678", "1,234.5678"),
            ("NaN", "NaN"),
            ("1e300", "1e300"),
        ] {
            assert_eq!(group(plain), grouped);
        }
        assert_eq!(count(u64::MAX), "18,446,744,073,709,551,615");
    }

    proptest! {
        #[test]
        fn grouping_loses_no_digit(number in any::<i64>()) {
            prop_assert_eq!(count(number).replace(',', ""), number.to_string());
        }
    }

    #[test]
    fn sizes_have_at_most_three_digits() {
        for (size, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (9_960, "10 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (23_400_000, "23 MB"),
            (u64::MAX, "18 EB"),
        ] {
            assert_eq!(bytes(size), text);
        }
    }

    #[test]
    fn shares_are_percent_and_nonsense_is_a_dash() {
        assert_eq!(percent(0.632, 1), "63.2%");
        assert_eq!(percent(1.0, 0), "100%");
        assert_eq!(percent(f64::NAN, 1), "–");
        assert_eq!(decimal(1234.5, 2), "1,234.50");
    }

    #[test]
    fn durations_show_two_units() {
        let english = |seconds| duration(Language::English, Duration::from_secs_f64(seconds));
        assert_eq!(english(0.0454), "45 ms");
        assert_eq!(english(12.7), "12 s");
        assert_eq!(english(200.0), "3 min 20 s");
        assert_eq!(english(7_500.0), "2 h 5 min");
        assert_eq!(duration(Language::SimplifiedChinese, Duration::from_secs(200)), "3 分 20 秒");
    }

    #[test]
    fn times_are_relative_in_both_languages() {
        let now = Timestamp(1_800_000_000_000);
        let ago = |language, seconds: i64| relative(language, Timestamp(now.0 - seconds * 1000), now);
        for (seconds, english, chinese) in [
            (0, "just now", "刚刚"),
            (-30, "just now", "刚刚"),
            (-300, "in a moment", "稍后"),
            (60, "1 minute ago", "1 分钟前"),
            (3 * 60, "3 minutes ago", "3 分钟前"),
            (3_600, "1 hour ago", "1 小时前"),
            (86_400, "yesterday", "昨天"),
            (2 * 86_400, "2 days ago", "2 天前"),
            (40 * 86_400, "1 month ago", "1 个月前"),
            (800 * 86_400, "2 years ago", "2 年前"),
        ] {
            assert_eq!(ago(Language::English, seconds), english);
            assert_eq!(ago(Language::SimplifiedChinese, seconds), chinese);
        }
        assert_eq!(relative(Language::English, Timestamp(i64::MIN), Timestamp(i64::MAX)), "292,471,208 years ago");
    }

    #[test]
    fn the_exact_time_is_in_the_persons_zone() {
        let moment = Timestamp::parse("2026-11-22 16:05:12").expect("a time");
        assert_eq!(exact_in(moment, &TimeZone::UTC), "2026-11-22 16:05:12");
        assert_eq!(exact_in(moment, &TimeZone::fixed(jiff::tz::offset(8))), "2026-11-23 00:05:12");
    }
}
