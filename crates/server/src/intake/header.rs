//! What a package of a distribution says in its own header, taken over into the manifest where that says nothing.

use packhorse_content::archive::ArchiveError;
use packhorse_content::ingest::{IngestError, Ingested};
use packhorse_content::{ContentSource as _, headers};
use packhorse_model::api::packages::Finding;
use packhorse_model::filename::ArchiveFormat;
use packhorse_model::manifest::Manifest;
use packhorse_model::{PackageName, VersionNumber};

use super::receive::{refused, stored};
use crate::error::ApiError;
use crate::objects::{Library, content_of};

/// Reads the header of the one file of a version, if its format has one, and says where it names another package than the push does.
///
/// On a blocking thread.
///
/// # Errors
/// If the format must have a header and none can be read.
pub(super) fn take_header(
    library: &Library,
    ingested: &Ingested,
    format: ArchiveFormat,
    (package, version): (&PackageName, &VersionNumber),
    manifest: &mut Manifest,
) -> Result<Option<Finding>, ApiError> {
    if !headers::has_header(format) {
        return Ok(None);
    }
    let Some(file) = ingested.tree.iter().find_map(content_of) else { return Ok(None) };
    let source = library.open_ingested(ingested, [file]).map_err(ApiError::internal)?;
    let reader = source.read(&file.digest, file.size).map_err(ApiError::internal)?;
    let header = match headers::read(format, reader) {
        Ok(Some(header)) => header,
        Ok(None) => return Ok(None),
        Err(ArchiveError::Refused(fault)) => return Err(refused(IngestError::Refused(fault))),
        Err(ArchiveError::Io(error)) => return Err(stored(error)),
    };
    header.fill(manifest);
    Ok(header.differs_from(package, version).map(headers::name_finding))
}
