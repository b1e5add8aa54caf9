//! `packhorse draft publish`.

use clap::Args;
use packhorse_client::ClientError;
use packhorse_model::VersionNumber;
use packhorse_model::api::drafts::PublishDraft;
use packhorse_model::ids::DraftId;

use super::lint;
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::words;

/// Freeze a draft: it becomes a version, as if it had been pushed
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse draft publish 01ja2b3c4d5e6f7g8h9j0k1m2n --version 1.0.1")]
pub(crate) struct Publish {
    /// The draft
    id: DraftId,
    /// The number, if the draft does not say it
    #[arg(long)]
    version: Option<VersionNumber>,
    /// The build, if the draft does not say it
    #[arg(long)]
    build: Option<String>,
    /// A line about the version, if the draft does not say it
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
}

impl Publish {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let publish =
            PublishDraft { version: self.version, build: self.build, description: self.description, seen: None };
        let published = match client.publish_draft(self.id, &publish, &clock::new_key()?).await {
            Ok(published) => published,
            Err(ClientError::Problem(problem)) if problem.code == "draft_refused" => {
                let found = client.lint_draft(self.id).await?;
                return Err(CommandError::failed(problem.title.clone())
                    .detailed(lint::lines(&found.findings).trim_end())
                    .hinted("nothing was published: mend the draft, and publish it again"));
            }
            Err(error) => return Err(error.into()),
        };
        for finding in &published.warnings {
            context.printer.say(&words::finding(finding));
        }
        let version = &published.version.summary;
        context.printer.data(&published, || format!("{}@{}\n", version.package, version.version))?;
        Ok(Exit::Done)
    }
}
