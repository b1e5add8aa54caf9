//! What no package may hold, as tables: statements that administer a server, and functions that lead out of the database.

use packhorse_model::manifest::Engine;
use packhorse_model::manifest::Engine::{Mysql, Postgres, Sqlite};

/// The beginning of a statement that is refused: each word may be one of several, `CREATE|DROP ROLE`.
pub(super) struct Phrase {
    pub(super) words: &'static str,
    pub(super) engines: &'static [Engine],
    pub(super) why: &'static str,
}

const ALL: &[Engine] = &[Postgres, Mysql, Sqlite];
const SERVER: &str = "it administers the server, not the application's data";
const USERS: &str = "it changes who may do what in the database";
const FILES: &str = "it reads or writes files of the server";
const CODE: &str = "it loads code into the server";
const LINKS: &str = "it connects the database to another one";
const CLIENT: &str = "it is a command of a client, and no SQL";
const DYNAMIC: &str = "it runs SQL that is put together while it runs, so that nobody can look at it before";
const IDENTITY: &str = "it changes under which user the package runs";

const fn phrase(words: &'static str, engines: &'static [Engine], why: &'static str) -> Phrase {
    Phrase { words, engines, why }
}

pub(super) const PHRASES: &[Phrase] = &[
    phrase("CREATE|ALTER|DROP DATABASE", ALL, SERVER),
    phrase("CREATE|ALTER|DROP TABLESPACE", ALL, SERVER),
    phrase("CREATE|ALTER|DROP|RENAME USER", ALL, USERS),
    phrase("CREATE|ALTER|DROP ROLE", ALL, USERS),
    phrase("GRANT", ALL, USERS),
    phrase("REVOKE", ALL, USERS),
    phrase("CREATE|ALTER|DROP SERVER", ALL, LINKS),
    // MySQL and MariaDB.
    phrase("CREATE|ALTER|DROP SCHEMA", &[Mysql], SERVER),
    phrase("SET PASSWORD", &[Mysql], USERS),
    phrase("SET DEFAULT ROLE", &[Mysql], USERS),
    phrase("SET ROLE", &[Mysql, Postgres], IDENTITY),
    phrase("LOAD DATA|XML", &[Mysql], FILES),
    phrase("INSTALL|UNINSTALL PLUGIN|COMPONENT|SONAME", &[Mysql], CODE),
    phrase("ALTER INSTANCE", &[Mysql], SERVER),
    phrase("FLUSH", &[Mysql], SERVER),
    phrase("RESET", &[Mysql], SERVER),
    phrase("KILL", &[Mysql], SERVER),
    phrase("SHUTDOWN", &[Mysql], SERVER),
    phrase("RESTART", &[Mysql], SERVER),
    phrase("CHANGE MASTER|REPLICATION", &[Mysql], SERVER),
    phrase("START|STOP SLAVE|REPLICA|GROUP_REPLICATION|ALL", &[Mysql], SERVER),
    phrase("PURGE BINARY|MASTER", &[Mysql], SERVER),
    phrase("CLONE", &[Mysql], SERVER),
    phrase("BINLOG", &[Mysql], SERVER),
    phrase("CREATE|ALTER|DROP LOGFILE|UNDO", &[Mysql], SERVER),
    phrase("PREPARE", &[Mysql], DYNAMIC),
    phrase("USE", &[Mysql], "the deployment chooses the database"),
    phrase("SOURCE|SYSTEM|TEE|PAGER|CONNECT|EDIT", &[Mysql], CLIENT),
    // PostgreSQL.
    phrase("ALTER SYSTEM", &[Postgres], SERVER),
    phrase("CHECKPOINT", &[Postgres], SERVER),
    phrase("CREATE|ALTER|DROP EXTENSION", &[Postgres], CODE),
    phrase("CREATE|ALTER|DROP LANGUAGE", &[Postgres], CODE),
    phrase("LOAD", &[Postgres], CODE),
    phrase("CREATE|ALTER|DROP GROUP", &[Postgres], USERS),
    phrase("ALTER DEFAULT PRIVILEGES", &[Postgres], USERS),
    phrase("REASSIGN|DROP OWNED", &[Postgres], USERS),
    phrase("SECURITY LABEL", &[Postgres], USERS),
    phrase("SET SESSION|LOCAL AUTHORIZATION|ROLE", &[Postgres], IDENTITY),
    phrase("RESET ROLE|SESSION", &[Postgres], IDENTITY),
    phrase("CREATE|ALTER|DROP FOREIGN DATA|TABLE", &[Postgres], LINKS),
    phrase("IMPORT FOREIGN", &[Postgres], LINKS),
    phrase("CREATE|ALTER|DROP SUBSCRIPTION|PUBLICATION", &[Postgres], LINKS),
    phrase("CREATE|ALTER|DROP EVENT TRIGGER", &[Postgres], SERVER),
    phrase("COPY", &[Postgres], "it reads or writes files, programs, or what the client sends behind it"),
    // SQLite.
    phrase("ATTACH", &[Sqlite], LINKS),
    phrase("DETACH", &[Sqlite], LINKS),
];

/// Pairs of words that are refused wherever they stand outside of texts.
pub(super) const PAIRS: &[(&str, &str, &str)] =
    &[("into", "outfile", FILES), ("into", "dumpfile", FILES), ("execute", "immediate", DYNAMIC)];

/// Functions that are refused wherever they are called, with or without a schema before them.
pub(super) const FUNCTIONS: &[(&str, &str)] = &[
    ("lo_import", FILES),
    ("lo_export", FILES),
    ("pg_read_file", FILES),
    ("pg_read_binary_file", FILES),
    ("pg_ls_dir", FILES),
    ("pg_ls_logdir", FILES),
    ("pg_ls_waldir", FILES),
    ("pg_ls_tmpdir", FILES),
    ("pg_ls_archive_statusdir", FILES),
    ("pg_stat_file", FILES),
    ("pg_file_write", FILES),
    ("pg_file_unlink", FILES),
    ("pg_file_rename", FILES),
    ("pg_reload_conf", SERVER),
    ("pg_rotate_logfile", SERVER),
    ("pg_terminate_backend", SERVER),
    ("pg_cancel_backend", SERVER),
    ("pg_promote", SERVER),
    ("dblink", LINKS),
    ("dblink_exec", LINKS),
    ("dblink_open", LINKS),
    ("dblink_connect", LINKS),
    ("dblink_connect_u", LINKS),
    ("dblink_send_query", LINKS),
    ("query_to_xml", DYNAMIC),
    ("query_to_xmlschema", DYNAMIC),
    ("query_to_xml_and_xmlschema", DYNAMIC),
    ("ts_stat", DYNAMIC),
    ("load_file", FILES),
    ("sys_exec", CODE),
    ("sys_eval", CODE),
    ("load_extension", CODE),
    ("readfile", FILES),
    ("writefile", FILES),
    ("fts3_tokenizer", CODE),
    ("xp_cmdshell", CODE),
];

/// Settings of SQLite that a package may read or change; the others weaken the database's own guards.
pub(super) const PRAGMAS: &[&str] = &[
    "application_id",
    "defer_foreign_keys",
    "encoding",
    "foreign_key_check",
    "foreign_key_list",
    "foreign_keys",
    "index_list",
    "integrity_check",
    "legacy_alter_table",
    "optimize",
    "quick_check",
    "recursive_triggers",
    "table_info",
    "user_version",
];

/// Virtual tables of SQLite that see nothing but their own rows.
pub(super) const SQLITE_MODULES: &[&str] = &["fts3", "fts4", "fts5", "rtree", "geopoly"];

/// Languages of PostgreSQL in which a routine can do no more than its user.
pub(super) const LANGUAGES: &[&str] = &["sql", "plpgsql"];

pub(super) const WHY_CLIENT: &str = CLIENT;
pub(super) const WHY_DYNAMIC: &str = DYNAMIC;
pub(super) const WHY_SERVER: &str = SERVER;
pub(super) const WHY_CODE: &str = CODE;
pub(super) const WHY_FILES: &str = FILES;
pub(super) const WHY_READING: &str = "it changes how the text behind it is read";
