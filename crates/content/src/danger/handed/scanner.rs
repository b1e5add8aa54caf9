//! Going through a text of Python or Perl: past comments and strings, to what runs a command.

use packhorse_model::danger::Language;

use super::Handed;
use super::arguments::{Arguments, Literal, words};
use super::literal::{Escapes, Form};

/// What hands its first argument to a shell, or runs the words of a list.
const PYTHON: &[&str] = &[
    "system",
    "popen",
    "getoutput",
    "getstatusoutput",
    "run",
    "call",
    "check_call",
    "check_output",
    "Popen",
    "create_subprocess_shell",
];
/// The names of that argument, where it is given by name.
const PYTHON_KEYWORDS: &[&str] = &["args", "cmd", "command"];
const PERL: &[&str] = &["system", "exec"];
/// Words of Perl behind which a command without parentheses is over.
const PERL_ENDS: &[&str] = &["or", "and", "if", "unless", "for", "foreach", "while", "until"];

pub(super) struct Scanner<'t> {
    bytes: &'t [u8],
    is_perl: bool,
    at: usize,
    found: Vec<Handed>,
}

impl<'t> Scanner<'t> {
    pub(super) fn new(text: &'t str, language: Language) -> Self {
        Self { bytes: text.as_bytes(), is_perl: language == Language::Perl, at: 0, found: Vec::new() }
    }

    pub(super) fn find(mut self) -> Vec<Handed> {
        while self.at < self.bytes.len() {
            if self.aside() || self.literal().is_some() {
                continue;
            }
            match self.word() {
                Some("open") if self.is_perl => self.open(),
                Some(word) if (if self.is_perl { PERL } else { PYTHON }).contains(&word) => self.call(),
                Some(_) => {}
                None => self.at += 1,
            }
        }
        self.found
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn before(&self) -> Option<u8> {
        self.at.checked_sub(1).map(|before| self.bytes[before])
    }

    /// Passes a comment, a regular expression, and in Perl documentation and variables. Whether there was one.
    fn aside(&mut self) -> bool {
        let rest = &self.bytes[self.at..];
        let is_line_start = self.before().is_none_or(|before| before == b'\n');
        let length = match rest[0] {
            b'#' if !self.is_perl || self.before().is_none_or(|before| before.is_ascii_whitespace()) => {
                rest.iter().position(|byte| *byte == b'\n')
            }
            b'=' if self.is_perl && is_line_start && rest.get(1).is_some_and(u8::is_ascii_alphabetic) => {
                memchr::memmem::find(rest, b"\n=cut").map(|at| at + 5)
            }
            // $' and $" are variables, $#a is a length.
            b'$' if self.is_perl => Some(if rest.get(1).is_some_and(u8::is_ascii_punctuation) { 2 } else { 1 }),
            b'=' | b'!' if self.is_perl && rest.get(1) == Some(&b'~') => {
                self.at += 2;
                self.expression();
                return true;
            }
            b'/' if self.is_perl && self.begins_expression() => {
                let line = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                let (_, end) = Form::of(b'/').read(&self.bytes[..self.at + line], self.at + 1);
                self.at = end;
                return true;
            }
            _ => return false,
        };
        self.at += length.unwrap_or(rest.len());
        self.at = self.at.min(self.bytes.len());
        true
    }

    /// Whether a `/` here cannot divide.
    fn begins_expression(&self) -> bool {
        let before = self.bytes[..self.at].iter().rev().take(64).find(|byte| !byte.is_ascii_whitespace());
        let words = [b"if".as_slice(), b"split", b"grep", b"unless", b"and", b"or"];
        let trimmed = self.bytes[..self.at].trim_ascii_end();
        before.is_none_or(|before| b"(,{;|&!".contains(before)) || words.iter().any(|word| trimmed.ends_with(word))
    }

    /// What stands behind `=~`: `m{…}`, `s/…/…/`, `tr/…/…/`.
    fn expression(&mut self) {
        self.blanks();
        let letters = self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
        let operator = &self.bytes[self.at..self.at + letters];
        let parts = match operator {
            b"s" | b"tr" | b"y" => 2,
            b"m" | b"qr" | b"" => 1,
            _ => return,
        };
        let Some(open) = self.peek(letters).filter(|open| open.is_ascii_punctuation() && !b"$@(;,".contains(open))
        else {
            return;
        };
        let form = Form::of(open);
        self.at += letters + 1;
        for part in 0..parts {
            if part > 0 && form.open != form.close {
                self.blanks();
                self.at += 1;
            }
            self.at = form.read(self.bytes, self.at.min(self.bytes.len())).1;
        }
    }

    fn blanks(&mut self) {
        self.at += self.bytes[self.at..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    }

    /// Reads a string, if one begins here; what stands in backticks is found.
    fn literal(&mut self) -> Option<Literal> {
        let literal = if self.is_perl { self.perl_literal() } else { self.python_literal() };
        if let Some(Literal::Command(command)) = &literal {
            self.found.push(command.clone());
        }
        literal
    }

    fn python_literal(&mut self) -> Option<Literal> {
        let is_prefix = |byte: &&u8| b"rRbBuUfFtT".contains(byte);
        let prefix = self.bytes[self.at..].iter().take(2).take_while(is_prefix).count();
        let is_word = self.before().is_some_and(is_name) && prefix > 0;
        let open = self.peek(prefix).filter(|open| matches!(open, b'\'' | b'"') && !is_word)?;
        let letters = self.bytes[self.at..self.at + prefix].to_ascii_lowercase();
        let is_triple = self.bytes[self.at + prefix..].starts_with(&[open; 3]);
        let form = Form {
            is_triple,
            escapes: if letters.contains(&b'r') { Escapes::None } else { Escapes::All },
            has_braces: letters.contains(&b'f') || letters.contains(&b't'),
            ..Form::of(open)
        };
        let (said, end) = form.read(self.bytes, self.at + prefix + if is_triple { 3 } else { 1 });
        self.at = end;
        Some(Literal::Text(said))
    }

    fn perl_literal(&mut self) -> Option<Literal> {
        let first = self.peek(0)?;
        if matches!(first, b'\'' | b'"' | b'`') {
            let escapes = if first == b'\'' { Escapes::Signs } else { Escapes::All };
            let form = Form { escapes, ..Form::of(first) };
            let (said, end) = form.read(self.bytes, self.at + 1);
            self.at = end;
            return Some(if first == b'`' { Literal::Command(said) } else { Literal::Text(said) });
        }
        if first != b'q' || self.before().is_some_and(|before| is_name(before) || b"$@%&>".contains(&before)) {
            return None;
        }
        let letter = self.peek(1).filter(|letter| b"qwx".contains(letter));
        let length = if letter.is_some() { 2 } else { 1 };
        let open = self.peek(length).filter(|open| b"([{<'\"!|/~".contains(open))?;
        let escapes = if matches!(letter, Some(b'q' | b'x')) { Escapes::All } else { Escapes::Signs };
        let form = Form { escapes, ..Form::of(open) };
        let (said, end) = form.read(self.bytes, self.at + length + 1);
        self.at = end;
        Some(match letter {
            Some(b'x') => Literal::Command(said),
            Some(b'w') => Literal::Words(words(&said)),
            _ => Literal::Text(said),
        })
    }

    /// Reads a name, if one begins here: the last part of `os.system` or `CORE::system`; nothing of a variable's or a method's in Perl.
    fn word(&mut self) -> Option<&'t str> {
        let first = self.peek(0).filter(|first| is_name(*first))?;
        let is_other = self.is_perl && self.before().is_some_and(|before| b"$@%&>".contains(&before));
        let length = self.bytes[self.at..].iter().take_while(|byte| is_name(**byte)).count();
        let word = &self.bytes[self.at..self.at + length];
        self.at += length;
        if is_other || first.is_ascii_digit() {
            return Some("");
        }
        Some(std::str::from_utf8(word).unwrap_or_default())
    }

    fn call(&mut self) {
        let arguments = self.arguments();
        if arguments.is_list || self.is_perl && arguments.all.len() > 1 {
            self.keep(Handed::of_words(&arguments.all));
        } else if let Some(first) = arguments.all.into_iter().next() {
            self.keep(first);
        }
    }

    /// `open(F, "| command")`, `open(F, "command |")`, `open(F, "-|", "command", …)`.
    fn open(&mut self) {
        let mut all = self.arguments().all.into_iter();
        while let Some(argument) = all.next() {
            match argument.text.trim_ascii() {
                b"-|" | b"|-" => {
                    let rest: Vec<Handed> = all.collect();
                    return self.keep(if let [only] = &rest[..] { only.clone() } else { Handed::of_words(&rest) });
                }
                [b'|', ..] => return self.keep(argument.without(1, 0)),
                [.., b'|'] => return self.keep(argument.without(0, 1)),
                _ => {}
            }
        }
    }

    fn keep(&mut self, script: Handed) {
        if !script.is_empty() {
            self.found.push(script);
        }
    }

    /// The strings that are given to what stands before, each argument put together.
    fn arguments(&mut self) -> Arguments {
        let mut arguments = Arguments::default();
        self.blanks();
        let is_closed = self.peek(0) == Some(b'(');
        if !is_closed && !self.is_perl {
            return arguments;
        }
        self.at += usize::from(is_closed);
        // Inside of how many brackets the strings lie that are meant, and inside of how many we are.
        let (mut wanted, mut depth) = (0_usize, 0_usize);
        let mut is_first = true;
        let mut last_word = "";
        while let Some(byte) = self.peek(0) {
            if byte.is_ascii_whitespace() || self.aside() {
                self.at += usize::from(byte.is_ascii_whitespace());
                continue;
            }
            if let Some(literal) = self.literal() {
                if depth == wanted {
                    arguments.add(literal);
                }
                is_first = false;
                continue;
            }
            match byte {
                b'(' | b'[' | b'{' => {
                    depth += 1;
                    if is_first {
                        // A list, or what a function makes of a string.
                        wanted = depth;
                        arguments.is_list = byte == b'[' && !arguments.is_skipped;
                        arguments.forget();
                    }
                }
                b')' | b']' | b'}' if depth == 0 => {
                    self.at += 1;
                    break;
                }
                b')' | b']' | b'}' => {
                    depth -= 1;
                    if depth < wanted {
                        wanted = depth;
                        let is_skipped = arguments.is_skipped;
                        arguments.end();
                        arguments.is_over |= !is_skipped;
                    }
                }
                b';' if !is_closed => break,
                b',' if depth == wanted => {
                    arguments.end();
                    arguments.is_over |= !self.is_perl && !arguments.is_list && !arguments.all.is_empty();
                    is_first = !self.is_perl && arguments.all.is_empty();
                }
                b'=' if !self.is_perl && depth == wanted => {
                    arguments.forget();
                    arguments.is_skipped = !PYTHON_KEYWORDS.contains(&last_word);
                    is_first = true;
                }
                b'+' | b'\\' => {}
                b'.' if self.is_perl => {}
                b'.' => {
                    self.at += 1 + self.bytes[self.at + 1..].iter().take_while(|byte| is_name(**byte)).count();
                    continue;
                }
                _ => {
                    if depth == wanted {
                        arguments.has_gap = true;
                    }
                    is_first &= is_name(byte);
                    match self.word() {
                        Some(word) if !is_closed && depth == 0 && PERL_ENDS.contains(&word) => {
                            arguments.has_gap = false;
                            break;
                        }
                        Some(word) => {
                            last_word = word;
                            continue;
                        }
                        None => {}
                    }
                }
            }
            self.at += 1;
        }
        arguments.end();
        arguments
    }
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
