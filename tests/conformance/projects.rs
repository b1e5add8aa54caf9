//! project.xml as ControlTier's users wrote it.

use packhorse_model::foreign::project_xml;

#[test]
fn every_project_is_read_and_written_and_read_again() {
    let folder = crate::shared("data/controltier");
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the folder is there") {
        let path = entry.expect("a folder can be read").path();
        if path.extension().is_none_or(|extension| extension != "xml") {
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("a sample is UTF-8");
        let read = project_xml::read(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let again = project_xml::read(&project_xml::project(&read.project)).expect("what was written is read");
        assert_eq!(again.project, read.project, "{}", path.display());
        count += 1;
    }
    assert!(count > 30, "{count}");
}

#[test]
fn what_is_no_xml_is_refused_with_its_place() {
    let folder = crate::shared("data/controltier/malformed");
    for entry in std::fs::read_dir(&folder).expect("the folder is there") {
        let text = std::fs::read_to_string(entry.expect("a folder can be read").path()).expect("a sample is UTF-8");
        let error = project_xml::read(&text).expect_err("it is malformed");
        assert_eq!((error.line, error.column), (5, 18), "{error}");
    }
}
