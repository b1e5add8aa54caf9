//! Where quoted text ends, by each engine's rules. Every function is given the text and the byte behind the opening quote, and gives the
//! byte behind the closing one.

use memchr::{memchr, memchr2, memmem};

/// Until the quote that is not doubled.
pub(super) fn doubled(text: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        at += memchr(quote, text.get(at..)?)? + 1;
        if text.get(at) != Some(&quote) {
            return Some(at);
        }
        at += 1;
    }
}

/// Until the quote that is neither doubled nor behind a backslash.
pub(super) fn escaped(text: &[u8], mut at: usize, quote: u8) -> Option<usize> {
    loop {
        at += memchr2(quote, b'\\', text.get(at..)?)?;
        if text[at] == b'\\' || text.get(at + 1) == Some(&quote) {
            at += 2;
        } else {
            return Some(at + 1);
        }
    }
}

/// Until the next of these bytes.
pub(super) fn plain(text: &[u8], at: usize, close: &[u8]) -> Option<usize> {
    memmem::find(text.get(at..)?, close).map(|found| at + found + close.len())
}

/// Until the comment's end, with the comments inside it.
pub(super) fn nested_comment(text: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 1_usize;
    loop {
        at += memchr2(b'*', b'/', text.get(at..)?)?;
        match text.get(at..at + 2) {
            Some(b"*/") => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Some(at);
                }
            }
            Some(b"/*") => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
}

/// The tag of a dollar quote that begins here, both dollars included: `$$`, `$body$`.
pub(super) fn dollar_tag(text: &[u8], at: usize) -> Option<&[u8]> {
    let rest = text.get(at + 1..)?;
    let end = rest.iter().position(|byte| !is_tag(*byte))?;
    let starts_well = !rest.first().is_some_and(u8::is_ascii_digit);
    (rest[end] == b'$' && starts_well).then(|| &text[at..at + end + 2])
}

fn is_tag(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
