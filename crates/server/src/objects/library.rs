//! Reading stored files: looks up where their segments lie, and gives a source that needs the database no more.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use packhorse_content::ingest::{Ingested, StoredFile};
use packhorse_content::pack::{Damage, PackSource, SegmentLocation, StoredPack, check_frame};
use packhorse_content::segment::FileRef;
use packhorse_content::{ContentSource as _, Entry, EntryKind, Recipe, Segment, Tree};
use packhorse_model::Digest;
use packhorse_store::damage::{self, Frame};
use packhorse_store::segments::{self, RecipeRow, SegmentRow};
use packhorse_store::{Store, StoreError, staged};
use tokio::runtime::Handle;

use super::{Objects, Packs};

/// Stored content. Cheap to clone; used from blocking threads only.
#[derive(Clone)]
pub(crate) struct Library {
    store: Store,
    packs: Packs,
    staged: Option<Arc<Staged>>,
}

/// What was sent for a version that is not there yet, for a library that reads it as well.
#[derive(Default)]
struct Staged {
    /// The recipes of files that the sender told about. They are believed as far as their bytes go.
    recipes: HashMap<Digest, RecipeRow>,
    /// The packs that were found to hold something that was asked for.
    packs: Mutex<BTreeSet<Digest>>,
}

/// The files that a tree names.
pub(crate) fn files_of(tree: &Tree) -> impl Iterator<Item = FileRef> + '_ {
    tree.iter().filter_map(content_of)
}

/// The file that an entry names; an empty one is stored nowhere.
pub(crate) fn content_of(entry: &Entry) -> Option<FileRef> {
    match &entry.kind {
        EntryKind::File { size, digest } if *size > 0 => Some(FileRef { digest: *digest, size: *size }),
        _ => None,
    }
}

impl Library {
    pub(crate) fn new(store: Store, objects: Objects) -> Self {
        Self { store, packs: objects.packs, staged: None }
    }

    /// Stored content, and beside it what is staged.
    pub(crate) fn with_staged(store: Store, objects: &Objects, told: &[StoredFile]) -> Self {
        let row = |told: &StoredFile| {
            let file = told.file.digest;
            Some((file, RecipeRow { file, size: told.file.size, recipe: told.recipe? }))
        };
        let staged = Staged { recipes: told.iter().filter_map(row).collect(), packs: Mutex::default() };
        Self { store, packs: objects.packs.beside(&objects.staged), staged: Some(Arc::new(staged)) }
    }

    /// The staged packs that something was found in so far.
    pub(crate) fn staged_packs(&self) -> Vec<Digest> {
        let Some(staged) = &self.staged else { return Vec::new() };
        staged.packs.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    /// The segments that these recipes name, one recipe behind the other.
    pub(crate) fn named_by(&self, recipes: &[Digest], most: usize) -> io::Result<Vec<Digest>> {
        let handle = Handle::try_current().map_err(io::Error::other)?;
        let located = self.locate(&handle, recipes)?;
        let lengths: HashMap<Digest, u32> = located.iter().map(|(digest, location)| (*digest, location.len)).collect();
        let mut source = PackSource::new(self.packs.clone());
        source.add_segments(located);
        let mut named = Vec::new();
        for digest in recipes {
            let len = lengths.get(digest).copied().ok_or(io::ErrorKind::NotFound)?;
            let recipe = Recipe::from_bytes(&source.segment(&Segment { digest: *digest, len })?)?;
            named.extend(recipe.stored().map(|segment| segment.digest));
            if named.len() > most {
                return Err(io::Error::new(io::ErrorKind::InvalidData, format!("they name more than {most} segments")));
            }
        }
        Ok(named)
    }

    /// Reads a tree.
    pub(crate) fn tree(&self, tree: &Digest, size: u64) -> io::Result<Tree> {
        self.open([FileRef { digest: *tree, size }])?.tree(tree, size)
    }

    /// A source of these files.
    pub(crate) fn open(&self, files: impl IntoIterator<Item = FileRef>) -> io::Result<PackSource<Packs>> {
        let mut source = PackSource::new(self.packs.clone());
        self.add(&mut source, files)?;
        Ok(source)
    }

    /// A source of files of which some were stored a moment ago, in packs that no row names yet.
    pub(crate) fn open_with(
        &self,
        packs: &[StoredPack],
        files: impl IntoIterator<Item = FileRef>,
    ) -> io::Result<PackSource<Packs>> {
        let mut source = PackSource::new(self.packs.clone());
        let fresh = packs.iter().flat_map(|pack| &pack.segments);
        source.add_segments(fresh.map(|(segment, location)| (segment.digest, *location)));
        self.add(&mut source, files)?;
        Ok(source)
    }

    /// A source of files of an archive that was taken in a moment ago, and that no row names yet.
    pub(crate) fn open_ingested(
        &self,
        ingested: &Ingested,
        files: impl IntoIterator<Item = FileRef>,
    ) -> io::Result<PackSource<Packs>> {
        let files: Vec<FileRef> = files.into_iter().collect();
        let mut source = self.open_with(&ingested.packs, files.iter().copied())?;
        let is_wanted = |file: &FileRef| files.iter().any(|wanted| wanted.digest == file.digest);
        let cut = ingested.files.iter().filter(|stored| is_wanted(&stored.file));
        let recipes: Vec<(FileRef, Digest)> = cut.filter_map(|stored| Some((stored.file, stored.recipe?))).collect();
        let handle = Handle::try_current().map_err(io::Error::other)?;
        let digests: Vec<Digest> = recipes.iter().map(|(_, recipe)| *recipe).collect();
        self.place(&handle, &mut source, digests)?;
        source.add_recipes(recipes.iter().map(|(file, recipe)| (file.digest, *recipe)));
        let mut named = Vec::new();
        for (file, _) in &recipes {
            named.extend(source.recipe(&file.digest, file.size)?.stored().map(|segment| segment.digest));
        }
        self.place(&handle, &mut source, named)?;
        Ok(source)
    }

    /// Makes further files known to a source: finds the recipes, reads them, and finds all segments that they name.
    pub(crate) fn add(
        &self,
        source: &mut PackSource<Packs>,
        files: impl IntoIterator<Item = FileRef>,
    ) -> io::Result<()> {
        let mut files: Vec<FileRef> = files.into_iter().collect();
        files.sort_unstable_by_key(|file| file.digest);
        files.dedup();
        let digests: Vec<Digest> = files.iter().map(|file| file.digest).collect();
        let handle = Handle::try_current().map_err(io::Error::other)?;
        let recipes = handle.block_on(async { segments::recipes(&mut *self.store.read().await?, &digests).await });
        let mut recipes = recipes.map_err(database)?;
        if let Some(staged) = &self.staged {
            let known: HashSet<Digest> = recipes.iter().map(|row| row.file).collect();
            let told = digests.iter().filter(|file| !known.contains(*file)).filter_map(|file| staged.recipes.get(file));
            recipes.extend(told);
        }
        let mut wanted = digests;
        wanted.extend(recipes.iter().map(|row| row.recipe));
        self.place(&handle, source, wanted)?;
        source.add_recipes(recipes.iter().map(|row| (row.file, row.recipe)));
        let mut named = Vec::new();
        for row in &recipes {
            named.extend(source.recipe(&row.file, row.size)?.stored().map(|segment| segment.digest));
        }
        named.sort_unstable();
        named.dedup();
        self.place(&handle, source, named)?;
        Ok(())
    }

    /// Writes down the damage that an error tells of, so that people see it and the next push brings anew what is damaged.
    pub(crate) fn noting<T>(&self, outcome: io::Result<T>) -> io::Result<T> {
        if let Err(error) = &outcome
            && let Some(damage) = Damage::of(error)
            && let Err(error) = self.note(damage)
        {
            tracing::warn!(%error, "damage that was met could not be written down");
        }
        outcome
    }

    fn note(&self, damage: &Damage) -> io::Result<()> {
        let handle = Handle::try_current().map_err(io::Error::other)?;
        let frame = Frame { pack: damage.pack, offset: damage.frame_offset };
        let rows = handle.block_on(async { segments::of_frame(&mut *self.store.read().await?, &frame).await });
        // Whoever met it may have looked where the bytes lay before; what counts is what lies there now.
        let rows: Vec<_> = rows.map_err(database)?.iter().map(|row| (row.digest, location(row))).collect();
        let damaged = check_frame(&self.packs, &rows)?;
        if damaged.is_empty() {
            return Ok(());
        }
        tracing::error!(%damage, segments = damaged.len(), "content is damaged on disk");
        let noted = handle.block_on(async {
            let mut tx = self.store.write().await?;
            damage::note_segments(&mut tx, &frame.pack, &damaged).await?;
            tx.commit().await
        });
        noted.map_err(database)
    }

    /// Tells a source where these segments lie. Where one was brought a moment ago it is already told; what is stored of it may be the damage that
    /// it was brought for.
    fn place(&self, handle: &Handle, source: &mut PackSource<Packs>, mut segments: Vec<Digest>) -> io::Result<()> {
        segments.retain(|segment| !source.has_segment(segment));
        source.add_segments(self.locate(handle, &segments)?);
        Ok(())
    }

    fn locate(&self, handle: &Handle, wanted: &[Digest]) -> io::Result<Vec<(Digest, SegmentLocation)>> {
        let rows = handle.block_on(async { segments::locate(&mut *self.store.read().await?, wanted).await });
        let (damaged, sound): (Vec<SegmentRow>, Vec<SegmentRow>) =
            rows.map_err(database)?.into_iter().partition(|row| row.is_damaged);
        let mut found: Vec<_> = sound.iter().map(|row| (row.digest, location(row))).collect();
        if let Some(staged) = &self.staged {
            let known: HashSet<Digest> = found.iter().map(|(digest, _)| *digest).collect();
            let rest: Vec<Digest> = wanted.iter().filter(|digest| !known.contains(*digest)).copied().collect();
            let rows = handle.block_on(async { staged::locate(&mut *self.store.read().await?, &rest).await });
            let rows = rows.map_err(database)?;
            staged.packs.lock().unwrap_or_else(PoisonError::into_inner).extend(rows.iter().map(|row| row.pack));
            found.extend(rows.iter().map(|row| (row.digest, location(row))));
        }
        let is_found = |digest: &Digest| found.iter().any(|(found, _)| found == digest);
        if let Some(row) = damaged.iter().find(|row| !is_found(&row.digest)) {
            let SegmentRow { pack, frame_offset, frame_len, .. } = *row;
            let damage = Damage { pack, frame_offset, frame_len, why: format!("segment {} is damaged", row.digest) };
            return Err(io::Error::new(io::ErrorKind::InvalidData, damage));
        }
        Ok(found)
    }
}

pub(crate) fn location(row: &SegmentRow) -> SegmentLocation {
    SegmentLocation {
        pack: row.pack,
        frame_offset: row.frame_offset,
        frame_len: row.frame_len,
        offset_in_frame: row.offset_in_frame,
        len: row.len,
    }
}

fn database(error: StoreError) -> io::Error {
    io::Error::other(error)
}
