//! Findings as SARIF 2.1.0, the format in which tools for code review take the results of checks. By the OASIS standard of 2020-03, with its
//! errata of 2023.

use std::path::Path;

use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::lint::rules;
use serde_json::{Value, json};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The log of one look at what lies at `path`.
pub(super) fn log(path: &Path, findings: &[Finding]) -> Value {
    let mut ids: Vec<&str> = findings.iter().map(|finding| finding.rule.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let results: Vec<Value> = findings.iter().map(|finding| result(path, finding, &ids)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "packhorse",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": ids.iter().map(|id| descriptor(id)).collect::<Vec<_>>(),
            } },
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    })
}

/// A rule. Danger rules are not in the table: they are told by their name alone.
fn descriptor(id: &str) -> Value {
    let Some(rule) = rules::by_id(id) else { return json!({ "id": id }) };
    json!({
        "id": id,
        "shortDescription": { "text": rule.summary },
        "fullDescription": { "text": rule.why },
        "help": { "text": rule.remedy },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn result(path: &Path, finding: &Finding, ids: &[&str]) -> Value {
    let file = match &finding.place {
        Some(place) => path.join(&place.path),
        None => path.to_owned(),
    };
    let mut location = json!({ "artifactLocation": { "uri": uri(&file) } });
    let place = finding.place.as_ref();
    if let Some(line) = place.and_then(|place| place.line) {
        location["region"] = match place.and_then(|place| place.column) {
            Some(column) => json!({ "startLine": line, "startColumn": column }),
            None => json!({ "startLine": line }),
        };
    }
    json!({
        "ruleId": finding.rule,
        "ruleIndex": ids.binary_search(&finding.rule.as_str()).unwrap_or_default(),
        "level": level(finding.severity),
        "message": { "text": format!("{}. Hint: {}", finding.message, finding.hint) },
        "locations": [{ "physicalLocation": location }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Advice => "note",
    }
}

/// A path as a reference of a URI: what is not plain in one is written as `%XX`.
fn uri(path: &Path) -> String {
    let text = path.to_string_lossy();
    let scheme = if text.starts_with('/') { "file://" } else { "" };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    let encoded = text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") });
    scheme.to_owned() + &encoded.collect::<String>()
}
