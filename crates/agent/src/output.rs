//! Bringing the output of commands to the server: while they run, and what is left when the server can be reached again.

use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;
use std::time::Duration;

use packhorse_client::agent_api::{AgentApi, AgentApiError, OutputReply};
use packhorse_model::ids::AttemptId;
use tokio::sync::{mpsc, watch};

/// The most that is sent at once.
const CHUNK: usize = 64 << 10;
/// The pause between two looks at the output of a running command.
const LOOK: Duration = Duration::from_millis(250);
/// The pause before what could not be sent is tried again.
const RETRY: Duration = Duration::from_secs(5);
/// How often the end of an output is tried before it is left to the courier: the server may not know of the step yet.
const LAST_TRIES: u32 = 10;
const LAST_PAUSE: Duration = Duration::from_millis(50);

/// The output of one step, and how much of it the server has.
#[derive(Debug, Clone)]
pub struct Output {
    attempt: AttemptId,
    index: u32,
    path: PathBuf,
    sent: u64,
}

/// Output could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The server cannot be reached, or says no.
    #[error(transparent)]
    Server(#[from] AgentApiError),
    /// It cannot be read.
    #[error("the output cannot be read: {0}")]
    Read(#[from] io::Error),
    /// The server has more than there is.
    #[error("the server has {0} bytes of an output that is shorter")]
    Ahead(u64),
}

impl OutputError {
    fn is_passing(&self) -> bool {
        matches!(self, Self::Server(error) if error.is_passing())
    }
}

impl Output {
    /// The output of a step, of which nothing was sent yet, as far as this agent knows.
    #[must_use]
    pub fn new(attempt: AttemptId, index: u32, path: PathBuf) -> Self {
        Self { attempt, index, path, sent: 0 }
    }

    /// Sends what there is by now, from where the server says that it has come to.
    async fn send(&mut self, api: &AgentApi) -> Result<(), OutputError> {
        loop {
            let mut chunk = vec![0; CHUNK];
            let count = match std::fs::File::open(&self.path) {
                // Nothing was written.
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                file => file?.read_at(&mut chunk, self.sent)?,
            };
            if count == 0 {
                return Ok(());
            }
            chunk.truncate(count);
            match api.send_output(self.attempt, self.index, self.sent, chunk).await? {
                OutputReply::Stored => self.sent += count as u64,
                OutputReply::Expected(offset)
                    if offset == self.sent || offset > std::fs::metadata(&self.path)?.len() =>
                {
                    return Err(OutputError::Ahead(offset));
                }
                OutputReply::Expected(offset) => self.sent = offset,
            }
        }
    }

    /// Sends what is written while a command runs; never ends.
    pub async fn follow(&mut self, api: &watch::Receiver<AgentApi>) -> std::convert::Infallible {
        loop {
            tokio::time::sleep(LOOK).await;
            let api = api.borrow().clone();
            if let Err(error) = self.send(&api).await {
                tracing::debug!(%error, attempt = %self.attempt, index = self.index, "output waits");
            }
        }
    }

    /// Sends the rest when the command has ended. What cannot be sent now, the courier brings later.
    pub async fn end(mut self, api: &watch::Receiver<AgentApi>, courier: &Courier) {
        for _ in 0..LAST_TRIES {
            let api = api.borrow().clone();
            match self.send(&api).await {
                Ok(()) => return,
                Err(error) if error.is_passing() => break,
                Err(_) => tokio::time::sleep(LAST_PAUSE).await,
            }
        }
        courier.bring(self);
    }
}

/// Takes output that could not be sent.
#[derive(Debug, Clone)]
pub struct Courier(mpsc::UnboundedSender<Output>);

impl Courier {
    /// A courier, and what it will bring.
    #[must_use]
    pub fn new() -> (Self, mpsc::UnboundedReceiver<Output>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    /// Brings this output as soon as it can.
    pub fn bring(&self, output: Output) {
        if self.0.send(output).is_err() {
            tracing::debug!("the agent ends; the output is brought by the next one");
        }
    }
}

/// Brings what it is given. Ends when nobody can give it anything any more.
pub async fn deliver(mut parcels: mpsc::UnboundedReceiver<Output>, api: watch::Receiver<AgentApi>) {
    let mut waiting: Vec<Output> = Vec::new();
    loop {
        let next = async {
            if waiting.is_empty() {
                return Some(parcels.recv().await);
            }
            tokio::time::timeout(RETRY, parcels.recv()).await.ok()
        };
        match next.await {
            Some(None) => return,
            Some(Some(output)) => waiting.push(output),
            None => {}
        }
        let mut still = Vec::new();
        for mut output in waiting {
            let api = api.borrow().clone();
            match output.send(&api).await {
                Ok(()) => {}
                Err(error) if error.is_passing() => still.push(output),
                Err(error) => {
                    tracing::warn!(%error, attempt = %output.attempt, index = output.index, "output is not sent");
                }
            }
        }
        waiting = still;
    }
}
