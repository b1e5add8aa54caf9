//! Rules about the name of an archive: `name_version_build.suffix`, as the application release specification has it.

use crate::lint::rule::rules;

rules! {
    Error NAME_EXTENSION: "The extension is one that is known.",
        "It says how the bytes are packed, to people and to other tools.",
        "pack it as one of these; the extension must say what the bytes are";
    Error NAME_FORM: "The name says package and version, `NAME_VERSION_BUILD.tar.gz`, unless both are said beside it.",
        "The application release specification names packages so, and who finds the file later knows what it is.",
        "rename the file, or say both with --name and --version";
    Advice NAME_VERSION: "The version has three groups of digits.",
        "Tools that follow the application release specification read no other.",
        "number releases as 1.0.0 if tools of the application release specification read them";
    Advice NAME_BUILD: "The name says the build.",
        "Two builds of one version are told apart by it.",
        "add it behind the version, as in shop-web_1.0.0_20261101001.tar.gz, so that two builds can be told apart";
    Advice NAME_DB: "The name of a database package, and of no other, ends in `-db`.",
        "The application release specification knows database packages by their names.",
        "name the package with -db at the end";
    Warning HEADER_NAME: "An rpm or a deb is pushed under the name and version of its header.",
        "Whoever looks for it looks for those, and its tool installs it as those.",
        "push it under the name and version of its header, so that it is found by them";
}
