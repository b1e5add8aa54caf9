//! Commands and their words. Nothing is refused: whatever cannot be understood is read as words.
//!
//! Keywords (`if`, `then`, `{` …) and assignments before a command are taken off by `expand`; here only the lexical rules of POSIX shell and bash hold.

use std::ops::Range;

/// Substitutions inside substitutions: what lies deeper is not looked at.
const DEEPEST: usize = 16;

/// A word, with its quotes taken off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Word {
    pub(in super::super) text: String,
    pub(in super::super) range: Range<usize>,
}

/// A redirection to or from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Redirect {
    pub(in super::super) is_output: bool,
    pub(in super::super) target: Word,
}

/// A simple command.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in super::super) struct Command {
    pub(in super::super) words: Vec<Word>,
    pub(in super::super) redirects: Vec<Redirect>,
    /// The bodies of its here-documents.
    pub(in super::super) documents: Vec<Range<usize>>,
    /// Whether the next command reads what it writes.
    pub(in super::super) is_piped: bool,
}

/// A script: its commands, and what in it is not code.
#[derive(Debug, Default)]
pub(in super::super) struct Script {
    pub(in super::super) commands: Vec<Command>,
    /// Comments and the bodies of here-documents.
    pub(in super::super) asides: Vec<Range<usize>>,
    /// Backslashes that join two lines.
    pub(in super::super) joints: Vec<usize>,
}

/// Reads the part of a text.
pub(in super::super) fn read(text: &str, part: Range<usize>) -> Script {
    let mut reader =
        Reader { bytes: &text.as_bytes()[..part.end], at: part.start, depth: 0, script: Script::default() };
    while reader.at < part.end {
        reader.commands(None);
    }
    reader.script
}

struct Reader<'t> {
    bytes: &'t [u8],
    at: usize,
    depth: usize,
    script: Script,
}

/// A here-document whose body has not come yet.
struct Awaited {
    command: usize,
    end: String,
    strips_tabs: bool,
}

impl Reader<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    /// Reads commands up to `close`, which is taken along, or to the end.
    fn commands(&mut self, close: Option<u8>) {
        let mut command = Command::default();
        let mut awaited: Vec<Awaited> = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                _ if Some(byte) == close => {
                    self.at += 1;
                    break;
                }
                b'\n' => {
                    let index = self.finish(&mut command);
                    self.at += 1;
                    for document in awaited.drain(..) {
                        self.document(&document, index);
                    }
                }
                b'#' => self.comment(),
                b';' | b'&' | b'|' | b'(' | b')' => self.operator(&mut command, byte),
                b'<' | b'>' => {
                    if let Some((end, strips_tabs)) = self.redirect(&mut command) {
                        awaited.push(Awaited { command: self.script.commands.len(), end, strips_tabs });
                    }
                }
                b'\\' if self.peek(1) == Some(b'\n') => self.joint(),
                _ if byte.is_ascii_whitespace() => self.at += 1,
                _ => {
                    let word = self.word(close);
                    let is_descriptor =
                        word.text.bytes().all(|b| b.is_ascii_digit()) && matches!(self.peek(0), Some(b'<' | b'>'));
                    if !is_descriptor {
                        command.words.push(word);
                    }
                }
            }
        }
        self.finish(&mut command);
    }

    /// Ends a command, and gives the number of the last one that there is.
    fn finish(&mut self, command: &mut Command) -> usize {
        if *command != Command::default() {
            self.script.commands.push(std::mem::take(command));
        }
        self.script.commands.len().saturating_sub(1)
    }

    fn operator(&mut self, command: &mut Command, byte: u8) {
        if byte == b'&' && self.peek(1) == Some(b'>') {
            // &> and &>>: the redirection itself comes next.
            self.at += 1;
            return;
        }
        command.is_piped = byte == b'|' && self.peek(1) != Some(b'|');
        self.at += if self.peek(1) == Some(byte) { 2 } else { 1 };
        if command.words.is_empty() && command.redirects.is_empty() {
            command.is_piped = false;
        }
        self.finish(command);
    }

    fn comment(&mut self) {
        let start = self.at;
        self.at += self.bytes[start..].iter().position(|byte| *byte == b'\n').unwrap_or(self.bytes.len() - start);
        self.script.asides.push(start..self.at);
    }

    fn joint(&mut self) {
        self.script.joints.push(self.at);
        self.at += 2;
    }

    /// A redirection. Of a here-document, its end and whether tabs before it are taken off.
    fn redirect(&mut self, command: &mut Command) -> Option<(String, bool)> {
        let is_output = self.peek(0) == Some(b'>');
        let opens = self.bytes[self.at..].iter().take(3).take_while(|byte| **byte == b'<').count();
        if self.peek(1) == Some(b'(') {
            // A process substitution is a word.
            let word = self.word(None);
            command.words.push(word);
            return None;
        }
        self.at += if is_output { 1 } else { opens };
        let strips_tabs = opens == 2 && self.peek(0) == Some(b'-');
        while matches!(self.peek(0), Some(b'>' | b'&' | b'|' | b'-')) && opens != 3 {
            self.at += 1;
        }
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        let target = self.word(None);
        if opens == 2 {
            return Some((target.text, strips_tabs));
        }
        if opens != 3 && !target.text.is_empty() {
            command.redirects.push(Redirect { is_output, target });
        }
        None
    }

    fn document(&mut self, document: &Awaited, last: usize) {
        let start = self.at;
        let mut end = self.bytes.len();
        while self.at < self.bytes.len() {
            let line_start = self.at;
            let length = self.bytes[line_start..].iter().position(|byte| *byte == b'\n');
            let line = &self.bytes[line_start..length.map_or(self.bytes.len(), |length| line_start + length)];
            self.at = length.map_or(self.bytes.len(), |length| line_start + length + 1);
            let stripped = line.iter().position(|byte| *byte != b'\t').unwrap_or(line.len());
            let line = if document.strips_tabs { &line[stripped..] } else { line };
            if line == document.end.as_bytes() {
                end = line_start;
                break;
            }
        }
        self.script.asides.push(start..end);
        let owner = document.command.min(last);
        if let Some(command) = self.script.commands.get_mut(owner) {
            command.documents.push(start..end);
        }
    }

    /// A word, from here to the next blank or operator. Always takes at least one character if there is one.
    fn word(&mut self, close: Option<u8>) -> Word {
        let start = self.at;
        let mut text = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                _ if Some(byte) == close => break,
                b'\'' => self.single(&mut text),
                b'"' => self.double(&mut text),
                b'`' | b'$' => self.dollar(&mut text),
                b'\\' if self.peek(1) == Some(b'\n') => self.joint(),
                b'\\' => {
                    self.at += 1;
                    text.extend(self.peek(0));
                    self.at += 1;
                }
                b'<' | b'>' if self.peek(1) == Some(b'(') && self.at == start => {
                    self.at += 2;
                    self.substitution(Some(b')'));
                    text.extend_from_slice(b"/dev/fd/0");
                }
                b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => break,
                _ if byte.is_ascii_whitespace() => break,
                _ => {
                    text.push(byte);
                    self.at += 1;
                }
            }
        }
        self.at = self.at.min(self.bytes.len());
        Word { text: String::from_utf8_lossy(&text).into_owned(), range: start..self.at }
    }

    fn single(&mut self, text: &mut Vec<u8>) {
        let inside = self.at + 1;
        let end =
            self.bytes[inside..].iter().position(|byte| *byte == b'\'').map_or(self.bytes.len(), |at| inside + at);
        text.extend_from_slice(&self.bytes[inside..end]);
        self.at = (end + 1).min(self.bytes.len());
    }

    fn double(&mut self, text: &mut Vec<u8>) {
        self.at += 1;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'"' => {
                    self.at += 1;
                    return;
                }
                b'\\' if self.peek(1) == Some(b'\n') => self.joint(),
                b'\\' if matches!(self.peek(1), Some(b'"' | b'\\' | b'$' | b'`')) => {
                    text.extend(self.peek(1));
                    self.at += 2;
                }
                b'`' | b'$' => self.dollar(text),
                _ => {
                    text.push(byte);
                    self.at += 1;
                }
            }
        }
    }

    /// A substitution or an expansion: what it says stays in the word as it is written, and commands in it are commands.
    fn dollar(&mut self, text: &mut Vec<u8>) {
        let start = self.at;
        match (self.peek(0), self.peek(1), self.peek(2)) {
            (Some(b'`'), ..) => {
                self.at += 1;
                self.substitution(Some(b'`'));
            }
            (_, Some(b'('), third) => {
                // $(( … )) holds no commands, but reading it as some does no harm.
                self.at += if third == Some(b'(') { 3 } else { 2 };
                self.substitution(Some(b')'));
            }
            (_, Some(b'{'), _) => {
                let length = self.bytes[start..].iter().position(|byte| matches!(byte, b'}' | b'\n'));
                self.at = length.map_or(self.bytes.len(), |length| start + length + 1);
            }
            (_, Some(b'\''), _) => {
                self.at += 1;
                return self.single(text);
            }
            _ => self.at += 1,
        }
        let end = self.at.min(self.bytes.len());
        text.extend_from_slice(&self.bytes[start..end]);
    }

    fn substitution(&mut self, close: Option<u8>) {
        if self.depth >= DEEPEST {
            return;
        }
        self.depth += 1;
        self.commands(close);
        self.depth -= 1;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn commands(text: &str) -> Vec<String> {
        let script = read(text, 0..text.len());
        script
            .commands
            .iter()
            .map(|command| {
                let words = command.words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join("|");
                let redirects: Vec<_> =
                    command.redirects.iter().map(|redirect| format!(">{}", redirect.target.text)).collect();
                format!("{words}{}", redirects.concat())
            })
            .collect()
    }

    #[test]
    fn words_are_those_that_the_shell_sees() {
        assert_eq!(commands("rm -r\\\n  -f 'a b'\"c\\\"d\"e\\ f # gone; rm\nls"), ["rm|-r|-f|a bc\"de f", "ls"]);
        assert_eq!(commands("a;b&&c||d|e&f"), ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(
            commands("echo a#b \"x $(rm -rf / ; ls) y\" `id`"),
            ["rm|-rf|/", "ls", "id", "echo|a#b|x $(rm -rf / ; ls) y|`id`"]
        );
        assert_eq!(commands("x >/dev/sda 2>&1 &>>y <in <<<word"), ["x>/dev/sda>1>y>in"]);
        assert_eq!(commands("(cd /; rm x)"), ["cd|/", "rm|x"]);
        assert_eq!(commands("diff <(rm a) b"), ["rm|a", "diff|/dev/fd/0|b"]);
    }

    #[test]
    fn documents_are_no_commands() {
        let text = "cat <<EOF | sh\nrm -rf /\nEOF\ncat <<-'X'\n\trm\n\tX\nls";
        assert_eq!(commands(text), ["cat", "sh", "cat", "ls"]);
        let script = read(text, 0..text.len());
        assert_eq!(&text[script.commands[0].documents[0].clone()], "rm -rf /\n");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_or_stop(text in r#"([a-z '"`$(){}<>|&;#\\\n支-]|<<E|\$\(|E\n){0,60}"#) {
            let script = read(&text, 0..text.len());
            for command in &script.commands {
                for word in &command.words {
                    prop_assert!(word.range.end <= text.len() && text.get(word.range.clone()).is_some());
                }
            }
        }
    }
}
