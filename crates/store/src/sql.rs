//! Statements and their values. A statement is made of texts from the source code and of bound values: nothing that comes from
//! outside can become part of its text.

use std::fmt::Write as _;

use jiff::Timestamp;
use packhorse_model::guard::GuardScope;
use packhorse_model::ids::{
    AttemptId, BusinessId, DatabaseTargetId, DatabaseTestId, DeploymentId, DraftId, HostId, JoinTokenId, LockId,
    ModuleId, ObjectId, PackageId, PlanId, SecretId, SessionId, StorageJobId, SystemId, TokenId, UnitId, UploadId,
    UserId, VariableId, VersionId,
};
use packhorse_model::name::{
    DatabaseTargetName, FreezeName, ObjectName, ObjectType, SecretName, StrategyName, VariableName,
};
use packhorse_model::{Digest, HostName, PackageName, TopologyName, UserName, VersionNumber};

/// A value bound to a statement. `None` is NULL of that type.
#[derive(Debug, Clone)]
pub enum Arg {
    /// TEXT.
    Text(Option<String>),
    /// BIGINT.
    Int(Option<i64>),
    /// BOOLEAN.
    Bool(Option<bool>),
    /// BLOB or BYTEA.
    Blob(Option<Vec<u8>>),
}

/// What can be bound to a statement.
pub trait Value {
    /// NULL of this type.
    const NULL: Arg;

    /// The value as it is stored.
    fn to_arg(&self) -> Arg;
}

impl<T: Value + ?Sized> Value for &T {
    const NULL: Arg = T::NULL;

    fn to_arg(&self) -> Arg {
        (**self).to_arg()
    }
}

impl<T: Value> Value for Option<T> {
    const NULL: Arg = T::NULL;

    fn to_arg(&self) -> Arg {
        self.as_ref().map_or(T::NULL, T::to_arg)
    }
}

impl Value for Arg {
    const NULL: Arg = Arg::Text(None);

    fn to_arg(&self) -> Arg {
        self.clone()
    }
}

macro_rules! values {
    ($($kind:ident: $($type:ty => |$value:ident| $convert:expr),+;)+) => {$($(
        impl Value for $type {
            const NULL: Arg = Arg::$kind(None);

            fn to_arg(&self) -> Arg {
                let $value = self;
                Arg::$kind(Some($convert))
            }
        }
    )+)+};
}

values! {
    Text: str => |v| v.to_owned(), String => |v| v.clone(),
        PackageName => |v| v.to_string(), HostName => |v| v.to_string(), TopologyName => |v| v.to_string(),
        UserName => |v| v.to_string(), VersionNumber => |v| v.to_string(),
        PackageId => |v| v.to_string(), VersionId => |v| v.to_string(), BusinessId => |v| v.to_string(),
        SystemId => |v| v.to_string(), ModuleId => |v| v.to_string(), HostId => |v| v.to_string(),
        DeploymentId => |v| v.to_string(), PlanId => |v| v.to_string(), UnitId => |v| v.to_string(),
        AttemptId => |v| v.to_string(), UserId => |v| v.to_string(), TokenId => |v| v.to_string(),
        SessionId => |v| v.to_string(), JoinTokenId => |v| v.to_string(), UploadId => |v| v.to_string(),
        StorageJobId => |v| v.to_string(), ObjectId => |v| v.to_string(), ObjectType => |v| v.to_string(), ObjectName => |v| v.to_string(),
        DraftId => |v| v.to_string(), VariableId => |v| v.to_string(), SecretId => |v| v.to_string(),
        SecretName => |v| v.to_string(), VariableName => |v| v.to_string(),
        DatabaseTargetId => |v| v.to_string(), DatabaseTestId => |v| v.to_string(), DatabaseTargetName => |v| v.to_string(),
        LockId => |v| v.to_string(), FreezeName => |v| v.to_string(), StrategyName => |v| v.to_string(), GuardScope => |v| v.to_string();
    Int: i64 => |v| *v, u32 => |v| i64::from(*v), i32 => |v| i64::from(*v), u16 => |v| i64::from(*v),
        // Counts and sizes: what is above 2^63 does not exist in the world that we measure.
        u64 => |v| i64::try_from(*v).unwrap_or(i64::MAX), usize => |v| i64::try_from(*v).unwrap_or(i64::MAX),
        Timestamp => |v| v.as_microsecond();
    Bool: bool => |v| *v;
    Blob: Vec<u8> => |v| v.clone(), [u8] => |v| v.to_vec(), [u8; 32] => |v| v.to_vec(), Digest => |v| v.as_bytes().to_vec();
}

/// The values of a statement, in the order of `$1`, `$2`, …
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::Value::to_arg(&$value)),*] };
}

/// An enum of the model as the word that it is on the wire: `rolling_back`.
///
/// # Errors
/// If the value is not written as one word.
pub fn word<T: serde::Serialize>(value: &T) -> Result<String, serde_json::Error> {
    match serde_json::to_value(value)? {
        serde_json::Value::String(word) => Ok(word),
        other => Err(serde::ser::Error::custom(format!("{other} is not one word"))),
    }
}

/// A value as JSON text.
///
/// # Errors
/// If it cannot be written as JSON.
pub fn json<T: serde::Serialize>(value: &T) -> Result<String, serde_json::Error> {
    serde_json::to_string(value)
}

/// A statement that is put together from texts of the source code and bound values, for filters that may be absent.
#[derive(Debug, Clone)]
pub struct Sql {
    text: String,
    args: Vec<Arg>,
}

impl Sql {
    /// Begins a statement.
    #[must_use]
    pub fn new(text: &'static str) -> Self {
        Self { text: text.to_owned(), args: Vec::new() }
    }

    /// Begins a statement whose text numbers its values itself.
    #[must_use]
    pub fn with(text: &'static str, args: Vec<Arg>) -> Self {
        Self { text: text.to_owned(), args }
    }

    /// Appends text.
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Appends a value as `$n`.
    pub fn bind(&mut self, value: impl Value) -> &mut Self {
        self.args.push(value.to_arg());
        // Writing to a String does not fail.
        let _ = write!(self.text, "${}", self.args.len());
        self
    }

    /// Appends `($n, $n+1, …)`: a row of VALUES, or the list of an IN.
    pub fn tuple(&mut self, values: impl IntoIterator<Item = Arg>) -> &mut Self {
        self.text.push('(');
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                self.text.push_str(", ");
            }
            self.bind(value);
        }
        self.text.push(')');
        self
    }

    /// The text so far, for tests that look at the plan of a query.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn into_parts(self) -> (String, Vec<Arg>) {
        (self.text, self.args)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_what_it_binds() {
        let mut sql = Sql::new("SELECT id FROM hosts WHERE name > ");
        sql.bind("web").push(" AND id IN ").tuple(args!["a", "b"]).push(" LIMIT ").bind(50_u32);
        assert_eq!(sql.text(), "SELECT id FROM hosts WHERE name > $1 AND id IN ($2, $3) LIMIT $4");
        assert_eq!(sql.into_parts().1.len(), 4);
    }

    #[test]
    fn null_keeps_its_type() {
        assert!(matches!(None::<HostId>.to_arg(), Arg::Text(None)));
        assert!(matches!(None::<&Timestamp>.to_arg(), Arg::Int(None)));
    }
}
