//! Runners: commands that outlive whoever started them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use packhorse_agent::clock::Clock;
use packhorse_agent::runner::{Attached, Ended, Exit, Job, Outcome, Secrets, Spec, Stop};

use crate::agent::PROGRAM;

fn script(folder: &Path, text: &str) -> Spec {
    Spec {
        program: "/bin/sh".into(),
        args: vec!["-c".to_owned(), text.to_owned()],
        directory: folder.to_owned(),
        env: BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
        user: None,
        timeout_seconds: 60,
        secrets: Secrets::None,
        stop: Stop::Never,
    }
}

fn job(folder: &Path) -> Job {
    Job::new(folder, "job", Clock::System)
}

async fn run(folder: &Path, spec: &Spec) -> (Exit, String) {
    let job = job(folder);
    let runner = job.start(spec, Path::new(PROGRAM)).unwrap();
    let Ended::Result(Outcome { exit, .. }) = job.wait(Some(runner)).await.unwrap() else { panic!("no result") };
    (exit, std::fs::read_to_string(job.output()).unwrap_or_default())
}

#[tokio::test]
async fn tells_how_a_command_ended_and_what_it_wrote() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert_eq!(
        run(folder, &script(folder, "echo out; echo err >&2; exit 3")).await,
        (Exit::Code { code: 3 }, "out\nerr\n".to_owned())
    );
    assert_eq!(run(folder, &script(folder, "kill -9 $$")).await.0, Exit::Signal { signal: 9 });
    assert_eq!(
        run(folder, &script(folder, "env | sort | grep -v -e PWD -e SHLVL -e ^_=")).await.1,
        "PATH=/usr/bin:/bin\n"
    );
    let missing = Spec { program: PathBuf::from("/nowhere/x"), ..script(folder, "") };
    let (exit, _) = run(folder, &missing).await;
    assert!(matches!(&exit, Exit::NotStarted { reason } if reason.starts_with("/nowhere/x: No such file")), "{exit:?}");
}

#[tokio::test]
async fn when_its_time_is_over_the_whole_group_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let spec = Spec { timeout_seconds: 1, ..script(folder, "sleep 600 & echo $! > child; wait") };
    assert_eq!(run(folder, &spec).await.0, Exit::TimedOut { seconds: 1 });
    let child = std::fs::read_to_string(folder.join("child")).unwrap();
    let state = std::fs::read_to_string(format!("/proc/{}/stat", child.trim())).unwrap_or_default();
    assert!(state.is_empty() || state.contains(") Z "), "{state}");
}

#[tokio::test]
async fn what_a_command_leaves_running_lives_on_and_can_write() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let text = "mkfifo go; (read line < go; echo late; echo written > late) & echo started";
    let (exit, output) = run(folder, &script(folder, text)).await;
    assert_eq!((exit, output.as_str()), (Exit::Code { code: 0 }, "started\n"));
    // Now it writes to the output that it was given: nothing must break it.
    std::fs::write(folder.join("go"), "x\n").unwrap();
    while !folder.join("late").exists() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_runner_outlives_the_killed_process_that_started_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let spec = script(folder, "echo begun > begun; mkfifo go; read line < go; echo $line >> effects");
    // The folder of the job as an agent makes it, and in the agent's place a shell that is killed while the command runs.
    let prepared = job(folder).start(&spec, Path::new("/bin/true")).unwrap();
    drop(prepared);
    let mut parent = Command::new("/bin/sh");
    parent.arg("-c").arg(format!("{PROGRAM} runner {}; exit", folder.join("job").display()));
    let mut parent = parent.spawn().unwrap();
    while !folder.join("go").exists() {
        tokio::task::yield_now().await;
    }
    parent.kill().unwrap();
    parent.wait().unwrap();

    let found = job(folder);
    assert!(matches!(found.attach().unwrap(), Attached::Begun));
    std::fs::write(folder.join("go"), "done\n").unwrap();
    let ended = found.wait(None).await.unwrap();
    assert!(matches!(ended, Ended::Result(Outcome { exit: Exit::Code { code: 0 }, .. })), "{ended:?}");
    assert_eq!(std::fs::read_to_string(folder.join("effects")).unwrap(), "done\n");
    // A second runner of the same job does nothing.
    assert!(Command::new(PROGRAM).arg("runner").arg(folder.join("job")).status().unwrap().success());
    assert_eq!(std::fs::read_to_string(folder.join("effects")).unwrap(), "done\n");
}

#[tokio::test]
async fn a_job_that_was_never_begun_never_will_be() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    drop(job(folder).start(&script(folder, "echo x >> effects"), Path::new("/bin/true")).unwrap());
    assert!(matches!(job(folder).attach().unwrap(), Attached::Unrun));
    // The runner of the killed agent comes late.
    assert!(Command::new(PROGRAM).arg("runner").arg(folder.join("job")).status().unwrap().success());
    assert!(!folder.join("effects").exists());
}

#[tokio::test]
async fn a_runner_that_died_leaves_the_end_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let job = job(folder);
    let mut runner =
        job.start(&script(folder, "mkfifo go; echo x >> effects; read line < go"), Path::new(PROGRAM)).unwrap();
    while !folder.join("effects").exists() {
        tokio::task::yield_now().await;
    }
    runner.kill().await.unwrap();
    std::fs::write(folder.join("go"), "end\n").unwrap();
    let ended = job.wait(None).await.unwrap();
    assert!(matches!(&ended, Ended::Lost { evidence } if evidence.contains("is gone without a result")), "{ended:?}");
    assert!(matches!(job.attach().unwrap(), Attached::Begun));
    assert_eq!(std::fs::read_to_string(folder.join("effects")).unwrap(), "x\n");
}
