//! `packhorse.toml`: any text is a manifest or an error that says where.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packhorse_model::manifest::Manifest;

fuzz_target!(|text: &str| {
    if let Ok(mut manifest) = Manifest::parse(text) {
        manifest.fill_by_convention(|path| path.ends_with(".sh"));
    }
});
