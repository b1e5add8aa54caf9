//! `packhorse package edit`.

use clap::Args;
use futures::TryStreamExt as _;
use packhorse_client::{Client, ClientError};
use packhorse_model::api::drafts::{CreateDraft, Draft, DraftStart, DraftState};

use super::what::What;
use crate::clock;
use crate::commands::draft;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;

/// Work on the next version of a package
///
/// Goes on with the open draft of the package that was changed last, or begins one: from the named version, else from the latest one, else
/// with the usual directories. Prints the draft, for `packhorse draft`; with a file, opens it in $VISUAL or $EDITOR.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package edit shop-web
  packhorse package edit shop-web@1.0.0 --new
  packhorse package edit shop-web conf/app.toml")]
pub(crate) struct Edit {
    /// The package, and optionally the version to begin with
    #[arg(value_name = "NAME[@VERSION]")]
    what: What,
    /// A text file to edit
    file: Option<String>,
    /// Begin a new draft even if there is an open one
    #[arg(long)]
    new: bool,
}

impl Edit {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let open = if self.new { None } else { open(&client, &self.what).await? };
        let draft = match open {
            Some(draft) => draft,
            None => begin(&client, self.what).await?,
        };
        match &self.file {
            Some(file) => draft::edit::edit(context, &client, draft.id, file).await,
            None => {
                context.printer.data(&draft, || format!("{}\n", draft.id))?;
                Ok(Exit::Done)
            }
        }
    }
}

/// The open draft that was changed last.
async fn open(client: &Client, what: &What) -> Result<Option<Draft>, CommandError> {
    let mut pages = client.drafts(DraftState::Open, Some(&what.package));
    while let Some(page) = pages.try_next().await? {
        let mut drafts = page.items.into_iter();
        let found = drafts.find(|draft| what.version.is_none() || draft.base == what.version);
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

async fn begin(client: &Client, what: What) -> Result<Draft, CommandError> {
    let latest = match what.version {
        Some(version) => Some(version),
        None => match client.package(&what.package).await {
            Ok(package) => package.latest,
            Err(ClientError::Problem(problem)) if problem.status == 404 => None,
            Err(error) => return Err(error.into()),
        },
    };
    let draft = CreateDraft {
        package: what.package,
        kind: None,
        start: latest.map_or(DraftStart::Directories, |version| DraftStart::Version { version }),
        version: None,
        build: None,
        description: String::new(),
    };
    Ok(client.create_draft(&draft, &clock::new_key()?).await?)
}
