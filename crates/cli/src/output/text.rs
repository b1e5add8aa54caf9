//! Small pieces of text for people. Pure.

use std::fmt::Write as _;

use packhorse_model::name::is_direction_override;

/// Colours, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// No escape codes at all.
    Plain,
    /// For a terminal.
    Coloured,
}

impl Style {
    fn with(self, code: &str, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Coloured => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    pub(crate) fn dim(self, text: &str) -> String {
        self.with("2", text)
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }
}

/// Text from elsewhere without anything that a terminal would act on: control characters, escape codes, and characters that
/// turn the direction of reading are written out.
pub(crate) fn harmless(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() || is_direction_override(c) { safe.extend(c.escape_default()) } else { safe.push(c) }
    }
    safe
}

/// `1.4 MB`.
pub(crate) fn bytes(count: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if count < 1000 {
        return format!("{count} B");
    }
    let (mut tenths, mut unit) = (count / 100, 0);
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1000;
        unit += 1;
    }
    match tenths {
        0..1000 => format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit]),
        _ => format!("{} {}", tenths / 10, UNITS[unit]),
    }
}

/// `1 host`, `2 hosts`.
pub(crate) fn count(number: impl TryInto<u64>, noun: &str) -> String {
    let number = number.try_into().unwrap_or(u64::MAX);
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// `a, b and 7 more`: at most `limit` of them by name.
pub(crate) fn list<T: ToString>(items: &[T], limit: usize) -> String {
    let named = items.iter().take(limit).map(ToString::to_string).collect::<Vec<_>>().join(", ");
    match items.len().saturating_sub(limit) {
        0 => named,
        more => {
            let mut named = named;
            let _ = write!(named, " and {more} more");
            named
        }
    }
}

/// `5 minutes ago`.
pub(crate) fn ago(then: jiff::Timestamp, now: jiff::Timestamp) -> String {
    let seconds = now.as_second() - then.as_second();
    let (number, unit) = match seconds {
        ..5 => return "just now".to_owned(),
        5..60 => (seconds, "second"),
        60..3600 => (seconds / 60, "minute"),
        3600..86_400 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    format!("{} ago", count(u64::try_from(number).unwrap_or(0), unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_as_people_say_them() {
        let said: Vec<_> =
            [0, 999, 1000, 1449, 99_999, 100_000, 1_400_000, 317_000_000, 2_500_000_000_000].map(bytes).into();
        assert_eq!(said.join(" | "), "0 B | 999 B | 1.0 kB | 1.4 kB | 99.9 kB | 100 kB | 1.4 MB | 317 MB | 2.5 TB");
    }

    #[test]
    fn times_read_as_people_say_them() {
        let now = jiff::Timestamp::from_second(1_000_000).unwrap();
        let said = [0, 5, 61, 7300, 200_000].map(|s| ago(jiff::Timestamp::from_second(1_000_000 - s).unwrap(), now));
        assert_eq!(said.join(" | "), "just now | 5 seconds ago | 1 minute ago | 2 hours ago | 2 days ago");
        assert_eq!(ago(jiff::Timestamp::from_second(2_000_000).unwrap(), now), "just now");
    }

    #[test]
    fn nothing_acts_on_the_terminal() {
        assert_eq!(harmless("a\x1b[31mb\n\u{202e}支付"), "a\\u{1b}[31mb\\n\\u{202e}支付");
    }

    #[test]
    fn lists_are_cut_with_a_count() {
        assert_eq!(list(&["a", "b", "c"], 3), "a, b, c");
        assert_eq!(list(&["a", "b", "c"], 1), "a and 2 more");
    }
}
