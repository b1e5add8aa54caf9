//! A script as it is run: its statements, and how far each can be bound to its row in the ledger.

use packhorse_content::sql::{Statement, check, decode};
use packhorse_model::Digest;
use packhorse_model::api::packages::Severity;
use packhorse_model::manifest::Engine;

/// A script that may be run.
#[derive(Debug)]
pub(crate) struct Script<'t> {
    /// Its statements, without those that begin and end transactions: these are ours.
    pub(crate) statements: Vec<Planned<'t>>,
    /// Whether all of it can be one transaction.
    pub(crate) binding: Binding,
}

/// How a script is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    /// As one transaction.
    Whole,
    /// Statement by statement.
    Singly,
}

/// One statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Planned<'t> {
    pub(crate) text: &'t str,
    /// Where it begins, from 1.
    pub(crate) line: u32,
    pub(crate) digest: Digest,
    pub(crate) nature: Nature,
}

/// How far a statement can be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Nature {
    /// It and its row in the ledger can be one transaction.
    Bound,
    /// It takes effect by itself.
    Alone,
    /// It takes effect in the session alone, and is repeated in a further one.
    Setting,
}

/// Reads a script. `path` is for people.
///
/// # Errors
/// Why it may not be run, with its place.
pub(crate) fn read<'t>(path: &str, bytes: &'t [u8], engine: Engine) -> Result<Script<'t>, String> {
    let text = decode(bytes).map_err(|fault| format!("{path}: {fault}: {}", fault.hint()))?;
    let mut lines = Lines { text, at: 0, line: 1 };
    let mut statements = Vec::new();
    let mut back = None;
    let mut first = None;
    let each = |statement: &Statement<'t>| match role(statement, engine) {
        Role::Frame => {}
        Role::Back => {
            back.get_or_insert(statement.start());
        }
        Role::Runs(nature) => {
            let text = statement.text();
            let digest = packhorse_content::digest_of(text.as_bytes());
            statements.push(Planned { text, line: lines.of(statement.start()), digest, nature });
        }
    };
    check(text, engine, each, |concern| {
        if concern.severity == Severity::Error && first.is_none() {
            first = Some(concern);
        }
    });
    let line = |at: usize| Lines { text, at: 0, line: 1 }.of(at);
    if let Some(concern) = first {
        return Err(format!("{path}:{}: {}: {}", line(concern.start), concern.message, concern.hint));
    }
    if let Some(at) = back {
        return Err(format!(
            "{path}:{}: the script takes its own transaction back: leave ROLLBACK out, its transaction is begun and ended here",
            line(at)
        ));
    }
    let binding = binding(&statements, engine);
    Ok(Script { statements, binding })
}

fn binding(statements: &[Planned<'_>], engine: Engine) -> Binding {
    let fits = |planned: &Planned<'_>| match (engine, planned.nature) {
        // MySQL ends a transaction at every change of a table.
        (Engine::Mysql, _) | (_, Nature::Alone) => false,
        (_, Nature::Bound) => true,
        // SQLite ignores some settings inside of a transaction.
        (_, Nature::Setting) => engine == Engine::Postgres,
    };
    if statements.iter().all(fits) { Binding::Whole } else { Binding::Singly }
}

/// What a statement is to whoever runs the script.
enum Role {
    /// It begins or ends a transaction in the usual way.
    Frame,
    /// It takes a transaction back.
    Back,
    /// It is run.
    Runs(Nature),
}

fn role(statement: &Statement<'_>, engine: Engine) -> Role {
    let begins = |words: &[&str]| statement.begins_with(words);
    let is_short = statement.text().len() <= 80 && !statement.text().contains(';');
    if is_short && (begins(&["begin"]) || begins(&["start", "transaction"]) || begins(&["commit"]) || begins(&["end"]))
    {
        return Role::Frame;
    }
    if begins(&["rollback"]) && !statement.has_top_word("to") {
        return Role::Back;
    }
    Role::Runs(match engine {
        Engine::Postgres => postgres(statement),
        Engine::Mysql => mysql(statement),
        Engine::Sqlite if begins(&["vacuum"]) => Nature::Alone,
        Engine::Sqlite if begins(&["pragma"]) => Nature::Setting,
        Engine::Sqlite => Nature::Bound,
    })
}

fn postgres(statement: &Statement<'_>) -> Nature {
    let begins = |words: &[&str]| statement.begins_with(words);
    let is_concurrent = statement.has_top_word("concurrently")
        && (begins(&["create"]) || begins(&["drop"]) || begins(&["reindex"]) || begins(&["alter"]));
    // A value that was added to an enumeration cannot be used before its transaction has ended. A procedure may end transactions.
    let adds_value = begins(&["alter", "type"]) && statement.has_top_word("add") && statement.has_top_word("value");
    let is_alone = is_concurrent
        || adds_value
        || [&["vacuum"][..], &["cluster"], &["call"], &["reindex", "database"], &["reindex", "system"]]
            .iter()
            .any(|words| begins(words));
    if is_alone {
        Nature::Alone
    } else if begins(&["set"]) || begins(&["reset"]) {
        Nature::Setting
    } else {
        Nature::Bound
    }
}

/// Everything that MySQL or MariaDB does not know to be undone ends the transaction around it.
fn mysql(statement: &Statement<'_>) -> Nature {
    let bound = ["insert", "update", "delete", "replace", "select", "values", "do"];
    match statement.main_verb() {
        Some(verb) if bound.iter().any(|word| verb.eq_ignore_ascii_case(word)) => Nature::Bound,
        Some(verb) if verb.eq_ignore_ascii_case("set") => Nature::Setting,
        _ => Nature::Alone,
    }
}

/// Counts lines on the way through a text.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    /// The line of a place that is not before the one that was asked for last.
    fn of(&mut self, place: usize) -> u32 {
        let between = self.text.as_bytes().get(self.at..place).unwrap_or_default();
        let breaks = between.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.at = place;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(engine: Engine, text: &str) -> String {
        match read("a.sql", text.as_bytes(), engine) {
            Err(refused) => refused,
            Ok(script) => {
                let each = script.statements.iter().map(|planned| format!("{} {:?}", planned.line, planned.nature));
                format!("{:?}: {}", script.binding, each.collect::<Vec<_>>().join(", "))
            }
        }
    }

    #[test]
    fn a_script_is_one_transaction_where_the_engine_can() {
        let text = "BEGIN;\nCREATE TABLE a (b int);\n\nSET x = 1;\nINSERT INTO a VALUES (1);\nCOMMIT;";
        assert_eq!(shown(Engine::Postgres, text), "Whole: 2 Bound, 4 Setting, 5 Bound");
        assert_eq!(shown(Engine::Mysql, text), "Singly: 2 Alone, 4 Setting, 5 Bound");
        assert_eq!(shown(Engine::Sqlite, "CREATE TABLE a (b int);"), "Whole: 1 Bound");
        assert_eq!(shown(Engine::Sqlite, "PRAGMA foreign_keys = OFF;\nDROP TABLE a;"), "Singly: 1 Setting, 2 Bound");
        assert_eq!(shown(Engine::Postgres, "-- nothing\n"), "Whole: ");
    }

    #[test]
    fn what_cannot_be_in_a_transaction_is_known() {
        let singly = |text| shown(Engine::Postgres, text).starts_with("Singly");
        assert!(singly("CREATE INDEX CONCURRENTLY i ON a (b);"));
        assert!(singly("DROP INDEX CONCURRENTLY i;"));
        assert!(singly("ALTER TYPE mood ADD VALUE 'fine';"));
        assert!(singly("VACUUM a;"));
        assert!(!singly("REFRESH MATERIALIZED VIEW CONCURRENTLY v;"));
        assert!(!singly("ALTER TABLE a ADD COLUMN concurrent int;"));
    }

    #[test]
    fn what_no_package_may_hold_is_not_run() {
        let refused = shown(Engine::Postgres, "CREATE TABLE a (b int);\nDROP DATABASE shop;");
        assert!(refused.starts_with("a.sql:2: DROP DATABASE may not be in a package"), "{refused}");
        let refused = shown(Engine::Mysql, "SELECT 1;\nROLLBACK;");
        assert!(refused.starts_with("a.sql:2: the script takes its own transaction back"), "{refused}");
        let refused = shown(Engine::Sqlite, "SELECT 'a");
        assert!(refused.starts_with("a.sql:1: a text is not closed"), "{refused}");
    }
}
