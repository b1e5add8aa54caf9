//! Whether something accepts connections at a port.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;

/// Connects to the host's address, and if that fails to loopback, where many services listen alone.
pub(super) async fn check(port: u16, address: Option<IpAddr>, within: Duration) -> Result<(), String> {
    let mut reason = String::new();
    for address in address.into_iter().chain([Ipv4Addr::LOCALHOST.into()]) {
        match tokio::time::timeout(within, TcpStream::connect(SocketAddr::new(address, port))).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => reason = error.to_string(),
            Err(_) => reason = format!("no answer within {} seconds", within.as_secs()),
        }
    }
    Err(format!("nothing accepts connections at port {port}: {reason}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_is_open_while_something_listens() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let second = Duration::from_secs(1);
        // The host's own address refuses, loopback accepts.
        assert_eq!(check(port, Some("127.0.0.9".parse().unwrap()), second).await, Ok(()));
        drop(listener);
        let reason = check(port, None, second).await.unwrap_err();
        assert!(reason.starts_with("nothing accepts connections at port "), "{reason}");
    }
}
