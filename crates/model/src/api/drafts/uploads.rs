//! Uploads into drafts.

use serde::{Deserialize, Serialize};

use super::Expectation;
use crate::ids::UploadId;
use crate::name::UserName;

/// Announces an upload into a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateUpload {
    /// What is done with the bytes once they are there.
    pub place: UploadPlace,
    /// Bytes that will come.
    pub size: u64,
    /// SHA-256 of them in hexadecimal, if it is known: other bytes are refused.
    #[serde(default)]
    pub sha256: Option<String>,
}

/// What is done with uploaded bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case", deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UploadPlace {
    /// They are a file.
    File {
        /// Its path.
        path: String,
        /// The mode, in octal; kept if not said, 644 for a new file.
        #[serde(default)]
        mode: Option<String>,
        /// What must be there; `absent` if not said.
        #[serde(default = "Expectation::absent")]
        expect: Expectation,
    },
    /// They are an archive, whose entries are put into a directory.
    Archive {
        /// The archive's file name, whose extension says how it is packed.
        file_name: String,
        /// The directory, made if it is not there; empty for the top.
        into: String,
        /// What becomes of files that are there already.
        #[serde(default)]
        existing: Existing,
    },
}

/// What becomes of files that an archive would take the place of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Existing {
    /// The archive is refused, and the files are named.
    #[default]
    Refuse,
    /// The archive's files take their place.
    Replace,
}

/// An upload into a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DraftUpload {
    /// Its identity.
    pub id: UploadId,
    /// What is done with the bytes once they are there.
    pub place: UploadPlace,
    /// Bytes that will come.
    pub size: u64,
    /// SHA-256 of them, if it was said.
    pub sha256: Option<String>,
    /// Bytes that are safely there: where to go on.
    pub received: u64,
    /// Who uploads.
    pub creator: UserName,
    /// When it is forgotten unless something comes before.
    pub expires_at: jiff::Timestamp,
    /// The revision of the draft that it made, if it is done.
    pub revision: Option<u64>,
}

/// Finishes an upload whose bytes are all there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FinishUpload {
    /// Takes the place of what was announced: after a conflict, say, to replace what is there or to put it elsewhere.
    #[serde(default)]
    pub place: Option<UploadPlace>,
}
