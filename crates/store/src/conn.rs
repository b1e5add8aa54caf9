//! Running statements inside a transaction, on either database.

use std::ops::{Deref, DerefMut};

use packhorse_crashpoint as crashpoint;
use sqlx::postgres::Postgres;
use sqlx::query::Query;
use sqlx::sqlite::Sqlite;
use sqlx::{AssertSqlSafe, Database, Encode, SqlSafeStr as _, SqlStr, Transaction, Type};

use crate::audit::{self, NewEntry};
use crate::error::StoreError;
use crate::row::{Kind, Row};
use crate::sql::{Arg, Sql};

/// A connection inside a transaction. Every store function takes one, so that its caller decides what belongs together.
///
/// A statement that fails ends the transaction on PostgreSQL: foresee conflicts with `ON CONFLICT`, do not catch them.
pub struct Conn {
    link: Link,
}

enum Link {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

fn bind<'q, DB>(sql: SqlStr, args: Vec<Arg>) -> Query<'q, DB, <DB as Database>::Arguments>
where
    DB: Database,
    Option<String>: Encode<'q, DB> + Type<DB>,
    Option<i64>: Encode<'q, DB> + Type<DB>,
    Option<bool>: Encode<'q, DB> + Type<DB>,
    Option<Vec<u8>>: Encode<'q, DB> + Type<DB>,
{
    args.into_iter().fold(sqlx::query(sql), |query, arg| match arg {
        Arg::Text(value) => query.bind(value),
        Arg::Int(value) => query.bind(value),
        Arg::Bool(value) => query.bind(value),
        Arg::Blob(value) => query.bind(value),
    })
}

impl Conn {
    pub(crate) fn sqlite(transaction: Transaction<'static, Sqlite>) -> Self {
        Self { link: Link::Sqlite(transaction) }
    }

    pub(crate) fn postgres(transaction: Transaction<'static, Postgres>) -> Self {
        Self { link: Link::Postgres(transaction) }
    }

    /// Every row of a query. Lists have a LIMIT.
    pub async fn query(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        self.rows(sql.into_sql_str(), args).await
    }

    /// The first row of a query.
    pub async fn query_one(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<Option<Row>, StoreError> {
        self.row(sql.into_sql_str(), args).await
    }

    /// Runs a statement and says how many rows it touched.
    pub async fn execute(&mut self, sql: &'static str, args: Vec<Arg>) -> Result<u64, StoreError> {
        self.run(sql.into_sql_str(), args).await
    }

    /// Every row of a query that was put together.
    pub async fn fetch(&mut self, sql: Sql) -> Result<Vec<Row>, StoreError> {
        let (text, args) = sql.into_parts();
        self.rows(AssertSqlSafe(text).into_sql_str(), args).await
    }

    /// The first row of a query that was put together.
    pub async fn fetch_one(&mut self, sql: Sql) -> Result<Option<Row>, StoreError> {
        let (text, args) = sql.into_parts();
        self.row(AssertSqlSafe(text).into_sql_str(), args).await
    }

    /// Runs a statement that was put together and says how many rows it touched.
    pub async fn apply(&mut self, sql: Sql) -> Result<u64, StoreError> {
        let (text, args) = sql.into_parts();
        self.run(AssertSqlSafe(text).into_sql_str(), args).await
    }

    /// Runs a text of several statements without values: a migration.
    pub(crate) async fn script(&mut self, text: &'static str) -> Result<(), StoreError> {
        match &mut self.link {
            Link::Sqlite(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop),
            Link::Postgres(tx) => sqlx::raw_sql(text).execute(&mut **tx).await.map(drop),
        }
        .map_err(StoreError::from)
    }

    /// Runs a query for its effect, where the database is PostgreSQL. Only for the dialect.
    pub(crate) async fn query_on_postgres(&mut self, sql: &'static str) -> Result<(), StoreError> {
        match &mut self.link {
            Link::Sqlite(_) => Ok(()),
            Link::Postgres(_) => self.query(sql, vec![]).await.map(drop),
        }
    }

    async fn rows(&mut self, sql: SqlStr, args: Vec<Arg>) -> Result<Vec<Row>, StoreError> {
        Ok(match &mut self.link {
            Link::Sqlite(tx) => {
                let rows = bind::<Sqlite>(sql, args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(|row| Row(Kind::Sqlite(row))).collect()
            }
            Link::Postgres(tx) => {
                let rows = bind::<Postgres>(sql, args).fetch_all(&mut **tx).await?;
                rows.into_iter().map(|row| Row(Kind::Postgres(row))).collect()
            }
        })
    }

    async fn row(&mut self, sql: SqlStr, args: Vec<Arg>) -> Result<Option<Row>, StoreError> {
        Ok(match &mut self.link {
            Link::Sqlite(tx) => {
                bind::<Sqlite>(sql, args).fetch_optional(&mut **tx).await?.map(|row| Row(Kind::Sqlite(row)))
            }
            Link::Postgres(tx) => {
                bind::<Postgres>(sql, args).fetch_optional(&mut **tx).await?.map(|row| Row(Kind::Postgres(row)))
            }
        })
    }

    async fn run(&mut self, sql: SqlStr, args: Vec<Arg>) -> Result<u64, StoreError> {
        Ok(match &mut self.link {
            Link::Sqlite(tx) => bind::<Sqlite>(sql, args).execute(&mut **tx).await?.rows_affected(),
            Link::Postgres(tx) => bind::<Postgres>(sql, args).execute(&mut **tx).await?.rows_affected(),
        })
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        crashpoint::reach("store.commit");
        let committed = match self.link {
            Link::Sqlite(tx) => tx.commit().await,
            Link::Postgres(tx) => tx.commit().await,
        };
        crashpoint::reach("store.committed");
        committed.map_err(crate::dialect::classify_commit)
    }
}

/// A read-only view of one moment. Short-lived: while it is held, SQLite cannot fold its log back.
pub struct Reader(pub(crate) Conn);

impl Deref for Reader {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Reader {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}

/// A transaction that writes. Dropped without [`Tx::commit`], it leaves nothing behind.
///
/// Nothing slow happens while one is held: no network, no waiting for a client, no work on file contents.
pub struct Tx {
    conn: Conn,
    entries: Vec<NewEntry>,
}

impl Tx {
    pub(crate) fn new(conn: Conn) -> Self {
        Self { conn, entries: Vec::new() }
    }

    /// Notes what is being done. It is written to the audit log as the last thing before the commit, because the log's chain
    /// is one row that all writers share.
    pub fn audit(&mut self, entry: NewEntry) {
        self.entries.push(entry);
    }

    /// Makes everything durable, together with its audit entries.
    ///
    /// # Errors
    /// [`StoreError::CommitUnknown`] if the connection was lost on the way; any other error means that nothing is stored.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        for entry in std::mem::take(&mut self.entries) {
            audit::append(&mut self.conn, &entry).await?;
        }
        self.conn.commit().await
    }
}

impl Deref for Tx {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}
