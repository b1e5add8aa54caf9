//! Which sections of a manifest belong to which kind of package.

use super::check::wrong;
use super::{Manifest, ManifestError};
use crate::kind::PackageKind;
use crate::name::PackageName;

impl Manifest {
    /// The kind that the manifest and the name speak of: `-db` names a database package, `[[config]]` makes a config package, `[script]` a script.
    #[must_use]
    pub fn kind(&self, package: &PackageName) -> PackageKind {
        if package.is_database() { PackageKind::Database } else { self.said_kind() }
    }

    /// The kind that the manifest alone speaks of.
    #[must_use]
    pub fn said_kind(&self) -> PackageKind {
        if self.database.is_some() {
            PackageKind::Database
        } else if self.script.is_some() {
            PackageKind::Script
        } else if self.config.is_empty() {
            PackageKind::File
        } else {
            PackageKind::Config
        }
    }

    /// Whether a package of this kind has a use for everything that the manifest says.
    ///
    /// # Errors
    /// A section that belongs to another kind, or one that this kind needs.
    pub fn check_kind(&self, kind: PackageKind) -> Result<(), ManifestError> {
        let runs = kind == PackageKind::File;
        let lifecycle = self.lifecycle.named().map(|(name, _)| name);
        let stray = lifecycle.into_iter().find(|name| match *name {
            "pre" | "post" => kind != PackageKind::Config,
            "validate" => !runs && kind != PackageKind::Config,
            _ => !runs,
        });
        let sections = [
            ("config", !self.config.is_empty(), PackageKind::Config),
            ("script", self.script.is_some(), PackageKind::Script),
            ("database", self.database.is_some(), PackageKind::Database),
            ("process", !self.process.is_empty(), PackageKind::File),
            ("cleanup", !self.cleanup.is_empty(), PackageKind::File),
            ("health", !self.health.is_empty(), PackageKind::File),
            ("data", !self.data.is_empty(), PackageKind::File),
            ("needs", !self.needs.is_empty(), PackageKind::File),
        ];
        let foreign = sections.into_iter().find(|(_, is_given, of)| *is_given && *of != kind);
        if let Some((section, _, of)) = foreign {
            let message = format!("belongs to a {} package, and this is a {} package", of.as_str(), kind.as_str());
            return Err(wrong(section, message));
        }
        if !self.variables.is_empty() && !matches!(kind, PackageKind::File | PackageKind::Config) {
            let message = format!("is for files that are rendered, and a {} package has none", kind.as_str());
            return Err(wrong("variables", message));
        }
        if let Some(name) = stray {
            let message = format!("a {} package has no such command", kind.as_str());
            return Err(wrong(format!("lifecycle.{name}"), message));
        }
        match kind {
            PackageKind::Config if self.config.is_empty() => {
                Err(wrong("config", "a config package names its files: [[config]] with file and target"))
            }
            PackageKind::Script if self.script.is_none() => {
                Err(wrong("script", "a script package says how it is run: [script] with entry and interpreter"))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_says_the_kind() {
        let kind = |name: &str, text: &str| {
            let manifest = Manifest::parse(text).unwrap();
            let kind = manifest.kind(&name.parse().unwrap());
            manifest.check_kind(kind).map(|()| kind.as_str()).map_err(|error| error.to_string())
        };
        let config = "[[config]]\nfile='a'\ntarget='/a'\n";
        let script = "[script]\nentry='a'\ninterpreter='sh'\n";
        assert_eq!(kind("shop", ""), Ok("file"));
        assert_eq!(kind("shop-db", ""), Ok("database"));
        assert_eq!(kind("shop", config), Ok("config"));
        assert_eq!(kind("shop", script), Ok("script"));
        insta::assert_snapshot!(kind("shop-db", config).unwrap_err(), @"packhorse.toml, config: belongs to a config package, and this is a database package");
        insta::assert_snapshot!(kind("shop", &[config, script].concat()).unwrap_err(), @"packhorse.toml, config: belongs to a config package, and this is a script package");
        insta::assert_snapshot!(kind("shop", &format!("{config}[lifecycle.start]\ncommand='a'")).unwrap_err(), @"packhorse.toml, lifecycle.start: a config package has no such command");
        insta::assert_snapshot!(kind("shop", "[lifecycle.pre]\ncommand='a'").unwrap_err(), @"packhorse.toml, lifecycle.pre: a file package has no such command");
        insta::assert_snapshot!(kind("shop-db", "[variables]\nfiles=['a']").unwrap_err(), @"packhorse.toml, variables: is for files that are rendered, and a database package has none");
        let none = Manifest::default().check_kind(PackageKind::Config).unwrap_err();
        insta::assert_snapshot!(none, @"packhorse.toml, config: a config package names its files: [[config]] with file and target");
    }
}
