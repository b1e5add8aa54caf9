//! Lines of code: a text with its comments as blanks, cut where a language's lines end. Places stay what they are in the text.

use std::ops::Range;

use packhorse_model::danger::Language;

use super::shell::Script;

/// A text of which only code is left.
pub(super) struct Code {
    text: String,
}

impl Code {
    /// A shell script, as it was read. Lines that a backslash joins are one.
    pub(super) fn of_shell(text: &str, script: &Script) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        for aside in &script.asides {
            blank(&mut bytes, aside.clone(), Breaks::Kept);
        }
        for joint in &script.joints {
            blank(&mut bytes, *joint..joint + 2, Breaks::Joined);
        }
        Self { text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// A script of another language. Comments are found by their sign, outside of quotes that end on the same line.
    pub(super) fn of(text: &str, language: Language) -> Self {
        let mut bytes = text.as_bytes().to_vec();
        let mut at = 0;
        let mut in_block = false;
        for line in text.split_inclusive('\n') {
            let (opens, closes) = match language {
                Language::Powershell => (line.trim_start().starts_with("<#"), line.contains("#>")),
                Language::Perl => (line.starts_with("=pod") || line.starts_with("=head"), line.starts_with("=cut")),
                Language::Python | Language::Shell | Language::Sql => (false, false),
            };
            in_block |= opens;
            if in_block {
                blank(&mut bytes, at..at + line.len(), Breaks::Kept);
            } else if let Some(comment) = comment(line) {
                blank(&mut bytes, at + comment..at + line.len(), Breaks::Kept);
            }
            in_block &= !closes;
            at += line.len();
        }
        Self { text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// The lines that are not blank, with their places.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut at = 0;
        self.text.split_inclusive('\n').filter_map(move |line| {
            let start = at;
            at += line.len();
            let line = line.trim_end();
            (!line.is_empty()).then_some((start, line))
        })
    }
}

#[derive(Clone, Copy)]
enum Breaks {
    Kept,
    Joined,
}

fn blank(bytes: &mut [u8], range: Range<usize>, breaks: Breaks) {
    let end = range.end.min(bytes.len());
    for byte in bytes.get_mut(range.start..end).unwrap_or_default() {
        if *byte != b'\n' || matches!(breaks, Breaks::Joined) {
            *byte = b' ';
        }
    }
}

/// Where the comment of a line begins: at a `#` at the front or behind a blank.
fn comment(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'#' if at == 0 || bytes[at - 1].is_ascii_whitespace() => return Some(at),
            b'\\' => at += 1,
            b'\'' | b'"' => {
                if let Some(length) = bytes[at + 1..].iter().position(|other| other == byte) {
                    at += length + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_is_left() {
        let code = Code::of("a = '# b' # c\n#!d\ne\n", Language::Python);
        assert_eq!(code.lines().collect::<Vec<_>>(), [(0, "a = '# b'"), (18, "e")]);
        let code = Code::of("<# a\nb #>\nc", Language::Powershell);
        assert_eq!(code.lines().collect::<Vec<_>>(), [(10, "c")]);
        let text = "a \\\n b # c\ncat <<E\nd\nE\n";
        let code = Code::of_shell(text, &super::super::shell::read(text, 0..text.len()));
        assert_eq!(code.lines().map(|(_, line)| line).collect::<Vec<_>>(), ["a    b", "cat <<E", "E"]);
    }
}
