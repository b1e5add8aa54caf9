//! How a script is run.

use serde::{Deserialize, Serialize};

use super::ManifestError;
use super::check::{is_environment_name, is_inside, wrong};

/// A script package: one file that is run on hosts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ScriptSpec {
    /// The file in the package that is run.
    pub entry: String,
    /// What runs it.
    pub interpreter: Interpreter,
    /// What it is called with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arguments: Vec<String>,
    /// Seconds after which it is killed and counts as failed; 3600 if neither this nor the strategy of a deployment says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<u32>,
    /// User that runs it; the agent's own if not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// What it is given, in the environment, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parameter: Vec<Parameter>,
}

/// The most arguments of a script.
const MOST_ARGUMENTS: usize = 256;
/// The most bytes that they have together.
const LONGEST_ARGUMENTS: usize = 64 << 10;

/// Seconds that a script may run of which nobody says how long.
pub(super) const SCRIPT_SECONDS: u32 = 3600;

/// What runs a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Interpreter {
    /// bash.
    Bash,
    /// The POSIX shell.
    Sh,
    /// Python 3.
    Python,
    /// Perl.
    Perl,
    /// PowerShell, where a host has it.
    Powershell,
}

/// One parameter of a script.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Parameter {
    /// Name of the environment variable: A-Z, 0-9 and _.
    pub name: String,
    /// What values it may have; `text` if not said.
    #[serde(rename = "type", default)]
    pub value_type: ParameterType,
    /// A line about it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What it is if nothing is given. A secret has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether a value must be given or be there by default.
    #[serde(default)]
    pub required: bool,
    /// The values to choose from, for `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What values a parameter may have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ParameterType {
    /// Any text.
    #[default]
    Text,
    /// A whole number.
    Integer,
    /// `true` or `false`.
    Boolean,
    /// One of a list.
    Choice,
    /// Text that is not shown and not kept.
    Secret,
}

impl Interpreter {
    /// The word that names it in `packhorse.toml`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Sh => "sh",
            Self::Python => "python",
            Self::Perl => "perl",
            Self::Powershell => "powershell",
        }
    }
}

impl ScriptSpec {
    /// A script of which nothing else is said.
    #[must_use]
    pub fn of_file(entry: &str, interpreter: Interpreter) -> Self {
        Self {
            entry: entry.to_owned(),
            interpreter,
            arguments: Vec::new(),
            timeout: None,
            user: None,
            parameter: Vec::new(),
        }
    }

    /// Seconds that it may run: its own, or else `given`, or else an hour.
    #[must_use]
    pub fn bounded(&self, given: Option<u32>) -> u32 {
        self.timeout.or(given).unwrap_or(SCRIPT_SECONDS)
    }

    pub(super) fn check(&self) -> Result<(), ManifestError> {
        if !is_inside(&self.entry) {
            return Err(wrong("script.entry", format!("{:?} is not a path inside the package", self.entry)));
        }
        let bytes: usize = self.arguments.iter().map(String::len).sum();
        if self.arguments.len() > MOST_ARGUMENTS || bytes > LONGEST_ARGUMENTS {
            let message = format!("may be {MOST_ARGUMENTS} of {LONGEST_ARGUMENTS} bytes together at most");
            return Err(wrong("script.arguments", message));
        }
        if self.arguments.iter().any(|argument| argument.contains('\0')) {
            return Err(wrong("script.arguments", "must be text without NUL"));
        }
        if self.timeout == Some(0) {
            return Err(wrong("script.timeout", "must be at least 1 second"));
        }
        for (at, parameter) in self.parameter.iter().enumerate() {
            parameter.check()?;
            if self.parameter[..at].iter().any(|other| other.name == parameter.name) {
                return Err(wrong(format!("script.parameter.{}", parameter.name), "stands there twice"));
            }
        }
        Ok(())
    }
}

impl Parameter {
    fn check(&self) -> Result<(), ManifestError> {
        let key = |field: &str| format!("script.parameter.{}.{field}", self.name);
        if !is_environment_name(&self.name) {
            let message = format!("{:?} is not a name of A-Z, 0-9 and _", self.name);
            return Err(wrong("script.parameter.name", message));
        }
        if self.name.starts_with("PACKHORSE_") {
            return Err(wrong(key("name"), "names that begin with PACKHORSE_ are Packhorse's own"));
        }
        match (self.value_type, self.choices.is_empty()) {
            (ParameterType::Choice, true) => return Err(wrong(key("choices"), "a choice needs values to choose from")),
            (ParameterType::Choice, false) | (_, true) => {}
            (_, false) => return Err(wrong(key("choices"), "only a parameter of type choice has them")),
        }
        match &self.default {
            Some(_) if self.value_type == ParameterType::Secret => {
                Err(wrong(key("default"), "a secret has none: it would stand in the package for all to read"))
            }
            Some(value) => self.accepts(value).map_err(|message| wrong(key("default"), message)),
            None => Ok(()),
        }
    }

    /// Whether a value is one that the parameter may have.
    ///
    /// # Errors
    /// What would be right.
    pub fn accepts(&self, value: &str) -> Result<(), String> {
        let fits = match self.value_type {
            ParameterType::Text | ParameterType::Secret => !value.contains('\0'),
            ParameterType::Integer => value.parse::<i64>().is_ok(),
            ParameterType::Boolean => matches!(value, "true" | "false"),
            ParameterType::Choice => self.choices.iter().any(|choice| choice == value),
        };
        if fits {
            return Ok(());
        }
        Err(match self.value_type {
            ParameterType::Text | ParameterType::Secret => "must be text without NUL".to_owned(),
            ParameterType::Integer => format!("{value:?} is not a whole number"),
            ParameterType::Boolean => format!("{value:?} is neither true nor false"),
            ParameterType::Choice => format!("{value:?} is not one of {}", self.choices.join(", ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Manifest;

    const SCRIPT: &str = "[script]\nentry='run.sh'\ninterpreter='bash'\n";

    #[test]
    fn parameters_are_checked_by_type() {
        let check = |rest: &str| Manifest::parse(&format!("{SCRIPT}[[script.parameter]]\n{rest}")).map(|_| ());
        let error = |rest: &str| check(rest).unwrap_err().to_string();
        check("name='COUNT'\ntype='integer'\ndefault='-3'").unwrap();
        check("name='MODE'\ntype='choice'\nchoices=['fast','safe']\ndefault='safe'").unwrap();
        check("name='PASSWORD'\ntype='secret'\nrequired=true").unwrap();
        insta::assert_snapshot!(error("name='count'"), @r#"packhorse.toml, script.parameter.name: "count" is not a name of A-Z, 0-9 and _"#);
        insta::assert_snapshot!(error("name='PACKHORSE_HOME'"), @"packhorse.toml, script.parameter.PACKHORSE_HOME.name: names that begin with PACKHORSE_ are Packhorse's own");
        insta::assert_snapshot!(error("name='A'\ntype='integer'\ndefault='x'"), @r#"packhorse.toml, script.parameter.A.default: "x" is not a whole number"#);
        insta::assert_snapshot!(error("name='A'\ntype='boolean'\ndefault='yes'"), @r#"packhorse.toml, script.parameter.A.default: "yes" is neither true nor false"#);
        insta::assert_snapshot!(error("name='A'\ntype='choice'"), @"packhorse.toml, script.parameter.A.choices: a choice needs values to choose from");
        insta::assert_snapshot!(error("name='A'\nchoices=['a']"), @"packhorse.toml, script.parameter.A.choices: only a parameter of type choice has them");
        insta::assert_snapshot!(error("name='A'\ntype='choice'\nchoices=['a']\ndefault='b'"), @r#"packhorse.toml, script.parameter.A.default: "b" is not one of a"#);
        insta::assert_snapshot!(error("name='A'\ntype='secret'\ndefault='hunter2'"), @"packhorse.toml, script.parameter.A.default: a secret has none: it would stand in the package for all to read");
        insta::assert_snapshot!(error("name='A'\n[[script.parameter]]\nname='A'"), @"packhorse.toml, script.parameter.A: stands there twice");
        let called = |arguments: &str| Manifest::parse(&format!("{SCRIPT}arguments={arguments}\n"));
        assert_eq!(called("['-v', '']").unwrap().script.unwrap().arguments, ["-v", ""]);
        insta::assert_snapshot!(called(r#"["a\u0000"]"#).unwrap_err(), @"packhorse.toml, script.arguments: must be text without NUL");
        insta::assert_snapshot!(called(&format!("['{}']", "a".repeat(70_000))).unwrap_err(), @"packhorse.toml, script.arguments: may be 256 of 65536 bytes together at most");
        let outside = SCRIPT.replace("run.sh", "../run.sh");
        insta::assert_snapshot!(Manifest::parse(&outside).unwrap_err(), @r#"packhorse.toml, script.entry: "../run.sh" is not a path inside the package"#);
    }
}
