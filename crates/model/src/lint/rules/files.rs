//! Rules about text in a package: scripts, configuration, variables.

use crate::lint::rule::rules;

rules! {
    Warning SCRIPT_CRLF: "The lines of a shell script end as on Unix.",
        "A shell takes the carriage return for part of each command.",
        "save it with the line ends of Unix";
    Warning SCRIPT_BOM: "A shell script does not begin with a byte order mark.",
        "The system does not find the interpreter that its first line names.",
        "save it as UTF-8 without a byte order mark";
    Advice SCRIPT_MODE: "A shell script in `scripts/` or `bin/` may be run.",
        "Whoever calls it from another script is refused.",
        "set its mode before packing: chmod 755";
    Error SCRIPT_ENCODING: "The script of a script package is UTF-8.",
        "It is shown, compared and searched as text.",
        "save it as UTF-8";
    Error SCRIPT_SIZE: "The script of a script package has at most 1 MiB.",
        "It is sent with each run.",
        "make it a file package, with a short script that runs what is in it";
    Warning CONFIG_SYNTAX: "A file is what its extension says: JSON, YAML, TOML, XML, INI, properties. Refuses config packages.",
        "The program that reads it would not start.",
        "correct it, or give it another extension";
    Advice VARIABLE_DOUBT: "What is meant as a variable is one.",
        "It stays as it is otherwise: its name has characters that no variable's name has, or its brackets do not belong together.",
        "correct the name if a variable is meant";
    Advice VARIABLE_UNRENDERED: "Files with variables are listed under `render`.",
        "Variables are replaced in no other.",
        "list the file under render in packhorse.toml if it is one";
    Error VARIABLE_UNSIGNED: "What is encrypted and signed has a key that signs it.",
        "Where packhorse.toml names a public key, `[!name]` and `[%name]` are encrypted for it and then signed with the system's key.",
        "name the variable of that key as signing_key under [variables], or write [+name], which is encrypted alone";
    Warning VARIABLE_FILE_MISSING: "A file that a variable stands for is in the package.",
        "It would be replaced as a whole, and is not there; the text stays as it is.",
        "put a file there that stands in for it, or set file = \"\" under [variables.prefixes] if none is meant";
    Warning VARIABLES_MANY: "A package has at most 10,000 variables.",
        "More are replaced on the hosts as well, but not kept in the list of the version.",
        "render fewer files, or split the package";
}
