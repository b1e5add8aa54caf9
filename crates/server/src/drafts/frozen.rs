//! A draft as a tree, as it would be published.

use packhorse_content::Tree;
use packhorse_content::archive::Refused;
use packhorse_model::ids::DraftId;
use packhorse_store::Conn;
use packhorse_store::drafts::entries::{Part, Shown};

use super::commit::all;
use super::slice::entry_of;
use crate::error::ApiError;

/// The tree of a draft; inside, why no package may look like it, such as a link that leads out.
pub(crate) async fn entry_tree(conn: &mut Conn, draft: DraftId) -> Result<Result<Tree, Refused>, ApiError> {
    let rows = all(conn, draft, Part::Below(""), Shown::Present).await?;
    let entries = rows.iter().filter_map(|row| row.now.as_ref().map(|state| entry_of(&row.path, state)));
    Ok(entries.collect::<Result<Vec<_>, Refused>>().and_then(|entries| Tree::new(entries).map_err(Refused::from)))
}
