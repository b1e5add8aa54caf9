//! A fresh store, on either database.

use jiff::Timestamp;
use packhorse_model::UserName;
use packhorse_model::ids::{Identifier, UserId};
use packhorse_store::{Store, StoreUrl, users};
use tempfile::TempDir;

/// Runs each function as a test on SQLite and as one on PostgreSQL.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::harness::TestStore::sqlite().await).await;
            })+
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::harness::TestStore::postgres().await).await;
            })+
        }
    };
}
pub(crate) use on_both;

/// A store and where it lies.
pub(crate) struct TestStore {
    pub(crate) store: Store,
    pub(crate) url: StoreUrl,
    _directory: TempDir,
}

impl TestStore {
    pub(crate) async fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let url = StoreUrl::Sqlite(directory.path().join("packhorse.db"));
        Self { store: Store::open(&url).await.unwrap(), url, _directory: directory }
    }

    pub(crate) async fn postgres() -> Self {
        let url: StoreUrl = packhorse_testkit::postgres::schema().url.parse().unwrap();
        Self { store: Store::open(&url).await.unwrap(), url, _directory: tempfile::tempdir().unwrap() }
    }

    /// A user, for what belongs to one.
    pub(crate) async fn user(&self) -> UserId {
        let mut tx = self.store.write().await.unwrap();
        let user = id(1);
        users::insert(&mut tx, user, &"admin".parse::<UserName>().unwrap(), "hash", at(0)).await.unwrap();
        tx.commit().await.unwrap();
        user
    }
}

/// A time.
pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

/// The nth identifier.
pub(crate) fn id<T: Identifier>(number: u128) -> T {
    T::from_parts(at(0), number)
}
