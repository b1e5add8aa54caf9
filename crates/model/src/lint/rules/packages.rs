//! Rules about what a package says about itself, in `packhorse.toml` or by where its files lie, and whether that fits its files.

use crate::lint::rule::rules;

rules! {
    Error MANIFEST_SYNTAX: "`packhorse.toml` is TOML with keys that are known.",
        "A key that is mistyped would be ignored otherwise, and be missed on the hosts.",
        "correct packhorse.toml at the top of the package";
    Error MANIFEST_SIZE: "`packhorse.toml` has at most 1 MiB.",
        "Nobody writes more, and it is read as a whole.",
        "correct packhorse.toml at the top of the package";
    Error MANIFEST_VALUE: "Every value in `packhorse.toml` can be meant, and belongs to the kind of package.",
        "What cannot be meant fails on the hosts, when it is too late.",
        "correct packhorse.toml at the top of the package";
    Error COMMAND_MISSING: "A command of the life cycle is a file of the package, or has an absolute path.",
        "It could not be run.",
        "correct the path, which is relative to the top of the package, or add the file";
    Error COMMAND_MODE: "A command of the life cycle may be run.",
        "The host would refuse to start it, after the old version was stopped.",
        "set its mode before packing: chmod 755";
    Warning COMMAND_AMBIGUOUS: "Each command stands for itself: `scripts/start.sh` or `bin/start.sh`, not both.",
        "One of the two is never run.",
        "keep one of them, or name the command in packhorse.toml";
    Error DEPLOY_SCRIPTS: "There is exactly one deploy script, or `packhorse.toml` names the install command.",
        "A host runs one command; of several scripts nobody could tell the order.",
        "write one script that calls the others in their order, and name it install.sh";
    Warning DEPLOY_UNUSED: "The deploy script is run.",
        "A script with a name that no convention knows lies on the hosts and does nothing.",
        "name it scripts/install.sh, or say lifecycle.install and lifecycle.update in packhorse.toml";
    Error RENDER_MISSING: "Every file under `render` and under `files` of `[variables]` is in the package.",
        "Its variables could not be replaced.",
        "correct the path, which is relative to the top of the package, or add the file";
    Error CONFIG_MISSING: "Every file under `[[config]]` is in the package.",
        "There would be nothing to write on the hosts.",
        "correct the path, which is relative to the top of the package, or add the file";
    Advice NO_START: "A package that runs has a start command.",
        "Without one a deployment only puts its files in place.",
        "add scripts/start.sh and scripts/stop.sh, or lifecycle.start to packhorse.toml";
    Warning NO_STOP: "What can be started can be stopped.",
        "The old version would run on beside the new one.",
        "add scripts/stop.sh";
    Warning NO_HEALTH_CHECK: "What is started is checked.",
        "A version that starts and then fails is not noticed otherwise.",
        "add [[health]] with http, port, process or command to packhorse.toml";
    Advice LAYOUT: "An archive that is packed for another layout than it gets says so.",
        "A folder `NAME_VERSION` without `current` is packed for the layout `versioned`, `NAME` for `overwrite`; the default is `symlink`.",
        "say layout in packhorse.toml";
    Warning TOP_FOLDER: "A folder around the whole package is named `NAME`, `NAME_VERSION` or `NAME-VERSION`.",
        "Any other stays in every path: its scripts are not found by convention.",
        "pack the folder from inside, or name it after the package";
    Advice STRUCTURE: "A package with `appspec.yml` keeps its scripts in `scripts/` and what they start in `bin/`.",
        "ServiceStage's packages are built so, and whoever works on them looks there.",
        "move the scripts of the life cycle to scripts/, and programs to bin/";
    Advice IMPORT_TAKEN: "What another system's manifest says is taken over: TARS's `init.xml`, ServiceStage's `appspec.yml`.",
        "It is said line by line, so that nothing is taken in silence. A `packhorse.toml` in the package wins.",
        "write packhorse.toml if it should be otherwise";
    Warning IMPORT_LEFT: "What another system's manifest says has a counterpart.",
        "What has none is not done on the hosts.",
        "write packhorse.toml";
    Warning IMPORT_VALUE: "A value in another system's manifest can be meant.",
        "What cannot be meant fails on the hosts, when it is too late.",
        "nothing of the file is taken: correct it, or write a packhorse.toml";
    Warning IMPORT_SYNTAX: "Another system's manifest can be read.",
        "Nothing of it is known otherwise.",
        "nothing of the file is taken: correct it, or write a packhorse.toml";
}
