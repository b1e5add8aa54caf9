//! `packhorse package push`.

use std::path::PathBuf;

use clap::Args;
use packhorse_client as client;
use packhorse_model::api::packages::{PushOutcome, PushReply, Severity};
use packhorse_model::filename::{ArchiveFormat, FileName};
use packhorse_model::{PackageName, VersionNumber};

use super::slim::{self, Slim};
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{bytes, count};
use crate::words;

/// Push an archive as a version of a package
///
/// The file's name says package, version and build: shop-web_1.0.0_20261101001.tar.gz; --name and --version say it for files
/// that do not. Takes .tar, .tar.gz, .tar.bz2, .tar.xz, .tar.zst, .zip, .jar and .war. Pushing the same bytes again is no
/// error; other bytes under a version that exists are refused, since a version never changes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package push shop-web_1.0.0_20261101001.tar.gz
  packhorse package push --slim shop-web_1.0.1_20261102001.tar.gz
  packhorse package push pyspark-3.5.5.tar.gz --name pyspark --version 3.5.5")]
pub(crate) struct Push {
    /// The archive
    file: PathBuf,
    /// The package, if the file name does not say it
    #[arg(long)]
    name: Option<PackageName>,
    /// The version, if the file name does not say it
    #[arg(long)]
    version: Option<VersionNumber>,
    /// The build, if the file name does not say it
    #[arg(long)]
    build: Option<String>,
    /// A line about this version
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// For slow links: send only what the server does not have, after proving here that the archive can be made of it
    #[arg(long)]
    slim: bool,
}

impl Push {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let size = self.check()?;
        let client = context.client()?;
        // A wrong token is found out before hundreds of megabytes have gone.
        client.session().await?;
        let push = client::Push {
            file: self.file,
            package: self.name,
            version: self.version,
            build: self.build,
            description: self.description,
        };
        if self.slim {
            let shown = context.reporter().transfer(&format!("cutting {}", push.file.display()), size);
            match slim::push(&client, &push, shown.progress()).await? {
                Slim::Pushed(reply, sent) => {
                    drop(shown);
                    let exit = report(context, &reply)?;
                    context.printer.say(&format!("sent {} of {}", bytes(sent), bytes(size)));
                    return Ok(exit);
                }
                Slim::NoRecipe => {
                    context.printer.say("no recipe makes this archive again bit for bit, so it is sent as it is");
                }
            }
        }
        let transfer = context.reporter().transfer(&format!("pushing {}", push.file.display()), size);
        let reply = client.upload(&push, &clock::new_key()?, &transfer.progress()).await?;
        drop(transfer);
        report(context, &reply)
    }

    /// Refuses what the server would refuse by the name alone; returns the size.
    fn check(&self) -> Result<u64, CommandError> {
        let metadata = std::fs::metadata(&self.file).map_err(|error| CommandError::file("read", &self.file, &error))?;
        if !metadata.is_file() {
            return Err(CommandError::failed(format!("{} is not a file", self.file.display()))
                .hinted("pack a directory first, as in `tar -czf NAME_VERSION.tar.gz -C DIR .`"));
        }
        let name = self.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let has_format = ArchiveFormat::of_file_name(&name).is_some();
        if has_format && self.name.is_some() && self.version.is_some() {
            return Ok(metadata.len());
        }
        match FileName::parse(&name) {
            Ok(_) => Ok(metadata.len()),
            Err(error) if has_format => Err(CommandError::failed(error.to_string())
                .hinted("say what the name does not: --name NAME --version VERSION")),
            Err(error) => Err(CommandError::failed(error.to_string())
                .hinted("pack it as one of these; the extension must say what the bytes are")),
        }
    }
}

fn report(context: &Context, reply: &PushReply) -> Result<Exit, CommandError> {
    for finding in &reply.warnings {
        let text = words::finding(finding);
        if finding.severity == Severity::Advice { context.printer.say(&text) } else { context.printer.warn(&text) }
    }
    let version = &reply.version.summary;
    context.printer.data(reply, || format!("{}@{}\n", version.package, version.version))?;
    context.printer.say(&match reply.outcome {
        PushOutcome::Created => format!(
            "pushed {}, {}; {} new in the store",
            count(version.files, "file"),
            bytes(version.size),
            bytes(version.new_bytes)
        ),
        PushOutcome::AlreadyThere => "these bytes were already there".to_owned(),
    });
    Ok(Exit::Done)
}
