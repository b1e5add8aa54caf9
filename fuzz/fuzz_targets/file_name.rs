//! File names of archives: any text is a name or an error, and what was read sorts.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packhorse_model::filename::FileName;
use packhorse_model::version::VersionNumber;

fuzz_target!(|text: &str| {
    let _ = FileName::parse(text);
    if let Ok(version) = text.parse::<VersionNumber>() {
        assert!(!version.sort_key().is_empty());
    }
});
