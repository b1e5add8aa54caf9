//! What scripts of Python and Perl hand to a shell: the strings of `os.system("…")`, `subprocess.run("…", shell=True)`, `system`, `exec`, `open`
//! with a pipe, backticks and `qx`. Of a list of words, as in `subprocess.run(["rm", "-r", path])`, the command that they make.
//!
//! Nothing is refused, and nothing is run: what is put together of variables is read with a gap in their place.

mod arguments;
mod literal;
mod scanner;

use std::ops::Range;

use packhorse_model::danger::Language;

use scanner::Scanner;

/// What stands for a part that is not known.
const GAP: u8 = b'_';

/// A shell script inside a text, as the shell gets it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Handed {
    text: Vec<u8>,
    /// Where in the text around it each of its bytes comes from.
    places: Vec<usize>,
}

/// Every script that a text hands to a shell.
pub(super) fn find(text: &str, language: Language) -> Vec<Handed> {
    match language {
        Language::Python | Language::Perl => Scanner::new(text, language).find(),
        Language::Shell | Language::Powershell | Language::Sql => Vec::new(),
    }
}

impl Handed {
    /// The script.
    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.text).into_owned()
    }

    /// Where a part of it lies in the text around it.
    pub(super) fn place(&self, part: &Range<usize>) -> Range<usize> {
        let start = self.places.get(part.start).or(self.places.last()).copied().unwrap_or_default();
        let last = part.end.checked_sub(1).and_then(|last| self.places.get(last)).or(self.places.last());
        start..last.map_or(start, |last| last + 1).max(start)
    }

    fn push(&mut self, byte: u8, place: usize) {
        self.text.push(byte);
        self.places.push(place);
    }

    fn append(&mut self, other: &Self) {
        self.text.extend_from_slice(&other.text);
        self.places.extend_from_slice(&other.places);
    }

    fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Without so many bytes at its beginning and at its end.
    fn without(mut self, first: usize, last: usize) -> Self {
        let end = self.text.len().saturating_sub(last).max(first.min(self.text.len()));
        self.text.truncate(end);
        self.places.truncate(end);
        self.text.drain(..first.min(end));
        self.places.drain(..first.min(end));
        self
    }

    /// The command that these words make: each in quotes, so that a shell reads them as they are.
    fn of_words(words: &[Self]) -> Self {
        let mut command = Self::default();
        for word in words {
            let (Some(first), Some(last)) = (word.places.first(), word.places.last()) else { continue };
            if !command.is_empty() {
                command.push(b' ', *first);
            }
            command.push(b'\'', *first);
            for (byte, place) in word.text.iter().zip(&word.places) {
                if *byte == b'\'' {
                    b"'\\'".iter().for_each(|quote| command.push(*quote, *place));
                }
                command.push(*byte, *place);
            }
            command.push(b'\'', *last);
        }
        command
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn handed(text: &str, language: Language) -> Vec<String> {
        find(text, language).iter().map(Handed::text).collect()
    }

    #[test]
    fn python_hands_over_strings_and_lists() {
        let of = |text: &str| handed(text, Language::Python);
        assert_eq!(of("import os\nos.system('ls -l')  # os.system('x')\n"), ["ls -l"]);
        assert_eq!(of("x = \"os.system('ls')\"\nos . system('a')"), ["a"]);
        assert_eq!(of("subprocess.run(f\"rm {path}/{{a}}\", shell=True, cwd='/tmp')"), ["rm _/{a}"]);
        assert_eq!(of("subprocess.run(cwd='/tmp', args=r'a\\n')"), ["a\\n"]);
        assert_eq!(of("check_output(['rm', '-rf', \"it's\"] + more)"), ["'rm' '-rf' 'it'\\''s'"]);
        assert_eq!(of("os.popen('a ' 'b'\n   \"c\" + d + '/*')"), ["a bc_/*"]);
        assert_eq!(of("os.system('''a\n\\tb''' % x)\nos.system(\"c\".format('d'))"), ["a\n\tb_", "c"]);
        assert_eq!(of("run(shlex.split('a b'))\nrun(command)\nsystem()"), ["a b"]);
    }

    #[test]
    fn perl_hands_over_strings_lists_and_backticks() {
        let of = |text: &str| handed(text, Language::Perl);
        assert_eq!(of("system(\"ls $dir\"); # system('x')\n"), ["ls $dir"]);
        assert_eq!(of("system 'ls' or die; exec qw(rm -r /);"), ["ls", "'rm' '-r' '/'"]);
        assert_eq!(of("my $a = `id`; print qx{a {b} c}; $s->system('x'); $system{'x'}"), ["id", "a {b} c"]);
        assert_eq!(of("system('rm', '-r', $dir . '/x') == 0 or die 'no'"), ["'rm' '-r' '_/x'"]);
        assert_eq!(
            of("open(F, '| mail'); open(my $f, '-|', 'ls', '-l'); open F, \"ls |\"; open(F, '<', 'x')"),
            [" mail", "'ls' '-l'", "ls "]
        );
        assert_eq!(of("=pod\nsystem('x')\n=cut\n$a =~ s/'/\"/; system('y') if /'/;"), ["y"]);
    }

    #[test]
    fn places_are_those_of_the_text_around() {
        let text = "os.system(\"a\\n\\\n支 b\")";
        let script = &find(text, Language::Python)[0];
        assert_eq!(script.text(), "a\n支 b");
        let part = |what: &str| {
            let at = script.text().find(what).unwrap();
            script.place(&(at..at + what.len()))
        };
        assert_eq!(&text[part("支")], "支");
        assert_eq!(&text[part("支 b")], "支 b");
        assert_eq!(part("a"), 11..12);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in r#"(system|os\.popen|run|open|exec|qx|qw|=~|s|tr|`|['"()\[\]{}<>,;.+=#\\\n $|/-]|f|r|'''|a|支|=pod\n|=cut\n){0,40}"#) {
            for language in [Language::Python, Language::Perl] {
                for script in find(&text, language) {
                    let length = script.text.len();
                    prop_assert_eq!(length, script.places.len());
                    let place = script.place(&(0..length));
                    prop_assert!(place.end <= text.len() && text.get(place).is_some());
                }
            }
        }
    }
}
