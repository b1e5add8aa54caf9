//! Objects above what they are related to, as a tree.

use futures::{StreamExt as _, TryStreamExt as _};
use packhorse_client::{Client, Pages};
use packhorse_model::api::objects::{ObjectSummary, RelationSide};
use packhorse_model::ids::ObjectId;
use serde::Serialize;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::harmless;

/// Objects of one tree, of which more are not shown.
const MOST: usize = 10_000;

/// An object with what is below it.
#[derive(Debug, Serialize)]
struct Branch {
    #[serde(flatten)]
    object: ObjectSummary,
    /// On the side that was asked for, in the order of installation.
    related: Vec<Branch>,
    /// Whether what is below it is left out: it stands above itself, or the tree is as deep or as large as was asked for.
    is_cut: bool,
}

/// Shows what was found as trees.
pub(super) async fn show(
    context: &Context,
    client: &Client,
    mut pages: Pages<'_, ObjectSummary>,
    side: RelationSide,
    depth: u8,
) -> Result<Exit, CommandError> {
    let mut trees = Vec::new();
    let mut walk = Walk { client, side, depth: usize::from(depth), left: MOST };
    while let Some(page) = pages.next().await {
        for object in page?.items {
            if walk.left == 0 {
                break;
            }
            trees.push(walk.below(object, &mut Vec::new()).await?);
        }
        if walk.left == 0 {
            break;
        }
    }
    context.printer.data(&trees, || text(&trees))?;
    if walk.left == 0 {
        context.printer.warn(&format!("only the first {MOST} objects are shown: narrow it by --type and --name"));
    }
    if trees.is_empty() && context.printer.is_for_people() {
        context.printer.say("nothing found");
    }
    Ok(Exit::Done)
}

/// A walk down the relations.
struct Walk<'a> {
    client: &'a Client,
    side: RelationSide,
    depth: usize,
    /// Objects that may still be shown.
    left: usize,
}

impl Walk<'_> {
    /// An object with what is below it; `above` are those that it stands below.
    async fn below(&mut self, object: ObjectSummary, above: &mut Vec<ObjectId>) -> Result<Branch, CommandError> {
        self.left = self.left.saturating_sub(1);
        if above.len() >= self.depth || above.contains(&object.id) || self.left == 0 {
            let is_cut = !self
                .client
                .object_relations(object.id, self.side)
                .try_next()
                .await?
                .is_none_or(|page| page.items.is_empty());
            return Ok(Branch { object, related: Vec::new(), is_cut });
        }
        above.push(object.id);
        let mut pages = self.client.object_relations(object.id, self.side);
        let mut related = Vec::new();
        let mut is_cut = false;
        while let Some(page) = pages.try_next().await? {
            for child in page.items {
                if self.left == 0 {
                    is_cut = true;
                    break;
                }
                related.push(Box::pin(self.below(child, above)).await?);
            }
        }
        above.pop();
        Ok(Branch { object, related, is_cut })
    }
}

/// The trees as find-objects writes objects, each deeper by its indentation.
fn text(trees: &[Branch]) -> String {
    let mut text = String::new();
    if !trees.is_empty() {
        text.push_str("|\n");
    }
    for tree in trees {
        write(&mut text, tree, 0);
    }
    text
}

fn write(text: &mut String, branch: &Branch, depth: usize) {
    let more = if branch.is_cut { " …" } else { "" };
    text.push_str(&format!("{}|--{}{more}\n", "|  ".repeat(depth), harmless(&branch.object.key.to_string())));
    for related in &branch.related {
        write(text, related, depth + 1);
    }
}
