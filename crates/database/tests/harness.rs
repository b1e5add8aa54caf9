//! A real database, and database packages made of texts.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;

use packhorse_database::{Applied, Outcome, Run, apply};
use packhorse_model::api::database::ChainStepKind;
use packhorse_model::database::{DatabaseLogin, DatabaseTls, Migration, MigrationScript, MigrationStep};
use packhorse_model::ids::{AttemptId, DatabaseTargetId, DeploymentId, Identifier};
use packhorse_model::manifest::Engine;
use packhorse_model::{Digest, PackageName};
use packhorse_testkit::mariadb::MariaDb;
use packhorse_testkit::postgres;
use sqlx::{AssertSqlSafe, Connection as _, Row as _};
use tempfile::TempDir;

/// A database of one of the engines.
pub(crate) struct Database {
    pub(crate) login: DatabaseLogin,
    /// What must live as long as it.
    _server: Server,
}

enum Server {
    Shared,
    Own { _server: MariaDb },
    File { _directory: TempDir },
}

fn login(engine: Engine, address: Option<String>, database: String, user: Option<&str>) -> DatabaseLogin {
    DatabaseLogin {
        engine,
        address: address.map(|address| address.parse().unwrap()),
        database,
        user: user.map(str::to_owned),
        tls: DatabaseTls::Prefer,
        authority: None,
    }
}

impl Database {
    pub(crate) fn postgres() -> Self {
        let own = postgres::database();
        let address = own.sockets.to_string_lossy().into_owned();
        let login = login(Engine::Postgres, Some(address), own.name, Some("postgres"));
        Self { login, _server: Server::Shared }
    }

    pub(crate) fn mariadb() -> Self {
        let server = MariaDb::start();
        let address = server.socket().to_string_lossy().into_owned();
        let login = login(Engine::Mysql, Some(address), "shop".to_owned(), Some("root"));
        Self { login, _server: Server::Own { _server: server } }
    }

    pub(crate) fn sqlite() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("shop.db").to_string_lossy().into_owned();
        Self { login: login(Engine::Sqlite, None, path, None), _server: Server::File { _directory: directory } }
    }

    /// Runs SQL, and gives the texts of its first column, between commas.
    pub(crate) async fn ask(&self, sql: &str) -> String {
        let database = &self.login.database;
        let socket = self.login.address.as_ref().map(|address| address.as_str().to_owned()).unwrap_or_default();
        let sql = AssertSqlSafe(sql.to_owned());
        let texts: Vec<Option<String>> = match self.login.engine {
            Engine::Postgres => {
                let url = format!("postgres://postgres@{}/{database}", socket.replace('/', "%2F"));
                let mut conn = sqlx::PgConnection::connect(&url).await.unwrap();
                let rows = sqlx::query::<sqlx::Postgres>(sql).fetch_all(&mut conn).await;
                rows.unwrap().iter().map(|row| row.get(0)).collect()
            }
            Engine::Mysql => {
                let options =
                    sqlx::mysql::MySqlConnectOptions::new().socket(socket).username("root").database(database);
                let mut conn = sqlx::MySqlConnection::connect_with(&options).await.unwrap();
                let rows = sqlx::query::<sqlx::MySql>(sql).fetch_all(&mut conn).await;
                rows.unwrap().iter().map(|row| row.get(0)).collect()
            }
            Engine::Sqlite => {
                let options = sqlx::sqlite::SqliteConnectOptions::new().filename(database);
                let mut conn = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
                let rows = sqlx::query::<sqlx::Sqlite>(sql).fetch_all(&mut conn).await;
                rows.unwrap().iter().map(|row| row.get(0)).collect()
            }
        };
        texts.into_iter().map(Option::unwrap_or_default).collect::<Vec<_>>().join(",")
    }
}

/// A step of a package: what it does, from where, to where, and the text of each of its scripts.
pub(crate) type Step<'t> = (ChainStepKind, &'t str, &'t str, &'t [&'t str]);

/// The scripts of a package, by their content.
#[derive(Default)]
pub(crate) struct Scripts {
    texts: BTreeMap<Digest, String>,
    said: Mutex<Vec<String>>,
}

impl Scripts {
    pub(crate) fn step(&mut self, (kind, from, to, texts): Step<'_>) -> MigrationStep {
        let version = |text: &str| (!text.is_empty()).then(|| text.parse().unwrap());
        let (from, to) = (version(from), version(to));
        let (name, folder) = match kind {
            ChainStepKind::FullLoad => ("fullload", "full-load"),
            ChainStepKind::Increment => ("increment", "increment"),
            ChainStepKind::Rollback => ("rollback", "increment"),
        };
        let holder = if kind == ChainStepKind::Rollback { from.clone() } else { to.clone() };
        let scripts = (1..).zip(texts).map(|(number, text)| {
            let digest = packhorse_content::digest_of(text.as_bytes());
            self.texts.insert(digest, (*text).to_owned());
            MigrationScript { path: format!("{folder}/{number}_{name}.sql"), digest, size: text.len() as u64 }
        });
        MigrationStep { kind, scripts: scripts.collect(), version: holder.unwrap(), from, to }
    }

    pub(crate) fn migration(&mut self, database: &Database, steps: &[Step<'_>]) -> Migration {
        let steps: Vec<MigrationStep> = steps.iter().map(|step| self.step(*step)).collect();
        Migration {
            target: id::<DatabaseTargetId>(1),
            name: "shop".parse().unwrap(),
            login: database.login.clone(),
            from: steps[0].from.clone(),
            to: steps.last().unwrap().to.clone(),
            steps,
            way_back: None,
            known: Vec::new(),
        }
    }

    pub(crate) async fn apply(&self, migration: &Migration, attempt: u128) -> Applied {
        let package: PackageName = "shop-db".parse().unwrap();
        let script = |digest: &Digest| {
            let text = self.texts.get(digest).map(|text| text.clone().into_bytes());
            text.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        };
        let run = Run {
            package: &package,
            migration,
            password: None,
            script: &script,
            deployment: id::<DeploymentId>(2),
            attempt: id::<AttemptId>(attempt),
            now: &|| jiff::Timestamp::UNIX_EPOCH,
            say: &|line| self.said.lock().unwrap().push(line.to_owned()),
        };
        apply(&run).await
    }

    pub(crate) async fn done(&self, migration: &Migration) -> String {
        match self.apply(migration, 3).await.outcome {
            Outcome::Done { note, .. } => note.split_once(": ").map_or(note.clone(), |(_, note)| note.to_owned()),
            other => panic!("{other:?}"),
        }
    }

    pub(crate) async fn failed(&self, migration: &Migration) -> String {
        match self.apply(migration, 3).await.outcome {
            Outcome::Failed { message, .. } => message,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn said(&self) -> Vec<String> {
        std::mem::take(&mut self.said.lock().unwrap())
    }
}

fn id<T: Identifier>(number: u128) -> T {
    T::from_parts(jiff::Timestamp::UNIX_EPOCH, number)
}

/// Runs each function as a test on every engine.
macro_rules! on_each {
    ($($name:ident),+ $(,)?) => {
        mod postgres {
            $(#[tokio::test] async fn $name() { super::$name($crate::harness::Database::postgres()).await; })+
        }
        mod mariadb {
            $(#[tokio::test] async fn $name() { super::$name($crate::harness::Database::mariadb()).await; })+
        }
        mod sqlite {
            $(#[tokio::test] async fn $name() { super::$name($crate::harness::Database::sqlite()).await; })+
        }
    };
}
pub(crate) use on_each;
