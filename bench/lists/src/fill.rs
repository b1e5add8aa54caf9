//! A large site: many packages with a few versions and instances each, one package with very many, and hosts that have a hundred packages.
//!
//! Rows are made by the database itself, a statement per table; what the store keeps beside them (counts, terms) is made by the store.

use std::time::Instant;

use jiff::Timestamp;
use packhorse_model::topology::Environment;
use packhorse_store::{Sql, Store, args, topology};
use packhorse_testkit::bench::Kind;

use crate::site::Failure;

/// How large.
pub(crate) struct Size {
    pub(crate) packages: u32,
}

/// Versions of every package but the first one, which has as many as there are packages.
const VERSIONS: u32 = 9;
/// Packages of a host.
const ON_HOST: u32 = 100;
const MODULES: u32 = 100;

impl Size {
    pub(crate) fn of_packages(packages: u32) -> Self {
        Self { packages: packages.max(1_000) }
    }

    pub(crate) fn hosts(&self) -> u32 {
        self.packages / 10
    }

    pub(crate) fn versions(&self) -> u32 {
        self.packages + (self.packages - 1) * VERSIONS
    }

    pub(crate) fn instances(&self) -> u32 {
        self.hosts() * ON_HOST
    }
}

/// Identifiers and names with as many digits as they need, on either database.
const PACKAGES: &str = "
 INSERT INTO packages (id, name, kind, description, creator, versions, latest, created_at, updated_at)
 SELECT '0000000000000000' || substr(CAST(10000000000 + n AS TEXT), 2), 'p' || substr(CAST(1000000 + n AS TEXT), 2) || CASE WHEN n = 0 THEN '' ELSE
   CASE n % 3 WHEN 0 THEN '-order' WHEN 1 THEN '-paygate' ELSE '-web' END END,
   CASE WHEN n % 1000 = 0 THEN 'app' WHEN n % 10 = 0 THEN 'database' WHEN n % 7 = 0 THEN 'script' WHEN n % 4 = 0 THEN 'config' ELSE 'file' END,
   'The service of team ' || CAST(n % 50 AS TEXT) || ' for ' || CASE n % 5 WHEN 0 THEN '订单服务' WHEN 1 THEN '支付网关' WHEN 2 THEN 'the portal'
   WHEN 3 THEN 'orders and invoices' ELSE CASE WHEN n % 1000 = 4 THEN '数据中台' ELSE 'payments' END END,
   'user' || CAST(n % 20 AS TEXT), ";

const VERSION: &str = "
 INSERT INTO versions (id, package_id, number, sort_key, description, state, layout, manifest, tree, tree_size, files, size, new_bytes,
   archive_name, archive_format, archive_size, archive_sha256, archive_md5, archive_blake3, archive_recipe, archive_recipe_size, kept_as,
   creator, created_at)
 SELECT '0000000000000000' || substr(CAST(10000000000 + n * 10 + v AS TEXT), 2),
   '0000000000000000' || substr(CAST(10000000000 + p AS TEXT), 2), '1.0.' || CAST(v AS TEXT), substr(CAST(1000000000 + v AS TEXT), 2), 'Build of the night',
   CASE WHEN v % 5000 = 7 THEN 'yanked' ELSE 'published' END, 'symlink',
   '{\"tags\":[\"all\",\"t' || CAST(p % 500 AS TEXT) || '\"],\"metadata\":{\"arch\":\"x86_64\",\"more\":{\"team\":\"team' || CAST(p % 50 AS TEXT) || '\"}}}',
   ";

const SERIES: &str = "WITH RECURSIVE series (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series WHERE n < ";

/// The name of a package.
pub(crate) fn name(number: u32) -> String {
    let ending = if number == 0 { "" } else { ["-order", "-paygate", "-web"][number as usize % 3] };
    format!("p{number:06}{ending}")
}

/// Fills the database.
pub(crate) async fn fill(store: &Store, kind: Kind, size: &Size) -> Result<(), Failure> {
    let now = Timestamp::now();
    let begin = Instant::now();
    let mut tx = store.write().await?;
    let digest = vec![7_u8; 32];

    // PostgreSQL takes WITH before INSERT only in front of it; SQLite takes both.
    let mut sql = Sql::new(SERIES);
    sql.bind(size.packages - 1).push(")").push(PACKAGES);
    sql.push("CASE WHEN n = 0 THEN ").bind(i64::from(size.packages)).push(" ELSE ").bind(i64::from(VERSIONS));
    sql.push(" END, '1.0.' || CAST(CASE WHEN n = 0 THEN ").bind(i64::from(size.packages - 1)).push(" ELSE ");
    sql.bind(i64::from(VERSIONS - 1)).push(" END AS TEXT), ").bind(now).push(" - n * 1000, ").bind(now);
    sql.push(" - (n * 7919) % 1000003 * 1000 FROM series");
    tx.apply(sql).await?;

    for (packages, versions) in [(None, size.packages), (Some(size.packages), VERSIONS)] {
        let mut sql = Sql::new(SERIES);
        match packages {
            // The versions of the first package.
            None => sql.bind(versions - 1).push("), numbered (n, p, v) AS (SELECT n, 0, n FROM series)"),
            Some(packages) => sql
                .bind((packages - 1) * versions - 1)
                .push("), numbered (n, p, v) AS (SELECT n + 10000000, n / ")
                .bind(versions)
                .push(" + 1, n % ")
                .bind(versions)
                .push(" FROM series)"),
        };
        sql.push(VERSION)
            .bind(&digest)
            .push(", 1, 20, 1000000, 1000, 'a.tar', 'tar', 1, '', '', ")
            .bind(&digest)
            .push(", ");
        sql.bind(&digest).push(", 1, 'recipe', 'user1', ").bind(now).push(" - n FROM numbered");
        tx.apply(sql).await?;
    }

    topology::insert_business(&mut tx, id(0), &"Bench".parse()?, now).await?;
    topology::insert_system(&mut tx, id(0), id(0), &"Live".parse()?, Environment::Prod, now).await?;
    for module in 0..MODULES {
        topology::insert_module(&mut tx, id(module), id(0), &format!("M{module:02}").parse()?, now).await?;
    }
    let facts = serde_json::to_string(&packhorse_model::order::HostFacts::default())?;
    let mut sql = Sql::new(SERIES);
    sql.bind(size.hosts() - 1).push(
        ") INSERT INTO hosts (id, name, search, incarnation, facts, last_seen_at, created_at)
         SELECT '0000000000000000' || substr(CAST(10000000000 + n AS TEXT), 2), 'h' || substr(CAST(100000 + n AS TEXT), 2),
           'h' || CAST(n AS TEXT), 1, ",
    );
    let hour = 3_600_000_000_i64;
    sql.bind(facts).push(", CASE WHEN n % 200 = 0 THEN ").bind(now.as_microsecond() - 24 * hour);
    sql.push(" ELSE ").bind(now.as_microsecond() + 24 * hour).push(" END, ").bind(now).push(" FROM series");
    tx.apply(sql).await?;
    let mut sql = Sql::new(
        "INSERT INTO host_modules (module_id, host_id)
         SELECT m.id, h.id FROM hosts h JOIN modules m ON m.name = 'M' || substr(h.name, 5, 2) WHERE h.id <> ",
    );
    sql.bind("");
    tx.apply(sql).await?;

    if matches!(kind, Kind::Postgres) {
        // A million triggers in one transaction leave a million dead rows; the counts are made at once below.
        tx.execute("ALTER TABLE instances DISABLE TRIGGER USER", vec![]).await?;
    }
    let mut sql = Sql::new(SERIES);
    sql.bind(size.instances() - 1).push(
        "), placed (h, p, n) AS (SELECT n / 100, CASE WHEN n % 100 = 0 THEN 0 ELSE ((n / 100) * 99 + n % 100) % ",
    );
    sql.bind(size.packages - 1).push(
        " + 1 END, n FROM series)
         INSERT INTO instances (host_id, package_id, version, tree, install_root, state, health, updated_at)
         SELECT '0000000000000000' || substr(CAST(10000000000 + h AS TEXT), 2), '0000000000000000' || substr(CAST(10000000000 + p AS TEXT), 2),
           '1.0.' || CAST(n % 9 AS TEXT), ",
    );
    sql.bind(&digest).push(", '/data/app/x', CASE WHEN n % 5000 = 3 THEN 'stopped' ELSE 'running' END, ");
    sql.push("CASE WHEN n % 500 = 0 THEN 'unhealthy' ELSE 'healthy' END, ").bind(now).push(" FROM placed");
    tx.apply(sql).await?;
    if matches!(kind, Kind::Postgres) {
        for statement in COUNTS {
            tx.execute(statement, vec![]).await?;
        }
    }
    tx.commit().await?;
    if matches!(kind, Kind::Postgres) {
        // The terms that follow are found by plans that know how much there is.
        let mut tx = store.write().await?;
        tx.execute("ANALYZE", args![]).await?;
        tx.commit().await?;
    }
    println!("rows: {:.0} s", begin.elapsed().as_secs_f64());
    Ok(())
}

const COUNTS: [&str; 4] = [
    "UPDATE packages SET instances = c.n FROM (SELECT package_id, count(*) AS n FROM instances GROUP BY package_id) AS c
     WHERE c.package_id = packages.id",
    "INSERT INTO version_instances (package_id, version, instances, modules)
     SELECT package_id, version, count(*), 0 FROM instances GROUP BY package_id, version",
    "INSERT INTO module_instances (package_id, module_id, version, instances)
     SELECT i.package_id, h.module_id, i.version, count(*) FROM instances i JOIN host_modules h ON h.host_id = i.host_id
     GROUP BY i.package_id, h.module_id, i.version",
    "ALTER TABLE instances ENABLE TRIGGER USER",
];

fn id<T: packhorse_model::ids::Identifier>(number: u32) -> T {
    T::from_parts(Timestamp::UNIX_EPOCH, u128::from(number))
}
