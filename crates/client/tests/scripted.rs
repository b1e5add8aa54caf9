//! A listener that answers each connection with the bytes that it was given, and remembers what it was asked.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

/// The listener. It answers as many connections as it has answers.
pub(crate) struct Scripted {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub(crate) fn start(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&requests);
        thread::spawn(move || {
            for answer in answers {
                let (mut connection, _) = listener.accept().unwrap();
                heard.lock().unwrap().push(read_request(&mut connection));
                connection.write_all(&answer).unwrap();
            }
        });
        Self { address, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What it was asked so far: the head of each request.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads a request to the end of its body, since a connection that is closed with bytes unread is reset; returns its head.
fn read_request(connection: &mut impl Read) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
            if body.len() >= length {
                return format!("{head}\r\n");
            }
        }
        let mut block = [0; 4096];
        let count = connection.read(&mut block).unwrap();
        assert!(count > 0, "the request ended in the middle: {text}");
        bytes.extend_from_slice(&block[..count]);
    }
}

/// A whole answer.
pub(crate) fn body(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}").into_bytes()
}

/// An answer after which the connection ends, wherever it is.
pub(crate) fn cut(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

/// A refusal.
pub(crate) fn problem(status: u16, code: &str) -> Vec<u8> {
    let json = format!("{{\"status\": {status}, \"code\": \"{code}\", \"title\": \"no\"}}");
    body(&format!("{status} No"), "Content-Type: application/problem+json\r\n", &json)
}
