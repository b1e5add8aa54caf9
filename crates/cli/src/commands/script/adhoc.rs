//! A script of this machine that is run without a package being made of it by hand.
//!
//! It becomes a version of the script package `adhoc-USER` all the same, so that danger rules, plan, audit and results are those of every
//! script: what ran can be read later, and the same script with the same arguments is the same version. What is not run after all leaves none.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use packhorse_client as client;
use packhorse_content::digest_of;
use packhorse_content::local::LocalTree;
use packhorse_model::PackageName;
use packhorse_model::api::packages::{PushOutcome, Severity};
use packhorse_model::manifest::{FILE_NAME, Interpreter, Manifest, Parameter, ParameterType, ScriptSpec};
use packhorse_model::name::{SecretName, UserName};

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::harmless;
use crate::packing::{Naming, Package, interpreter_of};
use crate::rollout::PackageVersion;
use crate::words;

/// The most bytes of a script, as the registry has it.
const LARGEST: u64 = 1 << 20;
/// The most characters of a user's name that stand in the name of the package.
const LONGEST_USER: usize = 80;

/// A script, and how it is run.
pub(super) struct AdHoc<'a> {
    /// Where it lies.
    pub(super) path: &'a Path,
    /// What runs it, if that is said.
    pub(super) interpreter: Option<Interpreter>,
    /// What it is called with.
    pub(super) arguments: Vec<String>,
    /// Its parameters, by name.
    pub(super) parameters: &'a [(String, String)],
    /// Its secret parameters, by name.
    pub(super) secrets: &'a [(String, SecretName)],
}

/// The version that a script has become.
pub(super) struct Pushed {
    /// Which.
    pub(super) what: PackageVersion,
    outcome: PushOutcome,
}

impl Pushed {
    /// Takes the version away again, if it was made for this run and is of no use to another one.
    pub(super) async fn take_back(&self, context: &Context, client: &client::Client) {
        let PackageVersion { package, version } = &self.what;
        if self.outcome == PushOutcome::AlreadyThere {
            return;
        }
        if let Err(error) = client.delete_version(package, version).await {
            let named = format!("{package}@{version}");
            context.printer.warn(&format!("{named} stays in the registry: {}", harmless(&error.to_string())));
        }
    }
}

impl AdHoc<'_> {
    /// Pushes the script, and names the version that it has become.
    pub(super) async fn push(self, context: &Context, client: &client::Client) -> Result<Pushed, CommandError> {
        let name = self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let text = read(self.path)?;
        let manifest = self.manifest(&name, &text)?;
        let written = manifest.to_toml().map_err(|error| CommandError::new(Exit::Usage, error.to_string()))?;
        Manifest::parse(&written).map_err(|error| CommandError::new(Exit::Usage, error.to_string()))?;

        let package = package_of(&client.session().await?.user)?;
        let digest = digest_of(format!("{name}\0{written}\0{text}").as_bytes()).to_string();
        let version = format!("0.0.0-{}", digest.chars().take(16).collect::<String>());
        let version = version.parse().map_err(|error| CommandError::failed(format!("{error}")))?;
        let mut tree = LocalTree::default();
        tree.add_text(&name, text)?;
        tree.add_text(FILE_NAME, written)?;
        let packed = Package::pack(tree, Naming { package, version, build: None })?;
        let naming = packed.naming.clone();
        let push = client::Push {
            file: packed.file.clone(),
            package: Some(naming.package.clone()),
            version: Some(naming.version.clone()),
            ..client::Push::default()
        };
        let reply = client.upload(&push, &clock::new_key()?, &client::Progress::new(|_| ())).await?;
        for finding in reply.warnings.iter().filter(|finding| finding.severity > Severity::Advice) {
            context.printer.warn(&words::finding(finding));
        }
        let what = PackageVersion { package: naming.package, version: naming.version };
        context.printer.say(&format!("{name} is {}@{}", what.package, what.version));
        Ok(Pushed { what, outcome: reply.outcome })
    }

    fn manifest(&self, name: &str, text: &str) -> Result<Manifest, CommandError> {
        let interpreter = self.interpreter.or_else(|| interpreter_of(name, text.as_bytes())).ok_or_else(|| {
            let path = self.path.display();
            CommandError::new(Exit::Usage, format!("neither the first line of {path} nor its name says what runs it"))
                .hinted("say it: --interpreter bash")
        })?;
        let parameter = |name: &String, value_type| Parameter {
            name: name.clone(),
            value_type,
            description: String::new(),
            default: None,
            required: false,
            choices: Vec::new(),
        };
        let texts = self.parameters.iter().map(|(name, _)| parameter(name, ParameterType::Text));
        let secrets = self.secrets.iter().map(|(name, _)| parameter(name, ParameterType::Secret));
        let script = ScriptSpec {
            arguments: self.arguments.clone(),
            parameter: texts.chain(secrets).collect(),
            ..ScriptSpec::of_file(name, interpreter)
        };
        Ok(Manifest { script: Some(script), ..Manifest::default() })
    }
}

fn read(path: &Path) -> Result<String, CommandError> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
    read.map_err(|error| {
        CommandError::file("read", path, &error).hinted("name a script of this machine, or a package as NAME@VERSION")
    })?;
    if bytes.len() as u64 > LARGEST {
        return Err(CommandError::new(Exit::Usage, format!("{} has more than 1 MiB", path.display())));
    }
    String::from_utf8(bytes).map_err(|_| {
        CommandError::new(Exit::Usage, format!("{} is not UTF-8", path.display())).hinted("save it as UTF-8")
    })
}

/// The package of what a person runs without one.
fn package_of(user: &UserName) -> Result<PackageName, CommandError> {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let user: String = user.as_str().chars().take(LONGEST_USER).map(plain).collect();
    // A name that ends in -db is that of a database package.
    let end = if user.ends_with("-db") { "-" } else { "" };
    format!("adhoc-{user}{end}").parse().map_err(|error| CommandError::failed(format!("{error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_named_by_its_user() {
        let package = |user: &str| package_of(&user.parse().unwrap()).unwrap().to_string();
        assert_eq!(package("alice"), "adhoc-alice");
        assert_eq!(package("a_b.c"), "adhoc-a-b.c");
        assert_eq!(package("shop-db"), "adhoc-shop-db-");
    }

    #[test]
    fn what_is_said_stands_in_its_manifest() {
        let parameters = [("DAYS".to_owned(), "7".to_owned())];
        let secrets = [("PASSWORD".to_owned(), "shop-db".parse().unwrap())];
        let script = AdHoc {
            path: Path::new("clean.sh"),
            interpreter: None,
            arguments: vec!["--fast".to_owned(), "a b".to_owned()],
            parameters: &parameters,
            secrets: &secrets,
        };
        let manifest = script.manifest("clean.sh", "#!/bin/sh\n").unwrap();
        insta::assert_snapshot!(manifest.to_toml().unwrap(), @r#"
        [script]
        arguments = [
            "--fast",
            "a b",
        ]
        entry = "clean.sh"
        interpreter = "sh"

        [[script.parameter]]
        name = "DAYS"
        required = false
        type = "text"

        [[script.parameter]]
        name = "PASSWORD"
        required = false
        type = "secret"
        "#);
        assert!(script.manifest("clean", "ls\n").is_err(), "nothing says what runs it");
    }
}
