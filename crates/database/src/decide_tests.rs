use packhorse_model::Digest;
use packhorse_model::api::database::ChainStepKind;
use packhorse_model::database::{DatabaseLogin, DatabaseTls, StatementState};
use packhorse_model::ids::{DatabaseTargetId, Identifier as _};
use packhorse_model::manifest::Engine;
use proptest::prelude::*;

use super::*;
use crate::ledger::Entry;

fn version(number: usize) -> Option<VersionNumber> {
    (number > 0).then(|| format!("1.{number}").parse().unwrap())
}

fn digest(text: &str) -> Digest {
    packhorse_content::digest_of(text.as_bytes())
}

fn step(kind: ChainStepKind, from: usize, to: usize, scripts: usize) -> MigrationStep {
    let path = |number: usize| format!("{from}-{to}/{number}_{kind:?}.sql");
    let script = |number| MigrationScript { path: path(number), digest: digest(&path(number)), size: 1 };
    MigrationStep {
        kind,
        from: version(from),
        to: version(to),
        version: "2.0".parse().unwrap(),
        scripts: (1..=scripts).map(script).collect(),
    }
}

/// From one version to another over all between them.
fn migration(from: usize, to: usize, scripts: usize) -> Migration {
    let up = |at| step(ChainStepKind::Increment, at, at + 1, scripts);
    let down = |at: usize| step(ChainStepKind::Rollback, at, at - 1, scripts);
    Migration {
        target: DatabaseTargetId::from_parts(jiff::Timestamp::UNIX_EPOCH, 0),
        name: "shop".parse().unwrap(),
        login: DatabaseLogin {
            engine: Engine::Postgres,
            address: None,
            database: "shop".to_owned(),
            user: None,
            tls: DatabaseTls::Off,
            authority: None,
        },
        from: version(from),
        to: version(to),
        steps: if from <= to { (from..to).map(up).collect() } else { (to + 1..=from).rev().map(down).collect() },
        way_back: None,
        known: (0..from).map(up).collect(),
    }
}

const STATEMENTS: u32 = 3;

/// How a run comes to its end.
#[derive(Debug, Clone, Copy)]
enum End {
    /// It goes through.
    None,
    /// The database undoes the script in which it refuses this statement of the run.
    Undone(u32),
    /// The database refuses this statement of the run.
    Failed(u32),
    /// The program is killed behind this statement of the run.
    Killed(u32),
}

/// A database that remembers which statements took effect.
#[derive(Default)]
struct Database {
    rows: Vec<Entry>,
    effects: Vec<String>,
}

impl Database {
    fn run(&mut self, migration: &Migration, end: End) -> Result<(), Refusal> {
        let ledger = Ledger::read(&self.rows);
        let work = decide(migration, &ledger)?;
        let mut ran = 0;
        for todo in work.scripts {
            let (rows, effects) = (self.rows.len(), self.effects.len());
            for statement in todo.stands + 1..=STATEMENTS {
                ran += 1;
                match end {
                    End::Undone(at) if at == ran && todo.stands == 0 => {
                        self.rows.truncate(rows);
                        self.effects.truncate(effects);
                        self.write(&todo, statement, StatementState::Undone);
                        return Ok(());
                    }
                    End::Failed(at) if at == ran => {
                        self.write(&todo, statement, StatementState::Failed);
                        return Ok(());
                    }
                    _ => self.write(&todo, statement, StatementState::Done),
                }
                self.effects.push(format!("{}:{statement}", todo.script.path));
                if matches!(end, End::Killed(at) if at == ran) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn write(&mut self, todo: &Todo<'_>, statement: u32, state: StatementState) {
        self.rows.push(Entry {
            id: self.rows.len() as i64 + 1,
            kind: todo.step.kind,
            from: todo.step.from.clone(),
            to: todo.step.to.clone(),
            script: todo.script.path.clone(),
            number: todo.number,
            scripts: todo.step.scripts.len() as u32,
            checksum: todo.script.digest,
            statement,
            statements: STATEMENTS,
            line: statement,
            state,
            message: None,
        });
    }

    fn version(&self) -> Option<VersionNumber> {
        Ledger::read(&self.rows).version
    }
}

fn all(migration: &Migration) -> Vec<String> {
    let scripts = migration.steps.iter().flat_map(|step| &step.scripts);
    scripts.flat_map(|script| (1..=STATEMENTS).map(move |at| format!("{}:{at}", script.path))).collect()
}

fn end() -> impl Strategy<Value = End> {
    prop_oneof![(1..9_u32).prop_map(End::Undone), (1..9_u32).prop_map(End::Failed), (1..9_u32).prop_map(End::Killed)]
}

proptest! {
    /// Wherever runs stop, further ones come to the end, and every statement takes effect once and in order.
    #[test]
    fn every_statement_takes_effect_once(to in 1..4_usize, scripts in 1..3_usize, ends in prop::collection::vec(end(), 0..8)) {
        let up = migration(0, to, scripts);
        let mut database = Database::default();
        for end in ends {
            database.run(&up, end).unwrap();
        }
        database.run(&up, End::None).unwrap();
        prop_assert_eq!(&database.effects, &all(&up));
        prop_assert_eq!(database.version(), version(to));
        let before = database.rows.len();
        database.run(&up, End::None).unwrap();
        prop_assert_eq!(database.rows.len(), before);
    }

    /// What leads back undoes what led there, and it can be led there again.
    #[test]
    fn there_and_back(to in 1..4_usize, back_to in 0..4_usize, ends in prop::collection::vec(end(), 0..6)) {
        let back_to = back_to.min(to - 1);
        let (up, down, again) = (migration(0, to, 1), migration(to, back_to, 1), migration(back_to, to, 1));
        let mut database = Database::default();
        database.run(&up, End::None).unwrap();
        for end in ends {
            database.run(&down, end).unwrap();
        }
        database.run(&down, End::None).unwrap();
        prop_assert_eq!(database.version(), version(back_to));
        database.run(&again, End::None).unwrap();
        prop_assert_eq!(&database.effects, &[all(&up), all(&down), all(&again)].concat());
    }
}

fn refusal(database: &Database, migration: &Migration) -> String {
    decide(migration, &Ledger::read(&database.rows)).unwrap_err().to_string()
}

#[test]
fn a_plan_that_begins_elsewhere_is_refused() {
    let mut database = Database::default();
    insta::assert_snapshot!(refusal(&database, &migration(1, 2, 1)), @"by its ledger the database is empty, and the plan begins with 1.1: make a new plan");
    database.run(&migration(0, 3, 1), End::None).unwrap();
    insta::assert_snapshot!(refusal(&database, &migration(1, 2, 1)), @"by its ledger the database is 1.3, and the plan begins with 1.1: make a new plan");
}

#[test]
fn what_was_run_and_edited_since_is_refused_by_name() {
    let mut database = Database::default();
    database.run(&migration(0, 2, 1), End::None).unwrap();
    let mut further = migration(2, 3, 1);
    further.known[1].scripts[0].digest = digest("something else");
    let refused = refusal(&database, &further);
    assert!(refused.starts_with("1-2/1_Increment.sql was edited after it was run"), "{refused}");

    let mut first = migration(0, 1, 2);
    let mut database = Database::default();
    database.run(&first, End::Failed(2)).unwrap();
    first.steps[0].scripts[0].digest = digest("something else");
    assert!(refusal(&database, &first).starts_with("0-1/1_Increment.sql was edited after it was run"));
    // Of a script that the database has undone nothing stands, and it may be mended.
    let mut database = Database::default();
    database.run(&migration(0, 1, 2), End::Undone(2)).unwrap();
    database.run(&first, End::None).unwrap();
    assert_eq!(database.effects, all(&first));
}

#[test]
fn what_nobody_knows_is_for_a_person_to_say() {
    let up = migration(0, 1, 1);
    let mut database = Database::default();
    database.run(&up, End::Failed(2)).unwrap();
    database.rows.last_mut().unwrap().state = StatementState::Started;
    insta::assert_snapshot!(refusal(&database, &up), @"0-1/1_Increment.sql:2: statement 2 of 3 was begun, and nobody knows how it ended. Look whether it took effect; then set the state of row 2 of packhorse_ledger to 'done' if it did, or to 'failed' if it did not, and retry");
    database.rows.last_mut().unwrap().state = StatementState::Done;
    let ledger = Ledger::read(&database.rows);
    assert_eq!(decide(&up, &ledger).unwrap().scripts[0].stands, 2);
}

#[test]
fn half_a_step_is_not_left_behind() {
    let mut database = Database::default();
    database.run(&migration(0, 1, 1), End::None).unwrap();
    database.run(&migration(1, 2, 1), End::Failed(2)).unwrap();
    insta::assert_snapshot!(refusal(&database, &migration(1, 0, 1)), @"1-2/1_Increment.sql:2: the way from 1.1 to 1.2 stopped at statement 2 of 3, and what was run before it stands. Bring that to its end first, by a deployment to 1.2, or take it back by hand and set the rows of the step in packhorse_ledger to 'undone'");
    // Where nothing of it stands there is nothing to bring to its end.
    let mut database = Database::default();
    database.run(&migration(0, 1, 1), End::None).unwrap();
    database.run(&migration(1, 2, 1), End::Undone(2)).unwrap();
    database.run(&migration(1, 0, 1), End::None).unwrap();
    assert_eq!(database.version(), None);
}

#[test]
fn a_first_step_wants_an_empty_database_until_something_of_it_stands() {
    let up = migration(0, 1, 1);
    let mut database = Database::default();
    assert!(decide(&up, &Ledger::read(&database.rows)).unwrap().begins_empty);
    database.run(&up, End::Failed(2)).unwrap();
    assert!(!decide(&up, &Ledger::read(&database.rows)).unwrap().begins_empty);
}
