//! `/api/v1/objects` and `/api/v1/projects`.

use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use packhorse_model::api::objects::{LoadReport, ObjectSummary, RelationSide, VersionMetadata};
use packhorse_model::ids::ObjectId;
use packhorse_model::project::Relations;
use packhorse_model::{PackageName, VersionNumber};
use reqwest::header::CONTENT_TYPE;

use crate::client::{Client, read};
use crate::error::ClientError;
use crate::key::IdempotencyKey;
use crate::paging::{Pages, with_query, word};

/// Which objects.
#[derive(Debug, Clone, Default)]
pub struct ObjectFilter {
    /// Of types that match this, or whose base type does.
    pub object_type: Option<String>,
    /// With names in which this regular expression is found.
    pub name: Option<String>,
    /// With attributes in which these regular expressions are found.
    pub attributes: Vec<(String, String)>,
}

/// How a project is loaded.
#[derive(Debug, Clone, Copy, Default)]
pub struct Load {
    /// How relations are taken of which the file does not say it.
    pub relations: Relations,
    /// Only say what would happen.
    pub is_dry_run: bool,
    /// Refuse what the document type forbids, even where files in use do it.
    pub is_strict: bool,
}

impl Client {
    /// Objects by type and name.
    pub fn objects(&self, filter: &ObjectFilter) -> Pages<'_, ObjectSummary> {
        let mut url =
            with_query(self.url(&["objects"]), &[("type", filter.object_type.clone()), ("name", filter.name.clone())]);
        for (key, pattern) in &filter.attributes {
            url.query_pairs_mut().append_pair(&format!("attr.{key}"), pattern);
        }
        self.pages(url)
    }

    /// What an object is related to, one way or the other, in the order of installation.
    pub fn object_relations(&self, object: ObjectId, side: RelationSide) -> Pages<'_, ObjectSummary> {
        let url = self.url(&["objects", &object.to_string(), "relations"]);
        self.pages(with_query(url, &[("side", word(Some(side)))]))
    }

    /// Loads a project.xml: all of it, or nothing.
    ///
    /// # Errors
    /// When the file is wrong, which the problem's title says with line and column.
    pub async fn import_project(&self, xml: &str, load: Load, key: &IdempotencyKey) -> Result<LoadReport, ClientError> {
        let query = [
            ("relations", word(Some(load.relations))),
            ("dry_run", Some(load.is_dry_run.to_string())),
            ("strict", Some(load.is_strict.to_string())),
        ];
        let url = with_query(self.url(&["projects", "import"]), &query);
        let make = || self.keyed(url.clone(), key).header(CONTENT_TYPE, "application/xml").body(xml.to_owned());
        read(self.send(make).await?).await
    }

    /// A project.xml of objects, piece by piece.
    ///
    /// # Errors
    /// When the server refuses.
    pub async fn export_project(
        &self,
        filter: &ObjectFilter,
    ) -> Result<BoxStream<'_, Result<bytes::Bytes, ClientError>>, ClientError> {
        let query = [("type", filter.object_type.clone()), ("name", filter.name.clone())];
        let url = with_query(self.url(&["projects", "export"]), &query);
        let response = self.send(|| self.request(reqwest::Method::GET, url.clone())).await?;
        Ok(response.bytes_stream().map_err(|error| self.transport(&error)).boxed())
    }

    /// The sixteen attributes of a version.
    ///
    /// # Errors
    /// When there is no such version, with content or without.
    pub async fn version_metadata(
        &self,
        package: &PackageName,
        version: &VersionNumber,
    ) -> Result<VersionMetadata, ClientError> {
        self.get(self.url(&["packages", package.as_str(), "versions", version.as_str(), "metadata"])).await
    }
}
