//! `packhorse package push --slim`: sends what the server lacks of an archive, and no more.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;

use packhorse_client::{Client, Progress, Push};
use packhorse_content::archive::Limits;
use packhorse_content::ingest::{IngestError, IngestOptions, StoredFile};
use packhorse_content::slim::{SlimArchive, SlimError};
use packhorse_model::Digest;
use packhorse_model::api::packages::PushReply;
use packhorse_model::api::slim::{MOST_ASKED, MOST_NAMED};
use packhorse_model::filename::{ArchiveFormat, FileName};
use packhorse_model::project::attributes;
use tokio::sync::mpsc;

use crate::clock;
use crate::error::CommandError;

/// What came of a slim push.
pub(crate) enum Slim {
    /// The version, and how many bytes were sent for it.
    Pushed(Box<PushReply>, u64),
    /// No recipe makes the archive again: it has to be sent as it is.
    NoRecipe,
}

/// Pushes an archive slim, if a recipe makes it again.
pub(crate) async fn push(client: &Client, push: &Push, progress: Progress) -> Result<Slim, CommandError> {
    let folder = tempfile::tempdir().map_err(|error| local(&error))?;
    let (file, options, packs) = (push.file.clone(), options(push)?, folder.path().to_owned());
    let cut = tokio::task::spawn_blocking(move || SlimArchive::cut(&file, &options, &packs)).await;
    let archive = match cut.map_err(|error| local(&io::Error::other(error)))? {
        Ok(archive) => Arc::new(archive),
        Err(SlimError::NoRecipe) => return Ok(Slim::NoRecipe),
        Err(SlimError::Ingest(IngestError::Refused(refused))) => {
            return Err(CommandError::failed(refused.to_string()).hinted(refused.fault.hint()));
        }
        Err(SlimError::Ingest(IngestError::Read(error))) => return Err(CommandError::file("read", &push.file, &error)),
        Err(SlimError::Ingest(IngestError::Store(error) | IngestError::Index(error)) | SlimError::Read(error)) => {
            return Err(local(&error));
        }
    };
    let mut sender = Sender { client, archive, progress, sent: 0 };
    let reply = sender.run(push).await?;
    Ok(Slim::Pushed(Box::new(reply), sender.sent))
}

fn options(push: &Push) -> Result<IngestOptions, CommandError> {
    let name = push.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let format = push.attributes.subtype.as_deref().and_then(attributes::format_of);
    let Some(format) = format.or_else(|| ArchiveFormat::of_file_name(&name).map(|(_, format)| format)) else {
        return Err(CommandError::failed(format!("{name:?} has no extension of an archive")));
    };
    let said = FileName::parse_as(&name, format).ok();
    let package = push.package.as_ref().or(said.as_ref().map(|said| &said.package));
    let version = push.version.as_ref().or(said.as_ref().map(|said| &said.version));
    let text = |text: Option<String>| text.unwrap_or_default();
    Ok(IngestOptions {
        format,
        file_name: name,
        package: text(package.map(ToString::to_string)),
        version: text(version.map(ToString::to_string)),
        limits: Limits::default(),
    })
}

/// What was cut lies in the folder for temporary files.
fn local(error: &io::Error) -> CommandError {
    CommandError::failed("the archive could not be cut here")
        .detailed(error.to_string())
        .hinted("the folder for temporary files (TMPDIR) needs room for the archive; or push it without --slim")
}

struct Sender<'a> {
    client: &'a Client,
    archive: Arc<SlimArchive>,
    progress: Progress,
    sent: u64,
}

impl Sender<'_> {
    async fn run(&mut self, push: &Push) -> Result<PushReply, CommandError> {
        let files = self.archive.files().to_vec();
        let digests: Vec<Digest> = files.iter().map(|stored| stored.file.digest).collect();
        let missing: HashSet<Digest> = self.missing(&digests).await?.into_iter().collect();
        let lacking: Vec<StoredFile> =
            files.into_iter().filter(|stored| missing.contains(&stored.file.digest)).collect();
        // Recipes first: they name each segment once, for the question as well as for the archive.
        let recipes: Vec<Digest> = lacking.iter().filter_map(|stored| stored.recipe).collect();
        let unknown = self.missing(&recipes).await?.into_iter().collect();
        self.packs(unknown).await?;
        let mut wanted = self.missing_segments(&lacking).await?;
        wanted.extend(lacking.iter().filter(|stored| stored.recipe.is_none()).map(|stored| stored.file.digest));
        self.packs(wanted).await?;
        let list = self.archive.list(&lacking).to_bytes();
        let list = list.map_err(|error| local(&error.into()))?;
        self.count(list.len());
        Ok(self.client.slim_upload(push, list, &clock::new_key()?).await?)
    }

    async fn missing(&mut self, files: &[Digest]) -> Result<Vec<Digest>, CommandError> {
        let mut missing = Vec::new();
        for some in files.chunks(MOST_ASKED) {
            self.count(some.len() * 32);
            let marks = self.client.slim_missing_files(some, &clock::new_key()?).await?;
            missing.extend(marked(some, &marks));
        }
        Ok(missing)
    }

    /// The segments that the server lacks of these files.
    async fn missing_segments(&mut self, files: &[StoredFile]) -> Result<HashSet<Digest>, CommandError> {
        let (mut recipes, mut named, mut missing) = (Vec::new(), Vec::new(), HashSet::new());
        for file in files {
            let Some(recipe) = file.recipe else { continue };
            let segments = self.archive.segments_of(file).map_err(|error| local(&error))?;
            if recipes.len() == MOST_ASKED || named.len() + segments.len() > MOST_NAMED {
                missing.extend(self.ask_segments(&recipes, &named).await?);
                recipes.clear();
                named.clear();
            }
            recipes.push(recipe);
            named.extend(segments);
        }
        missing.extend(self.ask_segments(&recipes, &named).await?);
        Ok(missing)
    }

    async fn ask_segments(&mut self, recipes: &[Digest], named: &[Digest]) -> Result<Vec<Digest>, CommandError> {
        if recipes.is_empty() {
            return Ok(Vec::new());
        }
        self.count(recipes.len() * 32);
        let marks = self.client.slim_missing_segments(recipes, named.len(), &clock::new_key()?).await?;
        Ok(marked(named, &marks).collect())
    }

    /// Packs these segments and sends the packs, one while the next is made.
    async fn packs(&mut self, wanted: HashSet<Digest>) -> Result<(), CommandError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let (packs, mut full) = mpsc::channel::<Vec<u8>>(1);
        let archive = Arc::clone(&self.archive);
        let packer = tokio::task::spawn_blocking(move || {
            let gone = |_| io::Error::from(io::ErrorKind::BrokenPipe);
            archive.pack(&wanted, |_, bytes| packs.blocking_send(bytes).map_err(gone))
        });
        while let Some(pack) = full.recv().await {
            let size = pack.len();
            self.client.slim_pack(pack, &clock::new_key()?).await?;
            self.count(size);
        }
        packer.await.map_err(io::Error::other).flatten().map_err(|error| local(&error))
    }

    fn count(&mut self, bytes: usize) {
        self.sent += bytes as u64;
        self.progress.at(self.sent);
    }
}

fn marked<'a>(digests: &'a [Digest], marks: &'a [bool]) -> impl Iterator<Item = Digest> + 'a {
    digests.iter().zip(marks).filter(|(_, mark)| **mark).map(|(digest, _)| *digest)
}
