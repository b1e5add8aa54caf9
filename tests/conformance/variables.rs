//! WeCube's variables: what each of its two parsers finds in a line, and what becomes of it here.

use packhorse_model::variables::{Prefixes, Token, VariableKind, scan};

#[test]
fn what_both_parsers_find_is_found_or_doubted() {
    let path = crate::shared("data/wecube/variable_compat_cases.jsonl");
    let text = std::fs::read_to_string(&path).expect("the samples are there");
    let prefixes = Prefixes::default();
    let mut count = 0;
    for line in text.lines().filter(|line| !line.is_empty()) {
        let case: serde_json::Value = serde_json::from_str(line).expect("a case is JSON");
        let text = case["line"].as_str().expect("a line");
        let tokens: Vec<Token<'_>> = scan(text.as_bytes(), &prefixes).collect();
        let artifacts = pairs(&case["artifacts"]);
        let both: Vec<_> = artifacts.iter().filter(|pair| pairs(&case["saltstack"]).contains(pair)).collect();
        for (prefix, name) in both {
            let found = tokens.iter().find(|token| token.prefix.to_string() == *prefix && token.name() == *name);
            assert!(found.is_some(), "{text}: [{prefix}{name}] is not found");
        }
        // What we replace, one of the two replaces as well, or the older edition did.
        let known: Vec<_> = artifacts.into_iter().chain(pairs(&case["saltstack"])).collect();
        for token in tokens.iter().filter(|token| token.doubt.is_none()) {
            let pair = (token.prefix.to_string(), token.name());
            assert!(token.prefix == '&' || known.contains(&pair), "{text}: {pair:?} is replaced here alone");
        }
        count += 1;
    }
    assert!(count > 15, "{count} cases");
}

fn pairs(list: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    list.as_array().into_iter().flatten().map(|pair| (text(&pair[0]), text(&pair[1]))).collect()
}

#[test]
fn prefixes_mean_what_they_do_there() {
    let prefixes = Prefixes::default();
    for (prefix, kind) in [
        (b'@', VariableKind::Plain),
        (b'#', VariableKind::Plain),
        (b'&', VariableKind::Plain),
        (b'!', VariableKind::Encrypted),
        (b'%', VariableKind::Encrypted),
        (b'+', VariableKind::SingleEncrypted),
        (b'^', VariableKind::File),
    ] {
        assert_eq!(prefixes.kind(prefix), Some(kind), "{}", char::from(prefix));
    }
}
