//! `packhorse package push`.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;
use packhorse_client as client;
use packhorse_model::api::packages::{PushOutcome, PushReply, Severity};
use packhorse_model::filename::{ArchiveFormat, FileName};
use packhorse_model::project::attributes::{self, SUBTYPES};
use packhorse_model::{PackageName, VersionNumber};

use super::slim::{self, Slim};
use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{bytes, count};
use crate::packing::{Named, PackArgs, Package};
use crate::words;

/// Push an archive, a folder or a file as a version of a package
///
/// The name of an archive or a folder says package, version and build: shop-web_1.0.0_20261101001.tar.gz; --name and --version say
/// it for those that do not. Takes .tar, .tar.gz, .tar.bz2, .tar.xz, .tar.zst and .zip, which are unpacked, and .jar, .war, .ear,
/// .rpm, .deb, .pkg and .bin, which stay as they are; --type file takes any other file. A folder is packed first, and makes the
/// same bytes every time. With --kind config or --kind script, single files become a package, whose packhorse.toml says
/// what the options say. Pushing the same bytes again is no error; other bytes under a version that exists are refused, since a
/// version never changes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package push shop-web_1.0.0_20261101001.tar.gz
  packhorse package push --slim shop-web_1.0.1_20261102001.tar.gz
  packhorse package push pyspark-3.5.5.tar.gz --name pyspark --version 3.5.5
  packhorse package push bash-5.1.8-6.el9.x86_64.rpm --installrank 2
  packhorse package push rhel-5.4.iso --type file --name rhel --version 5.4
  packhorse package push build/shop-web --version 1.0.0 --name shop-web
  packhorse package push app.conf --kind config --target /etc/app.conf --name conf --version 1.0.0
  packhorse package push --kind config --file a.conf:/etc/a.conf:640 --file b.conf:/etc/b.conf \\
      --name two-files --version 1.0.0
  packhorse package push cleanup.sh --kind script --parameter DAYS:integer=30 \\
      --name cleanup --version 1.0.0
  packhorse package push sql --kind database --engine mysql --name shop-db --version 1.0.0")]
pub(crate) struct Push {
    /// The archive, the folder or the file
    #[arg(required_unless_present = "files")]
    path: Option<PathBuf>,
    /// The package, if the name of what is pushed does not say it
    #[arg(long)]
    name: Option<PackageName>,
    /// The version, if the name of what is pushed does not say it
    #[arg(long)]
    version: Option<VersionNumber>,
    /// The build, if the name of what is pushed does not say it
    #[arg(long)]
    build: Option<String>,
    /// A line about this version
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// What the file is, where its extension does not say it: file and bin take a file of any name
    #[arg(long = "type", value_name = "TYPE", value_parser = PossibleValuesParser::new(SUBTYPES), hide_possible_values = true)]
    subtype: Option<String>,
    /// Its place among what is installed together: the lowest first
    #[arg(long, value_name = "N", allow_hyphen_values = true)]
    installrank: Option<i64>,
    /// For slow links: send only what the server does not have, after proving here that the archive can be made of it
    #[arg(long)]
    slim: bool,
    #[command(flatten)]
    contents: PackArgs,
}

impl Push {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let named = Named { package: self.name, version: self.version, build: self.build };
        let found = Package::find(&self.contents, self.path.as_deref(), &named)?;
        if let Package::Archive(file) = &found {
            check(file, &named, self.subtype.as_deref())?;
        }
        let client = context.client()?;
        // A wrong token is found out before hundreds of megabytes have gone.
        client.session().await?;
        let description = self.description;
        let (subtype, installrank) = (self.subtype, self.installrank);
        let attributes = client::PushAttributes { subtype, installrank, ..client::PushAttributes::default() };
        match found {
            Package::Archive(file) => {
                let Named { package, version, build } = named;
                let push = client::Push { file, package, version, build, description, attributes };
                send(context, &client, &push, self.slim).await
            }
            Package::Loose(tree, naming) => {
                let packed = Package::pack(tree, naming)?;
                let naming = packed.naming.clone();
                let (package, version) = (Some(naming.package), Some(naming.version));
                let (file, build) = (packed.file.clone(), naming.build);
                let attributes = client::PushAttributes { subtype: None, ..attributes };
                let push = client::Push { file, package, version, build, description, attributes };
                send(context, &client, &push, self.slim).await
            }
        }
    }
}

/// Sends an archive, slim if that is wanted and possible.
async fn send(
    context: &Context,
    client: &client::Client,
    push: &client::Push,
    is_slim: bool,
) -> Result<Exit, CommandError> {
    let metadata = std::fs::metadata(&push.file).map_err(|error| CommandError::file("read", &push.file, &error))?;
    let size = metadata.len();
    let shown = push.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if is_slim {
        let transfer = context.reporter().transfer(&format!("cutting {shown}"), size);
        match slim::push(client, push, transfer.progress()).await? {
            Slim::Pushed(reply, sent) => {
                drop(transfer);
                let exit = report(context, &reply)?;
                context.printer.say(&format!("sent {} of {}", bytes(sent), bytes(size)));
                return Ok(exit);
            }
            Slim::NoRecipe => {
                context.printer.say("no recipe makes this archive again bit for bit, so it is sent as it is");
            }
        }
    }
    let transfer = context.reporter().transfer(&format!("pushing {shown}"), size);
    let reply = client.upload(push, &clock::new_key()?, &transfer.progress()).await?;
    drop(transfer);
    report(context, &reply)
}

/// Refuses what the server would refuse by the name alone.
fn check(file: &Path, named: &Named, subtype: Option<&str>) -> Result<(), CommandError> {
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let format = subtype.and_then(attributes::format_of);
    let format = format.or_else(|| ArchiveFormat::of_file_name(&name).map(|(_, format)| format));
    let has_format = format.is_some();
    if has_format && named.package.is_some() && named.version.is_some() {
        return Ok(());
    }
    let read = match format {
        Some(format) => FileName::parse_as(&name, format),
        None => FileName::parse(&name),
    };
    match read {
        Ok(_) => Ok(()),
        Err(error) if has_format => {
            Err(CommandError::failed(error.to_string())
                .hinted("say what the name does not: --name NAME --version VERSION"))
        }
        Err(error) => Err(CommandError::failed(error.to_string())
            .hinted("pack it as one of these, or say what the file is: --type file, --kind config --target PATH, or --kind script")),
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
