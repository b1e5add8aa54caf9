//! Migrations, and that both databases end with the same schema.

use packhorse_store::{Conn, Store, StoreError, args};

use crate::harness::{TestStore, on_both};

on_both!(opening_again_changes_nothing, a_newer_database_is_refused, an_edited_migration_is_refused);

async fn opening_again_changes_nothing(test: TestStore) {
    test.user().await;
    test.store.close().await;
    drop(test.store);
    let store = Store::open(&test.url).await.unwrap();
    assert!(packhorse_store::users::any(&mut store.read().await.unwrap()).await.unwrap());
}

async fn reopened(test: TestStore, statement: &'static str) -> StoreError {
    let mut tx = test.store.write().await.unwrap();
    assert_eq!(tx.execute(statement, vec![]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    test.store.close().await;
    drop(test.store);
    Store::open(&test.url).await.err().unwrap()
}

async fn a_newer_database_is_refused(test: TestStore) {
    let error =
        reopened(test, "INSERT INTO migrations (number, name, checksum) VALUES (9999, '9999_future', 'x')").await;
    insta::assert_snapshot!(error, @"the database holds migration 9999_future, which this version of packhorse does not know; run the version that made it, or a newer one");
}

async fn an_edited_migration_is_refused(test: TestStore) {
    let error = reopened(test, "UPDATE migrations SET checksum = 'x' WHERE number = 1").await;
    insta::assert_snapshot!(error, @"migration 0001_platform was applied to the database with another text than this version of packhorse has; run the version that made the database");
}

/// `table.column type null|not null`, and `index on table (columns) unique|`, in order.
async fn describe(conn: &mut Conn, columns: &'static str, indexes: &'static str) -> Vec<String> {
    let mut lines = Vec::new();
    for row in conn.query(columns, vec![]).await.unwrap() {
        let null = if row.bool("is_nullable").unwrap() { "null" } else { "not null" };
        let kind = row.text("type").unwrap().to_lowercase();
        let kind = if kind == "blob" { "bytea".to_owned() } else { kind };
        lines.push(format!("{}.{} {kind} {null}", row.text("table_name").unwrap(), row.text("column_name").unwrap()));
    }
    for row in conn.query(indexes, args![]).await.unwrap() {
        let unique = if row.bool("is_unique").unwrap() { "unique " } else { "" };
        lines.push(format!("{unique}index on {} ({})", row.text("table_name").unwrap(), row.text("columns").unwrap()));
    }
    lines.sort();
    lines
}

const SQLITE_COLUMNS: &str = "
    SELECT m.name AS table_name, c.name AS column_name, c.type AS type, (c.\"notnull\" = 0 AND c.pk = 0) AS is_nullable
    FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";
const SQLITE_INDEXES: &str = "
    SELECT m.name AS table_name, (i.\"unique\" = 1) AS is_unique,
           (SELECT group_concat(k.name, ', ') FROM (SELECT name FROM pragma_index_info(i.name) ORDER BY seqno) k) AS columns
    FROM sqlite_master m JOIN pragma_index_list(m.name) i WHERE m.type = 'table'";
const POSTGRES_COLUMNS: &str = "
    SELECT CAST(table_name AS TEXT) AS table_name, CAST(column_name AS TEXT) AS column_name, CAST(data_type AS TEXT) AS type,
           is_nullable = 'YES' AS is_nullable
    FROM information_schema.columns WHERE table_schema = current_schema()";
const POSTGRES_INDEXES: &str = "
    SELECT CAST(t.relname AS TEXT) AS table_name, i.indisunique AS is_unique,
           (SELECT string_agg(CAST(a.attname AS TEXT), ', ' ORDER BY k.place)
            FROM unnest(i.indkey) WITH ORDINALITY AS k(number, place)
            JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) AS columns
    FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE n.nspname = current_schema()";

#[tokio::test]
async fn both_databases_have_the_same_schema() {
    let (sqlite, postgres) = (TestStore::sqlite().await, TestStore::postgres().await);
    let in_sqlite = describe(&mut sqlite.store.read().await.unwrap(), SQLITE_COLUMNS, SQLITE_INDEXES).await;
    let in_postgres = describe(&mut postgres.store.read().await.unwrap(), POSTGRES_COLUMNS, POSTGRES_INDEXES).await;
    assert!(in_sqlite.contains(&"hosts.name text not null".to_owned()), "{in_sqlite:#?}");
    assert_eq!(in_sqlite, in_postgres);
}

const SQLITE_FOREIGN_KEYS: &str = "
    SELECT m.name AS table_name, f.\"from\" AS column_name, f.\"table\" AS other, f.on_delete AS on_delete
    FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'";
const POSTGRES_FOREIGN_KEYS: &str = "
    SELECT CAST(t.relname AS TEXT) AS table_name, CAST(a.attname AS TEXT) AS column_name, CAST(o.relname AS TEXT) AS other,
           CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'r' THEN 'RESTRICT' ELSE 'NO ACTION' END AS on_delete
    FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class o ON o.oid = c.confrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    CROSS JOIN unnest(c.conkey) AS k(number)
    JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number
    WHERE c.contype = 'f' AND n.nspname = current_schema()";

#[tokio::test]
async fn both_databases_have_the_same_references() {
    let (sqlite, postgres) = (TestStore::sqlite().await, TestStore::postgres().await);
    let describe = async |test: &TestStore, sql: &'static str| {
        let rows = test.store.read().await.unwrap().query(sql, vec![]).await.unwrap();
        let text = |row: &packhorse_store::Row, column: &str| row.text(column).unwrap();
        let mut lines: Vec<_> = rows
            .iter()
            .map(|row| ["table_name", "column_name", "other", "on_delete"].map(|column| text(row, column)).join(" "))
            .collect();
        lines.sort();
        lines
    };
    let in_sqlite = describe(&sqlite, SQLITE_FOREIGN_KEYS).await;
    assert!(in_sqlite.contains(&"sessions user_id users CASCADE".to_owned()), "{in_sqlite:#?}");
    assert_eq!(in_sqlite, describe(&postgres, POSTGRES_FOREIGN_KEYS).await);
}
