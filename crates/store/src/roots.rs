//! What content is kept for: every place in the rows that names some. Whoever adds such a place adds one line to [`SOURCES`].

use packhorse_model::Digest;

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;

/// What a root is, which says what else is needed with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RootKind {
    /// The list of a tree, and every file in it.
    Tree,
    /// What reproduces an archive, and the file that it names.
    ArchiveRecipe,
    /// A file alone.
    File,
}

/// A place that names content.
#[derive(Debug)]
pub struct Source {
    /// What it names.
    pub kind: RootKind,
    /// Gives `digest` and `size` after the digest `$1`, in order, each once, `$2` at most.
    page: &'static str,
}

/// Every place that names content.
pub const SOURCES: &[Source] = &[
    Source {
        kind: RootKind::Tree,
        page: "SELECT tree AS digest, max(tree_size) AS size FROM versions WHERE tree > $1 GROUP BY tree ORDER BY tree LIMIT $2",
    },
    Source {
        kind: RootKind::ArchiveRecipe,
        page:
            "SELECT archive_recipe AS digest, max(archive_recipe_size) AS size FROM versions WHERE archive_recipe > $1
               GROUP BY archive_recipe ORDER BY archive_recipe LIMIT $2",
    },
    // What a draft holds, what it can go back to, and what undoing brings back, in this order: content moves only to a later one.
    Source {
        kind: RootKind::File,
        page: "SELECT digest, max(size) AS size FROM draft_entries WHERE digest > $1 GROUP BY digest ORDER BY digest LIMIT $2",
    },
    Source {
        kind: RootKind::File,
        page: "SELECT base_digest AS digest, max(base_size) AS size FROM draft_entries WHERE base_digest > $1
               GROUP BY base_digest ORDER BY base_digest LIMIT $2",
    },
    Source {
        kind: RootKind::File,
        page:
            "SELECT before_digest AS digest, max(before_size) AS size FROM draft_change_paths WHERE before_digest > $1
               GROUP BY before_digest ORDER BY before_digest LIMIT $2",
    },
];

/// A file that must be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Root {
    /// The file.
    pub digest: Digest,
    /// Its bytes.
    pub size: u64,
}

/// A part of what a source names, after `after`.
pub async fn page(
    conn: &mut Conn,
    source: &Source,
    after: Option<&Digest>,
    limit: u32,
) -> Result<Vec<Root>, StoreError> {
    let from = after.map_or_else(Vec::new, |after| after.as_bytes().to_vec());
    let rows = conn.query(source.page, args![from, limit]).await?;
    rows.iter().map(|row| Ok(Root { digest: row.digest("digest")?, size: row.count("size")? })).collect()
}
