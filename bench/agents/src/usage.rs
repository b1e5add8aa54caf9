//! What the server and this machine use.

use std::time::{Duration, Instant};

use crate::site::Site;

/// Clock ticks in a second, as the kernel tells them to programs on every architecture.
const TICKS: f64 = 100.0;

/// Processor time used so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Processor {
    /// Seconds of the server.
    pub(crate) server: f64,
    /// Seconds of this program, which is the fleet.
    pub(crate) fleet: f64,
    /// Seconds of the whole machine.
    pub(crate) machine: f64,
}

impl Processor {
    /// As of now.
    pub(crate) fn now(site: &Site) -> Self {
        Self {
            server: site.server().cpu_ticks() as f64 / TICKS,
            fleet: own_ticks() / TICKS,
            machine: machine_ticks() / TICKS,
        }
    }

    /// What was used since.
    pub(crate) fn since(site: &Site, before: Self) -> Self {
        let now = Self::now(site);
        Self {
            server: now.server - before.server,
            fleet: now.fleet - before.fleet,
            machine: now.machine - before.machine,
        }
    }
}

fn own_ticks() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    sum(after_name.split_whitespace().skip(11).take(2))
}

/// Everything but idling and waiting for the disk.
fn machine_ticks() -> f64 {
    let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
    let counts = stat.lines().next().unwrap_or_default().split_whitespace().skip(1).take(8);
    sum(counts.enumerate().filter(|(place, _)| !matches!(place, 3 | 4)).map(|(_, count)| count))
}

fn sum<'a>(counts: impl Iterator<Item = &'a str>) -> f64 {
    counts.filter_map(|count| count.parse::<f64>().ok()).sum()
}

/// The server while the fleet has nothing to do.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Idle {
    /// For how long it was watched, in seconds.
    pub(crate) seconds: f64,
    /// Seconds of the server's processor time.
    pub(crate) processor: f64,
    /// Bytes of memory at the end.
    pub(crate) memory: u64,
}

/// Watches the server for so long.
pub(crate) async fn watch(site: &Site, time: Duration) -> Idle {
    let (begin, before) = (Instant::now(), Processor::now(site));
    tokio::time::sleep(time).await;
    let used = Processor::since(site, before);
    Idle { seconds: begin.elapsed().as_secs_f64(), processor: used.server, memory: site.server().resident_bytes() }
}
