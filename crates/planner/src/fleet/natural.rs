//! The order in which people expect names: `web-2` before `web-10`.

use std::cmp::Ordering;

/// Compares two names, runs of digits by their number. Names that differ only in leading zeros are ordered by their text, so that
/// only equal names are equal.
#[must_use]
pub fn natural(a: &str, b: &str) -> Ordering {
    let (mut rest_a, mut rest_b) = (a, b);
    loop {
        let (digits_a, digits_b) = (digits(rest_a), digits(rest_b));
        let ordering = if digits_a > 0 && digits_b > 0 {
            let ordering = number(&rest_a[..digits_a]).cmp(&number(&rest_b[..digits_b]));
            (rest_a, rest_b) = (&rest_a[digits_a..], &rest_b[digits_b..]);
            ordering
        } else {
            let (mut chars_a, mut chars_b) = (rest_a.chars(), rest_b.chars());
            let (next_a, next_b) = (chars_a.next(), chars_b.next());
            if next_a.is_none() && next_b.is_none() {
                return a.cmp(b);
            }
            (rest_a, rest_b) = (chars_a.as_str(), chars_b.as_str());
            next_a.cmp(&next_b)
        };
        if ordering.is_ne() {
            return ordering;
        }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// A number of any length as something that compares.
fn number(digits: &str) -> (usize, &str) {
    let digits = digits.trim_start_matches('0');
    (digits.len(), digits)
}
