//! A command that is run: its name, its options and its operands, whatever stands before it.

use std::ops::Range;

use super::expand;
use super::lexer::{self, Command, Redirect, Script, Word};

/// Scripts inside scripts: `bash -c 'bash -c …'`.
const DEEPEST: usize = 4;

/// A command, with the programs that only run it taken off.
#[derive(Debug, Clone)]
pub(in super::super) struct Invocation {
    /// Its name, without folders.
    pub(in super::super) name: String,
    /// What it is given.
    pub(in super::super) args: Vec<String>,
    /// Where it writes to.
    pub(in super::super) outputs: Vec<String>,
    /// Where it reads from and writes to.
    pub(in super::super) files: Vec<String>,
    /// The program that reads what it writes, if any.
    pub(in super::super) piped_to: Option<String>,
    /// SQL that it hands to a database: a text, or a part of the script.
    pub(in super::super) sql: Vec<Embedded>,
    /// Where it stands.
    pub(in super::super) range: Range<usize>,
}

/// A text inside a script.
#[derive(Debug, Clone)]
pub(in super::super) enum Embedded {
    /// As it is in the script.
    Part(Range<usize>),
    /// Put together from a word of the script.
    Word(String, Range<usize>),
}

/// All commands of a script, those inside others too.
pub(in super::super) fn find(text: &str, script: &Script) -> Vec<Invocation> {
    let mut found = Vec::new();
    search(text, script, None, DEEPEST, &mut found);
    found
}

/// `place` is where everything is said to be, for a script that is a word of another.
fn search(text: &str, script: &Script, place: Option<&Range<usize>>, depth: usize, found: &mut Vec<Invocation>) {
    for (index, command) in script.commands.iter().enumerate() {
        let next = script.commands.get(index + 1).filter(|_| command.is_piped);
        let piped_to = next.and_then(|next| next.words.first()).map(|word| expand::base_name(&word.text));
        for words in expand::runs(&command.words) {
            found.extend(invocation(command, words, piped_to.as_deref(), place));
            if depth > 0 {
                inside(text, command, words, place, depth - 1, found);
            }
        }
        if command.words.is_empty() && !command.redirects.is_empty() {
            found.extend(invocation(command, &[], None, place));
        }
    }
}

fn invocation(
    command: &Command,
    words: &[Word],
    piped_to: Option<&str>,
    place: Option<&Range<usize>>,
) -> Option<Invocation> {
    let target = |redirect: &Redirect| redirect.target.text.clone();
    let first = words.first().or_else(|| command.redirects.first().map(|redirect| &redirect.target))?;
    let last = words
        .iter()
        .chain(command.redirects.iter().map(|redirect| &redirect.target))
        .map(|word| word.range.end)
        .max()?;
    let name = words.first().map(|word| expand::base_name(&word.text)).unwrap_or_default();
    let documents = command.documents.iter().cloned().map(Embedded::Part).filter(|_| place.is_none());
    let statements = expand::sql_words(&name, words).map(|word| Embedded::Word(word.text.clone(), word.range.clone()));
    let sql = if expand::is_sql_client(&name) { documents.chain(statements).collect() } else { Vec::new() };
    Some(Invocation {
        args: words.iter().skip(1).map(|word| word.text.clone()).collect(),
        outputs: command.redirects.iter().filter(|redirect| redirect.is_output).map(target).collect(),
        files: command.redirects.iter().map(target).collect(),
        piped_to: piped_to.map(str::to_owned),
        sql,
        range: place.cloned().unwrap_or(first.range.start..last),
        name,
    })
}

/// Scripts that a command is given to run.
fn inside(
    text: &str,
    command: &Command,
    words: &[Word],
    place: Option<&Range<usize>>,
    depth: usize,
    found: &mut Vec<Invocation>,
) {
    if let Some(script) = expand::script_of(words) {
        let range = place.cloned().unwrap_or(script.range.clone());
        search(&script.text, &lexer::read(&script.text, 0..script.text.len()), Some(&range), depth, found);
    }
    if expand::reads_script(words) {
        for document in &command.documents {
            search(text, &lexer::read(text, document.clone()), place, depth, found);
        }
    }
}

impl Invocation {
    /// Whether it is a program of one of these names.
    pub(in super::super) fn is(&self, names: &[&str]) -> bool {
        names.contains(&self.name.as_str())
    }

    /// Whether an option is given: `short` are letters of bundles such as `-rf`, `long` a name that may be cut short, `--recurs`.
    pub(in super::super) fn has(&self, short: &str, long: &str) -> bool {
        self.options().any(|option| match option.strip_prefix("--") {
            Some(name) => {
                let name = name.split('=').next().unwrap_or_default();
                name.len() > 1 && long.starts_with(name)
            }
            None => option[1..].chars().any(|letter| short.contains(letter)),
        })
    }

    /// Whether a word is given as it is.
    pub(in super::super) fn has_word(&self, words: &[&str]) -> bool {
        self.args.iter().any(|arg| words.contains(&arg.as_str()))
    }

    fn options(&self) -> impl Iterator<Item = &str> {
        let args = self.args.iter().map(String::as_str).take_while(|arg| *arg != "--");
        args.filter(|arg| arg.len() > 1 && arg.starts_with('-'))
    }

    /// What is given and is no option.
    pub(in super::super) fn operands(&self) -> impl Iterator<Item = &str> {
        let mut only_operands = false;
        self.args.iter().map(String::as_str).filter(move |arg| {
            if *arg == "--" && !only_operands {
                only_operands = true;
                return false;
            }
            only_operands || !arg.starts_with('-') || *arg == "-"
        })
    }

    /// The word behind an option that takes one: `-s KILL`, `-sKILL`, `--signal=KILL`.
    pub(in super::super) fn value(&self, short: &str) -> Option<&str> {
        let at = self.args.iter().position(|arg| arg.starts_with(short))?;
        match &self.args[at][short.len()..] {
            "" => self.args.get(at + 1).map(String::as_str),
            attached => Some(attached),
        }
    }
}
