//! What may be deleted on a host, and when: rules such as ZhiYun's and TARS's `clear.conf` have.

use serde::{Deserialize, Serialize};

use super::ManifestError;
use super::check::{is_inside, wrong};

/// One rule. It fires when a threshold is reached; with none it fires at every look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CleanupRule {
    /// Directory, relative to the install root.
    pub directory: String,
    /// Fires when this percentage of the partition is in use (1 to 100).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partition_percent: Option<u8>,
    /// Fires when the directory holds this many MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory_mib: Option<u64>,
    /// What is done with the files that are chosen.
    pub action: CleanupAction,
    /// Only files that were not changed for this long: `10d`, `12h`, `30m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub older_than: Option<String>,
    /// Only files larger than this many KiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub larger_than_kib: Option<u64>,
    /// Only files whose name matches: `*.log`; all of them if not said.
    #[serde(default = "everything")]
    pub glob: String,
}

fn everything() -> String {
    "*".to_owned()
}

/// What is done with files that a rule chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CleanupAction {
    /// They are deleted.
    Delete,
    /// They are put into an archive beside them, and then deleted.
    Archive,
    /// They are emptied, and stay.
    Truncate,
    /// They are only reported.
    Warn,
}

impl CleanupRule {
    pub(super) fn check(&self) -> Result<(), ManifestError> {
        let key = |field: &str| format!("cleanup.{}.{field}", self.directory);
        if !is_inside(&self.directory) {
            let message = format!("{:?} must be relative to the install root, without . and ..", self.directory);
            return Err(wrong("cleanup.directory", message));
        }
        if self.partition_percent.is_some_and(|percent| !(1..=100).contains(&percent)) {
            return Err(wrong(key("partition_percent"), "must be from 1 to 100"));
        }
        if self.older_than.as_deref().is_some_and(|age| seconds(age).is_none()) {
            return Err(wrong(key("older_than"), "must be a number and d, h or m, as in 10d, 12h or 30m"));
        }
        if !is_glob(&self.glob) {
            let message = "must be a pattern of a path below the directory, as in *.log or debug/err*.log";
            return Err(wrong(key("glob"), message));
        }
        match (self.action, self.larger_than_kib, &self.older_than) {
            // A rule without a limit would take the files that are being written.
            (CleanupAction::Delete | CleanupAction::Archive, None, None) => {
                Err(wrong(key("older_than"), "delete and archive need older_than or larger_than_kib"))
            }
            (CleanupAction::Truncate, None, _) => Err(wrong(key("larger_than_kib"), "truncate needs it")),
            _ => Ok(()),
        }
    }
}

/// The seconds that `10d`, `12h` or `30m` stand for.
#[must_use]
pub fn seconds(age: &str) -> Option<u64> {
    let unit = match age.bytes().last()? {
        b'd' => 86_400,
        b'h' => 3_600,
        b'm' => 60,
        _ => return None,
    };
    let number = &age[..age.len() - 1];
    let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    number.parse::<u64>().ok().filter(|number| is_number && *number > 0)?.checked_mul(unit)
}

/// `*` and `?` stand for characters, `[a-z]` for one of them; a `[` wants its `]`.
fn is_glob(glob: &str) -> bool {
    let mut is_open = false;
    for c in glob.chars() {
        match c {
            '[' | '/' if is_open => return false,
            '[' => is_open = true,
            ']' => is_open = false,
            _ => {}
        }
    }
    !is_open && is_inside(glob)
}

#[cfg(test)]
mod tests {
    use super::super::Manifest;
    use super::*;

    #[test]
    fn a_rule_says_what_it_takes() {
        let rule =
            "[[cleanup]]\ndirectory='log'\npartition_percent=85\naction='archive'\nolder_than='10d'\nglob='*.log'";
        assert_eq!(Manifest::parse(rule).unwrap().cleanup[0].glob, "*.log");
        assert_eq!(["10d", "12h", "30m"].map(seconds), [Some(864_000), Some(43_200), Some(1_800)]);
        assert_eq!(["", "d", "+1d", "1", "1w", "0d", "99999999999999999999d"].map(seconds), [None; 7]);
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let error = |rest: &str| {
            let text = format!("[[cleanup]]\ndirectory='log'\n{rest}");
            Manifest::parse(&text).unwrap_err().to_string()
        };
        insta::assert_snapshot!(error("action='delete'"), @"packhorse.toml, cleanup.log.older_than: delete and archive need older_than or larger_than_kib");
        insta::assert_snapshot!(error("action='truncate'\nolder_than='1d'"), @"packhorse.toml, cleanup.log.larger_than_kib: truncate needs it");
        insta::assert_snapshot!(error("action='warn'\npartition_percent=101"), @"packhorse.toml, cleanup.log.partition_percent: must be from 1 to 100");
        insta::assert_snapshot!(error("action='delete'\nolder_than='10'"), @"packhorse.toml, cleanup.log.older_than: must be a number and d, h or m, as in 10d, 12h or 30m");
        insta::assert_snapshot!(error("action='warn'\nglob='../*'"), @"packhorse.toml, cleanup.log.glob: must be a pattern of a path below the directory, as in *.log or debug/err*.log");
        insta::assert_snapshot!(error("action='warn'\nglob='[ab'"), @"packhorse.toml, cleanup.log.glob: must be a pattern of a path below the directory, as in *.log or debug/err*.log");
        let outside = Manifest::parse("[[cleanup]]\ndirectory='/var/log'\naction='warn'").unwrap_err();
        insta::assert_snapshot!(outside, @r#"packhorse.toml, cleanup.directory: "/var/log" must be relative to the install root, without . and .."#);
    }
}
