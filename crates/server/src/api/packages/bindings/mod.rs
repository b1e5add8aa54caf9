//! Where a package may be deployed.

pub(super) mod bind;
pub(super) mod list;
pub(super) mod unbind;

use packhorse_model::topology::ModulePath;

use crate::error::ApiError;

/// The module that an address names. Looked at behind who calls, as everything else.
fn module(path: &str) -> Result<ModulePath, ApiError> {
    path.parse().map_err(|error| ApiError::bad_request("bad_path", format!("{path:?} names no module: {error}")))
}
