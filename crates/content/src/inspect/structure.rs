//! How a package is built: the folder around it, the layout that it is packed for, its deploy scripts, what ServiceStage's packages look
//! like. By its tree alone.

use packhorse_model::Layout;
use packhorse_model::api::Place;
use packhorse_model::api::packages::Finding;
use packhorse_model::lint::rules::{files, packages};
use packhorse_model::manifest::{DEPLOY_SCRIPTS, Manifest, conventional_files};

use crate::import;
use crate::ingest::payload::Payload;
use crate::tree::{Entry, EntryKind, Tree};

/// Folders that a package has at its top by itself.
const USUAL: [&str; 14] = [
    "bin", "conf", "config", "data", "db", "etc", "lib", "log", "logs", "packages", "scripts", "sql", "tools",
    "webapps",
];

/// The most scripts that are told one by one.
const MOST_SCRIPTS: usize = 50;

/// What is said about how the package is built. `payload` is the folder that wrapped it.
pub(super) fn findings(tree: &Tree, payload: Option<&Payload>, said: &Manifest) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(layout(tree, payload, said));
    findings.extend(top_folder(tree));
    findings.extend(deploy_scripts(tree, said));
    findings.extend(services(tree));
    findings
}

fn layout(tree: &Tree, payload: Option<&Payload>, said: &Manifest) -> Option<Finding> {
    if said.layout.is_some() {
        return None;
    }
    let Some(payload) = payload else {
        let is_link = |entry: &&Entry| matches!(entry.kind, EntryKind::Symlink { .. });
        let link = tree.get("current").filter(is_link)?;
        let message = "current is a file of the package, since it does not lead to the one folder of the version";
        return Some(packages::LAYOUT.at(Place::of(link.path.as_str()), message));
    };
    let shown = match (payload.layout, payload.folder.as_str().contains('_')) {
        (Some(_), _) => return None,
        (None, true) => Layout::Versioned,
        (None, false) => Layout::Overwrite,
    };
    let message = format!(
        "the folder {} is packed for the layout {}, and the version gets {}: a directory for each version, and a link current",
        payload.folder.as_str(),
        shown.as_str(),
        Layout::default().as_str()
    );
    Some(packages::LAYOUT.broken(message))
}

fn top_folder(tree: &Tree) -> Option<Finding> {
    let mut top = tree.iter().filter(|entry| entry.path.parent().is_none());
    let (only, None) = (top.next()?, top.next()) else { return None };
    let folder = only.path.as_str();
    if only.kind != EntryKind::Directory || USUAL.contains(&folder) {
        return None;
    }
    let message =
        format!("everything lies in {folder:?}, which is not named after the package, and stays in every path");
    Some(packages::TOP_FOLDER.at(Place::of(folder), message))
}

/// One deploy script is what the application release specification asks for; its newer edition lets several be numbered. A host runs one
/// command, so that several must be called by one.
fn deploy_scripts(tree: &Tree, said: &Manifest) -> Option<Finding> {
    let is_file = |path: &str| matches!(tree.get(path).map(|entry| &entry.kind), Some(EntryKind::File { .. }));
    if said.lifecycle.install.is_some() || conventional_files("install").any(|path| is_file(&path)) {
        return None;
    }
    let mut scripts: Vec<&str> = tree.iter().map(|entry| entry.path.as_str()).filter(|path| is_deploy(path)).collect();
    scripts.retain(|path| is_file(path));
    let usual: Vec<&str> = DEPLOY_SCRIPTS.into_iter().filter(|path| is_file(path)).collect();
    match (&scripts[..], &usual[..]) {
        ([], _) | (_, [_]) => None,
        ([only], []) => {
            let message = "no convention knows a deploy script of this name, so that it is not run";
            Some(packages::DEPLOY_UNUSED.at(Place::of(*only), message))
        }
        _ => {
            scripts.sort_by_key(|path| (number(path), *path));
            let message = format!("there are {} deploy scripts: {}", scripts.len(), scripts.join(", "));
            let finding = packages::DEPLOY_SCRIPTS.at(Place::of(scripts[0]), message);
            let calls: Vec<String> = scripts.iter().map(|path| format!("./{path}")).collect();
            let hint = format!("write scripts/install.sh with `set -e` that runs, in this order, {}", calls.join(", "));
            Some(Finding { hint, ..finding })
        }
    }
}

/// `bin/deploy.sh`, `bin/1_deploy.sh`, `scripts/shop-deploy.sh`.
fn is_deploy(path: &str) -> bool {
    let name = path.strip_prefix("scripts/").or_else(|| path.strip_prefix("bin/")).unwrap_or_default();
    let before = name.strip_suffix("deploy.sh");
    before.is_some_and(|before| !before.contains('/') && (before.is_empty() || before.ends_with(['_', '-', '.'])))
}

/// The number that a name begins with; what has none comes last.
fn number(path: &str) -> u64 {
    let name = path.rsplit('/').next().unwrap_or(path);
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    name[..digits].parse().unwrap_or(u64::MAX)
}

/// Shell scripts that nobody may run, and that are no command of the life cycle: of those it is said that they cannot be.
pub(super) fn modes<'a>(tree: &'a Tree, filled: &'a Manifest) -> impl Iterator<Item = Finding> + 'a {
    let is_script = |path: &str| path.ends_with(".sh") && (path.starts_with("scripts/") || path.starts_with("bin/"));
    let is_command = |path: &str| filled.lifecycle.named().any(|(_, command)| command.command == path);
    let is_closed = |entry: &&Entry| matches!(entry.kind, EntryKind::File { .. }) && entry.mode & 0o111 == 0;
    let closed = tree.iter().filter(is_closed).map(|entry| entry.path.as_str());
    closed
        .filter(move |path| is_script(path) && !is_command(path))
        .take(MOST_SCRIPTS)
        .map(|path| files::SCRIPT_MODE.at(Place::of(path), "it may not be run by anyone"))
}

fn services(tree: &Tree) -> Option<Finding> {
    let spec =
        import::FILES.into_iter().filter(|name| name.starts_with("appspec")).find(|name| tree.get(name).is_some())?;
    let has = |folder: &str| tree.get(folder).is_some();
    let missing = match (has("scripts"), has("bin") || has("packages")) {
        (true, true) => return None,
        (false, true) => "is no scripts/",
        (true, false) => "is no bin/",
        (false, false) => "are no scripts/ and bin/",
    };
    Some(packages::STRUCTURE.at(Place::of(spec), format!("there {missing}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::payload;
    use crate::tree::tests::{directory, file, link};

    fn judged(entries: Vec<Entry>, manifest: &str) -> String {
        let tree = Tree::new(entries).unwrap();
        let found = payload::detect(&tree, "shop", "1.0.0");
        let inner = found.as_ref().map(|found| payload::unwrap(&tree, found).unwrap()).unwrap_or(tree);
        let findings = findings(&inner, found.as_ref(), &Manifest::parse(manifest).unwrap());
        let place = |finding: &Finding| finding.place.as_ref().map_or("-".to_owned(), ToString::to_string);
        let lines = findings.iter().map(|f| format!("{} {} {} | {}", f.rule, place(f), f.message, f.hint));
        lines.collect::<Vec<_>>().join("\n")
    }

    fn scripts(names: &[&str]) -> Vec<Entry> {
        let folders = [directory("bin"), directory("scripts")];
        folders.into_iter().chain(names.iter().map(|name| file(name, b""))).collect()
    }

    #[test]
    fn the_three_layouts_are_told_apart() {
        assert_eq!(judged(vec![directory("shop_1.0.0"), link("current", "shop_1.0.0")], ""), "");
        assert_eq!(judged(vec![directory("bin"), directory("conf")], ""), "");
        assert_eq!(judged(vec![directory("shop_1.0.0")], "layout = 'symlink'"), "");
        insta::assert_snapshot!(judged(vec![directory("shop_1.0.0"), file("shop_1.0.0/a", b"")], ""), @"LAYOUT - the folder shop_1.0.0 is packed for the layout versioned, and the version gets symlink: a directory for each version, and a link current | say layout in packhorse.toml");
        insta::assert_snapshot!(judged(vec![directory("shop"), file("shop/a", b"")], ""), @"LAYOUT - the folder shop is packed for the layout overwrite, and the version gets symlink: a directory for each version, and a link current | say layout in packhorse.toml");
        insta::assert_snapshot!(judged(vec![directory("a"), directory("b"), link("current", "a")], ""), @"LAYOUT current current is a file of the package, since it does not lead to the one folder of the version | say layout in packhorse.toml");
    }

    #[test]
    fn a_folder_with_another_name_is_pointed_out() {
        assert_eq!(judged(vec![directory("conf"), file("conf/a", b"")], ""), "");
        insta::assert_snapshot!(judged(vec![directory("build"), file("build/a", b"")], ""), @r#"TOP_FOLDER build everything lies in "build", which is not named after the package, and stays in every path | pack the folder from inside, or name it after the package"#);
    }

    #[test]
    fn one_deploy_script_is_run_and_several_are_merged() {
        assert_eq!(judged(scripts(&["bin/deploy.sh", "bin/1_deploy.sh"]), ""), "");
        assert_eq!(judged(scripts(&["bin/undeploy.sh"]), ""), "");
        assert_eq!(judged(scripts(&["bin/1_deploy.sh", "bin/2_deploy.sh", "bin/install.sh"]), ""), "");
        insta::assert_snapshot!(judged(scripts(&["bin/shop-deploy.sh"]), ""), @"DEPLOY_UNUSED bin/shop-deploy.sh no convention knows a deploy script of this name, so that it is not run | name it scripts/install.sh, or say lifecycle.install and lifecycle.update in packhorse.toml");
        insta::assert_snapshot!(judged(scripts(&["bin/10_deploy.sh", "bin/2_deploy.sh"]), ""), @"DEPLOY_SCRIPTS bin/2_deploy.sh there are 2 deploy scripts: bin/2_deploy.sh, bin/10_deploy.sh | write scripts/install.sh with `set -e` that runs, in this order, ./bin/2_deploy.sh, ./bin/10_deploy.sh");
        insta::assert_snapshot!(judged(scripts(&["bin/deploy.sh", "scripts/deploy.sh"]), ""), @"DEPLOY_SCRIPTS bin/deploy.sh there are 2 deploy scripts: bin/deploy.sh, scripts/deploy.sh | write scripts/install.sh with `set -e` that runs, in this order, ./bin/deploy.sh, ./scripts/deploy.sh");
    }

    #[test]
    fn packages_of_service_stage_are_advised() {
        insta::assert_snapshot!(judged(vec![file("appspec.yml", b""), directory("scripts")], ""), @"STRUCTURE appspec.yml there is no bin/ | move the scripts of the life cycle to scripts/, and programs to bin/");
    }
}
