//! Connections below HTTP: accepting them, TLS, and the limits that keep strangers from using the server up.
//!
//! Nothing that a peer does happens on the accept path: a handshake runs in the task of its connection, within a time and a number of
//! connections. Stopping ends idle connections at once and lets requests that run finish.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::app::App;
use crate::tls::{PeerCertificate, ServerCertificate, peer};

/// Connections of people at once.
const MOST_PEOPLE: usize = 10_000;
/// Connections of agents at once. Each agent has two at times: one that waits for its assignment, one that reports.
const MOST_AGENTS: usize = 40_000;
/// Handshakes at once: each costs a signature.
const MOST_HANDSHAKES: usize = 64;
/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long the head of a request may take, and how long a connection may be idle between requests.
const HEAD: Duration = Duration::from_secs(75);

/// The address of a request's peer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// What listeners share.
#[derive(Clone)]
pub(crate) struct Connections {
    app: App,
    tasks: TaskTracker,
}

impl Connections {
    pub(crate) fn new(app: &App, tasks: &TaskTracker) -> Self {
        Self { app: app.clone(), tasks: tasks.clone() }
    }

    /// Serves people, in plain HTTP, until the server stops.
    pub(crate) async fn people(self, listener: TcpListener, router: Router) {
        let places = Arc::new(Semaphore::new(MOST_PEOPLE));
        while let Some((stream, address)) = self.accept(&listener).await {
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
            let (connections, router) = (self.clone(), router.clone());
            self.tasks.spawn(async move {
                connections.serve(stream, address, None, router).await;
                drop(place);
            });
        }
    }

    /// Serves agents, in TLS, until the server stops.
    pub(crate) async fn agents(self, listener: TcpListener, router: Router, certificate: ServerCertificate) {
        let places = Arc::new(Semaphore::new(MOST_AGENTS));
        let handshakes = Arc::new(Semaphore::new(MOST_HANDSHAKES));
        let certificate = Arc::new(certificate);
        while let Some((stream, address)) = self.accept(&listener).await {
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else { continue };
            let (connections, router) = (self.clone(), router.clone());
            let (handshakes, certificate) = (Arc::clone(&handshakes), Arc::clone(&certificate));
            self.tasks.spawn(async move {
                match tokio::time::timeout(HANDSHAKE, handshake(stream, &handshakes, &certificate)).await {
                    Ok(Ok((stream, peer))) => connections.serve(stream, address, peer, router).await,
                    Ok(Err(error)) => tracing::info!(%address, %error, "a TLS handshake failed"),
                    Err(_) => tracing::info!(%address, "a TLS handshake did not end in time"),
                }
                drop(place);
            });
        }
    }

    async fn accept(&self, listener: &TcpListener) -> Option<(TcpStream, SocketAddr)> {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = self.app.stopping.cancelled() => return None,
            };
            match accepted {
                Ok((stream, address)) => {
                    // A reply goes out when it is written; a socket that cannot do that still works.
                    let _ = stream.set_nodelay(true);
                    return Some((stream, SocketAddr::new(address.ip().to_canonical(), address.port())));
                }
                // Out of file descriptors, or a peer that is gone already: neither is a reason to stop.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    async fn serve<S>(&self, stream: S, address: SocketAddr, peer: Option<PeerCertificate>, router: Router)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let clock = self.app.clock.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(address));
            match peer.as_ref().map(|peer| peer.identity(clock.now())) {
                Some(Ok(identity)) => drop(request.extensions_mut().insert(identity)),
                Some(Err(expired)) => drop(request.extensions_mut().insert(expired)),
                None => {}
            }
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .max_headers(64)
            .max_buf_size(64 * 1024)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = self.app.stopping.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%address, %error, "a connection ended early");
        }
    }
}

async fn handshake(
    stream: TcpStream,
    handshakes: &Semaphore,
    certificate: &ServerCertificate,
) -> std::io::Result<(tokio_rustls::server::TlsStream<TcpStream>, Option<PeerCertificate>)> {
    let _turn = handshakes.acquire().await.map_err(std::io::Error::other)?;
    let config = certificate.config(stream.local_addr()?.ip());
    let stream = TlsAcceptor::from(config).accept(stream).await?;
    let presented = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
    let peer = presented.and_then(peer);
    if presented.is_some() && peer.is_none() {
        return Err(std::io::Error::other("the client's certificate is not one that agents get"));
    }
    Ok((stream, peer))
}
