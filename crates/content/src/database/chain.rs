//! How a database comes from one version to another: by a full load, by increments one after another, or back by their rollbacks.

use std::collections::{BTreeMap, VecDeque};

use packhorse_model::VersionNumber;
use packhorse_model::api::database::{ChainStep, ChainStepKind, DatabaseLayout, DatabaseStructure, Increment};

/// A version of a database package that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stocked {
    /// Its number.
    pub version: VersionNumber,
    /// What it consists of.
    pub structure: DatabaseStructure,
}

/// Versions between which nothing leads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Gap {
    /// No increment.
    #[error("no increment leads from {from} to {to}")]
    Increment {
        /// How far one comes.
        from: VersionNumber,
        /// Where it would go on.
        to: VersionNumber,
    },
    /// An increment without a rollback.
    #[error("nothing leads back from {from} to {to}: the increment has no rollback")]
    Rollback {
        /// Where one is.
        from: VersionNumber,
        /// Where it would go on.
        to: VersionNumber,
    },
    /// No full load.
    #[error("nothing makes an empty database of {to}: neither a full load of it, nor one before it with increments")]
    FullLoad {
        /// Which version.
        to: VersionNumber,
    },
}

/// The steps from one version to another, and those that lead back, if any do. `from` is absent for an empty database.
///
/// # Errors
/// The versions between which nothing leads.
pub fn chain(
    stock: &[Stocked],
    from: Option<&VersionNumber>,
    to: &VersionNumber,
) -> Result<(Vec<ChainStep>, Option<Vec<ChainStep>>), Gap> {
    match from {
        Some(from) if from > to => {
            let ways = upwards(stock, Some(to), from)?;
            Ok((downwards(&ways)?, Some(ways.iter().map(Way::step).collect())))
        }
        _ => {
            let ways = upwards(stock, from, to)?;
            Ok((ways.iter().map(Way::step).collect(), downwards(&ways).ok()))
        }
    }
}

/// A step upwards, and the version of the package that holds it.
enum Way<'s> {
    FullLoad(&'s VersionNumber, &'s String),
    Increment(&'s VersionNumber, &'s Increment),
}

impl Way<'_> {
    fn step(&self) -> ChainStep {
        match self {
            Self::FullLoad(version, file) => ChainStep {
                kind: ChainStepKind::FullLoad,
                from: None,
                to: Some((*version).clone()),
                version: (*version).clone(),
                files: vec![(*file).clone()],
            },
            Self::Increment(version, increment) => ChainStep {
                kind: ChainStepKind::Increment,
                from: increment.from.clone(),
                to: Some(increment.to.clone()),
                version: (*version).clone(),
                files: increment.upgrade.clone(),
            },
        }
    }
}

/// The way back over the rollbacks of these steps.
fn downwards(ways: &[Way<'_>]) -> Result<Vec<ChainStep>, Gap> {
    let back = ways.iter().rev().map(|way| match way {
        Way::FullLoad(version, _) => Err(Gap::FullLoad { to: (*version).clone() }),
        Way::Increment(_, increment) if increment.rollback.is_empty() => Err(Gap::Rollback {
            from: increment.to.clone(),
            to: increment.from.clone().unwrap_or_else(|| increment.to.clone()),
        }),
        Way::Increment(version, increment) => Ok(ChainStep {
            kind: ChainStepKind::Rollback,
            from: Some(increment.to.clone()),
            to: increment.from.clone(),
            version: (*version).clone(),
            files: increment.rollback.clone(),
        }),
    });
    back.collect()
}

fn upwards<'s>(
    stock: &'s [Stocked],
    from: Option<&'s VersionNumber>,
    to: &'s VersionNumber,
) -> Result<Vec<Way<'s>>, Gap> {
    let target = stock.iter().find(|stocked| stocked.version == *to);
    if let Some(Stocked { version, structure }) = target
        && matches!(structure.layout, Some(DatabaseLayout::Numbered | DatabaseLayout::UpgradeAndDowngrade))
    {
        // Such a version holds the steps of all versions before it; some may have none.
        let is_between = |increment: &&Increment| from.is_none_or(|from| increment.to > *from) && increment.to <= *to;
        let steps = structure.increments.iter().filter(is_between);
        return Ok(steps.map(|increment| Way::Increment(version, increment)).collect());
    }
    match from {
        Some(from) => path(stock, from, to),
        None => full_load(stock, to),
    }
}

/// The full load of the version, or of the nearest one before it from which increments lead on.
fn full_load<'s>(stock: &'s [Stocked], to: &'s VersionNumber) -> Result<Vec<Way<'s>>, Gap> {
    let mut loads: Vec<(&VersionNumber, &String)> = stock
        .iter()
        .filter(|stocked| stocked.version <= *to)
        .filter_map(|stocked| Some((&stocked.version, stocked.structure.full_load.as_ref()?)))
        .collect();
    loads.sort_unstable();
    let mut gap = None;
    for (version, file) in loads.into_iter().rev() {
        match path(stock, version, to) {
            Ok(rest) => return Ok(std::iter::once(Way::FullLoad(version, file)).chain(rest).collect()),
            Err(nearest) => gap = gap.or(Some(nearest)),
        }
    }
    Err(gap.unwrap_or(Gap::FullLoad { to: to.clone() }))
}

/// The shortest way over increments; of several, the one over the lowest versions.
fn path<'s>(stock: &'s [Stocked], from: &'s VersionNumber, to: &'s VersionNumber) -> Result<Vec<Way<'s>>, Gap> {
    let mut edges: BTreeMap<&VersionNumber, Vec<(&VersionNumber, &Increment)>> = BTreeMap::new();
    for Stocked { version, structure } in stock.iter().filter(|stocked| stocked.version <= *to) {
        for increment in &structure.increments {
            if let Some(start) = increment.from.as_ref().filter(|start| *start >= from) {
                edges.entry(start).or_default().push((version, increment));
            }
        }
    }
    edges.values_mut().for_each(|ways| ways.sort_by_key(|(_, increment)| &increment.to));
    let mut came_by: BTreeMap<&'s VersionNumber, (&'s VersionNumber, &'s Increment)> = BTreeMap::new();
    let mut open = VecDeque::from([from]);
    while let Some(at) = open.pop_front() {
        if at == to {
            break;
        }
        for (version, increment) in edges.get(at).into_iter().flatten() {
            let next = &increment.to;
            if next != from && next > at && !came_by.contains_key(next) {
                came_by.insert(next, (version, increment));
                open.push_back(next);
            }
        }
    }
    let mut steps = Vec::new();
    let mut at = to;
    while at != from {
        let Some((version, increment)) = came_by.get(at) else {
            // How far one comes from below, and from where one gets to the end.
            let reached = came_by.keys().copied().max().unwrap_or(from);
            return Err(Gap::Increment { from: reached.clone(), to: lowest_before(&edges, to).clone() });
        };
        steps.push(Way::Increment(version, increment));
        at = increment.from.as_ref().unwrap_or(from);
    }
    steps.reverse();
    Ok(steps)
}

/// The lowest version from which increments lead to `to`; `to` itself if none do.
fn lowest_before<'s>(
    edges: &BTreeMap<&'s VersionNumber, Vec<(&'s VersionNumber, &'s Increment)>>,
    to: &'s VersionNumber,
) -> &'s VersionNumber {
    let mut lowest = to;
    // From high to low: whatever leads to one of those that were found is found as well.
    for (start, ways) in edges.iter().rev() {
        if ways.iter().any(|(_, increment)| increment.to == *lowest) {
            lowest = start;
        }
    }
    lowest
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
