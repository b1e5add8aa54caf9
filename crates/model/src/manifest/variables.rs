//! How variables are written in the files of a package, and how their values are encrypted for its application.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ManifestError;
use super::check::{is_inside, wrong};
use crate::name::VariableName;
#[cfg(feature = "openapi")]
use crate::variables::PrefixTable;
use crate::variables::Prefixes;

/// What a package says about the variables in the files that are rendered. In `packhorse.toml` itself variables are always written as `[@name]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VariableRules {
    /// Files of the package that are replaced as a whole by the value of the variable of that name, as those that `[^path]` in a rendered file names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// The variable with the application's public key, RSA in PEM or as its Base64 alone, for which values are encrypted; if not said, they stand in clear.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub public_key: Option<VariableName>,
    /// The variable that leads to the secret with the system's private key, RSA in PEM, which signs what `[!name]` and `[%name]` encrypt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub signing_key: Option<VariableName>,
    /// Which characters variables begin with in these files.
    #[serde(skip_serializing_if = "is_usual")]
    #[cfg_attr(feature = "openapi", schema(value_type = PrefixTable))]
    pub prefixes: Prefixes,
}

impl VariableRules {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a file is replaced as a whole.
    #[must_use]
    pub fn replaces(&self, path: &str) -> bool {
        self.files.iter().any(|file| file == path)
    }

    pub(super) fn check(&self) -> Result<(), ManifestError> {
        if let Some(path) = self.files.iter().find(|path| !is_inside(path)) {
            return Err(wrong("variables.files", format!("{path:?} is not a path inside the package")));
        }
        if let Some(path) = self.files.iter().find(|path| path.parse::<VariableName>().is_err()) {
            let message = format!("{path:?} cannot be the name of a variable: use letters, digits, - . _ and /");
            return Err(wrong("variables.files", message));
        }
        let mut seen = BTreeSet::new();
        if let Some(path) = self.files.iter().find(|path| !seen.insert(*path)) {
            return Err(wrong("variables.files", format!("{path:?} stands there twice")));
        }
        if self.signing_key.is_some() && self.public_key.is_none() {
            let message = "signs what is encrypted, and nothing is without variables.public_key";
            return Err(wrong("variables.signing_key", message));
        }
        Ok(())
    }
}

fn is_usual(prefixes: &Prefixes) -> bool {
    *prefixes == Prefixes::default()
}

#[cfg(test)]
mod tests {
    use super::super::Manifest;
    use crate::variables::VariableKind;

    #[test]
    fn a_table_of_its_own_is_read_and_written() {
        let text = "[variables]\npublic_key = 'app_key'\nsigning_key = 'system_key'\nfiles = ['conf/license.dat']\n[variables.prefixes]\nplain = '$'\nfile = ''\n";
        let manifest = Manifest::parse(text).unwrap();
        let prefixes = &manifest.variables.prefixes;
        assert_eq!((prefixes.kind(b'$'), prefixes.kind(b'@')), (Some(VariableKind::Plain), None));
        assert_eq!((prefixes.kind(b'!'), prefixes.kind(b'^')), (Some(VariableKind::Encrypted), None));
        assert!(manifest.rendered().contains("conf/license.dat"));
        assert_eq!(Manifest::parse(&manifest.to_toml().unwrap()).unwrap(), manifest);
    }

    #[test]
    fn what_cannot_be_meant_is_named() {
        let error = |text: &str| Manifest::parse(text).unwrap_err().to_string();
        insta::assert_snapshot!(error("\n[variables.prefixes]\nplain = '@!'\n"), @"packhorse.toml, line 2: '!' stands under plain and under encrypted: a prefix has one meaning");
        insta::assert_snapshot!(error("[variables.prefixes]\nfile = 'f'\n"), @"packhorse.toml, line 1: file: 'f' cannot be a prefix: use one of the ASCII punctuation characters other than [ ] . - _");
        insta::assert_snapshot!(error("[variables.prefixes]\nsecret = '!'\n"), @"packhorse.toml, line 2: unknown field `secret`, expected one of `plain`, `encrypted`, `single_encrypted`, `file`");
        insta::assert_snapshot!(error("[variables]\nfiles = ['../a']\n"), @r#"packhorse.toml, variables.files: "../a" is not a path inside the package"#);
        insta::assert_snapshot!(error("[variables]\nfiles = ['a b']\n"), @r#"packhorse.toml, variables.files: "a b" cannot be the name of a variable: use letters, digits, - . _ and /"#);
        insta::assert_snapshot!(error("[variables]\nfiles = ['a', 'a']\n"), @r#"packhorse.toml, variables.files: "a" stands there twice"#);
        insta::assert_snapshot!(error("[variables]\nsigning_key = 'a'\n"), @"packhorse.toml, variables.signing_key: signs what is encrypted, and nothing is without variables.public_key");
    }
}
