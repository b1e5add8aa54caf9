//! Places in a text: from bytes to lines and columns, as editors count them.

use packhorse_model::api::scripts::TextSpan;

/// Where the lines of a text begin.
#[derive(Debug)]
pub struct Lines<'t> {
    text: &'t str,
    starts: Vec<usize>,
}

impl<'t> Lines<'t> {
    /// Looks at a text once.
    #[must_use]
    pub fn of(text: &'t str) -> Self {
        let breaks = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
        Self { text, starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The bytes from `start` to `end` as a span. What lies behind the end of the text, or inside a character, is moved back.
    #[must_use]
    pub fn span(&self, start: usize, end: usize) -> TextSpan {
        let (line, column) = self.place(start);
        let (end_line, end_column) = self.place(end.max(start));
        TextSpan { line, column, end_line, end_column }
    }

    fn place(&self, byte: usize) -> (u32, u32) {
        let byte = self.text.floor_char_boundary(byte);
        let line = self.starts.partition_point(|start| *start <= byte) - 1;
        let column = self.text[self.starts[line]..byte].encode_utf16().count();
        (number(line), number(column))
    }
}

/// How many columns a piece of a line has, as editors count them: UTF-16 code units.
pub(crate) fn columns(bytes: &[u8]) -> usize {
    String::from_utf8_lossy(bytes).encode_utf16().count()
}

fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// The first characters of a text, at most `most`, on one line.
pub(crate) fn excerpt(text: &str, most: usize) -> String {
    text.chars().take(most).map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_as_editors_do() {
        let text = "a\n支付 😀x\n";
        let lines = Lines::of(text);
        let x = text.find('x').unwrap();
        assert_eq!(lines.span(x, x + 1), TextSpan { line: 2, column: 6, end_line: 2, end_column: 7 });
        assert_eq!(lines.span(0, text.len()), TextSpan { line: 1, column: 1, end_line: 3, end_column: 1 });
        assert_eq!(lines.span(3, 999).column, 1, "inside a character is before it");
    }
}
