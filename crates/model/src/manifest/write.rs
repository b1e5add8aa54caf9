//! A manifest as the text of `packhorse.toml`.

use toml::Value;

use super::Manifest;

impl Manifest {
    /// The text, without what is not said. Reading it gives the same manifest.
    ///
    /// # Errors
    /// When a number does not fit into TOML's.
    pub fn to_toml(&self) -> Result<String, toml::ser::Error> {
        let mut value = Value::try_from(self)?;
        prune(&mut value);
        if self.keep == 0
            && let Value::Table(table) = &mut value
        {
            table.remove("keep");
        }
        toml::to_string_pretty(&value)
    }
}

/// Takes out empty text, lists and tables.
fn prune(value: &mut Value) {
    match value {
        Value::Table(table) => {
            // An environment variable may well be empty, and so may the characters of a kind of variables.
            let is_pruned = |key: &str| key != "env" && key != "prefixes";
            table.iter_mut().filter(|(key, _)| is_pruned(key)).for_each(|(_, value)| prune(value));
            table.retain(|_, value| !is_empty(value));
        }
        Value::Array(items) => items.iter_mut().for_each(prune),
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Table(table) => table.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::String(text) => text.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_the_same() {
        let text = "description='The shop'\nprocess=['a:1,2']\n[lifecycle.start]\ncommand='s'\nargs=['']\nenv={A=''}\n[[health]]\nport=80\n[metadata.more]\nk='v'";
        let manifest = Manifest::parse(text).unwrap();
        let written = manifest.to_toml().unwrap();
        assert_eq!(Manifest::parse(&written).unwrap(), manifest);
        assert_eq!(Manifest::default().to_toml().unwrap(), "");
        insta::assert_snapshot!(written, @r#"
        description = "The shop"

        [[health]]
        interval = 15
        port = 80
        timeout = 5
        within = 30

        [lifecycle.start]
        args = [""]
        command = "s"

        [lifecycle.start.env]
        A = ""

        [metadata.more]
        k = "v"

        [[process]]
        max = 2
        min = 1
        name = "a"
        "#);
    }
}
