//! Why a host is left out: for people in a sentence that says what to do, and by code for clients with words of their own.

use packhorse_model::PackageName;
use packhorse_model::api::exclusions::{ExclusionCause, ExclusionCode};

use crate::host::HostPlanError;

/// Why a host is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// Why, and what to do.
    pub reason: String,
    /// The same by code.
    pub cause: ExclusionCause,
}

impl Exclusion {
    /// One in these words.
    #[must_use]
    pub fn new(code: ExclusionCode, reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), cause: ExclusionCause::new(code) }
    }

    /// The same with something that its words name.
    #[must_use]
    pub fn param(self, name: &str, value: impl ToString) -> Self {
        Self { cause: self.cause.param(name, value), ..self }
    }

    /// Why a host gets none of the packages of a deployment: this is why it cannot have one of them.
    pub(crate) fn of_part(self, package: &PackageName) -> Self {
        Self { reason: format!("{package} cannot go there: {}", self.reason), cause: self.cause.param("part", package) }
    }
}

impl From<HostPlanError> for Exclusion {
    fn from(error: HostPlanError) -> Self {
        let reason = error.to_string();
        let of = |code, package: &PackageName| Self::new(code, reason.clone()).param("package", package);
        match &error {
            HostPlanError::Moved { package, .. } | HostPlanError::Incomplete { package } => {
                of(ExclusionCode::Moved, package)
            }
            HostPlanError::Layout { package, version, before, after } => of(ExclusionCode::OtherLayout, package)
                .param("version", version)
                .param("before", before)
                .param("after", after),
            HostPlanError::NoCommand { package, version, command } => {
                of(ExclusionCode::NoCommand, package).param("version", version).param("command", command)
            }
            HostPlanError::Values { package, version } => {
                of(ExclusionCode::ValuesForgotten, package).param("version", version)
            }
            HostPlanError::NoScript { package, version } => {
                of(ExclusionCode::NoScript, package).param("version", version)
            }
        }
    }
}
