//! Where everything lies. All of it is below one root, so that several agents fit on one machine.

use std::path::{Component, Path, PathBuf};

/// The root of a host, `/` unless said otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    root: PathBuf,
}

impl Paths {
    /// Everything below `root`.
    #[must_use]
    pub fn below(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// The root itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What the agent keeps for itself; nobody else may enter it.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.root.join("var/lib/packhorse-agent")
    }

    /// Locked by the agent that uses the state.
    #[must_use]
    pub fn lock(&self) -> PathBuf {
        self.state().join("lock")
    }

    /// Key, certificate and server.
    #[must_use]
    pub fn identity(&self) -> PathBuf {
        self.state().join("identity.json")
    }

    /// What has happened.
    #[must_use]
    pub fn journal(&self) -> PathBuf {
        self.state().join("journal")
    }

    /// Where the instances lie.
    #[must_use]
    pub fn instances(&self) -> PathBuf {
        self.state().join("instances.json")
    }

    /// The jobs of the runners.
    #[must_use]
    pub fn runs(&self) -> PathBuf {
        self.state().join("runs")
    }

    /// Where an absolute path of an order lies on this host. None if the path has anything but plain names in it.
    #[must_use]
    pub fn on_host(&self, path: &str) -> Option<PathBuf> {
        let below = Path::new(path).strip_prefix("/").ok()?;
        let is_plain = below.components().all(|part| matches!(part, Component::Normal(_)));
        (is_plain && below.components().next().is_some()).then(|| self.root.join(below))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn install_roots_stay_below_the_root() {
        let paths = Paths::below(Path::new("/hosts/a"));
        assert_eq!(paths.on_host("/data/app/shop-web"), Some(PathBuf::from("/hosts/a/data/app/shop-web")));
        for path in ["data/app", "/", "", "/data/../../etc", "/.."] {
            assert_eq!(paths.on_host(path), None, "{path}");
        }
    }
}
