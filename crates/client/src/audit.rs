//! `/api/v1/audit`.

use jiff::Timestamp;
use packhorse_model::api::audit::AuditVerdict;
use packhorse_model::api::overview::AuditEntry;

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::{Pages, with_query};

/// Which entries of the audit log.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// Of this actor: `user:admin`.
    pub actor: Option<String>,
    /// Of this action: `deployment.retry`.
    pub action: Option<String>,
    /// About this object: `shop-web@1.0.0`.
    pub object: Option<String>,
    /// At this time or later.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

impl Client {
    /// The audit log, newest first.
    pub fn audit(&self, filter: &AuditFilter) -> Pages<'_, AuditEntry> {
        let time = |time: Option<Timestamp>| time.map(|time| time.to_string());
        let filters = [
            ("actor", filter.actor.clone()),
            ("action", filter.action.clone()),
            ("object", filter.object.clone()),
            ("since", time(filter.since)),
            ("until", time(filter.until)),
        ];
        self.pages(with_query(self.url(&["audit"]), &filters))
    }

    /// Whether every entry of the audit log is as it was written.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn verify_audit(&self) -> Result<AuditVerdict, ClientError> {
        self.get(self.url(&["audit", "verdict"])).await
    }
}
