//! `packhorse package lint`.

mod fix;
mod judge;
mod sarif;

use std::path::PathBuf;

use clap::Args;
use packhorse_model::api::packages::{Finding, Severity};
use packhorse_model::{PackageKind, PackageName, VersionNumber};
use serde::Serialize;

use crate::context::Context;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::{Style, count, harmless};
use fix::Fixed;
use judge::{Judged, judge};

/// Say everything that is wrong with a package, without pushing it
///
/// Reads an archive, or a folder that is to be packed, as the server would, and says by rule what refuses it, what should be better, and what
/// to do. Scripts are held against the danger rules that come with Packhorse. Needs no server. Exits with 1 if anything refuses it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  packhorse package lint shop-web_1.0.0_20261101001.tar.gz
  packhorse package lint build.zip --name shop-web --version 1.0.0 -o json
  packhorse package lint dist/ --fix
  packhorse package lint dist/ -o sarif > lint.sarif")]
pub(crate) struct Lint {
    /// The archive or the folder
    path: PathBuf,
    /// The package, if the file name does not say it
    #[arg(long, requires = "version")]
    name: Option<PackageName>,
    /// The version, if the file name does not say it
    #[arg(long, requires = "name")]
    version: Option<VersionNumber>,
    /// Mend in a folder what can be mended without a doubt: modes of scripts, line ends as on Windows, byte order marks
    #[arg(long)]
    fix: bool,
}

/// What was found.
#[derive(Debug, Serialize)]
struct Verdict {
    file: String,
    package: Option<PackageName>,
    version: Option<VersionNumber>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<PackageKind>,
    findings: Vec<Finding>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixed: Vec<Fixed>,
}

impl Lint {
    pub(crate) fn run(self, context: &Context) -> Result<Exit, CommandError> {
        let mut judged = self.judge()?;
        let mut fixed = Vec::new();
        if self.fix {
            if !self.path.is_dir() {
                let error = CommandError::new(Exit::Usage, "an archive is not changed: --fix takes a folder");
                return Err(error.hinted("mend the folder that was packed, and pack it again"));
            }
            fixed = fix::fix(&judged.top, &judged.findings)?;
            judged = self.judge()?;
        }
        let Judged { package, version, kind, findings, top: _ } = judged;
        let file = self
            .path
            .file_name()
            .map_or_else(|| self.path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let is_refused = findings.iter().any(|finding| finding.severity == Severity::Error);
        let verdict = Verdict { file, package, version, kind, findings, fixed };
        if context.printer.is_sarif() {
            context.printer.data(&sarif::log(&self.path, &verdict.findings), String::new)?;
        } else {
            context.printer.data(&verdict, || text(&verdict, context.printer.style()))?;
        }
        Ok(if is_refused { Exit::Failed } else { Exit::Done })
    }

    fn judge(&self) -> Result<Judged, CommandError> {
        judge(&self.path, self.name.as_ref().zip(self.version.as_ref()))
    }
}

fn text(verdict: &Verdict, style: Style) -> String {
    let mut text = String::new();
    for Fixed { path, what } in &verdict.fixed {
        text.push_str(&format!("fixed    {}: {what}\n", harmless(path)));
    }
    text + &told(&verdict.file, &verdict.findings, style)
}

/// What was found in something, in words.
pub(super) fn told(what: &str, findings: &[Finding], style: Style) -> String {
    let what = harmless(what);
    let mut text = String::new();
    if findings.is_empty() {
        return format!("{what}: nothing to complain about\n");
    }
    let number = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = [
        (number(Severity::Error), count(number(Severity::Error), "error")),
        (number(Severity::Warning), count(number(Severity::Warning), "warning")),
        (number(Severity::Advice), format!("{} advice", number(Severity::Advice))),
    ];
    let counts: Vec<String> = counts.into_iter().filter(|(number, _)| *number > 0).map(|(_, text)| text).collect();
    text.push_str(&(style.bold(&format!("{what}: {}", counts.join(", "))) + "\n"));
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => style.red("error  "),
            Severity::Warning => style.yellow("warning"),
            Severity::Advice => "advice ".to_owned(),
        };
        let place = finding.place.as_ref().map(|place| format!("{}: ", harmless(&place.to_string())));
        let place = place.unwrap_or_default();
        text.push_str(&format!("{severity}  {}  {place}{}\n", finding.rule, harmless(&finding.message)));
        text.push_str(&format!("         {}\n", style.dim(&format!("hint: {}", harmless(&finding.hint)))));
    }
    text
}
