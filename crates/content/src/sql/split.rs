//! Where statements end.
//!
//! - PostgreSQL: at `;`, but neither inside parentheses nor inside `BEGIN ATOMIC … END` of a routine.
//! - MySQL and MariaDB: at the delimiter, which `DELIMITER` lines set.
//! - SQLite: at `;`; a trigger ends at `; END ;`.

use packhorse_model::manifest::Engine;

use super::fault::SqlFault;
use super::lexer::{Kind, Lexer, Token};
use super::statement::Statement;

/// The statements of a text, one after another. After a fault there is nothing more: what follows it cannot be trusted.
#[derive(Debug)]
pub struct Splitter<'t> {
    text: &'t str,
    engine: Engine,
    lexer: Lexer<'t>,
    is_over: bool,
}

impl<'t> Splitter<'t> {
    /// Begins at the top of a text.
    #[must_use]
    pub fn new(text: &'t str, engine: Engine) -> Self {
        Self { text, engine, lexer: Lexer::new(text, engine), is_over: false }
    }

    fn statement(&mut self) -> Result<Option<Statement<'t>>, SqlFault> {
        let mut statement = Statement { text: self.text, engine: self.engine, tokens: Vec::new() };
        let mut body = Body::default();
        while let Some(token) = self.lexer.next()? {
            match token.kind {
                Kind::Blank | Kind::Comment => {}
                Kind::Delimiter if statement.tokens.is_empty() => {}
                Kind::Delimiter if body.holds(&statement) => {
                    statement.tokens.push(token);
                    body.see(&statement);
                }
                Kind::Delimiter => return self.ended(statement).map(Some),
                Kind::Word if statement.tokens.is_empty() && self.is_delimiter_line(token) => {
                    self.set_delimiter(token)?;
                }
                _ => {
                    statement.tokens.push(token);
                    body.see(&statement);
                }
            }
        }
        if let Some(fault) = body.open(&statement) {
            return Err(fault);
        }
        if statement.tokens.is_empty() { Ok(None) } else { self.ended(statement).map(Some) }
    }

    /// The statement, unless its end was taken from the middle of a body.
    fn ended(&self, statement: Statement<'t>) -> Result<Statement<'t>, SqlFault> {
        let is_routine = self.engine == Engine::Mysql && self.lexer.delimiter == ";" && is_mysql_routine(&statement);
        if is_routine && (0..statement.tokens.len()).any(|index| statement.is_word(index, "begin")) {
            return Err(SqlFault::NeedsDelimiter { at: statement.start() });
        }
        Ok(statement)
    }

    fn is_delimiter_line(&self, token: Token) -> bool {
        let before = &self.text[..token.range().start];
        let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
        self.engine == Engine::Mysql
            && self.text[token.range()].eq_ignore_ascii_case("delimiter")
            && line.bytes().all(|byte| byte.is_ascii_whitespace())
    }

    fn set_delimiter(&mut self, token: Token) -> Result<(), SqlFault> {
        let at = token.range().end;
        let line = self.text[at..].lines().next().unwrap_or_default();
        let delimiter = line.trim();
        // Letters could be part of a name, and quotes and comments could not be told from it.
        let is_good = (1..=8).contains(&delimiter.len())
            && delimiter.bytes().all(|byte| b";/$|&!@%^~:?+=.,<>*".contains(&byte))
            && !delimiter.contains("/*")
            && !delimiter.contains("*/");
        if !is_good {
            return Err(SqlFault::Delimiter { text: delimiter.chars().take(40).collect(), at: token.range().start });
        }
        delimiter.clone_into(&mut self.lexer.delimiter);
        self.lexer.seek(at + line.len());
        Ok(())
    }
}

impl<'t> Iterator for Splitter<'t> {
    type Item = Result<Statement<'t>, SqlFault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let next = self.statement().transpose();
        self.is_over = !matches!(next, Some(Ok(_)));
        next
    }
}

/// Whether a statement makes a routine of MySQL, whose body may hold statements.
pub(super) fn is_mysql_routine(statement: &Statement<'_>) -> bool {
    let is_open = |index: &usize| *index < statement.tokens.len();
    statement.is_word(0, "create")
        && (1..24)
            .take_while(is_open)
            .find(|index| {
                statement.is_one_of(*index, &["procedure", "function", "trigger", "event", "table", "view", "index"])
            })
            .is_some_and(|index| statement.is_one_of(index, &["procedure", "function", "trigger", "event", "package"]))
}

/// What of a statement is still open when a delimiter comes.
#[derive(Debug, Default)]
struct Body {
    /// Open parentheses.
    parentheses: usize,
    /// Open `BEGIN ATOMIC` and the `CASE`s inside it.
    atomic: usize,
    /// How much of `; END` a trigger of SQLite has had.
    trigger: Trigger,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Trigger {
    #[default]
    Inside,
    AfterSemicolon,
    AfterEnd,
}

impl Body {
    /// Takes note of the statement's last token.
    fn see(&mut self, statement: &Statement<'_>) {
        let last = statement.tokens.len() - 1;
        match statement.engine {
            Engine::Mysql => {}
            Engine::Postgres => self.see_postgres(statement, last),
            Engine::Sqlite => {
                self.trigger = match self.trigger {
                    _ if statement.is_symbol(last, ";") => Trigger::AfterSemicolon,
                    Trigger::AfterSemicolon if statement.is_word(last, "end") => Trigger::AfterEnd,
                    _ => Trigger::Inside,
                };
            }
        }
    }

    fn see_postgres(&mut self, statement: &Statement<'_>, last: usize) {
        if statement.is_symbol(last, "(") {
            self.parentheses += 1;
        } else if statement.is_symbol(last, ")") {
            self.parentheses = self.parentheses.saturating_sub(1);
        } else if self.atomic == 0 {
            let begins = last > 0 && statement.is_word(last, "atomic") && statement.is_word(last - 1, "begin");
            self.atomic = usize::from(begins && is_postgres_routine(statement));
        } else if statement.is_word(last, "case") {
            self.atomic += 1;
        } else if statement.is_word(last, "end") {
            self.atomic -= 1;
        }
    }

    /// Whether a delimiter belongs to the body.
    fn holds(&self, statement: &Statement<'_>) -> bool {
        match statement.engine {
            Engine::Mysql => false,
            Engine::Postgres => self.parentheses > 0 || self.atomic > 0,
            Engine::Sqlite => is_sqlite_trigger(statement) && self.trigger != Trigger::AfterEnd,
        }
    }

    /// What is not closed at the end of the text.
    fn open(&self, statement: &Statement<'_>) -> Option<SqlFault> {
        let what = match statement.engine {
            Engine::Postgres if self.parentheses > 0 => "a parenthesis",
            Engine::Postgres if self.atomic > 0 => "BEGIN ATOMIC",
            Engine::Sqlite if is_sqlite_trigger(statement) && self.trigger != Trigger::AfterEnd => "a trigger's BEGIN",
            _ => return None,
        };
        Some(SqlFault::Unterminated { what, at: statement.start() })
    }
}

pub(super) fn is_postgres_routine(statement: &Statement<'_>) -> bool {
    statement.begins_with(&["create", "function"]) || statement.begins_with(&["create", "procedure"])
}

fn is_sqlite_trigger(statement: &Statement<'_>) -> bool {
    let first = if statement.is_word(0, "explain") { 1 } else { 0 };
    let kind = first + if statement.is_one_of(first + 1, &["temp", "temporary"]) { 2 } else { 1 };
    statement.is_word(first, "create") && statement.is_word(kind, "trigger")
}
