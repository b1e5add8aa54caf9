//! What is said of a version beside its archive: attributes of ControlTier's Package type.

use std::collections::BTreeMap;

use packhorse_model::filename::ArchiveFormat;
use packhorse_model::project::attributes::{self, SUBTYPES, subtype};

use crate::error::ApiError;
use crate::intake;

/// The most bytes of a value.
const LONGEST: usize = 4096;

/// The format that the subtype and the file's extension say together.
pub(super) fn format(said: Option<&str>, file_name: &str) -> Result<Option<ArchiveFormat>, ApiError> {
    let by_name = ArchiveFormat::of_file_name(file_name).map(|(_, format)| format);
    let Some(said) = said else { return Ok(by_name) };
    let Some(format) = attributes::format_of(said) else {
        return Err(ApiError::invalid("NAME_TYPE", format!("{said:?} is no type of a package"))
            .hint(format!("the types are {}", SUBTYPES.join(", "))));
    };
    match (format, by_name) {
        (ArchiveFormat::File | ArchiveFormat::Bin, _) => Ok(Some(format)),
        (_, Some(named)) if named == format => Ok(Some(format)),
        (_, Some(named)) => {
            let title = format!("the type is {said}, but the name says {}", subtype(named));
            Err(ApiError::invalid("NAME_TYPE", title).hint("give the type of the file, or leave it out"))
        }
        (_, None) => Err(ApiError::invalid("NAME_TYPE", format!("the type is {said}, but the name does not say so"))
            .hint(format!("rename the file to end in {}, or push it as type file or bin", format.suffix()))),
    }
}

/// The attributes that have a value, checked.
pub(super) fn attributes<const N: usize>(
    said: [(&'static str, Option<String>); N],
) -> Result<BTreeMap<String, String>, ApiError> {
    let mut attributes = BTreeMap::new();
    for (name, value) in said {
        let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
        if value.len() > LONGEST || value.chars().any(char::is_control) {
            let title = format!("{name} is text of at most {LONGEST} bytes, without control characters");
            return Err(ApiError::invalid("ATTRIBUTE", title).hint("shorten it"));
        }
        if name == "installroot" && intake::usable_root(&value).is_none() {
            return Err(ApiError::invalid("ATTRIBUTE", format!("{value:?} is no directory that a host could use"))
                .hint("give an absolute path without references, such as /data/app/shop-web"));
        }
        attributes.insert(name.to_owned(), value);
    }
    Ok(attributes)
}
