//! What runs a script, by its name and its first line. Pure.

use packhorse_model::manifest::Interpreter;

/// By the ending of the name.
pub(crate) fn interpreter_by_name(name: &str) -> Option<Interpreter> {
    match name.rsplit_once('.')?.1 {
        "sh" | "bash" => Some(Interpreter::Bash),
        "py" => Some(Interpreter::Python),
        "pl" => Some(Interpreter::Perl),
        "ps1" => Some(Interpreter::Powershell),
        _ => None,
    }
}

/// By the first line, `#!/usr/bin/env python3`, else by the name.
pub(crate) fn interpreter_of(name: &str, text: &[u8]) -> Option<Interpreter> {
    let line = text.strip_prefix(b"#!").and_then(|rest| rest.split(|byte| *byte == b'\n').next());
    let by_line = line.and_then(|line| {
        let line = String::from_utf8_lossy(line);
        let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
        let program = words.find(|word| *word != "env" && !word.starts_with('-'))?;
        match program.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') {
            "bash" => Some(Interpreter::Bash),
            "sh" | "dash" | "ash" => Some(Interpreter::Sh),
            "python" => Some(Interpreter::Python),
            "perl" => Some(Interpreter::Perl),
            "pwsh" | "powershell" => Some(Interpreter::Powershell),
            _ => None,
        }
    });
    by_line.or_else(|| interpreter_by_name(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_stands_above_the_name() {
        let of = |name: &str, text: &str| interpreter_of(name, text.as_bytes()).map(Interpreter::as_str);
        assert_eq!(of("a", "#!/bin/sh\n"), Some("sh"));
        assert_eq!(of("a.sh", "#!/usr/bin/env -S python3.12 -u\nx"), Some("python"));
        assert_eq!(of("a.sh", "ls"), Some("bash"));
        assert_eq!(of("a.ps1", ""), Some("powershell"));
        assert_eq!(of("a", "#!/usr/bin/ruby"), None);
    }
}
