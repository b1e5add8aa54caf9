//! What a version wants at a path, and what that comes to where something is there already.

use packhorse_model::Digest;

use super::ground::Reach;
use super::state::State;
use crate::runner::RunAs;

/// What shall be at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// A folder. One that is there stays as it is.
    Folder {
        /// Its permission bits.
        mode: u16,
        /// Whose it shall be; the agent's if not said.
        owner: Option<String>,
    },
    /// A symbolic link.
    Link {
        /// What it says.
        target: String,
    },
    /// A file.
    File {
        /// The digest of its bytes.
        content: Digest,
        /// Its permission bits.
        mode: Mode,
        /// `USER` or `USER:GROUP`; as it was, or the agent's, if not said.
        owner: Option<String>,
        /// Its path in the version.
        from: String,
    },
    /// Exactly what once was there.
    As(State),
}

/// Which permission bits a file gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// These.
    Exactly(u16),
    /// These, without those that the file lacks that is there.
    NoWider(u16),
}

impl Wish {
    /// What shall be there, given what is. `owner` is the one that is wanted, `before` what the version before wanted there.
    pub(super) fn settle(&self, present: &State, before: Option<&Self>, owner: Option<RunAs>, own: RunAs) -> State {
        match (self, present) {
            (Self::As(state), _) => state.clone(),
            (Self::Link { target }, _) => State::Link { target: target.clone() },
            // Where a version changes the mode that the one before gave, so does the folder.
            (Self::Folder { mode, .. }, State::Folder { mode: there, owner }) => match before {
                Some(Self::Folder { mode: given, .. }) if given == there => {
                    State::Folder { mode: *mode, owner: *owner }
                }
                _ => present.clone(),
            },
            // A link that leads the application's data elsewhere.
            (Self::Folder { .. }, State::Link { .. }) if before.is_none_or(|before| !before.is_link()) => {
                present.clone()
            }
            (Self::Folder { mode, .. }, _) => State::Folder { mode: *mode, owner: owner.unwrap_or(own) },
            (Self::File { content, mode, .. }, State::File { mode: there, owner: its, labels, .. }) => State::File {
                content: *content,
                mode: match mode {
                    Mode::Exactly(mode) => *mode,
                    Mode::NoWider(mode) => mode & there,
                },
                owner: owner.unwrap_or(*its),
                labels: labels.clone(),
            },
            (Self::File { content, mode: Mode::Exactly(mode) | Mode::NoWider(mode), .. }, _) => State::File {
                content: *content,
                mode: *mode,
                owner: owner.unwrap_or(own),
                labels: std::collections::BTreeMap::new(),
            },
        }
    }

    /// Whether what is there is as the version left it. Modes and owners do not count: only what is in it can be lost.
    #[must_use]
    pub fn is_untouched(&self, present: &State) -> bool {
        match (self, present) {
            (Self::Folder { .. }, State::Folder { .. }) => true,
            (Self::Link { target }, State::Link { target: there }) => target == there,
            (Self::File { content, .. }, State::File { content: there, .. }) => content == there,
            (Self::As(state), _) => state.is_as(present),
            _ => false,
        }
    }

    /// Whether what is there does for the version.
    #[must_use]
    pub fn is_met(&self, present: &State) -> bool {
        match (self, present) {
            (Self::Folder { .. }, State::Link { .. }) => true,
            (Self::File { mode: Mode::Exactly(mode), .. }, State::File { mode: there, .. }) if mode != there => false,
            _ => self.is_untouched(present),
        }
    }

    /// Who shall own it.
    pub(super) fn owner(&self) -> Option<&str> {
        match self {
            Self::Folder { owner, .. } | Self::File { owner, .. } => owner.as_deref(),
            Self::Link { .. } | Self::As(_) => None,
        }
    }

    fn is_link(&self) -> bool {
        matches!(self, Self::Link { .. })
    }

    /// Why it cannot be brought about where this is, for people. `is_ours` says that the version before brought what is there,
    /// `has_below` that the new one brings something below it.
    pub(super) fn obstacle(
        &self,
        present: &State,
        reach: Reach,
        is_ours: bool,
        has_below: bool,
    ) -> Option<&'static str> {
        match (self, present, reach) {
            (Self::As(_), ..)
            | (_, State::Nothing, _)
            | (Self::Folder { .. }, State::Folder { .. }, _)
            | (Self::File { .. } | Self::Link { .. }, State::File { .. }, _)
            | (Self::File { .. } | Self::Link { .. }, State::Link { .. }, Reach::InstallRoot) => None,
            (_, State::Link { .. }, Reach::WholeHost) => {
                Some("is a link, which is not followed: name the place that it leads to")
            }
            (_, State::Folder { .. }, Reach::WholeHost) => Some("is a folder: a file goes there"),
            (_, State::File { .. }, Reach::WholeHost) => Some("is a file: a folder is needed there"),
            _ if is_ours => None,
            (Self::Folder { .. }, State::Link { .. }, _) if !has_below => None,
            (_, State::Folder { .. }, _) => Some("is a folder that no version has put there: move it away"),
            (_, State::Link { .. }, _) => {
                Some("is a link, which is not followed, and the version has files below it: move it away")
            }
            (_, State::File { .. }, _) => Some("is a file that no version has put there: move it away"),
        }
    }
}
