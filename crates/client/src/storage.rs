//! `/api/v1/storage`.

use packhorse_model::api::storage::{DamagedRange, JobRequest, StorageJob, StorageStats};
use packhorse_model::ids::StorageJobId;

use crate::client::Client;
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::Pages;

impl Client {
    /// What the storage holds, and what was last done to it.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn storage(&self) -> Result<StorageStats, ClientError> {
        self.get(self.url(&["storage"])).await
    }

    /// Starts a job, which goes on whether anybody watches or not.
    ///
    /// # Errors
    /// `storage_job_running` when another one runs.
    pub async fn start_storage_job(
        &self,
        request: &JobRequest,
        key: &IdempotencyKey,
    ) -> Result<StorageJob, ClientError> {
        self.post(self.url(&["storage", "jobs"]), request, key).await
    }

    /// One job, and how far it is.
    ///
    /// # Errors
    /// When there is none of this identity.
    pub async fn storage_job(&self, id: StorageJobId) -> Result<StorageJob, ClientError> {
        self.get(self.url(&["storage", "jobs", &id.to_string()])).await
    }

    /// Jobs, the newest first.
    pub fn storage_jobs(&self) -> Pages<'_, StorageJob> {
        self.pages(self.url(&["storage", "jobs"]))
    }

    /// Ranges of bytes that are damaged, and who needs them.
    pub fn damage(&self) -> Pages<'_, DamagedRange> {
        self.pages(self.url(&["storage", "damage"]))
    }
}
