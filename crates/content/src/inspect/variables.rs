//! What the variables in rendered files ask of the package: that the files are there which they replace as a whole, and a key that signs.

use std::collections::BTreeSet;

use packhorse_model::api::Place;
use packhorse_model::api::packages::Finding;
use packhorse_model::api::variables::FoundVariable;
use packhorse_model::lint::rules::files;
use packhorse_model::manifest::Manifest;
use packhorse_model::name::VariableName;
use packhorse_model::variables::VariableKind;

use crate::tree::{EntryKind, Tree};

/// Writes down in the manifest which files `[^path]` replaces, and tells what is missing.
pub(super) fn settle(tree: &Tree, found: &[FoundVariable], manifest: &mut Manifest) -> Vec<Finding> {
    let rendered: BTreeSet<String> =
        manifest.rendered().into_iter().filter(|path| !manifest.variables.replaces(path)).map(str::to_owned).collect();
    let rules = &mut manifest.variables;
    let mut lacks_key = rules.public_key.is_some() && rules.signing_key.is_none();
    let mut findings = Vec::new();
    for one in found.iter().filter(|one| one.doubt.is_none() && rendered.contains(&one.path)) {
        let text = format!("[{}{}]", one.prefix, one.name);
        let place = || Place::column(&one.path, one.line, one.column);
        match one.kind {
            VariableKind::File if rules.replaces(&one.name) => {}
            VariableKind::File if is_replaceable(tree, &one.name) => rules.files.push(one.name.clone()),
            VariableKind::File => {
                let message = format!("{text} stays as it is: {:?} is not a file of the package", one.name);
                findings.push(files::VARIABLE_FILE_MISSING.at(place(), message));
            }
            // One is enough to say what the package lacks.
            VariableKind::Encrypted if std::mem::take(&mut lacks_key) => {
                let message = format!("{text} is encrypted and signed, and [variables] names no signing_key");
                findings.push(files::VARIABLE_UNSIGNED.at(place(), message));
            }
            VariableKind::Plain | VariableKind::Encrypted | VariableKind::SingleEncrypted => {}
        }
    }
    findings
}

fn is_replaceable(tree: &Tree, path: &str) -> bool {
    let is_file = tree.get(path).is_some_and(|entry| matches!(entry.kind, EntryKind::File { .. }));
    is_file && path.parse::<VariableName>().is_ok()
}
