//! A small shop: the application that the demonstration deploys. It serves its version over HTTP, and its health.
//!
//! usage: `shop-web CONF`. The configuration names the address, the version, and the catalogue that must be readable for the
//! shop to be healthy.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

struct Shop {
    version: String,
    host: String,
    catalogue: PathBuf,
}

fn main() -> ExitCode {
    let Some(conf) = std::env::args().nth(1) else {
        return fail("usage: shop-web CONF");
    };
    let settings = match std::fs::read_to_string(&conf) {
        Ok(text) => read_settings(&text),
        Err(error) => return fail(&format!("cannot read {conf}: {error}")),
    };
    let setting = |key: &str| settings.get(key).cloned().unwrap_or_default();
    let listener = match TcpListener::bind(setting("listen")) {
        Ok(listener) => listener,
        Err(error) => return fail(&format!("cannot listen on {:?}: {error}", setting("listen"))),
    };
    let top = Path::new(&conf).parent().and_then(Path::parent).unwrap_or(Path::new("."));
    let shop = Shop { version: setting("version"), host: setting("host"), catalogue: top.join(setting("catalogue")) };
    for stream in listener.incoming().flatten() {
        // One visitor at a time is enough for a shop that shows a line; a slow one is given up after a second.
        if let Err(error) = shop.answer(stream) {
            report(&format!("a visitor left early: {error}"));
        }
    }
    ExitCode::SUCCESS
}

fn read_settings(text: &str) -> BTreeMap<String, String> {
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim().to_owned(), value.trim().to_owned()))
        .collect()
}

fn fail(message: &str) -> ExitCode {
    report(message);
    ExitCode::FAILURE
}

fn report(message: &str) {
    // Nothing is left to tell if standard error is closed.
    let _ = writeln!(std::io::stderr(), "shop-web: {message}");
}

impl Shop {
    fn answer(&self, mut stream: TcpStream) -> std::io::Result<()> {
        stream.set_read_timeout(Some(Duration::from_secs(1)))?;
        stream.set_write_timeout(Some(Duration::from_secs(1)))?;
        let mut request = String::new();
        BufReader::new(&stream).read_line(&mut request)?;
        let (status, body) = match request.split(' ').nth(1) {
            Some("/healthz") => self.health(),
            Some("/") => ("200 OK", format!("shop-web {} on {}\n", self.version, self.host)),
            _ => ("404 Not Found", "no such page\n".to_owned()),
        };
        write!(
            stream,
            "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    }

    fn health(&self) -> (&'static str, String) {
        match std::fs::metadata(&self.catalogue) {
            Ok(_) => ("200 OK", "open\n".to_owned()),
            Err(error) => ("503 Service Unavailable", format!("catalogue {}: {error}\n", self.catalogue.display())),
        }
    }
}
