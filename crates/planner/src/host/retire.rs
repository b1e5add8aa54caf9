//! Which versions may be removed from a host once a new one has proven itself.

use packhorse_model::order::{UnitAction, UnitOrder};

use super::installed::{Condition, Installed, InstalledVersion};

/// The directories that the step `Retire` removes: never that of the version that is current then, of the previous one, or of the
/// newest `keep` others. Only directories that [`Installed`] names; what else lies in the install root is not ours.
#[must_use]
pub fn retirable(order: &UnitOrder, installed: &Installed) -> Vec<String> {
    let (UnitAction::Install | UnitAction::Migrate, Some(to)) = (order.action, &order.to) else { return Vec::new() };
    let current = installed.place_of(&order.package, to).directory;
    // The same version with the same values, made anew, is no version to go back to.
    let is_change = order.from.as_ref().is_some_and(|from| !from.is_same(to));
    let previous = if is_change {
        installed.place_before(order).map(|place| place.directory)
    } else {
        installed.previous.as_ref().map(|version| version.directory.clone())
    };
    let mut older: Vec<&InstalledVersion> = installed
        .versions()
        .filter(|version| version.directory != current && Some(&version.directory) != previous.as_ref())
        .collect();
    older.sort_by(|a, b| b.version.cmp(&a.version).then_with(|| a.directory.cmp(&b.directory)));
    let mut kept = 0;
    older.retain(|version| {
        let keeps = version.condition != Condition::Altered && kept < to.manifest.keep;
        kept += u32::from(keeps);
        !keeps
    });
    older.into_iter().map(|version| version.directory.clone()).collect()
}
