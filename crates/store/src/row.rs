//! Reading a row into the types of the model.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use packhorse_model::Digest;
use serde::de::DeserializeOwned;
use sqlx::postgres::{PgRow, Postgres};
use sqlx::sqlite::{Sqlite, SqliteRow};
use sqlx::{Decode, Row as _, Type};

use crate::error::StoreError;

/// One row. Columns are read by name; a value of another type, or NULL where there should be none, is [`StoreError::Corrupt`].
pub struct Row(pub(crate) Kind);

pub(crate) enum Kind {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

fn corrupt(column: &str, reason: impl Display) -> StoreError {
    StoreError::Corrupt { column: column.to_owned(), reason: reason.to_string() }
}

impl Row {
    fn opt<T>(&self, column: &str) -> Result<Option<T>, StoreError>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        match &self.0 {
            Kind::Sqlite(row) => row.try_get(column),
            Kind::Postgres(row) => row.try_get(column),
        }
        .map_err(|error| corrupt(column, error))
    }

    /// SQLite reads NULL as an empty text or zero if it is let; so every value is read as one that may be absent.
    fn get<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        self.opt(column)?.ok_or_else(|| corrupt(column, "it is NULL"))
    }

    /// TEXT.
    pub fn text(&self, column: &str) -> Result<String, StoreError> {
        self.get(column)
    }

    /// TEXT or NULL.
    pub fn opt_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        self.opt(column)
    }

    /// BIGINT.
    pub fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.get(column)
    }

    /// BIGINT or NULL.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        self.opt(column)
    }

    /// BIGINT that is a count or size.
    pub fn count(&self, column: &str) -> Result<u64, StoreError> {
        u64::try_from(self.int(column)?).map_err(|error| corrupt(column, error))
    }

    /// BIGINT that is a small count.
    pub fn small(&self, column: &str) -> Result<u32, StoreError> {
        u32::try_from(self.int(column)?).map_err(|error| corrupt(column, error))
    }

    /// BOOLEAN.
    pub fn bool(&self, column: &str) -> Result<bool, StoreError> {
        self.get(column)
    }

    /// BLOB or BYTEA.
    pub fn blob(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }

    /// BLOB or BYTEA or NULL.
    pub fn opt_blob(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.opt(column)
    }

    /// A digest stored as 32 bytes.
    pub fn digest(&self, column: &str) -> Result<Digest, StoreError> {
        Digest::try_from(self.blob(column)?.as_slice()).map_err(|error| corrupt(column, error))
    }

    /// A digest stored as 32 bytes, or NULL.
    pub fn opt_digest(&self, column: &str) -> Result<Option<Digest>, StoreError> {
        self.opt_blob(column)?
            .map(|bytes| Digest::try_from(bytes.as_slice()))
            .transpose()
            .map_err(|error| corrupt(column, error))
    }

    /// A time, stored in microseconds.
    pub fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        Timestamp::from_microsecond(self.int(column)?).map_err(|error| corrupt(column, error))
    }

    /// A time or NULL.
    pub fn opt_time(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        self.opt_int(column)?.map(Timestamp::from_microsecond).transpose().map_err(|error| corrupt(column, error))
    }

    /// An identifier, name or number that is stored as text.
    pub fn parse<T: FromStr<Err: Display>>(&self, column: &str) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|error| corrupt(column, error))
    }

    /// The same, or NULL.
    pub fn opt_parse<T: FromStr<Err: Display>>(&self, column: &str) -> Result<Option<T>, StoreError> {
        self.opt_text(column)?.map(|text| text.parse()).transpose().map_err(|error| corrupt(column, error))
    }

    /// An enum that [`crate::word`] wrote.
    pub fn word<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_value(serde_json::Value::String(self.text(column)?)).map_err(|error| corrupt(column, error))
    }

    /// An enum that [`crate::word`] wrote, or NULL.
    pub fn opt_word<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, StoreError> {
        self.opt_text(column)?
            .map(|text| serde_json::from_value(serde_json::Value::String(text)))
            .transpose()
            .map_err(|error| corrupt(column, error))
    }

    /// What [`crate::json`] wrote.
    pub fn json<T: DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(&self.text(column)?).map_err(|error| corrupt(column, error))
    }

    /// What [`crate::json`] wrote, or NULL.
    pub fn opt_json<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, StoreError> {
        self.opt_text(column)?
            .map(|text| serde_json::from_str(&text))
            .transpose()
            .map_err(|error| corrupt(column, error))
    }
}
