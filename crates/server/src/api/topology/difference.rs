//! What a topology file adds to the tree or changes in it. It removes nothing: what a file does not name stays.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::TopologyName;
use packhorse_model::api::topology::Topology;
use packhorse_model::ids::{BusinessId, SystemId};
use packhorse_model::topology::{Environment, TopologySpec};

/// What has to be done, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Change {
    /// A new business.
    Business(TopologyName),
    /// A new system of a business.
    System { business: TopologyName, system: TopologyName, environment: Environment },
    /// A system that is for something else now.
    Environment { business: TopologyName, system: TopologyName, id: SystemId, environment: Environment },
    /// A new module of a system.
    Module { business: TopologyName, system: TopologyName, module: TopologyName },
}

impl std::fmt::Display for Change {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Business(business) => write!(f, "{business}: added"),
            Self::System { business, system, .. } => write!(f, "{business}/{system}: added"),
            Self::Environment { business, system, .. } => write!(f, "{business}/{system}: environment changed"),
            Self::Module { business, system, module } => write!(f, "{business}/{system}/{module}: added"),
        }
    }
}

/// A name that stands twice where it may stand once.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is named twice")]
pub(super) struct Twice(String);

/// The identities of what is in the tree.
pub(super) struct Known {
    pub(super) businesses: BTreeMap<TopologyName, BusinessId>,
    pub(super) systems: BTreeMap<(TopologyName, TopologyName), SystemId>,
}

impl Known {
    pub(super) fn of(tree: &Topology) -> Self {
        let systems = tree.businesses.iter().flat_map(|business| {
            business.systems.iter().map(|system| ((business.name.clone(), system.name.clone()), system.id))
        });
        Self {
            businesses: tree.businesses.iter().map(|business| (business.name.clone(), business.id)).collect(),
            systems: systems.collect(),
        }
    }
}

/// What makes the tree hold everything that the file names.
pub(super) fn difference(tree: &Topology, spec: &TopologySpec) -> Result<Vec<Change>, Twice> {
    let mut changes = Vec::new();
    let mut seen = BTreeSet::new();
    let mut once = |path: String| if seen.insert(path.clone()) { Ok(()) } else { Err(Twice(path)) };
    for business in &spec.business {
        once(business.name.to_string())?;
        let old = tree.businesses.iter().find(|old| old.name == business.name);
        if old.is_none() {
            changes.push(Change::Business(business.name.clone()));
        }
        for system in &business.system {
            once(format!("{}/{}", business.name, system.name))?;
            let (business, environment) = (business.name.clone(), system.environment);
            let old = old.and_then(|old| old.systems.iter().find(|old| old.name == system.name));
            match old {
                None => changes.push(Change::System {
                    business: business.clone(),
                    system: system.name.clone(),
                    environment,
                }),
                Some(old) if old.environment != environment => changes.push(Change::Environment {
                    business: business.clone(),
                    system: system.name.clone(),
                    id: old.id,
                    environment,
                }),
                Some(_) => {}
            }
            for module in &system.module {
                once(format!("{business}/{}/{}", system.name, module.name))?;
                if old.is_none_or(|old| old.modules.iter().all(|old| old.name != module.name)) {
                    let (business, system) = (business.clone(), system.name.clone());
                    changes.push(Change::Module { business, system, module: module.name.clone() });
                }
            }
        }
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use packhorse_model::topology::{BusinessSpec, ModuleSpec, SystemSpec};

    use super::*;

    fn shop(systems: Vec<SystemSpec>) -> TopologySpec {
        TopologySpec { business: vec![BusinessSpec { name: "Shop".parse().unwrap(), system: systems }] }
    }

    fn production(environment: Environment) -> SystemSpec {
        let module = vec![ModuleSpec { name: "Web".parse().unwrap() }];
        SystemSpec { name: "Production".parse().unwrap(), environment, module }
    }

    #[test]
    fn an_empty_tree_gets_everything() {
        let spec = shop(vec![production(Environment::Prod)]);
        let changes = difference(&Topology { businesses: vec![] }, &spec).unwrap();
        let text: Vec<_> = changes.iter().map(ToString::to_string).collect();
        assert_eq!(text, ["Shop: added", "Shop/Production: added", "Shop/Production/Web: added"]);
    }

    #[test]
    fn a_name_stands_once() {
        let spec = shop(vec![production(Environment::Prod), production(Environment::Test)]);
        let error = difference(&Topology { businesses: vec![] }, &spec).unwrap_err();
        assert_eq!(error.to_string(), "Shop/Production is named twice");
    }
}
