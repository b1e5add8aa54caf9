//! `/api/v1/hosts` and `/api/v1/join-tokens`.

use packhorse_model::HostName;
use packhorse_model::api::hosts::{CreateJoinToken, CreatedJoinToken, Host, HostState, SetLabels};
use packhorse_model::label::Labels;
use packhorse_model::selector::LabelSelector;
use packhorse_model::topology::ModulePath;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::{Pages, with_query, word};

/// Which hosts.
#[derive(Debug, Clone, Default)]
pub struct HostFilter {
    /// Of this module.
    pub module: Option<ModulePath>,
    /// In this state.
    pub state: Option<HostState>,
    /// With this text in name or address.
    pub search: Option<String>,
    /// With such labels.
    pub labels: Option<LabelSelector>,
}

impl Client {
    /// Hosts by name.
    pub fn hosts(&self, filter: &HostFilter) -> Pages<'_, Host> {
        let filters = [
            ("module", filter.module.as_ref().map(ToString::to_string)),
            ("state", word(filter.state)),
            ("search", filter.search.clone()),
            ("labels", filter.labels.as_ref().map(ToString::to_string)),
        ];
        self.pages(with_query(self.url(&["hosts"]), &filters))
    }

    /// One host.
    ///
    /// # Errors
    /// When there is none of this name.
    pub async fn host(&self, name: &HostName) -> Result<Host, ClientError> {
        self.get(self.url(&["hosts", name.as_str()])).await
    }

    /// Gives a host exactly these labels.
    ///
    /// # Errors
    /// When there is no such host.
    pub async fn set_host_labels(&self, name: &HostName, labels: &Labels) -> Result<Host, ClientError> {
        let labels = SetLabels { labels: labels.clone() };
        self.put(self.url(&["hosts", name.as_str(), "labels"]), &labels).await
    }

    /// Makes a token with which one host joins, once.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn create_join_token(
        &self,
        token: &CreateJoinToken,
        key: &IdempotencyKey,
    ) -> Result<CreatedJoinToken, ClientError> {
        self.post(self.url(&["join-tokens"]), token, key).await
    }
}
