//! The attribute `buildtime`: a time as digits, `20261101120000`, or in the pattern that a builder has.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The usual pattern.
pub const PATTERN: &str = "yyyymmddhhmmss";
/// What stands for a part of a time.
const WORDS: [&str; 5] = ["yyyy", "mm", "dd", "hh", "ss"];

/// A time of so many seconds since 1970 in the usual pattern; none if no calendar has it.
#[must_use]
pub fn of_seconds(seconds: u64) -> Option<String> {
    let time = Timestamp::from_second(i64::try_from(seconds).ok()?).ok()?;
    Some(written(time, PATTERN))
}

/// A time, in UTC, in a pattern of `yyyy`, `mm`, `dd`, `hh` and `ss`, in either case; `mm` behind an hour is minutes. Anything else stays as it is.
#[must_use]
pub fn written(time: Timestamp, pattern: &str) -> String {
    let time = time.to_zoned(TimeZone::UTC);
    let mut text = String::new();
    let mut rest = pattern;
    let mut is_after_hour = false;
    while let Some(first) = rest.chars().next() {
        let word =
            WORDS.into_iter().find(|word| rest.get(..word.len()).is_some_and(|it| it.eq_ignore_ascii_case(word)));
        match word {
            Some("yyyy") => text.push_str(&format!("{:04}", time.year())),
            Some("mm") if is_after_hour => text.push_str(&format!("{:02}", time.minute())),
            Some("mm") => text.push_str(&format!("{:02}", time.month())),
            Some("dd") => text.push_str(&format!("{:02}", time.day())),
            Some("hh") => text.push_str(&format!("{:02}", time.hour())),
            Some(_) => text.push_str(&format!("{:02}", time.second())),
            None => text.push(first),
        }
        is_after_hour |= word == Some("hh");
        rest = &rest[word.map_or(first.len_utf8(), str::len)..];
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_by_the_pattern() {
        assert_eq!(of_seconds(1_793_534_445).as_deref(), Some("20261101120045"));
        let time = Timestamp::from_second(1_793_534_445).unwrap();
        assert_eq!(written(time, "yyyy-MM-dd HH:mm é"), "2026-11-01 12:00 é");
        assert_eq!(of_seconds(u64::MAX), None);
    }
}
