//! What the rows of a ledger tell: the version of the database, which scripts made it, and where a step stopped.

use packhorse_model::api::database::ChainStepKind;
use packhorse_model::database::{LedgerState, LedgerStop, MigrationStep, StatementState};
use packhorse_model::{Digest, VersionNumber};

/// One row: a statement, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the ledger, from 1.
    pub id: i64,
    /// What its step does.
    pub kind: ChainStepKind,
    /// The version before the step.
    pub from: Option<VersionNumber>,
    /// The version after the step.
    pub to: Option<VersionNumber>,
    /// The path of its script.
    pub script: String,
    /// The place of the script in the step, from 1.
    pub number: u32,
    /// How many scripts the step has.
    pub scripts: u32,
    /// The content of the script.
    pub checksum: Digest,
    /// The place of the statement in the script, from 1; 0 if the script has none.
    pub statement: u32,
    /// How many statements the script has.
    pub statements: u32,
    /// The line at which the statement begins, from 1.
    pub line: u32,
    /// What became of it.
    pub state: StatementState,
    /// What the database said.
    pub message: Option<String>,
}

impl Entry {
    /// Whether its script is at its end.
    #[must_use]
    pub fn ends_script(&self) -> bool {
        self.state == StatementState::Done && self.statement == self.statements
    }

    fn way(&self) -> Way {
        Way { kind: self.kind, from: self.from.clone(), to: self.to.clone() }
    }

    fn stop(&self) -> LedgerStop {
        LedgerStop {
            kind: self.kind,
            from: self.from.clone(),
            to: self.to.clone(),
            script: self.script.clone(),
            statement: self.statement,
            statements: self.statements,
            line: self.line,
            state: self.state,
            message: self.message.clone(),
        }
    }
}

/// Which step it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) kind: ChainStepKind,
    pub(crate) from: Option<VersionNumber>,
    pub(crate) to: Option<VersionNumber>,
}

impl Way {
    pub(crate) fn is_of(&self, step: &MigrationStep) -> bool {
        step.is_same_way(self.kind, self.from.as_ref(), self.to.as_ref())
    }
}

/// A script that was run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) path: String,
    pub(crate) checksum: Digest,
}

/// A step that was run and not undone since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) way: Way,
    pub(crate) scripts: Vec<Ran>,
}

/// A step that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// The step, and its scripts that are at their end.
    pub(crate) begun: Applied,
    /// The script in whose middle it stopped.
    pub(crate) inside: Option<Inside>,
    /// The last row.
    pub(crate) stop: LedgerStop,
    /// Its place in the ledger.
    pub(crate) id: i64,
}

/// A script that was begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inside {
    pub(crate) script: Ran,
    /// How many of its statements stand in the database.
    pub(crate) stands: u32,
}

impl Part {
    /// Whether nothing of the step stands in the database.
    pub(crate) fn is_void(&self) -> bool {
        self.begun.scripts.is_empty() && self.inside.as_ref().is_none_or(|inside| inside.stands == 0)
    }
}

/// What the rows of one package tell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    pub(crate) version: Option<VersionNumber>,
    pub(crate) applied: Vec<Applied>,
    pub(crate) part: Option<Part>,
}

impl Ledger {
    /// Reads the rows of a package in their order. Rows inside of scripts that are at their end may be left out.
    #[must_use]
    pub fn read<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let mut ledger = Self::default();
        let mut last = None;
        for entry in entries {
            if entry.ends_script() {
                ledger.script_ends(entry);
            }
            last = Some(entry);
        }
        if let Some(entry) = last.filter(|entry| !entry.ends_script()) {
            ledger.stops_inside(entry);
        }
        ledger
    }

    /// The same for the server.
    #[must_use]
    pub fn state(&self) -> LedgerState {
        let stopped = self.part.as_ref().map(|part| part.stop.clone());
        LedgerState { version: self.version.clone(), stopped }
    }

    fn script_ends(&mut self, entry: &Entry) {
        let mut begun = self.begun(entry);
        begun.scripts.push(Ran { path: entry.script.clone(), checksum: entry.checksum });
        if entry.number < entry.scripts {
            self.part = Some(Part { begun, inside: None, stop: entry.stop(), id: entry.id });
            return;
        }
        self.version.clone_from(&entry.to);
        match entry.kind {
            ChainStepKind::FullLoad | ChainStepKind::Increment => self.applied.push(begun),
            ChainStepKind::Rollback => {
                self.applied.pop_if(|step| step.way.to == entry.from);
            }
        }
    }

    fn stops_inside(&mut self, entry: &Entry) {
        let begun = self.begun(entry);
        let stands = match entry.state {
            StatementState::Done => entry.statement,
            StatementState::Started | StatementState::Failed => entry.statement.saturating_sub(1),
            StatementState::Undone => 0,
        };
        let script = Ran { path: entry.script.clone(), checksum: entry.checksum };
        self.part = Some(Part { begun, inside: Some(Inside { script, stands }), stop: entry.stop(), id: entry.id });
    }

    /// The step of this row with its scripts before it.
    fn begun(&mut self, entry: &Entry) -> Applied {
        let before = entry.number.saturating_sub(1) as usize;
        match self.part.take() {
            Some(part) if part.begun.way == entry.way() && part.begun.scripts.len() == before => part.begun,
            _ => Applied { way: entry.way(), scripts: Vec::new() },
        }
    }
}
