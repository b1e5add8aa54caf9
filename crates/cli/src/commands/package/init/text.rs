//! What a packhorse.toml to begin with says, for what lies in a folder. Pure.

use std::fmt::Write as _;

use packhorse_model::PackageKind;
use packhorse_model::manifest::{FILE_NAME, Interpreter, Lifecycle, conventional_files};

use crate::packing::interpreter_by_name;

const HEAD: &str = "# What this package says about itself. Each key, what it is if not said, and examples: docs/packhorse-toml.md.\n\n";
/// Files of a config package that are listed.
const MOST_LISTED: usize = 50;

/// A folder that a package is to be packed from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Folder<'a> {
    /// Its name, which may say package, version and build.
    pub(super) name: &'a str,
    /// The paths of its files, in order.
    pub(super) files: &'a [String],
}

impl<'a> Folder<'a> {
    /// The package, as far as the folder's name says it.
    fn package(&self) -> &'a str {
        self.name.split('_').next().filter(|name| !name.is_empty()).unwrap_or("NAME")
    }

    /// The files that make the package what it is.
    fn own(&self) -> impl Iterator<Item = &'a String> + use<'a> {
        let is_aside = |path: &str| path == FILE_NAME || path.starts_with("README") || path.starts_with("LICENSE");
        self.files.iter().filter(move |path| !is_aside(path))
    }

    /// What it looks like.
    pub(super) fn kind(&self) -> PackageKind {
        let all = |is: fn(&str) -> bool| self.own().next().is_some() && self.own().all(|path| is(path));
        let is_config = |path: &str| {
            let ending = path.rsplit_once('.').map_or("", |(_, ending)| ending);
            !path.contains('/')
                && ["cfg", "cnf", "conf", "ini", "json", "properties", "toml", "xml", "yaml", "yml"].contains(&ending)
        };
        if self.package().ends_with("-db") || all(|path| path.ends_with(".sql")) {
            PackageKind::Database
        } else if all(is_config) {
            PackageKind::Config
        } else if self.own().count() == 1 && all(|path| !path.contains('/') && interpreter_by_name(path).is_some()) {
            PackageKind::Script
        } else {
            PackageKind::File
        }
    }

    /// The text for a package of this kind.
    pub(super) fn manifest(&self, kind: PackageKind) -> String {
        let mut text = format!("{HEAD}description = \"\"{:24}# a line about the package\n\n", "");
        match kind {
            PackageKind::Config => self.config(&mut text),
            PackageKind::Script => self.script(&mut text),
            PackageKind::Database => text += DATABASE,
            PackageKind::File | PackageKind::Image | PackageKind::App => self.file(&mut text),
        }
        text
    }

    fn file(&self, text: &mut String) {
        let package = self.package();
        let rendered = self.files.iter().find(|path| path.starts_with("conf/"));
        let rendered = rendered.map_or_else(|| format!("conf/{package}.conf"), Clone::clone);
        let mut key = |key: String, comment: &str| {
            let _ = writeln!(text, "{key:39} # {comment}");
        };
        key(format!("# install_root = \"/data/app/{package}\""), "where its versions lie on a host; this, if not said");
        key(
            "# owner = \"www\"".to_owned(),
            "who owns the files and runs the commands; the agent's own user if not said",
        );
        key(format!("# render = [{}]", quoted(&rendered)), "files in which [@name] is replaced");
        key("# keep = 2".to_owned(), "older versions that stay besides the current and the previous one");
        text.push('\n');

        let has = |path: &String| self.files.binary_search(path).is_ok();
        let found = Lifecycle::names().into_iter().filter_map(|name| Some((name, conventional_files(name).find(has)?)));
        let found: Vec<(&str, String)> = found.filter(|(name, _)| !["pre", "post"].contains(name)).collect();
        if !found.is_empty() {
            text.push_str("# Found by their names, and run without being listed here:\n");
            found.iter().for_each(|(name, path)| text.push_str(&format!("#   {name:12} {path}\n")));
            text.push('\n');
        }
        for name in ["start", "stop"] {
            let other = self.files.iter().find(|path| is_like(path, name));
            match other.filter(|_| found.iter().all(|(found, _)| *found != name)) {
                Some(path) => {
                    let _ = writeln!(text, "[lifecycle.{name}]\ncommand = {}\n", quoted(path));
                }
                None if name == "start" && found.is_empty() => text.push_str(START),
                None => {}
            }
        }
        text.push_str(&HEALTH.replace("NAME", package));
    }

    fn config(&self, text: &mut String) {
        text.push_str("# Each file, and where it goes on a host.\n");
        for path in self.own().take(MOST_LISTED) {
            let target = quoted(&format!("/etc/{}/{path}", self.package()));
            let _ = writeln!(text, "[[config]]\nfile = {}\ntarget = {target}", quoted(path));
            text.push_str("# owner = \"root:www\"\n# mode = \"640\"\n\n");
        }
        if self.own().next().is_none() {
            text.push_str("# [[config]]\n# file = \"app.conf\"\n# target = \"/etc/app.conf\"\n\n");
        }
        text.push_str(VALIDATE);
    }

    fn script(&self, text: &mut String) {
        let entry = self.own().next().map_or("run.sh", String::as_str);
        let interpreter = interpreter_by_name(entry).unwrap_or(Interpreter::Bash).as_str();
        let _ = writeln!(text, "[script]\nentry = {}\ninterpreter = \"{interpreter}\"", quoted(entry));
        text.push_str(SCRIPT);
    }
}

const START: &str = "\
# Commands are found by name in scripts/ and bin/ (start.sh, stop.sh, install.sh …), or named:
# [lifecycle.start]
# command = \"bin/run.sh\"
# timeout = 20                          # seconds

";

const HEALTH: &str = "\
# What must hold while it runs. Without it, nobody notices a version that starts and then fails.
# [[health]]
# port = 8080                           # or http = \"http://[@packhorse.host.ip]:8080/\", process = \"NAME:1,4\", command = \"bin/check.sh\"
# within = 30                           # seconds after the start
";

const VALIDATE: &str = "\
# Says by its exit code whether the new files are good; `pre` and `post` run before and after they are written.
# [lifecycle.validate]
# command = \"/usr/sbin/nginx\"
# args = [\"-t\"]
";

const SCRIPT: &str = "\
# timeout = 3600                        # seconds
# user = \"root\"                         # the agent's own if not said

# What it is given, in its environment.
# [[script.parameter]]
# name = \"DAYS\"
# type = \"integer\"                      # text, integer, boolean, choice or secret
# default = \"30\"
";

const DATABASE: &str = "\
[database]
engine = \"mysql\"                        # postgres, mysql (and MariaDB) or sqlite
# from = \"1.0.0\"                        # where the increment begins, if its name does not say it
# user = \"shop\"                         # who runs it
";

/// Whether a file may be meant as a command though it does not bear its name: `bin/1_start.sh`, `start.sh`.
fn is_like(path: &str, command: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.strip_suffix(".sh").unwrap_or(name);
    !stem.contains('.')
        && stem.split(['_', '-']).any(|part| part == command)
        && !stem.contains("post")
        && !stem.contains("pre")
}

fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use packhorse_model::manifest::Manifest;

    use super::*;

    fn looked_at(name: &str, files: &[&str]) -> (PackageKind, Manifest) {
        let mut files: Vec<String> = files.iter().map(|path| (*path).to_owned()).collect();
        files.sort();
        let folder = Folder { name, files: &files };
        (folder.kind(), Manifest::parse(&folder.manifest(folder.kind())).unwrap())
    }

    #[test]
    fn the_kind_is_what_the_files_look_like() {
        let kind = |name: &str, files: &[&str]| looked_at(name, files).0;
        assert_eq!(kind("shop", &[]), PackageKind::File);
        assert_eq!(kind("shop", &["bin/start.sh", "README.md"]), PackageKind::File);
        assert_eq!(kind("shop-db_1.0.0", &["bin/a.sh"]), PackageKind::Database);
        assert_eq!(kind("shop", &["increment/1.0.0_increment.sql"]), PackageKind::Database);
        assert_eq!(kind("shop", &["a.conf", "b.json"]), PackageKind::Config);
        assert_eq!(kind("shop", &["cleanup.py", "README.md"]), PackageKind::Script);
        assert_eq!(kind("shop", &["a.sh", "b.sh"]), PackageKind::File);
    }

    #[test]
    fn what_is_found_is_written_down() {
        let (_, file) = looked_at("shop", &["bin/1_start.sh", "bin/post_start.sh", "scripts/stop.sh", "bin/pre_stop"]);
        assert_eq!(file.lifecycle.start.unwrap().command, "bin/1_start.sh");
        assert_eq!(file.lifecycle.stop, None, "it is found by its name");
        let (_, config) = looked_at("shop-conf_1.0.0", &["a \"b\".conf"]);
        assert_eq!(
            (config.config[0].file.as_str(), config.config[0].target.as_str()),
            ("a \"b\".conf", "/etc/shop-conf/a \"b\".conf")
        );
        let (_, script) = looked_at("x", &["job.pl"]);
        assert_eq!(script.script.unwrap().interpreter, Interpreter::Perl);
        for kind in [PackageKind::File, PackageKind::Config, PackageKind::Script, PackageKind::Database] {
            Manifest::parse(&Folder { name: "", files: &[] }.manifest(kind)).unwrap();
        }
    }
}
