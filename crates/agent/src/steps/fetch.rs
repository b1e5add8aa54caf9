//! Fetch: brings the content of the new version into a staging folder, and proves that it is what the plan names.
//!
//! Out of the version that is installed, by a delta; files that were altered by hand come one by one; if that does not work, all
//! of it comes whole.

use packhorse_client::agent_api::{AgentApiError, Transfer};
use packhorse_content::delta::{Delta, DeltaError};
use packhorse_content::stage::{Folder, Stage, StageError, discard};
use packhorse_content::transfer::read_full;
use packhorse_content::{EntryKind, EntryPath, Tree, digest_of};
use packhorse_model::Digest;
use tokio::time::{Duration, Instant};

use super::transfer::{Incoming, download, insist};
use super::{Did, Host, StepError, Task, size};
use crate::install::{STAGING, Site, TREES};

pub(super) async fn fetch(host: &Host, task: &Task) -> Result<Did, StepError> {
    let site = task.site(host)?;
    let fetch = Fetch { host, task, wanted: task.to()?.tree, site: &site, deadline: deadline(host, task) };
    let fetched = fetch.run().await;
    // What came of a failure is of no use to anybody, and may be what fills the disk.
    if fetched.is_err()
        && let Err(error) = fetch.clear()
    {
        tracing::warn!(%error, "what was fetched stays");
    }
    fetched
}

/// Preparing has its time, and trying to reach the server ends with it.
pub(super) fn deadline(host: &Host, task: &Task) -> Instant {
    let since = task.attempt.accepted_at().map_or(0, |accepted| host.clock.now().duration_since(accepted).as_secs());
    let left = u64::from(task.attempt.order.timeout_seconds).saturating_sub(u64::try_from(since).unwrap_or(0));
    Instant::now() + Duration::from_secs(left)
}

struct Fetch<'a> {
    host: &'a Host,
    task: &'a Task,
    wanted: Digest,
    site: &'a Site,
    deadline: Instant,
}

impl Fetch<'_> {
    async fn run(&self) -> Result<Did, StepError> {
        let tree = self.tree().await?;
        let mut fetched = 0;
        let mut note = None;
        if let Some((base, folder)) = self.base()? {
            match self.delta(&tree, base, folder, &mut fetched).await {
                Ok(text) => note = Some(text),
                Err(error) if self.may_come_whole(&error) => {
                    tracing::info!(%error, "no delta; the version comes whole");
                }
                Err(error) => return Err(error),
            }
        }
        let note = match note {
            Some(note) => note,
            None => self.full(tree, &mut fetched).await?,
        };
        Ok(Did { fetched, ..Did::done(note) })
    }

    /// The list of what the version consists of.
    async fn tree(&self) -> Result<Tree, StepError> {
        if let Some(tree) = self.site.tree(&self.wanted)? {
            return Ok(tree);
        }
        let asked = insist(self.deadline, || {
            let (api, wanted) = (self.host.api.borrow().clone(), self.wanted);
            async move { api.tree(&wanted).await }
        });
        let bytes = asked.await?;
        let tree = Some(bytes.as_slice()).filter(|bytes| digest_of(bytes) == self.wanted);
        let tree = tree.and_then(|bytes| Tree::from_bytes(bytes).ok());
        let tree = tree.ok_or(StepError::Content { what: "list of files" })?;
        self.site.keep(TREES, &self.wanted, &bytes)?;
        Ok(tree)
    }

    /// The version to build on.
    fn base(&self) -> Result<Option<(Tree, Folder)>, StepError> {
        let Some(current) = &self.task.installed()?.current else { return Ok(None) };
        let Some(tree) = self.site.tree(&current.tree)? else { return Ok(None) };
        let versions = self.site.versions(self.task.arrangement())?;
        Ok(versions.folder(&current.directory).ok().map(|folder| (tree, folder)))
    }

    async fn delta(&self, tree: &Tree, base: Tree, folder: Folder, fetched: &mut u64) -> Result<String, StepError> {
        let (from, to) = (base.digest(), self.wanted);
        let stage = self.begin(tree.clone())?;
        let apply = move |incoming: Incoming| -> Result<(Stage, Vec<EntryPath>), DeltaError> {
            let needed = Delta::open(incoming, &base, &to)?.apply(&folder, &stage)?;
            Ok((stage, needed))
        };
        let (applied, bytes) = download(self.host, Transfer::Delta { from, to }, self.deadline, apply).await?;
        *fetched += bytes;
        let (mut stage, needed) = applied?;
        let mut singly = 0;
        for path in &needed {
            let Some(EntryKind::File { digest, .. }) = tree.get(path.as_str()).map(|entry| entry.kind.clone()) else {
                continue;
            };
            let (staged, bytes) = self.single(stage, path.clone(), digest).await?;
            stage = staged;
            singly += usize::from(bytes > 0);
            *fetched += bytes;
        }
        finish(stage).await?;
        let beside = if singly > 0 { format!(", and {singly} altered files one by one") } else { String::new() };
        Ok(format!("delta of {}{beside}", size(*fetched)))
    }

    /// One file for which the delta needed one that was altered here: as it came, if rendering altered it, else from the server.
    async fn single(&self, stage: Stage, path: EntryPath, digest: Digest) -> Result<(Stage, u64), StepError> {
        if let Some(original) = self.site.original(&digest)? {
            stage.hand().put(path.as_str(), original.as_slice())?;
            return Ok((stage, 0));
        }
        let put = move |incoming: Incoming| -> Result<Stage, StageError> {
            stage.hand().put(path.as_str(), incoming)?;
            Ok(stage)
        };
        let (put, bytes) = download(self.host, Transfer::File(digest), self.deadline, put).await?;
        Ok((put?, bytes))
    }

    async fn full(&self, tree: Tree, fetched: &mut u64) -> Result<String, StepError> {
        let stage = self.begin(tree)?;
        let take = move |incoming: Incoming| {
            read_full(incoming, &stage)?;
            Ok::<_, StepError>(stage)
        };
        let (taken, bytes) = download(self.host, Transfer::Full(self.wanted), self.deadline, take).await?;
        *fetched += bytes;
        finish(taken?).await?;
        Ok(format!("full transfer of {}", size(bytes)))
    }

    /// An empty stage, whatever is left of an earlier one.
    fn begin(&self, tree: Tree) -> Result<Stage, StepError> {
        self.clear()?;
        Ok(Stage::begin(&self.site.own(STAGING)?, &self.task.staged(), tree)?)
    }

    fn clear(&self) -> Result<(), StepError> {
        let name = self.task.staged();
        let path = self.site.path().join(&name);
        discard(&self.site.own(STAGING)?, &name).map_err(|source| StepError::Io { path, source })
    }

    /// Whether it was the delta that failed, and not the host or the server.
    fn may_come_whole(&self, error: &StepError) -> bool {
        match error {
            StepError::Delta(DeltaError::Stage(error)) | StepError::Stage(error) => error.is_of_content(),
            StepError::Delta(_) => true,
            StepError::Server(error @ AgentApiError::Refused(_)) => error.is_not_found(),
            _ => false,
        }
    }
}

async fn finish(stage: Stage) -> Result<(), StepError> {
    let finished = tokio::task::spawn_blocking(|| stage.finish()).await;
    finished.map_err(|error| StepError::Other(format!("staging broke off: {error}")))??;
    Ok(())
}
