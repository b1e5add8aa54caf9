//! When a freeze holds: once, or every week by the clock of a time zone.
//!
//! The time zones are those of the IANA database that is built in, so that the same time gives the same answer on every machine.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// When a freeze holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FreezeSchedule {
    /// Once.
    Once {
        /// From this moment on.
        from: Timestamp,
        /// Up to this one.
        until: Timestamp,
    },
    /// Every week.
    Weekly {
        /// The days on which it begins.
        days: Vec<Weekday>,
        /// When it begins, by the clock of the time zone.
        start: ClockTime,
        /// When it ends; on the next day, if that is not after the start.
        end: ClockTime,
        /// Whose clock.
        time_zone: TimeZoneName,
    },
}

/// A schedule that never holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FreezeScheduleError {
    /// It ends before it begins.
    #[error("a freeze must end after it begins")]
    Backwards,
    /// It has no days.
    #[error("a weekly freeze needs at least one day: mon, tue, wed, thu, fri, sat or sun")]
    NoDays,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Weekday {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// A time of day to the minute, written as `22:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockTime(Time);

/// A text that is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time of day: write HH:MM from 00:00 to 23:59")]
pub struct ClockTimeError(String);

/// A time zone of the IANA database, such as `Asia/Shanghai`, or `UTC`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TimeZoneName {
    name: String,
    zone: TimeZone,
}

/// A text that is no time zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no time zone: write a name of the IANA database, such as Asia/Shanghai, Europe/Berlin or UTC")]
pub struct TimeZoneNameError(String);

impl FreezeSchedule {
    /// Whether it can ever hold.
    ///
    /// # Errors
    /// If it ends before it begins, or has no days.
    pub fn check(&self) -> Result<(), FreezeScheduleError> {
        match self {
            Self::Once { from, until } if from >= until => Err(FreezeScheduleError::Backwards),
            Self::Weekly { days, .. } if days.is_empty() => Err(FreezeScheduleError::NoDays),
            _ => Ok(()),
        }
    }

    /// When the freeze ends that holds at this moment; `None` if none does. Where one window follows directly upon another, that is the
    /// end of the last one, at most a week ahead.
    #[must_use]
    pub fn holds_until(&self, now: Timestamp) -> Option<Timestamp> {
        let mut end = self.window(now)?;
        for _ in 0..7 {
            match self.window(end) {
                Some(later) if later > end => end = later,
                _ => break,
            }
        }
        Some(end)
    }

    /// The end of the one window that this moment lies in.
    fn window(&self, at: Timestamp) -> Option<Timestamp> {
        match self {
            Self::Once { from, until } => (*from <= at && at < *until).then_some(*until),
            Self::Weekly { days, start, end, time_zone } => {
                let today = at.to_zoned(time_zone.zone.clone()).date();
                let begins = [today.yesterday().ok(), Some(today)].into_iter().flatten();
                let begins = begins.filter(|date| days.contains(&Weekday::of(*date)));
                begins
                    .filter_map(|date| {
                        let last = if end > start { date } else { date.tomorrow().ok()? };
                        Some((time_zone.at(date, *start)?, time_zone.at(last, *end)?))
                    })
                    .filter(|(from, until)| *from <= at && at < *until)
                    .map(|(_, until)| until)
                    .max()
            }
        }
    }
}

impl Weekday {
    fn of(date: Date) -> Self {
        match date.weekday() {
            jiff::civil::Weekday::Monday => Self::Mon,
            jiff::civil::Weekday::Tuesday => Self::Tue,
            jiff::civil::Weekday::Wednesday => Self::Wed,
            jiff::civil::Weekday::Thursday => Self::Thu,
            jiff::civil::Weekday::Friday => Self::Fri,
            jiff::civil::Weekday::Saturday => Self::Sat,
            jiff::civil::Weekday::Sunday => Self::Sun,
        }
    }
}

impl FromStr for ClockTime {
    type Err = ClockTimeError;

    fn from_str(text: &str) -> Result<Self, ClockTimeError> {
        let digits =
            |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok());
        let parts = text.split_once(':').and_then(|(hour, minute)| Some((digits(hour)??, digits(minute)??)));
        parts
            .and_then(|(hour, minute)| Time::new(hour, minute, 0, 0).ok())
            .map(Self)
            .ok_or_else(|| ClockTimeError(text.to_owned()))
    }
}

impl TryFrom<String> for ClockTime {
    type Error = ClockTimeError;

    fn try_from(text: String) -> Result<Self, ClockTimeError> {
        text.parse()
    }
}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

impl TimeZoneName {
    /// When the clock shows this time on this day. Where it is put forward over that time, a moment later; where it shows it twice, the
    /// first time.
    fn at(&self, date: Date, time: ClockTime) -> Option<Timestamp> {
        self.zone.to_timestamp(date.to_datetime(time.0)).ok()
    }
}

impl FromStr for TimeZoneName {
    type Err = TimeZoneNameError;

    fn from_str(text: &str) -> Result<Self, TimeZoneNameError> {
        let zone = TimeZone::get(text).map_err(|_| TimeZoneNameError(text.to_owned()))?;
        Ok(Self { name: zone.iana_name().unwrap_or(text).to_owned(), zone })
    }
}

impl TryFrom<String> for TimeZoneName {
    type Error = TimeZoneNameError;

    fn try_from(text: String) -> Result<Self, TimeZoneNameError> {
        text.parse()
    }
}

impl From<TimeZoneName> for String {
    fn from(zone: TimeZoneName) -> Self {
        zone.name
    }
}

impl fmt::Display for TimeZoneName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weekly(days: &[Weekday], start: &str, end: &str, zone: &str) -> FreezeSchedule {
        let (start, end) = (start.parse().unwrap(), end.parse().unwrap());
        FreezeSchedule::Weekly { days: days.to_vec(), start, end, time_zone: zone.parse().unwrap() }
    }

    fn until(schedule: &FreezeSchedule, now: &str) -> Option<String> {
        schedule.holds_until(now.parse().unwrap()).map(|until| until.to_string())
    }

    #[test]
    fn once_holds_from_its_beginning_up_to_its_end() {
        let (from, end) = ("2026-06-01T00:00:00Z", "2026-06-03T00:00:00Z");
        let once = FreezeSchedule::Once { from: from.parse().unwrap(), until: end.parse().unwrap() };
        assert_eq!(until(&once, "2026-05-31T23:59:59Z"), None);
        assert_eq!(until(&once, from).as_deref(), Some(end));
        assert_eq!(until(&once, end), None);
        let backwards = FreezeSchedule::Once { from: end.parse().unwrap(), until: from.parse().unwrap() };
        assert_eq!(backwards.check(), Err(FreezeScheduleError::Backwards));
    }

    #[test]
    fn a_night_goes_over_midnight_by_the_clock_of_its_zone() {
        // 2026-06-05 is a Friday; Shanghai is eight hours ahead.
        let night = weekly(&[Weekday::Fri], "22:00", "06:00", "Asia/Shanghai");
        assert_eq!(until(&night, "2026-06-05T13:59:00Z"), None);
        assert_eq!(until(&night, "2026-06-05T14:00:00Z").as_deref(), Some("2026-06-05T22:00:00Z"));
        assert_eq!(until(&night, "2026-06-05T21:59:59Z").as_deref(), Some("2026-06-05T22:00:00Z"));
        assert_eq!(until(&night, "2026-06-05T22:00:00Z"), None);
    }

    #[test]
    fn windows_that_follow_upon_each_other_end_together() {
        let weekend = weekly(&[Weekday::Sat, Weekday::Sun], "00:00", "00:00", "UTC");
        assert_eq!(until(&weekend, "2026-06-06T10:00:00Z").as_deref(), Some("2026-06-08T00:00:00Z"));
        assert_eq!(until(&weekend, "2026-06-08T00:00:00Z"), None);
        let days = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
        assert!(until(&weekly(&days, "00:00", "00:00", "UTC"), "2026-06-06T10:00:00Z").is_some());
        assert_eq!(weekly(&[], "00:00", "00:00", "UTC").check(), Err(FreezeScheduleError::NoDays));
    }

    #[test]
    fn the_clock_may_be_put_forward_and_back() {
        // On 2026-03-29 Berlin has no 02:30; on 2026-10-25 it has it twice.
        let nights = weekly(&[Weekday::Sun], "02:30", "04:00", "Europe/Berlin");
        assert_eq!(until(&nights, "2026-03-29T01:29:00Z"), None);
        assert_eq!(until(&nights, "2026-03-29T01:30:00Z").as_deref(), Some("2026-03-29T02:00:00Z"));
        assert_eq!(until(&nights, "2026-10-25T00:30:00Z").as_deref(), Some("2026-10-25T03:00:00Z"));
    }

    #[test]
    fn times_and_zones_are_read_as_they_are_written() {
        assert_eq!("07:05".parse::<ClockTime>().unwrap().to_string(), "07:05");
        for text in ["", "7:05", "24:00", "12:60", "12:00:00", "-1:00", "ab:cd"] {
            assert!(text.parse::<ClockTime>().is_err(), "{text:?}");
        }
        assert_eq!("Europe/Berlin".parse::<TimeZoneName>().unwrap().to_string(), "Europe/Berlin");
        assert!("Europe/Atlantis".parse::<TimeZoneName>().is_err());
        let json = r#"{"kind":"weekly","days":["fri"],"start":"22:00","end":"06:00","time_zone":"UTC"}"#;
        let read: FreezeSchedule = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), json);
    }
}
