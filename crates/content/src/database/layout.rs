//! What the files of a database package are for, by where they lie and how they are named.
//!
//! Three arrangements are known. The application release specification of 2020-01: `full-load/N_fullload.sql`, `increment/N_increment.sql`
//! with `increment/N_rollback.sql`. Its edition of 2020-07: for each application version a folder `APP_vX` with numbered files in
//! `increment/` and `rollback/`; both are run in the order of their own numbers. Its variant for CI: `sql/upgrade/vX.Y.Z.sql` and
//! `sql/downgrade/vX.Y.Z.sql`. Each may lie in one folder around all of it.

use std::collections::BTreeMap;

use packhorse_model::VersionNumber;
use packhorse_model::api::Place;
use packhorse_model::api::database::{DatabaseLayout, DatabaseStructure, Increment};
use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::manifest::FILE_NAME;

const ARRANGEMENTS: &str = "arrange it as full-load/1_fullload.sql, increment/1.0.0_increment.sql and increment/1.0.0_rollback.sql; docs/database.md shows the other ways";

/// The structure of a version with these files, and every rule that it breaks.
///
/// `from` is what its manifest says about the version from which its increment leads.
#[must_use]
pub fn structure<'p>(
    paths: impl IntoIterator<Item = &'p str>,
    version: &VersionNumber,
    from: Option<&str>,
) -> (DatabaseStructure, Vec<Finding>) {
    let mut reader = Reader { findings: Vec::new(), version };
    let mut paths: Vec<&str> = paths.into_iter().filter(|path| !is_aside(path)).collect();
    paths.sort_unstable();
    let top = top_folder(&paths);
    let inner: Vec<(&str, &str)> = paths.iter().map(|path| (*path, &path[top..])).collect();
    let layout = inner.iter().find_map(|(_, inner)| layout_of(inner));
    let mut structure = DatabaseStructure { layout, full_load: None, increments: Vec::new() };
    match layout {
        Some(DatabaseLayout::FullAndIncrement) => reader.full_and_increment(&inner, from, &mut structure),
        Some(DatabaseLayout::Numbered) => reader.numbered(&inner, &mut structure),
        Some(DatabaseLayout::UpgradeAndDowngrade) => reader.upgrade_and_downgrade(&inner, &mut structure),
        None => {
            reader.error("DB_LAYOUT", "", "the files are arranged in none of the known ways".to_owned(), ARRANGEMENTS);
        }
    }
    (structure, reader.findings)
}

/// Whether a file of an application package is SQL of its database: `sql/upgrade/v1.0.1.sql`, also inside of one folder.
#[must_use]
pub fn is_application_part(path: &str) -> bool {
    let inner = if path.starts_with("sql/") { path } else { path.split_once('/').map_or("", |(_, inner)| inner) };
    path.ends_with(".sql") && layout_of(inner) == Some(DatabaseLayout::UpgradeAndDowngrade)
}

/// Files that belong to every package and are not run.
fn is_aside(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    path == FILE_NAME || name.ends_with(".md") || name.starts_with("README") || name.starts_with("LICENSE")
}

/// The length of the one folder around all files, if there is one and it is none of those that mean something.
fn top_folder(paths: &[&str]) -> usize {
    let Some((folder, _)) = paths.first().and_then(|first| first.split_once('/')) else { return 0 };
    let length = folder.len() + 1;
    let is_around = paths
        .iter()
        .all(|path| path.len() > length && path.starts_with(folder) && path.as_bytes()[folder.len()] == b'/');
    // `shop-db_1.0.1/increment/1_increment.sql` looks like a folder of the second edition, and its file's name tells that it is of the first.
    let is_first_edition = |path: &&str| {
        let inner = path.get(length..).unwrap_or_default();
        let named = ["fullload.sql", "increment.sql", "rollback.sql"].iter().any(|end| inner.ends_with(end));
        named && layout_of(inner) == Some(DatabaseLayout::FullAndIncrement)
    };
    let means_something = layout_of(paths[0]).is_some() && !paths.iter().all(is_first_edition);
    if is_around && !means_something { length } else { 0 }
}

fn layout_of(path: &str) -> Option<DatabaseLayout> {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        ["full-load" | "increment", _] => Some(DatabaseLayout::FullAndIncrement),
        ["sql", "upgrade" | "downgrade", _] => Some(DatabaseLayout::UpgradeAndDowngrade),
        [folder, "increment" | "rollback", _] if folder_version(folder).is_some() => Some(DatabaseLayout::Numbered),
        _ => None,
    }
}

/// The version of a folder such as `app_v1.0`.
fn folder_version(folder: &str) -> Option<VersionNumber> {
    folder.rsplit('_').next()?.parse().ok().filter(|version: &VersionNumber| version.as_str().contains('.'))
}

struct Reader<'v> {
    findings: Vec<Finding>,
    version: &'v VersionNumber,
}

impl Reader<'_> {
    fn full_and_increment(&mut self, files: &[(&str, &str)], from: Option<&str>, structure: &mut DatabaseStructure) {
        let mut forwards = BTreeMap::new();
        let mut back = BTreeMap::new();
        for (path, inner) in files {
            let Some(stem) = self.stem(path) else { continue };
            let name = stem.rsplit('/').next().unwrap_or(stem);
            match inner.split('/').next() {
                Some("full-load") if name.ends_with("fullload") => match &structure.full_load {
                    None => structure.full_load = Some((*path).to_owned()),
                    Some(first) => {
                        let message = format!("there are two full loads: {first} is the other one");
                        self.error("DB_FULL_LOAD_TWICE", path, message, "merge them into one file");
                    }
                },
                Some("increment") if name.ends_with("increment") => {
                    forwards.insert(name.trim_end_matches("increment").trim_end_matches('_'), *path);
                }
                Some("increment") if name.ends_with("rollback") => {
                    back.insert(name.trim_end_matches("rollback").trim_end_matches('_'), *path);
                }
                _ => self.misplaced(path),
            }
        }
        let alone = forwards.len() == 1;
        for (stem, path) in forwards {
            let rollback = back.remove(stem);
            if rollback.is_none() {
                let message = "the increment has no rollback".to_owned();
                let hint = format!("add {}", path.replace("increment.sql", "rollback.sql"));
                self.error("DB_ROLLBACK_MISSING", path, message, &hint);
            }
            let Some(from) = self.from(path, stem, from.filter(|_| alone)) else { continue };
            if structure.increments.iter().any(|other| other.from.as_ref() == Some(&from)) {
                let message = format!("there are two increments from {from}");
                self.error("DB_INCREMENT_TWICE", path, message, "merge them into one file, with one rollback");
                continue;
            }
            structure.increments.push(Increment {
                from: Some(from),
                to: self.version.clone(),
                upgrade: vec![path.to_owned()],
                rollback: rollback.map(str::to_owned).into_iter().collect(),
            });
        }
        for path in back.into_values() {
            self.lonely_rollback(path);
        }
        structure.increments.sort_by(|a, b| a.from.cmp(&b.from));
    }

    /// The version from which an increment leads: in its name, or in the manifest.
    fn from(&mut self, path: &str, stem: &str, manifest: Option<&str>) -> Option<VersionNumber> {
        let dotted = |text: &str| text.parse().ok().filter(|version: &VersionNumber| version.as_str().contains('.'));
        let parts: Vec<VersionNumber> = stem
            .split('_')
            .flat_map(|part| match part.split_once('-') {
                Some((a, b)) if dotted(a).is_some() && dotted(b).is_some() => vec![dotted(a), dotted(b)],
                _ => vec![dotted(part)],
            })
            .flatten()
            .collect();
        if let Some(to) = parts.get(1)
            && to != self.version
        {
            let message = format!("the increment leads to {to}, and the package is {}", self.version);
            self.error("DB_INCREMENT_TO", path, message, "put it into the package of the version to which it leads");
            return None;
        }
        let Some(from) = parts.into_iter().next().or_else(|| manifest.and_then(|from| from.parse().ok())) else {
            let message = "the increment does not say from which version it leads".to_owned();
            let hint = "name it after that version, 1.0.0_increment.sql, or say it in packhorse.toml: [database] with from = \"1.0.0\"";
            self.error("DB_FROM_MISSING", path, message, hint);
            return None;
        };
        if from >= *self.version {
            let message = format!("the increment leads from {from}, which is not before {}", self.version);
            self.error("DB_FROM_ORDER", path, message, "name the version before it");
            return None;
        }
        Some(from)
    }

    fn numbered(&mut self, files: &[(&str, &str)], structure: &mut DatabaseStructure) {
        let mut versions: BTreeMap<VersionNumber, [BTreeMap<u64, String>; 2]> = BTreeMap::new();
        for (path, inner) in files {
            let Some(stem) = self.stem(path) else { continue };
            let parts: Vec<&str> = inner.split('/').collect();
            let (version, side) = match parts[..] {
                [folder, side @ ("increment" | "rollback"), _] => {
                    (folder_version(folder), usize::from(side == "rollback"))
                }
                _ => (None, 0),
            };
            let Some(version) = version else {
                self.misplaced(path);
                continue;
            };
            let name = stem.rsplit('/').next().unwrap_or(stem);
            let digits = name.bytes().take_while(u8::is_ascii_digit).count();
            let Ok(number) = name[..digits].parse::<u64>() else {
                let message = "the name does not begin with its place in the order".to_owned();
                self.error(
                    "DB_NUMBER_MISSING",
                    path,
                    message,
                    "number the files of a folder: 1_create_tables.sql, 2_insert_rows.sql",
                );
                continue;
            };
            if let Some(other) = versions.entry(version).or_default()[side].insert(number, (*path).to_owned()) {
                let message = format!("{other} has the same number");
                self.error("DB_NUMBER_TWICE", path, message, "give each file of a folder a number of its own");
            }
        }
        let mut before = None;
        for (version, [upgrade, rollback]) in versions {
            self.pair(
                structure,
                &mut before,
                version,
                upgrade.into_values().collect(),
                rollback.into_values().collect(),
            );
        }
    }

    fn upgrade_and_downgrade(&mut self, files: &[(&str, &str)], structure: &mut DatabaseStructure) {
        let mut versions: BTreeMap<VersionNumber, [Vec<String>; 2]> = BTreeMap::new();
        for (path, inner) in files {
            if !inner.starts_with("sql/") {
                // This arrangement is one of application packages, which hold other things beside their SQL.
                continue;
            }
            let Some(stem) = self.stem(path) else { continue };
            let name = stem.rsplit('/').next().unwrap_or(stem);
            let side = match inner.split('/').collect::<Vec<_>>()[..] {
                ["sql", side @ ("upgrade" | "downgrade"), _] => usize::from(side == "downgrade"),
                _ => {
                    self.misplaced(path);
                    continue;
                }
            };
            let Ok(version) = name.parse::<VersionNumber>() else {
                let message = "the name is not that of a version".to_owned();
                self.error("DB_VERSION_NAME", path, message, "name it after the version to which it leads, v1.0.1.sql");
                continue;
            };
            versions.entry(version).or_default()[side].push((*path).to_owned());
        }
        let mut before = None;
        for (version, [upgrade, rollback]) in versions {
            self.pair(structure, &mut before, version, upgrade, rollback);
        }
    }

    /// Adds what leads from the version before to this one.
    fn pair(
        &mut self,
        structure: &mut DatabaseStructure,
        before: &mut Option<VersionNumber>,
        to: VersionNumber,
        upgrade: Vec<String>,
        rollback: Vec<String>,
    ) {
        match (upgrade.first(), rollback.first()) {
            (Some(first), None) => {
                let message = format!("nothing leads back from {to}");
                self.error("DB_ROLLBACK_MISSING", first, message, "add the files that undo it");
            }
            (None, Some(first)) => self.lonely_rollback(first),
            _ => {}
        }
        if to > *self.version {
            let message = format!("this belongs to {to}, and the package is {}", self.version);
            let place = upgrade.first().or(rollback.first()).cloned().unwrap_or_default();
            self.say(
                Severity::Warning,
                "DB_VERSION_LATER",
                &place,
                message,
                "it is not run before that version is there",
            );
        }
        if !upgrade.is_empty() {
            structure.increments.push(Increment { from: before.replace(to.clone()), to, upgrade, rollback });
        }
    }

    /// A path without its ending, if it is SQL.
    fn stem<'p>(&mut self, path: &'p str) -> Option<&'p str> {
        let stem = path.strip_suffix(".sql");
        if stem.is_none() {
            let message = "this is not SQL".to_owned();
            self.error(
                "DB_NOT_SQL",
                path,
                message,
                "a database package holds .sql files, packhorse.toml and README files alone",
            );
        }
        stem
    }

    fn misplaced(&mut self, path: &str) {
        self.error(
            "DB_PLACE",
            path,
            "nothing is known about a file of this name at this place".to_owned(),
            ARRANGEMENTS,
        );
    }

    fn lonely_rollback(&mut self, path: &str) {
        let message = "the rollback undoes nothing: there is no increment beside it".to_owned();
        self.error("DB_ROLLBACK_ALONE", path, message, "name it as its increment is named, or take it out");
    }

    fn error(&mut self, rule: &str, place: &str, message: String, hint: &str) {
        self.say(Severity::Error, rule, place, message, hint);
    }

    fn say(&mut self, severity: Severity, rule: &str, place: &str, message: String, hint: &str) {
        let (rule, hint) = (rule.to_owned(), hint.to_owned());
        let place = (!place.is_empty()).then(|| Place::of(place));
        self.findings.push(Finding { rule, severity, place, message, hint });
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn place(finding: &Finding) -> String {
        finding.place.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    fn read(version: &str, from: Option<&str>, paths: &[&str]) -> String {
        let (structure, findings) = structure(paths.iter().copied(), &version.parse().unwrap(), from);
        let mut text = format!("{:?} full load {:?}\n", structure.layout, structure.full_load);
        for Increment { from, to, upgrade, rollback } in structure.increments {
            text += &format!(
                "{} -> {to}: {} / {}\n",
                from.map_or("-".to_owned(), String::from),
                upgrade.join(" "),
                rollback.join(" ")
            );
        }
        findings
            .iter()
            .for_each(|finding| text += &format!("{} {}: {}\n", finding.rule, place(finding), finding.message));
        text
    }

    #[test]
    fn the_first_edition_is_read() {
        let paths = [
            "packhorse.toml",
            "full-load/1_fullload.sql",
            "increment/1.0.0_increment.sql",
            "increment/1.0.0_rollback.sql",
            "README.md",
        ];
        insta::assert_snapshot!(read("1.0.1", None, &paths), @r#"
        Some(FullAndIncrement) full load Some("full-load/1_fullload.sql")
        1.0.0 -> 1.0.1: increment/1.0.0_increment.sql / increment/1.0.0_rollback.sql
        "#);
        let paths = ["shop-db_1.0.1/increment/1_increment.sql", "shop-db_1.0.1/increment/1_rollback.sql"];
        insta::assert_snapshot!(read("1.0.1", Some("1.0.0"), &paths), @r"
        Some(FullAndIncrement) full load None
        1.0.0 -> 1.0.1: shop-db_1.0.1/increment/1_increment.sql / shop-db_1.0.1/increment/1_rollback.sql
        ");
    }

    #[test]
    fn the_second_edition_and_its_variant_are_read_in_numeric_order() {
        let paths = [
            "app_v1.10/increment/1_a.sql",
            "app_v1.10/rollback/1_a.sql",
            "app_v1.9/increment/10_b.sql",
            "app_v1.9/increment/2_a.sql",
            "app_v1.9/rollback/1_b.sql",
        ];
        insta::assert_snapshot!(read("1.10", None, &paths), @r"
        Some(Numbered) full load None
        - -> 1.9: app_v1.9/increment/2_a.sql app_v1.9/increment/10_b.sql / app_v1.9/rollback/1_b.sql
        1.9 -> 1.10: app_v1.10/increment/1_a.sql / app_v1.10/rollback/1_a.sql
        ");
        let paths = [
            "shop/bin/start.sh",
            "shop/sql/upgrade/v1.0.0.sql",
            "shop/sql/downgrade/v1.0.0.sql",
            "shop/sql/upgrade/v1.0.1.sql",
        ];
        insta::assert_snapshot!(read("1.0.0", None, &paths), @r"
        Some(UpgradeAndDowngrade) full load None
        - -> 1.0.0: shop/sql/upgrade/v1.0.0.sql / shop/sql/downgrade/v1.0.0.sql
        1.0.0 -> 1.0.1: shop/sql/upgrade/v1.0.1.sql / 
        DB_ROLLBACK_MISSING shop/sql/upgrade/v1.0.1.sql: nothing leads back from 1.0.1
        DB_VERSION_LATER shop/sql/upgrade/v1.0.1.sql: this belongs to 1.0.1, and the package is 1.0.0
        ");
    }

    #[test]
    fn every_broken_rule_is_named_with_its_file() {
        let paths = [
            "full-load/1_fullload.sql",
            "full-load/2_fullload.sql",
            "increment/1_increment.sql",
            "increment/2.0.0_increment.sql",
            "increment/2.0.0_rollback.sql",
            "increment/9_rollback.sql",
            "increment/x.sh",
            "increment/y.sql",
            "increment/1.0.0-1.5.0_increment.sql",
            "increment/1.0.0-1.5.0_rollback.sql",
        ];
        insta::assert_snapshot!(read("1.0.1", Some("1.0.0"), &paths), @r#"
        Some(FullAndIncrement) full load Some("full-load/1_fullload.sql")
        DB_FULL_LOAD_TWICE full-load/2_fullload.sql: there are two full loads: full-load/1_fullload.sql is the other one
        DB_NOT_SQL increment/x.sh: this is not SQL
        DB_PLACE increment/y.sql: nothing is known about a file of this name at this place
        DB_ROLLBACK_MISSING increment/1_increment.sql: the increment has no rollback
        DB_FROM_MISSING increment/1_increment.sql: the increment does not say from which version it leads
        DB_INCREMENT_TO increment/1.0.0-1.5.0_increment.sql: the increment leads to 1.5.0, and the package is 1.0.1
        DB_FROM_ORDER increment/2.0.0_increment.sql: the increment leads from 2.0.0, which is not before 1.0.1
        DB_ROLLBACK_ALONE increment/9_rollback.sql: the rollback undoes nothing: there is no increment beside it
        "#);
        insta::assert_snapshot!(read("1.0.1", None, &["a.sql"]), @r"
        None full load None
        DB_LAYOUT : the files are arranged in none of the known ways
        ");
    }

    proptest! {
        #[test]
        fn no_paths_make_it_panic(paths in prop::collection::vec("(full-load/|increment/|sql/|upgrade/|a_v1\\.0/|rollback/|支/){0,3}(1\\.0\\.0|1|_|-|increment|rollback|fullload|支){0,4}(\\.sql)?", 0..6)) {
            let _ = structure(paths.iter().map(String::as_str), &"1.0.1".parse().unwrap(), None);
        }
    }
}
