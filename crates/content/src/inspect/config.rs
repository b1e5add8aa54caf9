//! A text in an editor, looked at by itself.

use packhorse_model::api::variables::{CheckConfig, ConfigCheck, FoundVariable, MOST_CHECKED};
use packhorse_model::syntax::ConfigLanguage;

use super::text;

/// What is wrong with the syntax of a text, its variables, and what only looks like one.
#[must_use]
pub fn check(input: &CheckConfig) -> ConfigCheck {
    let path = input.path.as_deref().unwrap_or_default();
    let language = input.language.or_else(|| ConfigLanguage::of_path(path));
    let prefixes = &input.prefixes;
    let fault = language.and_then(|language| text::syntax_fault(path, language, input.text.as_bytes(), prefixes));
    let (mut variables, mut doubts) = (Vec::new(), Vec::new());
    let mut is_truncated = false;
    for found in text::found("", input.text.as_bytes(), prefixes) {
        let list: &mut Vec<FoundVariable> = if found.doubt.is_none() { &mut variables } else { &mut doubts };
        if list.len() < MOST_CHECKED {
            list.push(found);
        } else {
            is_truncated = true;
        }
    }
    ConfigCheck { language, findings: fault.into_iter().collect(), variables, doubts, is_truncated }
}

#[cfg(test)]
mod tests {
    use packhorse_model::variables::Prefixes;

    use super::*;

    fn input(text: String) -> CheckConfig {
        CheckConfig { text, path: None, language: None, prefixes: Prefixes::default() }
    }

    #[test]
    fn syntax_variables_and_doubts_are_told_with_their_places() {
        let text = "支付: [@pay_ip]\nlog: '[%t] %m'\nb: [\n".to_owned();
        let check = check(&CheckConfig { path: Some("conf/a.yaml".to_owned()), ..input(text) });
        insta::assert_json_snapshot!(check, @r#"
        {
          "language": "yaml",
          "findings": [
            {
              "rule": "CONFIG_SYNTAX",
              "severity": "warning",
              "place": {
                "path": "conf/a.yaml",
                "line": 4,
                "column": 1
              },
              "message": "it is not YAML: while parsing a node, did not find expected node content",
              "hint": "correct it, or give it another extension"
            }
          ],
          "variables": [
            {
              "line": 1,
              "column": 5,
              "length": 9,
              "prefix": "@",
              "kind": "plain",
              "name": "pay_ip"
            }
          ],
          "doubts": [
            {
              "line": 2,
              "column": 7,
              "length": 4,
              "prefix": "%",
              "kind": "encrypted",
              "name": "t",
              "doubt": {
                "kind": "log_pattern",
                "reason": "it is a conversion of a log pattern"
              }
            }
          ],
          "is_truncated": false
        }
        "#);
    }

    #[test]
    fn the_language_that_is_said_stands_above_the_path() {
        let text = "a = 1\n".to_owned();
        let said = CheckConfig { path: Some("a.json".to_owned()), language: Some(ConfigLanguage::Toml), ..input(text) };
        assert_eq!(check(&said).findings, []);
        let unknown = CheckConfig { language: None, path: None, ..said };
        assert_eq!(check(&unknown).language, None);
    }

    #[test]
    fn variables_begin_with_what_is_said() {
        let prefixes = Prefixes::new("$", "", "", "").unwrap();
        let check = check(&CheckConfig { prefixes, ..input("[$a] [@b]\n".to_owned()) });
        assert_eq!(check.variables.iter().map(|found| found.name.as_str()).collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn a_text_of_variables_alone_is_bounded() {
        let text = "[@a]".repeat(MOST_CHECKED + 1);
        let check = check(&input(text));
        assert!(check.is_truncated && check.variables.len() == MOST_CHECKED);
        assert_eq!(check.variables[MOST_CHECKED - 1].column, 4 * (MOST_CHECKED as u32 - 1) + 1);
    }
}
