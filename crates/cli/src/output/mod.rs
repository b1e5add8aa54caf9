//! What is said, and where: data to standard output, talk to standard error. Nothing else in this crate writes to either.

mod diff;
mod node;
mod printer;
mod reporter;
mod table;
mod text;
mod yaml;

use clap::ValueEnum;

pub(crate) use diff::coloured;
pub(crate) use printer::Printer;
pub(crate) use reporter::Reporter;
pub(crate) use table::{Column, Table};
pub(crate) use text::{Style, ago, bytes, count, harmless, list};

/// How data is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Table,
    /// One JSON document
    Json,
    /// One JSON document per line and row
    Jsonl,
    /// YAML
    Yaml,
    /// SARIF 2.1.0, of `package lint` alone
    Sarif,
}
