//! How many files this process may have open. Each connection is one, and what a service gets if nobody says more is enough for
//! a few hundred hosts.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More than any server needs, where the system sets no bound of its own.
const MOST: u64 = 1 << 20;

/// Raises the limit as far as the system lets this process, and gives it.
pub(crate) fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(MOST);
    let raised = Rlimit { current: Some(most), maximum: limit.maximum };
    if limit.current.is_some_and(|current| current < most)
        && let Err(error) = setrlimit(Resource::Nofile, raised)
    {
        tracing::warn!(%error, most, "the limit of open files could not be raised");
    }
    getrlimit(Resource::Nofile).current.unwrap_or(MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_what_the_system_allows() {
        let most = getrlimit(Resource::Nofile).maximum.unwrap_or(MOST);
        assert_eq!(raise_open_files(), most);
    }
}
