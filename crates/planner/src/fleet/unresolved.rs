//! Variables without a value: a plan with them shows all else, and is not applied.

use std::collections::BTreeMap;

use packhorse_model::api::plans::{Caution, CautionCode, CautionEffect};
use packhorse_model::api::unresolved::{MOST_UNRESOLVED, MOST_UNRESOLVED_HOSTS, UnresolvedVariable};
use packhorse_model::deployment::{Action, DeploymentSpec};
use packhorse_model::{HostName, PackageName};

use super::inventory::{InventoryHost, UnresolvedUse};
use super::notes::list;
use super::outlook::Change;

/// What was found while hosts were looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unresolved {
    /// The package.
    pub package: PackageName,
    uses: BTreeMap<UnresolvedUse, Vec<HostName>>,
}

impl Unresolved {
    pub(crate) fn none(spec: &DeploymentSpec) -> Self {
        Self { package: spec.package.clone(), uses: BTreeMap::new() }
    }

    /// Notes what a host lacks that takes part. Only what is rendered anew needs its values: going back needs none.
    pub(crate) fn look_at(&mut self, action: Action, host: &InventoryHost, change: &Change<'_>) {
        let is_rendered = matches!(action, Action::Deploy | Action::Upgrade | Action::Downgrade);
        let Some(to) = change.to.filter(|_| is_rendered) else { return };
        let values = host.values.get(&to.known.id);
        for found in values.into_iter().flat_map(|values| &values.unresolved) {
            self.uses.entry(found.clone()).or_default().push(host.name.clone());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.uses.is_empty()
    }

    /// Each use in a line: where, what, why, and on which hosts.
    pub fn lines(&self) -> impl Iterator<Item = String> {
        self.uses.iter().map(|(found, hosts)| line(found, hosts))
    }

    /// The same for programs.
    pub fn told(&self) -> impl Iterator<Item = UnresolvedVariable> {
        self.uses.iter().map(|(found, hosts)| told(found, hosts))
    }

    /// The same as cautions, the first of them each by itself, that block the plan.
    pub(crate) fn cautions(&self) -> Vec<Caution> {
        let blocking = |text: String| Caution {
            effect: CautionEffect::Blocks,
            ..Caution::new(CautionCode::UnresolvedVariable, text)
        };
        let caution = |(found, hosts): (&UnresolvedUse, &Vec<HostName>)| Caution {
            unresolved: Some(told(found, hosts)),
            ..blocking(line(found, hosts)).about(hosts).param("variable", &found.name).param("place", &found.place)
        };
        let mut cautions: Vec<Caution> = self.uses.iter().take(MOST_UNRESOLVED).map(caution).collect();
        let more = self.uses.len().saturating_sub(MOST_UNRESOLVED);
        if more > 0 {
            let text = format!("{more} more uses of variables have no value");
            cautions.push(blocking(text).param("more", more));
        }
        cautions
    }
}

fn line(found: &UnresolvedUse, hosts: &[HostName]) -> String {
    format!("{}: {} {} on {}", found.place, found.token, found.why.reason, list(hosts))
}

fn told(found: &UnresolvedUse, hosts: &[HostName]) -> UnresolvedVariable {
    UnresolvedVariable {
        place: found.place.clone(),
        token: found.token.clone(),
        name: found.name.clone(),
        why: found.why.clone(),
        hosts: hosts.iter().take(MOST_UNRESOLVED_HOSTS).cloned().collect(),
        hosts_more: hosts.len().saturating_sub(MOST_UNRESOLVED_HOSTS) as u64,
    }
}
