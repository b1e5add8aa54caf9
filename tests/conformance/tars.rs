//! TARS's templates, in UTF-8 and as they were written, in GB18030: both say the same.

use std::collections::BTreeMap;

use packhorse_content::import::{Imported, import};
use packhorse_model::manifest::Manifest;

fn imported(encoding: &str) -> Imported {
    let mut files = BTreeMap::new();
    for name in ["init.xml", "service.yaml", "clear.conf"] {
        let path = crate::shared(&format!("data/tars/{encoding}-{name}"));
        files.insert(
            name.to_owned(),
            std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        );
    }
    import("init.xml", &files, &|path| path.starts_with("admin/")).expect("a template is understood")
}

#[test]
fn templates_say_the_same_in_both_encodings() {
    let (utf8, gb18030) = (imported("utf8"), imported("gb18030"));
    assert_eq!(utf8, gb18030);
    let text = utf8.manifest.to_toml().expect("a manifest is written");
    assert!(Manifest::parse(&text).is_ok(), "{text}");
    assert!(!utf8.findings.is_empty());
}

#[test]
fn a_template_of_shell_alone_is_understood() {
    for encoding in ["utf8", "gb18030"] {
        let bytes = std::fs::read(crate::shared(&format!("data/tars/{encoding}-shell_init.xml"))).expect("a sample");
        let files = BTreeMap::from([("init.xml".to_owned(), bytes)]);
        let found = import("init.xml", &files, &|_| false).expect("a template is understood");
        assert!(found.manifest.to_toml().is_ok_and(|text| Manifest::parse(&text).is_ok()), "{encoding}");
    }
}
