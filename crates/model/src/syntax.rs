//! The languages of configuration files whose syntax is known. Reading them is the business of `packhorse-content`.

use serde::{Deserialize, Serialize};

/// A language of configuration files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ConfigLanguage {
    /// JSON.
    Json,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// XML.
    Xml,
    /// INI.
    Ini,
    /// Java's properties.
    Properties,
}

impl ConfigLanguage {
    /// By the extension of a path.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
        Some(match extension.to_ascii_lowercase().as_str() {
            "json" => Self::Json,
            "yaml" | "yml" => Self::Yaml,
            "toml" => Self::Toml,
            "xml" => Self::Xml,
            "ini" => Self::Ini,
            "properties" => Self::Properties,
            _ => return None,
        })
    }

    /// Its name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Yaml => "YAML",
            Self::Toml => "TOML",
            Self::Xml => "XML",
            Self::Ini => "INI",
            Self::Properties => "properties",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_says_the_language() {
        assert_eq!(ConfigLanguage::of_path("conf/a.YML"), Some(ConfigLanguage::Yaml));
        assert_eq!(ConfigLanguage::of_path("a.properties"), Some(ConfigLanguage::Properties));
        assert_eq!(ConfigLanguage::of_path("a.d/file"), None);
        assert_eq!(ConfigLanguage::of_path("a.conf"), None);
    }
}
