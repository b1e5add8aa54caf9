//! `/api/v1/attempts/{attempt}/steps/{index}/output`: what a step wrote.

use bytes::Bytes;
use packhorse_model::ids::AttemptId;
use reqwest::Method;

use crate::client::Client;
use crate::error::ClientError;
use crate::paging::with_query;

/// A part of a step's output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputChunk {
    /// The bytes as the command wrote them; whoever shows them makes them harmless first.
    pub bytes: Bytes,
    /// Where the next part begins.
    pub next: u64,
    /// Whether nothing more will come.
    pub is_complete: bool,
}

impl Client {
    /// The output of a step from `offset`, as far as there is any.
    ///
    /// # Errors
    /// When there is no such step.
    pub async fn step_output(&self, attempt: AttemptId, step: u32, offset: u64) -> Result<OutputChunk, ClientError> {
        let path = ["attempts", &attempt.to_string(), "steps", &step.to_string(), "output"];
        let url = with_query(self.url(&path), &[("offset", Some(offset.to_string()))]);
        let response = self.send(|| self.request(Method::GET, url.clone())).await?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok());
        let next = header("X-Next-Offset").and_then(|text| text.parse().ok());
        let is_complete = header("X-Complete") == Some("true");
        let bytes = response.bytes().await.map_err(|error| self.transport(&error))?;
        let next = next.unwrap_or(offset + bytes.len() as u64);
        Ok(OutputChunk { bytes, next, is_complete })
    }
}
