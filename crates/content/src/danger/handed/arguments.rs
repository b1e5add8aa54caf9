//! What a call is given, put together as far as it is text.

use super::{GAP, Handed};

/// A string, or words that stand for several.
pub(super) enum Literal {
    Text(Handed),
    Words(Vec<Handed>),
    /// In backticks: run where it stands.
    Command(Handed),
}

/// Arguments as far as they are strings.
#[derive(Default)]
pub(super) struct Arguments {
    /// Those that are complete; of a list, its words.
    pub(super) all: Vec<Handed>,
    current: Handed,
    /// Something that is no string stands behind what was read of the current one.
    pub(super) has_gap: bool,
    /// They are the words of one command.
    pub(super) is_list: bool,
    /// The current one is given by a name that is not the command's.
    pub(super) is_skipped: bool,
    /// Whatever follows belongs to no command.
    pub(super) is_over: bool,
}

impl Arguments {
    /// Goes on with the current one.
    pub(super) fn add(&mut self, literal: Literal) {
        match literal {
            Literal::Text(text) => {
                if std::mem::take(&mut self.has_gap)
                    && let Some(place) = text.places.first()
                {
                    self.current.push(GAP, *place);
                }
                self.current.append(&text);
            }
            Literal::Words(words) if !self.is_over => {
                self.all.extend(words);
                self.is_list = true;
            }
            Literal::Words(_) | Literal::Command(_) => self.has_gap = true,
        }
    }

    /// What was read of the current one is not part of it.
    pub(super) fn forget(&mut self) {
        (self.current, self.has_gap) = (Handed::default(), false);
    }

    /// Ends the current one.
    pub(super) fn end(&mut self) {
        let mut argument = std::mem::take(&mut self.current);
        let has_gap = std::mem::take(&mut self.has_gap);
        if let Some(place) = argument.places.last().copied().filter(|_| has_gap) {
            argument.push(GAP, place);
        }
        let is_skipped = std::mem::take(&mut self.is_skipped);
        if !argument.is_empty() && !is_skipped && !self.is_over {
            self.all.push(argument);
        }
    }
}

/// The words of a text that blanks part.
pub(super) fn words(said: &Handed) -> Vec<Handed> {
    let mut words = vec![Handed::default()];
    for (byte, place) in said.text.iter().zip(&said.places) {
        match words.last_mut() {
            Some(word) if !byte.is_ascii_whitespace() => word.push(*byte, *place),
            _ => words.push(Handed::default()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}
