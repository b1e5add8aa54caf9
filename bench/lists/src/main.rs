//! Fills a database with a large site, starts the real server on it, and measures how long the lists of the API take.
//!
//! `packhorse-bench-lists [sqlite|postgres]...`, both if nothing is said. `BENCH_PACKAGES` scales the site (100000), `BENCH_REQUESTS` the
//! number of requests of each kind (300). The server is the `packhorse` beside this program, or in `PACKHORSE_BIN_DIR`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints what it measures")]
#![expect(clippy::disallowed_methods, reason = "a benchmark fills the present, as a site does")]

mod calls;
mod fill;
mod measure;
mod site;

use std::process::ExitCode;

use packhorse_testkit::bench::Kind;

use fill::Size;
use site::{Failure, Site};

/// The 99th percentile that every list stays below, in milliseconds.
const TARGET: f64 = 50.0;

fn number(variable: &str, otherwise: u32) -> u32 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

async fn run(kind: Kind) -> Result<bool, Failure> {
    let size = Size::of_packages(number("BENCH_PACKAGES", 100_000));
    println!("{kind}: {} packages, {} versions, {} instances", size.packages, size.versions(), size.instances());
    let site = Site::start(kind, &size).await?;
    let table = measure::measure(&site, &calls::calls(&size), number("BENCH_REQUESTS", 300)).await?;
    print!("{table}");
    let worst = table.worst_p99();
    println!("the slowest list has a 99th percentile of {worst:.1} ms; {TARGET} ms are allowed\n");
    Ok(worst <= TARGET)
}

#[tokio::main]
async fn main() -> ExitCode {
    let mut kinds: Vec<Kind> = Vec::new();
    for argument in std::env::args().skip(1) {
        match argument.parse() {
            Ok(kind) => kinds.push(kind),
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::from(2);
            }
        }
    }
    if kinds.is_empty() {
        kinds = vec![Kind::Sqlite, Kind::Postgres];
    }
    let mut all_quick = true;
    for kind in kinds {
        match run(kind).await {
            Ok(is_quick) => all_quick &= is_quick,
            Err(error) => {
                eprint!("{kind}: {error}");
                let mut next = error.source();
                while let Some(cause) = next {
                    eprint!(": {cause}");
                    next = cause.source();
                }
                eprintln!();
                return ExitCode::FAILURE;
            }
        }
    }
    if all_quick { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
