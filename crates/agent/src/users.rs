//! Users of this machine, as `/etc/passwd` names them.
//!
//! The file is read by ourselves: a static program cannot ask the machine's name services, and users of a directory service are
//! not found.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use crate::runner::RunAs;

/// A user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The name.
    pub name: String,
    /// User and group.
    pub ids: RunAs,
    /// The home directory.
    pub home: PathBuf,
}

/// A command or a package wants a user that cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum UserError {
    /// There is no such group.
    #[error("the group {0:?} is not in /etc/group of this host: create it, or name another one in packhorse.toml")]
    UnknownGroup(String),
    /// There is none of this name.
    #[error("the user {0:?} is not in /etc/passwd of this host: create it, or name another one in packhorse.toml")]
    Unknown(String),
    /// The agent may not become another user.
    #[error("the user {0:?} is wanted, and the agent does not run as root: run it as root or as that user")]
    NotRoot(String),
    /// The list of groups cannot be read.
    #[error("/etc/group: {0}")]
    UnreadableGroups(std::io::Error),
    /// The list of users cannot be read.
    #[error("/etc/passwd: {0}")]
    Unreadable(std::io::Error),
}

/// The user to become for `wanted`; none if the agent is that user already, or nobody is wanted.
///
/// # Errors
/// [`UserError`].
pub fn become_user(wanted: Option<&str>) -> Result<Option<User>, UserError> {
    let Some(name) = wanted else { return Ok(None) };
    let user = find(Path::new("/etc/passwd"), |user| user.name == name)?;
    let user = user.ok_or_else(|| UserError::Unknown(name.to_owned()))?;
    let own = rustix::process::geteuid();
    if user.ids.uid == own.as_raw() {
        return Ok(None);
    }
    if own.is_root() { Ok(Some(user)) } else { Err(UserError::NotRoot(name.to_owned())) }
}

/// Who shall own a file: `USER`, or `USER:GROUP`. Only root may give files away.
///
/// # Errors
/// [`UserError`].
pub fn owner(wanted: &str) -> Result<RunAs, UserError> {
    let (name, group) = wanted.split_once(':').map_or((wanted, None), |(name, group)| (name, Some(group)));
    let user = find(Path::new("/etc/passwd"), |user| user.name == name)?;
    let ids = user.ok_or_else(|| UserError::Unknown(name.to_owned()))?.ids;
    let gid = match group {
        None => ids.gid,
        Some(group) => find_group(Path::new("/etc/group"), group)?,
    };
    let own = rustix::process::geteuid();
    if own.is_root() || ids.uid == own.as_raw() {
        return Ok(RunAs { uid: ids.uid, gid });
    }
    Err(UserError::NotRoot(name.to_owned()))
}

fn find_group(groups: &Path, wanted: &str) -> Result<u32, UserError> {
    let file = std::fs::File::open(groups).map_err(UserError::UnreadableGroups)?;
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(UserError::UnreadableGroups)?;
        let line = String::from_utf8_lossy(&line);
        let mut fields = line.split(':');
        if fields.next() == Some(wanted)
            && let Some(gid) = fields.nth(1).and_then(|gid| gid.parse().ok())
        {
            return Ok(gid);
        }
    }
    Err(UserError::UnknownGroup(wanted.to_owned()))
}

/// The user that the agent is.
#[must_use]
pub fn own() -> Option<User> {
    let own = rustix::process::geteuid().as_raw();
    find(Path::new("/etc/passwd"), |user| user.ids.uid == own).ok().flatten()
}

fn find(passwd: &Path, wanted: impl Fn(&User) -> bool) -> Result<Option<User>, UserError> {
    let file = std::fs::File::open(passwd).map_err(UserError::Unreadable)?;
    for line in BufReader::new(file).split(b'\n') {
        let line = line.map_err(UserError::Unreadable)?;
        if let Some(user) = parse(&String::from_utf8_lossy(&line)).filter(&wanted) {
            return Ok(Some(user));
        }
    }
    Ok(None)
}

fn parse(line: &str) -> Option<User> {
    let mut fields = line.split(':');
    let name = fields.next()?.to_owned();
    let uid = fields.nth(1)?.parse().ok()?;
    let gid = fields.next()?.parse().ok()?;
    let home = PathBuf::from(fields.nth(1)?);
    Some(User { name, ids: RunAs { uid, gid }, home })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_lines_of_passwd_and_group() {
        let folder = tempfile::tempdir().unwrap();
        let passwd = folder.path().join("passwd");
        std::fs::write(
            &passwd,
            b"root:x:0:0:root:/root:/bin/bash\nbroken\n\xff:x:1:1::/:\nshop:x:1001:1002:The shop:/srv/shop:/bin/sh\n",
        )
        .unwrap();
        let shop = find(&passwd, |user| user.name == "shop").unwrap().unwrap();
        assert_eq!(
            shop,
            User { name: "shop".to_owned(), ids: RunAs { uid: 1001, gid: 1002 }, home: "/srv/shop".into() }
        );
        assert_eq!(find(&passwd, |user| user.name == "web").unwrap(), None);

        let groups = folder.path().join("group");
        std::fs::write(&groups, "root:x:0:\nbroken\nweb:x:33:shop,www\n").unwrap();
        assert_eq!(find_group(&groups, "web").unwrap(), 33);
        insta::assert_snapshot!(find_group(&groups, "shop").unwrap_err(), @r#"the group "shop" is not in /etc/group of this host: create it, or name another one in packhorse.toml"#);
    }
}
