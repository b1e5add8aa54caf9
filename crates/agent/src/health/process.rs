//! Whether the processes of an instance are there.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use super::Subject;

/// Which processes must be there, and how many: `name`, or `name:min,max`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wanted {
    name: String,
    min: usize,
    max: usize,
}

/// A process, as far as it matters.
#[derive(Debug, Default, PartialEq, Eq)]
struct Process {
    /// Its own short name.
    name: String,
    /// The file that it runs.
    executable: Option<PathBuf>,
    /// The script that its executable runs, if its first argument is a file.
    script: Option<PathBuf>,
}

impl Wanted {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} names no processes: write NAME or NAME:MIN,MAX");
        let (name, min, max) = match text.rsplit_once(':') {
            None => (text, 1, usize::MAX),
            Some((name, counts)) => {
                let (min, max) = counts.split_once(',').ok_or_else(wrong)?;
                (name, min.trim().parse().map_err(|_| wrong())?, max.trim().parse().map_err(|_| wrong())?)
            }
        };
        if name.is_empty() || min > max {
            return Err(wrong());
        }
        Ok(Self { name: name.to_owned(), min, max })
    }

    pub(super) fn check(&self, subject: &Subject) -> Result<(), String> {
        let directory =
            subject.directory.canonicalize().map_err(|error| format!("{}: {error}", subject.directory.display()))?;
        let count = self.count(&directory).map_err(|error| format!("/proc: {error}"))?;
        let name = &self.name;
        if (self.min..=self.max).contains(&count) {
            Ok(())
        } else if self.max == usize::MAX {
            Err(format!("{count} processes {name:?} are there, and at least {} should be", self.min))
        } else {
            Err(format!("{count} processes {name:?} are there, and {} to {} should be", self.min, self.max))
        }
    }

    /// How many processes there are. Those that end while they are looked at are left out.
    fn count(&self, directory: &Path) -> std::io::Result<usize> {
        let mut count = 0;
        for entry in std::fs::read_dir("/proc")? {
            let entry = entry?;
            let is_process = entry.file_name().as_bytes().iter().all(u8::is_ascii_digit);
            let process = if is_process { one(&entry.path(), self.file_name()) } else { None };
            count += usize::from(process.is_some_and(|process| self.is_one(&process, directory)));
        }
        Ok(count)
    }

    /// The last part of the name, by which a file is known.
    fn file_name(&self) -> &str {
        self.name.rsplit_once('/').map_or(&self.name, |(_, name)| name)
    }

    /// Whether a process bears the name and is not that of another instance or version: what runs out of any install root must run
    /// out of this directory.
    fn is_one(&self, process: &Process, directory: &Path) -> bool {
        let files = || process.executable.iter().chain(&process.script);
        let bears_name = process.name == cut(&self.name)
            || files()
                .any(|file| file.file_name() == Some(OsStr::new(&self.name)) || is_inside(file, directory, &self.name));
        bears_name && files().all(|file| install_root(file).is_none() || file.starts_with(directory))
    }
}

/// Whether a file is the one with this path in the directory.
fn is_inside(file: &Path, directory: &Path, path: &str) -> bool {
    file.strip_prefix(directory).is_ok_and(|rest| rest == Path::new(path))
}

/// The install root that a file lies in, of whatever agent.
fn install_root(file: &Path) -> Option<&Path> {
    file.ancestors().skip(1).find(|folder| folder.join(packhorse_content::path::MARKER).is_dir())
}

/// The kernel keeps no more than 15 bytes of a process's name.
fn cut(name: &str) -> &str {
    &name[..name.floor_char_boundary(15)]
}

/// A process that lives; `name` is the file name that is looked for.
fn one(folder: &Path, name: &str) -> Option<Process> {
    let executable = match std::fs::read_link(folder.join("exe")) {
        Ok(path) => Some(without_deleted(path)),
        // Kernel threads, and processes that have ended but were not waited for, have none.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
        // Those of other users are not shown to everybody.
        Err(_) => None,
    };
    let own_name = std::fs::read_to_string(folder.join("comm")).ok()?.trim_end().to_owned();
    let command_line = std::fs::read(folder.join("cmdline")).ok()?;
    if command_line.is_empty() {
        return None;
    }
    let argument = command_line.split(|byte| *byte == 0).nth(1).map(|argument| Path::new(OsStr::from_bytes(argument)));
    // Most processes are none of those that are looked for, and of them no more is read.
    let is_script = argument.is_some_and(|argument| argument.file_name() == Some(OsStr::new(name)));
    let is_other =
        own_name != cut(name) && executable.as_ref().is_some_and(|file| file.file_name() != Some(OsStr::new(name)));
    if is_other && !is_script {
        return None;
    }
    let script = argument.and_then(|argument| {
        let path = if argument.is_absolute() {
            argument.to_owned()
        } else {
            std::fs::read_link(folder.join("cwd")).ok()?.join(argument)
        };
        path.canonicalize().ok().filter(|path| path.is_file())
    });
    Some(Process { name: own_name, executable, script })
}

/// The kernel marks the file of a process that was removed or replaced.
fn without_deleted(path: PathBuf) -> PathBuf {
    match path.as_os_str().as_bytes().strip_suffix(b" (deleted)") {
        Some(rest) => PathBuf::from(OsStr::from_bytes(rest)),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::process::{Child, Command};

    use packhorse_model::Digest;
    use packhorse_model::manifest::Manifest;
    use packhorse_model::order::Release;

    /// An install root with one version that has a program `bin/shop`.
    fn instance() -> (tempfile::TempDir, Subject) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("shop");
        for name in [".packhorse", "shop_1/bin", "shop_2/bin"] {
            std::fs::create_dir_all(root.join(name)).unwrap();
        }
        for version in ["shop_1", "shop_2"] {
            std::fs::copy("/bin/sleep", root.join(version).join("bin/packhorse-shop")).unwrap();
        }
        let release = Release {
            version: "1".parse().unwrap(),
            tree: Digest::new([0; 32]),
            size: 0,
            manifest: Manifest::default(),
            rendering: None,
        };
        (folder, Subject::new(&root, root.join("shop_1"), &release, &BTreeMap::new()))
    }

    /// A process and its group, which end with the test.
    struct Running(Child);

    impl Drop for Running {
        fn drop(&mut self) {
            let group = rustix::process::Pid::from_child(&self.0);
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
            let _ = self.0.wait();
        }
    }

    /// Starts a process, and waits until it is in `/proc` as itself.
    fn run(command: &mut Command) -> Running {
        std::os::unix::process::CommandExt::process_group(command, 0);
        let running = Running(command.stdout(std::process::Stdio::null()).spawn().unwrap());
        let folder = PathBuf::from(format!("/proc/{}", running.0.id()));
        while std::fs::read(folder.join("cmdline")).unwrap().is_empty() {
            std::thread::yield_now();
        }
        running
    }

    #[test]
    fn counts_the_processes_of_the_version_and_no_others() {
        let (_folder, subject) = instance();
        let check = |text: &str| Wanted::parse(text).unwrap().check(&subject);
        assert_eq!(
            check("packhorse-shop").unwrap_err(),
            "0 processes \"packhorse-shop\" are there, and at least 1 should be"
        );
        let _other = run(Command::new(subject.root.join("shop_2/bin/packhorse-shop")).arg("600"));
        assert!(check("packhorse-shop").is_err());
        let _one = run(Command::new(subject.directory.join("bin/packhorse-shop")).arg("600"));
        assert_eq!(check("packhorse-shop"), Ok(()));
        assert_eq!(check("bin/packhorse-shop:1,1"), Ok(()));
        let _two = run(Command::new(subject.directory.join("bin/packhorse-shop")).arg("600"));
        assert_eq!(
            check("packhorse-shop:1,1").unwrap_err(),
            "2 processes \"packhorse-shop\" are there, and 1 to 1 should be"
        );
    }

    #[test]
    fn a_script_counts_by_its_own_name() {
        let (_folder, subject) = instance();
        let script = subject.directory.join("bin/packhorse-loop.sh");
        std::fs::write(&script, "sleep 600\n").unwrap();
        let _running = run(Command::new("/bin/sh").arg("bin/packhorse-loop.sh").current_dir(&subject.directory));
        assert_eq!(Wanted::parse("packhorse-loop.sh").unwrap().check(&subject), Ok(()));
    }

    #[test]
    fn a_program_of_the_system_counts_by_its_name() {
        let wanted = Wanted::parse("nginx:1,4").unwrap();
        let nginx = Process { name: "nginx".into(), executable: Some("/usr/sbin/nginx".into()), script: None };
        assert!(wanted.is_one(&nginx, Path::new("/data/app/web/web_1")));
        let bash = Process { name: "bash".into(), executable: Some("/bin/bash".into()), script: None };
        assert!(!wanted.is_one(&bash, Path::new("/data/app/web/web_1")));
    }

    #[test]
    fn refuses_what_names_no_processes() {
        for text in ["", ":1,2", "a:2,1", "a:x,1", "a:1"] {
            assert!(Wanted::parse(text).is_err(), "{text}");
        }
    }
}
