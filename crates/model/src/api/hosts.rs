//! Hosts and how they join.

use serde::{Deserialize, Serialize};

use crate::ids::HostId;
use crate::label::Labels;
use crate::name::HostName;
use crate::order::HostFacts;
use crate::topology::ModulePath;

/// A host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Host {
    /// Its identity.
    pub id: HostId,
    /// Its name.
    pub name: HostName,
    /// The modules that it belongs to.
    pub modules: Vec<ModulePath>,
    /// What people say about it.
    #[serde(default)]
    pub labels: Labels,
    /// Whether it is heard of.
    pub state: HostState,
    /// What it is.
    pub facts: HostFacts,
    /// How many times it has joined.
    pub incarnation: u32,
    /// How many instances are on it.
    pub instances: u64,
    /// When it was last heard of.
    pub last_seen_at: Option<jiff::Timestamp>,
    /// When it joined for the first time.
    pub created_at: jiff::Timestamp,
}

/// Whether a host is heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum HostState {
    /// Its agent is heard of.
    Online,
    /// Its agent is not heard of any more.
    Offline,
}

/// The labels that a host shall have, and no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SetLabels {
    /// By key.
    pub labels: Labels,
}

/// Asks for a token with which one host joins, once.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateJoinToken {
    /// The name that the host will have. A host of this name that exists joins anew.
    pub host: HostName,
    /// The modules that it will belong to.
    pub modules: Vec<ModulePath>,
    /// Minutes after which it ends; 60 if not said.
    #[serde(default)]
    pub expires_in_minutes: Option<u32>,
}

/// A token with which a host joins. Shown once and not stored.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedJoinToken {
    /// `pht_SECRET.FINGERPRINT`: the secret, and the SHA-256 by which the agent knows the server's authority.
    pub token: String,
    /// When it ends.
    pub expires_at: jiff::Timestamp,
    /// The address of the agent listener, as far as the server knows it.
    pub agent_url: String,
    /// What to type on the host.
    pub command: String,
}
