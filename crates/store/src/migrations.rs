//! The schema's history: numbered, forward only, the same numbers and names for both databases.
//!
//! What was applied is kept with its checksum. A database that holds a migration which this program does not know (it was made by a newer
//! one) or whose text was changed afterwards is refused, and left as it is.

use packhorse_model::Digest;

use crate::args;
use crate::conn::Conn;
use crate::dialect::Database;
use crate::error::StoreError;

struct Migration {
    number: u32,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal),+ $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../migrations/postgres/", $name, ".sql")),
        }),+]
    };
}

const MIGRATIONS: &[Migration] = migrations![
    1 "0001_platform",
    2 "0002_registry",
    3 "0003_engine",
    4 "0004_host_generation",
    5 "0005_storage",
    6 "0006_version_state",
    7 "0007_drafts",
    8 "0008_danger_rules",
    9 "0009_objects",
    10 "0010_package_search",
    11 "0011_slim",
    12 "0012_variables",
    13 "0013_retention",
    14 "0014_variable_values",
    15 "0015_host_labels",
    16 "0016_install_roots",
    17 "0017_script_results",
    18 "0018_database_targets",
    19 "0019_guard_rails",
    20 "0020_instances",
    21 "0021_package_counts",
    22 "0022_deployment_parts",
    23 "0023_slots",
    24 "0024_lists",
    25 "0025_database_tests",
];

/// They are applied in this order, and what a database holds is found in it by its place.
const _: () = {
    let mut at = 0;
    while at < MIGRATIONS.len() {
        assert!(MIGRATIONS[at].number as usize == at + 1, "migrations follow one another");
        at += 1;
    }
};

impl Migration {
    fn text(&self, database: &Database) -> &'static str {
        match database {
            Database::Sqlite { .. } => self.sqlite,
            Database::Postgres(_) => self.postgres,
        }
    }
}

pub(crate) async fn run(database: &Database) -> Result<(), StoreError> {
    apply(database, MIGRATIONS).await
}

async fn apply(database: &Database, known: &[Migration]) -> Result<(), StoreError> {
    let mut conn = database.begin_write().await?;
    database.lock_migrations(&mut conn).await?;
    conn.script(
        "CREATE TABLE IF NOT EXISTS migrations (number BIGINT PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)",
    )
    .await?;
    let applied = applied(&mut conn).await?;
    check(database, known, &applied)?;
    for migration in known.iter().skip(applied.len()) {
        let text = migration.text(database);
        conn.script(text).await?;
        conn.execute(
            "INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)",
            args![migration.number, migration.name, checksum(text)],
        )
        .await?;
    }
    conn.commit().await
}

struct Applied {
    number: u32,
    name: String,
    checksum: String,
}

async fn applied(conn: &mut Conn) -> Result<Vec<Applied>, StoreError> {
    let rows = conn.query("SELECT number, name, checksum FROM migrations ORDER BY number", vec![]).await?;
    rows.iter()
        .map(|row| {
            Ok(Applied { number: row.small("number")?, name: row.text("name")?, checksum: row.text("checksum")? })
        })
        .collect()
}

fn check(database: &Database, known: &[Migration], applied: &[Applied]) -> Result<(), StoreError> {
    for (index, old) in applied.iter().enumerate() {
        let Some(migration) = known.get(index).filter(|migration| migration.number == old.number) else {
            return Err(StoreError::Schema(format!(
                "the database holds migration {}, which this version of packhorse does not know; run the version that made it, or a newer one",
                old.name
            )));
        };
        if migration.name != old.name || checksum(migration.text(database)) != old.checksum {
            return Err(StoreError::Schema(format!(
                "migration {} was applied to the database with another text than this version of packhorse has; run the version that made the database",
                old.name
            )));
        }
    }
    Ok(())
}

fn checksum(text: &str) -> String {
    Digest::from(*blake3::hash(text.as_bytes()).as_bytes()).to_string()
}
