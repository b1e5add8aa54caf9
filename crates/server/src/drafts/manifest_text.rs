//! The settings of a draft: the file `packhorse.toml` in it is the truth, and what is changed elsewhere is written into it.

use packhorse_content::ContentSource as _;
use packhorse_content::segment::FileRef;
use packhorse_model::manifest::{Manifest, ManifestError};
use std::io::Read as _;
use toml_edit::{DocumentMut, Item, Table};

use crate::app::App;
use crate::error::ApiError;
use crate::objects::Library;

/// Reads a stored `packhorse.toml`.
pub(crate) async fn read_manifest(app: &App, file: FileRef) -> Result<String, ApiError> {
    if file.size > packhorse_model::manifest::MAX_BYTES as u64 {
        return Err(wrong(&ManifestError::TooLarge));
    }
    let library = Library::new(app.store.clone(), app.objects.clone());
    let read = move || {
        let source = library.open([file].into_iter().filter(|file| file.size > 0))?;
        let mut text = Vec::new();
        source.read(&file.digest, file.size)?.read_to_end(&mut text)?;
        Ok::<_, std::io::Error>(text)
    };
    let text = tokio::task::spawn_blocking(read).await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    String::from_utf8(text)
        .map_err(|_| wrong(&ManifestError::Syntax { line: 0, message: "it is not UTF-8".to_owned() }))
}

/// A `packhorse.toml` that cannot be read.
pub(crate) fn wrong(error: &ManifestError) -> ApiError {
    ApiError::invalid("MANIFEST", error.to_string())
        .hint("mend packhorse.toml as text; docs/package.md says what may be in it")
}

/// `text` with these settings: what means the same stays as it is written, comments included.
///
/// # Errors
/// If the text cannot be read, or the settings could not be read back.
pub(crate) fn rewrite(text: &str, manifest: &Manifest) -> Result<String, ApiError> {
    let before = Manifest::parse(text).map_err(|error| wrong(&error))?;
    let mut document: DocumentMut = text.parse().map_err(ApiError::internal)?;
    let (before, _) = written(&before)?;
    let (wanted, source) = written(manifest)?;
    merge(document.as_table_mut(), &before, &wanted, source.as_table());
    let text = document.to_string();
    let read = Manifest::parse(&text).map_err(|error| wrong(&error))?;
    if read == *manifest { Ok(text) } else { Err(ApiError::internal("packhorse.toml does not say what it was told")) }
}

/// A manifest as values, and as they are written.
fn written(manifest: &Manifest) -> Result<(toml::Table, DocumentMut), ApiError> {
    let text = toml::to_string(manifest).map_err(ApiError::internal)?;
    Ok((text.parse().map_err(ApiError::internal)?, text.parse().map_err(ApiError::internal)?))
}

/// Changes what `wanted` says otherwise than `before`, and nothing else; `source` is how the wanted is written.
fn merge(table: &mut Table, before: &toml::Table, wanted: &toml::Table, source: &Table) {
    for key in before.keys().filter(|key| !wanted.contains_key(*key)) {
        table.remove(key);
    }
    for (key, value) in wanted {
        let old = before.get(key);
        let (false, Some(item)) = (old == Some(value), source.get(key)) else { continue };
        match (table.get_mut(key), old, value, item) {
            (
                Some(Item::Table(table)),
                Some(toml::Value::Table(old)),
                toml::Value::Table(value),
                Item::Table(source),
            ) => merge(table, old, value, source),
            (
                Some(Item::ArrayOfTables(tables)),
                Some(toml::Value::Array(old)),
                toml::Value::Array(values),
                Item::ArrayOfTables(sources),
            ) if tables.len() == values.len() => {
                for (((table, old), value), source) in tables.iter_mut().zip(old).zip(values).zip(sources) {
                    if let (toml::Value::Table(old), toml::Value::Table(value)) = (old, value) {
                        merge(table, old, value, source);
                    }
                }
            }
            (Some(Item::Value(there)), _, _, Item::Value(item)) => {
                let decor = there.decor().clone();
                *there = item.clone();
                *there.decor_mut() = decor;
            }
            _ => {
                table.insert(key, placeless(item.clone()));
            }
        }
    }
}

/// A part of another document, to be written where it is put.
fn placeless(mut item: Item) -> Item {
    fn forget(table: &mut Table) {
        table.set_position(None);
        for (_, item) in table.iter_mut() {
            forget_item(item);
        }
    }
    fn forget_item(item: &mut Item) {
        match item {
            Item::Table(table) => forget(table),
            Item::ArrayOfTables(tables) => tables.iter_mut().for_each(forget),
            Item::None | Item::Value(_) => {}
        }
    }
    forget_item(&mut item);
    item
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_order_stay() {
        let text = "# The shop.\nowner = 'shop' # not root\ndescription = \"x\"\n\n[lifecycle.start] # begins it\ncommand = \"scripts/start.sh\"\n\n[[health]] # the front door\nport = 80\n";
        let mut manifest = Manifest::parse(text).unwrap();
        assert_eq!(rewrite(text, &manifest).unwrap(), text);
        manifest.description = "The shop".to_owned();
        manifest.install_root = Some("/srv/shop".to_owned());
        if let Some(start) = &mut manifest.lifecycle.start {
            start.timeout = Some(7);
        }
        let rewritten = rewrite(text, &manifest).unwrap();
        for kept in [
            "# The shop.\n",
            "owner = 'shop' # not root\n",
            "[lifecycle.start] # begins it\n",
            "[[health]] # the front door\nport = 80\n",
        ] {
            assert!(rewritten.contains(kept), "{rewritten}");
        }
        manifest.owner = None;
        manifest.health.clear();
        assert!(!rewrite(text, &manifest).unwrap().contains("front door"));
        assert_eq!(Manifest::parse(&rewrite("", &manifest).unwrap()).unwrap(), manifest);
    }
}
