//! `packhorse package download`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use packhorse_client::PackedAs;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::bytes;
use crate::rollout::PackageVersion;

/// Download the archive of a version, exactly as it was pushed
///
/// With --as, the files of the version, packed anew. A download that breaks goes on where it was, in this run or the next. The file gets its name only when all of it has
/// come and its SHA-256 is right.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package download shop-web@1.0.0
  packhorse package download shop-web@1.0.0 -O /tmp/shop-web.tar.gz
  packhorse package download shop-web@1.0.0 --as zip")]
pub(crate) struct Download {
    /// The package and its version
    #[arg(value_name = "NAME@VERSION")]
    what: PackageVersion,
    /// Where to write it; replaced if it exists [default: the name it was pushed under, here]
    #[arg(short = 'O', long, value_name = "FILE")]
    output_file: Option<PathBuf>,
    /// Pack the files anew in this form, instead of the archive as it was pushed
    #[arg(long = "as", value_enum, value_name = "FORM")]
    form: Option<Form>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Form {
    #[value(name = "tar.gz")]
    TarGz,
    #[value(name = "zip")]
    Zip,
}

impl From<Form> for PackedAs {
    fn from(form: Form) -> Self {
        match form {
            Form::TarGz => Self::TarGz,
            Form::Zip => Self::Zip,
        }
    }
}

impl Download {
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, CommandError> {
        if let Some(form) = self.form {
            return self.packed(context, form.into()).await;
        }
        let client = context.client()?;
        let version = client.version(&self.what.package, &self.what.version).await?;
        let file = match self.output_file {
            Some(file) => file,
            None => own_name(&version.archive.file_name)?,
        };
        let transfer = context.reporter().transfer(&format!("downloading {}", file.display()), version.archive.size);
        client.download(&version, &file, &transfer.progress()).await?;
        drop(transfer);
        context.printer.say(&format!(
            "{}: {}, SHA-256 {}",
            file.display(),
            bytes(version.archive.size),
            version.archive.sha256
        ));
        Ok(Exit::Done)
    }

    async fn packed(self, context: &Context, form: PackedAs) -> Result<Exit, CommandError> {
        let client = context.client()?;
        let PackageVersion { package, version } = &self.what;
        let summary = client.version(package, version).await?.summary;
        let file = self.output_file.unwrap_or_else(|| format!("{package}_{version}.{}", form.word()).into());
        let transfer = context.reporter().transfer(&format!("downloading {}", file.display()), summary.size);
        let size = client.download_packed(package, version, form, &file, &transfer.progress()).await?;
        drop(transfer);
        context.printer.say(&format!("{}: {}", file.display(), bytes(size)));
        Ok(Exit::Done)
    }
}

/// The name under which it was pushed, if it is one that may be written here.
fn own_name(name: &str) -> Result<PathBuf, CommandError> {
    let is_plain = !name.is_empty() && !name.starts_with(['.', '-']) && !name.contains(['/', '\0']);
    if is_plain && !name.chars().any(char::is_control) {
        return Ok(PathBuf::from(name));
    }
    Err(CommandError::failed(format!("{name:?} is no name for a file here")).hinted("say where to write it: -O FILE"))
}
