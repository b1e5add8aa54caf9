//! Scripts: any text is looked into by every rule, and what is found lies in it. The first byte chooses the language.

#![no_main]

use libfuzzer_sys::fuzz_target;
use packhorse_content::danger::{MAX_FINDINGS, RuleSet, check};
use packhorse_model::danger::Language;

const LANGUAGES: [Language; 5] =
    [Language::Shell, Language::Python, Language::Perl, Language::Powershell, Language::Sql];

fuzz_target!(|input: &[u8]| {
    let Some((first, bytes)) = input.split_first() else { return };
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let found = check(&RuleSet::of_defaults(), text, LANGUAGES[usize::from(*first) % LANGUAGES.len()]);
    assert!(found.findings.len() <= MAX_FINDINGS);
    let lines = text.split('\n').count();
    for finding in &found.findings {
        assert!(usize::try_from(finding.span.end_line).is_ok_and(|line| line <= lines));
    }
});
