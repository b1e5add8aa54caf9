//! From what lies on a host and what a version wants to the change that an attempt makes.

use std::collections::BTreeMap;

use packhorse_content::EntryPath;
use packhorse_content::stage::Walk;
use packhorse_model::ids::AttemptId;
use packhorse_model::order::Release;

use super::change::{Change, Former, Laid, Move, Source};
use super::ground::{Ground, Reach};
use super::places::Places;
use super::state::{State, observe};
use super::wish::Wish;
use super::write::own;
use crate::install::{Held, Site, SiteError};
use crate::runner::RunAs;
use crate::users;

/// Where a change leads, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Aim<'a> {
    /// The attempt that makes it.
    pub attempt: AttemptId,
    /// The version that the way back leads to.
    pub from: Option<&'a Release>,
    /// The version whose files lie there now, as it is written down.
    pub current: Option<&'a Held>,
    /// The version whose files shall lie there.
    pub to: &'a Held,
}

impl Aim<'_> {
    /// Whether the two versions differ; the same one made anew is none to go back to.
    fn is_change(&self) -> bool {
        self.from.is_some_and(|from| !from.is_same(&self.to.release))
    }

    /// Whether an earlier attempt has come this far already.
    fn is_there(&self) -> bool {
        self.current.is_some_and(|current| current.directory == self.to.directory)
    }
}

/// The change that leads there. Everything that it takes away is kept; nothing else is touched.
///
/// # Errors
/// [`SiteError::InTheWay`] if something lies there that must not be replaced, and the others.
pub fn compose(ground: &Ground, site: &Site, aim: &Aim<'_>) -> Result<Change, SiteError> {
    let laid = site.laid()?;
    let mut composer = Composer {
        ground,
        site,
        unfinished: paths(site.unfinished(&laid, Some(aim.attempt))?)?,
        owners: BTreeMap::new(),
        moves: BTreeMap::new(),
    };
    let mut places = site.places(aim.to)?.ok_or_else(|| SiteError::Lost(aim.to.directory.clone()))?;
    composer.add_parents(&mut places, &laid)?;
    let mut before = match aim.current {
        Some(current) => site.places(current)?.unwrap_or_default(),
        None => Places::new(),
    };
    let folder = || Wish::Folder { mode: PARENT, owner: None };
    for path in paths(laid.origins.clone())?.into_keys() {
        before.entry(path).or_insert_with(folder);
    }

    let way_back = laid.former.as_ref().filter(|former| !aim.is_there() && former.leads_to(&aim.to.release));
    let wishes = match way_back {
        Some(former) => as_they_were(&former.states)?,
        None if aim.is_there() => places.clone().into_iter().chain(as_they_were(&laid.restored)?).collect(),
        None => places.clone(),
    };
    for (path, wish) in &wishes {
        composer.bring(path, wish, before.get(path), has_below(&wishes, path))?;
    }
    let mut stay = Vec::new();
    if way_back.is_none() {
        for (path, left) in before.iter().filter(|(path, _)| !places.contains_key(*path)) {
            let origin = laid.origins.get(path.as_str()).cloned().unwrap_or(State::Nothing);
            if !composer.give_up(path, left, origin)? {
                stay.push(path.to_string());
            }
        }
    }
    composer.settle_unfinished();
    if aim.is_change() && aim.is_there() {
        // An attempt before this one was cut short behind its switch: the way back is the one that it has left.
        let former = laid.former.as_ref().filter(|former| aim.from.is_some_and(|from| former.leads_to(from)));
        composer.lead_back(former)?;
    }
    let origins = composer.origins(&places, &laid)?;
    let restored = match way_back {
        Some(_) => composer.differing(&places)?,
        None if aim.is_there() => laid.restored.clone(),
        None => BTreeMap::new(),
    };
    site.sync_former()?;
    let moves: BTreeMap<String, Move> =
        composer.moves.into_iter().map(|(path, moved)| (path.to_string(), moved)).collect();
    let after = Laid { by: Some(aim.attempt), former: way_to_before(aim, &laid, &moves), restored, origins };
    Ok(Change { moves, before: laid, after, stay })
}

fn has_below(places: &Places, folder: &EntryPath) -> bool {
    let behind = places.range(folder.clone()..).skip(1).map(|(path, _)| path);
    behind
        .take_while(|path| path.as_str().starts_with(folder.as_str()))
        .any(|path| path.strip(folder.as_str()).is_some())
}

/// The permission bits of folders that are made for targets.
const PARENT: u16 = 0o755;

struct Composer<'a> {
    ground: &'a Ground,
    site: &'a Site,
    /// What was there before changes that were neither finished nor undone.
    unfinished: BTreeMap<EntryPath, State>,
    owners: BTreeMap<String, RunAs>,
    moves: BTreeMap<EntryPath, Move>,
}

impl Composer<'_> {
    /// What is at a path, or was before it was left half-way. Only the latter is kept already.
    fn present(&self, path: &EntryPath) -> Result<(State, bool), SiteError> {
        if let Some(state) = self.unfinished.get(path) {
            return Ok((state.clone(), true));
        }
        let state = observe(&mut Walk::new(self.ground.folder()), path).map_err(self.ground.wrong(path))?;
        Ok((state, false))
    }

    fn owner(&mut self, wanted: Option<&str>) -> Result<Option<RunAs>, SiteError> {
        let Some(wanted) = wanted else { return Ok(None) };
        if let Some(known) = self.owners.get(wanted) {
            return Ok(Some(*known));
        }
        let found = users::owner(wanted)?;
        self.owners.insert(wanted.to_owned(), found);
        Ok(Some(found))
    }

    fn bring(
        &mut self,
        path: &EntryPath,
        wish: &Wish,
        before: Option<&Wish>,
        has_below: bool,
    ) -> Result<(), SiteError> {
        let (present, is_kept) = self.present(path)?;
        let reach = self.ground.reach();
        if let Some(reason) = wish.obstacle(&present, reach, before.is_some(), has_below) {
            return Err(self.in_the_way(path, reason));
        }
        let owner = self.owner(wish.owner())?;
        let after = wish.settle(&present, before, owner, own());
        let source = match wish {
            Wish::File { from, .. } => Source::Version(from.clone()),
            Wish::Folder { .. } | Wish::Link { .. } | Wish::As(_) => Source::Former,
        };
        self.change(path, present, is_kept, after, source)
    }

    /// Leaves a place that no version wants any more. False if what is there was changed since, and stays.
    fn give_up(&mut self, path: &EntryPath, left: &Wish, origin: State) -> Result<bool, SiteError> {
        let (present, is_kept) = self.present(path)?;
        if present == State::Nothing {
            return Ok(true);
        }
        if !left.is_untouched(&present) {
            return Ok(false);
        }
        self.change(path, present, is_kept, origin, Source::Former)?;
        Ok(true)
    }

    fn change(
        &mut self,
        path: &EntryPath,
        before: State,
        is_kept: bool,
        after: State,
        source: Source,
    ) -> Result<(), SiteError> {
        if before.is_as(&after) && !is_kept {
            return Ok(());
        }
        if !is_kept {
            self.may_be_replaced(path, &before)?;
            self.site.keep_former(self.ground, path, &before)?;
        }
        self.moves.insert(path.clone(), Move { before, after, source });
        Ok(())
    }

    /// Refuses what could not be brought back, and what has other names that would go on with the old bytes.
    fn may_be_replaced(&self, path: &EntryPath, present: &State) -> Result<(), SiteError> {
        let State::File { owner, .. } = present else { return Ok(()) };
        if own().uid != 0 && owner.uid != own().uid {
            return Err(self.in_the_way(path, "belongs to another user, and the agent does not run as root"));
        }
        let linked = Walk::new(self.ground.folder()).parent(path).and_then(|parent| parent.look_up(path.name()));
        let names = linked.map_err(self.ground.wrong(path))?.map_or(1, |stat| stat.st_nlink);
        if self.ground.reach() == Reach::WholeHost && names > 1 {
            return Err(self.in_the_way(path, "has other names (hard links), which would go on with the old content"));
        }
        Ok(())
    }

    /// What was changed half-way and is wanted by nobody becomes what it was.
    fn settle_unfinished(&mut self) {
        for (path, before) in &self.unfinished {
            let back = || Move { before: before.clone(), after: before.clone(), source: Source::Former };
            self.moves.entry(path.clone()).or_insert_with(back);
        }
    }

    /// Lets the way back of this change be the one of an earlier change that came as far.
    fn lead_back(&mut self, former: Option<&Former>) -> Result<(), SiteError> {
        let Some(former) = former else { return Ok(()) };
        for (path, before) in paths(former.states.clone())? {
            let (present, _) = self.present(&path)?;
            let move_back = Move { before: before.clone(), after: present, source: Source::Former };
            self.moves.entry(path).and_modify(|moved| moved.before = before).or_insert(move_back);
        }
        Ok(())
    }

    /// The folders in which targets lie: those that are missing are made, and go again with the last file in them.
    fn add_parents(&self, places: &mut Places, laid: &Laid) -> Result<(), SiteError> {
        if self.ground.reach() == Reach::InstallRoot {
            return Ok(());
        }
        let folders: Vec<EntryPath> = places.keys().flat_map(|path| path.ancestors().collect::<Vec<_>>()).collect();
        for folder in folders {
            match self.present(&folder)?.0 {
                State::Folder { .. } if !laid.origins.contains_key(folder.as_str()) => {}
                State::Folder { .. } | State::Nothing => {
                    places.insert(folder, Wish::Folder { mode: PARENT, owner: None });
                }
                State::File { .. } | State::Link { .. } => {
                    let reason = "is no folder, and links are not followed: name the place itself in packhorse.toml";
                    return Err(self.in_the_way(&folder, reason));
                }
            }
        }
        Ok(())
    }

    /// What was at each place before the package came.
    fn origins(&self, places: &Places, laid: &Laid) -> Result<BTreeMap<String, State>, SiteError> {
        let mut origins = BTreeMap::new();
        if self.ground.reach() == Reach::InstallRoot {
            return Ok(origins);
        }
        for path in places.keys() {
            let origin = match laid.origins.get(path.as_str()) {
                Some(origin) => origin.clone(),
                None => {
                    let (present, is_kept) = self.present(path)?;
                    if !is_kept {
                        self.site.keep_former(self.ground, path, &present)?;
                    }
                    present
                }
            };
            origins.insert(path.to_string(), origin);
        }
        Ok(origins)
    }

    /// Where what comes back, or has stayed, is not what the version itself would bring.
    fn differing(&self, places: &Places) -> Result<BTreeMap<String, State>, SiteError> {
        let mut differing = BTreeMap::new();
        for (path, wish) in places {
            let (state, is_kept) = match self.moves.get(path) {
                Some(moved) => (moved.after.clone(), true),
                None => self.present(path)?,
            };
            if wish.is_met(&state) {
                continue;
            }
            if !is_kept {
                self.site.keep_former(self.ground, path, &state)?;
            }
            differing.insert(path.to_string(), state);
        }
        Ok(differing)
    }

    fn in_the_way(&self, path: &EntryPath, reason: &str) -> SiteError {
        SiteError::InTheWay { path: self.ground.shown(path), reason: reason.to_owned() }
    }
}

/// The way back that is remembered afterwards.
fn way_to_before(aim: &Aim<'_>, laid: &Laid, moves: &BTreeMap<String, Move>) -> Option<Former> {
    let states = || moves.iter().map(|(path, moved)| (path.clone(), moved.before.clone()));
    if aim.is_change() {
        return aim.from.map(|from| Former { tree: from.tree, rendering: from.rendering, states: states().collect() });
    }
    // The same version made anew: the way back leads where it led, and over what was changed now.
    laid.former.clone().map(|mut former| {
        for (path, state) in states() {
            former.states.entry(path).or_insert(state);
        }
        former
    })
}

fn as_they_were(states: &BTreeMap<String, State>) -> Result<Places, SiteError> {
    Ok(paths(states.clone())?.into_iter().map(|(path, state)| (path, Wish::As(state))).collect())
}

/// Paths as they were written down.
pub fn paths<T>(written: BTreeMap<String, T>) -> Result<BTreeMap<EntryPath, T>, SiteError> {
    let read = |(path, value): (String, T)| match EntryPath::new(&path) {
        Ok(path) => Ok((path, value)),
        Err(error) => Err(SiteError::InTheWay { path: path.into(), reason: error.to_string() }),
    };
    written.into_iter().map(read).collect()
}
