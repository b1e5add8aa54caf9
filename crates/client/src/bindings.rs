//! `/api/v1/packages/{package}/bindings`

use packhorse_model::PackageName;
use packhorse_model::api::bindings::Binding;
use packhorse_model::topology::ModulePath;

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::Pages;

impl Client {
    /// The modules that a package is bound to.
    pub fn bindings(&self, package: &PackageName) -> Pages<'_, Binding> {
        self.pages(self.url(&["packages", package.as_str(), "bindings"]))
    }

    /// Binds a package to a module.
    ///
    /// # Errors
    /// When there is no such package or module.
    pub async fn bind_package(&self, package: &PackageName, module: &ModulePath) -> Result<(), ClientError> {
        let url = self.url(&["packages", package.as_str(), "bindings", &module.to_string()]);
        self.put_empty(url).await
    }

    /// Ends that a package may be deployed to a module.
    ///
    /// # Errors
    /// When there is no such package or module.
    pub async fn unbind_package(&self, package: &PackageName, module: &ModulePath) -> Result<(), ClientError> {
        self.delete(self.url(&["packages", package.as_str(), "bindings", &module.to_string()])).await
    }
}
