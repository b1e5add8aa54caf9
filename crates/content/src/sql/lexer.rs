//! Tokens of SQL. They lie side by side and cover the text: what one does not cover, the next does.

use packhorse_model::manifest::Engine;

use super::fault::SqlFault;
use super::quote;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Blanks and line breaks.
    Blank,
    /// A comment that no server looks into.
    Comment,
    /// A keyword, a name, a number.
    Word,
    /// A quoted name.
    Name,
    /// A text in quotes.
    Text,
    /// A text in dollar quotes.
    Dollar,
    /// Any other character.
    Symbol,
    /// What ends a statement.
    Delimiter,
    /// The beginning or the end of a comment that MySQL and MariaDB execute.
    Executable,
}

/// A token. Texts are at most 8 MiB, so that four bytes are enough for a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Token {
    pub(super) fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// Reads tokens. Give it no more than 4 GiB.
#[derive(Debug, Clone)]
pub(super) struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    engine: Engine,
    at: usize,
    /// What ends a statement.
    pub(super) delimiter: String,
    /// Inside an executable comment: where its end must be.
    executable_end: Option<usize>,
}

impl<'t> Lexer<'t> {
    pub(super) fn new(text: &'t str, engine: Engine) -> Self {
        Self { text, bytes: text.as_bytes(), engine, at: 0, delimiter: ";".to_owned(), executable_end: None }
    }

    /// Goes on behind `at`, which must be a place between characters.
    pub(super) fn seek(&mut self, at: usize) {
        self.at = at;
    }

    /// The next token; nothing at the end.
    pub(super) fn next(&mut self) -> Result<Option<Token>, SqlFault> {
        let start = self.at;
        let Some(first) = self.bytes.get(start).copied() else {
            return match self.executable_end {
                Some(at) => Err(SqlFault::Unterminated { what: "an executable comment", at }),
                None => Ok(None),
            };
        };
        let (kind, end) = self.token(start, first)?;
        // A lone continuation byte never begins a token: words take all of them along.
        self.at = end;
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Ok(Some(Token { kind, start: place(start), end: place(end) }))
    }

    fn token(&mut self, start: usize, first: u8) -> Result<(Kind, usize), SqlFault> {
        let rest = &self.bytes[start..];
        if self.executable_end.is_none() && rest.starts_with(self.delimiter.as_bytes()) {
            return Ok((Kind::Delimiter, start + self.delimiter.len()));
        }
        if is_blank(first) {
            let length = rest.iter().take_while(|byte| is_blank(**byte)).count();
            return Ok((Kind::Blank, start + length));
        }
        if let Some(end) = self.line_comment(start) {
            return Ok((Kind::Comment, end));
        }
        if rest.starts_with(b"/*") {
            return self.block_comment(start);
        }
        if rest.starts_with(b"*/")
            && let Some(expected) = self.executable_end
        {
            if expected != start {
                let what = "an executable comment holds a */ that only some servers take for its end";
                return Err(SqlFault::Ambiguous { what, at: start });
            }
            self.executable_end = None;
            return Ok((Kind::Executable, start + 2));
        }
        if let Some(quoted) = self.quoted(start, first) {
            return quoted;
        }
        if is_word(first) {
            return self.word(start);
        }
        Ok((Kind::Symbol, start + 1))
    }

    fn line_comment(&self, start: usize) -> Option<usize> {
        let rest = &self.bytes[start..];
        let is_comment = match self.engine {
            Engine::Mysql => {
                rest[0] == b'#'
                    || rest.starts_with(b"--") && rest.get(2).is_none_or(|byte| *byte <= b' ' || *byte == 0x7f)
            }
            Engine::Postgres | Engine::Sqlite => rest.starts_with(b"--"),
        };
        let ends = |byte: &u8| *byte == b'\n' || *byte == b'\r' && self.engine == Engine::Postgres;
        is_comment.then(|| start + rest.iter().position(ends).unwrap_or(rest.len()))
    }

    fn block_comment(&mut self, start: usize) -> Result<(Kind, usize), SqlFault> {
        let unterminated = SqlFault::Unterminated { what: "a comment", at: start };
        let inside = start + 2;
        let rest = &self.bytes[inside..];
        let bang = match self.engine {
            Engine::Mysql if rest.starts_with(b"!") => 1,
            Engine::Mysql if rest.starts_with(b"M!") => 2,
            Engine::Postgres => return quote::nested_comment(self.bytes, inside).map(comment).ok_or(unterminated),
            Engine::Mysql | Engine::Sqlite => {
                return quote::plain(self.bytes, inside, b"*/").map(comment).ok_or(unterminated);
            }
        };
        if self.executable_end.is_some() {
            let what = "an executable comment inside another is read differently by different servers";
            return Err(SqlFault::Ambiguous { what, at: start });
        }
        let digits = rest[bang..].iter().take(6).take_while(|byte| byte.is_ascii_digit()).count();
        let open = inside + bang + if digits >= 5 { digits } else { 0 };
        // A server that does not execute it jumps to the first */, whatever is around that.
        let end = quote::plain(self.bytes, open, b"*/").ok_or(unterminated)?;
        self.executable_end = Some(end - 2);
        Ok((Kind::Executable, open))
    }

    fn quoted(&self, start: usize, first: u8) -> Option<Result<(Kind, usize), SqlFault>> {
        let text = self.bytes;
        let inside = start + 1;
        let (kind, what, end) = match (self.engine, first) {
            (Engine::Mysql, b'\'' | b'"') => (Kind::Text, "a text", quote::escaped(text, inside, first)),
            (_, b'\'') => (Kind::Text, "a text", quote::doubled(text, inside, first)),
            (_, b'"') => (Kind::Name, "a quoted name", quote::doubled(text, inside, first)),
            (Engine::Mysql | Engine::Sqlite, b'`') => {
                (Kind::Name, "a quoted name", quote::doubled(text, inside, first))
            }
            (Engine::Sqlite, b'[') => (Kind::Name, "a quoted name", quote::plain(text, inside, b"]")),
            (Engine::Postgres, b'$') => {
                let tag = quote::dollar_tag(text, start)?;
                (Kind::Dollar, "a dollar-quoted text", quote::plain(text, start + tag.len(), tag))
            }
            _ => return None,
        };
        Some(end.map(|end| (kind, end)).ok_or(SqlFault::Unterminated { what, at: start }))
    }

    fn word(&self, start: usize) -> Result<(Kind, usize), SqlFault> {
        let rest = &self.bytes[start..];
        // In PostgreSQL a dollar quote may follow a number, and is part of a name.
        let is_number = rest[0].is_ascii_digit() && self.engine == Engine::Postgres;
        let ends = self.delimiter.as_bytes();
        let length = (0..rest.len())
            .find(|at| !(is_word(rest[*at]) || rest[*at] == b'$' && !is_number) || rest[*at..].starts_with(ends))
            .unwrap_or(rest.len());
        let end = start + length;
        if self.engine == Engine::Postgres && length == 1 {
            return self.postgres_prefix(start, end);
        }
        Ok((Kind::Word, end))
    }

    /// A letter that may say how the quoted text behind it is read.
    fn postgres_prefix(&self, start: usize, end: usize) -> Result<(Kind, usize), SqlFault> {
        let behind = &self.bytes[end..];
        match self.bytes[start].to_ascii_lowercase() {
            b'e' if behind.starts_with(b"'") => {
                let close = quote::escaped(self.bytes, end + 1, b'\'');
                let close = close.ok_or(SqlFault::Unterminated { what: "a text", at: start })?;
                if self.continues(close) {
                    let what = "a text with escapes goes on in the next line";
                    return Err(SqlFault::Ambiguous { what, at: close });
                }
                Ok((Kind::Text, close))
            }
            b'u' if behind.starts_with(b"&\"") => {
                Err(SqlFault::Ambiguous { what: "a name is written in Unicode escapes, which hide it", at: start })
            }
            _ => Ok((Kind::Word, end)),
        }
    }

    /// Whether the next thing but blanks and comments is another text, which then is part of the one before.
    fn continues(&self, at: usize) -> bool {
        let mut ahead = Self { at, ..self.clone() };
        loop {
            match ahead.next() {
                Ok(Some(token)) if matches!(token.kind, Kind::Blank | Kind::Comment) => {}
                Ok(Some(token)) => return self.text[token.range()].starts_with('\''),
                Ok(None) => return false,
                Err(_) => return true,
            }
        }
    }
}

fn comment(end: usize) -> (Kind, usize) {
    (Kind::Comment, end)
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
