//! Classes of equal change: what a person looks at in place of ten thousand hosts.

use std::collections::BTreeMap;

use packhorse_model::api::exclusions::ExclusionCode;
use packhorse_model::database::Migration;
use packhorse_model::ids::VersionId;
use packhorse_model::order::{Particulars, Release, UnitAction, UnitOrder};
use packhorse_model::step::{Step, StepKind};
use packhorse_model::{HostName, PackageName};

use super::exclusion::Exclusion;
use super::inventory::InventoryHost;
use super::outlook::Change;
use crate::host::{HostPlan, room_at, room_needed};

/// Bytes of a megabyte.
const MB: u64 = 1_000_000;

/// Hosts at which the same happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedChange {
    /// The hosts.
    pub hosts: Vec<HostName>,
    /// The package.
    pub package: PackageName,
    /// What happens.
    pub action: UnitAction,
    /// The version before.
    pub from: Option<Release>,
    /// The version after.
    pub to: Option<Release>,
    /// Where the instances lie.
    pub install_root: String,
    /// Directories with data that are removed, relative to the install root.
    pub remove_data: Vec<String>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Whether rendered files get other values than they have.
    pub changes_values: bool,
    /// What is done to databases, each by one of the hosts.
    pub migrations: Vec<(HostName, Migration)>,
    /// The host with the least room on its disk, and that room in bytes; of those that have said how much they have.
    pub tightest: Option<(HostName, u64)>,
}

/// What the changes of a class have in common, but for their steps. A version is known by its identity, which is quicker to compare
/// than all that its manifest says.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    from: Option<VersionId>,
    to: Option<VersionId>,
    install_root: String,
    changes_values: bool,
}

/// Classes as they are found, in the order of their first hosts.
#[derive(Default)]
pub(crate) struct Classes {
    list: Vec<PlannedChange>,
    places: BTreeMap<Kind, Vec<usize>>,
}

impl Classes {
    /// Puts a host into its class.
    pub(crate) fn add(&mut self, host: &InventoryHost, change: &Change<'_>, order: &UnitOrder, plan: &HostPlan) {
        // Hosts whose values alone differ change alike.
        let rendering = |release: &Option<Release>| release.as_ref().and_then(|release| release.rendering);
        let changes_values = order.action == UnitAction::Install && rendering(&order.from) != rendering(&order.to);
        let kind = Kind {
            from: change.from.map(|side| side.known.id),
            to: change.to.map(|side| side.known.id),
            install_root: order.install_root.clone(),
            changes_values,
        };
        let steps = plan.shown();
        let places = self.places.entry(kind).or_default();
        let is_same = |known: &PlannedChange| known.action == order.action && known.steps == steps;
        let place = places.iter().copied().find(|place| self.list.get(*place).is_some_and(is_same));
        let place = place.unwrap_or_else(|| {
            let common = order.with(Particulars::default());
            self.list.push(PlannedChange {
                hosts: Vec::new(),
                package: common.package,
                action: common.action,
                from: common.from,
                to: common.to,
                install_root: common.install_root,
                remove_data: common.remove_data,
                steps,
                changes_values,
                migrations: Vec::new(),
                tightest: None,
            });
            places.push(self.list.len() - 1);
            self.list.len() - 1
        });
        let Some(class) = self.list.get_mut(place) else { return };
        class.hosts.push(host.name.clone());
        class.migrations.extend(order.each_migration().map(|migration| (host.name.clone(), migration.clone())));
        if let Some(free) = room_at(&host.room, &order.install_root)
            && class.tightest.as_ref().is_none_or(|(_, least)| free < *least)
        {
            class.tightest = Some((host.name.clone(), free));
        }
    }

    /// All of them.
    pub(crate) fn into_list(self) -> Vec<PlannedChange> {
        self.list
    }
}

/// Why what is fetched does not fit on a host's disk, if that is known.
pub(crate) fn lacks_room(host: &InventoryHost, order: &UnitOrder, plan: &HostPlan) -> Option<Exclusion> {
    let is_fetched = plan.steps.iter().any(|step| step.step.kind == StepKind::Fetch);
    let needed = room_needed(order.to.as_ref().filter(|_| is_fetched)?);
    let free = room_at(&host.room, &order.install_root).filter(|free| *free < needed)?;
    let (needed, free) = (needed.div_ceil(MB), free / MB);
    let (package, root) = (&order.package, &order.install_root);
    let reason = format!(
        "{package} needs {needed} MB for {root} and there are {free} MB free: make room there; the host tells within ten minutes"
    );
    let exclusion = Exclusion::new(ExclusionCode::NoRoom, reason).param("package", package).param("root", root);
    Some(exclusion.param("needed", needed).param("free", free))
}
