//! Where a package may be deployed.

pub(super) mod bind;
pub(super) mod list;
pub(super) mod unbind;
