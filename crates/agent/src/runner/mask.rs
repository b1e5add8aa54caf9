//! Secrets in output: wherever the very bytes of one stand, a mask stands in their place, also where they come in pieces.
//!
//! That is against mistakes, not against malice: a command that turns a secret round before it writes it is not understood.

use std::borrow::Cow;
use std::collections::BTreeSet;

/// What stands where a secret would.
const MASK: &[u8] = b"***";

/// What must not be seen, and the end of what came that may be the beginning of it.
#[derive(Debug, Default)]
pub(super) struct Mask {
    /// The longest first, so that of two that begin alike none shows its rest.
    secrets: Vec<Vec<u8>>,
    held: Vec<u8>,
}

/// Whether what is held may still go on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rest {
    MayCome,
    Ended,
}

impl Mask {
    /// Masks these values, with and without the line ends behind them.
    pub(super) fn of<'s>(values: impl IntoIterator<Item = &'s String>) -> Self {
        let both = |value: &'s String| [value.as_str(), value.trim_end_matches(['\r', '\n'])];
        let distinct: BTreeSet<&str> = values.into_iter().flat_map(both).filter(|value| !value.is_empty()).collect();
        let mut secrets: Vec<Vec<u8>> = distinct.into_iter().map(|value| value.as_bytes().to_vec()).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Self { secrets, held: Vec::new() }
    }

    /// What can be shown by now of what came.
    pub(super) fn push<'b>(&mut self, bytes: &'b [u8]) -> Cow<'b, [u8]> {
        if self.secrets.is_empty() {
            return Cow::Borrowed(bytes);
        }
        self.held.extend_from_slice(bytes);
        Cow::Owned(self.shown(Rest::MayCome))
    }

    /// What is left to show when nothing more will come.
    pub(super) fn finish(&mut self) -> Vec<u8> {
        self.shown(Rest::Ended)
    }

    fn shown(&mut self, more: Rest) -> Vec<u8> {
        let mut shown = Vec::with_capacity(self.held.len());
        let mut at = 0;
        while at < self.held.len() {
            let rest = &self.held[at..];
            let is_begun = |secret: &Vec<u8>| secret.len() > rest.len() && secret.starts_with(rest);
            if more == Rest::MayCome && self.secrets.iter().any(is_begun) {
                break;
            }
            match self.secrets.iter().find(|secret| rest.starts_with(secret)) {
                Some(secret) => {
                    shown.extend_from_slice(MASK);
                    at += secret.len();
                }
                None => {
                    shown.push(rest[0]);
                    at += 1;
                }
            }
        }
        self.held.drain(..at);
        shown
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(secrets: &[&str], pieces: &[&[u8]]) -> String {
        let secrets: Vec<String> = secrets.iter().map(|secret| (*secret).to_owned()).collect();
        let mut mask = Mask::of(&secrets);
        let mut all: Vec<u8> = pieces.iter().flat_map(|piece| mask.push(piece).into_owned()).collect();
        all.extend(mask.finish());
        String::from_utf8(all).unwrap()
    }

    #[test]
    fn secrets_are_masked_wherever_they_stand() {
        assert_eq!(masked(&["hunter2"], &[b"a hunter2 b hun", b"ter2hunter", b"2 hunter"]), "a *** b ****** hunter");
        assert_eq!(masked(&["abc", "abcdef"], &[b"abc", b"def abcd"]), "*** ***d");
        assert_eq!(masked(&["key\n"], &[b"key\nkey."]), "******.");
        assert_eq!(masked(&["", "\n"], &[b"as it is\n"]), "as it is***");
        assert_eq!(masked(&[], &[b"as it is"]), "as it is");
    }

    #[test]
    fn what_cannot_be_part_of_a_secret_is_shown_at_once() {
        let mut mask = Mask::of(&["hunter2".to_owned()]);
        assert_eq!(mask.push(b"50% done").as_ref(), b"50% done");
        assert_eq!(mask.push(b", hu").as_ref(), b", ");
        assert_eq!(mask.push(b"rry").as_ref(), b"hurry");
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// However the output is cut, it is masked as if it had come whole, and no secret is in it.
        #[test]
        fn pieces_make_no_difference(text in "[ab]{0,40}", cuts in proptest::collection::vec(0usize..40, 0..6), secret in "[ab]{1,5}") {
            let whole = masked(&[&secret], &[text.as_bytes()]);
            let mut cuts: Vec<usize> = cuts.into_iter().filter(|cut| *cut <= text.len()).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for cut in cuts.into_iter().chain([text.len()]) {
                pieces.push(&text.as_bytes()[from..cut]);
                from = cut;
            }
            prop_assert_eq!(masked(&[&secret], &pieces), whole.clone());
            prop_assert!(!whole.contains(&secret));
        }
    }
}
