//! Whether a URL answers well.

/// Asks once. Redirects are an answer and are not followed: they may lead to another host. Certificates are not checked, since the
/// question is whether the instance answers and not who it is.
pub(super) async fn check(url: &str) -> Result<(), String> {
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .pool_max_idle_per_host(0)
        .tls_danger_accept_invalid_certs(true)
        .tls_certs_only([])
        .build()
        .map_err(|error| format!("{url}: {error}"))?;
    let response = client.get(url).send().await.map_err(|error| {
        let mut reason: &dyn std::error::Error = &error;
        while let Some(source) = reason.source() {
            reason = source;
        }
        format!("{url}: {reason}")
    })?;
    let status = response.status();
    if status.as_u16() < 400 { Ok(()) } else { Err(format!("{url} answers {status}")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    /// A server that gives each client one answer; and its URL.
    async fn answering(answer: &'static str) -> (String, tokio::task::JoinHandle<()>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/healthz", listener.local_addr().unwrap());
        let server = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = [0; 1024];
                let _ = stream.read(&mut request).await;
                let _ = stream.write_all(answer.as_bytes()).await;
            }
        });
        (url, server)
    }

    #[tokio::test]
    async fn below_400_is_healthy_and_redirects_are_not_followed() {
        let (url, _server) = answering("HTTP/1.1 204 No Content\r\n\r\n").await;
        assert_eq!(check(&url).await, Ok(()));
        let (url, _server) =
            answering("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(check(&url).await, Ok(()));
        let (url, server) = answering("HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n").await;
        assert_eq!(check(&url).await, Err(format!("{url} answers 503 Service Unavailable")));
        server.abort();
        let _ = server.await;
        let reason = check(&url).await.unwrap_err();
        assert!(reason.contains("refused"), "{reason}");
    }
}
