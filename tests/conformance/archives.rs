//! Hostile and odd archives, written by the samples' generator, each with what must become of it.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use packhorse_content::EntryKind;
use packhorse_content::archive::{self, Limits};
use packhorse_model::filename::ArchiveFormat;

#[test]
fn hostile_archives_are_refused_and_odd_ones_accepted() {
    let folder = tempfile::tempdir().expect("a temporary directory can be made");
    let written = Command::new("python3").arg(crate::shared("tools/hostile_archives.py")).arg(folder.path()).status();
    assert!(written.is_ok_and(|status| status.success()), "the generator runs");
    let cases = crate::json(&folder.path().join("cases.json"));
    let cases = cases.as_array().expect("a list");
    assert!(cases.len() > 20);
    let wrong: Vec<String> = cases.iter().filter_map(|case| judge(folder.path(), case)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let victim = fs::read_to_string(folder.path().join("outside/victim")).expect("the sentinel is there");
    assert_eq!(victim, "untouched\n");
    let mode = fs::metadata(folder.path().join("outside/dir700")).expect("the sentinel is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

/// What is wrong with what became of a case.
fn judge(folder: &Path, case: &serde_json::Value) -> Option<String> {
    let file_name = case["file"].as_str().expect("a name");
    let (_, format) = ArchiveFormat::of_file_name(file_name).expect("a known extension");
    let read =
        archive::check(File::open(folder.join(file_name)).expect("the generator wrote it"), format, Limits::default());
    match (case["expect"].as_str(), read) {
        (Some("reject"), Err(_)) => None,
        (Some("reject"), Ok(_)) => Some(format!("{file_name} was accepted: {}", case["why"])),
        (_, Err(error)) => Some(format!("{file_name} was refused: {error}")),
        (_, Ok(contents)) => {
            let expected = case["tree"].as_object().into_iter().flatten();
            let missing = expected.filter(|(path, kind)| {
                let found = contents.tree.get(path).map(|entry| match entry.kind {
                    EntryKind::Directory => "dir",
                    EntryKind::File { .. } => "file",
                    EntryKind::Symlink { .. } => "symlink",
                });
                found != kind.as_str()
            });
            let missing: Vec<_> = missing.map(|(path, _)| path.clone()).collect();
            (!missing.is_empty()).then(|| format!("{file_name} lacks {missing:?}"))
        }
    }
}
