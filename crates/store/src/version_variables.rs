//! The variables of versions, kept so that a list of them reads no file.

use std::collections::BTreeSet;

use packhorse_model::api::variables::{Certainty, FoundVariable};
use packhorse_model::ids::VersionId;
use packhorse_model::name::variable_key;
use packhorse_model::variables::Doubt;

use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, Value as _, word};
use crate::{Arg, args};

/// Rows of one statement, twelve values each.
const BATCH: usize = 500;

/// Writes what was found in a new version, in the order in which it is listed.
pub async fn insert(conn: &mut Conn, version: VersionId, found: &[FoundVariable]) -> Result<(), StoreError> {
    let rows = rows(version, found)?;
    for batch in rows.chunks(BATCH) {
        let mut sql = Sql::new(
            "INSERT INTO version_variables
               (version_id, certainty, number, path, line, col, length, prefix, kind, name, doubt, name_key) VALUES ",
        );
        for (index, row) in batch.iter().enumerate() {
            sql.push(if index == 0 { "" } else { ", " }).tuple(row.iter().cloned());
        }
        conn.apply(sql).await?;
    }
    Ok(())
}

fn rows(version: VersionId, found: &[FoundVariable]) -> Result<Vec<Vec<Arg>>, StoreError> {
    let (mut variables, mut doubts) = (0_u64, 0_u64);
    let row = |one: &FoundVariable| {
        let (certainty, number) = match one.doubt {
            None => (Certainty::Variables, &mut variables),
            Some(_) => (Certainty::Doubts, &mut doubts),
        };
        *number += 1;
        let doubt = one.doubt.as_ref().map(|doubt| word(&doubt.kind)).transpose()?;
        Ok(args![
            version,
            certainty.as_str(),
            *number,
            one.path,
            one.line,
            one.column,
            one.length,
            one.prefix.to_string(),
            word(&one.kind)?,
            one.name,
            doubt,
            variable_key(&one.name),
        ])
    };
    found.iter().map(row).collect()
}

/// Writes down which variables the manifest of a new version uses, by their keys.
pub async fn insert_of_manifest(
    conn: &mut Conn,
    version: VersionId,
    keys: &BTreeSet<String>,
) -> Result<(), StoreError> {
    if keys.is_empty() {
        return Ok(());
    }
    let mut sql = Sql::new("INSERT INTO version_manifest_variables (version_id, name_key) VALUES ");
    for (index, key) in keys.iter().enumerate() {
        sql.push(if index == 0 { "" } else { ", " }).tuple(args![version, key]);
    }
    conn.apply(sql).await.map(drop)
}

/// Those behind the one with the number `after`, each with its number.
pub async fn list(
    conn: &mut Conn,
    version: VersionId,
    certainty: Certainty,
    after: u64,
    limit: u32,
) -> Result<Vec<(u64, FoundVariable)>, StoreError> {
    let rows = conn.query(
        "SELECT number, path, line, col, length, prefix, kind, name, doubt FROM version_variables
         WHERE version_id = $1 AND certainty = $2 AND number > $3 ORDER BY number LIMIT $4",
        args![version, certainty.as_str(), after, limit],
    );
    rows.await?.iter().map(|row| Ok((row.count("number")?, variable(row)?))).collect()
}

/// The variables in these files.
pub async fn in_files(conn: &mut Conn, version: VersionId, paths: &[String]) -> Result<Vec<FoundVariable>, StoreError> {
    let mut found = Vec::new();
    for chunk in paths.chunks(200) {
        let mut sql = Sql::new(
            "SELECT path, line, col, length, prefix, kind, name, doubt FROM version_variables WHERE version_id = ",
        );
        sql.bind(version).push(" AND certainty = ").bind(Certainty::Variables.as_str());
        sql.push(" AND path IN ").tuple(chunk.iter().map(String::to_arg)).push(" ORDER BY number");
        for row in conn.fetch(sql).await? {
            found.push(variable(&row)?);
        }
    }
    Ok(found)
}

/// How many there are.
pub async fn count(conn: &mut Conn, version: VersionId, certainty: Certainty) -> Result<u64, StoreError> {
    // They are numbered without gaps.
    let last = conn.query_one(
        "SELECT number FROM version_variables WHERE version_id = $1 AND certainty = $2 ORDER BY number DESC LIMIT 1",
        args![version, certainty.as_str()],
    );
    last.await?.map_or(Ok(0), |row| row.count("number"))
}

fn variable(row: &Row) -> Result<FoundVariable, StoreError> {
    let number = |column: &str| Ok::<u32, StoreError>(u32::try_from(row.count(column)?).unwrap_or(u32::MAX));
    Ok(FoundVariable {
        path: row.text("path")?,
        line: number("line")?,
        column: number("col")?,
        length: number("length")?,
        prefix: row.parse("prefix")?,
        kind: row.word("kind")?,
        name: row.text("name")?,
        doubt: row.opt_word::<Doubt>("doubt")?.map(Into::into),
    })
}
