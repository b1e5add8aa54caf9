//! The one place from which anything is written.

use std::io::{self, BufWriter, IsTerminal, Write};

use console::Term;
use futures::StreamExt;
use packhorse_client::Pages;
use serde::Serialize;

use super::text::{Style, harmless};
use super::{Column, Format, Table, yaml};
use crate::error::{CommandError, Shown};

/// Writes data to standard output and talk to standard error.
#[derive(Debug)]
pub(crate) struct Printer {
    format: Format,
    is_quiet: bool,
    stdout: Style,
    stderr: Style,
    width: Option<usize>,
}

impl Printer {
    /// A printer for this process' streams. `wants_colour` is what the environment says of colours.
    pub(crate) fn new(format: Format, is_quiet: bool, wants_colour: bool) -> Self {
        let style = |is_terminal| if wants_colour && is_terminal { Style::Coloured } else { Style::Plain };
        let stdout_is_terminal = io::stdout().is_terminal();
        Self {
            format,
            is_quiet,
            stdout: style(stdout_is_terminal),
            stderr: style(io::stderr().is_terminal()),
            width: stdout_is_terminal.then(|| Term::stdout().size_checked()).flatten().map(|(_, width)| width.into()),
        }
    }

    /// How data looks.
    pub(crate) fn style(&self) -> Style {
        self.stdout
    }

    /// How talk looks.
    pub(crate) fn talk_style(&self) -> Style {
        self.stderr
    }

    /// The text of a table, as wide as standard output allows.
    pub(crate) fn table(&self, mut table: Table) -> String {
        table.page(self.width, self.stdout)
    }

    /// One thing as data; for people as `text` says it.
    pub(crate) fn data<T: Serialize + ?Sized>(
        &self,
        value: &T,
        text: impl FnOnce() -> String,
    ) -> Result<(), CommandError> {
        let text = match self.format {
            Format::Table => text(),
            Format::Json | Format::Sarif => json(serde_json::to_string_pretty(value))? + "\n",
            Format::Jsonl => json(serde_json::to_string(value))? + "\n",
            Format::Yaml => json(yaml::document(value))?,
        };
        self.raw(&text)
    }

    /// A list, written as its pages come.
    pub(crate) async fn rows<T: Serialize, const N: usize>(
        &self,
        mut pages: Pages<'_, T>,
        columns: [Column; N],
        cells: impl Fn(&T) -> [String; N],
        when_empty: &str,
    ) -> Result<(), CommandError> {
        let mut out = BufWriter::new(io::stdout().lock());
        let mut table = Table::new(&columns);
        let mut is_first = true;
        while let Some(page) = pages.next().await {
            let items = page?.items;
            match self.format {
                Format::Table | Format::Yaml if items.is_empty() => {}
                Format::Table => {
                    items.iter().for_each(|item| table.row(&cells(item)));
                    out.write_all(table.page(self.width, self.stdout).as_bytes())?;
                }
                Format::Json | Format::Sarif => {
                    for item in &items {
                        let text = json(serde_json::to_string_pretty(item))?.replace('\n', "\n  ");
                        write!(out, "{}\n  {text}", if is_first { "[" } else { "," })?;
                        is_first = false;
                    }
                }
                Format::Jsonl => {
                    for item in &items {
                        writeln!(out, "{}", json(serde_json::to_string(item))?)?;
                    }
                }
                Format::Yaml => out.write_all(json(yaml::document(&items))?.as_bytes())?,
            }
            is_first &= items.is_empty();
            out.flush()?;
        }
        match self.format {
            Format::Json | Format::Sarif => out.write_all(if is_first { b"[]\n" } else { b"\n]\n" })?,
            Format::Yaml if is_first => out.write_all(b"[]\n")?,
            Format::Table if is_first => self.say(when_empty),
            Format::Yaml | Format::Table | Format::Jsonl => {}
        }
        Ok(out.flush()?)
    }

    /// Text as data, whatever the format: a completion script.
    pub(crate) fn raw(&self, text: &str) -> Result<(), CommandError> {
        self.bytes(text.as_bytes())
    }

    /// The same, of a piece that may end in the middle of a character.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), CommandError> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        Ok(out.flush()?)
    }

    /// Whether data is written for people, not for programs.
    pub(crate) fn is_for_people(&self) -> bool {
        self.format == Format::Table
    }

    /// Whether findings are written as SARIF, which only what has findings is asked for.
    pub(crate) fn is_sarif(&self) -> bool {
        self.format == Format::Sarif
    }

    /// Talk: what goes on, or what to do next. Left out when quiet.
    pub(crate) fn say(&self, text: &str) {
        if !self.is_quiet {
            self.talk(text);
        }
    }

    /// Something that a person should know. Said even when quiet.
    pub(crate) fn warn(&self, text: &str) {
        self.talk(&format!("{} {text}", self.stderr.yellow("warning:")));
    }

    /// A question, whose answer stands on the same line.
    pub(crate) fn ask(&self, question: &str) {
        let mut err = io::stderr().lock();
        // As for talk.
        let _ = write!(err, "{question}").and_then(|()| err.flush());
    }

    /// Why the command came to nothing.
    pub(crate) fn error(&self, error: &Shown) {
        let mut text = format!("{} {}", self.stderr.red("error:"), harmless(&error.message));
        for line in error.detail.iter().flat_map(|detail| detail.lines()) {
            text.push_str(&format!("\n  {}", harmless(line)));
        }
        if let Some(hint) = &error.hint {
            text.push_str(&format!("\n{} {}", self.stderr.bold("hint:"), harmless(hint)));
        }
        self.talk(&text);
    }

    fn talk(&self, text: &str) {
        let mut err = io::stderr().lock();
        // There is nowhere left to say that standard error cannot be written.
        let _ = writeln!(err, "{text}");
    }
}

fn json<T>(written: serde_json::Result<T>) -> Result<T, CommandError> {
    written.map_err(|error| CommandError::failed(format!("could not write the answer as a document: {error}")))
}
