//! The rules that come with Packhorse. The first sixteen are those that people know from WeCube's check of dangerous commands, the others
//! those of BlueKing's; both match more ways of writing the same.

use packhorse_model::danger::DangerAction::{self, Block, Warn};
use packhorse_model::danger::DangerLevel::{self, Critical, High, Low, Medium};
use packhorse_model::danger::Language::{self, Perl, Powershell, Python, Shell, Sql};

use super::shell::Invocation;
use crate::sql::Statement;

/// A rule that comes with Packhorse.
pub(super) struct DefaultRule {
    pub(super) name: &'static str,
    pub(super) level: DangerLevel,
    pub(super) action: DangerAction,
    pub(super) languages: &'static [Language],
    pub(super) message: &'static str,
    pub(super) matcher: DefaultMatcher,
}

/// How such a rule finds something.
#[derive(Clone, Copy)]
pub(super) enum DefaultMatcher {
    /// By a command of a shell script.
    Command(fn(&Invocation) -> bool),
    /// By a statement.
    Statement(fn(&Statement<'_>) -> bool),
    /// By a word of a line of code.
    Word(&'static str),
    /// By the first line.
    FirstLine(fn(&str) -> bool),
}

use DefaultMatcher::{Command, FirstLine, Statement as OfStatement, Word};

const SHELLS: &[Language] = &[Shell];
const SQL: &[Language] = &[Sql];

const fn rule(
    name: &'static str,
    level: DangerLevel,
    action: DangerAction,
    languages: &'static [Language],
    matcher: DefaultMatcher,
    message: &'static str,
) -> DefaultRule {
    DefaultRule { name, level, action, languages, message, matcher }
}

pub(super) const DEFAULTS: &[DefaultRule] = &[
    rule(
        "rm-wildcard",
        High,
        Warn,
        SHELLS,
        Command(rm_wildcard),
        "deletes everything that a pattern fits, which may be more than is meant; name what is to be deleted",
    ),
    rule(
        "reboot",
        Medium,
        Warn,
        SHELLS,
        Command(reboots),
        "ends everything that runs on the host; stop the applications first",
    ),
    rule("sysctl", Low, Warn, &[Shell, Python, Perl, Powershell], Word("sysctl"), "changes settings of the whole host"),
    rule("sql-drop-table", Critical, Warn, SQL, OfStatement(drops_table), "drops a table with all its rows"),
    rule("rm-root", Critical, Block, SHELLS, Command(rm_root), "deletes the root of the file system"),
    rule("sql-truncate-table", Critical, Warn, SQL, OfStatement(truncates), "empties a table"),
    rule(
        "sql-delete-all",
        Critical,
        Warn,
        SQL,
        OfStatement(deletes_all),
        "deletes every row of a table, since it has no WHERE",
    ),
    rule(
        "sql-foreign-key-checks",
        Low,
        Warn,
        SQL,
        OfStatement(unchecks_keys),
        "switches the check of foreign keys, so that rows may refer to nothing",
    ),
    rule("sql-alter-table", Low, Warn, SQL, OfStatement(alters), "changes the shape of a table that applications use"),
    rule(
        "sql-update-all",
        High,
        Warn,
        SQL,
        OfStatement(updates_all),
        "changes every row of a table, since it has no WHERE",
    ),
    rule(
        "kill-named-signal",
        Medium,
        Warn,
        SHELLS,
        Command(kills_by_name),
        "ends processes without letting them end themselves; plain kill lets them",
    ),
    rule(
        "kill-numbered-signal",
        Medium,
        Warn,
        SHELLS,
        Command(kills_by_number),
        "ends processes without letting them end themselves; plain kill lets them",
    ),
    rule(
        "kill-signal-option",
        Medium,
        Warn,
        SHELLS,
        Command(kills_by_option),
        "ends processes without letting them end themselves; plain kill lets them",
    ),
    rule("netcat", High, Warn, SHELLS, Command(is_netcat), "often opens a shell to somebody else"),
    rule("socat", High, Warn, SHELLS, Command(is_socat), "often opens a shell to somebody else"),
    rule("bash-reverse-shell", High, Warn, SHELLS, Command(is_reverse_shell), "opens a shell to somebody else"),
    rule(
        "no-interpreter-line",
        Low,
        Warn,
        SHELLS,
        FirstLine(is_not_shebang),
        "does not say what runs it; begin with a line such as #!/bin/bash",
    ),
    rule("rm-system-folder", Critical, Block, SHELLS, Command(rm_system), "deletes a folder of the operating system"),
    rule(
        "write-to-disk",
        Critical,
        Block,
        SHELLS,
        Command(writes_to_disk),
        "writes over a disk, and over the file systems on it",
    ),
    rule(
        "dd-to-disk",
        Critical,
        Block,
        SHELLS,
        Command(dd_to_disk),
        "writes over a disk, and over the file systems on it",
    ),
    rule(
        "mkfs",
        High,
        Warn,
        SHELLS,
        Command(makes_file_system),
        "makes a new file system, and loses the one that was there",
    ),
    rule("partition-disk", High, Warn, SHELLS, Command(partitions), "changes the partitions of a disk"),
    rule("find-root-xargs", High, Warn, SHELLS, Command(find_root), "does something to every file of the host"),
];

fn is_rm(command: &Invocation) -> bool {
    command.is(&["rm"]) && command.has("rR", "recursive") && !command.has_word(&["--help", "--version"])
}

fn is_forced_rm(command: &Invocation) -> bool {
    is_rm(command) && command.has("f", "force")
}

fn is_root(path: &str) -> bool {
    path.starts_with('/') && path.split('/').all(|part| matches!(part, "" | "." | ".." | "*"))
}

fn rm_root(command: &Invocation) -> bool {
    is_rm(command) && command.operands().any(is_root)
}

fn rm_wildcard(command: &Invocation) -> bool {
    is_forced_rm(command) && command.operands().any(|path| path.contains('*'))
}

fn rm_system(command: &Invocation) -> bool {
    const FOLDERS: &[&str] = &[
        "bin",
        "boot",
        "dev",
        "etc",
        "home",
        "lib",
        "lib32",
        "lib64",
        "opt",
        "proc",
        "root",
        "run",
        "sbin",
        "srv",
        "sys",
        "usr",
        "var",
        "usr/bin",
        "usr/lib",
        "usr/lib64",
        "usr/local",
        "usr/sbin",
        "usr/share",
        "var/lib",
        "var/log",
    ];
    let is_system = |path: &str| {
        let parts: Vec<&str> = path.split('/').filter(|part| !matches!(*part, "" | "." | "*")).collect();
        path.starts_with('/') && FOLDERS.contains(&parts.join("/").as_str())
    };
    is_rm(command) && command.operands().any(is_system)
}

fn reboots(command: &Invocation) -> bool {
    if command.has_word(&["--help", "--version"]) {
        return false;
    }
    command.is(&["reboot", "poweroff", "halt", "shutdown"])
        || command.is(&["systemctl"]) && command.has_word(&["reboot", "poweroff", "halt", "kexec"])
        || command.is(&["init", "telinit"]) && command.has_word(&["0", "6"])
}

fn is_hard_signal(signal: &str) -> bool {
    let name = signal.to_ascii_uppercase();
    ["KILL", "TERM", "9", "15"].contains(&name.strip_prefix("SIG").unwrap_or(&name))
}

fn kills_by_name(command: &Invocation) -> bool {
    command.is(&["kill", "killall", "pkill"])
        && command.operands().count() > 1
        && command.value("-s").is_some_and(is_hard_signal)
}

fn kills_by_number(command: &Invocation) -> bool {
    command.is(&["kill"]) && command.operands().count() > 1 && command.value("-n").is_some_and(is_hard_signal)
}

fn kills_by_option(command: &Invocation) -> bool {
    let is_signal = |arg: &String| arg.strip_prefix('-').is_some_and(is_hard_signal);
    command.is(&["kill", "killall", "pkill"])
        && command.operands().next().is_some()
        && command.args.iter().any(is_signal)
}

fn is_netcat(command: &Invocation) -> bool {
    command.is(&["nc", "ncat", "netcat"])
}

fn is_socat(command: &Invocation) -> bool {
    command.is(&["socat"])
}

fn is_reverse_shell(command: &Invocation) -> bool {
    let is_network = |path: &String| path.contains("/dev/tcp/") || path.contains("/dev/udp/");
    command.is(&["bash", "sh"])
        && command.has("i", "interactive")
        && (command.args.iter().any(is_network) || command.files.iter().any(is_network))
}

fn is_disk(path: &str) -> bool {
    const DISKS: &[&str] = &["sd", "hd", "vd", "xvd", "nvme", "mmcblk", "dm-", "mapper/", "disk/", "md"];
    path.strip_prefix("/dev/").is_some_and(|device| DISKS.iter().any(|disk| device.starts_with(disk)))
}

fn writes_to_disk(command: &Invocation) -> bool {
    command.outputs.iter().any(|path| is_disk(path)) || command.is(&["tee"]) && command.operands().any(is_disk)
}

fn dd_to_disk(command: &Invocation) -> bool {
    command.is(&["dd"]) && command.operands().any(|operand| operand.strip_prefix("of=").is_some_and(is_disk))
}

fn makes_file_system(command: &Invocation) -> bool {
    command.name == "mkfs" || command.name.starts_with("mkfs.") || command.is(&["mkswap", "wipefs"])
}

fn partitions(command: &Invocation) -> bool {
    command.is(&["fdisk", "sfdisk", "cfdisk", "gdisk", "sgdisk", "parted"])
        && !command.has_word(&["-l", "--list", "--help", "--version", "print"])
}

fn find_root(command: &Invocation) -> bool {
    command.is(&["find"])
        && command.operands().next().is_some_and(is_root)
        && (command.piped_to.as_deref() == Some("rm")
            || command.has_word(&["-delete"])
            || command.piped_to.as_deref() == Some("xargs"))
}

fn is_not_shebang(line: &str) -> bool {
    !line.starts_with("#!")
}

fn drops_table(statement: &Statement<'_>) -> bool {
    statement.begins_with(&["drop", "table"])
}

fn truncates(statement: &Statement<'_>) -> bool {
    statement.begins_with(&["truncate"])
}

fn is_whole(statement: &Statement<'_>, verb: &str) -> bool {
    statement.main_verb().is_some_and(|own| own.eq_ignore_ascii_case(verb)) && !statement.has_top_word("where")
}

fn deletes_all(statement: &Statement<'_>) -> bool {
    is_whole(statement, "delete")
}

fn updates_all(statement: &Statement<'_>) -> bool {
    is_whole(statement, "update")
}

fn alters(statement: &Statement<'_>) -> bool {
    statement.begins_with(&["alter", "table"])
}

fn unchecks_keys(statement: &Statement<'_>) -> bool {
    statement.begins_with(&["set"]) && statement.has_top_word("foreign_key_checks")
}
