//! `packhorse package show`.

use std::fmt::Write as _;
use std::str::FromStr;

use clap::Args;
use futures::TryStreamExt;
use packhorse_client::{Client, VersionFilter};
use packhorse_model::PackageName;
use packhorse_model::api::packages::{KeptAs, PackageSummary, VersionDetail, VersionSummary};
use serde::Serialize;

use crate::clock;
use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Column, Printer, Style, Table, ago, bytes, count, harmless};
use crate::rollout::PackageVersion;
use crate::words;

/// Show a package with its versions, or one version
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package show shop-web
  packhorse package show shop-web@1.0.0 -o json")]
pub(crate) struct Show {
    /// The package, and optionally a version of it
    #[arg(value_name = "NAME[@VERSION]")]
    what: What,
}

#[derive(Debug, Clone)]
enum What {
    Package(PackageName),
    Version(PackageVersion),
}

impl FromStr for What {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains('@') {
            text.parse().map(Self::Version)
        } else {
            text.parse().map(Self::Package).map_err(|error: packhorse_model::name::NameError| error.to_string())
        }
    }
}

/// A package with all its versions.
#[derive(Debug, Serialize)]
struct Whole {
    #[serde(flatten)]
    package: PackageSummary,
    all_versions: Vec<VersionSummary>,
}

impl Show {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let (client, printer) = (context.client()?, &context.printer);
        match self.what {
            What::Version(PackageVersion { package, version }) => {
                let detail = client.version(&package, &version).await?;
                printer.data(&detail, || version_text(&detail, clock::now(), printer.style()))?;
            }
            What::Package(name) => {
                let whole = whole(&client, &name).await?;
                printer.data(&whole, || package_text(&whole, clock::now(), printer))?;
            }
        }
        Ok(Exit::Done)
    }
}

async fn whole(client: &Client, name: &PackageName) -> Result<Whole, CommandError> {
    let package = client.package(name).await?;
    let mut all_versions = Vec::new();
    let mut pages = client.versions(name, &VersionFilter::default());
    while let Some(page) = pages.try_next().await? {
        all_versions.extend(page.items);
    }
    Ok(Whole { package, all_versions })
}

fn package_text(whole: &Whole, now: jiff::Timestamp, printer: &Printer) -> String {
    let package = &whole.package;
    let mut text = format!("{}  {}\n", printer.style().bold(package.name.as_str()), words::word(package.kind));
    if !package.description.is_empty() {
        let _ = writeln!(text, "{}", harmless(&package.description));
    }
    let _ = writeln!(text, "made {} by {}", ago(package.created_at, now), package.creator);
    let (instances, modules) = (count(package.instances, "instance"), count(package.modules, "module"));
    let _ = writeln!(text, "{instances} in {modules}");
    if package.registered > 0 {
        let versions = count(package.registered, "version");
        let _ = writeln!(text, "{versions} only registered: without content, they cannot be deployed yet");
    }
    text.push('\n');
    let mut table = Table::new(&[
        Column::text("VERSION"),
        Column::text("BUILD"),
        Column::text("STATE"),
        Column::number("RANK"),
        Column::number("FILES"),
        Column::number("SIZE"),
        Column::number("NEW"),
        Column::number("INSTANCES"),
        Column::text("PUSHED"),
        Column::text("BY"),
    ]);
    for version in &whole.all_versions {
        table.row(&[
            version.version.to_string(),
            version.build.clone().unwrap_or_default(),
            words::word(version.state),
            version.installrank.map(|rank| rank.to_string()).unwrap_or_default(),
            version.files.to_string(),
            bytes(version.size),
            bytes(version.new_bytes),
            version.instances.to_string(),
            ago(version.created_at, now),
            version.creator.to_string(),
        ]);
    }
    text + &printer.table(table)
}

/// Everything about one version.
fn version_text(detail: &VersionDetail, now: jiff::Timestamp, style: Style) -> String {
    let (version, archive, manifest) = (&detail.summary, &detail.archive, &detail.manifest);
    let kept = match archive.kept_as {
        KeptAs::OriginalUntilProven => "as it came, until a recipe is proven",
        KeptAs::Recipe => "as a recipe over the content",
        KeptAs::Original => "as it came",
    };
    let commands: Vec<_> =
        manifest.lifecycle.named().map(|(name, command)| format!("{name} ({})", command.command)).collect();
    let rows = [
        ("state", words::word(version.state)),
        ("build", version.build.clone().unwrap_or_default()),
        ("about", version.description.clone()),
        (
            "content",
            format!("{}, {}, tree {}", count(version.files, "file"), bytes(version.size), version.tree.short()),
        ),
        ("stored", format!("{} new", bytes(version.new_bytes))),
        ("layout", words::word(detail.layout)),
        ("commands", commands.join(", ")),
        ("health", count(manifest.health.len(), "check")),
        ("archive", format!("{}, {}, kept {kept}", archive.file_name, bytes(archive.size))),
        ("sha256", archive.sha256.clone()),
        ("md5", archive.md5.clone()),
        ("rank", version.installrank.map(|rank| rank.to_string()).unwrap_or_default()),
        ("instances", version.instances.to_string()),
        ("pushed", format!("{} by {}", ago(version.created_at, now), version.creator)),
    ];
    let mut text = style.bold(&format!("{}@{}", version.package, version.version)) + "\n";
    let filled = rows.iter().filter(|(_, value)| !value.is_empty());
    text.extend(filled.map(|(name, value)| format!("{name:<10} {}\n", harmless(value))));
    text
}
