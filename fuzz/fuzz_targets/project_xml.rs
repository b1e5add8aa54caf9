//! `project.xml`: any text is a project or an error with its place, and what is written of a project loads again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packhorse_model::foreign::project_xml::{project, read};

fuzz_target!(|text: &str| {
    if let Ok(first) = read(text) {
        let written = project(&first.project);
        let again = read(&written).map(|again| again.project.objects.len());
        assert_eq!(again, Ok(first.project.objects.len()), "{written}");
    }
});
