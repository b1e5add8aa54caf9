//! Looking at what is laid, and what becomes of it when the package goes.

use std::collections::BTreeMap;

use packhorse_content::EntryPath;
use packhorse_content::stage::Walk;

use super::compose::paths;
use super::ground::Ground;
use super::state::{State, observe};
use super::wish::Wish;
use crate::install::{Held, Site, SiteError};

/// Whether everything lies where the current version has left it, and no change was left half-way.
///
/// # Errors
/// [`SiteError`]. What cannot be looked at is not in place.
pub fn is_in_place(ground: &Ground, site: &Site, current: &Held) -> Result<bool, SiteError> {
    Ok(site.unfinished(&site.laid()?, None)?.is_empty() && displaced(ground, site, current)? == Some(0))
}

/// How many places are not as the current version has left them. None if the list of what it consists of is gone.
///
/// # Errors
/// [`SiteError`].
pub fn displaced(ground: &Ground, site: &Site, current: &Held) -> Result<Option<u64>, SiteError> {
    let restored = paths(site.laid()?.restored)?;
    let Some(places) = site.places(current)? else { return Ok(None) };
    let mut walk = Walk::new(ground.folder());
    let is_displaced = |(path, wish): &(&EntryPath, &Wish)| {
        !observe(&mut walk, path).is_ok_and(|present| match restored.get(*path) {
            Some(state) => state.is_as(&present),
            None => wish.is_met(&present),
        })
    };
    let count = places.iter().filter(is_displaced).count();
    Ok(Some(u64::try_from(count).unwrap_or(u64::MAX)))
}

/// What becomes of the places of a package that goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// What shall be at each place: what was there before the package came, or nothing.
    pub states: BTreeMap<EntryPath, State>,
    /// Files that were changed since they were laid, and stay.
    pub stay: Vec<String>,
}

/// What becomes of the places of `current` when the package goes. Looking again after some of it is done gives the rest.
///
/// # Errors
/// [`SiteError`].
pub fn leave(ground: &Ground, site: &Site, current: &Held) -> Result<Leaving, SiteError> {
    let laid = site.laid()?;
    let mut places = site.places(current)?.ok_or_else(|| SiteError::Lost(current.directory.clone()))?;
    let origins = paths(laid.origins)?;
    for path in origins.keys() {
        // The others are folders that were made for targets.
        places.entry(path.clone()).or_insert(Wish::Folder { mode: 0, owner: None });
    }
    let mut walk = Walk::new(ground.folder());
    let mut leaving = Leaving { states: BTreeMap::new(), stay: Vec::new() };
    for (path, wish) in places {
        let present = observe(&mut walk, &path).map_err(ground.wrong(&path))?;
        let origin = origins.get(&path).cloned().unwrap_or(State::Nothing);
        if present == State::Nothing || present.is_as(&origin) {
            continue;
        }
        if wish.is_untouched(&present) {
            leaving.states.insert(path, origin);
        } else {
            leaving.stay.push(path.to_string());
        }
    }
    Ok(leaving)
}
