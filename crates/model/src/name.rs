//! Names that people give: validated once, where they enter, and cheap to trust afterwards.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} cannot be a {what}: {rule}")]
pub struct NameError {
    what: &'static str,
    text: String,
    rule: &'static str,
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $what:literal, $check:path, $rule:path;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String))]
        pub struct $name(String);

        impl $name {
            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::try_from(text.to_owned())
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, NameError> {
                if $check(&text) { Ok(Self(text)) } else { Err(NameError { what: $what, text, rule: $rule }) }
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    )+};
}

const IDENTIFIER_RULE: &str = "use 1 to 100 of a-z A-Z 0-9 and - . + inside, beginning with a letter or digit; no underscore, which separates name and version";
const HOST_RULE: &str = "use 1 to 253 of a-z A-Z 0-9 and - . _ inside, beginning with a letter or digit";
const SLUG_RULE: &str = "use 1 to 64 of a-z 0-9 and - inside, beginning with a letter";
const VARIABLE_RULE: &str = "use 1 to 128 letters of any script, digits and - . _, or the path of a file of such parts; packhorse. at its beginning is ours";
const SECRET_RULE: &str = "use 1 to 128 of a-z A-Z 0-9 and - . _ inside, beginning with a letter or digit";
const TITLE_RULE: &str =
    "use 1 to 64 characters of any script, without / and control characters, and without blanks at the ends";
const NMTOKEN_RULE: &str = "use 1 to 255 letters, digits and - . _ :, without blanks";
const OBJECT_NAME_RULE: &str = "use 1 to 255 characters, without control characters and without blanks at the ends";

names! {
    /// The name of a package: what stands before the first `_` of `name_1.0.0_build.tar.gz`.
    PackageName = "package name", is_identifier, IDENTIFIER_RULE;
    /// The name of a host.
    HostName = "host name", is_host, HOST_RULE;
    /// The name of a danger rule.
    DangerRuleName = "danger rule name", is_slug, SLUG_RULE;
    /// The name of a variable. Names that differ in nothing but the case of their letters are the same, see [`VariableName::key`].
    VariableName = "variable name", is_variable, VARIABLE_RULE;
    /// The name of a secret in the vault.
    SecretName = "secret name", is_secret, SECRET_RULE;
    /// The name of a database target.
    DatabaseTargetName = "database target name", is_secret, SECRET_RULE;
    /// The name of a business, system or module. `/` separates them in a path, so none may hold one.
    TopologyName = "topology name", is_title, TITLE_RULE;
    /// The name of a freeze.
    FreezeName = "freeze name", is_title, TITLE_RULE;
    /// The name of a strategy.
    StrategyName = "strategy name", is_slug, SLUG_RULE;
    /// The name with which a user signs in.
    UserName = "user name", is_host, HOST_RULE;
    /// The type of an object of a ControlTier project: `zip`, `Node`, `ApacheSystemService`. An NMTOKEN of XML.
    ObjectType = "object type", is_nmtoken, NMTOKEN_RULE;
    /// The name of an object of a ControlTier project. Those of nodes may hold blanks and more; the others are NMTOKENs, see [`is_nmtoken`].
    ObjectName = "object name", is_object_name, OBJECT_NAME_RULE;
}

impl PackageName {
    /// Whether it is the name of a database package by the application release specification: it ends in `-db`.
    #[must_use]
    pub fn is_database(&self) -> bool {
        self.as_str().ends_with("-db")
    }
}

impl VariableName {
    /// What two spellings of the same name have in common: WeCube's tools look names up without regard to case.
    #[must_use]
    pub fn key(&self) -> String {
        variable_key(&self.0)
    }
}

/// The key of a name as it stands in a file, see [`VariableName::key`].
#[must_use]
pub fn variable_key(name: &str) -> String {
    name.to_lowercase()
}

fn is_identifier(text: &str) -> bool {
    text.len() <= 100
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-.+".contains(c))
}

fn is_host(text: &str) -> bool {
    text.len() <= 253
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "-._".contains(c))
}

fn is_slug(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn is_variable(text: &str) -> bool {
    (1..=128).contains(&text.chars().count())
        && (is_variable_part(text) || text.contains('/') && text.split('/').all(is_path_part))
        && !text.to_lowercase().starts_with("packhorse.")
}

fn is_variable_part(text: &str) -> bool {
    text.chars().all(|c| c.is_alphanumeric() || "-._".contains(c))
}

fn is_path_part(part: &str) -> bool {
    !matches!(part, "" | "." | "..") && is_variable_part(part)
}

fn is_secret(text: &str) -> bool {
    text.len() <= 128 && is_host(text)
}

fn is_title(text: &str) -> bool {
    (1..=64).contains(&text.chars().count())
        && text.trim() == text
        && text.chars().all(|c| c != '/' && !c.is_control() && !is_direction_override(c))
}

/// Whether a text is an NMTOKEN of XML, as the attributes of project.xml that name things must be.
#[must_use]
pub fn is_nmtoken(text: &str) -> bool {
    (1..=255).contains(&text.chars().count()) && text.chars().all(is_nmtoken_char)
}

/// Whether a character may stand in an NMTOKEN.
#[must_use]
pub fn is_nmtoken_char(c: char) -> bool {
    c.is_alphanumeric() || "-._:".contains(c)
}

fn is_object_name(text: &str) -> bool {
    (1..=255).contains(&text.chars().count())
        && text.trim() == text
        && !text.chars().any(|c| c.is_control() || is_direction_override(c))
}

/// Characters that make text read differently from how it is stored.
#[must_use]
pub fn is_direction_override(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_names_in_use() {
        for name in ["wecube-core", "spark3.5", "libstdc++", "a", "0ad"] {
            assert!(name.parse::<PackageName>().is_ok(), "{name}");
        }
        for name in ["Shop", "支付 网关", "Web front-end"] {
            assert!(name.parse::<TopologyName>().is_ok(), "{name}");
        }
    }

    #[test]
    fn a_variable_may_be_named_by_the_path_of_a_file() {
        for name in ["db_ip", "数据库", "conf/license.dat", ".env", "a/.b/c"] {
            assert!(name.parse::<VariableName>().is_ok(), "{name}");
        }
        for name in ["", "/etc/a", "a/", "a//b", "a/../b", "a b", "conf/a b", "packhorse.host/a"] {
            assert!(name.parse::<VariableName>().is_err(), "{name}");
        }
    }

    #[test]
    fn refuses_names_that_would_break_paths_or_screens() {
        for name in ["", "-x", ".", "a/b", "a_b", "a b", "a\nb", "名", &"a".repeat(101)] {
            assert!(name.parse::<PackageName>().is_err(), "{name:?}");
        }
        for name in ["", " x", "a/b", "a\tb", "a\u{202e}b"] {
            assert!(name.parse::<TopologyName>().is_err(), "{name:?}");
        }
    }

    #[test]
    fn says_which_name_and_why() {
        insta::assert_snapshot!("a/b".parse::<TopologyName>().unwrap_err(), @r#""a/b" cannot be a topology name: use 1 to 64 characters of any script, without / and control characters, and without blanks at the ends"#);
    }
}
