//! The scanner: one pass, no copy, and the same answer whatever stands around a token.
//!
//! A token is `[`, a prefix, and everything up to the next `]`, `[` or end of line. A name consists of letters, digits, `_`, `.` and `-`
//! (and `/` for a file, which is named by its path), and letters may be of any alphabet, in any encoding: a byte above 0x7f counts as
//! one, since the table of another encoding is nothing that a scanner knows.

use super::doubt::{self, Doubt};
use super::prefixes::{Prefixes, VariableKind};

/// The longest name, in bytes. What is longer is no variable.
pub const LONGEST_NAME: usize = 256;

/// A variable, or what looks like one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token<'a> {
    /// The line, counted from 1. Lines end at `\n`.
    pub line: usize,
    /// The byte at which it begins, from the beginning of the file.
    pub at: usize,
    /// How many bytes it has, with its brackets.
    pub len: usize,
    /// Its prefix.
    pub prefix: char,
    /// What the prefix stands for.
    pub kind: VariableKind,
    /// What stands between prefix and bracket.
    pub name: &'a [u8],
    /// Why it is rather taken for something else; a variable if none.
    pub doubt: Option<Doubt>,
}

impl Token<'_> {
    /// Its name as text, with replacement characters for what is not UTF-8.
    #[must_use]
    pub fn name(&self) -> String {
        String::from_utf8_lossy(self.name).into_owned()
    }
}

/// The tokens of a file, in its order.
pub fn scan<'a>(bytes: &'a [u8], prefixes: &'a Prefixes) -> impl Iterator<Item = Token<'a>> {
    Scanner { bytes, prefixes, at: 0, line: 1, line_start: 0 }
}

struct Scanner<'a> {
    bytes: &'a [u8],
    prefixes: &'a Prefixes,
    at: usize,
    line: usize,
    line_start: usize,
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while let Some(&byte) = self.bytes.get(self.at) {
            let at = self.at;
            self.at += 1;
            match byte {
                b'\n' => {
                    self.line += 1;
                    self.line_start = self.at;
                }
                b'[' => {
                    if let Some(token) = self.token(at) {
                        // What is no variable may hold one: `[@x[@y]]`.
                        self.at = if token.doubt.is_none() { at + token.len } else { at + 2 };
                        return Some(token);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

impl<'a> Scanner<'a> {
    fn token(&self, at: usize) -> Option<Token<'a>> {
        let prefix = *self.bytes.get(at + 1)?;
        let kind = self.prefixes.kind(prefix)?;
        let rest = &self.bytes[at + 2..];
        let window = &rest[..rest.len().min(LONGEST_NAME + 1)];
        let length = window.iter().position(|b| b"]\n[".contains(b))?;
        let name = &rest[..length];
        let (doubt, len) = match rest[length] {
            b'\n' => return None,
            b'[' => (Some(Doubt::Brackets), length + 2),
            _ if name.is_empty() && self.is_array(at) => (Some(Doubt::ShellArray), length + 3),
            _ if name.is_empty() => return None,
            _ if !is_name(name, kind) => (Some(name_doubt(prefix, name)), length + 3),
            _ => (self.doubt(at, prefix, name, length + 3), length + 3),
        };
        Some(Token { line: self.line, at, len, prefix: char::from(prefix), kind, name, doubt })
    }

    fn doubt(&self, at: usize, prefix: u8, name: &[u8], len: usize) -> Option<Doubt> {
        const AROUND: usize = 160;
        let before = &self.bytes[self.line_start.max(at.saturating_sub(AROUND))..at];
        let after = &self.bytes[at + len..self.bytes.len().min(at + len + AROUND)];
        let after = after.split(|b| *b == b'\n').next().unwrap_or_default();
        doubt::of(prefix, &String::from_utf8_lossy(name), before, after)
    }

    /// `${list[@]}`: a name, and a brace somewhere before it.
    fn is_array(&self, at: usize) -> bool {
        let before = &self.bytes[self.line_start..at];
        let name = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
        name > 0 && before[..before.len() - name].ends_with(b"{")
    }
}

fn is_name(name: &[u8], kind: VariableKind) -> bool {
    name.iter().all(|b| {
        b.is_ascii_alphanumeric() || !b.is_ascii() || b"_.-".contains(b) || *b == b'/' && kind == VariableKind::File
    })
}

/// What a token is whose name is none.
fn name_doubt(prefix: u8, name: &[u8]) -> Doubt {
    let is_class = |b: &u8| b"^\\,:;|'\"()*+?/$\t".contains(b);
    match prefix {
        b'%' if name.iter().any(|b| b"{%-".contains(b)) => Doubt::LogPattern,
        b'!' | b'^' if name.iter().any(is_class) || !name.contains(&b' ') => Doubt::CharacterClass,
        _ => Doubt::Name,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str) -> String {
        let prefixes = Prefixes::default();
        let tokens = scan(text.as_bytes(), &prefixes).map(|token| {
            let verdict = token.doubt.map_or(token.kind.as_str().to_owned(), |doubt| format!("{doubt:?}?"));
            format!("{}:{}{}={verdict}", token.line, token.prefix, token.name())
        });
        tokens.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn variables_are_found_by_prefix() {
        insta::assert_snapshot!(found("url=[@db_ip]:[#port]/[&name]\r\npw=[!pw] [%key] [+once]\n[^conf/license.dat]"), @"1:@db_ip=plain 1:#port=plain 1:&name=plain 2:!pw=encrypted 2:%key=encrypted 2:+once=single_encrypted 3:^conf/license.dat=file");
        insta::assert_snapshot!(found("[@中文] [@A] [@a] [@a]] [[@a]] [@packhorse.host.ip]"), @"1:@中文=plain 1:@A=plain 1:@a=plain 1:@a=plain 1:@a=plain 1:@packhorse.host.ip=plain");
        let mut gb18030 = b"\xd6\xd0[@name]\xce\xc4[@".to_vec();
        gb18030.extend_from_slice(b"\xb6\xcb\xbf\xda]");
        let prefixes = Prefixes::default();
        let tokens: Vec<_> = scan(&gb18030, &prefixes).map(|token| (token.at, token.len, token.doubt)).collect();
        assert_eq!(tokens, [(2, 7, None), (11, 7, None)]);
    }

    #[test]
    fn what_only_looks_like_one_is_told_apart() {
        insta::assert_snapshot!(found("pattern=%d [%t] %-5p [%thread] %m%n"), @"1:%t=LogPattern? 1:%thread=LogPattern?");
        insta::assert_snapshot!(found("[%d{HH:mm:ss}] [%X{id}]"), @"1:%d{HH:mm:ss}=LogPattern? 1:%X{id}=LogPattern?");
        insta::assert_snapshot!(found("case $x in [!0-9]*) ;; *[!a-z]) ;; esac; echo ${list[@]} ${#list[@]}"), @"1:!0-9=CharacterClass? 1:!a-z=CharacterClass? 1:@=ShellArray?");
        insta::assert_snapshot!(found("//a[@href=\"x\"] //b[@id='1']"), @r#"1:@href="x"=Name? 1:@id='1'=Name?"#);
        insta::assert_snapshot!(found("s/[^abc]*/x/; [^/]+; ([^\"]*)"), @r#"1:^abc=CharacterClass? 1:^/=CharacterClass? 1:^"=CharacterClass?"#);
        insta::assert_snapshot!(found("> [!NOTE]\nSee [#section](#x) and [^1] or [^1]: text"), @"1:!NOTE=Markdown? 2:#section=Markdown? 2:^1=Markdown? 2:^1=Markdown?");
        insta::assert_snapshot!(found("[@a b] [@a@b] [@x[0]] [@@x] [@x ] [@ab"), @"1:@a b=Name? 1:@a@b=Name? 1:@x=Brackets? 1:@@x=Name? 1:@x =Name?");
        insta::assert_snapshot!(found("if [ ! -f x ]; then [ $# -gt 1 ] && x[1]=2"), @"");
        assert_eq!(found(&format!("[@{}]", "a".repeat(LONGEST_NAME + 1))), "");
    }

    proptest! {
        #[test]
        fn tokens_lie_where_they_say(bytes in proptest::collection::vec(prop_oneof![Just(b'['), Just(b']'), Just(b'@'), Just(b'!'), Just(b'\n'), any::<u8>()], 0..200)) {
            let prefixes = Prefixes::default();
            let mut end = 0;
            for token in scan(&bytes, &prefixes) {
                prop_assert!(token.at >= end && token.at + token.len <= bytes.len());
                prop_assert_eq!(bytes[token.at], b'[');
                prop_assert_eq!(token.line, bytes[..token.at].iter().filter(|b| **b == b'\n').count() + 1);
                if token.doubt.is_none() {
                    prop_assert_eq!(bytes[token.at + token.len - 1], b']');
                    end = token.at + token.len;
                }
            }
        }
    }
}
