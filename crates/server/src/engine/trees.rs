//! Reading the tree of a version.

use packhorse_content::tree::Tree;
use packhorse_model::Digest;
use packhorse_store::versions;

use crate::app::App;
use crate::error::ApiError;
use crate::objects::Library;

/// The tree of this digest, which a version in the registry has.
pub(crate) async fn read(app: &App, digest: Digest) -> Result<Tree, ApiError> {
    let size = versions::tree_size(&mut *app.store.read().await?, &digest).await?;
    let size = size.ok_or_else(|| ApiError::internal(format!("no version has the tree {digest}")))?;
    let library = Library::new(app.store.clone(), app.objects.clone());
    let tree = tokio::task::spawn_blocking(move || library.tree(&digest, size)).await;
    tree.map_err(ApiError::internal)?.map_err(ApiError::content)
}
