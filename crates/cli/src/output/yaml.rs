//! Documents as YAML. Texts that another reader might take for something else are written as JSON strings, which YAML reads alike.

use serde::Serialize;

use super::node::Node;

/// Words that some YAML reader takes for a truth value or for nothing.
const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];

/// The document of `value`, ended by a newline.
pub(super) fn document<T: Serialize + ?Sized>(value: &T) -> serde_json::Result<String> {
    let node: Node = serde_json::from_slice(&serde_json::to_vec(value)?)?;
    let mut text = String::new();
    match &node {
        Node::List(items) if !items.is_empty() => write_list(&mut text, items, 0),
        Node::Map(entries) if !entries.is_empty() => write_map(&mut text, entries, 0),
        scalar => {
            text.push_str(&inline(scalar));
            text.push('\n');
        }
    }
    Ok(text)
}

fn write_map(text: &mut String, entries: &[(String, Node)], depth: usize) {
    for (index, (key, value)) in entries.iter().enumerate() {
        // The first key of a map in a list stands behind the dash.
        if index > 0 || !text.ends_with("- ") {
            text.push_str(&"  ".repeat(depth));
        }
        text.push_str(&scalar(key));
        text.push(':');
        match value {
            Node::Map(inner) if !inner.is_empty() => {
                text.push('\n');
                write_map(text, inner, depth + 1);
            }
            Node::List(items) if !items.is_empty() => {
                text.push('\n');
                write_list(text, items, depth);
            }
            value => text.extend([" ", &inline(value), "\n"]),
        }
    }
}

fn write_list(text: &mut String, items: &[Node], depth: usize) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 || !text.ends_with("- ") {
            text.push_str(&"  ".repeat(depth));
        }
        text.push_str("- ");
        match item {
            Node::Map(entries) if !entries.is_empty() => write_map(text, entries, depth + 1),
            Node::List(inner) if !inner.is_empty() => write_list(text, inner, depth + 1),
            item => text.extend([&inline(item), "\n"]),
        }
    }
}

fn inline(node: &Node) -> String {
    match node {
        Node::Null => "null".to_owned(),
        Node::Bool(value) => value.to_string(),
        Node::Number(number) => number.to_string(),
        Node::Text(text) => scalar(text),
        Node::List(_) => "[]".to_owned(),
        Node::Map(_) => "{}".to_owned(),
    }
}

fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/' || c == '_')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_./@+-".contains(&b))
        && !WORDS.contains(&text.to_ascii_lowercase().as_str());
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_documents_that_read_back() {
        let value: serde_json::Value = serde_json::from_str(
            r#"{"a": "Shop/Production", "b": [], "c": {}, "d": [{"e": 1, "f": null}, ["x", "1.0"], "No"], "g": {"h": "a: b\n"}}"#,
        )
        .unwrap();
        insta::assert_snapshot!(document(&value).unwrap(), @r#"
        a: Shop/Production
        b: []
        c: {}
        d:
        - e: 1
          f: null
        - - x
          - "1.0"
        - "No"
        g:
          h: "a: b\n"
        "#);
        assert_eq!(document(&"").unwrap(), "\"\"\n");
    }

    #[test]
    fn keeps_the_order_of_keys() {
        #[derive(Serialize)]
        struct Row {
            version: u8,
            name: &'static str,
        }
        assert_eq!(document(&Row { version: 1, name: "b" }).unwrap(), "version: 1\nname: b\n");
    }
}
