//! `packhorse import project`.

use std::path::PathBuf;

use clap::Args;
use packhorse_client::Load;
use packhorse_model::api::objects::{LoadOutcome, LoadReport};
use packhorse_model::foreign::project_xml;
use packhorse_model::project::Relations;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::harmless;

/// Load a project.xml of ControlTier
///
/// All of the file is loaded, or nothing. Attributes that the file does not name stay as they are; relations are added to those that
/// there are, or take their place where the file or --replace says so. Loading a file again changes nothing.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse import project apache-tomcat-5.5.26.zip.xml
  packhorse import project site.xml --replace --dry-run")]
pub(crate) struct Project {
    /// The file
    file: PathBuf,
    /// Relations of which the file does not say it replace those that there are
    #[arg(long, conflicts_with = "supplement")]
    replace: bool,
    /// Relations of which the file does not say it are added to those that there are; so it is anyway
    #[arg(long)]
    supplement: bool,
    /// Refuse what the document type forbids, even where files in use do it
    #[arg(long)]
    strict: bool,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
}

impl Project {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let failed = |error| CommandError::file("read", &self.file, &error);
        let size = std::fs::metadata(&self.file).map_err(failed)?.len();
        if size > project_xml::MAX_BYTES as u64 {
            return Err(CommandError::failed(format!("{} has more than 8 MiB", self.file.display()))
                .hinted("split it into several files"));
        }
        let text = std::fs::read_to_string(&self.file).map_err(failed)?;
        let relations = if self.replace { Relations::Replace } else { Relations::Supplement };
        let load = Load { relations, is_dry_run: self.dry_run, is_strict: self.strict };
        let report = context.client()?.import_project(&text, load, &clock::new_key()?).await?;
        for note in &report.notes {
            context.printer.warn(&harmless(note));
        }
        context.printer.data(&report, || describe(&report))?;
        if self.dry_run {
            context.printer.say("nothing was changed: this was a dry run");
        }
        Ok(Exit::Done)
    }
}

fn describe(report: &LoadReport) -> String {
    let mut text = String::new();
    for object in &report.objects {
        let outcome = match object.outcome {
            LoadOutcome::Created => "created",
            LoadOutcome::Updated => "updated",
            LoadOutcome::Unchanged => "unchanged",
        };
        text.push_str(&format!("{outcome:<9} {}\n", harmless(&object.key.to_string())));
        for (sign, keys) in [('+', &object.added), ('-', &object.removed)] {
            text.extend(keys.iter().map(|key| format!("          {sign} {}\n", harmless(&key.to_string()))));
        }
    }
    text
}
