//! `/api/v1/variables`.

use packhorse_model::api::variable_values::{AffectedInstance, Explanation, SetVariable, Variable};
use packhorse_model::ids::VariableId;
use packhorse_model::variables::Scope;
use packhorse_model::{HostName, PackageName};

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::{Pages, with_query};

/// Which values of variables.
#[derive(Debug, Clone, Default)]
pub struct VariableFilter {
    /// Of this scope.
    pub scope: Option<Scope>,
    /// Of variables whose names begin like this.
    pub name: Option<String>,
}

impl Client {
    /// Values of variables by name.
    pub fn variable_values(&self, filter: &VariableFilter) -> Pages<'_, Variable> {
        let filters = [("scope", filter.scope.as_ref().map(ToString::to_string)), ("name", filter.name.clone())];
        self.pages(with_query(self.url(&["variables"]), &filters))
    }

    /// Gives a variable a value in a scope.
    ///
    /// # Errors
    /// When what the scope names is not there, or someone changed the value meanwhile.
    pub async fn set_variable(&self, variable: &SetVariable) -> Result<Variable, ClientError> {
        self.put(self.url(&["variables"]), variable).await
    }

    /// Takes a value from a variable.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn delete_variable(&self, id: VariableId) -> Result<(), ClientError> {
        self.delete(self.url(&["variables", &id.to_string()])).await
    }

    /// What a variable comes to for a package on a host, and why.
    ///
    /// # Errors
    /// When there is no such package or host.
    pub async fn explain_variable(
        &self,
        name: &str,
        package: &PackageName,
        host: &HostName,
    ) -> Result<Explanation, ClientError> {
        let query =
            [("name", Some(name.to_owned())), ("package", Some(package.to_string())), ("host", Some(host.to_string()))];
        self.get(with_query(self.url(&["variables", "explain"]), &query)).await
    }

    /// Instances whose rendered files would be others if their version were deployed now: of packages that use a variable, of one
    /// package, or all.
    pub fn affected_instances(&self, name: Option<&str>, package: Option<&PackageName>) -> Pages<'_, AffectedInstance> {
        let query = [("name", name.map(ToOwned::to_owned)), ("package", package.map(ToString::to_string))];
        self.pages(with_query(self.url(&["variables", "affected"]), &query))
    }
}
