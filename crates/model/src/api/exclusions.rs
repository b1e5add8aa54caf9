//! Why hosts cannot be chosen as targets, by code, for clients that have words of their own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Why a host cannot be chosen, beside the same as a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExclusionCause {
    /// Which.
    pub code: ExclusionCode,
    /// What the sentence names, by name: `package`, `version`, `deployment`. `part` is the package of a deployment of several because of
    /// which the host gets none of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl ExclusionCause {
    /// One whose sentence names nothing yet.
    #[must_use]
    pub fn new(code: ExclusionCode) -> Self {
        Self { code, params: BTreeMap::new() }
    }

    /// The same with something that its sentence names.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "numbers and names are said as they are")]
    pub fn param(mut self, name: &str, value: impl ToString) -> Self {
        self.params.insert(name.to_owned(), value.to_string());
        self
    }
}

/// Why a host cannot be chosen. Codes are never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ExclusionCode {
    /// Its agent is not heard of: nothing.
    Offline,
    /// A deployment of the package is open on it: `package`, `deployment`.
    Busy,
    /// The version was yanked and is not on it: `package`, `version`.
    Yanked,
    /// Another package lies where the version would go: `occupant`, `root`.
    PlaceOccupied,
    /// The package is not on it: `package`.
    NotInstalled,
    /// It has a version that the registry does not know: `package`, `version`.
    VersionUnknown,
    /// It keeps no version before the current one: `version`.
    NoPrevious,
    /// Its version before is not in the registry any more: `version`.
    PreviousGone,
    /// An upgrade would lead to an older version: `from`, `to`.
    NotNewer,
    /// A downgrade would not lead to an older version: `from`, `to`.
    NotOlder,
    /// Its instance lies elsewhere than the version would: `root`, `version`, `to`.
    OtherRoot,
    /// Its instance lies in another layout than the version would: `package`, `version`, `before`, `after`.
    OtherLayout,
    /// The version has no command for what is asked: `package`, `version`, `command`.
    NoCommand,
    /// The values with which its version was rendered are not known any more: `package`, `version`.
    ValuesForgotten,
    /// The package is no script: `package`, `version`.
    NoScript,
    /// Something else is on it than was found a moment ago: `package`.
    Moved,
    /// Its disk has too little room: `package`, `root`, `needed` and `free` in megabytes.
    NoRoom,
    /// What the version needs is in no database of its system: `package`, `version`, `need`, `database`.
    NeedMissing,
    /// A database has another version than is needed: `package`, `version`, `need`, `target`, and its `has`, which is absent if it is empty.
    NeedUnmet,
    /// An application that runs needs another version of the database: `package`, `to`, `application`, `version`, `host`, `need`.
    StillNeeded,
    /// The database has another engine than the package is written for: `package`, `version`, `target`.
    OtherEngine,
    /// The database target has another user than the package wants: `package`, `version`, `target`, `user`.
    OtherUser,
    /// Variables in SQL are not replaced: `package`, `version`.
    RenderedSql,
    /// No scripts lead there: `target`, `from`, `to`; `from` is absent where an empty database would have to be filled.
    NoWay,
    /// No scripts lead back: `target`, `from`, `to`.
    NoWayBack,
    /// What scripts hold was not written down when they were pushed: `package`, `version`.
    ScriptsUnknown,
    /// It has brought the package into another database, of a module that is not meant: `package`, `target`, `module`.
    OtherDatabase,
}
