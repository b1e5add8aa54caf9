//! Render: replaces the variables in the files that the package names, and files as a whole for which a variable stands. The files as they
//! came are kept, for verification and as the base of later deltas.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;

use packhorse_content::stage::{Folder, Walk, discard};
use packhorse_content::{Entry, EntryKind, digest_of};
use packhorse_model::order::{AttemptSecrets, Release};
use packhorse_planner::host::{Enveloped, Values, render as replace_variables};
use rustix::fs::{Mode, RawMode, Uid};
use tokio::time::Instant;

use super::fetch::deadline;
use super::lay::rehearse;
use super::transfer::insist;
use super::{Did, Host, LARGEST_MADE, LARGEST_RENDERED, StepError, Task};
use crate::install::{ORIGINALS, RenderedFile, STAGING, Site};
use crate::runner::RunAs;
use crate::users;

/// What nobody but the owner may do with a file that holds secrets.
const OTHERS: u16 = 0o077;

pub(super) async fn render(host: &Host, task: &Task) -> Result<Did, StepError> {
    let given = given(host, task, deadline(host, task)).await?;
    let (host, task) = (host.clone(), task.clone());
    let worker = tokio::task::spawn_blocking(move || on_disk(&host, &task, &given));
    worker.await.unwrap_or_else(|error| Err(StepError::Other(format!("the step broke off: {error}"))))
}

/// The secrets of the order that a host has in clear, asked for until `deadline`.
pub(super) async fn secrets(
    host: &Host,
    task: &Task,
    deadline: Instant,
) -> Result<BTreeMap<String, String>, StepError> {
    Ok(given(host, task, deadline).await?.values)
}

/// What the server gives for the order alone, asked for until `deadline`. It is in memory for as long as the step takes, and then in the files
/// that want it.
async fn given(host: &Host, task: &Task, deadline: Instant) -> Result<AttemptSecrets, StepError> {
    if task.order().secrets.is_empty() && task.order().envelope.is_none() {
        return Ok(AttemptSecrets::default());
    }
    let attempt = task.attempt.id();
    let asked = insist(deadline, || {
        let api = host.api.borrow().clone();
        async move { api.secrets(attempt).await }
    });
    Ok(asked.await?)
}

fn on_disk(host: &Host, task: &Task, given: &AttemptSecrets) -> Result<Did, StepError> {
    let site = task.site(host)?;
    let to = task.to()?;
    let directory = task.place()?.directory;
    let tree = site.tree(&to.tree)?.ok_or(StepError::Content { what: "list of files" })?;
    let owner = users::become_user(to.manifest.owner.as_deref())?.map(|owner| owner.ids);
    let at = site.path_of(task.arrangement(), &directory);
    let versions = site.versions(task.arrangement())?;
    let folder = versions.folder(&directory).map_err(|source| StepError::Io { path: at.clone(), source })?;
    let mut walk = Walk::new(&folder);
    let mut rendered = BTreeMap::new();
    let wanted = to.manifest.rendered();
    let maker = Maker::new(task, to, given);
    for path in wanted.iter().copied() {
        let entry = tree.get(path).filter(|entry| matches!(entry.kind, EntryKind::File { .. })).ok_or_else(|| {
            StepError::Other(format!("packhorse.toml wants {path:?} rendered, which is not a file of the package"))
        })?;
        let wrong = |source| StepError::Io { path: at.join(path), source };
        let parent = walk.parent(&entry.path).map_err(wrong)?;
        let original = original(&site, parent, entry)?;
        let made = maker.make(path, &original, entry.mode)?;
        if made.content.len() as u64 > LARGEST_MADE {
            return Err(StepError::Other(format!("{path:?} becomes larger than 64 MiB: its values are too long")));
        }
        let staging = site.own(STAGING)?;
        replace(&staging, &format!("{}.rendered", task.staged()), parent, entry, &made, owner).map_err(wrong)?;
        rendered.insert(path.to_owned(), RenderedFile { content: digest_of(&made.content), mode: made.mode });
    }
    folder.sync_file_system().map_err(|source| StepError::Io { path: at, source })?;
    let mut record = site.record()?;
    let missing = || StepError::Other(format!("{directory} is not among the versions on this host: retry"));
    record.version_in_mut(&directory).ok_or_else(missing)?.rendered = rendered;
    site.save(&record)?;
    if task.arrangement().lays_files() {
        rehearse(host, task, &site)?;
    }
    Ok(Did::done(match wanted.len() {
        1 => wanted.into_iter().collect(),
        many => format!("{many} files"),
    }))
}

/// What a file becomes.
struct Made {
    content: Vec<u8>,
    mode: u16,
}

/// Makes the files of a version what they become on this host.
struct Maker<'a> {
    to: &'a Release,
    variables: &'a BTreeMap<String, String>,
    secrets: &'a BTreeMap<String, String>,
    enveloped: Option<Enveloped>,
}

impl<'a> Maker<'a> {
    fn new(task: &'a Task, to: &'a Release, given: &'a AttemptSecrets) -> Self {
        let enveloped = task.order().envelope.as_ref().map(|_| Enveloped {
            encrypted: given.encrypted.clone(),
            single_encrypted: given.single_encrypted.clone(),
        });
        Self { to, variables: &task.order().variables, secrets: &given.values, enveloped }
    }

    fn values(&self, secrets: &'a BTreeMap<String, String>) -> Values<'_> {
        Values { variables: self.variables, secrets, enveloped: self.enveloped.as_ref() }
    }

    fn make(&self, path: &str, original: &[u8], mode: u16) -> Result<Made, StepError> {
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        let rules = &self.to.manifest.variables;
        if rules.replaces(path) {
            let missing = || StepError::Other(format!("the variable {path:?} has no value: make a new plan"));
            let content = self.values(self.secrets).whole(path).ok_or_else(missing)?.as_bytes().to_vec();
            let mode = if self.secrets.contains_key(path) { mode & !OTHERS } else { mode };
            return Ok(Made { content, mode });
        }
        let with = |secrets| replace_variables(original, self.values(secrets), &rules.prefixes);
        // A file that can do without the secrets has none in it that can be read.
        if let Ok(open) = with(&NONE) {
            return Ok(Made { content: open.into_owned(), mode });
        }
        let rendered = with(self.secrets).map_err(|error| StepError::Render { path: path.to_owned(), error })?;
        Ok(Made { content: rendered.into_owned(), mode: mode & !OTHERS })
    }
}

/// The file as it came: from where it is kept, or else from its place, if it was not rendered yet.
fn original(site: &Site, parent: &Folder, entry: &Entry) -> Result<Vec<u8>, StepError> {
    let EntryKind::File { size, digest } = entry.kind else { return Ok(Vec::new()) };
    let path = entry.path.as_str();
    if size > LARGEST_RENDERED {
        return Err(StepError::Other(format!("{path:?} is too large to be rendered: at most 16 MiB")));
    }
    if let Some(original) = site.original(&digest)? {
        return Ok(original);
    }
    let mut bytes = Vec::new();
    let read = parent.open_file(entry.path.name()).and_then(|file| file.take(size + 1).read_to_end(&mut bytes));
    read.map_err(|source| StepError::Io { path: path.into(), source })?;
    if digest_of(&bytes) != digest {
        return Err(StepError::Other(format!("{path:?} was altered on this host before it was rendered: retry")));
    }
    site.keep(ORIGINALS, &digest, &bytes)?;
    Ok(bytes)
}

/// Puts new content in the place of a file, by one rename, with the mode and owner that it had.
fn replace(
    staging: &Folder,
    name: &str,
    parent: &Folder,
    entry: &Entry,
    made: &Made,
    owner: Option<RunAs>,
) -> io::Result<()> {
    discard(staging, name)?;
    let mut file = staging.create_file(name)?;
    file.write_all(&made.content)?;
    if let Some(owner) = owner {
        let group = rustix::fs::Gid::from_raw(owner.gid);
        rustix::fs::fchown(file.as_fd(), Some(Uid::from_raw(owner.uid)), Some(group))?;
    }
    rustix::fs::fchmod(file.as_fd(), Mode::from_raw_mode(RawMode::from(made.mode)))?;
    staging.rename(name, parent, entry.path.name())
}
