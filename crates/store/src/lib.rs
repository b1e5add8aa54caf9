//! Everything that is kept in rows: all SQL of Packhorse, on SQLite and on PostgreSQL.
//!
//! - One SQL text serves both databases: `$n` parameters, and only TEXT, BIGINT, BOOLEAN and BLOB/BYTEA columns (identifiers are TEXT,
//!   times are BIGINT microseconds, JSON is TEXT). What differs is in `dialect` and nowhere else. `sum()` and literals of a
//!   result are cast: `CAST(sum(size) AS BIGINT)`.
//! - Store functions are `pub async fn f(conn: &mut Conn, …) -> Result<_, StoreError>`, one module per group of tables; a row that
//!   is not there is `Ok(None)`. They decide nothing: rules live in `planner` and `server`.
//! - Audit entries and idempotency keys are written in the transaction of what they belong to.

pub mod approvals;
pub mod attempts;
pub mod audit;
pub mod bindings;
pub mod collection;
mod conn;
pub mod damage;
pub mod danger_rules;
pub mod database_structures;
pub mod database_targets;
pub mod database_tests;
pub mod deployment_parts;
pub mod deployments;
mod dialect;
pub mod drafts;
mod error;
pub mod guard_rails;
pub mod guarded_deployments;
pub mod host_assignments;
pub mod host_labels;
pub mod hosts;
pub mod idempotency;
pub mod instance_history;
mod instance_list;
mod instance_order;
pub mod instances;
pub mod join_tokens;
mod lock;
mod migrations;
pub mod object_relations;
pub mod objects;
pub mod originals;
pub mod package_list;
mod package_terms;
pub mod packages;
pub mod packs;
pub mod places;
pub mod plans;
#[cfg(test)]
mod query_plans;
pub mod releases;
pub mod retention;
pub mod roots;
mod row;
pub mod script_results;
pub mod segments;
pub mod sessions;
pub mod slots;
mod sql;
pub mod staged;
pub mod step_outputs;
pub mod storage_jobs;
mod store;
pub mod strategies;
pub mod targets;
pub mod tokens;
pub mod topology;
pub mod units;
mod url;
pub mod users;
pub mod variables;
pub mod vault;
pub mod version_list;
pub mod version_needs;
pub mod version_states;
pub mod version_variables;
pub mod versions;

pub use conn::{Conn, Reader, Tx};
pub use error::StoreError;
pub use row::Row;
pub use sql::{Arg, Sql, Value, json, word};
pub use store::{AsStoreError, Store, Work};
pub use url::StoreUrl;
