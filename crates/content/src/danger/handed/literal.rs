//! Strings of Python and Perl: where they end, and what they say.

use super::{GAP, Handed};

/// What a backslash means in a string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escapes {
    /// Line breaks and the like, and signs that would end the string.
    All,
    /// Only signs that would end the string.
    Signs,
    /// Nothing, though it keeps the sign behind it from ending the string.
    None,
}

/// How a string is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Form {
    /// What opens it, once or three times.
    pub(super) open: u8,
    /// What closes it; brackets nest.
    pub(super) close: u8,
    /// Whether three of them open and close it.
    pub(super) is_triple: bool,
    /// What a backslash means.
    pub(super) escapes: Escapes,
    /// Whether `{…}` is put in.
    pub(super) has_braces: bool,
}

impl Form {
    /// A string in this sign, or in a pair of brackets that it opens.
    pub(super) fn of(open: u8) -> Self {
        let close = match open {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b'<' => b'>',
            other => other,
        };
        Self { open, close, is_triple: false, escapes: Escapes::All, has_braces: false }
    }

    /// Reads what stands behind the opening sign, from `at`; gives what it says, and where the text goes on.
    pub(super) fn read(self, bytes: &[u8], mut at: usize) -> (Handed, usize) {
        let mut said = Handed::default();
        let mut depth = 0_usize;
        while let Some(&byte) = bytes.get(at) {
            let next = bytes.get(at + 1).copied();
            if self.closes(bytes, at) && depth == 0 {
                return (said, at + if self.is_triple { 3 } else { 1 });
            }
            match (byte, next) {
                (b'\\', Some(next)) => {
                    self.escape(next, at, &mut said);
                    at += 2;
                    continue;
                }
                (b'{' | b'}', Some(next)) if self.has_braces && next == byte => at += 1,
                (b'{', _) if self.has_braces => {
                    let length = bytes[at..].iter().take(256).position(|byte| matches!(byte, b'}' | b'\n'));
                    said.push(GAP, at);
                    at += length.unwrap_or(0) + 1;
                    continue;
                }
                _ if self.open != self.close && byte == self.open => depth += 1,
                _ if self.open != self.close && byte == self.close => depth = depth.saturating_sub(1),
                _ => {}
            }
            said.push(byte, at);
            at += 1;
        }
        (said, bytes.len())
    }

    fn closes(self, bytes: &[u8], at: usize) -> bool {
        let close = [self.close; 3];
        bytes[at..].starts_with(if self.is_triple { &close[..] } else { &close[..1] })
    }

    /// What a backslash and the sign behind it say.
    fn escape(self, next: u8, at: usize, said: &mut Handed) {
        let is_sign = next == self.close || next == self.open || next == b'\\';
        match (self.escapes, next) {
            (Escapes::All, b'\n') => {}
            (Escapes::All, b'n') => said.push(b'\n', at),
            (Escapes::All, b't') => said.push(b'\t', at),
            (Escapes::All, b'$' | b'@' | b'"' | b'\'') => said.push(next, at + 1),
            (Escapes::All | Escapes::Signs, _) if is_sign => said.push(next, at + 1),
            _ => {
                said.push(b'\\', at);
                said.push(next, at + 1);
            }
        }
    }
}
