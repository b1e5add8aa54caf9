//! Short forms on the command line: a file and where it goes, a parameter of a script. Pure.

use std::path::PathBuf;
use std::str::FromStr;

use packhorse_model::manifest::{Parameter, ParameterType};

/// A file of a config package: `SRC:TARGET[:MODE[:OWNER]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileSpec {
    pub(super) source: PathBuf,
    pub(super) target: String,
    pub(super) mode: Option<String>,
    pub(super) owner: Option<String>,
}

impl FromStr for FileSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        // An owner may have a colon of its own.
        let mut parts = text.splitn(4, ':');
        let mut next = || parts.next().filter(|part| !part.is_empty()).map(str::to_owned);
        let (Some(source), Some(target)) = (next(), next()) else {
            return Err("write it as SRC:TARGET[:MODE[:OWNER]], as in app.conf:/etc/app.conf:640:root:www".to_owned());
        };
        Ok(Self { source: source.into(), target, mode: next(), owner: next() })
    }
}

/// A parameter of a script: `NAME[:TYPE[=DEFAULT]]`, and `NAME:choice,ONE,OTHER[=DEFAULT]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ParameterSpec(pub(super) Parameter);

impl FromStr for ParameterSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (head, default) = text.split_once('=').map_or((text, None), |(head, default)| (head, Some(default)));
        let (name, form) = head.split_once(':').unwrap_or((head, "text"));
        let mut words = form.split(',');
        let value_type = match words.next().unwrap_or_default() {
            "text" => ParameterType::Text,
            "integer" => ParameterType::Integer,
            "boolean" => ParameterType::Boolean,
            "choice" => ParameterType::Choice,
            "secret" => ParameterType::Secret,
            other => {
                return Err(format!("{other:?} is no type: write text, integer, boolean, secret or choice,ONE,OTHER"));
            }
        };
        Ok(Self(Parameter {
            name: name.to_owned(),
            value_type,
            description: String::new(),
            default: default.map(str::to_owned),
            required: false,
            choices: words.map(str::to_owned).collect(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_where_it_goes() {
        let read = |text: &str| text.parse::<FileSpec>();
        let all = read("a.conf:/etc/a.conf:640:root:www").unwrap();
        assert_eq!((all.mode.as_deref(), all.owner.as_deref()), (Some("640"), Some("root:www")));
        let owner = read("a.conf:/etc/a.conf::www").unwrap();
        assert_eq!((owner.mode, owner.owner.as_deref()), (None, Some("www")));
        assert!(read("a.conf").is_err() && read(":/etc/a").is_err() && read("a:").is_err());
    }

    #[test]
    fn a_parameter_says_its_type() {
        let read = |text: &str| text.parse::<ParameterSpec>().unwrap().0;
        assert_eq!(read("A").value_type, ParameterType::Text);
        let days = read("DAYS:integer=30");
        assert_eq!((days.value_type, days.default.as_deref()), (ParameterType::Integer, Some("30")));
        assert_eq!(read("A:text=a=b:c").default.as_deref(), Some("a=b:c"));
        let mode = read("MODE:choice,fast,safe=safe");
        assert_eq!((mode.choices.join(" "), mode.default.as_deref()), ("fast safe".to_owned(), Some("safe")));
        assert!("A:number".parse::<ParameterSpec>().is_err());
    }
}
