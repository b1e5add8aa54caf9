//! `packhorse.toml` as a JSON Schema, for editors and for programs that write it.
//!
//! It is made of the types that read the file, so that it can say nothing else: their OpenAPI description is where it begins. What is
//! otherwise: TOML has no null; a health check's probe is one of its keys; a process may be written short; and a key that may be
//! left out says what it is then, which is found out by leaving it out.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::lifecycle::COMMAND_SECONDS;
use super::script::SCRIPT_SECONDS;
use super::{CleanupRule, Command, HealthCheck, Manifest, Parameter, ProcessRule, ScriptSpec};
use crate::variables::PrefixTable;

/// The dialect.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// What the short form of a process looks like.
const PROCESS_FORM: &str = "^[^:]+(:[0-9]+(,[0-9]+)?)?$";

type Keys = Map<String, Value>;

/// The schema of the whole file.
///
/// # Errors
/// None but those of serde, which types of this crate do not cause.
pub fn json_schema() -> serde_json::Result<Value> {
    let mut parts = Vec::new();
    Manifest::schemas(&mut parts);
    let mut definitions = Keys::new();
    for (name, schema) in parts {
        definitions.insert(name, plain(serde_json::to_value(schema)?));
    }
    let probes = definitions.remove("Probe");
    if let (Some(health), Some(probes)) = (definitions.get_mut("HealthCheck"), probes) {
        one_probe(health, &probes);
    }
    defaults::<Command>(&mut definitions, "Command", &json!({ "command": "a" }))?;
    defaults::<HealthCheck>(&mut definitions, "HealthCheck", &json!({ "port": 1 }))?;
    defaults::<ProcessRule>(&mut definitions, "ProcessRule", &json!({ "name": "a" }))?;
    defaults::<CleanupRule>(&mut definitions, "CleanupRule", &json!({ "directory": "a", "action": "warn" }))?;
    defaults::<ScriptSpec>(&mut definitions, "ScriptSpec", &json!({ "entry": "a", "interpreter": "sh" }))?;
    defaults::<PrefixTable>(&mut definitions, "PrefixTable", &json!({}))?;
    defaults::<Parameter>(&mut definitions, "Parameter", &json!({ "name": "A" }))?;
    // What is filled in late, and so is in no value of these types.
    for (name, seconds) in [("Command", COMMAND_SECONDS), ("ScriptSpec", SCRIPT_SECONDS)] {
        let timeout = definitions.get_mut(name).and_then(|schema| schema.pointer_mut("/properties/timeout"));
        if let Some(Value::Object(timeout)) = timeout {
            timeout.insert("default".to_owned(), seconds.into());
        }
    }

    let mut root = plain(serde_json::to_value(Manifest::schema())?);
    if let Some(items) = root.pointer_mut("/properties/process/items") {
        let short =
            json!({ "type": "string", "pattern": PROCESS_FORM, "description": "NAME, NAME:MIN or NAME:MIN,MAX." });
        *items = json!({ "anyOf": [short, items.take()] });
    }
    root["$schema"] = DIALECT.into();
    root["title"] = super::FILE_NAME.into();
    root["$defs"] = definitions.into();
    Ok(root)
}

/// A schema of OpenAPI as one of JSON Schema over TOML: without null, and with its references beside it.
fn plain(schema: Value) -> Value {
    let Value::Object(keys) = schema else { return schema };
    let mut out = Keys::new();
    for (key, value) in keys {
        match (key.as_str(), value) {
            ("format", _) => {}
            ("default", value) if is_nothing(&value) => {}
            ("$ref", Value::String(path)) => {
                let name = path.rsplit('/').next().unwrap_or_default();
                out.insert(key, format!("#/$defs/{name}").into());
            }
            ("type", Value::Array(types)) => {
                out.extend(types.into_iter().find(|name| *name != "null").map(|name| (key, name)));
            }
            ("properties", Value::Object(properties)) => {
                let properties: Keys = properties.into_iter().map(|(name, schema)| (name, plain(schema))).collect();
                out.insert(key, properties.into());
            }
            ("items" | "additionalProperties", value) => {
                out.insert(key, plain(value));
            }
            ("oneOf" | "allOf", Value::Array(alternatives)) => {
                let is_null = |schema: &Value| *schema == json!({ "type": "null" });
                let mut kept: Vec<Value> =
                    alternatives.into_iter().filter(|schema| !is_null(schema)).map(plain).collect();
                match (kept.len(), kept.pop()) {
                    (1, Some(Value::Object(only))) => out.extend(only),
                    (_, last) => {
                        kept.extend(last);
                        out.insert(key, kept.into());
                    }
                }
            }
            (_, value) => {
                out.insert(key, value);
            }
        }
    }
    out.into()
}

/// Whether a default says no more than that the key is absent.
fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(keys) => keys.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// A health check as one table: its own keys, and exactly one of the probes.
fn one_probe(health: &mut Value, probes: &Value) {
    let part = |value: &Value, key: &str| value.get(key).cloned().unwrap_or_default();
    let own = health.pointer("/allOf/1/properties").and_then(Value::as_object);
    let mut properties = own.cloned().unwrap_or_default();
    let mut required = Vec::new();
    for probe in probes.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        properties.extend(part(probe, "properties").as_object().cloned().unwrap_or_default());
        required.push(json!({ "required": part(probe, "required") }));
    }
    *health = json!({
        "type": "object",
        "description": part(health, "description"),
        "properties": properties,
        "oneOf": required,
        "additionalProperties": false,
    });
}

/// Writes down what the keys of a table are that are not among `given`.
fn defaults<T: Serialize + DeserializeOwned>(
    definitions: &mut Keys,
    name: &str,
    given: &Value,
) -> serde_json::Result<()> {
    let whole = serde_json::to_value(serde_json::from_value::<T>(given.clone())?)?;
    for (key, value) in whole.as_object().into_iter().flatten() {
        let property = definitions.get_mut(name).and_then(|schema| schema.pointer_mut(&format!("/properties/{key}")));
        if let Some(Value::Object(property)) = property
            && given.get(key).is_none()
            && !is_nothing(value)
        {
            property.insert("default".to_owned(), value.clone());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_types_say() {
        let schema = json_schema().unwrap();
        let at = |path: &str| schema.pointer(path).cloned().unwrap_or_default();
        assert_eq!(at("/$defs/Command/properties/timeout/default"), 300);
        assert_eq!(at("/$defs/ScriptSpec/properties/timeout/default"), 3600);
        assert_eq!(at("/$defs/Command/required"), json!(["command"]));
        assert_eq!(at("/$defs/HealthCheck/properties/within/default"), 30);
        assert_eq!(at("/$defs/HealthCheck/properties/port/default"), Value::Null);
        assert_eq!(at("/$defs/HealthCheck/oneOf/0/required"), json!(["process"]));
        assert_eq!(at("/$defs/Parameter/properties/type/$ref"), "#/$defs/ParameterType");
        assert_eq!(at("/$defs/Parameter/properties/default/type"), "string");
        assert_eq!(at("/properties/layout/$ref"), "#/$defs/Layout");
        assert_eq!(at("/properties/process/items/anyOf/1/$ref"), "#/$defs/ProcessRule");
        assert_eq!(at("/additionalProperties"), false);
    }

    #[test]
    fn nothing_in_it_is_null_or_leads_nowhere() {
        fn walk(value: &Value, each: &mut impl FnMut(&str, &Value)) {
            match value {
                Value::Object(keys) => keys.iter().for_each(|(key, value)| {
                    each(key, value);
                    walk(value, each);
                }),
                Value::Array(items) => items.iter().for_each(|item| walk(item, each)),
                _ => {}
            }
        }
        let schema = json_schema().unwrap();
        walk(&schema, &mut |key, value| {
            assert!(!value.is_null() && *value != "null", "{key}");
            if let ("$ref", Some(path)) = (key, value.as_str()) {
                assert!(schema.pointer(&path[1..]).is_some(), "{path}");
            }
        });
    }
}
