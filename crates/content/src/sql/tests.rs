use packhorse_model::manifest::Engine::{self, Mysql, Postgres, Sqlite};
use proptest::prelude::*;

use super::super::lexer::Lexer;
use super::*;

/// The statements of a text, or the rule that ends it.
fn split(text: &str, engine: Engine) -> Vec<String> {
    Splitter::new(text, engine)
        .map(|statement| match statement {
            Ok(statement) => statement.text().to_owned(),
            Err(fault) => format!("{} at {}", fault.rule(), fault.at()),
        })
        .collect()
}

fn concerns(text: &str, engine: Engine) -> Vec<String> {
    let mut found = Vec::new();
    check(
        text,
        engine,
        |_| {},
        |concern| found.push(format!("{} {}", concern.rule, &text[concern.start..concern.end.min(text.len())])),
    );
    found
}

fn is_refused(text: &str, engine: Engine) -> bool {
    let mut refused = false;
    check(text, engine, |_| {}, |concern| refused |= concern.severity == Severity::Error);
    refused
}

#[test]
fn texts_and_comments_hold_no_ends() {
    let text = "SELECT 'a;''b' , \"c;\" /* d; */ -- e;\n; ; SELECT 2";
    for engine in [Postgres, Sqlite] {
        assert_eq!(split(text, engine), ["SELECT 'a;''b' , \"c;\"", "SELECT 2"]);
    }
    assert_eq!(split(r"SELECT 'a\';', `x;` # y;", Mysql), [r"SELECT 'a\';', `x;`"]);
    assert_eq!(split("SELECT 5--1;SELECT 2", Mysql), ["SELECT 5--1", "SELECT 2"], "no comment without a blank");
    assert_eq!(split(r"SELECT 'a\'; SELECT 2", Postgres), [r"SELECT 'a\'", "SELECT 2"]);
    assert_eq!(split(r"SELECT E'a\';b'; SELECT 2", Postgres), [r"SELECT E'a\';b'", "SELECT 2"]);
    assert_eq!(
        split("SELECT $a$;$$;$a$; SELECT a$b$c; SELECT $1$$;$$", Postgres),
        ["SELECT $a$;$$;$a$", "SELECT a$b$c", "SELECT $1$$;$$"]
    );
    assert_eq!(split("SELECT /* a /* ; */ ; */ 1; SELECT 2", Postgres).len(), 2);
    assert_eq!(split("SELECT [a;b], `c;d`; SELECT 2", Sqlite).len(), 2);
    assert_eq!(split("-- a\rSELECT 1", Postgres), ["SELECT 1"]);
}

#[test]
fn routines_are_one_statement() {
    let atomic =
        "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END";
    assert_eq!(split(&format!("{atomic}; SELECT 3;"), Postgres), [atomic, "SELECT 3"]);
    let rule = "CREATE RULE r AS ON INSERT TO t DO (INSERT INTO a VALUES (1); INSERT INTO b VALUES (2))";
    assert_eq!(split(&format!("{rule};"), Postgres), [rule]);
    let trigger = "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; DELETE FROM b; END";
    assert_eq!(split(&format!("{trigger};\nSELECT 1;"), Sqlite), [trigger, "SELECT 1"]);
    let procedure = "CREATE PROCEDURE p()\nBEGIN\n  SELECT 1;\nEND";
    let text = format!("delimiter $$\n{procedure}$$\nDELIMITER ;\nSELECT 2;");
    assert_eq!(split(&text, Mysql), [procedure, "SELECT 2"]);
    assert_eq!(split(&format!("{procedure};"), Mysql), ["SQL_DELIMITER at 0"]);
    assert_eq!(split("DELIMITER END\nSELECT 1", Mysql), ["SQL_DELIMITER at 0"]);
}

#[test]
fn what_is_in_doubt_is_refused() {
    for (text, engine, expected) in [
        ("SELECT 'a", Postgres, "SQL_UNTERMINATED at 7"),
        ("SELECT `a", Mysql, "SQL_UNTERMINATED at 7"),
        ("SELECT $x$ a $y$", Postgres, "SQL_UNTERMINATED at 7"),
        ("SELECT (1; DROP DATABASE x;", Postgres, "SQL_UNTERMINATED at 0"),
        ("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1;", Sqlite, "SQL_UNTERMINATED at 0"),
        ("/* a /* b */", Postgres, "SQL_UNTERMINATED at 0"),
        ("/*!50000 SELECT 1", Mysql, "SQL_UNTERMINATED at 0"),
        ("/*!99999 SELECT ' */ DROP DATABASE x; -- ' */", Mysql, "SQL_AMBIGUOUS at 43"),
        ("SELECT E'a'\n'b\\'", Postgres, "SQL_AMBIGUOUS at 11"),
        ("SELECT U&\"\\0070g_read_file\"('x')", Postgres, "SQL_AMBIGUOUS at 7"),
    ] {
        assert_eq!(split(text, engine), [expected], "{text}");
    }
    let encodings: Vec<_> = [&b"\xff\xfeS\0"[..], b"SELECT 1\0", b"SELECT '\xa3'"]
        .map(|bytes| decode(bytes).unwrap_err().to_string())
        .into();
    assert_eq!(encodings.join(", "), "this is UTF-16, this holds a NUL, this is not UTF-8");
    assert_eq!(decode(b"\xef\xbb\xbfSELECT 1"), Ok("SELECT 1"));
    assert_eq!(decode(&vec![b' '; (8 << 20) + 1]), Err(SqlFault::TooLarge));
}

#[test]
fn what_administers_or_escapes_is_refused() {
    let every = [
        "DROP DATABASE x",
        "GRANT ALL ON t TO u",
        "create  /* x */ user u",
        "SELECT xp_cmdshell('x')",
        "CREATE ROLE r",
    ];
    let postgres = [
        "COPY t FROM PROGRAM 'id'",
        "SELECT lo_import('/etc/passwd')",
        "SELECT pg_catalog . pg_read_file('x')",
        "SELECT \"pg_read_file\" ('x')",
        "ALTER SYSTEM SET a = 1",
        "CREATE EXTENSION dblink",
        r"\! id",
        "SET SESSION AUTHORIZATION x",
        "DO $$ BEGIN EXECUTE 'DROP DATABASE x'; END $$",
        "DO $$ BEGIN IF true THEN CREATE USER x; END IF; END $$",
        "DO 'BEGIN DROP DATABASE x; END'",
        "CREATE FUNCTION f() RETURNS int AS $f$ SELECT pg_read_file('x') $f$ LANGUAGE sql",
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ import os $$",
        "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y'",
        "SET standard_conforming_strings = off",
        "SELECT set_config('role', 'x', false)",
        "DO $$ 'a $$",
        "EXPLAIN ANALYZE DROP DATABASE x; GRANT a TO b",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC GRANT a TO b; END",
    ];
    let mysql = [
        "SET GLOBAL a = 1",
        "SET @@global.a = 1",
        "SET a = 1, PERSIST b = 2",
        "SELECT 1 INTO OUTFILE '/x'",
        "LOAD DATA INFILE 'x' INTO TABLE t",
        "/*!50000 DROP DATABASE x */",
        "SELECT 1; /*!50000 GRANT ALL ON *.* TO u */",
        "PREPARE s FROM 'DROP DATABASE x'",
        "EXECUTE IMMEDIATE 'x'",
        "source x.sql",
        "system id",
        r"\! id",
        "SELECT LOAD_FILE('x')",
        "USE mysql",
        "DROP SCHEMA x",
        "SET sql_mode = 'ANSI_QUOTES'",
        "SET @a = 'NO_BACKSLASH_ESCAPES'",
        "SET sql_mode = concat('A', 'B')",
        "/*M!100100 DROP DATABASE x */",
        "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; DROP DATABASE x; END//",
        "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DROP DATABASE x",
        "INSTALL PLUGIN a SONAME 'b'",
    ];
    let sqlite = [
        "ATTACH 'x' AS y",
        "SELECT load_extension('x')",
        "PRAGMA writable_schema = 1",
        "PRAGMA main.writable_schema",
        "VACUUM INTO '/x'",
        ".shell id",
        "CREATE VIRTUAL TABLE t USING csv(filename = '/etc/passwd')",
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT writefile('a', 'b'); END;",
    ];
    for engine in [Postgres, Mysql, Sqlite] {
        for text in every {
            assert!(is_refused(text, engine), "{text}");
        }
    }
    for (engine, texts) in [(Postgres, &postgres[..]), (Mysql, &mysql), (Sqlite, &sqlite)] {
        for text in texts {
            assert!(is_refused(text, engine), "{text}");
        }
    }
}

#[test]
fn ordinary_statements_are_let_through() {
    for (engine, text) in [
        (
            Postgres,
            "CREATE TABLE users (role text, \"grant\" int); INSERT INTO users VALUES ('DROP DATABASE x', 1); ALTER TABLE t DROP COLUMN role;",
        ),
        (
            Postgres,
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN ALTER TABLE t ADD a int; END IF; END $$; CREATE SCHEMA app;",
        ),
        (
            Postgres,
            "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f(); SELECT pg_catalog.set_config('search_path', '', false)",
        ),
        (Postgres, "INSERT INTO t VALUES ($$ GRANT ALL $$)"),
        (
            Mysql,
            "SET NAMES utf8mb4; SET @OLD_SQL_MODE=@@SQL_MODE, SQL_MODE='NO_AUTO_VALUE_ON_ZERO'; SET SQL_MODE=@OLD_SQL_MODE",
        ),
        (Mysql, "ALTER TABLE t DROP user, ADD role int; UPDATE t SET global_name = 'x' WHERE a = 'source'"),
        (Mysql, "/*!40101 SET character_set_client = utf8 */; DROP TABLE IF EXISTS `user`;"),
        (Sqlite, "PRAGMA foreign_keys = ON; CREATE VIRTUAL TABLE t USING fts5(a); VACUUM;"),
    ] {
        assert_eq!(concerns(text, engine), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn places_are_those_in_the_file() {
    insta::assert_snapshot!(concerns("SELECT 1;\nDO $x$ BEGIN\n  GRANT a TO b;\nEND $x$", Postgres).join("\n"), @"SQL_ADMIN GRANT");
    insta::assert_snapshot!(concerns("BEGIN; SELECT 1; COMMIT;", Mysql).join("\n"), @r"
    SQL_TRANSACTION BEGIN
    SQL_TRANSACTION COMMIT
    ");
}

fn engines() -> impl Strategy<Value = Engine> {
    prop_oneof![Just(Postgres), Just(Mysql), Just(Sqlite)]
}

/// Texts in which the characters that matter are frequent.
fn texts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        r#"['"`;$*/\-\\#()\[\]!\n aé支]{1,3}"#,
        "(BEGIN|END|ATOMIC|CREATE|TRIGGER|FUNCTION|DO|DELIMITER //|EXECUTE|CASE|E|U&|AS|SET|LANGUAGE) ",
        ".{0,3}",
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn tokens_cover_the_text(text in texts(), engine in engines()) {
        let mut lexer = Lexer::new(&text, engine);
        let mut at = 0;
        while let Ok(Some(token)) = lexer.next() {
            prop_assert_eq!(token.range().start, at);
            prop_assert!(token.range().end > at && text.is_char_boundary(token.range().end));
            at = token.range().end;
        }
    }

    #[test]
    fn between_statements_nothing_is_lost(text in texts(), engine in engines()) {
        let mut at = 0;
        let mut joined = String::new();
        let statements: Vec<_> = Splitter::new(&text, engine).collect();
        for statement in statements.iter().flatten() {
            prop_assert!(statement.start() >= at && statement.end() > statement.start());
            joined.push_str(&text[at..statement.start()]);
            joined.push_str(statement.text());
            at = statement.end();
        }
        joined.push_str(&text[at..]);
        prop_assert_eq!(&joined, &text);
        // What lies between statements is never a statement itself.
        if statements.iter().all(Result::is_ok) && engine != Mysql {
            let behind = Splitter::new(&text[at..], engine).count();
            prop_assert_eq!(behind, 0);
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in texts(), engine in engines()) {
        check(&text, engine, |statement| { let _ = (statement.verb(), statement.text_without_comments()); }, drop);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
    }
}
