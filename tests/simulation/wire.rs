//! How agents and servers of the simulation speak: a question and its answer in a connection, in the messages of the product, over a network
//! that delays and loses.

use std::io;

use packhorse_model::ids::HostId;
use packhorse_model::order::{SyncReply, SyncRequest};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use turmoil::net::TcpStream;

/// Where servers listen.
pub(crate) const PORT: u16 = 7434;

/// A sync, with what the agent's certificate says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) host: HostId,
    pub(crate) incarnation: u32,
    pub(crate) sync: SyncRequest,
}

/// What the server says to it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Reply(SyncReply),
    /// The host has joined anew since that certificate was given.
    Refused,
}

/// Sends a message whole.
pub(crate) async fn send(stream: &mut TcpStream, message: &impl Serialize) -> io::Result<()> {
    let body = serde_json::to_vec(message)?;
    let length = u32::try_from(body.len()).map_err(io::Error::other)?;
    let mut frame = length.to_be_bytes().to_vec();
    frame.extend(body);
    stream.write_all(&frame).await
}

/// Receives a message whole.
pub(crate) async fn receive<T: DeserializeOwned>(stream: &mut TcpStream) -> io::Result<T> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).await?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize];
    stream.read_exact(&mut body).await?;
    Ok(serde_json::from_slice(&body)?)
}
