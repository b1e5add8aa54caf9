//! Real samples, from the folder that the environment variable `SHARED` names. Not part of the ordinary tests.

mod archives;
mod batches;
mod danger;
mod projects;
mod tars;
mod variables;

use std::path::PathBuf;

/// A path in the folder of samples.
fn shared(path: &str) -> PathBuf {
    let folder = std::env::var_os("SHARED").expect("SHARED names the folder of samples");
    PathBuf::from(folder).join(path)
}

fn json(path: &std::path::Path) -> serde_json::Value {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
