//! The terms by which packages are found: words of their texts, tags, attributes, creator and kind, each one row of one index, so that
//! both databases find the same, and any filter is a range of it.
//!
//! - A **word** is a run of letters and digits in lower case. One is found by its beginning; a word of the package's name by any
//!   two characters inside, since names are what people remember parts of.
//! - Scripts that are written without blanks (Chinese, Japanese, Korean) are found by any two characters that stand together, or by one.
//! - Tags, attributes, creator and kind are found as a whole, whatever their case.

use std::collections::BTreeSet;

use packhorse_model::ids::PackageId;
use packhorse_model::manifest::Manifest;
use packhorse_model::{PackageKind, PackageName, UserName};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::sql::{Sql, json};

/// The number of these rules; raised with every change, so that packages get their terms anew.
const RULES: u32 = 1;
/// Packages that get new terms in one transaction.
const BATCH: u32 = 200;
/// Characters of a word that count.
const LONGEST_WORD: usize = 32;
/// Characters of a tag, or of an attribute with its value, that count.
const LONGEST_WHOLE: usize = 200;
/// Terms of a package; what a longer description says at its end is not found.
const MOST_TERMS: usize = 600;
/// Words of a search that count.
const MOST_WORDS: usize = 8;

/// What a package must have to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    /// This term.
    Whole(String),
    /// A term that begins so.
    Beginning(String),
}

impl Term {
    pub(crate) fn tag(tag: &str) -> Self {
        Self::Whole(tag_term(tag))
    }

    pub(crate) fn attribute(key: &str, value: &str) -> Self {
        Self::Whole(attribute_term(key, value))
    }

    pub(crate) fn creator(creator: &UserName) -> Self {
        Self::Whole(creator_term(creator))
    }

    pub(crate) fn kind(kind: PackageKind) -> Self {
        Self::Whole(kind_term(kind))
    }

    /// Every word of a text that people search for. Empty if the text holds no letter and no digit.
    pub(crate) fn of_search(text: &str) -> Vec<Self> {
        let mut terms = Vec::new();
        for run in runs(text).into_iter().take(MOST_WORDS) {
            match run {
                Run::Word(word) => terms.push(Self::Beginning(format!("w{word}"))),
                Run::Dense(characters) if characters.len() == 1 => {
                    terms.push(Self::Beginning(format!("w{}", characters[0])));
                }
                Run::Dense(characters) => {
                    terms.extend(characters.windows(2).map(|pair| Self::Beginning(format!("w{}{}", pair[0], pair[1]))));
                }
            }
        }
        terms
    }

    /// Appends the condition that `t.term` is such a term.
    pub(crate) fn push(&self, sql: &mut Sql) {
        match self {
            Self::Whole(term) => {
                sql.push("t.term = ").bind(term);
            }
            Self::Beginning(term) => {
                sql.push("t.term >= ").bind(term).push(" AND t.term < ").bind(format!("{term}{}", char::MAX));
            }
        }
    }
}

/// What the terms of a package are made of.
#[derive(Debug)]
struct Described {
    name: PackageName,
    kind: PackageKind,
    description: String,
    creator: UserName,
    own_tags: Vec<String>,
    manifest: Option<Manifest>,
}

/// Brings the terms of a package up to date, and what the list shows of its latest version.
pub(crate) async fn refresh(conn: &mut Conn, package: PackageId) -> Result<(), StoreError> {
    let row = conn
        .query_one(
            "SELECT p.name, p.kind, p.description, p.creator, p.own_tags, v.manifest FROM packages p
             LEFT JOIN versions v ON v.package_id = p.id AND v.number = p.latest WHERE p.id = $1",
            args![package],
        )
        .await?;
    let Some(row) = row else { return Ok(()) };
    let described = Described {
        name: row.parse("name")?,
        kind: row.word("kind")?,
        description: row.text("description")?,
        creator: row.parse("creator")?,
        own_tags: row.json("own_tags")?,
        manifest: row.opt_json("manifest")?,
    };
    let version_tags = described.manifest.as_ref().map(|manifest| manifest.tags.as_slice()).unwrap_or_default();
    conn.execute(
        "UPDATE packages SET version_tags = $2, term_rules = $3 WHERE id = $1",
        args![package, json(&version_tags)?, RULES],
    )
    .await?;
    replace(conn, package, terms_of(&described)).await
}

/// Makes these the terms of a package, touching only what differs.
async fn replace(conn: &mut Conn, package: PackageId, mut terms: BTreeSet<String>) -> Result<(), StoreError> {
    let rows = conn.query("SELECT term FROM package_terms WHERE package_id = $1", args![package]).await?;
    let mut gone = Vec::new();
    for row in &rows {
        let term = row.text("term")?;
        if !terms.remove(&term) {
            gone.push(term);
        }
    }
    for some in gone.chunks(100) {
        let mut sql = Sql::new("DELETE FROM package_terms WHERE package_id = ");
        sql.bind(package).push(" AND term IN ").tuple(some.iter().map(crate::sql::Value::to_arg));
        conn.apply(sql).await?;
    }
    let fresh: Vec<String> = terms.into_iter().collect();
    for some in fresh.chunks(200) {
        let mut sql = Sql::new("INSERT INTO package_terms (package_id, term) VALUES ");
        for (index, term) in some.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).tuple(args![package, term]);
        }
        sql.push(" ON CONFLICT (package_id, term) DO NOTHING");
        conn.apply(sql).await?;
    }
    Ok(())
}

/// Gives terms to some packages whose terms other rules made, and says whether there were any.
pub(crate) async fn refresh_some(conn: &mut Conn) -> Result<bool, StoreError> {
    let rows = conn
        .query("SELECT id FROM packages WHERE term_rules < $1 ORDER BY term_rules, id LIMIT $2", args![RULES, BATCH])
        .await?;
    for row in &rows {
        refresh(conn, row.parse("id")?).await?;
    }
    Ok(!rows.is_empty())
}

fn terms_of(described: &Described) -> BTreeSet<String> {
    let Described { name, kind, description, creator, own_tags, manifest } = described;
    let mut terms = BTreeSet::from([kind_term(*kind), creator_term(creator)]);
    for run in runs(name.as_str()) {
        if let Run::Word(word) = run {
            let starts = word.char_indices().map(|(start, _)| &word[start..]);
            terms.extend(
                starts.filter(|part| part.len() > 1 || part.len() == word.len()).map(|part| format!("w{part}")),
            );
        }
    }
    add_words(&mut terms, creator.as_str());
    let version_tags = manifest.iter().flat_map(|manifest| &manifest.tags);
    for tag in own_tags.iter().chain(version_tags) {
        terms.insert(tag_term(tag));
        add_words(&mut terms, tag);
    }
    if let Some(manifest) = manifest {
        terms.extend(attributes(manifest).iter().map(|(key, value)| attribute_term(key, value)));
    }
    add_words(&mut terms, description);
    terms
}

/// The attributes of a manifest with their values as text.
fn attributes(manifest: &Manifest) -> Vec<(String, String)> {
    let Ok(serde_json::Value::Object(said)) = serde_json::to_value(&manifest.metadata) else { return Vec::new() };
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    let mut attributes = Vec::new();
    for (key, value) in said {
        match value {
            serde_json::Value::Object(more) => {
                attributes.extend(more.into_iter().map(|(key, value)| (key, text(value))));
            }
            value => attributes.push((key, text(value))),
        }
    }
    attributes
}

fn add_words(terms: &mut BTreeSet<String>, text: &str) {
    for run in runs(text) {
        if terms.len() >= MOST_TERMS {
            return;
        }
        match run {
            Run::Word(word) => {
                terms.insert(format!("w{word}"));
            }
            // Every character with the one behind it; the last one stands alone.
            Run::Dense(characters) => {
                terms.extend((0..characters.len()).map(|at| {
                    let pair: String = characters[at..].iter().take(2).collect();
                    format!("w{pair}")
                }));
            }
        }
    }
}

fn tag_term(tag: &str) -> String {
    whole('t', tag)
}

fn attribute_term(key: &str, value: &str) -> String {
    whole('m', &format!("{key}={value}"))
}

fn creator_term(creator: &UserName) -> String {
    whole('c', creator.as_str())
}

fn kind_term(kind: PackageKind) -> String {
    whole('k', kind.as_str())
}

fn whole(sort: char, text: &str) -> String {
    // PostgreSQL keeps no NUL in a text.
    let kept = text.trim().chars().flat_map(char::to_lowercase).filter(|c| *c != '\0').take(LONGEST_WHOLE);
    std::iter::once(sort).chain(kept).collect()
}

/// A run of characters that belong together.
#[derive(Debug, PartialEq, Eq)]
enum Run {
    /// Letters and digits, with blanks or signs around.
    Word(String),
    /// Characters of a script that puts no blanks between words.
    Dense(Vec<char>),
}

/// The runs of a text, in lower case.
fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut goes_on = false;
    for c in text.chars().flat_map(char::to_lowercase) {
        if !c.is_alphanumeric() {
            goes_on = false;
            continue;
        }
        match runs.last_mut().filter(|_| goes_on) {
            Some(Run::Word(word)) if !is_dense(c) => {
                if word.chars().count() < LONGEST_WORD {
                    word.push(c);
                }
            }
            Some(Run::Dense(characters)) if is_dense(c) => characters.push(c),
            _ if is_dense(c) => runs.push(Run::Dense(vec![c])),
            _ => runs.push(Run::Word(c.to_string())),
        }
        goes_on = true;
    }
    runs
}

/// Han characters with their extensions, kana, hangul.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(name: &str, description: &str) -> Described {
        let manifest = Manifest::parse(
            "tags = ['Web Shop']\n[metadata]\narch = 'X86_64'\ninstallrank = 3\n[metadata.more]\nteam = 'Core'",
        );
        Described {
            name: name.parse().unwrap(),
            kind: PackageKind::File,
            description: description.to_owned(),
            creator: "ada".parse().unwrap(),
            own_tags: vec!["Beta".to_owned()],
            manifest: Some(manifest.unwrap()),
        }
    }

    fn finds(package: &Described, search: &str) -> bool {
        let terms = terms_of(package);
        let searched = Term::of_search(search);
        !searched.is_empty()
            && searched.iter().all(|term| match term {
                Term::Whole(term) => terms.contains(term),
                Term::Beginning(start) => {
                    terms.range(start.clone()..).next().is_some_and(|term| term.starts_with(start))
                }
            })
    }

    #[test]
    fn a_package_has_these_terms() {
        let terms: Vec<String> = terms_of(&described("shop-db", "The shop, 商城")).into_iter().collect();
        insta::assert_snapshot!(terms.join(" | "), @"cada | kfile | march=x86_64 | minstallrank=3 | mteam=core | tbeta | tweb shop | wada | wbeta | wdb | whop | wop | wshop | wthe | wweb | w商城 | w城");
    }

    #[test]
    fn names_are_found_by_their_parts_and_texts_by_beginnings_of_words() {
        let package = described("Shop-Gateway2", "Payments for the 在线商城 portal");
        for search in
            ["shop", "HOP", "teway", "gate shop", "shop-gate", "pay", "portal", "商城", "线商城", "城", "ada", "beta"]
        {
            assert!(finds(&package, search), "{search}");
        }
        for search in ["ortal", "shopgate", "商线", "---", "", "zeta"] {
            assert!(!finds(&package, search), "{search}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_found_by_any_of_its_words_and_has_bounded_terms(text in ".{0,300}") {
            let package = described("shop", &text);
            proptest::prop_assert!(terms_of(&package).len() <= MOST_TERMS + text.chars().count());
            for word in text.split_whitespace().filter(|word| !Term::of_search(word).is_empty()) {
                proptest::prop_assert!(finds(&package, word), "{word:?}");
            }
        }
    }
}
