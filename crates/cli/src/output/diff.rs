//! A difference of texts, as `diff -u` writes it, for people. Pure.

use super::text::{Style, harmless};

/// The lines of a difference, each in its colour and made harmless.
pub(crate) fn coloured(diff: &str, style: Style) -> String {
    diff.lines().map(|line| coloured_line(line, style) + "\n").collect()
}

fn coloured_line(line: &str, style: Style) -> String {
    let safe = harmless_but_tabs(line);
    match line.chars().next() {
        Some('+') => style.green(&safe),
        Some('-') => style.red(&safe),
        Some('@') => style.dim(&safe),
        _ => safe,
    }
}

/// Texts have tabs, which do no harm.
fn harmless_but_tabs(line: &str) -> String {
    line.split('\t').map(harmless).collect::<Vec<_>>().join("\t")
}
