//! How many files may be open: each agent has two connections at times, on the server's side and on this one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::site::Failure;

/// Files that are open beside connections of agents.
const OTHERS: u64 = 500;

/// Raises the limit of this process, which the server inherits, as far as the system lets it. Says so if that may not be enough.
pub(crate) fn raise(agents: u32) -> Result<Option<String>, Failure> {
    let wanted = 2 * u64::from(agents) + OTHERS;
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    // Only a privileged process may go above the maximum; there is no harm in trying.
    let above = Rlimit { current: Some(wanted), maximum: Some(wanted.max(most)) };
    if most >= wanted || setrlimit(Resource::Nofile, above).is_err() {
        setrlimit(Resource::Nofile, Rlimit { current: Some(wanted.min(most)), maximum: limit.maximum })?;
    }
    let has = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    Ok((has < wanted).then(|| {
        format!(
            "only {has} files may be open at once, and {agents} agents with two connections each want {wanted}: agents that get none \
             try again; raise the limit with `ulimit -Hn {wanted}`, or take fewer with BENCH_AGENTS"
        )
    }))
}
