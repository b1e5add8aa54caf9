//! Rules about database packages: how their files are arranged, and what their SQL may do.

use crate::lint::rule::rules;

rules! {
    Error DB_LAYOUT: "The files are arranged in one of the known ways.",
        "What each of them is for is known by where it lies.",
        "arrange it as full-load/1_fullload.sql, increment/1.0.0_increment.sql and increment/1.0.0_rollback.sql";
    Warning DB_ENGINE: "The package says for which engine it is written.",
        "Engines read SQL differently. Without, it is read as MySQL.",
        "add [database] with engine = \"postgres\", \"mysql\" or \"sqlite\" to packhorse.toml";
    Error DB_NOT_SQL: "Only SQL lies where SQL is run.",
        "A database runs nothing else.",
        "take it out, or move it to a file package";
    Error DB_PLACE: "Each file has a name that is known at its place.",
        "What it is for would be a guess.",
        "rename or move it";
    Error DB_FULL_LOAD_TWICE: "There is one full load.",
        "Which of them makes the database would be a guess.",
        "merge them into one file";
    Error DB_ROLLBACK_MISSING: "Each increment has a rollback.",
        "There is no way back otherwise.",
        "add the rollback";
    Error DB_ROLLBACK_ALONE: "Each rollback has an increment.",
        "It undoes nothing otherwise.",
        "name it as its increment is named, or take it out";
    Error DB_FROM_MISSING: "Each increment says from which version it leads.",
        "It would be run on a database that it was not written for.",
        "name the version in the file name, or say from in [database] of packhorse.toml";
    Error DB_FROM_ORDER: "An increment leads from an earlier version.",
        "A chain of versions would have no order.",
        "correct the version in the file name";
    Error DB_INCREMENT_TO: "An increment leads to the version of the package.",
        "Each version brings the way to itself.",
        "correct the version in the file name";
    Error DB_INCREMENT_TWICE: "One increment leads from a version.",
        "Which of them is run would be a guess.",
        "merge them into one file";
    Error DB_NUMBER_MISSING: "Files that are run one after the other begin with a number.",
        "It is their order.",
        "begin its name with its number";
    Error DB_NUMBER_TWICE: "No two files have the same number.",
        "It is their order.",
        "number them anew";
    Warning DB_VERSION_LATER: "No file belongs to a later version than the package's.",
        "It is not run before that version is there.",
        "take it out, or give the package a later version";
    Error DB_VERSION_NAME: "Files of `sql/upgrade` and `sql/downgrade` are named after their version.",
        "It is their order.",
        "rename it to vX.Y.Z.sql";
    Error SQL_ADMIN: "No statement administers the server, changes users, or leads out of the database.",
        "A package changes its application's data and nothing else.",
        "take it out: whoever keeps the database does that";
    Error SQL_DYNAMIC: "No SQL is put together while it runs.",
        "Nobody can look at it before.",
        "write the statements out";
    Error SQL_CLIENT: "No commands of a database's client.",
        "Statements are sent to the database itself.",
        "take it out";
    Warning SQL_TRANSACTION: "No statement begins or ends a transaction.",
        "Packhorse does, so that it knows what has happened after a failure.",
        "take it out";
    Error SQL_LANGUAGE: "Routines are written in a language that can be looked at.",
        "What they do would not be known.",
        "write it in SQL";
    Error SQL_UNTERMINATED: "What is begun is closed: quotes, comments.",
        "Where a statement ends would be a guess.",
        "close it";
    Error SQL_AMBIGUOUS: "The text can be read in one way only.",
        "Servers, or settings of a server, read it differently.",
        "write it so that it can be read in one way only";
    Error SQL_DELIMITER: "Routines whose bodies hold semicolons have a DELIMITER of their own.",
        "Where they end would be a guess.",
        "put DELIMITER // before it, // behind its END, and DELIMITER ; after that";
    Error SQL_SIZE: "A file of SQL has at most 8 MiB.",
        "It is read as a whole.",
        "split it into several files, or load large data by other means";
    Error SQL_ENCODING: "SQL is UTF-8.",
        "The database would store other characters than were meant.",
        "save the file as UTF-8";
}
