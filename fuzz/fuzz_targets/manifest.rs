//! `packhorse.toml`: any text is a manifest or an error that says where, and what is written of a manifest reads the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packhorse_model::PackageKind;
use packhorse_model::manifest::Manifest;

fuzz_target!(|text: &str| {
    let Ok(mut manifest) = Manifest::parse(text) else { return };
    if let Ok(written) = manifest.to_toml() {
        assert_eq!(Manifest::parse(&written).as_ref(), Ok(&manifest), "{written}");
    }
    for kind in [PackageKind::File, PackageKind::Config, PackageKind::Script, PackageKind::Database] {
        let _ = manifest.check_kind(kind);
    }
    manifest.fill_by_convention(|path| path.ends_with(".sh"));
});
