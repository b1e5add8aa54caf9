//! Directories with data: what an instance writes and wants to keep, whatever becomes of its versions.

use super::check::{is_absolute, is_inside, wrong};
use super::{Manifest, ManifestError};

/// Names in an install root that are not the application's.
const NOT_DATA: [&str; 2] = ["current", ".packhorse"];

impl Manifest {
    /// The directories with data, relative to the install root.
    pub fn data_directories(&self) -> impl Iterator<Item = &str> {
        self.data.iter().map(|path| below(path, self.install_root.as_deref()).unwrap_or(path))
    }

    pub(super) fn check_data(&self) -> Result<(), ManifestError> {
        for path in &self.data {
            let root = self.install_root.as_deref();
            if path.starts_with('/') && (!is_absolute(path) || below(path, root).is_none()) {
                let message = match root {
                    Some(root) => format!("{path:?} is not a directory below the install_root {root}"),
                    None => format!(
                        "{path:?} is absolute, and no install_root is said: write it relative to the install root"
                    ),
                };
                return Err(wrong("data", message));
            }
            let relative = below(path, root).unwrap_or(path);
            if !is_inside(relative) {
                return Err(wrong("data", format!("{path:?} is not a directory below the install root")));
            }
            if relative.split('/').next().is_some_and(|first| NOT_DATA.contains(&first)) {
                let message = format!("{path:?} belongs to the versions: keep data beside them, as in \"data\"");
                return Err(wrong("data", message));
            }
        }
        Ok(())
    }
}

/// An absolute path as one relative to the root that it is below.
fn below<'a>(path: &'a str, root: Option<&str>) -> Option<&'a str> {
    path.strip_prefix(root?)?.strip_prefix('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_lies_below_the_install_root() {
        let parse = |text: &str| Manifest::parse(text).map_err(|error| error.to_string());
        let manifest = parse("install_root = '/data/app/shop'\ndata = ['data', '/data/app/shop/var/db']").unwrap();
        assert_eq!(manifest.data_directories().collect::<Vec<_>>(), ["data", "var/db"]);

        let refused = |text: &str| parse(text).unwrap_err();
        insta::assert_snapshot!(refused("data = ['/var/lib/shop']"), @r#"packhorse.toml, data: "/var/lib/shop" is absolute, and no install_root is said: write it relative to the install root"#);
        insta::assert_snapshot!(refused("install_root = '/data/app/shop'\ndata = ['/data/app/shopping']"), @r#"packhorse.toml, data: "/data/app/shopping" is not a directory below the install_root /data/app/shop"#);
        insta::assert_snapshot!(refused("install_root = '/data/app/shop'\ndata = ['/data/app/shop']"), @r#"packhorse.toml, data: "/data/app/shop" is not a directory below the install_root /data/app/shop"#);
        insta::assert_snapshot!(refused("data = ['data/../..']"), @r#"packhorse.toml, data: "data/../.." is not a directory below the install root"#);
        insta::assert_snapshot!(refused("data = ['.']"), @r#"packhorse.toml, data: "." is not a directory below the install root"#);
        insta::assert_snapshot!(refused("data = ['current/data']"), @r#"packhorse.toml, data: "current/data" belongs to the versions: keep data beside them, as in "data""#);
    }
}
