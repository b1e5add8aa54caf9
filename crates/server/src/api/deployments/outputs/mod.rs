//! What the scripts of a deployment wrote on its hosts, and how they ended there.

pub(super) mod download;
pub(super) mod groups;
pub(super) mod hosts;
