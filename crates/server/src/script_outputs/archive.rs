//! The outputs of a run as files of an archive: one for each host, and a list.
//!
//! An output is read when its file is written, so that one is in memory at a time.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read};

use packhorse_content::segment::{Recipe, Segment};
use packhorse_content::{ContentSource, Entry, EntryKind, EntryPath, Tree, digest_of};
use packhorse_model::Digest;
use packhorse_model::api::script_outputs::HostOutput;
use packhorse_model::ids::{AttemptId, DeploymentId};
use packhorse_store::script_results::{self, Filter, Listed};
use packhorse_store::{Store, StoreError, step_outputs};
use tokio::runtime::Handle;

use super::gone;
use crate::app::App;
use crate::error::ApiError;

/// Hosts that are read at once.
const AT_ONCE: u32 = 500;
/// Pieces of an output that are read at once.
const PIECES: u32 = 16;
/// The list of the hosts.
const LIST: &str = "results.csv";

/// Where the files of the archive come from.
pub(crate) struct Outputs {
    store: Store,
    /// The archive is written by a thread that knows no runtime.
    runtime: Handle,
    list: (Digest, Vec<u8>),
    outputs: BTreeMap<Digest, (AttemptId, u32)>,
}

/// What is packed of a deployment, and where it comes from.
pub(crate) async fn of_deployment(app: &App, id: DeploymentId) -> Result<(Tree, Outputs), ApiError> {
    let mut list = String::from("host,exit,millis,output_bytes\n");
    let mut entries = Vec::new();
    let mut outputs = BTreeMap::new();
    let mut after = None;
    loop {
        let mut reader = app.store.read().await?;
        let hosts = script_results::hosts(&mut reader, id, &Filter::default(), after.as_ref(), AT_ONCE).await?;
        let Some(last) = hosts.last() else { break };
        if let Some(dropped_at) = last.output.dropped_at {
            return Err(gone(dropped_at));
        }
        after = Some(last.output.host_name.clone());
        for Listed { output: host, kept } in hosts {
            let HostOutput { host_name, exit, millis, output_bytes, .. } = &host;
            list.push_str(&format!("{host_name},{exit},{millis},{output_bytes}\n"));
            // Outputs have no name but their step, and this stands for it.
            let digest = digest_of(format!("{}-{}", host.attempt, host.step).as_bytes());
            entries.push(file(&format!("{host_name}.txt"), kept, digest)?);
            outputs.insert(digest, (host.attempt, host.step));
        }
    }
    let digest = digest_of(list.as_bytes());
    entries.push(file(LIST, list.len() as u64, digest)?);
    let tree = Tree::new(entries).map_err(ApiError::internal)?;
    let list = (digest, list.into_bytes());
    Ok((tree, Outputs { store: app.store.clone(), runtime: Handle::current(), list, outputs }))
}

fn file(path: &str, size: u64, digest: Digest) -> Result<Entry, ApiError> {
    let path = EntryPath::new(path).map_err(ApiError::internal)?;
    Ok(Entry { path, mode: 0o644, kind: EntryKind::File { size, digest } })
}

impl ContentSource for Outputs {
    fn recipe(&self, _file: &Digest, _size: u64) -> io::Result<Recipe> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn segment(&self, _segment: &Segment) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// What was there when the archive was begun, also of a step that has written more since.
    fn read(&self, file: &Digest, size: u64) -> io::Result<Box<dyn Read + Send + '_>> {
        if *file == self.list.0 {
            return Ok(Box::new(Cursor::new(self.list.1.as_slice())));
        }
        let (attempt, step) = *self.outputs.get(file).ok_or(io::ErrorKind::NotFound)?;
        let bytes = self.runtime.block_on(bytes(&self.store, attempt, step)).map_err(io::Error::other)?;
        Ok(Box::new(Cursor::new(bytes).take(size)))
    }
}

async fn bytes(store: &Store, attempt: AttemptId, step: u32) -> Result<Vec<u8>, StoreError> {
    let (mut bytes, mut offset) = (Vec::new(), 0);
    let mut reader = store.read().await?;
    loop {
        let pieces = step_outputs::pieces(&mut reader, attempt, step, offset, PIECES).await?;
        let Some(last) = pieces.last() else { return Ok(bytes) };
        offset = last.start + last.bytes.len() as u64;
        pieces.iter().for_each(|piece| bytes.extend_from_slice(&piece.bytes));
    }
}
