//! INI and properties. Neither has a standard; only what every reader stumbles over is refused.

use super::{SyntaxError, at};

/// Sections are closed, and keys are not empty.
pub(super) fn check_ini(bytes: &[u8]) -> Result<(), SyntaxError> {
    each_line(bytes, |start, line| {
        if line.starts_with(b"[") && !line.contains(&b']') {
            return Err(at(bytes, start, "the section has no closing bracket"));
        }
        if line.starts_with(b"=") {
            return Err(at(bytes, start, "there is no key before ="));
        }
        Ok(())
    })
}

/// `\u` is followed by four hexadecimal digits.
pub(super) fn check_properties(bytes: &[u8]) -> Result<(), SyntaxError> {
    each_line(bytes, |start, line| {
        if line.starts_with(b"#") || line.starts_with(b"!") {
            return Ok(());
        }
        let mut rest = line;
        while let Some(slash) = rest.iter().position(|b| *b == b'\\') {
            let place = start + (line.len() - rest.len()) + slash;
            rest = &rest[slash + 1..];
            let is_unicode = rest.starts_with(b"u");
            let digits = rest.get(1..5).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
            if is_unicode && !digits {
                return Err(at(bytes, place, "\\u is not followed by four hexadecimal digits"));
            }
            rest = rest.get(1..).unwrap_or_default();
        }
        Ok(())
    })
}

/// Calls with each line that is not empty, and where it begins, without the blanks around it.
fn each_line(bytes: &[u8], mut check: impl FnMut(usize, &[u8]) -> Result<(), SyntaxError>) -> Result<(), SyntaxError> {
    let mut start = 0;
    for line in bytes.split(|b| *b == b'\n') {
        let indent = line.len() - line.trim_ascii_start().len();
        if !line.trim_ascii().is_empty() {
            check(start + indent, line.trim_ascii())?;
        }
        start += line.len() + 1;
    }
    Ok(())
}
