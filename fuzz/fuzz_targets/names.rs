//! Names: of archives, packages, hosts, tags, versions and paths. Any text is one or an error, and what was read is written the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packhorse_content::{EntryPath, LinkTarget};
use packhorse_model::filename::FileName;
use packhorse_model::version::VersionNumber;
use packhorse_model::{HostName, PackageName, TopologyName, UserName};

fuzz_target!(|text: &str| {
    if let Ok(name) = FileName::parse(text) {
        assert!(text.starts_with(name.package.as_str()));
    }
    if let Ok(version) = text.parse::<VersionNumber>() {
        assert!(!version.sort_key().is_empty());
    }
    if let Ok(path) = EntryPath::new(text) {
        assert!(path.as_str() == text && !text.split('/').any(|part| part == ".."));
    }
    let _ = (text.parse::<PackageName>(), text.parse::<HostName>());
    let _ = (text.parse::<TopologyName>(), text.parse::<UserName>(), LinkTarget::new(text));
});
