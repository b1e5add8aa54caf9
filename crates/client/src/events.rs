//! `/api/v1/deployments/{id}/events`: what happens in a deployment, as it happens, over any number of broken connections.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{Stream, StreamExt, TryStreamExt, stream};
use packhorse_model::api::deployments::DeploymentEvent;
use packhorse_model::ids::DeploymentId;
use reqwest::Method;

use crate::client::{Client, accepting};
use crate::error::ClientError;
use crate::sse::{Event, Parser};

const PAUSE: Duration = Duration::from_millis(500);

/// What a follower of a deployment is told.
#[derive(Debug)]
pub enum Follow {
    /// Something changed.
    Event(Box<DeploymentEvent>),
    /// The connection broke and is being made anew; nothing is lost.
    Interrupted(ClientError),
    /// The connection stands again.
    Restored,
}

impl Client {
    /// Everything that changes in a deployment, beginning with how it stands. A broken connection is made anew and goes on
    /// behind the last event that came; the stream ends with an error when that has not been possible for `patience`, or
    /// when the server refuses. It does not end by itself: whoever follows knows when it has seen enough.
    pub fn follow_deployment(
        &self,
        id: DeploymentId,
        patience: Duration,
    ) -> impl Stream<Item = Result<Follow, ClientError>> + '_ {
        let follower = Follower {
            client: self,
            id,
            patience,
            last: None,
            connection: None,
            ready: VecDeque::new(),
            broken_since: None,
        };
        stream::try_unfold(follower, |mut follower| async move {
            let told = follower.next().await?;
            Ok(Some((told, follower)))
        })
    }
}

struct Connection {
    bytes: BoxStream<'static, reqwest::Result<Bytes>>,
    parser: Parser,
}

struct Follower<'a> {
    client: &'a Client,
    id: DeploymentId,
    patience: Duration,
    last: Option<String>,
    connection: Option<Connection>,
    ready: VecDeque<Event>,
    broken_since: Option<Instant>,
}

impl Follower<'_> {
    async fn next(&mut self) -> Result<Follow, ClientError> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                self.last = event.id;
                let event = serde_json::from_str(&event.data).map_err(|error| self.strange(error.to_string()))?;
                return Ok(Follow::Event(Box::new(event)));
            }
            let failure = match &mut self.connection {
                None => match self.connect().await {
                    Ok(connection) => {
                        self.connection = Some(connection);
                        if self.broken_since.take().is_some() {
                            return Ok(Follow::Restored);
                        }
                        continue;
                    }
                    Err(failure) => failure,
                },
                Some(connection) => match connection.bytes.try_next().await {
                    Ok(Some(bytes)) => {
                        let events = connection.parser.push(&bytes);
                        self.ready.extend(events.map_err(|error| self.strange(error.to_string()))?);
                        continue;
                    }
                    Ok(None) => self.ended(),
                    Err(error) => self.client.transport(&error),
                },
            };
            self.connection = None;
            if let Some(told) = self.interrupted(failure)? {
                return Ok(told);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Notes that the connection broke: told once, and an error when it has lasted too long or will not pass.
    fn interrupted(&mut self, failure: ClientError) -> Result<Option<Follow>, ClientError> {
        if !matches!(failure, ClientError::Unreachable { .. }) {
            return Err(failure);
        }
        match self.broken_since {
            None => {
                self.broken_since = Some(Instant::now());
                Ok(Some(Follow::Interrupted(failure)))
            }
            Some(since) if since.elapsed() > self.patience => Err(failure),
            Some(_) => Ok(None),
        }
    }

    async fn connect(&self) -> Result<Connection, ClientError> {
        let url = self.client.url(&["deployments", &self.id.to_string(), "events"]);
        let mut request = accepting(self.client.request(Method::GET, url), "text/event-stream");
        if let Some(last) = &self.last {
            request = request.header("Last-Event-ID", last);
        }
        let response = self.client.send_once(request).await?;
        Ok(Connection { bytes: response.bytes_stream().boxed(), parser: Parser::default() })
    }

    fn ended(&self) -> ClientError {
        ClientError::Unreachable { url: self.client.address(), cause: "the server ended the stream".to_owned() }
    }

    fn strange(&self, message: String) -> ClientError {
        let url = self.client.url(&["deployments", &self.id.to_string(), "events"]);
        ClientError::unexpected(&url, message)
    }
}
