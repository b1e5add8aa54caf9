//! Whether a statement may be in a package: nothing that administers a server, nothing that leads out of the database, nothing that
//! hides what it does.

use packhorse_model::api::packages::Severity;
use packhorse_model::manifest::Engine;

use super::check::Concern;
use super::forbidden::{self, FUNCTIONS, LANGUAGES, PAIRS, PHRASES, PRAGMAS, Phrase, SQLITE_MODULES};
use super::lexer::{Kind, Lexer};
use super::split::{is_mysql_routine, is_postgres_routine};
use super::statement::{Statement, is_noise};

/// Routines inside texts inside routines: nobody needs more.
const DEEPEST: usize = 4;
const ADMIN_HINT: &str = "let whoever administers the database do it, and leave it out of the package";

/// Everything in a statement that should not be there.
pub(super) fn judge(statement: &Statement<'_>) -> Vec<Concern> {
    let mut judge = Judge { statement, is_body: false, depth: 0, concerns: Vec::new() };
    judge.look();
    judge.transaction();
    judge.concerns
}

struct Judge<'s, 't> {
    statement: &'s Statement<'t>,
    /// Whether these are the statements of a routine's body, which was written as a text.
    is_body: bool,
    depth: usize,
    concerns: Vec<Concern>,
}

impl Judge<'_, '_> {
    fn look(&mut self) {
        let routine = self.statement.engine == Engine::Mysql && is_mysql_routine(self.statement);
        for index in 0..self.statement.tokens.len() {
            if self.is_head(index, routine) {
                self.head(index);
            }
            self.anywhere(index);
        }
        self.bodies();
    }

    /// Whether a statement may begin here: at the front, or where a body has the next one.
    fn is_head(&self, index: usize, is_routine: bool) -> bool {
        if index == 0 || is_routine {
            return true;
        }
        let before = index - 1;
        self.statement.is_symbol(before, ";")
            || self.statement.kind(before) == Some(Kind::Executable)
            || (self.is_body || self.statement.engine != Engine::Mysql)
                && self.statement.is_one_of(before, &["begin", "atomic", "then", "else", "loop", "do"])
            || before == 0 && self.statement.is_one_of(0, &["explain", "analyze"])
    }

    fn head(&mut self, index: usize) {
        let engine = self.statement.engine;
        let found =
            PHRASES.iter().find(|phrase| phrase.engines.contains(&engine) && self.phrase_end(index, phrase).is_some());
        if let Some(phrase) = found {
            let end = self.phrase_end(index, phrase).unwrap_or(index + 1);
            self.refuse("SQL_ADMIN", index, end, phrase.why, ADMIN_HINT);
            return;
        }
        match engine {
            Engine::Mysql if self.statement.is_word(index, "set") => self.set(index),
            Engine::Postgres if self.statement.is_word(index, "set") => {
                let end = (index + 4).min(self.statement.tokens.len());
                let readings = ["standard_conforming_strings", "backslash_quote", "session_authorization"];
                if (index..end).any(|at| self.names_one_of(at, &readings)) {
                    self.refuse("SQL_ADMIN", index, end, forbidden::WHY_READING, ADMIN_HINT);
                }
            }
            Engine::Sqlite => self.sqlite(index),
            Engine::Mysql | Engine::Postgres => {}
        }
    }

    /// The token behind a phrase, if it begins here.
    fn phrase_end(&self, index: usize, phrase: &Phrase) -> Option<usize> {
        let mut at = index;
        for (number, choice) in phrase.words.split(' ').enumerate() {
            while number > 0 && self.statement.word(at).is_some_and(is_noise) {
                at += 1;
            }
            let word = self.statement.word(at)?;
            choice.split('|').find(|choice| choice.eq_ignore_ascii_case(word))?;
            at += 1;
        }
        Some(at)
    }

    fn names_one_of(&self, index: usize, names: &[&str]) -> bool {
        self.statement.name(index).is_some_and(|name| names.contains(&name.as_str()))
    }

    /// `SET` of MySQL: settings of the whole server, and those that change how SQL is read.
    fn set(&mut self, index: usize) {
        let length = self.statement.tokens.len();
        let end = (index..length).find(|at| self.statement.is_symbol(*at, ";")).unwrap_or(length);
        let is_global = |at: usize| {
            self.statement.is_one_of(at, &["global", "persist", "persist_only"])
                && (self.statement.is_word(at - 1, "set")
                    || [",", "@"].iter().any(|s| self.statement.is_symbol(at - 1, s)))
        };
        if (index + 1..end).any(is_global) {
            self.refuse("SQL_ADMIN", index, end, forbidden::WHY_SERVER, ADMIN_HINT);
        }
        let sets_mode = (index..end).any(|at| self.names_one_of(at, &["sql_mode"]));
        let hides = |at: usize| {
            let source = self.statement.source(at).to_ascii_uppercase();
            let is_text = self.statement.kind(at) == Some(Kind::Text);
            is_text && (source.contains("NO_BACKSLASH_ESCAPES") || source.contains("ANSI"))
                || sets_mode && self.statement.is_symbol(at, "(")
        };
        if (index..end).any(hides) {
            self.refuse(
                "SQL_ADMIN",
                index,
                end,
                forbidden::WHY_READING,
                "leave the way in which texts are quoted as it is",
            );
        }
    }

    fn sqlite(&mut self, index: usize) {
        let statement = self.statement;
        if statement.is_word(index, "pragma") {
            // PRAGMA schema.name: the name is what counts.
            let name = if statement.is_symbol(index + 2, ".") { index + 3 } else { index + 1 };
            if !self.names_one_of(name, PRAGMAS) {
                self.refuse("SQL_ADMIN", index, name + 1, forbidden::WHY_SERVER, ADMIN_HINT);
            }
        } else if statement.is_word(index, "vacuum") && (1..4).any(|more| statement.is_word(index + more, "into")) {
            self.refuse("SQL_ADMIN", index, index + 1, forbidden::WHY_FILES, ADMIN_HINT);
        } else if statement.is_word(index, "create") && statement.is_word(index + 1, "virtual") {
            let using = (index..statement.tokens.len()).find(|at| statement.is_word(*at, "using"));
            if !using.is_some_and(|using| self.names_one_of(using + 1, SQLITE_MODULES)) {
                self.refuse("SQL_ADMIN", index, index + 3, forbidden::WHY_CODE, ADMIN_HINT);
            }
        } else if index == 0 && statement.is_symbol(0, ".") {
            self.refuse("SQL_CLIENT", 0, 2, forbidden::WHY_CLIENT, ADMIN_HINT);
        }
    }

    /// What is refused wherever it stands.
    fn anywhere(&mut self, index: usize) {
        let statement = self.statement;
        if statement.is_symbol(index, "\\") {
            let hint = "leave commands such as \\! and \\copy to the people who use that client";
            self.refuse("SQL_CLIENT", index, index + 2, forbidden::WHY_CLIENT, hint);
        }
        for (first, second, why) in PAIRS {
            if statement.is_word(index, first) && statement.is_word(index + 1, second) {
                self.refuse("SQL_ADMIN", index, index + 2, why, ADMIN_HINT);
            }
        }
        let is_called = statement.is_symbol(index + 1, "(") || statement.is_word(index, "xp_cmdshell");
        if is_called && let Some(name) = statement.name(index) {
            if let Some((_, why)) = FUNCTIONS.iter().find(|(function, _)| *function == name) {
                self.refuse("SQL_ADMIN", index, index + 1, why, ADMIN_HINT);
            }
            let readings = ["role", "session_authorization", "standard_conforming_strings", "backslash_quote"];
            if name == "set_config" && self.names_one_of(index + 2, &readings) {
                self.refuse("SQL_ADMIN", index, index + 3, forbidden::WHY_READING, ADMIN_HINT);
            }
        }
        let is_dynamic = self.is_body
            && statement.is_word(index, "execute")
            && !statement.is_one_of(index + 1, &["function", "procedure", "immediate"]);
        if is_dynamic {
            let hint = "write the statement itself; IF EXISTS and IF NOT EXISTS make most of them safe to repeat";
            self.refuse("SQL_DYNAMIC", index, index + 1, forbidden::WHY_DYNAMIC, hint);
        }
    }

    /// The bodies of PostgreSQL's routines, which are written as texts.
    fn bodies(&mut self) {
        let statement = self.statement;
        let is_do = statement.is_word(0, "do");
        if statement.engine != Engine::Postgres || self.is_body || !(is_do || is_postgres_routine(statement)) {
            return;
        }
        for index in 0..statement.tokens.len() {
            if statement.is_word(index, "language") && !self.names_one_of(index + 1, LANGUAGES) {
                self.refuse("SQL_LANGUAGE", index, index + 2, forbidden::WHY_CODE, "write it in sql or plpgsql");
            }
            let is_text =
                statement.kind(index) == Some(Kind::Text) && (is_do || statement.is_word(index.wrapping_sub(1), "as"));
            let source = statement.source(index);
            match statement.kind(index) {
                Some(Kind::Dollar) => {
                    let tag = source[1..].find('$').map_or(2, |at| at + 2);
                    self.body(index, &source[tag..source.len() - tag], tag);
                }
                _ if is_text && source.starts_with('\'') => {
                    let inside = source[1..source.len() - 1].replace("''", "'");
                    self.body(index, &inside, 1);
                }
                _ if is_text => {
                    let hint = "write the body between $$ and $$";
                    self.refuse(
                        "SQL_AMBIGUOUS",
                        index,
                        index + 1,
                        "the body of a routine is written with escapes",
                        hint,
                    );
                }
                _ => {}
            }
        }
    }

    /// Looks into the body that token `index` holds, `offset` bytes behind its beginning.
    fn body(&mut self, index: usize, text: &str, offset: usize) {
        let start = self.statement.tokens[index].range().start + offset;
        let mut inside = Statement { text, engine: self.statement.engine, tokens: Vec::new() };
        let mut lexer = Lexer::new(text, inside.engine);
        loop {
            match lexer.next() {
                Ok(Some(token)) if matches!(token.kind, Kind::Blank | Kind::Comment) => {}
                Ok(Some(token)) => inside.tokens.push(token),
                Ok(None) => break,
                Err(fault) => return self.concerns.push(Concern::of_fault(&fault.moved(start))),
            }
        }
        if self.depth >= DEEPEST {
            let what = "routines are nested too deep";
            return self.refuse(
                "SQL_AMBIGUOUS",
                index,
                index + 1,
                what,
                "make the inner routine a statement of its own",
            );
        }
        let mut judge = Judge { statement: &inside, is_body: true, depth: self.depth + 1, concerns: Vec::new() };
        judge.look();
        self.concerns.extend(judge.concerns.into_iter().map(|concern| concern.moved(start)));
    }

    /// Transactions are the business of whoever runs the package.
    fn transaction(&mut self) {
        let statement = self.statement;
        let is_short = statement.tokens.len() <= 2;
        let is_begin = is_short && statement.is_one_of(0, &["begin", "end", "commit"]);
        let is_start = statement.is_word(0, "start") && statement.is_word(1, "transaction");
        let is_back = statement.is_word(0, "rollback") && is_short;
        if is_begin || is_start || is_back {
            let message = "the transaction of the package itself is begun and ended here";
            let hint = "leave it out: what runs a database package opens transactions itself where the engine has them";
            self.say("SQL_TRANSACTION", Severity::Warning, 0, 1, message.to_owned(), hint);
        }
    }

    fn refuse(&mut self, rule: &'static str, start: usize, end: usize, why: &str, hint: &'static str) {
        let end = end.min(self.statement.tokens.len());
        let words: Vec<&str> = (start..end).take(4).map(|index| self.statement.source(index)).collect();
        let words = crate::text::excerpt(&words.join(" "), 60);
        self.say(rule, Severity::Error, start, end, format!("{words} may not be in a package: {why}"), hint);
    }

    fn say(
        &mut self,
        rule: &'static str,
        severity: Severity,
        start: usize,
        end: usize,
        message: String,
        hint: &'static str,
    ) {
        let tokens = &self.statement.tokens;
        let last = end.clamp(start + 1, tokens.len().max(start + 1)) - 1;
        let place = |index: usize| tokens.get(index).map_or(0..0, |token| token.range());
        let (start, end) = (place(start).start, place(last).end);
        self.concerns.push(Concern { rule: rule.to_owned(), severity, start, end, message, hint: hint.to_owned() });
    }
}
