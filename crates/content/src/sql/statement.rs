//! One statement: its place in the text, and its tokens without blanks and comments.

use packhorse_model::manifest::Engine;

use super::lexer::{Kind, Token};

/// A statement of a text of SQL, without the delimiter.
#[derive(Debug, Clone)]
pub struct Statement<'t> {
    pub(super) text: &'t str,
    pub(super) engine: Engine,
    pub(super) tokens: Vec<Token>,
}

impl<'t> Statement<'t> {
    /// The byte at which it begins.
    #[must_use]
    pub fn start(&self) -> usize {
        self.tokens.first().map_or(0, |token| token.range().start)
    }

    /// The byte before which it ends.
    #[must_use]
    pub fn end(&self) -> usize {
        self.tokens.last().map_or(0, |token| token.range().end)
    }

    /// It, as it is written.
    #[must_use]
    pub fn text(&self) -> &'t str {
        &self.text[self.start()..self.end()]
    }

    /// Its first words, in capitals: `CREATE TABLE`. At most two, and only those that are words.
    #[must_use]
    pub fn verb(&self) -> String {
        let words = (0..).map_while(|index| self.word(index)).filter(|word| !is_noise(word)).take(2);
        words.map(str::to_ascii_uppercase).collect::<Vec<_>>().join(" ")
    }

    /// Whether it begins with these words, apart from those that change nothing, such as `OR REPLACE` and `TEMPORARY`.
    #[must_use]
    pub fn begins_with(&self, words: &[&str]) -> bool {
        let mut own = (0..).map_while(|index| self.word(index)).filter(|word| !is_noise(word));
        words.iter().all(|word| own.next().is_some_and(|own| own.eq_ignore_ascii_case(word)))
    }

    /// The word with which the statement itself begins, behind the queries that a WITH names.
    #[must_use]
    pub fn main_verb(&self) -> Option<&'t str> {
        if !self.is_word(0, "with") {
            return self.word(0);
        }
        let verbs = ["select", "insert", "update", "delete", "merge", "replace", "values"];
        self.top_words().find(|word| verbs.iter().any(|verb| word.eq_ignore_ascii_case(verb)))
    }

    /// Whether a word stands in it outside of all parentheses.
    #[must_use]
    pub fn has_top_word(&self, wanted: &str) -> bool {
        self.top_words().any(|word| word.eq_ignore_ascii_case(wanted))
    }

    /// The statement as it is written, with comments as blanks, so that places stay what they are.
    #[must_use]
    pub fn text_without_comments(&self) -> String {
        let mut text = String::with_capacity(self.end() - self.start());
        let mut at = self.start();
        for token in &self.tokens {
            let range = token.range();
            text.extend(self.text[at..range.start].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
            text.push_str(&self.text[range.clone()]);
            at = range.end;
        }
        text
    }

    /// The words that stand outside of all parentheses.
    fn top_words(&self) -> impl Iterator<Item = &'t str> + '_ {
        let mut depth = 0_usize;
        (0..self.tokens.len()).filter_map(move |index| {
            if self.is_symbol(index, "(") {
                depth += 1;
            } else if self.is_symbol(index, ")") {
                depth = depth.saturating_sub(1);
            }
            self.word(index).filter(|_| depth == 0)
        })
    }

    pub(super) fn source(&self, index: usize) -> &'t str {
        self.tokens.get(index).map_or("", |token| &self.text[token.range()])
    }

    pub(super) fn kind(&self, index: usize) -> Option<Kind> {
        self.tokens.get(index).map(|token| token.kind)
    }

    pub(super) fn word(&self, index: usize) -> Option<&'t str> {
        (self.kind(index)? == Kind::Word).then(|| self.source(index))
    }

    pub(super) fn is_word(&self, index: usize, word: &str) -> bool {
        self.word(index).is_some_and(|own| own.eq_ignore_ascii_case(word))
    }

    pub(super) fn is_one_of(&self, index: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(index, word))
    }

    pub(super) fn is_symbol(&self, index: usize, symbol: &str) -> bool {
        matches!(self.kind(index), Some(Kind::Symbol | Kind::Delimiter)) && self.source(index) == symbol
    }

    /// A name, quoted or not, in small letters and without its quotes.
    pub(super) fn name(&self, index: usize) -> Option<String> {
        let source = self.source(index);
        match self.kind(index)? {
            Kind::Word => Some(source.to_ascii_lowercase()),
            Kind::Name | Kind::Text => source.get(1..source.len().saturating_sub(1)).map(str::to_ascii_lowercase),
            _ => None,
        }
    }
}

/// Words that stand between a verb and what it is about, and change neither.
pub(super) fn is_noise(word: &str) -> bool {
    ["or", "replace", "temp", "temporary", "trusted", "procedural"].iter().any(|noise| word.eq_ignore_ascii_case(noise))
}
