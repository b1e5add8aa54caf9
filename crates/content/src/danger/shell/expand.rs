//! Behind programs that run other programs: what is really run.

use super::lexer::Word;

/// Words with which a command may begin that are none.
const KEYWORDS: &[&str] =
    &["!", "{", "}", "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "time", "function"];

/// Programs that run the command behind them, with those of their options that take a word.
const RUNNERS: &[(&str, &str)] = &[
    ("sudo", "ugpCcDhRrTtU"),
    ("doas", "uC"),
    ("env", "uCS"),
    ("nohup", ""),
    ("setsid", ""),
    ("nice", "n"),
    ("ionice", "cnp"),
    ("exec", "a"),
    ("command", ""),
    ("builtin", ""),
    ("stdbuf", "ioe"),
    ("xargs", "InLPsdEa"),
    ("timeout", "ks"),
    ("chroot", ""),
    ("flock", "wE"),
    ("busybox", ""),
];

/// Programs of [`RUNNERS`] that take a word of their own before the command.
const WITH_OPERAND: &[&str] = &["timeout", "chroot", "flock"];

const SHELLS: &[&str] = &["bash", "sh", "dash", "ash", "ksh", "zsh", "su", "ssh"];

/// The last part of a path.
pub(super) fn base_name(path: &str) -> String {
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

/// The words of the command that is really run.
pub(super) fn effective(words: &[Word]) -> &[Word] {
    let mut words = words;
    loop {
        let Some(first) = words.first() else { return words };
        if KEYWORDS.contains(&first.text.as_str()) || is_assignment(&first.text) {
            words = &words[1..];
            continue;
        }
        let name = base_name(&first.text);
        let Some((_, valued)) = RUNNERS.iter().find(|(runner, _)| *runner == name) else { return words };
        let behind = behind_options(&words[1..], valued);
        let behind = if WITH_OPERAND.contains(&name.as_str()) { behind.get(1..).unwrap_or_default() } else { behind };
        if behind.is_empty() {
            return words;
        }
        words = behind;
    }
}

fn behind_options<'w>(mut words: &'w [Word], valued: &str) -> &'w [Word] {
    while let Some(first) = words.first().filter(|word| word.text.starts_with('-')) {
        let takes_word = first.text.len() == 2 && first.text[1..].starts_with(|letter| valued.contains(letter));
        words = words.get(if takes_word { 2 } else { 1 }..).unwrap_or_default();
        if first.text == "--" {
            break;
        }
    }
    words
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim_end_matches('+');
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    })
}

/// The commands that these words run: the one itself, and those of `find -exec`.
pub(super) fn runs(words: &[Word]) -> Vec<&[Word]> {
    let words = effective(words);
    let Some(first) = words.first() else { return Vec::new() };
    let mut runs = vec![words];
    if base_name(&first.text) == "find" {
        let begins = |word: &&Word| matches!(word.text.as_str(), "-exec" | "-execdir" | "-ok" | "-okdir");
        let at = words.iter().enumerate().filter(|(_, word)| begins(word)).map(|(at, _)| at + 1);
        runs.extend(at.map(|at| {
            let length = words[at..].iter().position(|word| matches!(word.text.as_str(), ";" | "+"));
            effective(&words[at..length.map_or(words.len(), |length| at + length)])
        }));
    }
    runs
}

/// The script that a shell is given as a word: `bash -c '…'`, `eval '…'`, `ssh host '…'`.
pub(super) fn script_of(words: &[Word]) -> Option<Word> {
    let name = base_name(&words.first()?.text);
    let joined = |words: &[Word]| {
        let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        Some(Word { text, range: words.first()?.range.start..words.last()?.range.end })
    };
    match name.as_str() {
        "eval" => joined(&words[1..]),
        "ssh" => joined(behind_options(&words[1..], "bcDEeFIiJLlmOopQRSWw").get(1..)?),
        _ if SHELLS.contains(&name.as_str()) => {
            let is_command = |word: &Word| {
                word.text == "--command"
                    || word.text.starts_with('-') && !word.text.starts_with("--") && word.text.contains('c')
            };
            let at = words.iter().position(is_command)?;
            words.get(at + 1).cloned()
        }
        _ => None,
    }
}

/// Whether these words run a shell that reads its script from its input.
pub(super) fn reads_script(words: &[Word]) -> bool {
    words.first().is_some_and(|word| SHELLS.contains(&base_name(&word.text).as_str()))
}

pub(super) fn is_sql_client(name: &str) -> bool {
    matches!(name, "mysql" | "mariadb" | "psql" | "sqlite3")
}

/// The words of a database's client that are SQL.
pub(super) fn sql_words<'w>(name: &str, words: &'w [Word]) -> impl Iterator<Item = Word> + use<'w> {
    let short = if name == "psql" { "-c" } else { "-e" };
    let is_sqlite = name == "sqlite3";
    words.iter().enumerate().skip(1).filter_map(move |(at, word)| {
        let before = words[at - 1].text.as_str();
        if before == short || matches!(before, "--execute" | "--command") || is_sqlite && at > 1 {
            return Some(word.clone());
        }
        let attached = ["--execute=", "--command="].iter().find_map(|option| word.text.strip_prefix(option));
        attached.map(|text| Word { text: text.to_owned(), range: word.range.clone() })
    })
}
