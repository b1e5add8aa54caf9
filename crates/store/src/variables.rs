//! Values of variables, by scope. A scope is stored by the identity of what it names, so that a host or a package which is removed
//! takes its values out of sight with it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use packhorse_model::PackageName;
use packhorse_model::api::variable_values::Variable;
use packhorse_model::ids::{PackageId, SecretId, VariableId};
use packhorse_model::name::VariableName;
use packhorse_model::topology::{Environment, ModulePath};
use packhorse_model::variables::{Definitions, Scope, ScopeKind, VariableValue};

use crate::args;
use crate::conn::Conn;
use crate::error::StoreError;
use crate::row::Row;
use crate::sql::{Sql, Value as _, json, word};

/// A scope as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredScope {
    kind: String,
    id: String,
}

/// A value to be stored.
#[derive(Debug, Clone)]
pub struct NewVariable<'a> {
    /// Its identity.
    pub id: VariableId,
    /// Its name.
    pub name: &'a VariableName,
    /// Where it holds.
    pub scope: &'a StoredScope,
    /// What it is.
    pub value: &'a VariableValue,
    /// The secret that it leads to.
    pub secret: Option<SecretId>,
    /// What it is for.
    pub description: &'a str,
    /// Its revision.
    pub revision: u32,
    /// Who.
    pub by: &'a str,
    /// When.
    pub at: Timestamp,
}

/// What a list of variables shows.
#[derive(Debug, Clone, Default)]
pub struct VariableFilter {
    /// Only those of this scope.
    pub scope: Option<StoredScope>,
    /// Only names that begin like this, in lower case.
    pub name: Option<String>,
}

const SELECT: &str =
    "SELECT v.id, v.name, v.name_key, v.scope_kind, v.scope_id, v.value, v.description, v.revision, v.updated_by,
    v.updated_at, m.name AS module, s.name AS system, b.name AS business, h.name AS host, p.name AS package
  FROM variables v
  LEFT JOIN modules m ON v.scope_kind = 'module' AND m.id = v.scope_id
  LEFT JOIN systems s ON s.id = CASE v.scope_kind WHEN 'system' THEN v.scope_id ELSE m.system_id END
  LEFT JOIN businesses b ON b.id = CASE v.scope_kind WHEN 'business' THEN v.scope_id ELSE s.business_id END
  LEFT JOIN hosts h ON v.scope_kind = 'host' AND h.id = v.scope_id
  LEFT JOIN packages p ON v.scope_kind = 'package' AND p.id = v.scope_id AND p.deleted_at IS NULL";

/// What a row's scope names; nothing if that was removed.
fn scope(row: &Row) -> Result<Option<Scope>, StoreError> {
    Ok(match row.word("scope_kind")? {
        ScopeKind::Global => Some(Scope::Global),
        ScopeKind::Environment => Some(Scope::Environment(row.word::<Environment>("scope_id")?)),
        ScopeKind::Business => row.opt_parse("business")?.map(Scope::Business),
        ScopeKind::System => match (row.opt_parse("business")?, row.opt_parse("system")?) {
            (Some(business), Some(system)) => Some(Scope::System { business, system }),
            _ => None,
        },
        ScopeKind::Module => match (row.opt_parse("business")?, row.opt_parse("system")?, row.opt_parse("module")?) {
            (Some(business), Some(system), Some(module)) => {
                Some(Scope::Module(ModulePath { business, system, module }))
            }
            _ => None,
        },
        ScopeKind::Host => row.opt_parse("host")?.map(Scope::Host),
        ScopeKind::Package => row.opt_parse("package")?.map(Scope::Package),
    })
}

fn variable(row: &Row) -> Result<Option<Variable>, StoreError> {
    let Some(scope) = scope(row)? else { return Ok(None) };
    Ok(Some(Variable {
        id: row.parse("id")?,
        name: row.parse("name")?,
        scope,
        value: row.json("value")?,
        description: row.text("description")?,
        revision: row.small("revision")?,
        updated_by: row.text("updated_by")?,
        updated_at: row.time("updated_at")?,
    }))
}

/// How a scope is stored; nothing if what it names is not there.
pub async fn stored_scope(conn: &mut Conn, scope: &Scope) -> Result<Option<StoredScope>, StoreError> {
    let mut sql = Sql::new("SELECT ");
    match scope {
        Scope::Global => return Ok(Some(StoredScope { kind: word(&scope.kind())?, id: String::new() })),
        Scope::Environment(environment) => {
            return Ok(Some(StoredScope { kind: word(&scope.kind())?, id: word(environment)? }));
        }
        Scope::Business(business) => sql.push("id FROM businesses WHERE name = ").bind(business),
        Scope::System { business, system } => sql
            .push("s.id FROM systems s JOIN businesses b ON b.id = s.business_id WHERE b.name = ")
            .bind(business)
            .push(" AND s.name = ")
            .bind(system),
        Scope::Module(path) => sql
            .push("m.id FROM modules m JOIN systems s ON s.id = m.system_id JOIN businesses b ON b.id = s.business_id WHERE b.name = ")
            .bind(&path.business)
            .push(" AND s.name = ")
            .bind(&path.system)
            .push(" AND m.name = ")
            .bind(&path.module),
        Scope::Host(host) => sql.push("id FROM hosts WHERE name = ").bind(host),
        Scope::Package(package) => sql.push("id FROM packages WHERE deleted_at IS NULL AND name = ").bind(package),
    };
    let row = conn.fetch_one(sql).await?;
    row.map(|row| Ok(StoredScope { kind: word(&scope.kind())?, id: row.text("id")? })).transpose()
}

/// The value that a variable has in a scope.
pub async fn find(conn: &mut Conn, name: &VariableName, scope: &StoredScope) -> Result<Option<Variable>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE v.name_key = ").bind(name.key());
    sql.push(" AND v.scope_kind = ").bind(&scope.kind).push(" AND v.scope_id = ").bind(&scope.id);
    let row = conn.fetch_one(sql).await?;
    row.as_ref().map_or(Ok(None), variable)
}

/// A value by its identity.
pub async fn by_id(conn: &mut Conn, id: VariableId) -> Result<Option<Variable>, StoreError> {
    let mut sql = Sql::new(SELECT);
    sql.push(" WHERE v.id = ").bind(id);
    let row = conn.fetch_one(sql).await?;
    row.as_ref().map_or(Ok(None), variable)
}

/// Values by name and then in the order in which they were made, behind `after`.
pub async fn page(
    conn: &mut Conn,
    filter: &VariableFilter,
    after: Option<VariableId>,
    limit: u32,
) -> Result<Vec<Variable>, StoreError> {
    let mut sql = Sql::new(SELECT);
    narrow(&mut sql, filter);
    if let Some(after) = after {
        sql.push(" AND (v.name_key, v.id) > (SELECT name_key, id FROM variables WHERE id = ").bind(after).push(")");
    }
    sql.push(" ORDER BY v.name_key, v.id LIMIT ").bind(limit);
    conn.fetch(sql).await?.iter().filter_map(|row| variable(row).transpose()).collect()
}

/// How many values there are under a filter.
pub async fn count(conn: &mut Conn, filter: &VariableFilter) -> Result<u64, StoreError> {
    let mut sql = Sql::new("SELECT count(*) AS n FROM variables v");
    narrow(&mut sql, filter);
    conn.fetch_one(sql).await?.map_or(Ok(0), |row| row.count("n"))
}

fn narrow(sql: &mut Sql, filter: &VariableFilter) {
    sql.push(" WHERE v.name_key >= ").bind(filter.name.as_deref().unwrap_or_default());
    if let Some(name) = &filter.name {
        // Where names that begin like this end depends on how the database sorts.
        sql.push(" AND substr(v.name_key, 1, CAST(").bind(name.chars().count()).push(" AS INTEGER)) = ").bind(name);
    }
    if let Some(scope) = &filter.scope {
        sql.push(" AND v.scope_kind = ").bind(&scope.kind).push(" AND v.scope_id = ").bind(&scope.id);
    }
}

/// Every value of these variables, by the key of their names.
pub async fn definitions(conn: &mut Conn, keys: &[String]) -> Result<BTreeMap<String, Definitions>, StoreError> {
    let mut found: BTreeMap<String, Definitions> = BTreeMap::new();
    for chunk in keys.chunks(200) {
        let mut sql = Sql::new(SELECT);
        sql.push(" WHERE v.name_key IN ").tuple(chunk.iter().map(String::to_arg));
        for row in conn.fetch(sql).await? {
            if let Some(scope) = scope(&row)? {
                found.entry(row.text("name_key")?).or_default().insert(scope, row.json("value")?);
            }
        }
    }
    Ok(found)
}

/// The first package behind `after` of which there are instances, and of which a version uses a variable if one is named by its key.
pub async fn next_package(
    conn: &mut Conn,
    key: Option<&str>,
    after: Option<&PackageName>,
) -> Result<Option<(PackageId, PackageName)>, StoreError> {
    let mut sql = Sql::new("SELECT p.id, p.name FROM packages p WHERE p.name > ");
    sql.bind(after.map_or("", PackageName::as_str));
    sql.push(" AND EXISTS (SELECT 1 FROM instances i WHERE i.package_id = p.id)");
    if let Some(key) = key {
        sql.push(
            " AND p.id IN (SELECT v.package_id FROM version_variables u JOIN versions v ON v.id = u.version_id WHERE u.name_key = ",
        );
        sql.bind(key).push(
            " UNION ALL SELECT v.package_id FROM version_manifest_variables m JOIN versions v ON v.id = m.version_id WHERE m.name_key = ",
        );
        sql.bind(key).push(")");
    }
    sql.push(" ORDER BY p.name LIMIT 1");
    conn.fetch_one(sql).await?.map(|row| Ok((row.parse("id")?, row.parse("name")?))).transpose()
}

/// Stores a value, over the one that the variable has in this scope.
pub async fn put(conn: &mut Conn, new: &NewVariable<'_>) -> Result<(), StoreError> {
    conn.execute(
        "INSERT INTO variables (id, name, name_key, scope_kind, scope_id, value, secret_id, description, revision, updated_by,
           updated_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
         ON CONFLICT (name_key, scope_kind, scope_id) DO UPDATE SET
           name = excluded.name, value = excluded.value, secret_id = excluded.secret_id, description = excluded.description,
           revision = excluded.revision, updated_by = excluded.updated_by, updated_at = excluded.updated_at",
        args![
            new.id,
            new.name,
            new.name.key(),
            new.scope.kind,
            new.scope.id,
            json(new.value)?,
            new.secret,
            new.description,
            new.revision,
            new.by,
            new.at,
        ],
    )
    .await
    .map(drop)
}

/// Removes a value.
pub async fn delete(conn: &mut Conn, id: VariableId) -> Result<(), StoreError> {
    conn.execute("DELETE FROM variables WHERE id = $1", args![id]).await.map(drop)
}
