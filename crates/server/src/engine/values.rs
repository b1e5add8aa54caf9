//! What the variables of versions come to on hosts. Everything is read at once, and each host is looked at in memory.

use std::collections::{BTreeMap, BTreeSet};

use packhorse_model::api::unresolved::{NoValue, NoValueReason};
use packhorse_model::ids::PackageId;
use packhorse_model::name::{SecretName, variable_key};
use packhorse_model::order::SecretVersion;
use packhorse_model::topology::{Environment, ModulePath};
use packhorse_model::variables::{Definitions, Resolved, Scope, Standpoint, VariableValue, resolve};
use packhorse_model::{HostName, PackageName, TopologyName, VersionNumber};
use packhorse_planner::fleet::{InventoryHost, KnownVersion, install_root, natural, own_variables};
use packhorse_store::{Conn, hosts, packages, targets, topology, variables, vault};

use super::host_values::{Keys, values};
use super::uses;
use crate::error::ApiError;

/// What Packhorse itself says begins like this.
pub(crate) const OWN: &str = "packhorse.";
/// Members of a module that stand in a value at most.
const MOST_MEMBERS: u32 = 1_000;

/// Fills in what variables come to on each host, for each of `versions`. `meant` are the modules that the deployment names, if any: a
/// host that belongs to others, too, is looked at as a member of these.
pub(crate) async fn fill(
    conn: &mut Conn,
    package: &PackageName,
    versions: &[KnownVersion],
    meant: &[ModulePath],
    hosts: &mut [InventoryHost],
) -> Result<(), ApiError> {
    let mut wanted = Vec::new();
    for version in versions {
        wanted.push((version, uses::of_version(conn, version.id, &version.release).await?));
    }
    if wanted.iter().all(|(_, uses)| uses.is_empty()) {
        return Ok(());
    }
    let names: BTreeSet<String> = wanted.iter().flat_map(|(_, uses)| uses).map(|found| found.name.clone()).collect();
    let modules: BTreeSet<ModulePath> = hosts.iter().flat_map(|host| host.modules.iter().cloned()).collect();
    let known = Known::read(conn, &names, &modules).await?;
    let mut keys = Keys::default();
    for host in hosts {
        let at = known.standpoint(package, &host.name, &host.modules, meant);
        let scopes = at.scopes();
        for (version, uses) in &wanted {
            let own = own(&known, &at, host, version);
            let values = values(uses, &known, &scopes, &own, &mut keys);
            host.values.insert(version.id, values);
        }
    }
    Ok(())
}

/// What the rows say of the variables that are asked for.
pub(crate) struct Known {
    definitions: BTreeMap<String, Definitions>,
    secrets: BTreeMap<SecretName, SecretVersion>,
    environments: BTreeMap<(TopologyName, TopologyName), Environment>,
    members: BTreeMap<ModulePath, Vec<(HostName, String)>>,
}

/// A place at which a variable is looked up.
pub(crate) struct Place {
    /// What the rows say.
    pub(crate) known: Known,
    /// The scopes that hold there.
    pub(crate) scopes: [BTreeSet<Scope>; 7],
    /// What Packhorse itself says there.
    pub(crate) own: BTreeMap<String, String>,
    /// The package.
    pub(crate) package: PackageId,
    /// The version that is on the host.
    pub(crate) version: Option<VersionNumber>,
}

/// The place of a package on a host, for one name.
pub(crate) async fn place(
    conn: &mut Conn,
    package: &PackageName,
    host: &HostName,
    name: &str,
) -> Result<Place, ApiError> {
    let found = packages::by_name(conn, package).await?;
    let id = found
        .ok_or_else(|| {
            ApiError::not_found("package", package).hint("`packhorse package list` shows those that there are")
        })?
        .id;
    let row = targets::by_name(conn, id, std::slice::from_ref(host)).await?.pop();
    let row =
        row.ok_or_else(|| ApiError::not_found("host", host).hint("`packhorse host list` shows those that there are"))?;
    let modules = hosts::modules_of(conn, &[row.host]).await?.remove(&row.host).unwrap_or_default();
    let of = modules.iter().cloned().collect();
    let known = Known::read(conn, &BTreeSet::from([name.to_owned()]), &of).await?;
    let at = known.standpoint(package, host, &modules, &[]);
    let mut own = known.of_place(&at);
    let instance = row.instance.as_ref();
    let version = instance.map(|instance| instance.version.clone());
    let root = instance.map_or("", |instance| instance.install_root.as_str());
    own.extend(own_variables(package, version.as_ref().map(VersionNumber::as_str), root));
    own.extend(of_host(host, &row.facts.address));
    Ok(Place { scopes: at.scopes(), known, own, package: id, version })
}

/// What Packhorse itself says of a host.
fn of_host(name: &HostName, address: &str) -> [(String, String); 2] {
    [("packhorse.host.name".to_owned(), name.to_string()), ("packhorse.host.ip".to_owned(), address.to_owned())]
}

/// What a name comes to.
pub(crate) enum Found {
    /// A value that anybody may see.
    Text(String),
    /// A secret.
    Secret(SecretName, SecretVersion),
    /// Nothing, for this reason.
    Nothing(NoValue),
}

impl Known {
    /// Reads what is said of these names, in the systems of these modules.
    pub(crate) async fn read(
        conn: &mut Conn,
        names: &BTreeSet<String>,
        modules: &BTreeSet<ModulePath>,
    ) -> Result<Self, ApiError> {
        let keys: Vec<String> = names.iter().filter(|name| !is_own(name)).map(|name| variable_key(name)).collect();
        let definitions = variables::definitions(conn, &keys).await?;
        let secrets = vault::current(conn, &secrets_named(names, &definitions)).await?;
        let environments = topology::environments(conn).await?;
        let mut members = BTreeMap::new();
        for path in modules_named(names, modules) {
            let hosts = of_module(conn, &path).await?;
            members.insert(path, hosts);
        }
        Ok(Self { definitions, secrets, environments, members })
    }

    pub(crate) fn standpoint(
        &self,
        package: &PackageName,
        host: &HostName,
        modules: &[ModulePath],
        meant: &[ModulePath],
    ) -> Standpoint {
        let environment = |path: &ModulePath| {
            self.environments.get(&(path.business.clone(), path.system.clone())).copied().unwrap_or_default()
        };
        let is_meant = |path: &&ModulePath| meant.is_empty() || meant.contains(path);
        let modules = modules.iter().filter(is_meant).map(|path| (path.clone(), environment(path))).collect();
        Standpoint { package: package.clone(), host: host.clone(), modules }
    }

    pub(crate) fn definitions(&self, name: &str) -> Option<&Definitions> {
        self.definitions.get(&variable_key(name))
    }

    /// What a name comes to at a place; `own` is what Packhorse says there.
    pub(crate) fn find(&self, name: &str, scopes: &[BTreeSet<Scope>], own: &BTreeMap<String, String>) -> Found {
        if is_own(name) {
            return own.get(&variable_key(name)).map_or_else(
                || {
                    let words = "is none of the names that Packhorse gives, or means several modules";
                    Found::Nothing(NoValue::new(NoValueReason::NotGiven, words))
                },
                |value| Found::Text(value.clone()),
            );
        }
        let none = Definitions::new();
        match resolve(self.definitions(name).unwrap_or(&none), scopes) {
            Resolved::Value(given) => match given.value {
                VariableValue::Secret(secret) => self.secret(secret),
                value => Found::Text(value.text().unwrap_or_default()),
            },
            Resolved::Ambiguous(given) => {
                let scopes: Vec<Scope> = given.iter().map(|given| given.scope.clone()).collect();
                let named: Vec<String> = scopes.iter().map(ToString::to_string).collect();
                let words = format!("has different values in {}", named.join(" and "));
                Found::Nothing(NoValue { scopes, ..NoValue::new(NoValueReason::Ambiguous, words) })
            }
            Resolved::Undefined => match name.parse::<SecretName>() {
                Ok(secret) if self.secrets.contains_key(&secret) => self.secret(&secret),
                _ => Found::Nothing(NoValue::new(NoValueReason::Undefined, "has no value")),
            },
        }
    }

    fn secret(&self, name: &SecretName) -> Found {
        match self.secrets.get(name) {
            Some(version) => Found::Secret(name.clone(), *version),
            None => {
                let words = format!("leads to the secret {name}, which is not in the vault");
                let secret = Some(name.clone());
                Found::Nothing(NoValue { secret, ..NoValue::new(NoValueReason::SecretMissing, words) })
            }
        }
    }

    /// What Packhorse itself says about the place of a host.
    pub(crate) fn of_place(&self, at: &Standpoint) -> BTreeMap<String, String> {
        let mut own = BTreeMap::new();
        let mut set = |name: &str, values: BTreeSet<String>| {
            // What would mean one of several means none.
            if let [value] = values.into_iter().collect::<Vec<_>>().as_slice() {
                own.insert(format!("{OWN}{name}"), value.clone());
            }
        };
        set("business", at.modules.iter().map(|(path, _)| path.business.to_string()).collect());
        set("system", at.modules.iter().map(|(path, _)| path.system.to_string()).collect());
        set("module", at.modules.iter().map(|(path, _)| path.module.to_string()).collect());
        set("environment", at.modules.iter().map(|(_, environment)| environment.as_str().to_owned()).collect());
        let mut lists: BTreeMap<&TopologyName, BTreeSet<&Vec<(HostName, String)>>> = BTreeMap::new();
        for (path, members) in &self.members {
            let is_here =
                |(of, _): &(ModulePath, Environment)| of.business == path.business && of.system == path.system;
            if !members.is_empty() && at.modules.iter().any(is_here) {
                lists.entry(&path.module).or_default().insert(members);
            }
        }
        for (module, lists) in lists {
            let module = variable_key(module.as_str());
            let joined = |pick: fn(&(HostName, String)) -> String| {
                lists.iter().map(|members| members.iter().map(pick).collect::<Vec<_>>().join(",")).collect()
            };
            set(&format!("members.{module}.names"), joined(|(name, _)| name.to_string()));
            set(&format!("members.{module}.ips"), joined(|(_, address)| address.clone()));
        }
        own
    }
}

fn is_own(name: &str) -> bool {
    variable_key(name).starts_with(OWN)
}

/// `packhorse.members.MODULE.ips`: the module of the same system, and what is wanted of its hosts.
fn members_of(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix("packhorse.members.")?.rsplit_once('.').filter(|(_, what)| matches!(*what, "ips" | "names"))
}

/// The secrets that values lead to. A name that no variable has may be that of a secret, too.
fn secrets_named(names: &BTreeSet<String>, definitions: &BTreeMap<String, Definitions>) -> Vec<SecretName> {
    let of_values = definitions.values().flat_map(BTreeMap::values).filter_map(|value| match value {
        VariableValue::Secret(name) => Some(name.clone()),
        VariableValue::Text(_) | VariableValue::Integer(_) | VariableValue::Boolean(_) => None,
    });
    let of_names = names.iter().filter_map(|name| name.parse().ok());
    of_values.chain(of_names).collect::<BTreeSet<_>>().into_iter().collect()
}

/// The modules whose members are wanted, of the systems of `modules`.
fn modules_named(names: &BTreeSet<String>, modules: &BTreeSet<ModulePath>) -> BTreeSet<ModulePath> {
    let mut named = BTreeSet::new();
    for (module, _) in names.iter().filter_map(|name| members_of(name)) {
        let Ok(module) = module.parse::<TopologyName>() else { continue };
        named.extend(modules.iter().map(|path| ModulePath { module: module.clone(), ..path.clone() }));
    }
    named
}

async fn of_module(conn: &mut Conn, path: &ModulePath) -> Result<Vec<(HostName, String)>, ApiError> {
    let hosts = topology::members(conn, path, MOST_MEMBERS).await?;
    let mut members: Vec<_> = hosts.into_iter().map(|(name, facts)| (name, facts.address)).collect();
    members.sort_by(|(a, _), (b, _)| natural(a.as_str(), b.as_str()));
    Ok(members)
}

/// What Packhorse itself says of a version on a host.
fn own(known: &Known, at: &Standpoint, host: &InventoryHost, version: &KnownVersion) -> BTreeMap<String, String> {
    let release = &version.release;
    let root = host
        .instance
        .as_ref()
        .map_or_else(|| install_root(&at.package, release), |instance| instance.install_root.clone());
    let mut own = known.of_place(at);
    own.extend(own_variables(&at.package, Some(release.version.as_str()), &root));
    own.extend(of_host(&host.name, &host.address));
    own
}
