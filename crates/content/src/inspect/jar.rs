//! What a jar or war says about itself, in the main section of `META-INF/MANIFEST.MF`.
//!
//! By the specification of the JAR file: `Name: value` on lines of at most 72 bytes, longer values continued on lines that begin with a
//! blank; the main section ends at the first empty line.

use std::collections::BTreeMap;

use packhorse_model::manifest::Manifest;

/// The name of the file in the archive.
pub(crate) const PATH: &str = "META-INF/MANIFEST.MF";
/// The most bytes of it that are read. Sections for single files make it long, and come behind.
pub(crate) const MOST_BYTES: u64 = 1 << 20;

/// The longest value that is kept.
const LONGEST: usize = 4_096;
/// The most attributes.
const MOST: usize = 64;

/// The beginnings of the names of attributes that say what the archive is and who made it.
const KEPT: [&str; 12] = [
    "Implementation-",
    "Specification-",
    "Bundle-Description",
    "Bundle-License",
    "Bundle-Name",
    "Bundle-SymbolicName",
    "Bundle-Vendor",
    "Bundle-Version",
    "Build-",
    "Built-By",
    "Created-By",
    "Main-Class",
];

/// Further ones, by their whole name.
const NAMED: [&str; 4] = ["Automatic-Module-Name", "Spring-Boot-Version", "Start-Class", "Multi-Release"];

/// Takes over what the archive says, as far as the manifest does not say it.
pub(super) fn fill(manifest: &mut Manifest, bytes: &[u8]) {
    let attributes = main_section(&String::from_utf8_lossy(bytes));
    let first = |names: &[&str]| names.iter().find_map(|name| attributes.get(*name)).cloned();
    if manifest.description.is_empty() {
        manifest.description = first(&["Implementation-Title", "Bundle-Name"]).unwrap_or_default();
    }
    let metadata = &mut manifest.metadata;
    let vendor = || first(&["Implementation-Vendor", "Bundle-Vendor", "Specification-Vendor"]);
    metadata.vendor = metadata.vendor.take().or_else(vendor);
    metadata.buildtime = metadata.buildtime.take().or_else(|| first(&["Build-Time", "Build-Timestamp", "Build-Date"]));
    for (name, value) in attributes.into_iter().take(MOST) {
        metadata.more.entry(name).or_insert(value);
    }
}

/// The attributes that are kept.
fn main_section(text: &str) -> BTreeMap<String, String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(|line| line.trim_end_matches('\r')).take_while(|line| !line.is_empty()) {
        match (line.strip_prefix(' '), lines.last_mut()) {
            (Some(more), Some(last)) => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    let said = lines.iter().filter_map(|line| line.split_once(": "));
    let is_kept = |name: &str| KEPT.iter().any(|kept| name.starts_with(kept)) || NAMED.contains(&name);
    let is_fine = |value: &str| !value.is_empty() && value.len() <= LONGEST && !value.chars().any(char::is_control);
    let is_name =
        |name: &str| name.len() <= 70 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    let kept = said.filter(|(name, value)| is_name(name) && is_kept(name) && is_fine(value.trim()));
    kept.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_jar_says_is_taken_over() {
        let text = "Manifest-Version: 1.0\r\nImplementation-Title: The sh\r\n op\r\nImplementation-Vendor: We\r\nBuild-Jdk: 17\r\nClass-Path: a.jar\r\nMain-Class: a.B\r\n\r\nName: a/B.class\r\nBuild-Time: x\r\n";
        let mut manifest = Manifest::default();
        fill(&mut manifest, text.as_bytes());
        insta::assert_snapshot!(manifest.to_toml().unwrap(), @r#"
        description = "The shop"

        [metadata]
        vendor = "We"

        [metadata.more]
        Build-Jdk = "17"
        Implementation-Title = "The shop"
        Implementation-Vendor = "We"
        Main-Class = "a.B"
        "#);
        assert!(Manifest::parse(&manifest.to_toml().unwrap()).is_ok());
    }

    #[test]
    fn what_was_said_before_stays() {
        let mut manifest = Manifest::parse("description = 'x'\n[metadata]\nvendor = 'y'\n").unwrap();
        let before = manifest.clone();
        fill(&mut manifest, b"Implementation-Title: a\nBundle-Vendor: b\n");
        assert_eq!((manifest.description, manifest.metadata.vendor), (before.description, before.metadata.vendor));
        let mut manifest = Manifest::default();
        fill(&mut manifest, b"\xff\xfe\0: \n a\n: b\nBuild-Jdk: \n");
        assert_eq!(manifest, Manifest::default());
    }
}
