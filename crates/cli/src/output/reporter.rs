//! How something that takes time is shown: bars and live lines on a terminal, plain lines otherwise. All of it is talk.

use std::io::{self, IsTerminal, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use packhorse_client::Progress;

const TICK: Duration = Duration::from_millis(120);

/// Shows what goes on, on standard error.
#[derive(Debug)]
pub(crate) enum Reporter {
    /// Lines that stay, and below them lines that change.
    Live { area: MultiProgress, status: Vec<ProgressBar> },
    /// Only lines that stay.
    Lines,
    /// Nothing.
    Silent,
}

impl Reporter {
    /// A reporter for this process' standard error.
    pub(crate) fn new(is_quiet: bool) -> Self {
        if is_quiet {
            Self::Silent
        } else if io::stderr().is_terminal() {
            Self::Live { area: MultiProgress::with_draw_target(ProgressDrawTarget::stderr()), status: Vec::new() }
        } else {
            Self::Lines
        }
    }

    /// A line that stays.
    pub(crate) fn line(&self, text: &str) {
        match self {
            // There is nowhere left to say that standard error cannot be written.
            Self::Live { area, .. } => drop(area.println(text)),
            Self::Lines => drop(writeln!(io::stderr().lock(), "{text}")),
            Self::Silent => {}
        }
    }

    /// The lines that say how things stand now; they replace the ones before.
    pub(crate) fn status(&mut self, lines: &[String]) {
        let Self::Live { area, status } = self else { return };
        while status.len() > lines.len() {
            if let Some(bar) = status.pop() {
                bar.finish_and_clear();
                area.remove(&bar);
            }
        }
        while status.len() < lines.len() {
            let bar = area.add(ProgressBar::new_spinner());
            bar.set_style(style("{spinner:.cyan} {msg}"));
            bar.enable_steady_tick(TICK);
            status.push(bar);
        }
        for (bar, line) in status.iter().zip(lines) {
            bar.set_message(line.clone());
        }
    }

    /// A transfer of `total` bytes: what to tell how far it is, and what to end when it is over.
    pub(crate) fn transfer(&self, what: &str, total: u64) -> Transfer {
        let bar = match self {
            Self::Live { area, .. } => {
                let bar = area.add(ProgressBar::new(total));
                bar.set_style(style(
                    "{msg} {bar:30} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta}",
                ));
                bar.set_message(what.to_owned());
                bar
            }
            Self::Lines => {
                self.line(&format!("{what} ({})", super::bytes(total)));
                ProgressBar::hidden()
            }
            Self::Silent => ProgressBar::hidden(),
        };
        Transfer { bar }
    }
}

/// A transfer that is shown until this value ends.
#[derive(Debug)]
pub(crate) struct Transfer {
    bar: ProgressBar,
}

impl Transfer {
    /// What the client tells.
    pub(crate) fn progress(&self) -> Progress {
        let bar = self.bar.clone();
        Progress::new(move |bytes| bar.set_position(bytes))
    }
}

impl Drop for Transfer {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// A template that is wrong shows the default bar instead of none.
fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
