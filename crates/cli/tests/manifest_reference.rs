//! The reference of packhorse.toml and its JSON Schema are made from the types that read the file, and kept in the repository for people
//! and editors.

use std::path::Path;

use packhorse_model::PackageKind;
use packhorse_model::manifest::{Lifecycle, Manifest, ManifestError, json_schema};
use serde_json::Value;

use crate::environment::TestEnvironment;

const UPDATE: &str = "PACKHORSE_UPDATE";

/// A table of the file: its heading, where its schema is, and an example.
struct Section {
    heading: &'static str,
    pointer: &'static str,
    example: &'static str,
}

const SECTIONS: [Section; 12] = [
    Section {
        heading: "[lifecycle.NAME]",
        pointer: "/$defs/Command",
        example: "[lifecycle.start]\ncommand = \"scripts/start.sh\"\nargs = [\"--fast\"]\ntimeout = 20\nuser = \"shop\"\nenv = { LANG = \"C.UTF-8\" }",
    },
    Section {
        heading: "[variables]",
        pointer: "/$defs/VariableRules",
        example: "[variables]\nfiles = [\"conf/license.dat\"]\npublic_key = \"app_public_key\"\nsigning_key = \"system_private_key\"",
    },
    Section {
        heading: "[variables.prefixes]",
        pointer: "/$defs/PrefixTable",
        example: "[variables.prefixes]\nplain = \"$\"\nencrypted = \"!\"\nsingle_encrypted = \"\"\nfile = \"\"",
    },
    Section {
        heading: "[[health]]",
        pointer: "/$defs/HealthCheck",
        example: "[[health]]\nhttp = \"http://[@packhorse.host.ip]:8080/healthz\"\nwithin = 60\n\n[[health]]\nprocess = \"shop-web:1,4\"",
    },
    Section {
        heading: "[[process]]",
        pointer: "/$defs/ProcessRule",
        example: "[[process]]\nname = \"nginx\"\nmin = 1\nmax = 4\nports = [80, 443]",
    },
    Section {
        heading: "[[cleanup]]",
        pointer: "/$defs/CleanupRule",
        example: "[[cleanup]]\ndirectory = \"logs\"\npartition_percent = 85\naction = \"archive\"\nolder_than = \"10d\"\nglob = \"*.log\"",
    },
    Section {
        heading: "[metadata]",
        pointer: "/$defs/Metadata",
        example: "[metadata]\narch = \"x86_64\"\ninstallrank = 10\nvendor = \"Shop Ltd\"\nmore = { team = \"payments\" }",
    },
    Section {
        heading: "[[needs]]",
        pointer: "/$defs/DatabaseNeed",
        example: "[[needs]]\ndatabase = \"shop-db\"\nfrom = \"1.1.0\"\nbelow = \"2.0.0\"",
    },
    Section {
        heading: "[[config]]",
        pointer: "/$defs/ConfigFile",
        example: "[[config]]\nfile = \"shop.toml\"\ntarget = \"/etc/shop/shop.toml\"\nowner = \"root:shop\"\nmode = \"640\"",
    },
    Section {
        heading: "[script]",
        pointer: "/$defs/ScriptSpec",
        example: "[script]\nentry = \"cleanup.sh\"\ninterpreter = \"bash\"\ntimeout = 600",
    },
    Section {
        heading: "[[script.parameter]]",
        pointer: "/$defs/Parameter",
        example: "[script]\nentry = \"cleanup.sh\"\ninterpreter = \"bash\"\n\n[[script.parameter]]\nname = \"MODE\"\ntype = \"choice\"\nchoices = [\"fast\", \"safe\"]\ndefault = \"safe\"",
    },
    Section {
        heading: "[database]",
        pointer: "/$defs/DatabaseSpec",
        example: "[database]\nengine = \"postgres\"\nfrom = \"1.0.0\"\nuser = \"shop\"",
    },
];

const HEAD: &str = "\
# packhorse.toml

The file `packhorse.toml` at the top of a package says what its files do not: how it is installed and run, what it is watched by, where its
configuration goes. A key that is not known is an error.

`packhorse package init` writes one to begin with, `packhorse package import-manifest` takes over a TARS init.xml or a ServiceStage
appspec.yml, `packhorse package lint` checks it. Editors complete and check it with [packhorse.schema.json](packhorse.schema.json), which
`packhorse package schema` prints.

This page and the schema are made from the code that reads the file.

## Kinds of package

| kind | what makes it one | tables that it may have |
|---|---|---|
";

const TOP: &str = "
## At the top

`layout`, `install_root`, `render`, `keep` and `data` are for file packages, `owner` for file and config packages, the others for all.

";

const TOP_EXAMPLE: &str = "description = \"The shop\"\ninstall_root = \"/data/app/shop-web\"\nowner = \"shop\"\nrender = [\"conf/shop-web.conf\"]\nkeep = 2\ndata = [\"data\"]\ntags = [\"web\"]";

const KINDS: [(PackageKind, &str); 4] = [
    (PackageKind::File, "nothing else"),
    (PackageKind::Config, "`[[config]]`"),
    (PackageKind::Script, "`[script]`"),
    (PackageKind::Database, "`[database]`, or a name that ends in `-db`"),
];

/// Whether packages of a kind may have the top table of this example.
fn may_have(kind: PackageKind, example: &str) -> bool {
    let manifest = Manifest::parse(example).unwrap();
    let table = example.trim_start_matches('[').split([']', '.']).next().unwrap();
    match manifest.check_kind(kind) {
        Err(ManifestError::Value { key, .. }) => key.split('.').next() != Some(table),
        _ => true,
    }
}

fn kinds_of(example: &str) -> String {
    let kinds: Vec<_> =
        KINDS.iter().filter(|(kind, _)| may_have(*kind, example)).map(|(kind, _)| kind.as_str()).collect();
    if kinds.len() == KINDS.len() { "all".to_owned() } else { kinds.join(", ") }
}

fn reference(schema: &Value) -> String {
    let mut text = HEAD.to_owned();
    let lifecycle = |kind| {
        let is_of = |name: &&str| may_have(kind, &format!("[lifecycle.{name}]\ncommand = 'a'"));
        let names: Vec<_> = Lifecycle::names().into_iter().filter(is_of).map(|name| format!("`{name}`")).collect();
        if names.is_empty() { None } else { Some(format!("`[lifecycle]` with {}", names.join(" "))) }
    };
    for (kind, what) in KINDS {
        let tables = SECTIONS.iter().skip(1).filter(|section| may_have(kind, section.example));
        let tables = lifecycle(kind).into_iter().chain(tables.map(|section| format!("`{}`", section.heading)));
        text += &format!("| {} | {what} | {} |\n", kind.as_str(), tables.collect::<Vec<_>>().join(", "));
    }
    Manifest::parse(TOP_EXAMPLE).unwrap();
    text += &format!("{TOP}{}\n```toml\n{TOP_EXAMPLE}\n```\n", keys(schema, schema));
    for Section { heading, pointer, example } in &SECTIONS {
        let table = schema.pointer(pointer).unwrap();
        text += &format!("\n## {heading}\n\n{}\n\n", table["description"].as_str().unwrap());
        if heading.starts_with("[lifecycle") {
            text += &commands(schema);
        } else {
            text += &format!("For: {}.\n\n", kinds_of(example));
        }
        text += &format!("{}\n```toml\n{example}\n```\n", keys(schema, table));
    }
    text
}

/// The commands of the life cycle, in the order in which they are told.
fn commands(schema: &Value) -> String {
    let about = &schema["$defs"]["Lifecycle"]["properties"];
    let row = |name: &str| {
        let kinds = kinds_of(&format!("[lifecycle.{name}]\ncommand = 'a'"));
        format!("| `{name}` | {} | {kinds} |\n", about[name]["description"].as_str().unwrap())
    };
    let rows: String = Lifecycle::names().map(row).concat();
    format!("| NAME | when, and what for | for |\n|---|---|---|\n{rows}\n")
}

/// The keys of a table that are no tables themselves: those that are required first.
fn keys(schema: &Value, table: &Value) -> String {
    let is_in = |list: &Value, name: &str| list.as_array().is_some_and(|names| names.iter().any(|other| other == name));
    let rank = |name: &str| match &table["oneOf"] {
        _ if is_in(&table["required"], name) => "required",
        Value::Array(ways) if ways.iter().any(|way| is_in(&way["required"], name)) => "exactly one of these",
        _ => "",
    };
    let mut rows: Vec<(bool, String)> = Vec::new();
    for (name, key) in table["properties"].as_object().unwrap() {
        let Some(form) = form(schema, key) else { continue };
        let default = match (&key["default"], rank(name)) {
            (Value::Null, "") => "–".to_owned(),
            (Value::Null, rank) => rank.to_owned(),
            (default, _) => format!("`{default}`"),
        };
        let about = key["description"].as_str().unwrap_or_default().replace('|', "\\|");
        rows.push((rank(name).is_empty(), format!("| `{name}` | {form} | {default} | {about} |\n")));
    }
    rows.sort_by_key(|(is_optional, _)| *is_optional);
    let rows: String = rows.into_iter().map(|(_, row)| row).collect();
    format!("| key | value | if not said | what it is |\n|---|---|---|---|\n{rows}")
}

/// What a value looks like; nothing for a table with a section of its own.
fn form(schema: &Value, key: &Value) -> Option<String> {
    if let Some(path) = key["$ref"].as_str() {
        let words = schema.pointer(&path[1..])?["enum"].as_array()?;
        return Some(words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "));
    }
    match key["type"].as_str()? {
        "string" => Some("text".to_owned()),
        "integer" => Some("whole number".to_owned()),
        "boolean" => Some("`true` or `false`".to_owned()),
        "array" => form(schema, &key["items"]).map(|form| format!("list of {form}s").replace("texts", "text")),
        "object" => Some("table of text".to_owned()),
        other => panic!("{other}"),
    }
}

fn is_kept(name: &str, current: &str) -> bool {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, current).unwrap();
    }
    std::fs::read_to_string(&path).is_ok_and(|kept| kept == current)
}

const HINT: &str = "is not what the code says.\nIf the change is meant, run `PACKHORSE_UPDATE=1 cargo nextest run -p packhorse-cli manifest_reference` and commit the file.";

#[test]
fn the_reference_is_current() {
    assert!(is_kept("packhorse-toml.md", &reference(&json_schema().unwrap())), "docs/packhorse-toml.md {HINT}");
}

#[test]
fn the_schema_is_current_and_printed() {
    let current = serde_json::to_string_pretty(&json_schema().unwrap()).unwrap() + "\n";
    assert!(is_kept("packhorse.schema.json", &current), "docs/packhorse.schema.json {HINT}");
    let run = TestEnvironment::new().run(&["package", "schema"]);
    assert_eq!((run.code, run.stdout.as_str()), (0, current.as_str()));
}
