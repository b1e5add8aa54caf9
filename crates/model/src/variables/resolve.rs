//! Which of a variable's values holds for one package on one host.
//!
//! The narrowest scope that has a value decides. A host may belong to several modules; where two of them say different things, neither
//! does, and a person has to say which is meant.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::{HostName, PackageName};
use crate::topology::{Environment, ModulePath};

use super::scope::Scope;
use super::value::VariableValue;

/// Every value of one variable, by scope.
pub type Definitions = BTreeMap<Scope, VariableValue>;

/// From where a variable is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standpoint {
    /// The package.
    pub package: PackageName,
    /// The host.
    pub host: HostName,
    /// The modules that the host belongs to, as far as they are meant, each with what its system is for.
    pub modules: BTreeSet<(ModulePath, Environment)>,
}

impl Standpoint {
    /// The scopes that hold here, those that are equally narrow together, from the narrowest to the widest.
    #[must_use]
    pub fn scopes(&self) -> [BTreeSet<Scope>; 7] {
        let of = |scope: fn(&ModulePath, Environment) -> Scope| {
            self.modules.iter().map(|(path, environment)| scope(path, *environment)).collect()
        };
        [
            [Scope::Package(self.package.clone())].into(),
            [Scope::Host(self.host.clone())].into(),
            of(|path, _| Scope::Module(path.clone())),
            of(|path, _| Scope::System { business: path.business.clone(), system: path.system.clone() }),
            of(|path, _| Scope::Business(path.business.clone())),
            of(|_, environment| Scope::Environment(environment)),
            [Scope::Global].into(),
        ]
    }
}

/// A value, and where it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Given<'a> {
    /// Where.
    pub scope: &'a Scope,
    /// What.
    pub value: &'a VariableValue,
}

/// What a variable comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved<'a> {
    /// This.
    Value(Given<'a>),
    /// Scopes that are equally narrow say different things.
    Ambiguous(Vec<Given<'a>>),
    /// No scope that holds here has a value.
    Undefined,
}

/// What a variable comes to under the scopes of [`Standpoint::scopes`].
#[must_use]
pub fn resolve<'a>(definitions: &'a Definitions, scopes: &[BTreeSet<Scope>]) -> Resolved<'a> {
    for equals in scopes {
        let given = given(definitions, equals);
        match given.as_slice() {
            [] => {}
            [first, rest @ ..] if rest.iter().all(|other| other.value == first.value) => {
                return Resolved::Value(*first);
            }
            _ => return Resolved::Ambiguous(given),
        }
    }
    Resolved::Undefined
}

/// Every value that holds under these scopes, from the narrowest to the widest: how a value comes about.
#[must_use]
pub fn provenance<'a>(definitions: &'a Definitions, scopes: &[BTreeSet<Scope>]) -> Vec<Given<'a>> {
    scopes.iter().flat_map(|equals| given(definitions, equals)).collect()
}

fn given<'a>(definitions: &'a Definitions, scopes: &BTreeSet<Scope>) -> Vec<Given<'a>> {
    let found = scopes.iter().filter_map(|scope| definitions.get_key_value(scope));
    found.map(|(scope, value)| Given { scope, value }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(modules: &[(&str, Environment)]) -> [BTreeSet<Scope>; 7] {
        let modules = modules.iter().map(|(path, environment)| (path.parse().unwrap(), *environment)).collect();
        Standpoint { package: "shop-web".parse().unwrap(), host: "web-1".parse().unwrap(), modules }.scopes()
    }

    fn definitions(of: &[(&str, &str)]) -> Definitions {
        let one = |(scope, value): &(&str, &str)| (scope.parse().unwrap(), VariableValue::Text((*value).to_owned()));
        of.iter().map(one).collect()
    }

    fn told(resolved: &Resolved<'_>) -> String {
        match resolved {
            Resolved::Value(given) => given.value.text().unwrap(),
            Resolved::Ambiguous(of) => of.iter().map(|given| given.scope.to_string()).collect::<Vec<_>>().join(" | "),
            Resolved::Undefined => "-".to_owned(),
        }
    }

    const CHAIN: [(&str, &str); 7] = [
        ("global", "0"),
        ("environment:prod", "1"),
        ("business:Shop", "2"),
        ("system:Shop/Production", "3"),
        ("module:Shop/Production/Web", "4"),
        ("host:web-1", "5"),
        ("package:shop-web", "6"),
    ];

    #[test]
    fn the_narrowest_scope_decides() {
        let at = at(&[("Shop/Production/Web", Environment::Prod)]);
        let elsewhere = [("environment:dev", "a"), ("business:Bank", "b"), ("host:web-2", "c"), ("package:x", "d")];
        assert_eq!(told(&resolve(&definitions(&elsewhere), &at)), "-");
        let definitions = definitions(&CHAIN);
        let order: Vec<_> =
            provenance(&definitions, &at).into_iter().map(|given| given.value.text().unwrap()).collect();
        assert_eq!(order, ["6", "5", "4", "3", "2", "1", "0"]);
    }

    #[test]
    fn two_modules_that_disagree_decide_nothing() {
        let at = at(&[("Shop/Production/Web", Environment::Prod), ("Shop/Production/Db", Environment::Prod)]);
        let mut two = definitions(&[("module:Shop/Production/Web", "a"), ("module:Shop/Production/Db", "b")]);
        assert_eq!(told(&resolve(&two, &at)), "module:Shop/Production/Db | module:Shop/Production/Web");
        two.extend(definitions(&[("host:web-1", "c")]));
        assert_eq!(told(&resolve(&two, &at)), "c");
        let same = definitions(&[("module:Shop/Production/Web", "a"), ("module:Shop/Production/Db", "a")]);
        assert_eq!(told(&resolve(&same, &at)), "a");
    }

    proptest! {
        #[test]
        fn whatever_else_is_said_the_narrowest_decides(picked in proptest::sample::subsequence(CHAIN.to_vec(), 0..=7)) {
            let at = at(&[("Shop/Production/Web", Environment::Prod)]);
            let narrowest = picked.last().map_or("-", |(_, value)| value);
            prop_assert_eq!(told(&resolve(&definitions(&picked), &at)), narrowest);
        }
    }
}
